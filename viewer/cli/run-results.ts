import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Outcome } from '../../core/experiments/experiment.ts';
import { runSpec, type RunSpec } from '../run-spec.ts';
import { Failure } from './failure.ts';
import { runFiles } from './run-files.ts';

const figure = z.number().nullable();

/** Of a summary, what can be compared. */
const summary = z.object({
  ticks: z.int(), fingerprint: z.string(), population: z.number(), births: z.number(), deaths: z.number(),
  birthsByOperator: z.looseObject({ founder: z.number(), immigrant: z.number().default(0) }),
  archive: z.object({ coverage: z.number(), qdScore: z.number(), elites: z.number() }),
  ended: z.object({ by: z.string(), tick: z.number(), words: z.string() }).nullable().default(null),
  model: z.object({ calls: z.number(), tokens: z.number(), dollars: z.number(), repaired: z.number(), fallbacks: z.number(), copies: z.number() }),
});

const measures = z.object({
  figures: z.record(z.string(), z.object({ last: figure, mean: figure, least: figure, greatest: figure, samples: z.int() })),
  series: z.object({ ticks: z.array(z.number()), values: z.record(z.string(), z.array(figure)) }),
});

/** What a recorded run came to, as its folder says. */
export interface RunResults { readonly spec: RunSpec; readonly summary: z.infer<typeof summary>; readonly measures: z.infer<typeof measures> }

const ofSummary: Readonly<Record<string, (from: RunResults['summary']) => number>> = {
  population: ({ population }) => population,
  births: ({ births, birthsByOperator }) => births - birthsByOperator.founder - birthsByOperator.immigrant,
  deaths: ({ deaths }) => deaths,
  ticks: ({ ticks }) => ticks,
  coverage: ({ archive }) => archive.coverage,
  qdScore: ({ archive }) => archive.qdScore,
  elites: ({ archive }) => archive.elites,
  calls: ({ model }) => model.calls, tokens: ({ model }) => model.tokens, dollars: ({ model }) => model.dollars,
  repaired: ({ model }) => model.repaired, fallbacks: ({ model }) => model.fallbacks, copies: ({ model }) => model.copies,
};

/** Names of the figures of a summary that can be outcomes. */
export const summaryOutcomes = Object.keys(ofSummary);

/** The value of an outcome; null where the run has none. */
export function outcomeOf({ summary, measures: { figures } }: RunResults, { name, over }: Outcome): number | null {
  const value = ofSummary[name]?.(summary) ?? figures[name]?.[over] ?? null;
  return value !== null && Number.isFinite(value) ? value : null;
}

/**
 * Reads what a run came to; null of one that has not come to its end. Throws a failure with one sentence where a file is
 * damaged or of another version.
 */
export function readResults(folder: string): RunResults | null {
  if (!existsSync(join(folder, runFiles.summary))) return null;
  const spec = read(folder, runFiles.spec, runSpec);
  return { spec, summary: read(folder, runFiles.summary, summary), measures: existsSync(join(folder, runFiles.measures)) ? read(folder, runFiles.measures, measures) : { figures: {}, series: { ticks: [], values: {} } } };
}

/** Whether a run has come to the end that its spec sets. */
export function isWhole({ spec, summary: { ticks, ended } }: RunResults): boolean {
  return ended !== null || (spec.ticks !== undefined && ticks >= spec.ticks);
}

function read<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  } catch {
    throw new Failure(`${join(folder, name)} is not JSON; restore it from a copy, or remove the run's folder.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure(`${join(folder, name)} is not what a run of this version writes (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}); leave this run out.`);
}
