import { BinnedCells, EvenBins, TickBins } from './bins.ts';
import type { Bins } from './bins.ts';
import { CellArchive } from './cell-archive.ts';
import { checkGrid } from './grid-cells.ts';
import type { Packable } from '../kernel/packed.ts';
import type { PayloadTable } from './saved.ts';

export interface SlidingOptions {
  /** Cells along each measure. */
  dims: readonly number[];
  /** Lower and upper bound of each measure, for the even bins before the first remapping. */
  ranges: readonly (readonly [number, number])[];
  /** Candidates after which the boundaries move; 100 when left out. */
  remapFrequency?: number | undefined;
  /** How many of the latest candidates say where to; 1,000 when left out. */
  bufferCapacity?: number | undefined;
  /** Subtracted from every objective in the QD-score. */
  qdScoreOffset?: number | undefined;
}

/** Bins that may be others later. */
class SlidingCells extends BinnedCells {
  readonly kind = 'sliding';
  override bins: readonly Bins[];

  constructor(bins: readonly Bins[]) {
    super(bins);
    this.bins = bins;
  }

  form(): { kind: string } { return { kind: this.kind }; }
}

interface Held<T> { objective: number; measures: readonly number[]; solution: T }

/**
 * A grid whose boundaries follow the candidates (MESB, Fontaine et al. 2019): after every `remapFrequency` candidates the
 * inner tick j of n along a measure moves to the ⌊j·size/n⌋-th smallest of that measure in the buffer of the latest
 * candidates, a bin being the number of ticks at or below the measure; then the elites by rising cell and the buffer from
 * its oldest are added again. A batch is added whole under the boundaries as they are, and remapping waits for its end.
 *
 * The buffer holds on to solutions too, so `solution` is called for every candidate. Cells lose and gain elites when the
 * boundaries move, so a cell may get worse then.
 */
export class SlidingArchive<T> extends CellArchive<T> {
  readonly sliding: Required<{ [K in keyof SlidingOptions]: NonNullable<SlidingOptions[K]> }>;
  /** The latest candidates, oldest first. */
  private buffer: Held<T>[] = [];
  private seen = 0;

  constructor(options: SlidingOptions) {
    const { dims, ranges, remapFrequency = 100, bufferCapacity = 1000, qdScoreOffset = 0 } = options;
    checkGrid(options);
    if (!Number.isInteger(remapFrequency) || remapFrequency < 1) throw new RangeError(`Boundaries are to move after ${remapFrequency} candidates; it must be a whole number, at least 1.`);
    if (!Number.isInteger(bufferCapacity) || bufferCapacity < 1) throw new RangeError(`The buffer is to hold ${bufferCapacity} candidates; it must be a whole number, at least 1.`);
    super(new SlidingCells(dims.map((count, m) => new EvenBins(count, ...ranges[m]!))), { qdScoreOffset });
    this.sliding = { dims, ranges, remapFrequency, bufferCapacity, qdScoreOffset };
  }

  /** Inner ticks along each measure; null before the first remapping. */
  get ticks(): (number[] | null)[] {
    return this.grid.bins.map((bins) => (bins instanceof TickBins ? Array.from(bins.ticks) : null));
  }

  private get grid(): SlidingCells { return this.tessellation as SlidingCells; }

  override emptied(): SlidingArchive<T> {
    return new SlidingArchive<T>(this.sliding);
  }

  protected override insert(solution: (candidate: number) => T, status: Uint8Array, value: Float64Array): void {
    const { rows: { count, objective, measures }, measureCount, sliding } = this;
    const solutions = Array.from({ length: count }, (_, i) => solution(i));
    super.insert((i) => solutions[i]!, status, value);
    for (let i = Math.max(0, count - sliding.bufferCapacity); i < count; i++) {
      this.buffer.push({ objective: objective[i]!, measures: Array.from(measures.subarray(i * measureCount, (i + 1) * measureCount)), solution: solutions[i]! });
    }
    if (this.buffer.length > sliding.bufferCapacity) this.buffer.splice(0, this.buffer.length - sliding.bufferCapacity);
    const before = Math.floor(this.seen / sliding.remapFrequency);
    this.seen += count;
    if (Math.floor(this.seen / sliding.remapFrequency) > before) this.remap();
  }

  private remap(): void {
    const { buffer, slots } = this;
    this.grid.bins = this.sliding.dims.map((count, m) => {
      const sorted = Float64Array.from(buffer, ({ measures }) => measures[m]!).sort();
      return new TickBins(Array.from({ length: count - 1 }, (_, j) => sorted[Math.floor(((j + 1) * sorted.length) / count)]!));
    });
    const best = new Array<Held<T> | undefined>(this.cells).fill(undefined);
    this.visits.fill(0);
    for (const held of [...this, ...buffer]) {
      const cell = this.grid.cellOf(held.measures);
      this.visits[cell]!++;
      if (!(best[cell] && held.objective <= best[cell].objective)) best[cell] = held;
    }
    best.forEach((held, cell) => {
      this.threshold[cell] = held?.objective ?? -Infinity;
      if (!held) {
        if (slots.has(cell)) this.clear(cell);
        return;
      }
      const now = this.elite(cell);
      const same = now?.solution === held.solution && now.objective === held.objective && now.measures.every((measure, m) => measure === held.measures[m]);
      if (!same) this.put(cell, -1, held.solution, held.objective, held.measures, 0);
    });
  }

  protected override choices(): Packable {
    return this.sliding;
  }

  protected override state(table: PayloadTable<T>): Packable {
    const { buffer, seen, threshold } = this;
    return {
      threshold, seen, ticks: this.ticks, objective: Float64Array.from(buffer, (held) => held.objective),
      measures: Float64Array.from(buffer.flatMap((held) => held.measures)), solutions: table.numbers(buffer.map((held) => held.solution)),
    };
  }

  protected override restoreState(state: SavedSliding, solutions: readonly T[]): void {
    super.restoreState(state, solutions);
    this.seen = state.seen;
    this.grid.bins = this.grid.bins.map((even, m) => (state.ticks[m] ? new TickBins(state.ticks[m]) : even));
    this.buffer = Array.from(state.objective, (objective, i) => ({
      objective, solution: solutions[state.solutions[i]!]!,
      measures: Array.from(state.measures.subarray(i * this.measureCount, (i + 1) * this.measureCount)),
    }));
  }
}

interface SavedSliding {
  threshold: Float64Array; seen: number; ticks: (number[] | null)[]; objective: Float64Array; measures: Float64Array; solutions: Uint32Array;
}
