import { AddStatus } from './archive.ts';
import { BaseArchive } from './base-archive.ts';
import { integerPower } from './exact-math.ts';
import type { Packable } from '../kernel/packed.ts';
import type { PayloadTable } from './saved.ts';
import type { Tessellation } from './tessellation.ts';
import { TouchedCells } from './touched-cells.ts';

export interface CellOptions {
  /** Soft thresholds (CMA-MAE): 1 is the plain archive. */
  learningRate?: number | undefined;
  /** Threshold of an empty cell; needed with a learning rate below 1. */
  thresholdMin?: number | undefined;
  /** Subtracted from every objective in the QD-score. */
  qdScoreOffset?: number | undefined;
  /** Who wins a tie: the incumbent (and of a batch the first), or the newest (and of a batch the last). */
  ties?: 'incumbent' | 'newest' | undefined;
}

/**
 * One elite a cell of a tessellation (MAP-Elites, Mouret & Clune 2015), with soft thresholds after CMA-MAE (Fontaine &
 * Nikolaidis 2023). The threshold of a cell is the objective of its elite, or `thresholdMin` while it is empty; with a
 * learning rate a below 1 it moves to (1 − a)·t + a·f instead, and for the k candidates of a batch that are above it to
 * (1 − a)^k·t + mean(f)·(1 − (1 − a)^k).
 */
export class CellArchive<T> extends BaseArchive<T> {
  readonly kind: string;
  readonly tessellation: Tessellation;
  readonly options: Required<{ [K in keyof CellOptions]: NonNullable<CellOptions[K]> }>;
  protected readonly threshold: Float64Array;
  private readonly touched: TouchedCells;
  private readonly above: Uint32Array;
  private readonly aboveSum: Float64Array;

  constructor(tessellation: Tessellation, options: CellOptions = {}) {
    const { learningRate = 1, thresholdMin = -Infinity, qdScoreOffset = 0, ties = 'incumbent' } = options;
    if (!(learningRate >= 0 && learningRate <= 1)) throw new RangeError(`The learning rate is ${learningRate}; it must lie between 0 and 1.`);
    if (learningRate < 1 && !Number.isFinite(thresholdMin)) throw new RangeError('A learning rate below 1 needs a finite thresholdMin.');
    if (Number.isNaN(thresholdMin) || thresholdMin === Infinity) throw new RangeError(`The threshold of an empty cell is ${thresholdMin}; no candidate could be above it.`);
    super(tessellation.cells, tessellation.measureCount, { qdScoreOffset });
    this.kind = tessellation.kind;
    this.tessellation = tessellation;
    this.options = { learningRate, thresholdMin, qdScoreOffset, ties };
    this.threshold = new Float64Array(this.cells).fill(thresholdMin);
    this.touched = new TouchedCells(this.cells);
    this.above = new Uint32Array(learningRate < 1 ? this.cells : 0);
    this.aboveSum = new Float64Array(learningRate < 1 ? this.cells : 0);
  }

  cellOf(measures: ArrayLike<number>, from = 0): number {
    return this.tessellation.cellOf(measures, from);
  }

  /** What an objective has to be above to enter a cell. */
  thresholdOf(cell: number): number {
    return this.threshold[cell]!;
  }

  emptied(): CellArchive<T> {
    return new CellArchive<T>(this.tessellation, this.options);
  }

  override typical(points: readonly (readonly number[])[]): number[] {
    return this.tessellation.typical(points);
  }

  protected locate(): void {
    this.tessellation.cellsOf(this.rows.count, this.rows.measures, this.rows.cell);
  }

  protected insert(solution: (candidate: number) => T, status: Uint8Array, value: Float64Array): void {
    this.compare(status, value);
    this.settle(solution);
  }

  /**
   * Says of each candidate what comes of it, and finds who leads in each cell. Apart from `settle`, as is each step with a loop over
   * a batch: the engine compiles a long loop while it runs, before it has seen what comes behind, and throws it away when it gets there.
   */
  private compare(status: Uint8Array, value: Float64Array): void {
    const { threshold, visits, touched, above, aboveSum, slots } = this;
    const { count, cell: cells, objective } = this.rows;
    const { winner } = touched;
    const soft = this.options.learningRate < 1;
    const newest = this.options.ties === 'newest';
    let { objMax } = this;
    for (let i = 0; i < count; i++) {
      const f = objective[i]!;
      const cell = cells[i]!;
      const t = threshold[cell]!;
      if (f > objMax) objMax = f;
      visits[cell]!++;
      value[i] = t === -Infinity ? f : f - t;
      if (!(f > t || (newest && f === t && slots.has(cell)))) { status[i] = AddStatus.notAdded; continue; }
      status[i] = slots.has(cell) ? AddStatus.improved : AddStatus.new;
      if (soft) {
        above[cell]!++;
        aboveSum[cell]! += f;
      }
      const leader = winner[cell]!;
      if (leader === 0) touched.add(cell, i);
      else if (f > objective[leader - 1]! || (newest && f === objective[leader - 1]!)) winner[cell] = i + 1;
    }
    this.objMax = objMax;
  }

  /** Puts into each cell who leads there. */
  private settle(solution: (candidate: number) => T): void {
    const { touched, threshold, measureCount } = this;
    const { objective, measures } = this.rows;
    const { learningRate } = this.options;
    const count = touched.take();
    const { cells, leaders } = touched;
    for (let n = 0; n < count; n++) {
      const cell = cells[n]!;
      const i = leaders[n]!;
      const taken = solution(i);
      threshold[cell] = learningRate < 1 ? this.softened(cell) : objective[i]!;
      this.put(cell, i, taken, objective[i]!, measures, i * measureCount);
    }
  }

  /** The soft threshold of a cell after those of a batch that were above it, who are forgotten. */
  private softened(cell: number): number {
    const { threshold, above, aboveSum } = this;
    const keep = integerPower(1 - this.options.learningRate, above[cell]!);
    const mean = aboveSum[cell]! / above[cell]!;
    above[cell] = 0;
    aboveSum[cell] = 0;
    return keep * threshold[cell]! + mean * (1 - keep);
  }

  protected choices(): Packable {
    return { cells: this.tessellation.form() as Packable, ...this.options };
  }

  protected override state(_table: PayloadTable<T>): Packable {
    return { threshold: this.threshold };
  }

  protected override restoreState(state: { threshold: Float64Array }, _solutions: readonly T[]): void {
    this.threshold.set(state.threshold);
  }
}
