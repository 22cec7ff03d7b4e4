import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { heatMap } from '../report/svg-heat.ts';
import { lineChart } from '../report/svg-line.ts';
import { muller } from '../report/svg-muller.ts';
import { page, type Section } from '../report/page.ts';
import { stack } from '../report/svg-stack.ts';
import { figure } from '../report/svg-text.ts';
import { tradeOffOverTime } from '../report/trade-off.ts';
import { inWords, measureSections } from './measure-charts.ts';
import type { Story } from './run-story.ts';
import { count, counted, percent } from './words.ts';

/** What is drawn beside the population where it was measured. */
const DIVERSITY = ['diversity.genomeShannon', 'diversity.phenotypeShannon'];
const SHOWN_TURNS = 40;

/** A recorded run as a page that stands alone: what it was, what happened, and what it came to. */
export function runReport(story: Story): string {
  const { spec, summary, last, fingerprint, ticks, population, births, lineages, genotypes, measures, facts, genomes, living, turns, manifest } = story;
  const from = manifest['lichen'] === undefined ? '' : `Recorded by Lichen ${String(manifest['lichen'])} on Node ${String(manifest['node'])}. `;
  const sections: Section[] = [
    { kind: 'paragraph', text: `A run of the world ${spec.world} with seed ${spec.seed}${summary === null ? `, cut short at tick ${count(last ?? 0)}` : ` over ${counted(summary.ticks, 'tick')}`}. `
      + `${spec.operator === 'classical' ? 'Children are written by blind operators.' : spec.operator === 'llm' ? `Children are written by ${spec.model ?? 'a language model'}.` : `Children are written by blind operators and, a share of them, by ${spec.model ?? 'a language model'}.`}` },
    { kind: 'facts', facts: [
      ['fingerprint', fingerprint ?? summary?.fingerprint ?? 'unknown'],
      ...(summary === null ? [] : [
        ['population at the end', count(summary.population)], ['births', count(summary.births)], ['deaths', count(summary.deaths)],
        ['archive', `${counted(summary.archive.elites, 'elite')}, ${percent(summary.archive.coverage)} of the cells, QD-score ${count(summary.archive.qdScore)}`],
        ...(summary.model.calls === 0 ? [] : [['model', `${counted(summary.model.calls, 'call')}, ${counted(summary.model.tokens, 'token')}, $${summary.model.dollars.toFixed(4)}; ${counted(summary.model.repaired, 'repaired child', 'repaired children')}, ${counted(summary.model.fallbacks, 'fallback')}`]] as const),
      ] as [string, string][]),
    ] },
    ...spec.branches.map(({ of, at, set }): Section => ({ kind: 'paragraph', text: `It parted from ${of} after tick ${count(at)}, with ${Object.entries(set).map(([key, value]) => `${key} = ${value}`).join(', ')}.` })),
  ];
  if (ticks.length > 1) {
    // the last stretch is shorter than the others, as a rule
    const whole = ticks.at(-1)! - ticks.at(-2)! < ticks[1]! - ticks[0]! ? -1 : ticks.length;
    const over = { xTitle: 'tick', width: 544, height: 260 };
    const drawn = [
      lineChart({ title: 'Population', series: [{ name: 'organisms', points: ticks.map((tick, i) => [tick, population[i]!]) }], ...over }),
      diversityPicture(measures, over),
      muller({
        title: 'Genotypes', note: '% of the living, each within the one it comes from; the rest were never frequent', xs: ticks, all: population,
        kinds: genotypes.map(({ name, text, parent, values, peak }) => ({ name, text: `${name}, at most ${percent(peak)} of all\n${text}`, parent, counts: values })), ...over,
      }),
      stack({ title: 'Lineages', note: 'living organisms by founder', xs: ticks, layers: lineages.map((one) => ({ ...one, rest: one.name === 'all others' })), ...over }),
      lineChart({ title: 'Births by operator', note: `in ${counted(ticks[1]! - ticks[0]!, 'tick')}`, series: births.map(({ name, values }) => ({ name, points: ticks.map((tick, i): [number, number] => [tick, values[i]!]).slice(1, whole) })), ...over }),
      archivePicture(story.path),
    ].filter((one) => one !== '');
    sections.push({ kind: 'heading', text: 'What happened' }, { kind: 'pictures', pictures: drawn });
  }
  const tradeOff = tradeOffOverTime(measures, (tick) => `tick ${count(tick)}`);
  if (tradeOff.length > 0) sections.push({ kind: 'heading', text: 'Quality and diversity' }, { kind: 'pictures', pictures: tradeOff });
  if (measures.size > 0) sections.push({ kind: 'heading', text: 'Measures' }, ...measureSections(measures, last ?? 0, facts));
  if (genomes.length > 0) {
    sections.push({ kind: 'heading', text: 'Genomes that live' },
      { kind: 'small', text: `The most frequent of ${counted(living, 'organism')} alive at tick ${count(last ?? 0)}.` },
      ...genomes.flatMap(({ text, living: n }): Section[] => [{ kind: 'small', text: `${counted(n, 'organism')}, ${percent(n / Math.max(1, living))}` }, { kind: 'code', text }]));
  }
  if (turns.length > 0) {
    sections.push({ kind: 'heading', text: 'What people turned' },
      { kind: 'table', left: 2, head: ['tick', 'parameter', 'value'], rows: turns.slice(0, SHOWN_TURNS).map(({ tick, key, value }) => [count(tick), key, String(value)]) });
    if (turns.length > SHOWN_TURNS) sections.push({ kind: 'small', text: `${turns.length - SHOWN_TURNS} more turns are in commands.jsonl.` });
  }
  sections.push({ kind: 'heading', text: 'How to make it again' },
    { kind: 'small', text: `${from}With this file as spec.json, lichen run spec.json makes the run again${spec.operator === 'classical' ? '' : ', with the recorded replies if its cassette is given with --replay'}.` },
    { kind: 'code', title: 'spec.json', text: JSON.stringify(spec, null, 2) });
  return page(`${spec.world}, seed ${spec.seed}`, sections);
}

