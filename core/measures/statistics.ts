import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import { normalCdf, normalQuantile, studentQuantile, studentTwoSided } from './distributions.ts';

/**
 * Descriptive statistics, bootstrap intervals, effect sizes and tests for few replicates. Everything is a function of its
 * arguments: what is drawn at random is drawn from the seed given.
 */

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Sample variance, with n − 1; NaN of fewer than two. */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return NaN;
  const middle = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - middle) * (values[i]! - middle);
  return sum / (values.length - 1);
}

/** Sample standard deviation, with n − 1; NaN of fewer than two. */
export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}

/** Standard error of the mean; NaN of fewer than two. */
export function standardError(values: ArrayLike<number>): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/**
 * The quantile of definition 7 of Hyndman & Fan 1996 ("Sample quantiles in statistical packages"), the default of R and
 * NumPy: linear between the order statistics, the least at 0 and the greatest at 1. NaN of nothing.
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`A quantile is asked for at ${share}; it must be between 0 and 1.`);
  return quantileOfSorted(Float64Array.from(values).sort(), share);
}

/** Quantile at one half. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

function quantileOfSorted(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return NaN;
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below]!;
  return below + 1 < sorted.length ? low + (place - below) * (sorted[below + 1]! - low) : low;
}

export interface IntervalOptions {
  /** Share of repetitions that are to cover the truth. */
  level?: number;
  resamples?: number;
  seed?: number;
  /** `bca`: bias-corrected and accelerated (Efron 1987); `percentile`: the quantiles of the resampled values as they are. */
  method?: 'bca' | 'percentile';
}

export interface Interval {
  estimate: number;
  lower: number;
  upper: number;
  /** `percentile` too where bca was asked for and cannot be had: when the resampled values lie all on one side, or are all the same. */
  method: 'bca' | 'percentile';
}

/**
 * Bootstrap interval of a statistic of `n` replicates (Efron 1979). The replicates are named by index, so that several
 * measurements of the same replicate are drawn together: a pair stays a pair. Where there are no more than `resamples` ways
 * to draw (up to five replicates of the default), each is taken once, and nothing is left to chance. Resamples in which the statistic is not
 * finite are left out. With fewer than ten replicates such intervals are too short; say how many there were.
 *
 * @param statistic of the replicates with these indices, repeats included
 * @returns null when the statistic is not finite, or not in most resamples
 */
export function bootstrap(n: number, statistic: (drawn: Uint32Array) => number, options: IntervalOptions = {}): Interval | null {
  const { level = 0.95, resamples = 10_000, seed = 1, method = 'bca' } = options;
  if (!(level > 0 && level < 1)) throw new RangeError(`The level of an interval is ${level}; it must lie between 0 and 1.`);
  const indices = Uint32Array.from({ length: n }, (_, i) => i);
  const estimate = n === 0 ? NaN : statistic(indices);
  if (!Number.isFinite(estimate)) return null;
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x626f6f74);
  const drawn = new Uint32Array(n);
  const values: number[] = [];
  const all = n ** n <= resamples;
  const times = all ? n ** n : resamples;
  for (let r = 0; r < times; r++) {
    for (let i = 0, rest = r; i < n; i++, rest = Math.floor(rest / n)) drawn[i] = all ? rest % n : random.below(n);
    const value = statistic(drawn);
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length * 2 < times) return null;
  const sorted = Float64Array.from(values).sort();
  const corrected = method === 'bca' ? bcaShares(indices, statistic, estimate, sorted, level) : null;
  const [low, high] = corrected ?? [(1 - level) / 2, (1 + level) / 2];
  return { estimate, lower: quantileOfSorted(sorted, low), upper: quantileOfSorted(sorted, high), method: corrected === null ? 'percentile' : 'bca' };
}

