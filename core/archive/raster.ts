import { Nearest, type KdTree } from './kd-tree.ts';

/** Buckets for each point, and most candidates of a bucket. */
const BUCKETS_EACH = 4;
const MOST_CANDIDATES = 32;

/**
 * A raster laid over few measures that knows, for each of its buckets, the points that can be nearest to anything in it:
 * no further from its middle than the nearest one and twice the way to a corner. Answers are the tree's, of which it is made and
 * which is asked where the raster does not reach or a bucket is crowded; most of them come from three or four comparisons.
 */
export class Raster {
  private readonly tree: KdTree;
  private readonly points: Float64Array;
  private readonly width: number;
  private readonly side: number;
  private readonly lower: Float64Array;
  private readonly perBucket: Float64Array;
  /** Candidates of bucket b are `candidates[starts[b]…starts[b + 1]]`, rising; none where it is crowded. */
  private readonly starts: Uint32Array;
  private readonly candidates: Uint32Array;

  constructor(tree: KdTree, points: Float64Array, ranges: readonly (readonly [number, number])[]) {
    const width = ranges.length;
    this.tree = tree;
    this.points = points;
    this.width = width;
    let side = 1;
    while ((side + 1) ** width <= tree.size * BUCKETS_EACH) side++;
    this.side = side;
    this.lower = Float64Array.from(ranges, ([low]) => low);
    this.perBucket = Float64Array.from(ranges, ([low, high]) => side / (high - low));
    // a little more than half the diagonal, so that rounding leaves nothing out
    const half = Math.sqrt(ranges.reduce((sum, [low, high]) => sum + ((high - low) / side) * ((high - low) / side), 0)) * 0.5000001;
    const buckets = side ** width;
    this.starts = new Uint32Array(buckets + 1);
    const list: number[] = [];
    const middle = new Float64Array(width);
    const near = new Nearest(MOST_CANDIDATES);
    for (let bucket = 0; bucket < buckets; bucket++) {
      for (let m = width - 1, rest = bucket; m >= 0; m--, rest = Math.floor(rest / side)) middle[m] = this.lower[m]! + (rest % side + 0.5) / this.perBucket[m]!;
      near.clear();
      tree.collect(middle, 0, near);
      const reach = Math.sqrt(near.distance[0]!) + 2 * half;
      let count = 0;
      while (count < near.count && near.distance[count]! <= reach * reach) count++;
      if (count < MOST_CANDIDATES) list.push(...near.index.subarray(0, count).sort());
      this.starts[bucket + 1] = list.length;
    }
    this.candidates = Uint32Array.from(list);
  }

  /** Index of the nearest point, of equally near ones the lowest. */
  nearest(query: Float64Array, from: number): number {
    const { width, side, lower, perBucket, starts, candidates, points } = this;
    let bucket = 0;
    for (let m = 0; m < width; m++) {
      const at = (query[from + m]! - lower[m]!) * perBucket[m]!;
      if (!(at >= 0 && at < side)) return this.tree.nearest(query, from);
      bucket = bucket * side + (at | 0);
    }
    const end = starts[bucket + 1]!;
    let found = -1;
    let best = Infinity;
    for (let i = starts[bucket]!; i < end; i++) {
      const index = candidates[i]!;
      let distance = 0;
      for (let m = 0, p = index * width; m < width; m++) {
        const d = query[from + m]! - points[p + m]!;
        distance += d * d;
      }
      if (distance < best) { best = distance; found = index; }
    }
    return found < 0 ? this.tree.nearest(query, from) : found;
  }
}
