import { LEVEL, type Analysis, type LevelResult, type RankCorrelation, type RunRow } from '../../core/experiments/analysis.ts';
import { mean } from '../../core/measures/statistics.ts';
import type { Section } from './page.ts';
import { heatMap } from './svg-heat.ts';
import { intervalPlot } from './svg-interval.ts';
import { lineChart, type LineSeries } from './svg-line.ts';
import { scatter } from './svg-scatter.ts';
import { figure } from './svg-text.ts';

/** A measure's series in one run. */
export interface SeriesOfRun { readonly row: RunRow; readonly ticks: readonly number[]; readonly values: readonly (number | null)[] }

export interface AnalysisFacts {
  readonly factors: readonly string[];
  readonly outcomes: readonly string[];
  readonly rows: readonly RunRow[];
  readonly analysis: Analysis;
  /** The course of an outcome in each run; empty where it is a figure of the end alone. */
  series(outcome: string): readonly SeriesOfRun[];
}

/** Chance of an error at all beyond which a difference is not taken for one. */
const ALPHA = 1 - LEVEL;
/** More lines than this in one chart nobody tells apart. */
const MOST_LINES = 6;

/** A part of a report for each outcome: pictures first, then the table with all that the pictures say. */
export function analysisSections(facts: AnalysisFacts): Section[] {
  return facts.outcomes.flatMap((outcome, i): Section[] => {
    const levels = facts.analysis.levels.filter((one) => one.outcome === outcome);
    const correlations = facts.analysis.correlations.filter((one) => one.outcome === outcome);
    const pictures = [
      ...facts.factors.flatMap((factor) => intervals(levels.filter((one) => one.factor === factor), i)),
      ...correlations.filter(({ pairs }) => pairs.length > 0).map((one) => scatter({ title: one.factor, note: rhoWords(one), xTitle: one.factor, colour: i, points: one.pairs })),
      ...pairsOf(facts.factors).flatMap(([x, y]) => (levels.length === 0 ? [] : [cells(facts.rows, x, y, outcome)])),
    ];
    const courses = levels.length === 0 ? [] : facts.factors.flatMap((factor) => course(outcome, facts.series(outcome), factor));
    return [
      { kind: 'heading', text: outcome },
      ...(pictures.length === 0 ? [] : [{ kind: 'pictures', pictures } as const]),
      ...(courses.length === 0 ? [] : [{ kind: 'pictures', pictures: courses } as const]),
      ...(levels.length === 0 ? [] : [levelTable(levels)]),
      ...(correlations.length === 0 ? [] : [correlationTable(correlations)]),
    ];
  });
}

/** How tables and stars are to be read, in a paragraph. */
export function methodWords({ levels, correlations }: Analysis): string {
  const tests = [...new Set(levels.flatMap(({ contrast }) => contrast?.test ?? []))];
  const tested = levels.filter(({ contrast }) => (contrast?.p ?? null) !== null).length + correlations.filter(({ p }) => p !== null).length;
  const words = correlations.length > 0
    ? 'ρ is Spearman\'s rank correlation over the samples, each the mean of its seeds, with a bca bootstrap interval (95 %); p by Student\'s t'
    : `Means have bca bootstrap intervals over runs (95 %). Effects are against a factor's first level: Hedges' g and Cliff's δ${tests.length === 0 ? '' : `; p by ${tests.map((test) => (test === 'paired t' ? 'a paired t, pairs being runs that differ in the factor alone' : 'Welch\'s t')).join(', or by ')}`}`;
  return `${words}${tested === 0 ? '' : `, corrected by Holm's method for ${tested} ${tested === 1 ? 'comparison' : 'comparisons'}; ★ marks p < ${figure(ALPHA)}`}.`;
}

export function pText(p: number | null): string {
  return p === null ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3);
}

export function isMarked({ contrast }: Pick<LevelResult, 'contrast'>): boolean {
  return (contrast?.pAdjusted ?? 1) < ALPHA;
}

export function intervalText(interval: { lower: number; upper: number } | null): string {
  return interval === null ? '–' : `${figure(interval.lower)} … ${figure(interval.upper)}`;
}

function intervals(levels: readonly LevelResult[], colour: number): string[] {
  const [first] = levels;
  if (first === undefined) return [];
  const width = Math.max(350, 90 + 54 * levels.length);
  return [intervalPlot({
    title: `${first.outcome} by ${first.factor}`, note: levels.some(isMarked) ? `★ differs from ${first.level}` : 'mean, 95 % interval, runs', xTitle: first.factor, colour, width,
    groups: levels.map((one) => ({ name: String(one.level), values: one.values, estimate: one.mean, lower: one.interval?.lower ?? null, upper: one.interval?.upper ?? null, marked: isMarked(one) })),
  })];
}