/** Where the bca interval cuts the resampled values (Efron 1987, "Better bootstrap confidence intervals"); null where it is not defined. */
function bcaShares(indices: Uint32Array, statistic: (drawn: Uint32Array) => number, estimate: number, sorted: Float64Array, level: number): [number, number] | null {
  let below = 0;
  let equal = 0;
  for (const value of sorted) {
    if (value < estimate) below++;
    else if (value === estimate) equal++;
  }
  const bias = normalQuantile((below + equal / 2) / sorted.length);
  const left = Array.from(indices, (out) => statistic(indices.filter((i) => i !== out)));
  const middle = mean(left);
  let squares = 0;
  let cubes = 0;
  for (const value of left) {
    squares += (middle - value) ** 2;
    cubes += (middle - value) ** 3;
  }
  const acceleration = cubes / (6 * squares ** 1.5);
  if (!Number.isFinite(bias) || !Number.isFinite(acceleration)) return null;
  const place = (tail: number): number => {
    const z = bias + normalQuantile(tail);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
  const shares: [number, number] = [place((1 - level) / 2), place((1 + level) / 2)];
  return shares[0] <= shares[1] ? shares : null;
}

/** Bootstrap interval of the mean. */
export function bootstrapMean(values: ArrayLike<number>, options: IntervalOptions = {}): Interval | null {
  return bootstrap(values.length, (drawn) => {
    let sum = 0;
    for (const i of drawn) sum += values[i]!;
    return sum / drawn.length;
  }, options);
}

/** Cohen's d: how far `a` lies above `b`, in pooled standard deviations. Not finite where nothing varies. */
export function cohensD(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const freedom = a.length + b.length - 2;
  const pooled = ((a.length - 1) * variance(a) + (b.length - 1) * variance(b)) / freedom;
  return (mean(a) - mean(b)) / Math.sqrt(pooled);
}

/** Cohen's d without its bias in small samples, by the usual approximation 1 − 3 / (4 df − 1) (Hedges 1981). */
export function hedgesG(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return cohensD(a, b) * (1 - 3 / (4 * (a.length + b.length - 2) - 1));
}

/** Cliff's delta (1993): how much likelier one of `a` is above one of `b` than below it, −1 to 1. NaN where one is empty. */
export function cliffsDelta(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const sorted = Float64Array.from(b).sort();
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += countBelow(sorted, a[i]!, false) - (sorted.length - countBelow(sorted, a[i]!, true));
  return sum / (a.length * b.length);
}

/** Vargha & Delaney's A (2000): chance that one of `a` lies above one of `b`, ties counting half. One half is no difference. */
export function varghaDelaneyA(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return (cliffsDelta(a, b) + 1) / 2;
}

/** How many of a sorted list are below a value, or at it too. */
function countBelow(sorted: Float64Array, value: number, orAt: boolean): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < value || (orAt && sorted[middle]! === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}

export interface PairedT {
  /** Degrees of freedom, pairs − 1. */
  df: number;
  /** ±Infinity where all differences are the same and not 0. */
  t: number;
  /** Two-sided. */
  p: number;
  /** Interval of the mean difference at the level asked for. */
  lower: number;
  upper: number;
}

/** Student's t of paired differences, two-sided. Null for fewer than two pairs. */
export function pairedT(differences: ArrayLike<number>, level = 0.95): PairedT | null {
  const df = differences.length - 1;
  if (df < 1) return null;
  const middle = mean(differences);
  const error = standardError(differences);
  if (error === 0) return { df, t: middle === 0 ? 0 : middle * Infinity, p: middle === 0 ? 1 : 0, lower: middle, upper: middle };
  const t = middle / error;
  const reach = studentQuantile((1 + level) / 2, df) * error;
  return { df, t, p: studentTwoSided(t, df), lower: middle - reach, upper: middle + reach };
}

/** Most pairs whose sign flips are all looked at. */
const EXACT_PAIRS = 16;

/**
 * Fisher's permutation test of paired differences, two-sided: the share of sign flips whose sum is as far from 0 as the
 * one seen. Exact up to 16 pairs (the least it can give is 2 / 2^pairs), else by `resamples` random flips.
 */
export function signFlipTest(differences: ArrayLike<number>, { resamples = 10_000, seed = 1 }: { resamples?: number; seed?: number } = {}): number {
  const n = differences.length;
  const sumOf = (flipped: (i: number) => boolean): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += flipped(i) ? -differences[i]! : differences[i]!;
    return Math.abs(sum);
  };
  const seen = sumOf(() => false);
  // a sum in another order may differ in its last bits
  const least = seen * (1 - 1e-12);
  let asFar = 0;
  if (n <= EXACT_PAIRS) {
    for (let flips = 0; flips < 2 ** n; flips++) if (sumOf((i) => (flips >>> i & 1) === 1) >= least) asFar++;
    return asFar / 2 ** n;
  }
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x666c6970);
  for (let r = 0; r < resamples; r++) if (sumOf(() => random.chance(0.5)) >= least) asFar++;
  return (asFar + 1) / (resamples + 1);
}

/** p-values adjusted for their number by Holm's method (1979): rejecting those below a level errs at all with that chance. */
export function holm(p: readonly number[]): number[] {
  let highest = 0;
  return inOrder(p, (value, rank) => highest = Math.max(highest, Math.min(1, value * (p.length - rank))), false);
}

/** p-values adjusted by Benjamini & Hochberg's method (1995): of those below a level, that share is expected to be wrong. */
export function benjaminiHochberg(p: readonly number[]): number[] {
  let lowest = 1;
  return inOrder(p, (value, rank) => lowest = Math.min(lowest, (value * p.length) / (rank + 1)), true);
}

/** Applies `adjust` to values by rising rank, or by falling, and gives the results in the values' own order. */
function inOrder(values: readonly number[], adjust: (value: number, rank: number) => number, falling: boolean): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = order.map((_, rank) => rank);
  const adjusted: number[] = new Array<number>(values.length);
  for (const rank of falling ? ranks.reverse() : ranks) adjusted[order[rank]!] = adjust(values[order[rank]!]!, rank);
  return adjusted;
}
