import { ModelError } from '../agents/model/contract.ts';
import type { Embedder } from '../agents/model/embedder.ts';
import { measuresOf } from '../core/measures/catalogue.ts';
import { EmbeddingSeries } from '../core/measures/embedding-series.ts';
import { embeddingRows, varietyOf } from '../core/measures/embeddings.ts';
import type { MeasureFact, TextSample } from '../core/measures/groups/group.ts';
import { NGRAM_EMBEDDING } from '../core/measures/ngram-embedding.ts';
import type { Lab } from './lab.ts';

/** What was measured at a tick; measures that were not due then are absent. */
export interface MeasureRow { readonly tick: number; readonly values: Readonly<Record<string, number>> }

/** The measures of a run, from its first tick to its last. */
export interface Measured {
  readonly ticks: number;
  readonly fingerprint: string;
  readonly facts: readonly (MeasureFact & { readonly every: number })[];
  readonly rows: readonly MeasureRow[];
  /** What it came to, a sentence each. */
  readonly words: readonly string[];
}

/**
 * Measures a run while it is played: live, or from a record, which is a run that is played again. The lab has measures and
 * stands at tick 0; `play` ticks it. With an embedder the measures on embeddings are made afresh with its embeddings in the
 * place of the lexical ones; where it fails these stay, and `fellBack` hears why. Throws what playing throws.
 */
export async function measureRun(lab: Lab, play: () => Promise<unknown>, embedder: Pick<Embedder, 'name' | 'embed'> | null = null, fellBack: (sentence: string) => void = () => undefined): Promise<Measured> {
  const { simulation, measures } = lab;
  if (measures === null) throw new Error('Nothing is to be measured in this run; name some groups of measures.');
  const rows: MeasureRow[] = [];
  const samples: TextSample[] = [];
  const listening = simulation.events$.subscribe((event) => { if (event.kind === 'measures') rows.push({ tick: event.tick, values: event.values }); });
  if (embedder !== null) measures.onTexts = (sample) => { samples.push(sample); };
  try {
    await play();
  } finally {
    listening.unsubscribe();
    measures.onTexts = null;
  }
  const facts = measuresOf(simulation.world, measures.options);
  const found = { ticks: simulation.kernel.tick, fingerprint: simulation.fingerprint, facts };
  if (embedder === null) return { ...found, rows, words: measures.words() };
  let embedded: Map<number, Record<string, number>>;
  try {
    embedded = await embedAgain(samples, embedder);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    fellBack(error.message);
    return { ...found, rows, words: measures.words() };
  }
  return {
    ...found, rows: rows.map(({ tick, values }) => ({ tick, values: { ...values, ...embedded.get(tick) } })),
    words: measures.words().map((sentence) => sentence.replace(NGRAM_EMBEDDING, embedder.name)),
  };
}

async function embedAgain(samples: readonly TextSample[], embedder: Pick<Embedder, 'embed'>): Promise<Map<number, Record<string, number>>> {
  const series = new EmbeddingSeries();
  const values = new Map<number, Record<string, number>>();
  for (const { group, tick, texts, counts } of samples) {
    const embeddings = await embedder.embed(texts);
    const measured = group === 'made' ? varietyOf(embeddingRows(embeddings)) : { ...series.observe(embeddings, counts) };
    values.set(tick, { ...values.get(tick), ...Object.fromEntries(Object.entries(measured).map(([name, value]) => [`${group}.${name}`, value])) });
  }
  return values;
}

/** A table: a line a tick, a column a measure; nothing where a measure is not due or not defined. */
export function measuredCsv({ facts, rows }: Measured): string {
  const cell = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '' : String(value));
  const lines = rows.map(({ tick, values }) => [tick, ...facts.map(({ name }) => cell(values[name]))].join(','));
  return `${[['tick', ...facts.map(({ name }) => name)].join(','), ...lines].join('\n')}\n`;
}
