import type { RandomStream } from '../../core/kernel/random.ts';

type Chance = Pick<RandomStream, 'next' | 'below'>;

/** Some of the items, each with the same chance, none twice, in the order drawn. */
export function drawDistinct<T>(items: readonly T[], count: number, random: Chance): T[] {
  const rest = [...items];
  return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(random.below(rest.length), 1)[0]!);
}

/** Indices drawn one after another without replacement, each in proportion to its weight among those that are left. */
export function drawWeighted(weights: readonly number[], count: number, random: Chance): number[] {
  const rest = weights.map((weight, index) => ({ weight, index }));
  return Array.from({ length: Math.min(count, rest.length) }, () => {
    let left = random.next() * rest.reduce((sum, { weight }) => sum + weight, 0);
    let at = 0;
    // the last is taken where rounding leaves something over
    while (at < rest.length - 1 && (left -= rest[at]!.weight) >= 0) at++;
    return rest.splice(at, 1)[0]!.index;
  });
}

/** How likely a niche is drawn beside another, before normalising: 1 / (1 + d³), d the distance counted in bins (LMX-Near). */
export function nearness(a: readonly number[], b: readonly number[]): number {
  let squares = 0;
  for (let m = 0; m < a.length; m++) squares += (a[m]! - b[m]!) * (a[m]! - b[m]!);
  const d = Math.sqrt(squares);
  return 1 / (1 + d * d * d);
}
