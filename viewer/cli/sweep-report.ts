import { readFileSync } from 'node:fs';
import { analysisSections, methodWords } from '../report/analysis-sections.ts';
import { page, type Section } from '../report/page.ts';
import { figure } from '../report/svg-text.ts';
import { tradeOffOfRuns } from '../report/trade-off.ts';
import { pointWords, type ExperimentPlan } from './experiment-plan.ts';
import type { RunResults } from './run-results.ts';
import type { SweepResults, SweptRun } from './sweep-results.ts';
import { counted } from './words.ts';

/** Measures that follow, through a run, what a figure of the summary says of its end. */
const courses: Readonly<Record<string, string>> = { population: 'population.organisms', coverage: 'archive.coverage', qdScore: 'archive.qdScore', elites: 'archive.elites' };
/** The measure whose series shows the course of an outcome. */
export function courseOf(outcome: string): string {
  return courses[outcome] ?? outcome.replace(/ \((mean|least|greatest)\)$/, '');
}

/** Runs that are listed in the page; the table has them all. */
const MOST_LISTED = 500;

/** The report of a sweep: one page that stands alone. */
export function sweepReport({ experiment, runs }: ExperimentPlan, results: SweepResults, found: readonly (RunResults | null)[]): string {
  const { rows, factors, outcomes, analysis } = results;
  const failed = rows.filter(({ problem }) => problem !== null);
  const ended = new Map<string, number>();
  for (const row of rows) if (row.ended !== null) ended.set(row.ended, (ended.get(row.ended) ?? 0) + 1);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  const sections: Section[] = [
    { kind: 'facts', facts: [
      ['world', experiment.world], ['runs', figure(runs.length)], ['design', experiment.design.kind === 'latinHypercube' ? `Latin hypercube of ${experiment.design.samples}` : experiment.design.kind],
      ['factors', factors.join(', ') || 'none'], ['seeds', seeds.length > 8 ? `${seeds[0]} … ${seeds.at(-1)} (${seeds.length})` : seeds.join(', ')],
      ['ended by', [...ended].map(([by, many]) => `${by} (${many})`).join(', ')], ['Lichen', version],
    ] },
    { kind: 'paragraph', text: methodWords(analysis) },
    ...(failed.length === 0 ? [] : [{ kind: 'paragraph', text: `${counted(failed.length, 'run')} failed and ${failed.length === 1 ? 'is' : 'are'} left out: ${failed.slice(0, 5).map((row) => `${pointWords(row.point)}, seed ${row.seed}: ${row.problem}`).join(' ')}` } as const]),
    ...analysisSections({
      factors, outcomes, rows: rows.filter(({ problem }) => problem === null), analysis,
      series: (outcome) => rows.flatMap((row, i) => {
        const series = found[i]?.measures.series;
        const values = series?.values[courseOf(outcome)];
        return series === undefined || values === undefined || row.problem !== null ? [] : [{ row, ticks: series.ticks, values }];
      }),
    }),
    ...tradeOffOfRuns(rows.flatMap((row, i) => (row.problem === null ? [{ row, figures: found[i]?.measures.figures ?? {} }] : [])), factors),
    { kind: 'heading', text: 'Runs' },
    runTable(rows.slice(0, MOST_LISTED), factors, outcomes),
    ...(rows.length > MOST_LISTED ? [{ kind: 'small', text: `The first ${MOST_LISTED} of ${rows.length}; results.csv has them all.` } as const] : []),
    { kind: 'code', title: 'The experiment', text: JSON.stringify(experiment, null, 2) },
  ];
  return page(experiment.name, sections);
}

function runTable(rows: readonly SweptRun[], factors: readonly string[], outcomes: readonly string[]): Section {
  return {
    kind: 'table', left: factors.length, head: [...factors, 'seed', ...outcomes, 'ended by', 'fingerprint', 'run'],
    rows: rows.map((row) => [...factors.map((key) => String(row.point[key])), String(row.seed), ...outcomes.map((name) => figure(row.outcomes[name] ?? null)), row.problem === null ? row.ended ?? '–' : 'failed', row.fingerprint ?? '–', row.run]),
  };
}
