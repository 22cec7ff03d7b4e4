import { describe, expect, it } from 'vitest';
import { latticeKinds } from '../../../worlds/moire/lattice.ts';
import { moirePeriod } from '../../../worlds/moire/twist.ts';
import { ground, paintedAt } from './ground.ts';

describe('patches of the moiré', () => {
  it('[D8] numbers its patches: one number a patch, none on AA and walls, and the resource in the two lowest bits', () => {
    for (const lattice of latticeKinds) {
      const { landscape, first, second } = paintedAt(6000, { lattice, relaxation: 0.02, width: 256, height: 256, centre: [128, 128] });
      const cells = new Map<number, number[]>();
      const mistaken: number[] = [];
      first.forEach((_, i) => {
        const patch = landscape.patchAt((i % 256) + 0.5, Math.floor(i / 256) + 0.5);
        if ((patch & 3) !== (first[i]! >= 64 ? 1 : second[i]! >= 64 ? 2 : 0)) mistaken.push(i);
        const list = cells.get(patch);
        if (list !== undefined) list.push(i); else if (patch !== 0) cells.set(patch, [i]);
      });
      expect(mistaken).toEqual([]);
      // a patch is one piece of ground, and not two halves of neighbours, which would be a period across
      const { period } = landscape;
      for (const [, list] of cells) {
        const widest = Math.max(...list.map((i) => Math.hypot((i % 256) - (list[0]! % 256), Math.floor(i / 256) - Math.floor(list[0]! / 256))));
        expect(widest).toBeLessThan(period * 0.85);
      }
      // two patches for each cell of the moiré, and those that the edge cuts
      const whole = (2 * 256 * 256) / (period * period * (lattice === 'hexagonal' ? Math.sqrt(3) / 2 : 1));
      expect(cells.size).toBeGreaterThan(whole);
      expect(cells.size).toBeLessThan(whole + (8 * 256) / period + 8);
    }
  });

  it('[D8] a patch keeps its number while the turning carries it along', () => {
    const landscape = ground({ width: 256, height: 256, centre: [128, 128] });
    /** The middle of the patch that was found at a place, some way on from it. */
    const middle = (patch: number, x: number, y: number): [number, number] => {
      let sumX = 0;
      let sumY = 0;
      let count = 0;
      for (let py = y - 30; py <= y + 30; py++) for (let px = x - 30; px <= x + 30; px++) {
        if (landscape.patchAt(px, py) === patch) { sumX += px; sumY += py; count++; }
      }
      return [sumX / count, sumY / count];
    };
    landscape.turnTo(4000);
    let [x, y] = [160, 100];
    while (landscape.patchAt(x, y) === 0) x++;
    const patch = landscape.patchAt(x, y);
    [x, y] = middle(patch, x, y);
    const distance = Math.hypot(x - 128, y - 128);
    for (let twist = 4020; twist <= 5000; twist += 20) {
      landscape.turnTo(twist);
      const here = middle(patch, Math.round(x), Math.round(y));
      expect(Math.hypot(here[0] - x, here[1] - y)).toBeLessThan(2);
      [x, y] = here;
    }
    // drawn in towards the centre as the period shrinks
    expect(Math.hypot(x - 128, y - 128) / distance).toBeCloseTo(moirePeriod({ constant: 4, mismatch: 0 }, 5000) / moirePeriod({ constant: 4, mismatch: 0 }, 4000), 1);
  });
});
