import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Queries } from '../../core/recording/queries.ts';
import { areaChart } from './chart.ts';
import { openTables } from './export.ts';
import { Failure, fileProblem } from './failure.ts';
import { measureLines } from './measure-charts.ts';
import { openRecorded } from './recorded-run.ts';
import { eventsFolder } from './run-files.ts';
import { readStory, type Story } from './run-story.ts';
import { runReport } from './show-report.ts';
import { writeWhole } from './whole-file.ts';
import { count, counted, percent, proseWidth, wrap } from './words.ts';

export interface ShowFlags { html?: string; json?: boolean }

const POINTS = 240;
const CHART_LINES = 6;
const DIVERSITY = 'diversity.genomeShannon';

/** `lichen show`: what a recorded run came to, for a terminal, as JSON, or as a page that stands alone. Returns the exit code. */
export async function show(target: string, { html, json = false }: ShowFlags): Promise<number> {
  const { path } = openRecorded(target);
  if (html !== undefined && existsSync(html)) throw new Failure(`--html ${html} is there already, and nothing is written over; name another file.`);
  const queries: Queries | null = existsSync(eventsFolder(path)) ? await openTables(path).catch(() => null) : null;
  try {
    const story = await readStory(target, queries, POINTS);
    if (html !== undefined) {
      try {
        writeWhole(resolve(html), runReport(story));
      } catch (error) {
        throw new Failure(`--html ${html} cannot be written: ${fileProblem(error)}; name another file.`);
      }
      process.stderr.write(`The report is in ${resolve(html)}\n`);
    }
    if (json) process.stdout.write(`${JSON.stringify(facts(story))}\n`);
    else if (html === undefined) process.stdout.write(`${inWords(story, proseWidth(process.stdout))}\n`);
    return 0;
  } finally {
    queries?.close();
  }
}

function facts({ path, spec, summary, last, fingerprint, turns, measures, genomes }: Story): object {
  return {
    run: path, world: spec.world, seed: spec.seed, operator: spec.operator, ticks: last, finished: summary !== null, fingerprint: fingerprint ?? summary?.fingerprint ?? null, turns, summary,
    measures: Object.fromEntries([...measures].map(([name, points]) => [name, points.at(-1)?.[1] ?? null])), genomes,
  };
}

function inWords(story: Story, width: number): string {
  const { path, spec, summary, last, fingerprint, population, ticks, births, measures, facts, turns, genomes, living } = story;
  const state = summary !== null ? `finished at tick ${count(summary.ticks)}` : last === null ? 'cut short' : `cut short; recorded up to tick ${count(last)}`;
  const lines = [`${path}`, wrap(`${spec.world}, seed ${spec.seed}, ${spec.operator}${spec.model === undefined || spec.model === 'none' ? '' : `, model ${spec.model}`}; ${state}; fingerprint ${fingerprint ?? summary?.fingerprint ?? 'unknown'}.`, width)];
  if (spec.branches.length > 0) lines.push(wrap(spec.branches.map(({ of, at, set }) => `It parted from ${of} after tick ${count(at)}: ${Object.entries(set).map(([key, value]) => `${key} = ${value}`).join(', ')}.`).join(' '), width));
  if (population.length > 1) lines.push('', ...chart('population', population, ticks.at(-1)!, width));
  const diversity = measures.get(DIVERSITY);
  if (diversity !== undefined && diversity.length > 1) lines.push('', ...chart('diversity of genomes (Shannon)', diversity.map(([, value]) => value), diversity.at(-1)![0], width));
  const born = births.map(({ name, values }) => `${count(values.reduce((sum, value) => sum + value, 0))} ${name}`);
  if (born.length > 0) lines.push('', wrap(`Births: ${born.join(', ')}.`, width));
  if (summary !== null) lines.push(wrap(`Archive: ${counted(summary.archive.elites, 'elite')} in ${percent(summary.archive.coverage)} of its cells, QD-score ${count(summary.archive.qdScore)}.`, width));
  if (measures.size > 0) lines.push('', 'Measured last:', ...measureLines(measures, facts).map(([group, text]) => wrap(`${group}: ${text}`, width, '  ')));
  if (turns.length > 0) lines.push(wrap(`Turned by hand: ${turns.slice(0, 12).map(({ tick, key, value }) => `${key} = ${value} at ${count(tick)}`).join(', ')}${turns.length > 12 ? ` and ${turns.length - 12} more` : ''}.`, width));
  const [first] = genomes;
  if (first !== undefined) lines.push('', `The most frequent genome, of ${counted(first.living, 'organism')} in ${count(living)}:`, ...first.text.split('\n').map((line) => `  ${line}`));
  return lines.join('\n');
}

/** Values over time as an area, its scale at the left and the last tick below. */
function chart(title: string, values: readonly number[], last: number, width: number): string[] {
  const most = Math.max(...values);
  const top = most >= 100 ? count(most) : String(Number(most.toPrecision(3)));
  const gutter = top.length + 1;
  const area = areaChart(values, { width: width - gutter - 1, height: CHART_LINES });
  return [title, ...area.map((line, i) => `${(i === 0 ? top : i === CHART_LINES - 1 ? '0' : '').padStart(gutter)} ${line}`),
    `${' '.repeat(gutter)} 0${`tick ${count(last)}`.padStart(Math.min(width - gutter - 2, Math.max(12, values.length - 1)))}`];
}
