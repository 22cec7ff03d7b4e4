import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddStatus } from '../../core/archive/archive.ts';
import { GridArchive, type GridArchiveOptions } from '../../core/archive/grid-archive.ts';
import { seeded } from './seeded.ts';

const { notAdded, improved, new: fresh } = AddStatus;
const square: GridArchiveOptions = { dims: [10, 20], ranges: [[-1, 1], [-2, 2]] };

/** Adds a batch of [objective, ...measures] whose solutions are their positions; gives statuses and values. */
function addAll(archive: GridArchive<number>, batch: readonly (readonly number[])[]): { status: number[]; value: number[] } {
  const status = new Uint8Array(batch.length);
  const value = new Float64Array(batch.length);
  archive.addBatch(batch.length, batch.map((each) => each[0]!), batch.flatMap((each) => each.slice(1)), (i) => i, { status, value });
  return { status: Array.from(status), value: Array.from(value) };
}

describe('cells of a grid archive', () => {
  it('[A1] are numbered row-major, a border belonging to the cell above it', () => {
    const archive = new GridArchive(square);
    expect(archive.cells).toBe(200);
    expect([[-1, -2], [-1, 2], [1, -2], [1, 2], [0, 0], [-0.8, -1.8]].map((point) => archive.cellOf(point))).toEqual([0, 19, 180, 199, 110, 21]);
  });

  it('[A1] lie within 1e-6 of the share of a cell below its border', () => {
    const archive = new GridArchive({ dims: [10], ranges: [[0, 1]] });
    // (10 · 0.3 + 1e-6) / 1 truncates to 3 although 0.1 + 0.2 or 0.3 need not be exact
    expect([0.3, 0.1 + 0.2, 0.3 - 0.9e-7, 0.3 - 1.1e-7].map((value) => archive.cellOf([value]))).toEqual([3, 3, 3, 2]);
  });

  it('[A2] at the edges also hold what lies outside the range', () => {
    const archive = new GridArchive(square);
    expect([[-5, -9], [7, 1e300], [-1e300, 2.5]].map((point) => archive.cellOf(point))).toEqual([0, 199, 19]);
  });

  it('[A1] with custom ticks are the number of ticks at or below the measure', () => {
    const archive = new GridArchive({ dims: [4, 2], ranges: [[0, 1], [0, 1]], ticks: [[0.02, 0.5, 0.98], null] });
    expect([-1, 0.0199, 0.02, 0.4, 0.5, 0.979, 0.98, 3].map((value) => archive.cellOf([value, 0.75]))).toEqual([1, 1, 3, 3, 5, 5, 7, 7]);
  });

  it.each<[GridArchiveOptions, string]>([
    [{ dims: [], ranges: [] }, 'A grid needs a range for each of its measures; got 0 dims and 0 ranges.'],
    [{ dims: [3], ranges: [[0, 1], [0, 1]] }, 'A grid needs a range for each of its measures; got 1 dims and 2 ranges.'],
    [{ dims: [2.5], ranges: [[0, 1]] }, 'Measure 0 has 2.5 cells; it needs a whole number, at least 1.'],
    [{ dims: [3, 0], ranges: [[0, 1], [0, 1]] }, 'Measure 1 has 0 cells; it needs a whole number, at least 1.'],
    [{ dims: [3], ranges: [[1, 1]] }, 'Measure 0 has the range 1 to 1; its lower bound must be below its upper.'],
    [{ dims: [3], ranges: [[0, Number.NaN]] }, 'Measure 0 has the range 0 to NaN; its lower bound must be below its upper.'],
    [{ dims: [3], ranges: [[0, 1]], ticks: [[0.5]] }, 'Measure 0 needs 2 rising inner ticks; got [0.5].'],
    [{ dims: [3], ranges: [[0, 1]], ticks: [[0.5, 0.5]] }, 'Measure 0 needs 2 rising inner ticks; got [0.5,0.5].'],
    [{ dims: [3], ranges: [[0, 1]], learningRate: 1.5 }, 'The learning rate is 1.5; it must lie between 0 and 1.'],
    [{ dims: [3], ranges: [[0, 1]], learningRate: 0.5 }, 'A learning rate below 1 needs a finite thresholdMin.'],
  ])('[A7] refuse a senseless grid: %j', (options, sentence) => {
    expect(() => new GridArchive(options)).toThrow(sentence);
  });
});

