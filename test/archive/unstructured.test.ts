import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddStatus } from '../../core/archive/archive.ts';
import { jsonCodec } from '../../core/archive/codec.ts';
import { DominatedArchive } from '../../core/archive/dominated-archive.ts';
import { loadArchive } from '../../core/archive/load.ts';
import { NoveltyArchive, type NoveltyOptions } from '../../core/archive/novelty-archive.ts';
import { SlidingArchive } from '../../core/archive/sliding-archive.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { seeded } from '../core/seeded.ts';

const { notAdded, improved, new: fresh } = AddStatus;

interface Told { status: number[]; value: number[]; novelty: number[]; competition: number[] }

function addAll(archive: NoveltyArchive<string> | DominatedArchive<string>, batch: readonly (readonly number[])[], name = 'c'): Told {
  const n = batch.length;
  const told = { status: new Uint8Array(n), value: new Float64Array(n), novelty: new Float64Array(n), competition: new Uint32Array(n) };
  archive.addBatch(n, batch.map((each) => each[0]!), batch.flatMap((each) => each.slice(1)), (i) => `${name}${i}`, told);
  return { status: [...told.status], value: [...told.value], novelty: [...told.novelty], competition: [...told.competition] };
}

describe('a novelty archive', () => {
  const create = (options: Partial<NoveltyOptions> = {}): NoveltyArchive<string> => new NoveltyArchive<string>({ measureCount: 1, k: 2, threshold: 1, ...options });

  it('[A17] novelty is the mean distance to the nearest there were before the batch; from the threshold on one enters', () => {
    const archive = create();
    // nothing is there: everything is as novel as it must be, the same place twice too
    expect(addAll(archive, [[5, 0], [6, 0]])).toMatchObject({ status: [fresh, fresh], novelty: [1, 1], value: [5, 6] });
    expect(addAll(archive, [[0, 1], [0, 0.75], [0, 1]])).toMatchObject({ status: [fresh, notAdded, fresh], novelty: [1, 0.75, 1], value: [0, -5, 0] });
    // the two nearest of 3 lie at 1, those of 0.5 at 0 and 0
    expect(addAll(archive, [[0, 3], [0, 0.5]]).novelty).toEqual([2, 0.5]);
    expect([archive.numElites, archive.cells, archive.coverage, archive.normQdScore, archive.objMax]).toEqual([5, 5, 1, 11 / 5, 6]);
  });

  it('[A17] one that is not novel replaces nobody without local competition, however good', () => {
    const archive = create();
    archive.add('a', 1, [0]);
    expect(archive.add('b', 100, [0.5])).toBe(notAdded);
    expect([...archive].map(({ solution }) => solution)).toEqual(['a']);
  });

  it('[A17] with local competition it replaces its nearest if strictly better, the best of a batch, the first of equals', () => {
    const archive = create({ localCompetition: true });
    addAll(archive, [[1, 0], [5, 10]], 'a');
    const told = addAll(archive, [[1, 0.5], [0, 0.5], [2, 0.25], [3, 0.5], [3, 0], [2, 9], [9, 20]].map(([f, m]) => [f!, m!]), 'b');
    // half the way to 10 is far enough on average, so only who lies near both of two counts as known: k = 2 here
    expect(told.novelty[0]).toBe(5);
    const near = create({ k: 1, localCompetition: true });
    addAll(near, [[1, 0], [5, 10]], 'a');
    expect(addAll(near, [[1, 0.5], [0, 0.5], [2, 0.25], [3, 0.5], [3, 0], [2, 9.5], [9, 20]], 'b')).toEqual({
      status: [notAdded, notAdded, improved, improved, improved, notAdded, fresh],
      value: [0, -1, 1, 2, 2, -3, 9],
      novelty: [0.5, 0.5, 0.25, 0.5, 0, 0.5, 10],
      competition: [0, 0, 1, 1, 1, 0, 1],
    });
    expect([...near].map(({ solution, objective, measures }) => [solution, objective, measures[0]])).toEqual([['b3', 3, 0.5], ['a1', 5, 10], ['b6', 9, 20]]);
  });

  it.each([[false], [true]])('[A17] is what a search through everyone gives, whatever the batches (local competition: %s)', (localCompetition) => {
    const random = new RandomStream([3, 3], 1);
    const archive = new NoveltyArchive<string>({ measureCount: 2, k: 5, threshold: 0.06, localCompetition });
    const slow: { f: number; m: number[] }[] = [];
    for (let b = 0; b < 60; b++) {
      const batch = Array.from({ length: [1, 3, 40, 150][b % 4]! }, () => [Math.round(random.next() * 8), random.next(), random.next()]);
      const before = slow.map(({ f, m }) => ({ f, m }));
      const rank = (m: readonly number[]): { d: number; i: number }[] => before
        .map((each, i) => ({ d: (each.m[0]! - m[0]!) ** 2 + (each.m[1]! - m[1]!) ** 2, i })).sort((x, y) => x.d - y.d || x.i - y.i).slice(0, 5);
      const novelty = batch.map(([, ...m]) => {
        const near = rank(m);
        return near.length === 0 ? 0.06 : near.reduce((sum, { d }) => sum + Math.sqrt(d), 0) / near.length;
      });
      const told = addAll(archive, batch);
      expect(told.novelty).toEqual(novelty);
      const best = new Map<number, number>();
      batch.forEach(([f, ...m], i) => {
        if (novelty[i]! >= 0.06) return;
        const nearest = rank(m)[0]!.i;
        if (!localCompetition || f! <= before[nearest]!.f) return;
        if (!best.has(nearest) || f! > batch[best.get(nearest)!]![0]!) best.set(nearest, i);
      });
      for (const [cell, i] of best) slow[cell] = { f: batch[i]![0]!, m: batch[i]!.slice(1) };
      batch.forEach(([f, ...m], i) => { if (novelty[i]! >= 0.06) slow.push({ f: f!, m }); });
      expect([...archive].map(({ objective, measures }) => ({ f: objective, m: measures }))).toEqual(slow);
    }
    expect(slow.length).toBeGreaterThan(100);
  });

  it('[A17] its threshold may be turned, and is saved as it stands', () => {
    const archive = create();
    archive.add('a', 1, [0]);
    archive.threshold = 0.5;
    expect(archive.add('b', 1, [0.5])).toBe(fresh);
    expect((loadArchive(archive.save(jsonCodec<string>()), jsonCodec<string>()) as NoveltyArchive<string>).threshold).toBe(0.5);
    expect(() => { archive.threshold = -1; }).toThrow('The threshold of novelty is -1; it must be 0 or a finite number above.');
  });

  it.each([
    [{ measureCount: 0 }, 'A novelty archive has 0 measures'], [{ k: 0.5 }, 'Novelty is asked for from 0.5 neighbours'], [{ threshold: NaN }, 'The threshold of novelty is NaN'],
  ])('[A7] refuses senseless choices: %j', (options, sentence) => {
    expect(() => create(options)).toThrow(sentence);
  });
});

