import { measuresOf as measuresFor } from '../../core/measures/catalogue.ts';
import type { MeasureFact } from '../../core/measures/groups/group.ts';
import { findWorld } from '../../worlds/index.ts';
import { genotypeHistory } from '../../core/recording/genotype-history.ts';
import type { Queries, Row } from '../../core/recording/queries.ts';
import type { RunSummary } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import { planRun } from './plan.ts';
import { manifestOf, openRecorded, summaryOf } from './recorded-run.ts';

/** A quantity over time, at the ticks of `Story.ticks`. */
export interface Layer { readonly name: string; readonly values: readonly number[] }

/** A genome with all who were born with it in one unbroken line; `values` are those alive, `peak` its largest share of all. */
export interface Genotype extends Layer { readonly text: string; readonly parent: number; readonly peak: number }

/** What is told of a recorded run, drawn from its tables at so many ticks. */
export interface Story {
  readonly path: string;
  readonly spec: RunSpec;
  readonly summary: RunSummary | null;
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Last tick in the tables; null where there are none. */
  readonly last: number | null;
  readonly fingerprint: string | null;
  /** Ticks of the points of all that follows. */
  readonly ticks: readonly number[];
  readonly population: readonly number[];
  /** Births by operator between one point and the next, founders left out. */
  readonly births: readonly Layer[];
  /** Living organisms of the founders' lineages that were most numerous, and all others. */
  readonly lineages: readonly Layer[];
  /** Genotypes that were frequent, ancestors before descendants; `parent` is a place in this list, or -1. */
  readonly genotypes: readonly Genotype[];
  /** Measured values, each with the ticks at which it was taken. */
  readonly measures: ReadonlyMap<string, readonly (readonly [tick: number, value: number])[]>;
  /** What is known of measures, by name. */
  readonly facts: ReadonlyMap<string, MeasureFact>;
  /** The most frequent genomes of those alive at the end. */
  readonly genomes: readonly { readonly text: string; readonly living: number }[];
  readonly living: number;
  /** What people turned while it ran. */
  readonly turns: readonly { readonly tick: number; readonly key: string; readonly value: number }[];
}

const LINEAGES = 7;
const GENOMES = 5;
/** Share of the population from which on a genotype is told apart. */
const FREQUENT = 0.02;

/** Reads a recorded run. `queries` is null where it has no tables. */
export async function readStory(target: string, queries: Queries | null, points: number): Promise<Story> {
  const recorded = openRecorded(target);
  const { path } = recorded;
  const spec = planRun(recorded.spec, { set: [] });
  const base = {
    path, spec, manifest: manifestOf(recorded), facts: new Map(measuresFor(findWorld(spec.world), spec.measures).map((fact) => [fact.name, fact])),
    summary: summaryOf(recorded),
    turns: recorded.commands.commands.flatMap(({ tick, command }) => (command.kind === 'set' && command.by === undefined ? [{ tick, key: command.key, value: command.value }] : [])),
  };
  if (queries === null) return { ...base, last: base.summary?.ticks ?? null, fingerprint: base.summary?.fingerprint ?? null, ticks: [], population: [], births: [], lineages: [], genotypes: [], measures: new Map(), genomes: [], living: 0 };
  const [end] = await queries.rows('SELECT max(tick) AS last, arg_max(fingerprint, tick) AS fingerprint FROM ticks');
  const last = Number(end!['last']);
  const ticks = ticksOver(last, points);
  const step = ticks[1] ?? 1;
  const at = (tick: number): number => Math.min(ticks.length - 1, Math.ceil(tick / step));
  const population = ticks.map(() => 0);
  for (const { tick, population: n } of await queries.rows(`SELECT tick, population FROM ticks WHERE tick % ${step} = 0 OR tick = ${last}`)) population[at(Number(tick))] = Number(n);
  return {
    ...base, last, fingerprint: String(end!['fingerprint']), ticks, population,
    births: layersOf(await queries.rows(`SELECT least(${ticks.length - 1}, ceil(tick / ${step}))::INTEGER AS point, operator AS name, count(*) AS n FROM births WHERE tick > 0 GROUP BY ALL ORDER BY name`), ticks.length),
    lineages: await lineagesOf(queries, ticks.length, step),
    genotypes: await genotypesOf(queries, ticks),
    measures: await measuresOf(queries),
    ...await genomesOf(queries),
  };
}

