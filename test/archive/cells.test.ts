import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddStatus } from '../../core/archive/archive.ts';
import { CategoricalArchive } from '../../core/archive/categorical-archive.ts';
import { CvtArchive } from '../../core/archive/cvt-archive.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { GridCells } from '../../core/archive/grid-cells.ts';
import { KdTree, Nearest } from '../../core/archive/kd-tree.ts';
import { kMeans } from '../../core/archive/k-means.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { seeded } from '../core/seeded.ts';

const { notAdded, improved, new: fresh } = AddStatus;
const random = (n: number): RandomStream => new RandomStream([7, 7], n);
const draw = (stream: RandomStream, count: number, low = 0, high = 1): Float64Array => Float64Array.from({ length: count }, () => low + stream.next() * (high - low));

/** Squared distances to all points, and all indices by rising distance and index. */
function search(points: ArrayLike<number>, width: number, query: ArrayLike<number>): { index: number; distance: number }[] {
  return Array.from({ length: points.length / width }, (_, index) => {
    let distance = 0;
    for (let m = 0; m < width; m++) distance += (query[m]! - points[index * width + m]!) ** 2;
    return { index, distance };
  }).sort((a, b) => a.distance - b.distance || a.index - b.index);
}

describe('a k-d tree', () => {
  const coordinate = fc.integer({ min: -4, max: 4 }).map((n) => n / 2);

  it('[A13] finds what a search through all points finds, ties included', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 }), fc.array(coordinate, { maxLength: 400, size: 'max' }), fc.array(coordinate, { minLength: 5, maxLength: 5 }),
      (width, k, numbers, query) => {
        const points = numbers.slice(0, numbers.length - numbers.length % width);
        const tree = new KdTree(points, width);
        const all = search(points, width, query);
        expect(tree.nearest(query)).toBe(all[0]?.index ?? -1);
        const near = new Nearest(k);
        near.clear();
        tree.collect(query, 0, near);
        expect(near.count).toBe(Math.min(k, all.length));
        expect(Array.from(near.index.subarray(0, near.count))).toEqual(all.slice(0, k).map(({ index }) => index));
        expect(Array.from(near.distance.subarray(0, near.count))).toEqual(all.slice(0, k).map(({ distance }) => distance));
      }), seeded(200));
  });

  it('[A13] leaves out what is hidden', () => {
    const tree = new KdTree([0, 0, 1, 1, 2, 2], 2);
    tree.hide(0);
    expect(tree.nearest([0, 0])).toBe(1);
    tree.hide(1);
    tree.hide(2);
    expect(tree.nearest([0, 0])).toBe(-1);
  });
});

describe('cells of a CVT archive', () => {
  const ranges2 = [[-1, 1], [0, 3]] as const;

  it.each([[1, 300], [2, 300], [2, 5], [3, 200], [5, 60]])('[A13] belong to the nearest centroid, also outside the ranges (%i measures, %i centroids)', (width, count) => {
    const stream = random(width);
    const centroids = draw(stream, width * count, -1, 1);
    // some points exactly halfway between two centroids that differ in one measure alone
    for (let m = 1; m < width; m++) centroids[width + m] = centroids[m]!;
    const archive = new CvtArchive<number>({ ranges: Array.from({ length: width }, () => [-1, 1] as const), centroids });
    const queries = draw(stream, width * 400, -1.4, 1.4);
    for (let m = 0; m < width; m++) queries[m] = (centroids[m]! + centroids[width + m]!) / 2;
    for (let i = 0; i < 400; i++) {
      const query = queries.subarray(i * width, (i + 1) * width);
      expect(archive.cellOf(query)).toBe(search(centroids, width, query)[0]!.index);
    }
  });

  it('[A13] of two that are as near have the lower number', () => {
    const archive = new CvtArchive<string>({ ranges: [[0, 1]], centroids: [0.25, 0.75, 0.75] });
    expect([0, 0.5, 0.51, 9].map((value) => archive.cellOf([value]))).toEqual([0, 0, 1, 1]);
  });

  it.each([1, 2, 5])('[A13] have every point, also one whose distances are past all numbers (%i measures)', (width) => {
    const archive = new CvtArchive<string>({ ranges: Array.from({ length: width }, () => [0, 1] as const), centroids: draw(random(width), width * 40) });
    expect(archive.add('far', 1, new Array<number>(width).fill(-1e200))).toBe(fresh);
    expect(archive.retrieve(new Array<number>(width).fill(1e300))).toMatchObject({ cell: 0, solution: 'far' });
  });

  it('[A13] are found by k-means from a seed, each the mean of what is nearest to it', () => {
    const samples = draw(random(9), 4000);
    const centroids = kMeans(samples, 2, 20, { seed: 5, rounds: 500, tolerance: 0 });
    const sums = Array.from({ length: 20 }, () => [0, 0, 0]);
    for (let i = 0; i < 2000; i++) {
      const sum = sums[search(centroids, 2, samples.subarray(2 * i, 2 * i + 2))[0]!.index]!;
      sum[0]! += samples[2 * i]!;
      sum[1]! += samples[2 * i + 1]!;
      sum[2]!++;
    }
    sums.forEach(([x, y, n], c) => {
      expect(centroids[2 * c]).toBeCloseTo(x! / n!, 12);
      expect(centroids[2 * c + 1]).toBeCloseTo(y! / n!, 12);
    });
    expect(kMeans(samples, 2, 20, { seed: 5 })).toEqual(kMeans(samples, 2, 20, { seed: 5 }));
    expect(kMeans(samples, 2, 20, { seed: 6 })).not.toEqual(kMeans(samples, 2, 20, { seed: 5 }));
  });

  it('[A13] are about as large as each other', () => {
    const archive = new CvtArchive<number>({ ranges: ranges2, centroids: 50, seed: 1 });
    const counts = new Array<number>(50).fill(0);
    const stream = random(11);
    for (let i = 0; i < 20_000; i++) counts[archive.cellOf([stream.next() * 2 - 1, stream.next() * 3])]!++;
    expect(Math.min(...counts)).toBeGreaterThan(200);
    expect(Math.max(...counts)).toBeLessThan(700);
  });

  it.each([
    [{ ranges: [], centroids: 3 }, 'A CVT archive needs a range for each of its measures; got none.'],
    [{ ranges: [[1, 1]] as [number, number][], centroids: 3 }, 'Measure 0 has the range 1 to 1; its lower bound must be below its upper.'],
    [{ ranges: [[0, 1]] as [number, number][], centroids: 0 }, '0 centroids are asked for from 10000 samples'],
    [{ ranges: ranges2, centroids: [1, 2, 3] }, '3 numbers do not make centroids of 2 measures.'],
    [{ ranges: ranges2, centroids: [1, 2, 3, NaN] }, 'Centroid 1 has NaN; all must be finite.'],
  ])('[A7] refuses senseless ones: %j', (options, sentence) => {
    expect(() => new CvtArchive(options)).toThrow(sentence);
  });
});

