import { measuresOf } from '../../core/measures/catalogue.ts';
import { checkParameter, parameterFacts } from '../../core/kernel/parameters.ts';
import { pointsOf, levelsOf, type FactorValue, type Point } from '../../core/experiments/design.ts';
import { MOST_RUNS, nameOf, seedsOf, type Experiment } from '../../core/experiments/experiment.ts';
import { findWorld } from '../../worlds/index.ts';
import { runSpec, sections, type RunSpec } from '../run-spec.ts';
import { folderName, hashOf } from './experiment-hash.ts';
import { Failure, messageOf } from './failure.ts';
import { resolveSpec } from './plan.ts';
import { summaryOutcomes } from './run-results.ts';

/** One run of an experiment. */
export interface PlannedRun {
  readonly point: Point;
  readonly seed: number;
  /** Resolved, with an end. */
  readonly spec: RunSpec;
  readonly hash: string;
  /** Its folder's name. */
  readonly name: string;
}

export interface ExperimentPlan { readonly experiment: Experiment; readonly runs: readonly PlannedRun[]; /** Outcomes' names in tables. */ readonly outcomes: readonly string[] }

const DEFAULT_TICKS = 1000;
const topLevel: readonly string[] = ['operator', 'model', 'ticks'];
/** Fields of a spec that an experiment says elsewhere. */
const elsewhere: Readonly<Record<string, string>> = { world: 'world', seed: 'seeds', lichen: 'lichen', schedules: 'schedules', stop: 'stop', measures: 'measures', branches: 'factors' };

/** All runs of an experiment, point by point, each with every seed. Throws a failure that names the field at fault. */
export function planExperiment(experiment: Experiment, file: string): ExperimentPlan {
  const { world, factors, design, base } = experiment;
  const refuse = (problem: string): never => { throw new Failure(`The experiment file ${file} does not describe an experiment: ${problem.replace(/[.;]$/, '')}; correct it.`); };
  const told = <T>(where: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      return refuse(`${where}${messageOf(error)}`);
    }
  };
  const { parameters: schema } = told('world: ', () => findWorld(world));
  const facts = parameterFacts(schema);
  for (const field of Object.keys(base)) if (elsewhere[field] !== undefined) refuse(`base.${field} is said by the experiment's ${elsewhere[field]}, not in base`);
  const { measures, parameters } = told('', () => parsedSpec(experiment, {}, 1));
  for (const [key, value] of Object.entries(parameters)) told(`base.parameters.${key}: `, () => checkParameter(schema, key, value, false));
  const measured = measuresOf(findWorld(world), measures).map(({ name }) => name);
  const checkMeasure = (field: string, name: string): void => {
    if (!measured.includes(name)) refuse(`${field}: there is no measure "${name}" among those that are wanted, which are ${measured.join(', ')}`);
  };
  experiment.outcomes.forEach(({ name, over }, i) => {
    if (!summaryOutcomes.includes(name)) return checkMeasure(`outcomes.${i}`, name);
    if (over !== 'last') refuse(`outcomes.${i}.over: ${name} is of the run's end alone; a measure can be taken over the whole run`);
  });
  if (experiment.stop.measure !== undefined) checkMeasure('stop.measure.name', experiment.stop.measure.name);
  factors.forEach((factor, i) => {
    if (!isKey(factor.key, facts.map(({ key }) => key))) {
      refuse(`factors.${i}.key: "${factor.key}" is neither a parameter of ${world} nor ${topLevel.join(', ')} nor a field of a section like language.style; the parameters are ${facts.map(({ key }) => key).join(', ')}`);
    }
    if (!facts.some(({ key }) => key === factor.key)) return;
    const ends = factor.values === undefined ? [['from', factor.from!], ['to', factor.to!]] as const : factor.values.map((value, nth) => [`values.${nth}`, value] as const);
    for (const [field, value] of ends) told(`factors.${i}.${field}: `, () => checkParameter(schema, factor.key, value, false));
  });
  const whole = new Set(facts.filter(({ step }) => step === 1).map(({ key }) => key));
  const seeds = seedsOf(experiment);
  const many = seeds.length * (design.kind === 'latinHypercube' ? design.samples : design.kind === 'grid' ? factors.reduce((product, factor) => product * levelsOf(factor).length, 1) : 1);
  if (many > MOST_RUNS) refuse(`it has ${many} runs, and may have ${MOST_RUNS}`);
  const points = told('', () => pointsOf(factors, design, (key) => whole.has(key)));
  const runs = points.flatMap((point) => seeds.map((seed): PlannedRun => {
    const spec = told(factors.length === 0 ? '' : `${pointWords(point)}: `, () => resolveSpec(parsedSpec(experiment, point, seed)));
    const hash = hashOf(spec);
    return { point, seed, spec, hash, name: folderName(hash) };
  }));
  const first = new Map<string, PlannedRun>();
  for (const run of runs) {
    const same = first.get(run.name);
    if (same !== undefined) refuse(`two of its runs are the same, ${pointWords(same.point)} and ${pointWords(run.point)} with seed ${run.seed}`);
    first.set(run.name, run);
  }
  return { experiment, runs, outcomes: experiment.outcomes.map(nameOf) };
}

