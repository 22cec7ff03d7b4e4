import { spearman, spearmanP, welchT } from '../measures/comparisons.ts';
import { bootstrap, bootstrapMean, cliffsDelta, hedgesG, holm, mean, pairedT, standardDeviation, type Interval } from '../measures/statistics.ts';
import type { FactorValue, Point } from './design.ts';

/** One run as a table has it. */
export interface RunRow {
  readonly point: Point;
  readonly seed: number;
  /** By outcome; null where the run has none. */
  readonly outcomes: Readonly<Record<string, number | null>>;
}

/** One level of a factor, over all runs that have it, whatever their other factors. */
export interface LevelResult {
  readonly outcome: string;
  readonly factor: string;
  readonly level: FactorValue;
  readonly values: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Of the mean, 95 %, bca bootstrap over runs. */
  readonly interval: Interval | null;
  /** Against the factor's first level; null for that itself. */
  readonly contrast: Contrast | null;
}

export interface Contrast {
  /** Mean of the level less mean of the first. */
  readonly difference: number;
  /** Hedges' g with its bootstrap interval; null where nothing varies. */
  readonly effect: Interval | null;
  readonly delta: number;
  /** Pairs are runs that differ in this factor alone; Welch's t is taken where runs have no such partners. */
  readonly test: 'paired t' | 'Welch t' | null;
  readonly p: number | null;
  /** After Holm, over all comparisons of the experiment. */
  readonly pAdjusted: number | null;
}

/** How an outcome goes with a factor over a sample of its range. */
export interface RankCorrelation {
  readonly outcome: string;
  readonly factor: string;
  readonly pairs: readonly { readonly x: number; readonly y: number }[];
  readonly rho: Interval | null;
  readonly p: number | null;
  readonly pAdjusted: number | null;
}

export interface Analysis { readonly levels: readonly LevelResult[]; readonly correlations: readonly RankCorrelation[] }

export const LEVEL = 0.95;

/**
 * Compares the levels of each factor, or, over a sample of ranges, says how outcomes go with the factors by rank. A
 * function of its arguments: resampling has a seed of its own.
 */
export function analyse(rows: readonly RunRow[], factors: readonly string[], outcomes: readonly string[], sampled = false): Analysis {
  if (sampled) return { levels: [], correlations: adjustedBy(outcomes.flatMap((outcome) => factors.map((factor) => correlate(rows, factor, outcome))), ({ p }) => p, (one, pAdjusted) => ({ ...one, pAdjusted })) };
  const levels = outcomes.flatMap((outcome) => factors.flatMap((factor) => compareLevels(rows, factor, outcome)));
  return { levels: adjustedBy(levels, ({ contrast }) => contrast?.p ?? null, (one, pAdjusted) => ({ ...one, contrast: { ...one.contrast!, pAdjusted } })), correlations: [] };
}

function compareLevels(rows: readonly RunRow[], factor: string, outcome: string): LevelResult[] {
  const groups = new Map<FactorValue, Map<string, number>>();
  for (const { point, seed, outcomes } of rows) {
    const level = point[factor]!;
    let group = groups.get(level);
    if (group === undefined) groups.set(level, group = new Map());
    const value = outcomes[outcome];
    const { [factor]: _, ...others } = point;
    if (value !== null && value !== undefined && Number.isFinite(value)) group.set(JSON.stringify([others, seed]), value);
  }
  const [first] = groups.values();
  return [...groups].map(([level, group]) => {
    const values = [...group.values()];
    return {
      outcome, factor, level, values, mean: mean(values), deviation: standardDeviation(values),
      interval: bootstrapMean(values, { level: LEVEL }), contrast: group === first || values.length === 0 || first!.size === 0 ? null : contrastOf(group, first!),
    };
  });
}

function contrastOf(group: ReadonlyMap<string, number>, first: ReadonlyMap<string, number>): Contrast {
  const [a, b] = [[...group.values()], [...first.values()]];
  const facts = { difference: mean(a) - mean(b), delta: cliffsDelta(a, b), pAdjusted: null };
  const partners = [...group].filter(([block]) => first.has(block)).map(([block, value]) => [value, first.get(block)!] as const);
  if (partners.length === group.size && partners.length === first.size) {
    const effect = partners.length < 2 ? null : bootstrap(partners.length, (drawn) => hedgesG(Array.from(drawn, (i) => partners[i]![0]), Array.from(drawn, (i) => partners[i]![1])), { level: LEVEL });
    const t = pairedT(partners.map(([value, other]) => value - other), LEVEL);
    return { ...facts, effect, test: t === null ? null : 'paired t', p: t?.p ?? null };
  }
  const both = [...a, ...b];
  const effect = bootstrap(both.length, (drawn) => {
    const [ofA, ofB]: [number[], number[]] = [[], []];
    for (const i of drawn) (i < a.length ? ofA : ofB).push(both[i]!);
    return hedgesG(ofA, ofB);
  }, { level: LEVEL });
  const t = welchT(a, b, LEVEL);
  return { ...facts, effect, test: t === null ? null : 'Welch t', p: t?.p ?? null };
}

function correlate(rows: readonly RunRow[], factor: string, outcome: string): RankCorrelation {
  // runs that differ in their seed alone are one sample, whose outcome is their mean
  const samples = new Map<string, { x: number; ys: number[] }>();
  for (const { point, outcomes } of rows) {
    const [x, y] = [point[factor], outcomes[outcome]];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(y)) continue;
    const key = JSON.stringify(point);
    const sample = samples.get(key);
    if (sample === undefined) samples.set(key, { x, ys: [y] });
    else sample.ys.push(y);
  }
  const pairs = [...samples.values()].map(({ x, ys }) => ({ x, y: mean(ys) }));
  const rho = pairs.length < 3 ? null : bootstrap(pairs.length, (drawn) => spearman(Array.from(drawn, (i) => pairs[i]!.x), Array.from(drawn, (i) => pairs[i]!.y)), { level: LEVEL });
  return { outcome, factor, pairs, rho, p: rho === null ? null : spearmanP(rho.estimate, pairs.length), pAdjusted: null };
}

/** Holm's correction over all that were tested. */
function adjustedBy<T extends object>(all: readonly T[], p: (one: T) => number | null, withP: (one: T, adjusted: number) => T): T[] {
  const tested = all.filter((one) => p(one) !== null);
  const adjusted = new Map(holm(tested.map((one) => p(one)!)).map((value, i) => [tested[i]!, value]));
  return all.map((one) => (adjusted.has(one) ? withP(one, adjusted.get(one)!) : one));
}