describe('dominated novelty search', () => {
  it('[A18] keeps those furthest from whoever is at least as good, the best of all for sure', () => {
    const archive = new DominatedArchive<string>({ measureCount: 1, capacity: 3, k: 2 });
    // nobody is as good as a; b has a at 1; c has a and b at 10 and 9; d has b, c and a: nearest two at 0.5 and 1.5
    expect(addAll(archive, [[9, 0], [8, 1], [7, 10], [6, 1.5]])).toMatchObject({
      status: [fresh, fresh, fresh, notAdded], novelty: [Infinity, 1, 9.5, 1], value: [9, 8, 7, -2],
    });
    expect([...archive].map(({ solution }) => solution)).toEqual(['c0', 'c1', 'c2']);
    // one as good as the best at the same place: each is as good as the other, so both are no news
    expect(addAll(archive, [[9, 0]])).toMatchObject({ status: [notAdded], novelty: [0] });
    expect(addAll(archive, [[10, 4]])).toMatchObject({ status: [fresh], novelty: [Infinity] });
    expect(archive.retrieve([1e200])).not.toBeNull();
  });

  it('[A18] keeps what ranking everyone afresh would keep', () => {
    const candidate = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(fc.property(fc.array(fc.array(candidate, { maxLength: 8 }), { maxLength: 6 }), fc.integer({ min: 1, max: 4 }), (list, k) => {
      const archive = new DominatedArchive<string>({ measureCount: 2, capacity: 5, k });
      list.forEach((batch, b) => {
        const union = [...[...archive].map(({ objective, measures, solution }) => ({ f: objective, m: measures, solution })),
          ...batch.map(([f, ...m], i) => ({ f, m, solution: `${b}.${i}` }))];
        const scores = union.map(({ f, m }, i) => {
          const near = union.flatMap((other, j) => (j !== i && other.f >= f ? [Math.sqrt((m[0]! - other.m[0]!) ** 2 + (m[1]! - other.m[1]!) ** 2)] : [])).sort((x, y) => x - y).slice(0, k);
          return near.length === 0 ? Infinity : near.reduce((sum, d) => sum + d, 0) / near.length;
        });
        const kept = union.map((_, i) => i).sort((x, y) => (scores[x] === scores[y] ? x - y : scores[y]! - scores[x]!)).slice(0, 5);
        addAll(archive, batch, `${b}.`);
        expect([...archive].map(({ solution }) => solution).sort()).toEqual(kept.map((i) => union[i]!.solution).sort());
      });
    }), seeded(100));
  });

  it.each([
    [{ measureCount: 0 }, 'A dominated novelty archive has 0 measures'], [{ capacity: 0 }, 'The capacity is 0'], [{ k: 0 }, 'Dominated novelty is asked for from 0 neighbours'],
  ])('[A7] refuses senseless choices: %j', (options, sentence) => {
    expect(() => new DominatedArchive({ measureCount: 1, capacity: 3, k: 2, ...options })).toThrow(sentence);
  });
});