/** Ticks from the first to the last, as far apart as so many points allow; the last stretch may be shorter. */
export function ticksOver(last: number, points: number): number[] {
  const step = Math.max(1, Math.ceil(last / points));
  const ticks = Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
  return ticks.at(-1) === last ? ticks : [...ticks, last];
}

function layersOf(rows: readonly Row[], points: number): Layer[] {
  const layers = new Map<string, number[]>();
  for (const { point, name, n } of rows) {
    let values = layers.get(String(name));
    if (values === undefined) layers.set(String(name), values = new Array<number>(points).fill(0));
    values[Number(point)]! += Number(n);
  }
  return [...layers].map(([name, values]) => ({ name, values }));
}

/** Births less deaths of each lineage, added up. */
async function lineagesOf(queries: Queries, points: number, step: number): Promise<Layer[]> {
  const point = `least(${points - 1}, ceil(tick / ${step}))::INTEGER AS point`;
  const deaths = queries.tables.includes('deaths') ? `UNION ALL SELECT ${point}, lineage, -1 AS n FROM deaths` : '';
  const changes = await queries.rows(`SELECT point, lineage::VARCHAR AS name, sum(n)::INTEGER AS n FROM (SELECT ${point}, lineage, 1 AS n FROM births ${deaths}) GROUP BY ALL ORDER BY name`);
  const layers = layersOf(changes, points).map(({ name, values }) => {
    let living = 0;
    return { name: `lineage ${name}`, values: values.map((change) => (living += change)) };
  });
  const weight = ({ values }: Layer): number => values.reduce((sum, value) => sum + value, 0);
  layers.sort((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
  const rest = layers.slice(LINEAGES);
  const others = Array.from({ length: points }, (_, i) => rest.reduce((sum, { values }) => sum + values[i]!, 0));
  return [...layers.slice(0, LINEAGES), ...(rest.length === 0 ? [] : [{ name: 'all others', values: others }])];
}

async function genotypesOf(queries: Queries, ticks: readonly number[]): Promise<Genotype[]> {
  const found = await genotypeHistory(queries, ticks, { cutoff: FREQUENT });
  if (found.length === 0) return [];
  const texts = new Map((await queries.rows(`SELECT genome, text FROM genomes WHERE genome IN (${found.map(({ genome }) => String(genome)).join(', ')})`)).map(({ genome, text }) => [genome, String(text)]));
  return found.map(({ id, genome, parent, counts, peak }) => ({ name: `genotype ${id}`, text: texts.get(genome) ?? '', parent, values: counts, peak }));
}

async function measuresOf(queries: Queries): Promise<Story['measures']> {
  const found = new Map<string, [number, number][]>();
  if (!queries.tables.includes('measures')) return found;
  for (const { tick, measure, value } of await queries.rows('SELECT tick, measure, value FROM measures WHERE value IS NOT NULL ORDER BY measure, tick')) {
    const points = found.get(String(measure));
    if (points === undefined) found.set(String(measure), [[Number(tick), Number(value)]]);
    else points.push([Number(tick), Number(value)]);
  }
  return found;
}

async function genomesOf(queries: Queries): Promise<Pick<Story, 'genomes' | 'living'>> {
  const alive = queries.tables.includes('deaths') ? 'births ANTI JOIN deaths USING (id)' : 'births';
  const rows = await queries.rows(`SELECT any_value(genomes.text) AS text, count(*) AS living FROM ${alive} JOIN genomes USING (genome) GROUP BY genome ORDER BY living DESC, genome LIMIT ${GENOMES}`);
  const [all] = await queries.rows(`SELECT count(*) AS n FROM ${alive}`);
  return { genomes: rows.map(({ text, living }) => ({ text: String(text), living: Number(living) })), living: Number(all!['n']) };
}