describe('adding to a grid archive', () => {
  it('[A3] takes what is strictly better; a tie keeps the incumbent', () => {
    const archive = new GridArchive<string>(square);
    expect([archive.add('a', 1, [0, 0]), archive.add('b', 1, [0.01, 0.01]), archive.add('c', 0.5, [0, 0]), archive.add('d', 1.25, [0.1, 0.1])])
      .toEqual([fresh, notAdded, notAdded, improved]);
    expect(archive.elite(110)).toEqual({ cell: 110, solution: 'd', objective: 1.25, measures: [0.1, 0.1] });
    expect(archive.elite(111)).toBeNull();
    expect([notAdded < improved, improved < fresh]).toEqual([true, true]);
  });

  it('[A4] in a batch the best per cell wins, the first among equals, and statuses and values are against the archive before it', () => {
    const archive = new GridArchive<number>(square);
    expect(addAll(archive, [[1, 0, 0], [3, 0, 0], [3, 0, 0], [2, 0.5, 0]])).toEqual({ status: [fresh, fresh, fresh, fresh], value: [1, 3, 3, 2] });
    expect(archive.elite(110)?.solution).toBe(1);
    expect(addAll(archive, [[2, 0, 0], [3, 0, 0], [4, 0, 0], [5, 0, 0], [-1, -1, -2]]))
      .toEqual({ status: [notAdded, notAdded, improved, improved, fresh], value: [-1, 0, 1, 2, -1] });
    expect(archive.elite(110)).toEqual({ cell: 110, solution: 3, objective: 5, measures: [0, 0] });
    expect(archive.elites).toBe(3);
  });

  it('[A4] tells of changed cells by rising number, with what was displaced', () => {
    const archive = new GridArchive<string>(square);
    archive.add('old', 1, [0, 0]);
    const told: unknown[] = [];
    archive.addBatch(3, [2, 1, 1], [0, 0, -1, -2, 0, 0], (i) => `n${i}`, { onChange: (cell, candidate, displaced) => { told.push([cell, candidate, displaced]); } });
    expect(told).toEqual([[0, 1, undefined], [110, 0, 'old']]);
  });

  it.each([
    ['an objective', [Number.NaN, 0, 0], 'Candidate 1 has objective NaN and measures 0, 0; all must be finite.'],
    ['a measure', [1, 0, Infinity], 'Candidate 1 has objective 1 and measures 0, Infinity; all must be finite.'],
  ])('[A5] refuses a batch whole when %s is not finite, naming the candidate', (_, bad, sentence) => {
    const archive = new GridArchive<number>(square);
    archive.add(9, 1, [0, 0]);
    expect(() => addAll(archive, [[5, 0, 0], bad, [7, 0.5, 0]])).toThrow(sentence);
    expect([archive.elites, archive.objMax, archive.qdScore, archive.elite(110)?.solution]).toEqual([1, 1, 1, 9]);
    // and the next batch is not disturbed by it
    expect(addAll(archive, [[2, 0, 0]])).toEqual({ status: [improved], value: [1] });
  });

  it('[A6] soft thresholds move by (1 − a) · t + a · f, one at a time', () => {
    const archive = new GridArchive<number>({ dims: [1], ranges: [[0, 1]], learningRate: 0.25, thresholdMin: 0 });
    expect(addAll(archive, [[4, 0.5]])).toEqual({ status: [fresh], value: [4] });
    // t is 1 now: 2 enters, replaces the elite, and t rises to 1.25
    expect(addAll(archive, [[2, 0.5]])).toEqual({ status: [improved], value: [1] });
    expect(archive.elite(0)?.objective).toBe(2);
    expect(addAll(archive, [[1.25, 0.5]])).toEqual({ status: [notAdded], value: [0] });
    expect(addAll(archive, [[1.5, 0.5]])).toEqual({ status: [improved], value: [0.25] });
    expect(archive.objMax).toBe(4);
  });

  it('[A6] soft thresholds of a batch move by (1 − a)^k · t + mean · (1 − (1 − a)^k), over those above the threshold', () => {
    const archive = new GridArchive<number>({ dims: [1], ranges: [[0, 1]], learningRate: 0.5, thresholdMin: 1 });
    // 0.5 is not above; k = 3, mean 4: t = 0.125 · 1 + 4 · 0.875 = 3.625
    expect(addAll(archive, [[2, 0], [0.5, 0], [4, 0], [6, 0]]).status).toEqual([fresh, notAdded, fresh, fresh]);
    expect(addAll(archive, [[3.625, 0], [3.75, 0]])).toEqual({ status: [notAdded, improved], value: [0, 0.125] });
  });

  it('[A6] a candidate at or below the lowest threshold does not fill an empty cell', () => {
    const archive = new GridArchive<number>({ dims: [1], ranges: [[0, 1]], thresholdMin: 0 });
    expect(addAll(archive, [[0, 0.5], [-3, 0.5]])).toEqual({ status: [notAdded, notAdded], value: [0, -3] });
    expect([archive.elites, archive.elite(0)]).toEqual([0, null]);
  });
});

