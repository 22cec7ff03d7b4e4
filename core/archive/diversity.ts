import { exactLn } from './exact-math.ts';

/** Shannon's entropy of counts, in nats. NaN of nothing. */
export function entropy(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  if (total === 0) return NaN;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const share = counts[i]! / total;
    if (share > 0) sum -= share * exactLn(share);
  }
  return sum;
}

/** Entropy over its greatest for as many kinds (Pielou 1966, "The measurement of diversity"), 0 to 1. NaN of fewer than two kinds. */
export function evenness(counts: ArrayLike<number>): number {
  let kinds = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) kinds++;
  return kinds < 2 ? NaN : entropy(counts) / exactLn(kinds);
}

/** Simpson's index 1 − Σ p² (Gini–Simpson): chance that two drawn with replacement are of different kinds. NaN of nothing. */
export function simpson(counts: ArrayLike<number>): number {
  let total = 0;
  let squares = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i]!;
    squares += counts[i]! * counts[i]!;
  }
  return 1 - squares / (total * total);
}