/** `scarcity = 0.2, crowding = 0.1`. */
export function pointWords(point: Point): string {
  const words = Object.entries(point).map(([key, value]) => `${key} = ${value}`);
  return words.length === 0 ? 'the run' : words.join(', ');
}

function isKey(key: string, parameters: readonly string[]): boolean {
  const [section, ...rest] = key.split('.');
  return rest.length === 0 ? parameters.includes(key) || topLevel.includes(key) : sections.some((one) => one === section) && rest.every((step) => step !== '');
}

/** The spec of a run at a point, not resolved yet. Throws an error with one sentence where a field is wrong. */
function parsedSpec({ world, base, schedules, stop, measures, factors }: Experiment, point: Point, seed: number): RunSpec {
  const draft: Record<string, unknown> = {
    ticks: DEFAULT_TICKS, ...structuredClone(base), lichen: 1, world, seed, schedules: structuredClone(schedules), stop: structuredClone(stop), ...(measures === undefined ? {} : { measures }),
    // of many runs what each came to is kept; a base may ask for more
    record: { events: false, checkpoints: 2, ...base['record'] as object | undefined },
  };
  for (const [key, value] of Object.entries(point)) set(draft, key.includes('.') || topLevel.includes(key) ? key.split('.') : ['parameters', key], value);
  const parsed = runSpec.safeParse(draft);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`${fieldOf(path, factors, point)}: ${message}`);
}

/** The field of an experiment that a field of a run's spec comes from. */
function fieldOf(path: readonly PropertyKey[], factors: Experiment['factors'], point: Point): string {
  const field = path.join('.');
  const nth = factors.findIndex(({ key }) => key in point && [key, `parameters.${key}`].includes(field));
  if (nth >= 0) {
    const level = factors[nth]!.values?.indexOf(point[factors[nth]!.key]!) ?? -1;
    return `factors.${nth}${level < 0 ? '' : `.values.${level}`}`;
  }
  const ofExperiment = ['schedules', 'stop', 'measures'].includes(String(path[0]));
  return ofExperiment ? field : ['base', ...path].join('.');
}

function set(draft: Record<string, unknown>, path: readonly string[], value: FactorValue): void {
  let place = draft;
  for (const step of path.slice(0, -1)) {
    const next: unknown = Object.hasOwn(place, step) ? place[step] : undefined;
    const fresh = typeof next === 'object' && next !== null ? next as Record<string, unknown> : {};
    Object.defineProperty(place, step, { value: fresh, enumerable: true, configurable: true, writable: true });
    place = fresh;
  }
  Object.defineProperty(place, path.at(-1)!, { value, enumerable: true, configurable: true, writable: true });
}
