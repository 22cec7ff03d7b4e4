import type { Field } from '../../core/kernel/field.ts';

/** What a place can bear, by its richness. */
const bears = Float64Array.from({ length: 256 }, (_, richness) => richness / 255);

/**
 * One tick of a ground that does not spread: what stands goes towards what the place can bear by a share `rate` of the difference,
 * and so grows, or withers where the place bears less than it did. Books what came and what went into the places `at` and `at + 1`.
 */
export function grow({ amount, richness }: Field, rate: number, books: Float64Array, at: number): void {
  let changed = 0;
  let moved = 0;
  for (let i = 0; i < amount.length; i++) {
    const before = amount[i];
    const change = Math.fround(before + rate * (bears[richness[i]] - before)) - before;
    amount[i] = before + change;
    changed += change;
    moved += Math.abs(change);
  }
  books[at] += (moved + changed) / 2;
  books[at + 1] += (moved - changed) / 2;
}
