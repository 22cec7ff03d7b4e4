import { AddStatus, type Elite } from './archive.ts';
import { BaseArchive } from './base-archive.ts';
import type { Packable } from '../kernel/packed.ts';
import type { PayloadTable } from './saved.ts';
import { Shelves } from './shelves.ts';
import type { Tessellation } from './tessellation.ts';
import { TouchedCells } from './touched-cells.ts';

export interface DepthOptions {
  /** How many are kept a cell. */
  depth: number;
  /** Subtracted from every objective in the QD-score. */
  qdScoreOffset?: number | undefined;
}

/**
 * The best `depth` solutions of each cell, the best of them its elite; every statistic is of the elites (the depth mode of
 * QDAIF, Bradley et al. 2023). The threshold of a cell that is full is the objective of its worst; one that has room takes
 * everybody. Whoever enters counts as `improved`, also behind the elite; a solution displaced as elite stays on the shelf.
 */
export class DepthArchive<T> extends BaseArchive<T> {
  readonly kind = 'depth';
  readonly tessellation: Tessellation;
  readonly depth: number;
  private readonly shelves: Shelves<T>;
  private readonly touched: TouchedCells;

  constructor(tessellation: Tessellation, { depth, qdScoreOffset }: DepthOptions) {
    if (!Number.isInteger(depth) || depth < 1) throw new RangeError(`The depth is ${depth}; it must be a whole number, at least 1.`);
    super(tessellation.cells, tessellation.measureCount, { qdScoreOffset });
    this.tessellation = tessellation;
    this.depth = depth;
    this.shelves = new Shelves<T>(tessellation.cells, depth, 1 + tessellation.measureCount);
    this.touched = new TouchedCells(tessellation.cells);
  }

  cellOf(measures: ArrayLike<number>, from = 0): number {
    return this.tessellation.cellOf(measures, from);
  }

  /** All that a cell holds, the best first, the older of equals before the newer. */
  members(cell: number): Elite<T>[] {
    const { shelves, measureCount } = this;
    return Array.from({ length: shelves.count[cell] ?? 0 }, (_, rank) => {
      const at = shelves.at(cell, rank);
      const measures = Array.from(shelves.numbers.subarray(at + 1, at + 1 + measureCount));
      return { cell, solution: shelves.solution(cell, rank), objective: shelves.numbers[at]!, measures };
    });
  }

  /** How many solutions are held, elites and those behind them. */
  get held(): number { return this.shelves.count.reduce((sum, n) => sum + n, 0); }

  emptied(): DepthArchive<T> {
    return new DepthArchive<T>(this.tessellation, this);
  }

  override typical(points: readonly (readonly number[])[]): number[] {
    return this.tessellation.typical(points);
  }

  protected locate(): void {
    this.tessellation.cellsOf(this.rows.count, this.rows.measures, this.rows.cell);
  }

  protected insert(solution: (candidate: number) => T, status: Uint8Array, value: Float64Array): void {
    const { shelves, touched, depth, visits, measureCount } = this;
    const { count, cell: cells, objective, measures } = this.rows;
    for (let i = 0; i < count; i++) {
      const cell = cells[i]!;
      const f = objective[i]!;
      const threshold = shelves.count[cell]! < depth ? -Infinity : this.objectiveAt(cell, depth - 1);
      if (f > this.objMax) this.objMax = f;
      visits[cell]!++;
      value[i] = threshold === -Infinity ? f : f - threshold;
      status[i] = f <= threshold ? AddStatus.notAdded : shelves.count[cell] === 0 ? AddStatus.new : AddStatus.improved;
    }
    for (let i = 0; i < count; i++) {
      if (status[i] === AddStatus.notAdded) continue;
      const cell = cells[i]!;
      const rank = this.rankFor(cell, objective[i]!);
      if (rank === depth) continue;
      if (shelves.count[cell] === depth) shelves.remove(cell, depth - 1);
      shelves.insert(cell, rank, solution(i), objective[i]!, ...measures.subarray(i * measureCount, (i + 1) * measureCount));
      if (rank > 0) continue;
      if (touched.winner[cell] === 0) touched.add(cell, i);
      else touched.winner[cell] = i + 1;
    }
    const touchedCount = touched.take();
    for (let n = 0; n < touchedCount; n++) {
      const cell = touched.cells[n]!;
      const i = touched.leaders[n]!;
      this.put(cell, i, shelves.solution(cell, 0), objective[i]!, measures, i * measureCount);
    }
  }

  /** Where an objective belongs on a shelf: behind all that are as good. `depth` when nowhere. */
  private rankFor(cell: number, objective: number): number {
    let rank = this.shelves.count[cell]!;
    while (rank > 0 && this.objectiveAt(cell, rank - 1) < objective) rank--;
    return rank;
  }

  private objectiveAt(cell: number, rank: number): number {
    return this.shelves.numbers[this.shelves.at(cell, rank)]!;
  }

  protected choices(): Packable {
    return { cells: this.tessellation.form() as Packable, depth: this.depth, qdScoreOffset: this.qdScoreOffset };
  }

  protected override state(table: PayloadTable<T>): Packable {
    return { shelves: this.shelves.state(table) };
  }

  protected override restoreState(state: { shelves: Parameters<Shelves<T>['restore']>[0] }, solutions: readonly T[]): void {
    this.shelves.restore(state.shelves, solutions);
  }
}
