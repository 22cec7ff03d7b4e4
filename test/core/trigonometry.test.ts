import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineOfTurn, sineOfTurn } from '../../core/kernel/trigonometry.ts';
import { seeded } from './seeded.ts';

describe('sine and cosine of parts of a turn', () => {
  it('[K18] are within 1e-15 of the engine\'s over a turn either way', () => {
    let worst = 0;
    for (let i = -40_000; i <= 40_000; i++) {
      const turns = i / 40_000;
      worst = Math.max(worst, Math.abs(sineOfTurn(turns) - Math.sin(2 * Math.PI * turns)), Math.abs(cosineOfTurn(turns) - Math.cos(2 * Math.PI * turns)));
    }
    expect(worst).toBeLessThan(1e-15);
  });

  it('[K18] keep small angles to the last digits: the error is in proportion to the sine', () => {
    for (let turns = 0.125; turns > 1e-300; turns *= 0.37) {
      expect(Math.abs(sineOfTurn(turns) / Math.sin(2 * Math.PI * turns) - 1)).toBeLessThan(5e-16);
    }
  });

  it('[K18] are exact at the quarters, odd and even, and lose nothing by whole turns', () => {
    // adding 0 makes one zero of the two
    expect([0, 0.25, 0.5, 0.75, 1].map((turns) => sineOfTurn(turns) + 0)).toEqual([0, 1, 0, -1, 0]);
    expect([0, 0.25, 0.5, 0.75, 1].map((turns) => cosineOfTurn(turns) + 0)).toEqual([1, 0, -1, 0, 1]);
    // halves of 2^-20, so that a whole number of turns can be added exactly
    fc.assert(fc.property(fc.integer({ min: -(2 ** 20), max: 2 ** 20 }), fc.integer({ min: -1e6, max: 1e6 }), (part, whole) => {
      const turns = part / 2 ** 20;
      expect(sineOfTurn(turns + whole) - sineOfTurn(turns)).toBe(0);
      expect(cosineOfTurn(turns + whole) - cosineOfTurn(turns)).toBe(0);
      expect(sineOfTurn(-turns) + sineOfTurn(turns)).toBe(0);
      expect(cosineOfTurn(-turns) - cosineOfTurn(turns)).toBe(0);
      expect(sineOfTurn(turns) ** 2 + cosineOfTurn(turns) ** 2).toBeCloseTo(1, 15);
    }), seeded(300));
  });
});
