import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddStatus } from '../../core/archive/archive.ts';
import { DepthArchive } from '../../core/archive/depth-archive.ts';
import { GridCells } from '../../core/archive/grid-cells.ts';
import { ParetoArchive } from '../../core/archive/pareto-archive.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { seeded } from '../core/seeded.ts';

const { notAdded, improved, new: fresh } = AddStatus;
const one = new GridCells({ dims: [1], ranges: [[0, 1]] });

describe('an archive with depth', () => {
  const create = (depth = 3): DepthArchive<string> => new DepthArchive<string>(one, { depth });
  const names = (archive: DepthArchive<string>): string => archive.members(0).map(({ solution, objective }) => `${solution}${objective}`).join(' ');

  it('[A15] keeps the best of each cell, the best of them as elite, the older of equals first', () => {
    const archive = create();
    expect(['a', 'b', 'c'].map((name, i) => archive.add(name, [2, 5, 2][i]!, [0.5]))).toEqual([fresh, improved, improved]);
    expect(names(archive)).toBe('b5 a2 c2');
    expect(archive.elite(0)).toMatchObject({ solution: 'b', objective: 5 });
    // it is full now: 2 is what there is to beat, and of the two twos the newer goes
    expect([archive.add('d', 2, [0.5]), archive.add('e', 3, [0.5]), archive.add('f', 9, [0.5])]).toEqual([notAdded, improved, improved]);
    expect(names(archive)).toBe('f9 b5 e3');
    expect([archive.numElites, archive.held, archive.qdScore, archive.objMean]).toEqual([1, 3, 9, 9]);
  });

  it('[A15] values are the objective while there is room, then what it is above the worst', () => {
    const archive = create(2);
    const value = new Float64Array(3);
    const status = new Uint8Array(3);
    archive.addBatch(3, [4, 1, 3], [0, 0, 0], (i) => `n${i}`, { status, value });
    expect([Array.from(status), Array.from(value)]).toEqual([[fresh, fresh, fresh], [4, 1, 3]]);
    expect(names(archive)).toBe('n04 n23');
    archive.addBatch(3, [5, 3, 3.5], [0, 0, 0], (i) => `m${i}`, { status, value });
    expect([Array.from(status), Array.from(value)]).toEqual([[improved, notAdded, improved], [2, 0, 0.5]]);
    expect(names(archive)).toBe('m05 n04');
  });

  it('[A15] holds what sorting everything would leave', () => {
    const cells = new GridCells({ dims: [3], ranges: [[0, 3]] });
    const candidate = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 2 }));
    fc.assert(fc.property(fc.array(fc.array(candidate, { maxLength: 8 }), { maxLength: 8 }), (list) => {
      const archive = new DepthArchive<number>(cells, { depth: 3 });
      let n = 0;
      const all: { f: number; cell: number; n: number }[] = [];
      for (const batch of list) {
        const first = n;
        archive.addBatch(batch.length, batch.map(([f]) => f), batch.map(([, m]) => m + 0.5), (i) => first + i);
        for (const [f, cell] of batch) all.push({ f, cell, n: n++ });
      }
      for (let cell = 0; cell < 3; cell++) {
        const best = all.filter((each) => each.cell === cell).sort((a, b) => b.f - a.f || a.n - b.n).slice(0, 3);
        expect(archive.members(cell).map(({ solution }) => solution)).toEqual(best.map((each) => each.n));
        expect(archive.elite(cell)?.solution).toBe(best[0]?.n);
      }
    }), seeded(80));
  });

  it('[A7] refuses a senseless depth', () => {
    expect(() => create(0)).toThrow('The depth is 0; it must be a whole number, at least 1.');
  });
});

