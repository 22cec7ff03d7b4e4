import { z } from 'zod';

/** How a model is asked: told the language alone, shown worked examples too, or made to say what it plans first. */
export const styles = ['zero-shot', 'few-shot', 'chain-of-thought'] as const;
export type Style = (typeof styles)[number];

const weight = z.number().min(0).max(1000);

/** How a run's models write genomes. Part of its spec: strict, every field with a default. */
export const languageOptions = z.strictObject({
  style: z.enum(styles).default('zero-shot'),
  /** Most parents of a crossover: the parent, its partner if it has one, then elites of the archive. */
  parents: z.int().min(2).max(4).default(2),
  /** How often each operator is chosen, in proportion. A crossover without a second parent, and an invention without an empty cell, is a mutation. */
  mix: z.strictObject({ mutate: weight.default(1), crossover: weight.default(1), invent: weight.default(0.1) }).prefault({}),
  /** Whether organisms carry the instruction by which a model changes their children, and hand it on. */
  mutationPrompts: z.boolean().default(true),
  /** Share of mutations in which the model rewrites that instruction too. */
  promptRate: z.number().min(0).max(1).default(0.1),
  temperature: z.number().min(0).max(2).default(0.8),
  /** Whether pairs of operator and model are chosen by what became of the children that they wrote, in the place of `mix`. */
  bandit: z.boolean().default(false),
  /** Offspring that a child must have more for each unit of what it cost to write. */
  costWeight: z.number().min(0).max(1000).default(0),
  costUnit: z.enum(['kilotokens', 'dollars']).default('kilotokens'),
}).refine(({ mix }) => mix.mutate + mix.crossover + mix.invent > 0, { path: ['mix'], message: 'one of the operators needs a weight above 0' });
export type LanguageOptions = z.infer<typeof languageOptions>;
