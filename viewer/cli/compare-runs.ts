import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { analyse, type Analysis, type RunRow } from '../../core/experiments/analysis.ts';
import type { FactorValue } from '../../core/experiments/design.ts';
import { experiment, nameOf, type Outcome } from '../../core/experiments/experiment.ts';
import { analysisSections, methodWords } from '../report/analysis-sections.ts';
import { page } from '../report/page.ts';
import { figure } from '../report/svg-text.ts';
import { tradeOffOfRuns } from '../report/trade-off.ts';
import { Failure, fileProblem } from './failure.ts';
import { outcomeOf, readResults, summaryOutcomes, type RunResults } from './run-results.ts';
import { courseOf } from './sweep-report.ts';
import { analysisBlocks } from './sweep-words.ts';
import { plainText } from './trial-blocks.ts';
import { counted, proseWidth } from './words.ts';

export interface CompareFlags { outcomes?: string; html?: string; json?: boolean }

/** A run that is compared, with the folder it is in. */
export interface ComparedRun extends RunRow { readonly run: string; readonly ticks: number; readonly fingerprint: string }

/** `lichen compare`: what recorded runs came to, by what differs in their specs. Returns the exit code. */
export function compareRuns(named: readonly string[], flags: CompareFlags): number {
  const twice = named.find((folder, i) => named.findIndex((other) => resolve(other) === resolve(folder)) < i);
  if (twice !== undefined) throw new Failure(`${twice} is named twice; name each run once.`);
  const read = named.map((folder) => {
    const results = readResults(folder);
    if (results === null) throw new Failure(`${folder} holds no run that has come to its end; name folders of recorded runs, or go on with it: lichen run ${folder} --resume.`);
    return results;
  });
  const outcomes = readOutcomes(flags.outcomes, read);
  const differing = whatDiffers(read.map(({ spec }) => spec));
  const factors = Object.keys(differing[0] ?? {});
  const order = inOrder(differing, read.map(({ spec }) => spec.seed));
  const [folders, found, points] = [order.map((i) => named[i]!), order.map((i) => read[i]!), order.map((i) => differing[i]!)];
  const rows = found.map((one, i): ComparedRun => ({
    run: folders[i]!, point: points[i]!, seed: one.spec.seed, ticks: one.summary.ticks, fingerprint: one.summary.fingerprint,
    outcomes: Object.fromEntries(outcomes.map((outcome) => [nameOf(outcome), outcomeOf(one, outcome)])),
  }));
  // where nothing differs but the seed there is one group, which has a mean
  const compared = factors.length > 0 ? factors : ['all'];
  const grouped = factors.length > 0 ? rows : rows.map((row) => ({ ...row, point: { all: 'runs' } }));
  const names = outcomes.map(nameOf);
  const analysis = analyse(grouped, compared, names);
  const lengths = new Set(rows.map(({ ticks }) => ticks));
  const lead = `${counted(rows.length, 'run')} of ${[...new Set(found.map(({ spec }) => spec.world))].join(', ')}, ${factors.length > 0 ? `which differ in ${factors.join(', ')}` : 'which differ in nothing but their seeds'}.`
    + (lengths.size > 1 ? ` They ended at different ticks, ${Math.min(...lengths)} to ${Math.max(...lengths)}.` : '');
  if (flags.html !== undefined) writeReport(flags.html, lead, grouped, compared, names, analysis, found);
  const stream = flags.json === true ? process.stderr : process.stdout;
  stream.write(plainText([{ kind: 'paragraph', text: lead }, ...analysisBlocks(analysis, names)], proseWidth(stream)));
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ format: 'lichen-comparison', version: 1, factors, outcomes: names, rows, analysis })}\n`);
  return 0;
}

function readOutcomes(text: string | undefined, runs: readonly RunResults[]): Outcome[] {
  const given = text === undefined ? undefined : text.split(',').map((one) => {
    const [, over, name] = /^(mean|least|greatest|last):(.*)$/.exec(one.trim()) ?? [];
    return over === undefined ? one.trim() : { name, over };
  });
  const read = experiment.shape.outcomes.safeParse(given);
  if (!read.success) throw new Failure(`--outcomes is "${text}", but must be names with commas, each a figure (${summaryOutcomes.join(', ')}) or a measure, for a whole run as mean:diversity.genomeEffective.`);
  for (const { name } of read.data) {
    if (summaryOutcomes.includes(name) || runs.some(({ measures }) => measures.figures[name] !== undefined)) continue;
    throw new Failure(`--outcomes names "${name}", which no run has; there are ${[...summaryOutcomes, ...new Set(runs.flatMap(({ measures }) => Object.keys(measures.figures)))].join(', ')}.`);
  }
  return read.data;
}

/** Places in the order of levels, numbers rising and words as they were named, then of seeds: whatever order runs are named in, chance is the same. */
function inOrder(points: readonly Record<string, FactorValue>[], seeds: readonly number[]): number[] {
  const keys = Object.keys(points[0] ?? {});
  const rank = (key: string, i: number): number => {
    const value = points[i]![key];
    return typeof value === 'number' ? value : points.findIndex((point) => point[key] === value);
  };
  return points.map((_, i) => i).sort((a, b) => keys.reduce((sign, key) => sign || rank(key, a) - rank(key, b), 0) || seeds[a]! - seeds[b]!);
}

/** Fields that make no difference to be compared. */
const passedOver = /^(seed|lichen|ticks|record\b.*|branches|measures\b.*)$/;

/**
 * For each spec the values of the fields in which any two differ, but for the seed. Fields that always change together are
 * one: nobody can tell which of them it was.
 */
export function whatDiffers(specs: readonly object[]): Record<string, FactorValue>[] {
  const flat = specs.map((spec) => leavesOf(spec));
  const keys = [...new Set(flat.flatMap((leaves) => [...leaves.keys()]))].filter((key) => !passedOver.test(key));
  const together = new Map<string, string[]>();
  for (const key of keys) {
    const values = flat.map((leaves) => leaves.get(key) ?? '–');
    const kinds = [...new Set(values)];
    if (kinds.length < 2) continue;
    const partition = values.map((value) => kinds.indexOf(value)).join(',');
    together.set(partition, [...together.get(partition) ?? [], key]);
  }
  return flat.map((leaves) => Object.fromEntries([...together.values()].map((group): [string, FactorValue] => [
    group.map((key) => key.replace(/^parameters\./, '')).join(' + '),
    group.length === 1 ? leaves.get(group[0]!) ?? '–' : group.map((key) => String(leaves.get(key) ?? '–')).join(' + '),
  ])));
}

function leavesOf(value: object, path = ''): Map<string, FactorValue> {
  const leaves = new Map<string, FactorValue>();
  for (const [key, one] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) for (const [below, leaf] of leavesOf(one as object, at)) leaves.set(below, leaf);
    else leaves.set(at, typeof one === 'object' ? JSON.stringify(one) : one as FactorValue);
  }
  return leaves;
}

function writeReport(file: string, lead: string, rows: readonly ComparedRun[], factors: readonly string[], outcomes: readonly string[], analysis: Analysis, found: readonly RunResults[]): void {
  const text = page('A comparison of runs', [
    { kind: 'paragraph', text: lead }, { kind: 'paragraph', text: methodWords(analysis) },
    ...analysisSections({
      factors, outcomes, rows, analysis,
      series: (outcome) => rows.flatMap((row, i) => {
        const { ticks, values } = found[i]!.measures.series;
        const course = values[courseOf(outcome)];
        return course === undefined ? [] : [{ row, ticks, values: course }];
      }),
    }),
    ...tradeOffOfRuns(rows.map((row, i) => ({ row, figures: found[i]!.measures.figures })), factors),
    { kind: 'heading', text: 'Runs' },
    { kind: 'table', left: factors.length, head: [...factors, 'seed', 'ticks', ...outcomes, 'fingerprint', 'run'],
      rows: rows.map((row) => [...factors.map((key) => String(row.point[key])), String(row.seed), figure(row.ticks), ...outcomes.map((name) => figure(row.outcomes[name] ?? null)), row.fingerprint, basename(resolve(row.run))]) },
  ]);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`--html ${file} cannot be written: ${fileProblem(error)}; name another file.`);
  }
}
