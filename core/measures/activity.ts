import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';

/** What a component gains by existing at a sample: 1, or its share of the population. */
export type ActivityWeight = 'existence' | 'share';

/**
 * Evolutionary activity of components (Bedau & Packard 1992; Bedau, Snyder & Packard 1998): a_i grows by Δ_i at each
 * sample at which component i exists, and is gone with it.
 */
export class Activity implements Saveable {
  private activities = new Map<number, number>();
  private readonly weight: ActivityWeight;

  constructor(weight: ActivityWeight = 'existence') {
    this.weight = weight;
  }

  /** A sample: individuals of each component that exists. */
  observe(counts: ReadonlyMap<number, number>): void {
    let total = 0;
    for (const n of counts.values()) total += n;
    const next = new Map<number, number>();
    for (const [component, n] of counts) {
      if (n > 0) next.set(component, (this.activities.get(component) ?? 0) + (this.weight === 'existence' ? 1 : n / total));
    }
    this.activities = next;
  }

  of(component: number): number {
    return this.activities.get(component) ?? 0;
  }

  /** D: components that are active. */
  get diversity(): number {
    return this.activities.size;
  }

  /** a_i of all active components, rising. */
  get values(): Float64Array {
    return Float64Array.from(this.activities.values()).sort();
  }

  /** A_cum, and per component its mean and median; 0 of none. */
  get cumulative(): { total: number; mean: number; median: number } {
    const { values } = this;
    const n = values.length;
    const total = values.reduce((sum, a) => sum + a, 0);
    return { total, mean: n === 0 ? 0 : total / n, median: n === 0 ? 0 : (values[(n - 1) >> 1]! + values[n >> 1]!) / 2 };
  }

  /** A_new: activity within the strip, both ends included, per active component; 0 of none. */
  newActivity(lower: number, upper: number): number {
    let sum = 0;
    for (const a of this.activities.values()) if (a >= lower && a <= upper) sum += a;
    return this.diversity === 0 ? 0 : sum / this.diversity;
  }

  save(): Packable {
    return { components: Float64Array.from(this.activities.keys()), activities: Float64Array.from(this.activities.values()) };
  }

  load(saved: unknown): void {
    const { components, activities } = saved as { components: Float64Array; activities: Float64Array };
    this.activities = new Map(Array.from(components, (component, i) => [component, activities[i]!]));
  }

  /** Channon's reset: a shadow takes on the real components' activities. */
  copyFrom(other: Activity): void {
    this.activities = new Map(other.activities);
  }
}

/**
 * Channon's normalised increments (2001, 2024): component by component, what it gained in the real population less what
 * it gained in the shadow that was reset to it at the sample before. Only components of that sample are told of: one
 * that has arisen since can be in one of the two alone.
 */
export function normalisedIncrements(reset: Iterable<number>, real: ReadonlyMap<number, number>, shadow: ReadonlyMap<number, number>, weight: ActivityWeight = 'existence'): Map<number, number> {
  const total = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);
  const wholeReal = weight === 'share' ? total(real) : 0;
  const wholeShadow = weight === 'share' ? total(shadow) : 0;
  const gained = (n: number, whole: number): number => (n === 0 ? 0 : weight === 'existence' ? 1 : n / whole);
  const increments = new Map<number, number>();
  for (const component of reset) {
    increments.set(component, gained(real.get(component) ?? 0, wholeReal) - gained(shadow.get(component) ?? 0, wholeShadow));
  }
  return increments;
}

/** Activities are told apart in quarters of octaves, from 2^−20 to 2^30. */
const PER_OCTAVE = 4;
const LOWEST = -20;
export const ACTIVITY_BINS = 50 * PER_OCTAVE;

export function activityBin(activity: number): number {
  return Math.min(ACTIVITY_BINS - 1, Math.max(0, Math.floor((Math.log2(activity) - LOWEST) * PER_OCTAVE)));
}

/** Least activity of a bin. */
export function activityOfBin(bin: number): number {
  return 2 ** (bin / PER_OCTAVE + LOWEST);
}

/**
 * The bin a* at which two distributions of activity cross: where the first has the most more of its components at or
 * above it than the second has of its own, which is where their densities cross (the place of Kolmogorov and Smirnov's
 * greatest distance). ACTIVITY_BINS when the first has nowhere more.
 */
export function crossingBin(first: ArrayLike<number>, second: ArrayLike<number>): number {
  let firstAll = 0;
  let secondAll = 0;
  for (let b = 0; b < first.length; b++) {
    firstAll += first[b]!;
    secondAll += second[b]!;
  }
  let bin = ACTIVITY_BINS;
  let most = 0;
  let above = 0;
  for (let b = first.length - 1; b >= 0; b--) {
    above += (firstAll === 0 ? 0 : first[b]! / firstAll) - (secondAll === 0 ? 0 : second[b]! / secondAll);
    if (above > most + 1e-12) {
      most = above;
      bin = b;
    }
  }
  return bin;
}
