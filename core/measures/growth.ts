import { mean } from './statistics.ts';

export type GrowthModel = 'constant' | 'saturating' | 'logarithmic' | 'linear';

export interface GrowthFit {
  model: GrowthModel;
  /** Akaike's criterion corrected for small samples (Hurvich & Tsai 1989); less is better. */
  aicc: number;
  /**
   * constant: [c]; saturating: c + a (1 − exp(−t / τ)), [c, a, τ]; logarithmic: c + a ln(1 + t), [c, a]; linear: c + a
   * t, [c, a]. t from the first time on.
   */
  coefficients: number[];
}

export interface Growth {
  best: GrowthFit;
  fits: GrowthFit[];
  /**
   * Whether lim sup f(t) / t > 0 as far as the series tells: a rising line is better than all others by 2 of the criterion or more. A
   * logarithm grows for ever too, but not in this sense.
   */
  unbounded: boolean;
  /** How much better the rising line is than the best of the others; −Infinity where it does not rise. */
  margin: number;
  /** Blocks that were fitted. */
  points: number;
}

/** Neighbours in time are alike, so means of blocks are fitted, at most so many. */
const MOST_BLOCKS = 32;
const LEAST_POINTS = 6;

/**
 * Which growth a series shows: bounded and unbounded models are fitted by least squares, and the better is kept. Null
 * for fewer than 6 points.
 */
export function fitGrowth(times: ArrayLike<number>, values: ArrayLike<number>): Growth | null {
  const n = Math.min(MOST_BLOCKS, values.length);
  if (n < LEAST_POINTS) return null;
  const t = new Float64Array(n);
  const f = new Float64Array(n);
  for (let b = 0; b < n; b++) {
    const from = Math.floor((b * values.length) / n);
    const to = Math.floor(((b + 1) * values.length) / n);
    for (let i = from; i < to; i++) {
      t[b]! += (times[i]! - times[0]!) / (to - from);
      f[b]! += values[i]! / (to - from);
    }
  }
  const middle = mean(f);
  const spread = f.reduce((sum, value) => sum + (value - middle) * (value - middle), 0);
  // nothing is told apart below the rounding of the values themselves
  const least = Math.max(1e-24 * f.reduce((sum, value) => sum + value * value, 0), 1e-300);
  const criterion = (squares: number, coefficients: number): number => {
    const k = coefficients + 1;
    return n * Math.log(Math.max(squares, least) / n) + 2 * k + (2 * k * (k + 1)) / Math.max(1, n - k - 1);
  };
  const line = (model: GrowthModel, x: Float64Array, more: number[] = []): GrowthFit => {
    const { c, a, squares } = regress(x, f);
    return { model, aicc: criterion(squares, 2 + more.length), coefficients: [c, a, ...more] };
  };
  const length = t[n - 1]! - t[0]!;
  let saturating: GrowthFit | null = null;
  for (let step = 0; step <= 24; step++) {
    // from a fiftieth of the time, where it is a jump, to all of it, where it would pass for a line
    const tau = (length / 50) * 50 ** (step / 24);
    const fit = line('saturating', t.map((time) => 1 - Math.exp(-time / tau)), [tau]);
    if (saturating === null || fit.aicc < saturating.aicc) saturating = fit;
  }
  const linear = line('linear', t);
  const others: GrowthFit[] = [
    { model: 'constant', aicc: criterion(spread, 1), coefficients: [middle] }, saturating!, line('logarithmic', t.map((time) => Math.log(1 + time))),
  ];
  const rival = others.reduce((a, b) => (b.aicc < a.aicc ? b : a));
  const margin = linear.coefficients[1]! > 0 ? rival.aicc - linear.aicc : -Infinity;
  return { best: linear.aicc < rival.aicc ? linear : rival, fits: [...others, linear], unbounded: margin >= 2, margin, points: n };
}

function regress(x: Float64Array, y: Float64Array): { c: number; a: number; squares: number } {
  const mx = mean(x);
  const my = mean(y);
  let xy = 0;
  let xx = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mx) * (y[i]! - my);
    xx += (x[i]! - mx) * (x[i]! - mx);
  }
  const a = xx === 0 ? 0 : xy / xx;
  const c = my - a * mx;
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += (y[i]! - c - a * x[i]!) * (y[i]! - c - a * x[i]!);
  return { c, a, squares };
}
