import { KdTree, Nearest } from './kd-tree.ts';

/**
 * Nearest neighbours among points that come and move: a k-d tree of those that were there when it was last built, and a
 * list of those that came or moved since, which is looked through. The tree is built afresh when the list has grown to
 * where that costs less than looking.
 */
export class Neighbours {
  readonly width: number;
  /** What the last `search` found. */
  readonly near: Nearest;
  private points: Float64Array;
  private tree: KdTree;
  private since = new Uint32Array(64);
  private sinceCount = 0;

  constructor(width: number, k: number) {
    this.width = width;
    this.near = new Nearest(k);
    this.points = new Float64Array(0);
    this.tree = new KdTree(this.points, width, 0);
  }

  /** Starts over with the first `count` of these points. */
  reset(points: Float64Array, count: number): void {
    this.points = points;
    this.tree = new KdTree(points, this.width, count);
    this.sinceCount = 0;
  }

  /** Tells of a point that is new or elsewhere than before. `points` are all, this one included. */
  set(points: Float64Array, index: number): void {
    this.points = points;
    if (this.since.subarray(0, this.sinceCount).includes(index)) return;
    if (index < this.tree.size) this.tree.hide(index);
    if (this.sinceCount === this.since.length) {
      const { since } = this;
      this.since = new Uint32Array(since.length * 2);
      this.since.set(since);
    }
    this.since[this.sinceCount++] = index;
  }

  /** Builds the tree afresh if it pays, `count` points being there. To be called before a number of searches. */
  settle(count: number): void {
    if (this.sinceCount > 32 + 2 * Math.sqrt(count)) this.reset(this.points, count);
  }

  /** Finds the k nearest of a point, equally near ones by rising index. */
  search(query: Float64Array, from: number): Nearest {
    const { near, points, width, since, sinceCount } = this;
    near.clear();
    this.tree.collect(query, from, near);
    for (let i = 0; i < sinceCount; i++) {
      const index = since[i]!;
      let distance = 0;
      for (let m = 0; m < width; m++) {
        const d = query[from + m]! - points[index * width + m]!;
        distance += d * d;
      }
      if (distance <= near.reach) near.offer(index, distance);
    }
    return near;
  }
}
