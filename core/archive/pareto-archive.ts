import { AddStatus, type Elite } from './archive.ts';
import { BaseArchive } from './base-archive.ts';
import type { Packable } from '../kernel/packed.ts';
import { area, enter, type FrontPoint } from './pareto-front.ts';
import type { PayloadTable } from './saved.ts';
import { Shelves } from './shelves.ts';
import type { Tessellation } from './tessellation.ts';
import { TouchedCells } from './touched-cells.ts';

export interface ParetoOptions {
  /** Point from which the area under a front is measured: no better than the worst of each objective. */
  reference: readonly [number, number];
  /** Most members of a front; 50 when left out, as in MOME. */
  frontSize?: number | undefined;
}

/** A member of a cell's front. */
export interface FrontMember<T> { solution: T; objectives: [number, number]; measures: number[] }

/**
 * A Pareto front a cell for two objectives (MOME, Pierrot et al. 2022). A candidate enters its cell if no member is at
 * least as good in both objectives, and those it beats leave. A front that is too full loses the member that adds the
 * least area, so that no cell's area ever falls.
 *
 * As an archive of one objective it shows, as the objective of a cell, the area that its front dominates above the reference
 * (hypervolume; the QD-score is MOME's MOQD-score), and, as its elite, the member that dominates most by itself. The value
 * of a candidate is the area it adds, or would have.
 */
export class ParetoArchive<T> extends BaseArchive<T> {
  readonly kind = 'pareto';
  readonly tessellation: Tessellation;
  readonly reference: readonly [number, number];
  readonly frontSize: number;
  private readonly shelves: Shelves<T>;
  private readonly touched: TouchedCells;

  constructor(tessellation: Tessellation, { reference, frontSize = 50 }: ParetoOptions) {
    if (!reference.every(Number.isFinite)) throw new RangeError(`The reference point is ${reference.join(', ')}; both must be finite.`);
    if (!Number.isInteger(frontSize) || frontSize < 1) throw new RangeError(`A front holds ${frontSize}; it must be a whole number, at least 1.`);
    super(tessellation.cells, tessellation.measureCount, { objectiveCount: 2 });
    this.tessellation = tessellation;
    this.reference = [...reference];
    this.frontSize = frontSize;
    this.shelves = new Shelves<T>(tessellation.cells, frontSize, 2 + tessellation.measureCount);
    this.touched = new TouchedCells(tessellation.cells);
  }

  cellOf(measures: ArrayLike<number>, from = 0): number {
    return this.tessellation.cellOf(measures, from);
  }

  /** The front of a cell, by rising first objective. */
  front(cell: number): FrontMember<T>[] {
    const { shelves } = this;
    return Array.from({ length: shelves.count[cell] ?? 0 }, (_, rank) => {
      const at = shelves.at(cell, rank);
      const [a, b, ...measures] = shelves.numbers.subarray(at, at + shelves.stride);
      return { solution: shelves.solution(cell, rank), objectives: [a!, b!], measures };
    });
  }

  override sample(count: number, random: Parameters<BaseArchive<T>['sample']>[1]): Elite<T>[] {
    return Array.from({ length: count }, () => {
      const cell = this.sampleCell(random);
      const { solution, objectives, measures } = this.front(cell)[random.below(this.shelves.count[cell]!)]!;
      return { cell, solution, objective: area([{ a: objectives[0], b: objectives[1], who: 0 }], this.reference), measures };
    });
  }

  emptied(): ParetoArchive<T> {
    return new ParetoArchive<T>(this.tessellation, this);
  }

  override typical(points: readonly (readonly number[])[]): number[] {
    return this.tessellation.typical(points);
  }

  protected locate(): void {
    this.tessellation.cellsOf(this.rows.count, this.rows.measures, this.rows.cell);
  }

  protected insert(solution: (candidate: number) => T, status: Uint8Array, value: Float64Array): void {
    const { shelves, touched, visits, slots, frontSize, reference, measureCount } = this;
    const { count, cell: cells, objective, measures } = this.rows;
    for (let i = 0; i < count; i++) {
      const cell = cells[i]!;
      const front = this.points(cell);
      const before = area(front, reference);
      const { kept } = enter(front, { a: objective[2 * i]!, b: objective[2 * i + 1]!, who: -1 }, frontSize, reference);
      visits[cell]!++;
      value[i] = area(front, reference) - before;
      status[i] = !kept ? AddStatus.notAdded : slots.has(cell) ? AddStatus.improved : AddStatus.new;
    }
    for (let i = 0; i < count; i++) {
      if (status[i] === AddStatus.notAdded) continue;
      const cell = cells[i]!;
      const front = this.points(cell);
      const { kept, left } = enter(front, { a: objective[2 * i]!, b: objective[2 * i + 1]!, who: -1 }, frontSize, reference);
      if (!kept) continue;
      for (const rank of left.sort((a, b) => b - a)) shelves.remove(cell, rank);
      const numbers = measures.subarray(i * measureCount, (i + 1) * measureCount);
      shelves.insert(cell, front.findIndex(({ who }) => who < 0), solution(i), objective[2 * i]!, objective[2 * i + 1]!, ...numbers);
      if (touched.winner[cell] === 0) touched.add(cell, i);
      else touched.winner[cell] = i + 1;
    }
    const touchedCount = touched.take();
    for (let n = 0; n < touchedCount; n++) {
      const cell = touched.cells[n]!;
      const front = this.points(cell);
      const whole = area(front, reference);
      if (whole > this.objMax) this.objMax = whole;
      const alone = front.map((point) => area([point], reference));
      const rank = alone.indexOf(Math.max(...alone));
      this.put(cell, touched.leaders[n]!, shelves.solution(cell, rank), whole, shelves.numbers, shelves.at(cell, rank) + 2);
    }
  }

  private points(cell: number): FrontPoint[] {
    const { shelves } = this;
    return Array.from({ length: shelves.count[cell]! }, (_, who) => {
      const at = shelves.at(cell, who);
      return { a: shelves.numbers[at]!, b: shelves.numbers[at + 1]!, who };
    });
  }

  protected choices(): Packable {
    return { cells: this.tessellation.form() as Packable, reference: this.reference, frontSize: this.frontSize };
  }

  protected override state(table: PayloadTable<T>): Packable {
    return { shelves: this.shelves.state(table) };
  }

  protected override restoreState(state: { shelves: Parameters<Shelves<T>['restore']>[0] }, solutions: readonly T[]): void {
    this.shelves.restore(state.shelves, solutions);
  }
}