describe('an archive of Pareto fronts', () => {
  const create = (frontSize = 10): ParetoArchive<string> => new ParetoArchive<string>(one, { reference: [0, 0], frontSize });
  const pairs = (archive: ParetoArchive<string>): string => archive.front(0).map(({ solution, objectives }) => `${solution}(${objectives.join()})`).join(' ');

  it('[A16] keeps whoever no member equals or beats, and lets the beaten go', () => {
    const archive = create();
    expect([archive.add('a', [1, 3], [0.5]), archive.add('b', [3, 1], [0.5]), archive.add('c', [1, 3], [0.5]), archive.add('d', [1, 2], [0.5])])
      .toEqual([fresh, improved, notAdded, notAdded]);
    expect(pairs(archive)).toBe('a(1,3) b(3,1)');
    // 1 · 3 + 2 · 1
    expect(archive.elite(0)?.objective).toBe(5);
    expect(archive.add('e', [2, 2], [0.25])).toBe(improved);
    expect(archive.elite(0)).toEqual({ cell: 0, solution: 'e', objective: 6, measures: [0.25] });
    expect(archive.add('f', [4, 3], [0.5])).toBe(improved);
    expect(pairs(archive)).toBe('f(4,3)');
    expect([archive.qdScore, archive.objMax, archive.coverage]).toEqual([12, 12, 1]);
  });

  it('[A16] a front that is too full loses who adds the least area', () => {
    const archive = create(2);
    archive.add('a', [1, 10], [0]);
    archive.add('b', [10, 1], [0]);
    const value = new Float64Array(1);
    const status = new Uint8Array(1);
    // (2, 9.5) adds 8.5 · 1, but a alone then adds 0.5 and b 8: a goes
    archive.addBatch(1, [2, 9.5], [0], () => 'c', { status, value });
    expect([status[0], value[0], pairs(archive)]).toEqual([improved, 2 * 9.5 + 8 - 19, 'c(2,9.5) b(10,1)']);
    // (10.5, 0.5) adds half of a half, the least: it does not stay
    archive.addBatch(1, [10.5, 0.5], [0], () => 'd', { status, value });
    expect([status[0], value[0], pairs(archive)]).toEqual([notAdded, 0, 'c(2,9.5) b(10,1)']);
  });

  it('[A16] holds the front of everything it has seen, with the area counted square by square, and areas never fall', () => {
    const pair = fc.tuple(fc.integer({ min: -2, max: 8 }), fc.integer({ min: -2, max: 8 }));
    fc.assert(fc.property(fc.array(fc.array(pair, { maxLength: 6 }), { maxLength: 8 }), fc.integer({ min: 1, max: 4 }), (list, most) => {
      const whole = create(50);
      const tight = create(most);
      const seen: (readonly [number, number])[] = [];
      let before = 0;
      for (const batch of list) {
        for (const archive of [whole, tight]) archive.addBatch(batch.length, batch.flat(), batch.map(() => 0.5), (i) => `${i}`);
        seen.push(...batch);
        const area = tight.elite(0)?.objective ?? 0;
        expect(area).toBeGreaterThanOrEqual(before);
        expect(tight.front(0).length).toBeLessThanOrEqual(most);
        before = area;
      }
      const front = seen.filter(([a, b]) => !seen.some(([c, d]) => c >= a && d >= b && (c > a || d > b)));
      const unlike = [...new Set(front.map((each) => each.join()))].sort();
      expect(whole.front(0).map(({ objectives }) => objectives.join()).sort()).toEqual(unlike);
      let squares = 0;
      for (let x = 0; x < 8; x++) for (let y = 0; y < 8; y++) if (seen.some(([a, b]) => a > x && b > y)) squares++;
      expect(whole.elite(0)?.objective ?? 0).toBe(squares);
    }), seeded(80));
  });

  it('[A16] draws a cell, then a member of its front', () => {
    const archive = create();
    archive.addBatch(3, [1, 3, 2, 2, 3, 1], [0, 0, 0], (i) => `n${i}`);
    const drawn = new Set(archive.sample(50, new RandomStream([1, 1], 0)).map(({ solution }) => solution));
    expect([...drawn].sort()).toEqual(['n0', 'n1', 'n2']);
  });

  it('[A7] refuses senseless choices', () => {
    expect(() => create(0)).toThrow('A front holds 0; it must be a whole number, at least 1.');
    expect(() => new ParetoArchive(one, { reference: [0, NaN] })).toThrow('The reference point is 0, NaN; both must be finite.');
  });
});
