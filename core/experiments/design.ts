import { RandomStream, purpose, seedKey } from '../kernel/random.ts';

/** What a factor can be set to. */
export type FactorValue = number | string | boolean;

/** One thing that runs of an experiment differ in: its levels, or the ends of a range. */
export interface Factor {
  readonly key: string;
  readonly values?: readonly FactorValue[];
  readonly from?: number;
  readonly to?: number;
  /** So many values from `from` to `to`, both included. */
  readonly levels?: number;
}

export type Design =
  /** Every level of each factor with every level of all others. */
  | { readonly kind: 'grid' }
  /** The first levels of all factors together, then the second, and so on. */
  | { readonly kind: 'list' }
  /** So many samples that each factor's range, cut into as many strata, has one in every stratum (McKay, Beckman & Conover 1979). */
  | { readonly kind: 'latinHypercube'; readonly samples: number; readonly seed: number };

/** The setting of all factors in a run. */
export type Point = Readonly<Record<string, FactorValue>>;

/** The levels of a factor, in order. */
export function levelsOf({ values, from, to, levels }: Factor): FactorValue[] {
  if (values !== undefined) return [...values];
  return Array.from({ length: levels! }, (_, i) => (levels === 1 ? from! : plain(from! + ((to! - from!) * i) / (levels! - 1))));
}

/**
 * The points of a design, in its order: in a grid the last factor changes fastest.
 *
 * @param isWhole whether a factor takes whole numbers only
 * @throws an error with one sentence where factors and design do not go together
 */
export function pointsOf(factors: readonly Factor[], design: Design, isWhole: (key: string) => boolean = () => false): Point[] {
  switch (design.kind) {
    case 'grid': return factors.reduce<Point[]>((points, factor) => points.flatMap((point) => levelsOf(factor).map((value) => ({ ...point, [factor.key]: value }))), [{}]);
    case 'list': {
      const all = factors.map((factor) => ({ key: factor.key, values: levelsOf(factor) }));
      const long = all[0]?.values.length ?? 1;
      const other = all.find(({ values }) => values.length !== long);
      if (other !== undefined) throw new Error(`In a list all factors have the same number of values, but ${all[0]!.key} has ${long} and ${other.key} has ${other.values.length}.`);
      return Array.from({ length: long }, (_, i) => Object.fromEntries(all.map(({ key, values }) => [key, values[i]!])));
    }
    case 'latinHypercube': return latinHypercube(factors, design, isWhole);
  }
}

function latinHypercube(factors: readonly Factor[], { samples, seed }: { samples: number; seed: number }, isWhole: (key: string) => boolean): Point[] {
  const columns = factors.map((factor, nth) => {
    const random = new RandomStream(seedKey(seed, purpose.sampling), 0x6c687300 + nth);
    const strata = shuffled(samples, random);
    return strata.map((stratum): FactorValue => {
      const share = (stratum + random.next()) / samples;
      if (factor.values !== undefined) return factor.values[Math.min(factor.values.length - 1, Math.floor(share * factor.values.length))]!;
      const [from, range] = [factor.from!, factor.to! - factor.from!];
      const value = from + share * range;
      if (isWhole(factor.key)) return Math.round(value);
      // as few digits as people read, unless they lead out of the stratum
      const short = Number(value.toPrecision(6));
      return Math.floor(((short - from) / range) * samples) === stratum ? short : plain(value);
    });
  });
  return Array.from({ length: samples }, (_, i) => Object.fromEntries(factors.map(({ key }, nth) => [key, columns[nth]![i]!])));
}

/** The numbers below n in an order drawn from a stream (Fisher & Yates). */
function shuffled(n: number, random: RandomStream): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Without the last digits that arithmetic leaves. */
function plain(value: number): number {
  return Number(value.toPrecision(12));
}
