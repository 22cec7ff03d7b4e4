import { analyse, type Analysis, type RunRow } from '../../core/experiments/analysis.ts';
import { nameOf } from '../../core/experiments/experiment.ts';
import type { ExperimentPlan, PlannedRun } from './experiment-plan.ts';
import { outcomeOf, type RunResults } from './run-results.ts';

/** A run of a sweep that has come to its end, or why it has not. */
export interface SweptRun extends RunRow {
  readonly run: string;
  readonly fingerprint: string | null;
  readonly ended: string | null;
  readonly problem: string | null;
}

/** What a sweep found: the same whenever, wherever and in however many pieces it was performed. */
export interface SweepResults {
  readonly name: string;
  readonly factors: readonly string[];
  readonly outcomes: readonly string[];
  readonly sampled: boolean;
  readonly rows: readonly SweptRun[];
  readonly analysis: Analysis;
}

export function resultsOf({ experiment, runs, outcomes }: ExperimentPlan, results: readonly (RunResults | null)[], problems: ReadonlyMap<number, string>): SweepResults {
  const factors = experiment.factors.map(({ key }) => key);
  const sampled = experiment.design.kind === 'latinHypercube';
  const rows = runs.map(({ point, seed, name }: PlannedRun, i): SweptRun => {
    const found = results[i] ?? null;
    return {
      run: name, point, seed, fingerprint: found?.summary.fingerprint ?? null, ended: found?.summary.ended?.by ?? (found === null ? null : 'ticks'), problem: problems.get(i) ?? null,
      outcomes: Object.fromEntries(experiment.outcomes.map((one) => [nameOf(one), found === null ? null : outcomeOf(found, one)])),
    };
  });
  return { name: experiment.name, factors, outcomes, sampled, rows, analysis: analyse(rows.filter(({ problem }) => problem === null), factors, outcomes, sampled) };
}

/** A line a run: factors, seed, outcomes, how it ended, fingerprint, folder. */
export function csvOf({ factors, outcomes, rows }: Pick<SweepResults, 'factors' | 'outcomes' | 'rows'>): string {
  const head = [...factors, 'seed', ...outcomes, 'ended', 'fingerprint', 'run', 'problem'];
  const lines = rows.map((row) => [
    ...factors.map((key) => row.point[key]), row.seed, ...outcomes.map((name) => row.outcomes[name]), row.ended, row.fingerprint, row.run, row.problem,
  ]);
  return [head, ...lines].map((line) => `${line.map((cell) => csvCell(cell ?? '')).join(',')}\n`).join('');
}

function csvCell(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
