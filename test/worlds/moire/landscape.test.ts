import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Field } from '../../../core/kernel/field.ts';
import type { LandscapeOptions } from '../../../worlds/moire/landscape.ts';
import { latticeKinds, lattices, type LatticeKind } from '../../../worlds/moire/lattice.ts';
import { foldTwist, moirePeriod, thousandthsOf } from '../../../worlds/moire/twist.ts';
import { seeded } from '../../core/seeded.ts';
import { differences, ground, paint, paintedAt } from './ground.ts';

const twists = fc.integer({ min: -90_000, max: 90_000 });
const kinds = fc.constantFrom(...latticeKinds);

/** FNV-1a of both resources: hexagonal rigid and relaxed, square rigid and relaxed. */
const PINNED = ['2fc4a484', '238e997b', 'b69e4bde', 'c4115375'];

/** Registry by the two lattices themselves: coordinates of a place in the lower less those in the upper, by matrices and the engine's cosine. */
function registry(kind: LatticeKind, constant: number, mismatch: number, degrees: number, x: number, y: number): [number, number] {
  const coordinates = (side: number, angle: number): [number, number] => {
    const [ax, ay, bx, by] = kind === 'square' ? [1, 0, 0, 1] : [1, 0, Math.cos(Math.PI / 3), Math.sin(Math.PI / 3)];
    const turn = (px: number, py: number): [number, number] => [
      side * (px * Math.cos(angle) - py * Math.sin(angle)), side * (px * Math.sin(angle) + py * Math.cos(angle))];
    const a = turn(ax, ay);
    const b = turn(bx, by);
    const area = a[0] * b[1] - a[1] * b[0];
    return [(x * b[1] - y * b[0]) / area, (a[0] * y - a[1] * x) / area];
  };
  const lower = coordinates(constant, 0);
  const upper = coordinates(constant * (1 + mismatch), (degrees * Math.PI) / 180);
  return [lower[0] - upper[0], lower[1] - upper[1]];
}

