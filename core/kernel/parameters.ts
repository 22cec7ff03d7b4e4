import { z } from 'zod';
import type { ParameterSchema, Parameters } from './world.ts';

export interface ParameterOptions {
  title: string;
  /** One sentence: what turning it does. */
  sentence: string;
  min: number;
  max: number;
  default: number;
  /** Smallest sensible change; 1 makes it a whole number. */
  step: number;
  unit?: string;
  /** False when it is fixed once the run has begun. */
  live?: boolean;
  /** True when it means something only where a language model is asked. */
  ofModel?: boolean;
}

type Described = z.ZodDefault<z.ZodNumber>;

function describe(options: ParameterOptions, pressure: boolean): Described {
  const number = options.step === 1 ? z.int() : z.number();
  return number.min(options.min).max(options.max).default(options.default).meta({
    title: options.title, description: options.sentence, unit: options.unit ?? '', step: options.step, live: options.live ?? true,
    pressure, ofModel: options.ofModel ?? false,
  });
}

/** A number that a run can be given. */
export function parameter(options: ParameterOptions): Described {
  return describe(options, false);
}

/** A parameter that makes some heritable trait pay, and that a person may turn while the world runs. */
export function pressure(options: ParameterOptions): Described {
  return describe(options, true);
}

/** Parameters that every world has, because the kernel itself reads them. */
export const commonParameters = {
  capacity: parameter({ title: 'Capacity', sentence: 'Most organisms and unborn children that the world holds; beyond it nobody conceives.',
    min: 16, max: 4_000_000, default: 20_000, step: 1, live: false }),
  gestation: parameter({ title: 'Gestation', sentence: 'Ticks from conception to birth; the time a model has to write the child.',
    min: 1, max: 1000, default: 20, step: 1, unit: 'ticks', live: false }),
  mutationRate: pressure({ title: 'Mutation rate', sentence: 'Chance that a child by the classical operator differs from its parent by mutation.',
    min: 0, max: 1, default: 0.25, step: 0.01 }),
  crossoverRate: pressure({ title: 'Crossover rate', sentence: 'Chance that a child of two parents recombines their genomes instead of taking the first.',
    min: 0, max: 1, default: 1, step: 0.01 }),
  immigration: pressure({ title: 'Immigration', sentence: 'Elites of the archive that enter the world in a thousand ticks, on average.',
    min: 0, max: 1000, default: 0, step: 1, unit: 'per 1,000 ticks' }),
  novelty: pressure({ title: 'Novelty', sentence: 'Energy that a life gains when its measures are new by then, and loses when they are what others were before it.',
    min: 0, max: 50, default: 0, step: 0.5, unit: 'energy' }),
  localCompetition: pressure({ title: 'Local competition', sentence: 'Energy that a life gains when it has done better than all earlier lives most like it, and loses when better than none.',
    min: 0, max: 50, default: 0, step: 0.5, unit: 'energy' }),
  appraisalAge: parameter({ title: 'Age of appraisal', sentence: 'Age at which a life is appraised for novelty and local competition.',
    min: 1, max: 10_000, default: 60, step: 1, unit: 'ticks', live: false }),
  modelShare: pressure({ title: 'Children by model', sentence: 'Share of conceptions whose genome the language model is asked to write.',
    min: 0, max: 1, default: 0, step: 0.0001, ofModel: true }),
  deliberation: pressure({ title: 'Deliberation', sentence: 'Chance that an organism begins a thought in a tick: the language model is asked what it will do.',
    min: 0, max: 0.05, default: 0, step: 0.0001, ofModel: true }),
  reactionTime: parameter({ title: 'Reaction time', sentence: 'Ticks from the beginning of a thought to its effect; instinct acts meanwhile.',
    min: 1, max: 1000, default: 20, step: 1, unit: 'ticks', live: false, ofModel: true }),
  costOfThought: pressure({ title: 'Cost of thought', sentence: 'Energy that a hundred tokens of thinking cost.',
    min: 0, max: 20, default: 0.5, step: 0.01, unit: 'energy', ofModel: true }),
  inheritRewrites: pressure({ title: 'Inherited rewrites', sentence: 'Whether children inherit the instincts as thought has rewritten them (1, after Lamarck) or as their parent was born with (0, after Darwin).',
    min: 0, max: 1, default: 0, step: 1, ofModel: true }),
  judging: pressure({ title: 'Judging', sentence: 'Share of newborns whose instincts a judge is asked about.',
    min: 0, max: 1, default: 0, step: 0.001, ofModel: true }),
  judgingTime: parameter({ title: 'Judging time', sentence: 'Ticks from birth to judgement.',
    min: 1, max: 1000, default: 20, step: 1, unit: 'ticks', live: false, ofModel: true }),
  acclaim: pressure({ title: 'Acclaim', sentence: 'Energy that the best judgement gives and the worst takes.',
    min: 0, max: 50, default: 0, step: 0.5, unit: 'energy', ofModel: true }),
};