describe('an archive as a whole', () => {
  const candidate = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -3, max: 12 }), fc.integer({ min: 0, max: 4 }))
    .map(([f, m0, m1]) => [f / 4, m0 / 8, m1 / 4]);
  const batches = fc.array(fc.array(candidate, { maxLength: 12 }), { maxLength: 12 });
  const small: GridArchiveOptions = { dims: [4, 3], ranges: [[0, 1], [0, 1]], qdScoreOffset: -5 };

  it('[A3] is elitist: without soft thresholds no cell ever gets worse or empty', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = new GridArchive<number>(small);
      const before = new Array<number>(archive.cells).fill(-Infinity);
      for (const batch of list) {
        addAll(archive, batch);
        for (let cell = 0; cell < archive.cells; cell++) {
          const now = archive.elite(cell)?.objective ?? -Infinity;
          expect(now).toBeGreaterThanOrEqual(before[cell]!);
          before[cell] = now;
        }
      }
    }), seeded(60));
  });

  it('[A8] keeps statistics that equal those counted afresh, and holds what a plain search finds best', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = new GridArchive<number>(small);
      const best = new Map<number, number>();
      for (const batch of list) {
        addAll(archive, batch);
        for (const [f, ...measures] of batch) {
          const cell = archive.cellOf(measures);
          best.set(cell, Math.max(best.get(cell) ?? -Infinity, f!));
        }
      }
      const objectives = [...best.values()];
      const total = objectives.reduce((sum, f) => sum + f, 0);
      for (const [cell, f] of best) {
        const elite = archive.elite(cell)!;
        expect(elite.objective).toBe(f);
        expect(archive.cellOf(elite.measures)).toBe(cell);
      }
      expect(archive.elites).toBe(best.size);
      expect(archive.coverage).toBe(best.size / 12);
      expect(archive.qdScore).toBeCloseTo(total + 5 * best.size, 9);
      expect(archive.normQdScore).toBeCloseTo((total + 5 * best.size) / 12, 9);
      if (best.size > 0) expect(archive.objMean).toBeCloseTo(total / best.size, 9);
      expect(archive.objMax).toBe(Math.max(-Infinity, ...list.flat().map(([f]) => f!)));
    }), seeded(60));
  });

  it('[A8] one batch and one at a time come to the same plain archive', () => {
    fc.assert(fc.property(fc.array(candidate, { maxLength: 30 }), (list) => {
      const whole = new GridArchive<number>(small);
      const single = new GridArchive<number>(small);
      addAll(whole, list);
      list.forEach(([f, ...measures], i) => single.add(i, f!, measures));
      for (let cell = 0; cell < whole.cells; cell++) expect(single.elite(cell)).toEqual(whole.elite(cell));
    }), seeded(60));
  });
});
