import { z } from 'zod';
import { parameterFacts, resolveParameters } from '../../core/kernel/parameters.ts';
import { languageOptions } from '../../agents/operators/options.ts';
import { findWorld } from '../../worlds/index.ts';
import { Failure, orFail } from './failure.ts';
import { planRun, readSettings } from './plan.ts';

export const armNames = ['blind', 'llm', 'mixed'] as const;
export type ArmName = (typeof armNames)[number];

/** Most ticks that a run goes on for its births, and after them for the lives to end. */
export const MOST_TICKS = 50_000;
export const MOST_AFTER_TICKS = 2000;

/** What all runs of a trial have in common. Runs made by other plans are not comparable, so a folder has one. */
export const trialPlan = z.strictObject({
  format: z.literal('lichen-trial'),
  version: z.literal(1),
  world: z.string(),
  /** Resolved: every parameter of the world. */
  parameters: z.record(z.string(), z.number()),
  /** Births that are counted in each run. */
  births: z.int().min(1),
  /** Ticks of classical evolution before, the same in every arm. */
  burnIn: z.int().min(0),
  /** Model's share of conceptions in the arm `mixed`. */
  share: z.number().min(0).max(1),
  /** Chance that a child that no model writes is changed by blind operators, while births are counted. */
  mutationRate: z.number().min(0).max(1),
  garden: z.strictObject({ each: z.int(), ticks: z.int(), gardens: z.int() }),
  /** How the model is asked. */
  language: languageOptions,
  /** As it was asked for; null when no arm needs one. */
  model: z.string().nullable(),
});
export type TrialPlan = z.infer<typeof trialPlan>;

export interface TrialFlags {
  arms: string;
  budgetBirths: number;
  seeds: number;
  firstSeed: number;
  burnIn: number;
  share: number;
  mutationRate: number;
  gardens: number;
  set: string[];
  with: string[];
  model?: string;
  prices?: string;
  out?: string;
  replay?: boolean;
  json?: boolean;
}

/**
 * Unless they are set: a world so small that two hundred births are several times its population, and lives so short
 * that many generations fit into them.
 */
const smallWorld: Readonly<Record<string, number>> = { size: 32, patchSize: 8, bareGround: 0.2, scarcity: 0.7, lifespan: 120, founders: 40 };
const GARDEN = { each: 40, ticks: 400 };
/** Where a model would also enter life outside conception. */
const otherRoles = ['deliberation', 'judging'] as const;

/** The arms that were named, in the order of `armNames`. */
export function readArms(text: string): ArmName[] {
  const named = text.split(',').map((name) => name.trim());
  for (const name of named) {
    if (!(armNames as readonly string[]).includes(name)) throw new Failure(`--arms has "${name}", but an arm is ${armNames.slice(0, -1).join(', ')} or ${armNames.at(-1)}; write for example --arms blind,llm.`);
  }
  return armNames.filter((name) => named.includes(name));
}

/** The model's share of conceptions in an arm. */
export function shareOf(arm: ArmName, plan: Pick<TrialPlan, 'share'>): number {
  return arm === 'blind' ? 0 : arm === 'llm' ? 1 : plan.share;
}

/** A trial from what a person typed. Throws a failure with one sentence. */
export function planTrial(worldName: string, flags: TrialFlags): { plan: TrialPlan; arms: ArmName[]; seeds: number[] } {
  const world = orFail(() => findWorld(worldName));
  const arms = readArms(flags.arms);
  const facts = parameterFacts(world.parameters);
  const given = readSettings(worldName, flags.set);
  if (given['modelShare'] !== undefined) throw new Failure(`--set modelShare is ${given['modelShare']}, but in a trial the arms decide it; give the share of the arm mixed with --share.`);
  for (const key of otherRoles) {
    if ((given[key] ?? 0) !== 0) throw new Failure(`--set ${key} is ${given[key]}, but a trial is about the children that a model writes; leave ${key} at 0.`);
  }
  const foreign = flags.with.find((setting) => !setting.trim().startsWith('language.'));
  if (foreign !== undefined) throw new Failure(`--with is "${foreign}", but a trial takes only fields of language, for example --with language.style=few-shot.`);
  const { language } = planRun(worldName, { set: [], with: flags.with });
  const small = Object.fromEntries(Object.entries(smallWorld).filter(([key]) => facts.some((fact) => fact.key === key)));
  const parameters = orFail(() => resolveParameters(world.parameters, { ...small, ...given, modelShare: 0 }));
  const { founders, capacity } = parameters;
  if (founders !== undefined && capacity !== undefined && founders > capacity) {
    throw new Failure(`founders is ${founders}, but capacity is only ${capacity}; raise capacity or lower founders.`);
  }
  if (flags.replay === true && flags.out === undefined) throw new Failure('--replay needs the folder of the trial that is to be replayed; name it with --out.');
  if (flags.replay === true && flags.model !== undefined) throw new Failure(`--model is ${flags.model}, but with --replay the recordings answer; leave out one of them.`);
  const needed = arms.find((arm) => shareOf(arm, flags) > 0);
  if (needed !== undefined && flags.model === 'none') throw new Failure(`--model is none, but the arm ${needed} needs a model; name one, or choose --arms blind.`);
  return {
    arms,
    seeds: Array.from({ length: flags.seeds }, (_, i) => flags.firstSeed + i),
    plan: {
      format: 'lichen-trial', version: 1, world: worldName, parameters: { ...parameters }, births: flags.budgetBirths, burnIn: flags.burnIn,
      share: flags.share, mutationRate: flags.mutationRate, garden: { ...GARDEN, gardens: flags.gardens }, language, model: needed === undefined ? null : flags.model ?? null,
    },
  };
}