describe('the moiré landscape', () => {
  it('[D1] is the same to the bit whether it was turned at once or in a thousand turns, there and back', () => {
    for (const lattice of latticeKinds) {
      const small = ground({ lattice });
      const onceTurned = ground({ lattice });
      small.turnTo(thousandthsOf(3));
      onceTurned.turnTo(thousandthsOf(3));
      // as commands would give them: 3.001, 3.002, … degrees, none of which is exact
      for (let i = 1; i <= 1000; i++) {
        small.turnTo(thousandthsOf(3 + i * 0.001));
        if (i % 97 === 0) paint(small);
      }
      onceTurned.turnTo(thousandthsOf(4));
      expect(differences(paint(small), paint(onceTurned))).toEqual([]);
      const relaxed = ground({ lattice, relaxation: 0.1 });
      for (const degrees of [3, 17.003, 0, 1.2, 29.999, 4]) relaxed.turnTo(thousandthsOf(degrees));
      expect(differences(paint(relaxed), paintedAt(4000, { lattice, relaxation: 0.1 }))).toEqual([]);
    }
  });

  it('[D1] takes every angle given in thousandths for what it is, though none of them is exact', () => {
    const mistaken = Array.from({ length: 90_001 }, (_, i) => i).filter((i) => thousandthsOf(i / 1000) !== i || thousandthsOf(i * 0.001) !== i || thousandthsOf(-i / 1000) !== -i);
    expect(mistaken).toEqual([]);
  });

  it('[D1] changes with a thousandth of a degree', () => {
    const far = { width: 512, height: 512, centre: [256, 256] as const };
    expect(differences(paintedAt(3000, far), paintedAt(3001, far)).length).toBeGreaterThan(100);
  });

  it('[D1] is what it was when this was written, on whatever engine', () => {
    const sums = latticeKinds.flatMap((lattice) => [0, 0.05].map((relaxation) => {
      const { first, second } = paintedAt(2345, { lattice, relaxation, mismatch: 0.01, centre: [40.25, 77.5], radius: 50, stillTwist: -9000 });
      let sum = 0x811c9dc5;
      for (const byte of [...first, ...second]) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
      return sum.toString(16);
    }));
    expect(sums).toEqual(PINNED);
  });

  it('[D2] bears at each place what the registry of the two lattices bears, by their own matrices', () => {
    fc.assert(fc.property(kinds, twists, fc.double({ min: -0.1, max: 0.1, noNaN: true }), (kind, twist, mismatch) => {
      const folded = foldTwist(lattices[kind], twist);
      const { first, second } = paintedAt(twist, { lattice: kind, mismatch, width: 32, height: 32, centre: [16, 16] });
      let worst = 0;
      for (let i = 0; i < first.length; i += 7) {
        const [u, v] = registry(kind, 4, mismatch, folded / 1000, (i % 32) - 15.5, Math.floor(i / 32) - 15.5);
        // the cell of the table that it falls into lies at most half of 1/256 away
        [first, second].forEach((painted, resource) => {
          const likeness = lattices[kind].likeness(resource as 0 | 1, u, v);
          worst = Math.max(worst, Math.abs(painted[i]! / 255 - likeness * likeness));
        });
      }
      expect(worst).toBeLessThan(0.025);
    }), seeded(60));
  });

  it('[D2] is poor where site lies on site, rich in one resource alone at its registry, and the two mirror each other', () => {
    const rich: Record<LatticeKind, [number, number][]> = { hexagonal: [[1 / 3, 1 / 3], [2 / 3, 2 / 3]], square: [[0.5, 0], [0, 0.5]] };
    for (const kind of latticeKinds) {
      const { likeness, adhesion } = lattices[kind];
      for (const resource of [0, 1] as const) {
        expect(likeness(resource, 0, 0)).toBeCloseTo(0, 14);
        expect(likeness(resource, ...rich[kind][resource]!)).toBeCloseTo(1, 14);
        expect(likeness(resource, ...rich[kind][1 - resource]!)).toBeCloseTo(0, 14);
        expect(adhesion(...rich[kind][resource]!)).toBeCloseTo(0, 14);
      }
      expect(adhesion(0, 0)).toBeCloseTo(1, 14);
      const { first, second } = paintedAt(6200, { lattice: kind, width: 256, height: 256, centre: [128, 128] });
      const mean = (painted: Uint8Array): number => painted.reduce((sum, value) => sum + value, 0) / painted.length / 255;
      expect(mean(first) / mean(second)).toBeCloseTo(1, 2);
      expect(Math.max(...first)).toBe(255);
      expect(first[128 * 256 + 128]).toBeLessThan(3);
    }
    // with the layers site on site everywhere nothing grows
    const { first, second } = paintedAt(0);
    expect([Math.max(...first), Math.max(...second)]).toEqual([0, 0]);
  });

  it('[D2] repeats with the lattices\' own symmetry', () => {
    fc.assert(fc.property(kinds, twists, (lattice, twist) => {
      const { symmetry } = lattices[lattice];
      expect(differences(paintedAt(twist, { lattice }), paintedAt(twist + symmetry, { lattice }))).toEqual([]);
      const folded = foldTwist(lattices[lattice], twist);
      expect(folded > -symmetry / 2 && folded <= symmetry / 2 && (twist - folded) % symmetry === 0).toBe(true);
    }), seeded(20));
  });

  it('[D3] has the period of the formula', () => {
    for (const [constant, mismatch, degrees] of [[4, 0, 5], [3, 0.02, 1], [4, 0.02, 30], [5, -0.05, 12]] as const) {
      const cosine = Math.cos((degrees * Math.PI) / 180);
      const wanted = ((1 + mismatch) * constant) / Math.sqrt(2 * (1 + mismatch) * (1 - cosine) + mismatch ** 2);
      expect(moirePeriod({ constant, mismatch }, degrees * 1000) / wanted).toBeCloseTo(1, 11);
    }
    expect(moirePeriod({ constant: 4, mismatch: 0 }, 1000)).toBeCloseTo(4 / (2 * Math.sin(Math.PI / 360)), 9);
    expect(moirePeriod({ constant: 4, mismatch: 0 }, 0)).toBe(Infinity);
    expect(moirePeriod({ constant: 4, mismatch: 0.02 }, 0)).toBeCloseTo(1.02 * 4 / 0.02, 9);
  });

  it('[D4] moves with its centre over the torus, seam and all, to the bit', () => {
    const options = { width: 96, height: 64, mismatch: 0.03, lattice: 'square' as const };
    const start = paintedAt(7310, { ...options, centre: [20.25, 31.5] });
    fc.assert(fc.property(fc.integer({ min: 0, max: 75 }), fc.integer({ min: -31, max: 32 }), fc.constantFrom(Infinity, 24), (east, south, radius) => {
      const there = paintedAt(7310, { ...options, centre: [20.25 + east, 31.5 + south], radius });
      const here = radius === Infinity ? start : paintedAt(7310, { ...options, centre: [20.25, 31.5], radius });
      const moved = Uint8Array.from(here.first, (_, i) => here.first[((Math.floor(i / 96) - south + 64) % 64) * 96 + (((i % 96) - east + 96) % 96)]!);
      expect(there.first.filter((value, i) => value !== moved[i]).length).toBe(0);
    }), seeded(20));
  });

  it('[D4] has its fault between the seam and what lies before it, and is smooth everywhere else', () => {
    const { landscape: { cols, rows, seam }, first } = paintedAt(4000, { centre: [20, 90] });
    expect(seam).toEqual({ col: 84, row: 26 });
    // the steepest that two neighbouring cells differ, by the column or row that the second lies in
    const steepest = (across: boolean): number[] => Array.from({ length: across ? cols : rows }, (_, k) => {
      let most = 0;
      for (let j = 0; j < (across ? rows : cols); j++) {
        const at = (line: number): number => first[across ? j * cols + ((line + cols) % cols) : ((line + rows) % rows) * cols + j]!;
        const crossesOther = j === (across ? seam.row : seam.col);
        if (!crossesOther) most = Math.max(most, Math.abs(at(k) - at(k - 1)));
      }
      return most;
    });
    for (const [steps, fault] of [[steepest(true), seam.col], [steepest(false), seam.row]] as const) {
      const smooth = steps.filter((_, k) => k !== fault);
      expect(Math.max(...smooth)).toBeLessThan(35);
      expect(steps[fault]!).toBeGreaterThan(80);
    }
  });

  it('[D5] is still outside a rotor, to the bit, and inside it is what it would be without a rim', () => {
    const options: Partial<LandscapeOptions> = { radius: 30, stillTwist: 8000, centre: [100, 20], relaxation: 0.05 };
    const before = paintedAt(3000, options);
    const after = paintedAt(3500, options);
    const whole = paintedAt(3500, { ...options, radius: Infinity });
    const rest = paintedAt(8000, { ...options, radius: Infinity });
    let inside = 0;
    const wrong: number[] = [];
    for (let i = 0; i < before.first.length; i++) {
      const dx = ((((i % 128) + 0.5 - 100 + 64) % 128) + 128) % 128 - 64;
      const dy = ((Math.floor(i / 128) + 0.5 - 20 + 64 + 128) % 128) - 64;
      const isInside = dx * dx + dy * dy <= 900;
      if (isInside) inside++;
      const wanted = isInside ? whole : rest;
      if (after.first[i] !== wanted.first[i] || after.second[i] !== wanted.second[i]) wrong.push(i);
      if (!isInside && (after.first[i] !== before.first[i] || after.second[i] !== before.second[i])) wrong.push(i);
    }
    expect(wrong).toEqual([]);
    expect(inside).toBeCloseTo(Math.PI * 900, -2);
    expect(differences(before, after).length).toBeGreaterThan(inside / 2);
  });

  it('[D7] what outlasts its ground withers at the rate at which it grows, and the books say how much', () => {
    const landscape = ground();
    const field = new Field(128, 128, 1);
    const other = new Field(128, 128, 1);
    landscape.turnTo(4000);
    landscape.paint(field.richness, other.richness);
    field.fill();
    landscape.turnTo(4600);
    landscape.paint(field.richness, other.richness);
    for (let tick = 0; tick < 50; tick++) {
      const before = Float32Array.from(field.amount);
      field.regrow(0.1, 0);
      let withered = 0;
      let grown = 0;
      let change = 0;
      let past = 0;
      before.forEach((had, i) => {
        const over = had - field.richness[i]! / 255;
        if (over > 0) withered += 0.1 * over; else grown -= 0.1 * over;
        change += field.amount[i]! - had;
        if ((field.amount[i]! - field.richness[i]! / 255) * over < -1e-9) past++;
      });
      // towards what the ground bears, and never past it
      expect(past).toBe(0);
      if (tick === 0) expect(withered).toBeGreaterThan(20);
      expect(Math.abs(change - (grown - withered))).toBeLessThan(0.001);
    }
    expect(Math.max(...field.amount.map((amount, i) => Math.abs(amount - field.richness[i]! / 255)))).toBeLessThan(0.006);
  });

  it('[D9] refuses what makes no landscape with one sentence', () => {
    const refused: [Partial<LandscapeOptions>, RegExp][] = [
      [{ constant: 1.5 }, /^The lattice constant of a moiré landscape is 1\.5, but must be at least two cells, 2 steps\.$/],
      [{ mismatch: 0.3 }, /^The mismatch .* is 0\.3, but must be from -0\.2 to 0\.2\.$/],
      [{ width: 127.5 }, /whole number of cells/], [{ relaxation: NaN }, /relaxation .* NaN/], [{ centre: [128, 0] }, /centre, eastwards,/],
      [{ radius: -1 }, /radius .* -1/], [{ stillTwist: 0.5 }, /still twist .* 0\.5/], [{ grain: 0 }, /grain .* 0/],
    ];
    for (const [options, sentence] of refused) expect(() => ground(options)).toThrow(sentence);
    expect(() => ground().turnTo(1.5)).toThrow('The twist is 1.5, but must be a whole number of thousandths of a degree.');
    expect(() => ground().paint(new Uint8Array(4), new Uint8Array(4))).toThrow('The landscape has 128 × 128 cells, but is to be painted on 4 and 4.');
  });
});
