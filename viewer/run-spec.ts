import { z } from 'zod';
import { mindOptions } from '../agents/minds/options.ts';
import { languageOptions } from '../agents/operators/options.ts';
import { archiveChoice } from '../core/archive/life-archive.ts';
import { measureOptions } from '../core/measures/measure-options.ts';
import { runSpec as worldSpec } from '../core/spec.ts';

/** Caps on what a run may ask of models, and what happens when one is reached. */
export const budgetSpec = z.strictObject({
  calls: z.int().min(0).exactOptional(),
  tokens: z.int().min(0).exactOptional(),
  dollars: z.number().min(0).exactOptional(),
  /** `pause`: the run stops where it can be gone on with; `blind`: it goes on with blind operators, instinct and without judgements. */
  policy: z.enum(['pause', 'blind']).default('pause'),
});

/** How judges are asked. */
export const judgeOptions = z.strictObject({
  /** By log-probabilities or by ratings; chosen by what the model can when left out. */
  way: z.enum(['logprobs', 'structured']).exactOptional(),
  repeats: z.int().min(1).max(50).default(3),
  temperature: z.number().min(0).max(2).default(0.7),
});

/** What is kept of a run that is recorded. Changes nothing of the run. */
export const recordOptions = z.strictObject({
  /** Ticks from one checkpoint to the next; 0 keeps none. */
  every: z.int().min(0).max(1_000_000_000).default(1000),
  /** Checkpoints that are kept at most; beyond that those go that lie nearest to others. */
  checkpoints: z.int().min(2).max(10_000).default(8),
  /** Whether births, deaths and all else that happens is kept, as Parquet. */
  events: z.boolean().default(true),
  /** Ticks from one sample of all places and energies to the next; 0 takes none. */
  positions: z.int().min(0).max(1_000_000).default(0),
});
export type RecordOptions = z.infer<typeof recordOptions>;

/** A run with all that may be chosen about the models in it. Sections left out are as their defaults say. */
export const runSpec = worldSpec.extend({
  /** Models by role (`operator`, `mind`, `judge`) or kind (`llm-mutate`, …), where they differ from `model`. */
  models: z.record(z.string().max(64), z.string().min(1).max(512)).default({}),
  language: languageOptions.prefault({}),
  minds: mindOptions.prefault({}),
  judge: judgeOptions.prefault({}),
  archive: archiveChoice.prefault({}),
  budget: budgetSpec.prefault({}),
  record: recordOptions.prefault({}),
  measures: measureOptions.prefault({}),
});
export type RunSpec = z.infer<typeof runSpec>;

/** Sections that `--with section.field=value` reaches. */
export const sections = ['models', 'language', 'minds', 'judge', 'archive', 'budget', 'record', 'measures', 'schedules', 'stop'] as const;
