import { studentQuantile, studentTwoSided } from './distributions.ts';
import { mean, variance } from './statistics.ts';

/** Tests of groups that are not paired, and of ranks. */

export interface WelchT {
  /** Degrees of freedom after Welch and Satterthwaite, not whole. */
  df: number;
  /** ±Infinity where nothing varies and the means differ. */
  t: number;
  /** Two-sided. */
  p: number;
  /** Interval of the difference of the means, a − b. */
  lower: number;
  upper: number;
}

/** Welch's t of two groups whose variances may differ (Welch 1947), two-sided. Null where one has fewer than two. */
export function welchT(a: ArrayLike<number>, b: ArrayLike<number>, level = 0.95): WelchT | null {
  if (a.length < 2 || b.length < 2) return null;
  const difference = mean(a) - mean(b);
  const [ofA, ofB] = [variance(a) / a.length, variance(b) / b.length];
  const error = Math.sqrt(ofA + ofB);
  if (error === 0) {
    return { df: a.length + b.length - 2, t: difference === 0 ? 0 : difference * Infinity, p: difference === 0 ? 1 : 0, lower: difference, upper: difference };
  }
  const df = (ofA + ofB) ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  const t = difference / error;
  const reach = studentQuantile((1 + level) / 2, df) * error;
  return { df, t, p: studentTwoSided(t, df), lower: difference - reach, upper: difference + reach };
}

/** Ranks from 1, equal values sharing the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranked = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranked[order[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranked;
}

/** Pearson's correlation of pairs; NaN where one side does not vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [middleX, middleY] = [mean(x), mean(y)];
  let [together, alone, aloneY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - middleX, y[i]! - middleY];
    together += dx * dy;
    alone += dx * dx;
    aloneY += dy * dy;
  }
  return Math.max(-1, Math.min(1, together / Math.sqrt(alone * aloneY)));
}

/** Spearman's rank correlation (1904), ties sharing their ranks; NaN where one side does not vary. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return correlation(ranks(x), ranks(y));
}

/** Two-sided p of a rank correlation of n pairs, by Student's t with n − 2 degrees of freedom; NaN for fewer than three. */
export function spearmanP(rho: number, n: number): number {
  if (n < 3 || !Number.isFinite(rho)) return NaN;
  if (Math.abs(rho) === 1) return 0;
  return studentTwoSided(rho * Math.sqrt((n - 2) / (1 - rho * rho)), n - 2);
}