export interface ParameterFacts {
  key: string; title: string; sentence: string; unit: string;
  min: number; max: number; step: number; initial: number;
  pressure: boolean; live: boolean; ofModel: boolean;
}

const stored = z.object({
  title: z.string(), description: z.string(), unit: z.string(), step: z.number(), live: z.boolean(), pressure: z.boolean(), ofModel: z.boolean(),
  minimum: z.number(), maximum: z.number(), default: z.number(),
});

/** A schema does not change, and to read it takes as long as a tick: schedules set parameters in every one. */
const known = new WeakMap<ParameterSchema, readonly ParameterFacts[]>();

/** What the schema says of each parameter, for help, sliders and prompts. */
export function parameterFacts(schema: ParameterSchema): ParameterFacts[] {
  let facts = known.get(schema);
  if (facts === undefined) known.set(schema, facts = readFacts(schema));
  return [...facts];
}

function readFacts(schema: ParameterSchema): ParameterFacts[] {
  const json = z.toJSONSchema(schema, { io: 'input' }) as { properties: Record<string, unknown> };
  return Object.entries(json.properties).map(([key, value]) => {
    const facts = stored.parse(value);
    return { key, title: facts.title, sentence: facts.description, unit: facts.unit, min: facts.minimum, max: facts.maximum,
      step: facts.step, initial: facts.default, pressure: facts.pressure, live: facts.live, ofModel: facts.ofModel };
  });
}

/**
 * A parameter's new value, checked. Throws an error with one sentence when the key is unknown, the value is out of
 * range or no number, or the parameter cannot be changed any more.
 */
export function checkParameter(schema: ParameterSchema, key: string, value: unknown, running: boolean): number {
  const facts = parameterFacts(schema);
  const fact = facts.find((candidate) => candidate.key === key);
  if (fact === undefined) {
    throw new Error(`There is no parameter "${key}"; the parameters are ${facts.map((each) => each.key).join(', ')}.`);
  }
  if (running && !fact.live) throw new Error(`${key} can only be chosen before the run; give it with --set ${key}=… when you start.`);
  const result = schema.shape[key]!.safeParse(value);
  if (!result.success || typeof value !== 'number') {
    const whole = fact.step === 1 ? 'a whole number' : 'a number';
    throw new Error(`${key} is ${typeof value === 'number' ? value : JSON.stringify(value)}, but must be ${whole} from ${fact.min} to ${fact.max}.`);
  }
  return result.data;
}

/** All parameters: the defaults, with the given ones over them, each checked. */
export function resolveParameters(schema: ParameterSchema, given: Record<string, unknown>): Parameters {
  const values = schema.parse({}) as Record<string, number>;
  for (const [key, value] of Object.entries(given)) values[key] = checkParameter(schema, key, value, false);
  return values;
}
