import { BinnedCells, EvenBins, TickBins } from './bins.ts';

export interface GridOptions {
  /** Cells along each measure. */
  dims: readonly number[];
  /** Lower and upper bound of each measure. */
  ranges: readonly (readonly [number, number])[];
  /** Inner ticks for measures with uneven bins, one fewer than cells, rising; null for even bins. */
  ticks?: readonly (readonly number[] | null)[] | undefined;
}

/** Most cells that an archive may have: they are numbered with 31 bits, and each takes some 40 bytes from the start. */
const MOST_CELLS = 2 ** 28;

/** Throws a RangeError with one sentence if a grid makes no sense. */
export function checkGrid({ dims, ranges, ticks: given }: GridOptions): void {
  if (dims.length === 0 || dims.length !== ranges.length) {
    throw new RangeError(`A grid needs a range for each of its measures; got ${dims.length} dims and ${ranges.length} ranges.`);
  }
  if (given !== undefined && given.length !== dims.length) throw new RangeError(`A grid of ${dims.length} measures got ticks for ${given.length}.`);
  dims.forEach((cells, m) => {
    const [lower, upper] = ranges[m]!;
    if (!Number.isInteger(cells) || cells < 1) throw new RangeError(`Measure ${m} has ${cells} cells; it needs a whole number, at least 1.`);
    if (!(lower < upper && upper - lower < Infinity)) throw new RangeError(`Measure ${m} has the range ${lower} to ${upper}; its lower bound must be below its upper.`);
    const ticks = given?.[m];
    if (ticks && (ticks.length !== cells - 1 || ticks.some((tick, i) => !Number.isFinite(tick) || (i > 0 && tick <= ticks[i - 1]!)))) {
      throw new RangeError(`Measure ${m} needs ${cells - 1} rising inner ticks; got ${JSON.stringify(ticks)}.`);
    }
  });
  const cells = dims.reduce((product, n) => product * n, 1);
  if (cells > MOST_CELLS) throw new RangeError(`A grid of ${dims.join(' × ')} has ${cells} cells; at most ${MOST_CELLS} can be held.`);
}

/** A grid over measure space (Mouret & Clune 2015), with even bins or custom ticks for each measure. */
export class GridCells extends BinnedCells {
  readonly kind = 'grid';
  readonly options: GridOptions;

  constructor(options: GridOptions) {
    checkGrid(options);
    super(options.dims.map((count, m) => {
      const ticks = options.ticks?.[m];
      return ticks ? new TickBins(ticks) : new EvenBins(count, ...options.ranges[m]!);
    }));
    this.options = options;
  }

  form(): { kind: string } & GridOptions {
    const { dims, ranges, ticks } = this.options;
    return { kind: this.kind, dims, ranges, ticks: ticks ?? dims.map(() => null) };
  }
}
