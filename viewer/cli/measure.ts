import { existsSync } from 'node:fs';
import { openEmbedder, type Embedder } from '../../agents/model/embedder.ts';
import { ModelError } from '../../agents/model/contract.ts';
import { knownPrices } from '../../agents/model/prices.ts';
import { defaultGroups } from '../../core/measures/group-names.ts';
import { mean } from '../../core/measures/statistics.ts';
import { measureRun, measuredCsv, type Measured } from '../measure-run.ts';
import type { RunSpec } from '../run-spec.ts';
import { Failure, fileProblem } from './failure.ts';
import { runHeadless } from './headless.ts';
import { noModel, replayAccess, stageBars } from './model-access.ts';
import { perform } from './perform.ts';
import { planRun } from './plan.ts';
import { openRecorded, summaryOf, type RecordedRun } from './recorded-run.ts';
import { say } from './say.ts';
import { listenForStop } from './stop.ts';
import { writeWhole } from './whole-file.ts';
import { proseWidth, wrap } from './words.ts';

export interface MeasureFlags { measures?: string; every?: number; with?: string[]; ticks?: number; csv?: string; json?: boolean; embeddings?: string }

/** `lichen measure`: a recorded run is played again and measured. Returns the exit code. */
export async function measure(target: string, flags: MeasureFlags): Promise<number> {
  const { csv, json = false, embeddings } = flags;
  if (csv !== undefined && existsSync(csv)) throw new Failure(`--csv names ${csv}, which is there already; name a new file.`);
  const played = openRecorded(target);
  const spec = planMeasures(played, flags);
  const summary = summaryOf(played);
  const embedder = embeddings === undefined ? null : await tryEmbedder(embeddings);
  const stop = listenForStop();
  const model = existsSync(played.cassette) ? replayAccess(played.cassette, spec.model) : noModel;
  let found: Measured | null = null;
  try {
    await perform({ spec, model, prices: knownPrices, played, say }, async ({ lab, check, spent }) => {
      const play = (): Promise<number> => runHeadless({ lab, lastTick: spec.ticks!, stop, halt: spent, afterTick: check });
      const started = performance.now();
      found = await measureRun(lab, play, embedder, (sentence) => say(`${sentence} Genomes are embedded by spelling instead.`));
      return (performance.now() - started) / 1000;
    });
  } finally {
    embedder?.close();
  }
  if (stop.asked !== null) return stop.code;
  const measured = found! as Measured;
  if (summary?.ticks === measured.ticks && summary.fingerprint !== measured.fingerprint) {
    throw new Failure(`The run in ${target} was not played again as it was: its fingerprint at tick ${measured.ticks} is ${measured.fingerprint}, and was ${summary.fingerprint}; it was recorded by another version or its files were changed.`);
  }
  if (csv !== undefined) {
    try {
      writeWhole(csv, measuredCsv(measured));
    } catch (error) {
      throw new Failure(`--csv ${csv} cannot be written: ${fileProblem(error)}; name another file.`);
    }
    say(`${measured.rows.length} samples of ${measured.facts.length} measures are in ${csv}`);
  }
  if (json) process.stdout.write(`${JSON.stringify(measured)}\n`);
  else process.stdout.write(`${measuredWords(measured, proseWidth(process.stdout), process.stdout.columns || 140)}\n`);
  return 0;
}

/** The recorded spec, with what is to be measured and an end. */
function planMeasures(played: RecordedRun, { measures, every, ticks, with: fields = [] }: MeasureFlags): RunSpec {
  const recorded = planRun(played.spec, { set: [] });
  const wanted = measures ?? (recorded.measures.wanted.length === 0 ? defaultGroups.join(',') : recorded.measures.wanted.join(','));
  const strange = fields.find((field) => !field.trimStart().startsWith('measures.'));
  if (strange !== undefined) throw new Failure(`--with is "${strange}", but measuring changes nothing of a run; only fields of measures can be set, for example --with measures.shadows=99.`);
  const spec = planRun(played.spec, { set: [], with: [`measures.wanted=${wanted}`, ...(every === undefined ? [] : [`measures.every=${every}`]), ...fields] });
  if (spec.measures.wanted.length === 0) throw new Failure('--measures is none, so that nothing is left to be done; name some groups, or all.');
  const last = ticks ?? summaryOf(played)?.ticks ?? spec.ticks ?? played.commands.commands.at(-1)?.tick;
  if (last === undefined) throw new Failure(`The run in ${played.path} does not say how long it was; say it with --ticks.`);
  return { ...spec, ticks: last };
}

/** Opens an embedder and tries it, before a long run is played for it. Throws a failure with one sentence. */
async function tryEmbedder(model: string): Promise<Embedder> {
  const bars = stageBars();
  let embedder: Embedder | null = null;
  try {
    embedder = await openEmbedder({ model, onProgress: bars.show });
    await embedder.embed(['rest']);
    return embedder;
  } catch (error) {
    embedder?.close();
    if (error instanceof ModelError) throw new Failure(`--embeddings ${model} cannot be used: ${error.message} Without --embeddings genomes are embedded by spelling.`);
    throw error;
  } finally {
    bars.stop();
  }
}

/** Each measure at the end and over the later half of its samples, and what it came to in sentences. */
function measuredWords({ ticks, facts, rows, words }: Measured, width: number, columns: number): string {
  const shown = (value: number): string => (Number.isNaN(value) ? '-' : String(Number(value.toPrecision(5))));
  const table = facts.map(({ name, unit, sentence }): [string, string, string, string] => {
    const values = rows.flatMap(({ values: { [name]: value } }) => (value === undefined ? [] : [value]));
    const half = values.slice(Math.floor(values.length / 2)).filter((value) => !Number.isNaN(value));
    return [name, shown(values.at(-1) ?? NaN), shown(mean(half)), unit === '' ? sentence : `${sentence} (${unit})`];
  });
  const head: [string, string, string, string] = ['measure', 'at the end', 'later half', ''];
  const widths = [0, 1, 2].map((i) => Math.max(...[head, ...table].map((row) => row[i]!.length)));
  const lines = [head, ...table].map(([name, end, half, sentence]) => {
    const line = `${name.padEnd(widths[0]!)}  ${end.padStart(widths[1]!)}  ${half.padStart(widths[2]!)}  ${sentence}`;
    return line.length > columns ? `${line.slice(0, columns - 1)}…` : line.trimEnd();
  });
  return [`Measured over ${ticks} ticks, in ${rows.length} samples.`, '', ...lines, ...(words.length === 0 ? [] : ['', ...words.map((sentence) => wrap(sentence, width))])].join('\n');
}
