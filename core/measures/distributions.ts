import { incompleteBeta } from './beta.ts';

/** The normal and Student's t distribution, to about 14 digits in the middle and absolutely in the tails. */

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Chance that a standard normal number is at most `x`, by the series of Marsaglia 2004 ("Evaluating the normal distribution"). */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x;
  let before = 0;
  let term = x;
  for (let i = 3; sum !== before; i += 2) {
    before = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x) / ROOT_TWO_PI;
}

/** The number that a standard normal one is at most with chance `p`; −Infinity at 0, Infinity at 1, NaN beyond. */
export function normalQuantile(p: number): number {
  return p > 0 && p < 1 ? solve(normalCdf, p, -8, 8) : p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
}

/**
 * Chance that Student's t lies at least as far from 0 as `t`: for whole degrees of freedom by the finite sums of Abramowitz &
 * Stegun 26.7.3 and 26.7.4, for others by the incomplete beta function (26.7.1).
 */
export function studentTwoSided(t: number, df: number): number {
  if (!(df > 0 && df < Infinity)) throw new RangeError(`Student's t has ${df} degrees of freedom; it needs more than 0.`);
  if (!Number.isFinite(t)) return Number.isNaN(t) ? NaN : 0;
  if (!Number.isInteger(df)) return incompleteBeta(df / (df + t * t), df / 2, 0.5);
  const angle = Math.atan(Math.abs(t) / Math.sqrt(df));
  const sine = Math.sin(angle);
  const square = Math.cos(angle) ** 2;
  const odd = df % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = df === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < df; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return Math.min(1, Math.max(0, 1 - within));
}

/** The number that Student's t is at most with chance `p`, strictly between 0 and 1. */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`A quantile of Student's t is asked for at ${p}; it must lie between 0 and 1.`);
  const cdf = (t: number): number => (t < 0 ? studentTwoSided(t, df) / 2 : 1 - studentTwoSided(t, df) / 2);
  let reach = 1;
  while (reach < 1e12 && (cdf(reach) < p || cdf(-reach) > p)) reach *= 2;
  return solve(cdf, p, -reach, reach);
}

/** Where a rising function takes a value, by halving. */
function solve(rising: (x: number) => number, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (rising(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