/** How various the living were; nothing where that was not measured. */
function diversityPicture(measures: Story['measures'], size: { xTitle: string; width: number; height: number }): string {
  const measured = DIVERSITY.filter((name) => measures.has(name));
  if (measured.length === 0) return '';
  return lineChart({ title: 'Diversity', note: 'Shannon, in nats', series: measured.map((name) => ({ name: inWords(name.slice(name.indexOf('.') + 1)).split(' ')[0]!, points: measures.get(name)! })), ...size });
}

interface ArchiveFile { dims: [number, number]; objective: string; measures: { name: string; lower: number; upper: number }[]; cells: { cell: number; objective: number }[] }

/** The archive as the run left it; nothing where it was cut short. */
function archivePicture(run: string): string {
  const file = join(run, 'archive.json');
  if (!existsSync(file)) return '';
  const { dims: [across, up], objective, measures: [first, second], cells } = JSON.parse(readFileSync(file, 'utf8')) as ArchiveFile;
  if (first === undefined || second === undefined) return '';
  // row-major: the first measure is the slow index
  const values = Array.from({ length: up }, () => new Array<number | null>(across).fill(null));
  for (const { cell, objective: worth } of cells) values[cell % up]![Math.floor(cell / up)] = worth;
  const worths = cells.map((cell) => cell.objective);
  const range = worths.length === 0 ? '' : ` (${figure(Math.min(...worths))} to ${figure(Math.max(...worths))})`;
  const edge = ({ lower, upper }: { lower: number; upper: number }, i: number, n: number): string => (i % 5 === 0 ? String(Number((lower + ((upper - lower) * i) / n).toPrecision(2))) : '');
  return heatMap({
    title: 'Archive', note: `${objective}${range}, by ${first.name} and ${second.name}`, xTitle: first.name, yTitle: second.name, width: 544, height: 320, values,
    columns: Array.from({ length: across }, (_, i) => edge(first, i, across)), rows: Array.from({ length: up }, (_, i) => edge(second, i, up)),
  });
}
