import { z } from 'zod';
import { schedules } from '../schedules/schedule.ts';
import { stopConditions } from './stop.ts';

const seed = z.int().min(0);

/** Most runs of one experiment. */
export const MOST_RUNS = 100_000;

const factor = z.strictObject({
  /** A parameter of the world, `operator`, `model`, or a field of a section: `language.style`, `schedules.scarcity.amplitude`. */
  key: z.string().min(1).max(128),
  values: z.array(z.union([z.number(), z.string().max(512), z.boolean()], { error: 'must be a number, a word, true or false' })).min(1).max(1000).exactOptional(),
  from: z.number().exactOptional(),
  to: z.number().exactOptional(),
  levels: z.int().min(1).max(1000).exactOptional(),
}).superRefine(({ values, from, to, levels }, context) => {
  const refuse = (field: string, message: string): void => context.addIssue({ code: 'custom', path: [field], message });
  if (values !== undefined) {
    for (const [field, given] of Object.entries({ from, to, levels })) if (given !== undefined) refuse(field, 'a factor has either values, or from and to');
    if (new Set(values.map((value) => JSON.stringify(value))).size < values.length) refuse('values', 'a value stands there twice');
  } else if (from === undefined || to === undefined) refuse(from === undefined ? 'from' : 'to', 'a factor has either values, or from and to');
  else if (to <= from) refuse('to', `must be more than from, which is ${from}`);
});

const design = z.preprocess((given) => (typeof given === 'string' ? { kind: given } : given), z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grid') }),
  z.strictObject({ kind: z.literal('list') }),
  z.strictObject({ kind: z.literal('latinHypercube'), samples: z.int().min(2).max(MOST_RUNS), seed: seed.default(1) }),
]));

/** What is compared: a figure of the summary, or a measure by its name, at the end or over all times that it was taken. */
const outcome = z.preprocess((given) => (typeof given === 'string' ? { name: given } : given), z.strictObject({
  name: z.string().min(1).max(128),
  over: z.enum(['last', 'mean', 'least', 'greatest']).default('last'),
}));
export type Outcome = z.infer<typeof outcome>;

/** An experiment: runs that differ in factors and seeds, and what of them is compared. */
export const experiment = z.strictObject({
  /** Version of this form. */
  lichen: z.literal(1).default(1),
  name: z.string().min(1).max(100),
  world: z.string().min(1).max(64),
  /** What all runs have in common: fields of a run's spec. */
  base: z.record(z.string(), z.unknown()).default({}),
  /** Each point of the design is run with each of these. */
  seeds: z.union([
    z.array(seed).min(1).max(10_000).refine((list) => new Set(list).size === list.length, { message: 'a seed stands there twice' }),
    z.strictObject({ from: seed.default(1), count: z.int().min(1).max(10_000) }),
  ], { error: 'must be a list of whole numbers, or {from, count}' }).exactOptional(),
  /** Instead of seeds: 1 to this. */
  replicates: z.int().min(1).max(10_000).exactOptional(),
  factors: z.array(factor).max(20).default([]),
  design: design.default({ kind: 'grid' }),
  schedules: schedules.default({}),
  stop: stopConditions.prefault({}),
  /** The section of that name in each run's spec. */
  measures: z.record(z.string(), z.unknown()).exactOptional(),
  outcomes: z.array(outcome).min(1).max(100).default(['population', 'births', 'coverage', 'qdScore'].map((name): Outcome => ({ name, over: 'last' }))),
}).superRefine(({ seeds, replicates, factors, design, outcomes }, context) => {
  const refuse = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message });
  if (seeds !== undefined && replicates !== undefined) refuse(['replicates'], 'an experiment has either seeds or replicates, which are the seeds 1 to that number');
  factors.forEach(({ key, values, levels }, i) => {
    if (factors.findIndex((other) => other.key === key) < i) refuse(['factors', i, 'key'], `${key} is a factor already`);
    if (values === undefined && levels === undefined && design.kind !== 'latinHypercube') refuse(['factors', i, 'levels'], `how many levels from one end to the other is missing`);
    if (levels !== undefined && design.kind === 'latinHypercube') refuse(['factors', i, 'levels'], 'a Latin hypercube takes its samples from the whole range; leave levels out');
  });
  outcomes.forEach((one, i) => {
    if (outcomes.findIndex((other) => nameOf(other) === nameOf(one)) < i) refuse(['outcomes', i], `${nameOf(one)} is an outcome already`);
  });
});
export type Experiment = z.infer<typeof experiment>;

/** How an outcome is called in tables. */
export function nameOf({ name, over }: Outcome): string {
  return over === 'last' ? name : `${name} (${over})`;
}

/** The seeds of an experiment. */
export function seedsOf({ seeds, replicates = 1 }: Pick<Experiment, 'seeds' | 'replicates'>): number[] {
  if (Array.isArray(seeds)) return seeds;
  const { from, count } = seeds ?? { from: 1, count: replicates };
  return Array.from({ length: count }, (_, i) => from + i);
}
