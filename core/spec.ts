import { z } from 'zod';
import { stopConditions } from './experiments/stop.ts';
import { schedules } from './schedules/schedule.ts';

/** Which operators write children: blind variation, the language model for every child, or the model for a share of them. */
export const operatorChoice = z.enum(['classical', 'llm', 'mixed']);
export type OperatorChoice = z.infer<typeof operatorChoice>;

/** A history that parted from another's: the parameters that were given other values after a tick. */
export const branchSpec = z.strictObject({
  /** Name of the run that it parted from. */
  of: z.string().max(256),
  /** The last tick that they share; what is set is set at the start of the next. */
  at: z.int().min(0),
  set: z.record(z.string().max(64), z.number()),
});
export type BranchSpec = z.infer<typeof branchSpec>;

/** All that a run needs to be run again; with the command log and the recorded replies, to be run again exactly. */
export const runSpec = z.strictObject({
  /** Version of this form. */
  lichen: z.literal(1),
  world: z.string().min(1).max(64),
  seed: z.int().min(0).default(1),
  ticks: z.int().min(1).max(1_000_000_000).optional(),
  operator: operatorChoice.default('classical'),
  /** `none`, `embedded`, a path of a .gguf file, or the name of an endpoint's model. */
  model: z.string().min(1).max(512).optional(),
  parameters: z.record(z.string().max(64), z.number()).default({}),
  /** Where it parted from other runs, the earliest first. */
  branches: z.array(branchSpec).max(1000).default([]),
  /** Parameters that change while it runs, and how. */
  schedules: schedules.default({}),
  /** What ends it besides its ticks. */
  stop: stopConditions.prefault({}),
});
export type RunSpec = z.infer<typeof runSpec>;

/** One sentence for what is wrong with a spec, with the path of the first field at fault. */
export function specProblem(error: z.ZodError): string {
  const issue = error.issues[0]!;
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
