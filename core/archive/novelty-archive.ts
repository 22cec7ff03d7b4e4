import { AddStatus, type Report } from './archive.ts';
import { BaseArchive } from './base-archive.ts';
import { Neighbours } from './neighbours.ts';
import type { Packable } from '../kernel/packed.ts';
import type { SavedArchive } from './saved.ts';
import { TouchedCells } from './touched-cells.ts';

export interface NoveltyOptions {
  measureCount: number;
  /** Neighbours that novelty is the mean distance to. */
  k: number;
  /** Novelty from which on a candidate enters. */
  threshold: number;
  /** Whether a better candidate that is not novel replaces its nearest neighbour. */
  localCompetition?: boolean | undefined;
  /** Subtracted from every objective in the QD-score. */
  qdScoreOffset?: number | undefined;
}

/**
 * An archive without a tessellation that grows with what is novel (Lehman & Stanley 2011, "Abandoning objectives"), if
 * wished with local competition (Lehman & Stanley 2011, "Evolving a diversity of virtual creatures"). Each elite is a
 * cell of its own, numbered as they came, so coverage is 1 and the normalised QD-score the mean objective.
 *
 * Novelty is the mean distance to the min(k, n) nearest elites before the batch; to an empty archive it is the threshold.
 * A candidate enters if its novelty is at least the threshold. With local competition one that is not novel replaces its
 * nearest elite if its objective is strictly above that one's; nothing else ever replaces an elite.
 */
export class NoveltyArchive<T> extends BaseArchive<T> {
  readonly kind = 'novelty';
  readonly k: number;
  readonly localCompetition: boolean;
  private minimum: number;
  private readonly neighbours: Neighbours;
  private readonly touched = new TouchedCells(0);
  private novelty = new Float64Array(0);
  private competition = new Uint32Array(0);
  private readonly point: Float64Array;

  constructor({ measureCount, k, threshold, localCompetition = false, qdScoreOffset }: NoveltyOptions) {
    if (!Number.isInteger(measureCount) || measureCount < 1) throw new RangeError(`A novelty archive has ${measureCount} measures; it needs a whole number, at least 1.`);
    if (!Number.isInteger(k) || k < 1) throw new RangeError(`Novelty is asked for from ${k} neighbours; it must be a whole number, at least 1.`);
    super(128, measureCount, { qdScoreOffset });
    this.k = k;
    this.localCompetition = localCompetition;
    this.neighbours = new Neighbours(measureCount, k);
    this.point = new Float64Array(measureCount);
    this.minimum = 0;
    this.threshold = threshold;
  }

  /** Novelty from which on a candidate enters; may be changed between batches. */
  get threshold(): number { return this.minimum; }
  set threshold(threshold: number) {
    if (!(threshold >= 0 && threshold < Infinity)) throw new RangeError(`The threshold of novelty is ${threshold}; it must be 0 or a finite number above.`);
    this.minimum = threshold;
  }

  override get cells(): number { return this.numElites; }

  /** The nearest elite; −1 when there is none. */
  cellOf(measures: ArrayLike<number>, from = 0): number {
    for (let m = 0; m < this.measureCount; m++) this.point[m] = measures[from + m]!;
    const near = this.neighbours.search(this.point, 0);
    return near.count === 0 ? -1 : near.index[0]!;
  }

  emptied(): NoveltyArchive<T> {
    return new NoveltyArchive<T>(this);
  }

  protected locate(): void {
    const { rows, slots, neighbours, measureCount, threshold } = this;
    const { count, cell: nearest, measures, objective } = rows;
    if (this.novelty.length < count) {
      this.novelty = new Float64Array(rows.capacity);
      this.competition = new Uint32Array(rows.capacity);
    }
    neighbours.settle(slots.measures, slots.count, count);
    for (let i = 0; i < count; i++) {
      const near = neighbours.search(measures, i * measureCount);
      nearest[i] = near.count === 0 ? -1 : near.index[0]!;
      this.novelty[i] = near.count === 0 ? threshold : near.meanDistance();
      let beaten = 0;
      for (let n = 0; n < near.count; n++) if (slots.objective[near.index[n]!]! < objective[i]!) beaten++;
      this.competition[i] = beaten;
    }
  }

  protected insert(solution: (candidate: number) => T, status: Uint8Array, value: Float64Array, report: Report<T>): void {
    const { slots, rows, touched, novelty, threshold, measureCount, neighbours } = this;
    const { count, cell: nearest, objective, measures } = rows;
    report.novelty?.set(novelty.subarray(0, count));
    report.competition?.set(this.competition.subarray(0, count));
    touched.reserve(slots.capacity);
    let fresh = 0;
    for (let i = 0; i < count; i++) {
      const f = objective[i]!;
      const cell = nearest[i]!;
      if (f > this.objMax) this.objMax = f;
      if (novelty[i]! >= threshold) {
        status[i] = AddStatus.new;
        value[i] = f;
        fresh++;
        continue;
      }
      this.visits[cell]!++;
      value[i] = f - slots.objective[cell]!;
      status[i] = this.localCompetition && value[i]! > 0 ? AddStatus.improved : AddStatus.notAdded;
      if (status[i] === AddStatus.notAdded) continue;
      const leader = touched.winner[cell]!;
      if (leader === 0) touched.add(cell, i);
      else if (f > objective[leader - 1]!) touched.winner[cell] = i + 1;
    }
    const bettered = touched.take();
    for (let n = 0; n < bettered; n++) this.take(touched.cells[n]!, touched.leaders[n]!, solution);
    if (fresh === 0) return;
    this.reserve(slots.count + fresh);
    for (let i = 0; i < count; i++) {
      if (status[i] !== AddStatus.new) continue;
      const cell = slots.count;
      this.visits[cell] = 1;
      if (fresh > 64) this.put(cell, i, solution(i), objective[i]!, measures, i * measureCount);
      else this.take(cell, i, solution);
    }
    if (fresh > 64) neighbours.reset(slots.measures, slots.count);
  }

  private take(cell: number, i: number, solution: (candidate: number) => T): void {
    this.put(cell, i, solution(i), this.rows.objective[i]!, this.rows.measures, i * this.measureCount);
    this.neighbours.set(this.slots.measures, cell);
  }

  protected choices(): Packable {
    const { measureCount, k, threshold, localCompetition, qdScoreOffset } = this;
    return { measureCount, k, threshold, localCompetition, qdScoreOffset };
  }

  override restore(saved: SavedArchive, solutions: readonly T[]): void {
    super.restore(saved, solutions);
    this.neighbours.reset(this.slots.measures, this.slots.count);
  }
}
