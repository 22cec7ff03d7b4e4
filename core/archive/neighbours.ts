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
  private tree: KdTree;
  /** Indices of the points since, and the points. */
  private since = new Uint32Array(64);
  private places: Float64Array;
  private sinceCount = 0;

  constructor(width: number, k: number) {
    this.width = width;
    this.near = new Nearest(k);
    this.places = new Float64Array(64 * width);
    this.tree = new KdTree(this.places, width, 0);
  }

  /** Starts over with the first `count` of these points. */
  reset(points: Float64Array, count: number): void {
    this.tree = new KdTree(points, this.width, count);
    this.sinceCount = 0;
  }

  /** Tells of a point, `points[index · width…]`, that is new or elsewhere than before. */
  set(points: Float64Array, index: number): void {
    const { width } = this;
    let at = this.since.subarray(0, this.sinceCount).indexOf(index);
    if (at < 0) {
      if (index < this.tree.size) this.tree.hide(index);
      at = this.sinceCount++;
      if (at === this.since.length) this.grow();
      this.since[at] = index;
    }
    for (let m = 0; m < width; m++) this.places[at * width + m] = points[index * width + m]!;
  }

  /** Builds the tree of all `count` points afresh if that pays for so many searches to come. */
  settle(points: Float64Array, count: number, searches: number): void {
    const { sinceCount } = this;
    // building costs about as much as looking at 60 points of the list for each point of the tree
    if (sinceCount > 32 + 2 * Math.sqrt(count) || sinceCount * searches > 60 * count) this.reset(points, count);
  }

  /** Finds the k nearest of a point, equally near ones by rising index. */
  search(query: Float64Array, from: number): Nearest {
    const { near, places, width, since, sinceCount } = this;
    near.clear();
    this.tree.collect(query, from, near);
    for (let i = 0, at = 0; i < sinceCount; i++) {
      let distance = 0;
      for (let m = 0; m < width; m++) {
        const d = query[from + m]! - places[at++]!;
        distance += d * d;
      }
      if (distance <= near.reach) near.offer(since[i]!, distance);
    }
    return near;
  }

  private grow(): void {
    const { since, places } = this;
    this.since = new Uint32Array(since.length * 2);
    this.since.set(since);
    this.places = new Float64Array(places.length * 2);
    this.places.set(places);
  }
}