function rhoWords({ rho, pAdjusted }: RankCorrelation): string {
  return rho === null ? 'does not vary' : `ρ = ${figure(rho.estimate)} (${intervalText(rho)}), p ${pAdjusted !== null && pAdjusted < 0.001 ? '' : '= '}${pText(pAdjusted)}${pAdjusted !== null && pAdjusted < ALPHA ? ' ★' : ''}`;
}

/** Mean of an outcome for each pair of levels. */
function cells(rows: readonly RunRow[], x: string, y: string, outcome: string): string {
  const levels = (key: string): (string | number | boolean)[] => [...new Set(rows.map(({ point }) => point[key]!))];
  const [columns, across] = [levels(x), levels(y)];
  const values = across.map((ofY) => columns.map((ofX) => {
    const found = rows.flatMap(({ point, outcomes }) => (point[x] === ofX && point[y] === ofY ? [outcomes[outcome] ?? NaN] : [])).filter(Number.isFinite);
    return found.length === 0 ? null : mean(found);
  }));
  return heatMap({ title: `by ${x} and ${y}`, note: `${outcome}, mean of runs`, xTitle: x, yTitle: y, columns: columns.map(String), rows: across.map(String), values, width: Math.max(350, 60 + 58 * columns.length) });
}

/** The mean course at each level, within the least and the greatest of its runs. */
function course(outcome: string, all: readonly SeriesOfRun[], factor: string): string[] {
  const levels = [...new Set(all.map(({ row }) => row.point[factor]!))];
  if (levels.length === 0 || levels.length > MOST_LINES) return [];
  const series = levels.map((level): LineSeries => {
    const runs = all.filter(({ row }) => row.point[factor] === level);
    const at = new Map<number, number[]>();
    for (const { ticks, values } of runs) {
      ticks.forEach((tick, i) => {
        const value = values[i] ?? null;
        if (value === null) return;
        const there = at.get(tick);
        if (there === undefined) at.set(tick, [value]);
        else there.push(value);
      });
    }
    // a tick that only some runs have, because others had ended, would make the mean jump
    const sorted = [...at].filter(([, values]) => values.length === runs.length).sort(([a], [b]) => a - b);
    return { name: `${factor} ${level}`, points: sorted.map(([tick, values]) => [tick, mean(values)]), band: sorted.map(([tick, values]) => [tick, Math.min(...values), Math.max(...values)]) };
  });
  return series.every(({ points }) => points.length < 2) ? [] : [lineChart({ title: `${outcome} by ${factor}, over time`, note: 'mean, least and greatest of runs', xTitle: 'tick', series })];
}

function levelTable(levels: readonly LevelResult[]): Section {
  return {
    kind: 'table', left: 2, head: ['factor', 'level', 'runs', 'mean', '95 % interval', 'deviation', 'difference', 'g', '95 % interval', 'δ', 'test', 'p', 'p (Holm)', ''],
    rows: levels.map((one) => {
      const { factor, level, values, mean: middle, interval, deviation, contrast } = one;
      return [factor, String(level), String(values.length), figure(middle), intervalText(interval), figure(deviation), ...(contrast === null ? ['', '', '', '', '', '', '', '']
        : [figure(contrast.difference), figure(contrast.effect?.estimate ?? null), intervalText(contrast.effect), figure(contrast.delta), contrast.test ?? '–', pText(contrast.p), pText(contrast.pAdjusted), isMarked(one) ? '★' : ''])];
    }),
  };
}

function correlationTable(all: readonly RankCorrelation[]): Section {
  return {
    kind: 'table', left: 1, head: ['factor', 'samples', 'ρ', '95 % interval', 'p', 'p (Holm)', ''],
    rows: all.map(({ factor, pairs, rho, p, pAdjusted }) => [factor, String(pairs.length), figure(rho?.estimate ?? null), intervalText(rho), pText(p), pText(pAdjusted), pAdjusted !== null && pAdjusted < ALPHA ? '★' : '']),
  };
}

function pairsOf(factors: readonly string[]): [string, string][] {
  return factors.flatMap((x, i) => factors.slice(i + 1).map((y): [string, string] => [x, y]));
}
