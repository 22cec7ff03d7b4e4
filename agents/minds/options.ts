import { z } from 'zod';

/** How a world's organisms think. Part of a run's spec: strict, every field with a default. */
export const mindOptions = z.strictObject({
  /** What a thought may come to: an intent for the next ticks, a message, a rewrite of the instincts. */
  intent: z.boolean().default(true),
  message: z.boolean().default(true),
  rewrite: z.boolean().default(true),
  /** `chain-of-thought` has a model reason in one line before it answers. */
  style: z.enum(['zero-shot', 'chain-of-thought']).default('zero-shot'),
  /** Most tokens in an answer. */
  maxTokens: z.int().min(16).max(4000).default(220),
  temperature: z.number().min(0).max(2).default(0.7),
  /** Most rules of rewritten instincts, under a grammar. */
  maxRules: z.int().min(1).max(12).default(6),
  /**
   * 0: everyone thinks alone. Else the number of levels that the range of each sense is divided into: organisms with the same genome
   * whose readings fall in the same levels share one deliberation.
   */
  archetypes: z.int().min(0).max(64).default(0),
  /** For how many ticks a deliberation is shared. */
  archetypeTicks: z.int().min(0).max(10_000).default(20),
}).refine(({ intent, message, rewrite }) => intent || message || rewrite, {
  path: ['intent'], message: 'a thought must be allowed to come to something: an intent, a message or a rewrite',
});
export type MindOptions = z.infer<typeof mindOptions>;
