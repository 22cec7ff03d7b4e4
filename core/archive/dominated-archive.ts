import { AddStatus, type Report } from './archive.ts';
import { BaseArchive } from './base-archive.ts';
import { Nearest } from './kd-tree.ts';
import type { Packable } from '../kernel/packed.ts';

export interface DominatedOptions {
  measureCount: number;
  /** Most solutions held. */
  capacity: number;
  /** Neighbours that dominated novelty is the mean distance to. */
  k: number;
  /** Subtracted from every objective in the QD-score. */
  qdScoreOffset?: number | undefined;
}

/**
 * Dominated novelty search (Bahlous-Boldi et al. 2025, "Dominated novelty search: rethinking local competition in
 * quality-diversity"): of those it holds and those that come it keeps the `capacity` with the highest dominated novelty,
 * which is the mean distance to the k nearest that are at least as good; to fewer if there are fewer, and +∞ if there is
 * none. Between equals those it holds come first, then the earlier of the batch.
 *
 * A place is a cell, so coverage is the share of places taken. `status` is `new` for whoever stays and `notAdded` for the
 * others; `value` is the objective of who stays, and for the others the objective less that of the nearest at least as good.
 */
export class DominatedArchive<T> extends BaseArchive<T> {
  readonly kind = 'dominated';
  readonly capacity: number;
  readonly k: number;

  constructor({ measureCount, capacity, k, qdScoreOffset }: DominatedOptions) {
    if (!Number.isInteger(measureCount) || measureCount < 1) throw new RangeError(`A dominated novelty archive has ${measureCount} measures; it needs a whole number, at least 1.`);
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`The capacity is ${capacity}; it must be a whole number, at least 1.`);
    if (!Number.isInteger(k) || k < 1) throw new RangeError(`Dominated novelty is asked for from ${k} neighbours; it must be a whole number, at least 1.`);
    super(capacity, measureCount, { qdScoreOffset });
    this.capacity = capacity;
    this.k = k;
  }

  /** The nearest elite, the lower number of equals; −1 when there is none. */
  cellOf(measures: ArrayLike<number>, from = 0): number {
    const { slots, measureCount } = this;
    let found = -1;
    let best = Infinity;
    for (let cell = 0; cell < slots.capacity; cell++) {
      if (!slots.has(cell)) continue;
      let distance = 0;
      for (let m = 0; m < measureCount; m++) {
        const d = measures[from + m]! - slots.measures[cell * measureCount + m]!;
        distance += d * d;
      }
      if (found < 0 || distance < best) { best = distance; found = cell; }
    }
    return found;
  }

  emptied(): DominatedArchive<T> {
    return new DominatedArchive<T>(this);
  }

  protected locate(): void { /* who stays is known only once all are compared */ }

  protected insert(solution: (candidate: number) => T, status: Uint8Array, value: Float64Array, report: Report<T>): void {
    const { slots, rows, measureCount, capacity } = this;
    const { count } = rows;
    const held = slots.filled.slice(0, slots.count).sort();
    const n = held.length + count;
    const objective = new Float64Array(n);
    const measures = new Float64Array(n * measureCount);
    held.forEach((cell, i) => {
      objective[i] = slots.objective[cell]!;
      measures.set(slots.measures.subarray(cell * measureCount, (cell + 1) * measureCount), i * measureCount);
    });
    objective.set(rows.objective.subarray(0, count), held.length);
    measures.set(rows.measures.subarray(0, count * measureCount), held.length * measureCount);
    const { novelty, rival } = dominatedNovelty(objective, measures, measureCount, this.k);
    const ranking = Array.from(objective, (_, i) => i).sort((a, b) => (novelty[a] === novelty[b] ? a - b : novelty[b]! - novelty[a]!));
    const stays = new Uint8Array(n);
    for (const i of ranking.slice(0, capacity)) stays[i] = 1;
    held.forEach((cell, i) => {
      if (stays[i] === 1) return;
      this.clear(cell);
      this.visits[cell] = 0;
    });
    let free = 0;
    for (let i = 0; i < count; i++) {
      const at = held.length + i;
      const f = objective[at]!;
      if (f > this.objMax) this.objMax = f;
      if (report.novelty) report.novelty[i] = novelty[at]!;
      status[i] = stays[at] === 1 ? AddStatus.new : AddStatus.notAdded;
      value[i] = stays[at] === 1 ? f : f - objective[rival[at]!]!;
      if (stays[at] === 0) continue;
      while (slots.has(free)) free++;
      this.visits[free] = 1;
      this.put(free, i, solution(i), f, rows.measures, i * measureCount);
    }
  }

  protected choices(): Packable {
    const { measureCount, capacity, k, qdScoreOffset } = this;
    return { measureCount, capacity, k, qdScoreOffset };
  }
}

/** Mean distance of each point to the k nearest that are at least as good, +∞ where there is none; and the nearest of those, or −1. */
function dominatedNovelty(objective: Float64Array, measures: Float64Array, width: number, k: number): { novelty: Float64Array; rival: Int32Array } {
  const n = objective.length;
  const order = Array.from(objective, (_, i) => i).sort((a, b) => objective[b]! - objective[a]!);
  // side by side in that order, so that those at least as good as a point stand before it, equals apart
  const points = new Float64Array(n * width);
  order.forEach((i, rank) => { for (let m = 0; m < width; m++) points[rank * width + m] = measures[i * width + m]!; });
  const novelty = new Float64Array(n);
  const rival = new Int32Array(n);
  const near = new Nearest(k);
  let end = 0;
  for (let rank = 0; rank < n; rank++) {
    const i = order[rank]!;
    while (end < n && objective[order[end]!] === objective[i]) end++;
    near.clear();
    for (let other = 0; other < end; other++) {
      if (other === rank) continue;
      let distance = 0;
      for (let m = 0; m < width; m++) {
        const d = points[rank * width + m]! - points[other * width + m]!;
        distance += d * d;
      }
      if (distance <= near.reach) near.offer(order[other]!, distance);
    }
    novelty[i] = near.count === 0 ? Infinity : near.meanDistance();
    rival[i] = near.count === 0 ? -1 : near.index[0]!;
  }
  return { novelty, rival };
}