describe('an archive with sliding boundaries', () => {
  it('[A19] moves them to the quantiles of the latest candidates, and adds elites and buffer again', () => {
    const archive = new SlidingArchive<string>({ dims: [4], ranges: [[0, 100]], remapFrequency: 8, bufferCapacity: 6 });
    for (let i = 0; i < 7; i++) archive.add(`n${i}`, i, [i]);
    // even bins of 25 so far: all are in the first
    expect([archive.numElites, archive.elite(0)?.solution, archive.ticks]).toEqual([1, 'n6', [null]]);
    archive.add('n7', 7, [7]);
    // the buffer holds 2 to 7; the ticks are its values number 6/4, 12/4 and 18/4, rounded down
    expect(archive.ticks).toEqual([[3, 5, 6]]);
    expect([...archive].map(({ cell, solution }) => [cell, solution])).toEqual([[0, 'n2'], [1, 'n4'], [2, 'n5'], [3, 'n7']]);
    expect(archive.cellOf([4.99])).toBe(1);
  });

  it('[A19] waits for the end of a batch', () => {
    const archive = new SlidingArchive<string>({ dims: [2], ranges: [[0, 10]], remapFrequency: 2, bufferCapacity: 10 });
    const status = new Uint8Array(4);
    archive.addBatch(4, [1, 2, 3, 4], [1, 2, 3, 4], (i) => `n${i}`, { status });
    expect(Array.from(status)).toEqual([fresh, fresh, fresh, fresh]);
    expect(archive.ticks).toEqual([[3]]);
    expect([...archive].map(({ solution }) => solution)).toEqual(['n1', 'n3']);
  });

  it('[A19] tells of what moved as of changes that no candidate made', () => {
    const archive = new SlidingArchive<string>({ dims: [2], ranges: [[0, 10]], remapFrequency: 2, bufferCapacity: 10 });
    archive.add('a', 1, [1]);
    const told: unknown[] = [];
    archive.addBatch(1, [2], [2], () => 'b', { onChange: (cell, candidate, displaced) => { told.push([cell, candidate, displaced]); } });
    // b took cell 0 from a, then the tick moved to 2 and each has one of its own
    expect([...archive].map(({ solution }) => solution)).toEqual(['a', 'b']);
    expect(told).toEqual([[0, -1, 'a'], [1, -1, undefined]]);
  });

  it('[A7] refuses senseless choices', () => {
    expect(() => new SlidingArchive({ dims: [2], ranges: [[1, 0]] })).toThrow('Measure 0 has the range 1 to 0');
    expect(() => new SlidingArchive({ dims: [2], ranges: [[0, 1]], remapFrequency: 0 })).toThrow('Boundaries are to move after 0 candidates');
    expect(() => new SlidingArchive({ dims: [2], ranges: [[0, 1]], bufferCapacity: 1.5 })).toThrow('The buffer is to hold 1.5 candidates');
  });
});
