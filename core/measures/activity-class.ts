import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { ACTIVITY_BINS, Activity, activityBin, activityOfBin, crossingBin, type ActivityWeight } from './activity.ts';
import { fitGrowth, type Growth } from './growth.ts';
import { mean } from './statistics.ts';

const SERIES = ['times', 'diversity', 'median', 'mean', 'total'] as const;

/** What activity statistics are kept of one population, real or shadow, as its samples come. */
export class ActivityRecord implements Saveable {
  readonly times: number[] = [];
  readonly diversity: number[] = [];
  readonly median: number[] = [];
  readonly mean: number[] = [];
  readonly total: number[] = [];
  /** Of components that arose after the beginning: how often one was seen with an activity of this bin, and Σ over samples of a_i / D. */
  readonly seen = new Float64Array(ACTIVITY_BINS);
  readonly flow = new Float64Array(ACTIVITY_BINS);
  private readonly activity: Activity;

  /** `share` as weight finds selection sooner: what is fit takes over the population, and may be replaced as quickly. */
  constructor(weight: ActivityWeight = 'share') {
    this.activity = new Activity(weight);
  }

  /** A sample; `isNew` tells the components that arose after the beginning, whose activity has been seen from its start. */
  observe(time: number, counts: ReadonlyMap<number, number>, isNew: (component: number) => boolean): void {
    const { activity } = this;
    activity.observe(counts);
    const { total, mean: each, median } = activity.cumulative;
    this.times.push(time);
    this.diversity.push(activity.diversity);
    this.total.push(total);
    this.mean.push(each);
    this.median.push(median);
    for (const component of counts.keys()) {
      if (!isNew(component)) continue;
      const a = activity.of(component);
      const bin = activityBin(a);
      this.seen[bin]!++;
      this.flow[bin]! += a / activity.diversity;
    }
  }

  save(): Packable {
    const series = Object.fromEntries(SERIES.map((name) => [name, Float64Array.from(this[name])]));
    return { ...series, seen: this.seen, flow: this.flow, activity: this.activity.save() };
  }

  load(saved: unknown): void {
    const state = saved as Record<(typeof SERIES)[number] | 'seen' | 'flow', Float64Array> & { activity: unknown };
    for (const name of SERIES) this[name].splice(0, Infinity, ...state[name]);
    this.seen.set(state.seen);
    this.flow.set(state.flow);
    this.activity.load(state.activity);
  }
}

/** A statistic of the real population beside those of its shadows. */
export interface BesideShadows {
  real: number;
  /** Mean of the shadows, and the least and greatest of them. */
  shadow: number;
  lowest: number;
  highest: number;
  /** Chance of one as great, were the real population one of the shadows (Barnard's Monte Carlo test): never below 1 / (shadows + 1). */
  p: number;
}

export type ActivityClass = '1' | '2' | '3' | '4a' | '4b' | '4c';
export const activityLabels: Record<ActivityClass, string> = { 1: 'none', 2: 'uncreative', 3: 'bounded', '4a': 'unbounded', '4b': 'unbounded', '4c': 'unbounded' };

export interface ActivityVerdict {
  class: ActivityClass;
  label: string;
  samples: number;
  shadows: number;
  level: number;
  /** a*: where the real distribution of new components' activities crosses that of the shadows; Infinity where it nowhere exceeds it. */
  threshold: number;
  /** Long-run mean of A_new: activity at or above a* of new components, per active component. */
  newActivity: BesideShadows;
  /** Long-run mean of the median A_cum. */
  medianActivity: BesideShadows;
  /** Of the median less the shadows' mean median, and of D; null for fewer than 6 samples. */
  medianGrowth: Growth | null;
  diversityGrowth: Growth | null;
}

/**
 * The class of evolutionary dynamics (Bedau, Snyder & Packard 1998; Skusa & Bedau 2003; Channon 2001) of a population
 * beside its neutral shadows. "Positive" is more than chance gives: the statistic is computed for the real population
 * and for every shadow in the same way, each against all others, and a real one above all but `level` of them counts.
 * "Unbounded" is a fit. Class 1 is no adaptive activity: neither new nor cumulative activity is above the shadows'. For
 * a level of 0.025 there must be at least 39 shadows.
 */
export function classifyActivity(real: ActivityRecord, shadows: readonly ActivityRecord[], level = 0.025): ActivityVerdict {
  if (1 / (shadows.length + 1) > level) {
    throw new RangeError(`${shadows.length} shadows cannot tell at the level ${level}; there must be at least ${Math.ceil(1 / level - 1e-9) - 1}.`);
  }
  const all = [real, ...shadows];
  const pooled = new Float64Array(ACTIVITY_BINS);
  for (const { seen } of all) for (let b = 0; b < ACTIVITY_BINS; b++) pooled[b]! += seen[b]!;
  const tail = ({ flow, times }: ActivityRecord, from: number): number => flow.subarray(from).reduce((sum, value) => sum + value, 0) / times.length;
  const crossings = all.map(({ seen }) => crossingBin(seen, pooled.map((value, b) => value - seen[b]!)));
  const tails = all.map((record, j) => {
    const others = all.filter((_, i) => i !== j).map((other) => tail(other, crossings[j]!));
    return { own: tail(record, crossings[j]!), excess: tail(record, crossings[j]!) - mean(others), others };
  });
  const news = tails[0]!;
  const newActivity = {
    real: news.own, shadow: mean(news.others), lowest: Math.min(...news.others), highest: Math.max(...news.others),
    p: rank(tails.map(({ excess }) => excess)),
  };
  const medians = all.map(({ median }) => mean(median));
  const medianActivity = {
    real: medians[0]!, shadow: mean(medians.slice(1)), lowest: Math.min(...medians.slice(1)), highest: Math.max(...medians.slice(1)), p: rank(medians),
  };
  const excess = real.median.map((value, t) => value - mean(shadows.map(({ median }) => median[t]!)));
  const medianGrowth = fitGrowth(real.times, excess);
  const diversityGrowth = fitGrowth(real.times, real.diversity);
  const creative = newActivity.p <= level;
  const cumulative = medianActivity.p <= level && medianGrowth?.unbounded === true;
  const diverse = diversityGrowth?.unbounded === true;
  const found: ActivityClass = creative ? (cumulative ? (diverse ? '4c' : '4b') : diverse ? '4a' : '3') : cumulative ? '2' : '1';
  return {
    class: found, label: activityLabels[found], samples: real.times.length, shadows: shadows.length, level,
    threshold: crossings[0] === ACTIVITY_BINS ? Infinity : activityOfBin(crossings[0]!), newActivity, medianActivity, medianGrowth, diversityGrowth,
  };
}

/** Share of values, the first among them, that are at least as great as the first. */
function rank(values: readonly number[]): number {
  return values.filter((value) => value >= values[0]!).length / values.length;
}
