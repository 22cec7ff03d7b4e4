import { describe, expect, it } from 'vitest';
import { commonGarden } from '../bench/garden.ts';

/** Small and short; the whole claim, ten seeds and 3,000 ticks, is `npm run bench garden`. */
const options = { world: 'meadow', size: 96, evolveTicks: 1200, gardenTicks: 600, each: 100 };

describe('selection is real', () => {
  const results = [1, 2, 3].map((seed) => commonGarden({ ...options, seed }));

  it('[W8] evolved genomes displace the founders they came from in a fresh meadow without variation', () => {
    for (const { evolvedShare, alive } of results) {
      expect(alive).toBeGreaterThan(100);
      expect(evolvedShare).toBeGreaterThan(0.6);
    }
  });

  it('[W8] the same births and deaths falling on anyone leave the shares about as they were', () => {
    const mean = results.reduce((sum, { neutralShare }) => sum + neutralShare, 0) / results.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.15);
  });

  it('[L1] a garden is reproducible', () => {
    expect(commonGarden({ ...options, seed: 1 })).toEqual(results[0]);
  });
});
