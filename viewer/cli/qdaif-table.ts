import { bootstrapMean, mean, standardError } from '../../core/measures/statistics.ts';
import type { MethodName } from '../../worlds/salon/methods.ts';
import type { SalonSummary } from '../qdaif.ts';

export interface RunRow { summary: SalonSummary; seconds: number }

/** Mean over seeds, its standard error (NaN of one), and the 95 % bootstrap interval of the mean, null of fewer than two. */
export interface Spread { mean: number; se: number; interval: readonly [number, number] | null; values: readonly number[] }

export interface MethodRow {
  method: MethodName;
  runs: number;
  qdScore: Spread;
  coverage: Spread;
  bestQuality: Spread;
  correctedQdScore: Spread | null;
  correctedCoverage: Spread | null;
  illusion: Spread | null;
  calls: number;
  tokens: number;
  dollars: number;
  seconds: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const interval = values.length < 2 ? null : bootstrapMean(values);
  return { mean: mean(values), se: standardError(values), interval: interval === null ? null : [interval.lower, interval.upper], values };
}

/** One row a method, in the order in which they first occur. */
export function methodRows(runs: readonly RunRow[]): MethodRow[] {
  return [...new Set(runs.map(({ summary }) => summary.method))].map((method) => {
    const own = runs.filter(({ summary }) => summary.method === method);
    const of = (get: (summary: SalonSummary) => number | null | undefined): Spread => spreadOf(own.flatMap(({ summary }) => get(summary) ?? []));
    const corrected = own.every(({ summary }) => summary.corrected !== null);
    return {
      method, runs: own.length, qdScore: of(({ qdScore }) => qdScore), coverage: of(({ coverage }) => coverage), bestQuality: of(({ bestQuality }) => bestQuality),
      correctedQdScore: corrected ? of((one) => one.corrected?.qdScore) : null,
      correctedCoverage: corrected ? of((one) => one.corrected?.coverage) : null,
      illusion: corrected ? of((one) => one.corrected?.illusion) : null,
      calls: mean(own.map(({ summary }) => summary.cost.calls)), tokens: mean(own.map(({ summary }) => summary.cost.tokens)),
      dollars: mean(own.map(({ summary }) => summary.cost.dollars)), seconds: mean(own.map(({ seconds }) => seconds)),
    };
  });
}

function cell(spread: Spread | null, digits: number): string {
  if (spread === null || !Number.isFinite(spread.mean)) return '–';
  const { mean: middle, se, interval } = spread;
  const shown = (value: number): string => value.toFixed(digits).replace(/^-(0\.?0*)$/, '$1');
  return [shown(middle), ...(Number.isFinite(se) ? [`± ${shown(se)}`] : []), ...(interval === null ? [] : [`[${interval.map(shown).join(', ')}]`])].join(' ');
}

/** The table of an experiment as Markdown, like that of the QDAIF paper, with what the judges' luck leaves of it and what it cost. */
export function tableMarkdown(rows: readonly MethodRow[], { domain, maxQdScore, iterations }: SalonSummary, facts: { model: string; rejudge: number }): string {
  const heads = ['Method', `QD-score (of ${maxQdScore})`, 'Coverage', 'Best quality', 'Corrected QD-score', 'Corrected coverage', 'Illusion', 'Calls', 'Tokens', 'Dollars', 'Seconds'];
  const lines = rows.map((row) => [
    row.method, cell(row.qdScore, 2), cell(row.coverage, 3), cell(row.bestQuality, 3), cell(row.correctedQdScore, 2), cell(row.correctedCoverage, 3), cell(row.illusion, 3),
    row.calls.toFixed(0), row.tokens.toFixed(0), row.dollars === 0 ? '0' : row.dollars.toFixed(4), row.seconds.toFixed(1),
  ]);
  const runs = Math.max(...rows.map((row) => row.runs));
  return [
    `# QDAIF: ${domain}, ${iterations} iterations, ${facts.model}`, '',
    `| ${heads.join(' | ')} |`, `| ${heads.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`, ...lines.map((line) => `| ${line.join(' | ')} |`), '',
    runs > 1
      ? `Mean ± standard error and 95 % bootstrap interval of the mean over ${runs} seeds${runs < 10 ? '; with so few such intervals are too short' : ''}. Costs are means a run; seconds are of runs side by side.`
      : 'One seed: nothing can be said of how far another would differ.',
    ...(facts.rejudge === 0 ? [] : ['', `Corrected: each elite judged anew ${facts.rejudge === 1 ? 'once' : `${facts.rejudge} times`}, an empty archive filled with the means. Illusion: the share of the QD-score that this takes away.`]), '',
  ].join('\n');
}

/** The same as CSV, one row a method. */
export function tableCsv(rows: readonly MethodRow[]): string {
  const spreads = ['qdScore', 'coverage', 'bestQuality', 'correctedQdScore', 'correctedCoverage', 'illusion'] as const;
  const heads = ['method', 'runs', ...spreads.flatMap((name) => [name, `${name}SE`, `${name}Lower`, `${name}Upper`]), 'calls', 'tokens', 'dollars', 'seconds'];
  const lines = rows.map((row) => [
    row.method, row.runs, ...spreads.flatMap((name) => {
      const spread = row[name];
      return [spread?.mean, spread?.se, spread?.interval?.[0], spread?.interval?.[1]];
    }), row.calls, row.tokens, row.dollars, row.seconds,
  ]);
  return csv([heads, ...lines]);
}

/** One row a run. */
export function runsCsv(runs: readonly RunRow[]): string {
  const heads = ['domain', 'method', 'seed', 'iterations', 'qdScore', 'maxQdScore', 'coverage', 'bestQuality', 'elites', 'correctedQdScore', 'correctedCoverage', 'illusion', 'calls', 'tokens', 'dollars', 'seconds', 'fingerprint'];
  return csv([heads, ...runs.map(({ summary: s, seconds }) => [
    s.domain, s.method, s.seed, s.iterations, s.qdScore, s.maxQdScore, s.coverage, s.bestQuality, s.elites, s.corrected?.qdScore, s.corrected?.coverage, s.corrected?.illusion,
    s.cost.calls, s.cost.tokens, s.cost.dollars, seconds, s.fingerprint,
  ])]);
}

function csv(rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  return rows.map((row) => `${row.map((value) => (value === null || value === undefined || Number.isNaN(value) ? '' : String(value))).join(',')}\n`).join('');
}
