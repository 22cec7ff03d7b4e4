import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import { KdTree } from './kd-tree.ts';
import { kMeans } from './k-means.ts';
import { Raster } from './raster.ts';
import { meanPoint, type Tessellation } from './tessellation.ts';

export interface CvtOptions {
  /** Lower and upper bound of each measure. */
  ranges: readonly (readonly [number, number])[];
  /** How many centroids are found by k-means, or the centroids themselves, `ranges.length` numbers each. */
  centroids: number | ArrayLike<number>;
  /** Points drawn evenly from the ranges that k-means sorts out; 100 for each centroid, at least 10,000 and at most 100,000, when left out. */
  samples?: number | undefined;
  /** Of samples and of k-means' beginning. */
  seed?: number | undefined;
  /** Most rounds of k-means. */
  rounds?: number | undefined;
}

/** Most measures for which a raster pays: with more, a point has too many neighbours. */
const RASTER_MEASURES = 3;

/**
 * Centroidal Voronoi tessellation (Vassiliades, Chatzilygeroudis & Mouret 2018): a point belongs to the nearest centroid,
 * the one with the lower number if two are as near. Every point has one, also outside the ranges.
 */
export class CvtCells implements Tessellation {
  readonly kind = 'cvt';
  readonly cells: number;
  readonly measureCount: number;
  readonly ranges: readonly (readonly [number, number])[];
  /** `measureCount` numbers a cell. */
  readonly centroids: Float64Array;
  private readonly finder: { nearest(query: Float64Array, from: number): number };
  private readonly point: Float64Array;

  constructor({ ranges, centroids, samples, seed = 0, rounds }: CvtOptions) {
    const width = ranges.length;
    if (width === 0) throw new RangeError('A CVT archive needs a range for each of its measures; got none.');
    ranges.forEach(([lower, upper], m) => {
      if (!(lower < upper && upper - lower < Infinity)) throw new RangeError(`Measure ${m} has the range ${lower} to ${upper}; its lower bound must be below its upper.`);
    });
    if (typeof centroids === 'number') {
      const count = samples ?? Math.max(centroids, Math.min(100_000, Math.max(10_000, centroids * 100)));
      this.centroids = kMeans(drawSamples(ranges, count, seed), width, centroids, { seed, rounds });
    } else {
      if (centroids.length === 0 || centroids.length % width !== 0) throw new RangeError(`${centroids.length} numbers do not make centroids of ${width} measures.`);
      this.centroids = Float64Array.from(centroids);
      const bad = this.centroids.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new RangeError(`Centroid ${Math.floor(bad / width)} has ${this.centroids[bad]}; all must be finite.`);
    }
    this.ranges = ranges;
    this.measureCount = width;
    this.cells = this.centroids.length / width;
    const tree = new KdTree(this.centroids, width);
    this.finder = width <= RASTER_MEASURES ? new Raster(tree, this.centroids, ranges) : tree;
    this.point = new Float64Array(width);
  }

  cellOf(measures: ArrayLike<number>, from = 0): number {
    for (let m = 0; m < this.measureCount; m++) this.point[m] = measures[from + m]!;
    return numbered(this.finder.nearest(this.point, 0));
  }

  cellsOf(count: number, measures: Float64Array, out: Int32Array): void {
    const { finder, measureCount } = this;
    for (let i = 0; i < count; i++) out[i] = numbered(finder.nearest(measures, i * measureCount));
  }

  typical(points: readonly (readonly number[])[]): number[] {
    return meanPoint(points, this.measureCount);
  }

  form(): { kind: string; ranges: readonly (readonly [number, number])[]; centroids: Float64Array } {
    return { kind: this.kind, ranges: this.ranges, centroids: this.centroids };
  }
}

/** A point so far off that its squared distances are past all numbers is as near to every centroid: it belongs to the first. */
function numbered(nearest: number): number {
  return nearest < 0 ? 0 : nearest;
}

function drawSamples(ranges: CvtOptions['ranges'], count: number, seed: number): Float64Array {
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x637674);
  const samples = new Float64Array(count * ranges.length);
  for (let i = 0; i < samples.length; i++) {
    const [lower, upper] = ranges[i % ranges.length]!;
    samples[i] = lower + random.next() * (upper - lower);
  }
  return samples;
}
