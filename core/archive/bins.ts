import { meanPoint, type Tessellation } from './tessellation.ts';

const EPSILON = 1e-6;

/** Bins of one measure. */
export interface Bins {
  readonly count: number;
  binOf(value: number): number;
  /** For each of `count` points: out = out · bins + bin; the measure is at `measures[from + i · stride]`. */
  fold(count: number, measures: Float64Array, from: number, stride: number, out: Int32Array): void;
}

/** Bins of one width: trunc((bins · (m − lower) + 1e-6) / (upper − lower)), and the edge bins for what lies outside. */
export class EvenBins implements Bins {
  readonly count: number;
  readonly lower: number;
  readonly upper: number;

  constructor(count: number, lower: number, upper: number) {
    this.count = count;
    this.lower = lower;
    this.upper = upper;
  }

  binOf(value: number): number {
    const bin = Math.trunc((this.count * (value - this.lower) + EPSILON) / (this.upper - this.lower));
    return bin < 0 ? 0 : bin >= this.count ? this.count - 1 : bin;
  }

  fold(count: number, measures: Float64Array, from: number, stride: number, out: Int32Array): void {
    const { count: bins, lower } = this;
    const width = this.upper - lower;
    for (let i = 0, at = from; i < count; i++, at += stride) {
      const share = (bins * (measures[at]! - lower) + EPSILON) / width;
      // truncation is | 0 once the share lies within the range
      out[i] = Math.imul(out[i]!, bins) + (share < 0 ? 0 : share >= bins ? bins - 1 : share | 0);
    }
  }
}

/** Bins between inner ticks that do not fall: the bin is the number of ticks at or below the measure. */
export class TickBins implements Bins {
  readonly count: number;
  readonly ticks: Float64Array;

  constructor(ticks: ArrayLike<number>) {
    this.ticks = Float64Array.from(ticks);
    this.count = ticks.length + 1;
  }

  binOf(value: number): number {
    const { ticks } = this;
    let from = 0;
    let to = ticks.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (ticks[middle]! <= value) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  fold(count: number, measures: Float64Array, from: number, stride: number, out: Int32Array): void {
    for (let i = 0, at = from; i < count; i++, at += stride) out[i] = Math.imul(out[i]!, this.count) + this.binOf(measures[at]!);
  }
}

/** A grid of bins, its cells row-major. */
export abstract class BinnedCells implements Tessellation {
  abstract readonly kind: string;
  readonly cells: number;
  readonly measureCount: number;
  readonly bins: readonly Bins[];

  constructor(bins: readonly Bins[]) {
    this.bins = bins;
    this.measureCount = bins.length;
    this.cells = bins.reduce((product, { count }) => product * count, 1);
  }

  abstract form(): { kind: string };

  cellOf(measures: ArrayLike<number>, from = 0): number {
    let cell = 0;
    for (let m = 0; m < this.bins.length; m++) cell = cell * this.bins[m]!.count + this.bins[m]!.binOf(measures[from + m]!);
    return cell;
  }

  cellsOf(count: number, measures: Float64Array, out: Int32Array): void {
    out.fill(0, 0, count);
    for (let m = 0; m < this.bins.length; m++) this.bins[m]!.fold(count, measures, m, this.measureCount, out);
  }

  typical(points: readonly (readonly number[])[]): number[] {
    return meanPoint(points, this.measureCount);
  }

  /** Bin of each measure that a cell stands for. */
  binsOf(cell: number): number[] {
    const bins = new Array<number>(this.bins.length);
    let rest = cell;
    for (let m = this.bins.length - 1; m >= 0; m--) {
      bins[m] = rest % this.bins[m]!.count;
      rest = Math.floor(rest / this.bins[m]!.count);
    }
    return bins;
  }
}