describe('cells of a categorical archive', () => {
  const poetry = (): CategoricalArchive<string> => new CategoricalArchive({ categories: [['haiku', 'sonnet'], ['happy', 'dark', 'romantic']], ties: 'newest' });

  it('[A14] are the combinations of categories, row-major', () => {
    const archive = poetry();
    expect(archive.cells).toBe(6);
    expect(archive.codesOf('sonnet', 'dark')).toEqual([1, 1]);
    expect(archive.cellOf([1, 1])).toBe(4);
    expect(archive.namesOf(4)).toEqual(['sonnet', 'dark']);
    expect(() => archive.codesOf('sonnet', 'gloomy')).toThrow('Measure 1 has no category "gloomy"; it has happy, dark, romantic.');
  });

  it.each([[3], [-1], [0.5]])('[A14] a category that is not there (%d) refuses the batch, naming the candidate', (code) => {
    const archive = poetry();
    archive.add('kept', 1, [0, 0]);
    expect(() => { archive.addBatch(2, [5, 5], [0, 0, 1, code], () => 'lost'); }).toThrow(`Candidate 1 has category ${code} of measure 1; there are 3, counted from 0.`);
    expect([archive.numElites, archive.objMax, archive.elite(0)?.solution]).toEqual([1, 1, 'kept']);
  });

  it('[A20] ties go to the newest where that is chosen, in a batch to the last', () => {
    const archive = poetry();
    expect([archive.add('a', 7, [0, 0]), archive.add('b', 7, [0, 0]), archive.add('c', 6, [0, 0])]).toEqual([fresh, improved, notAdded]);
    expect(archive.elite(0)?.solution).toBe('b');
    archive.addBatch(3, [8, 8, 7], [0, 0, 0, 0, 0, 0], (i) => `n${i}`);
    expect(archive.elite(0)).toMatchObject({ solution: 'n1', objective: 8 });
  });

  it.each([
    [[], 'A categorical archive needs at least one measure.'],
    [[['a'], []], 'Measure 1 has no categories; it needs at least one.'],
    [[['a', 'b', 'a']], 'Measure 0 has the category "a" twice.'],
  ])('[A7] refuses senseless ones: %j', (categories, sentence) => {
    expect(() => new CategoricalArchive({ categories })).toThrow(sentence);
  });
});

describe('cells of a grid', () => {
  it('[A1] a batch lies where its candidates lie one by one', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const cells = new GridCells({ dims: [7, 5, 3], ranges: [[-1, 1], [-2, 2], [0, 1e-3]], ticks: [null, [-1, 0, 0.5, 0.7], null] });
    fc.assert(fc.property(fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 20 }), (points) => {
      const out = new Int32Array(points.length);
      cells.cellsOf(points.length, Float64Array.from(points.flat()), out);
      expect(Array.from(out)).toEqual(points.map((point) => cells.cellOf(point)));
      for (const cell of out) {
        const [a, b, c] = cells.binsOf(cell) as [number, number, number];
        expect((a * 5 + b) * 3 + c).toBe(cell);
      }
    }), seeded(100));
  });

  it('[A4] a few that change among many are told of by rising number too', () => {
    const archive = new GridArchive<number>({ dims: [100, 100], ranges: [[0, 100], [0, 100]] });
    const told: number[] = [];
    const points = [[99, 99], [3, 5], [50, 1], [3, 4], [99, 98]];
    archive.addBatch(5, [1, 1, 1, 1, 1], points.flat(), (i) => i, { onChange: (cell) => { told.push(cell); } });
    expect(told).toEqual([304, 305, 5001, 9998, 9999]);
  });

  it('[A7] refuses more cells than can be held', () => {
    expect(() => new GridArchive({ dims: [1e5, 1e5], ranges: [[0, 1], [0, 1]] })).toThrow('A grid of 100000 × 100000 has 10000000000 cells; at most 268435456 can be held.');
    expect(() => new GridArchive({ dims: [2, 2], ranges: [[0, 1], [0, 1]], ticks: [[0.5]] })).toThrow('A grid of 2 measures got ticks for 1.');
  });
});
