import { existsSync, readFileSync, statSync } from 'node:fs';
import { archiveFacts } from '../../core/archive/life-archive.ts';
import { checkParameter, parameterFacts, resolveParameters } from '../../core/kernel/parameters.ts';
import { checkTraits } from '../../core/measures/catalogue.ts';
import { checkSchedules } from '../../core/schedules/driver.ts';
import { specProblem, type OperatorChoice } from '../../core/spec.ts';
import { findWorld, worlds } from '../../worlds/index.ts';
import { MIXED_SHARE } from '../mixed-share.ts';
import { runSpec, sections, type RunSpec } from '../run-spec.ts';
import { Failure, fileProblem, orFail } from './failure.ts';
import { decimal } from './flags.ts';
import { findJsonFault } from './json-place.ts';

const MOST_SPEC_BYTES = 1 << 20;

/** What the command line says of a run; whatever is absent comes from the spec or is the default. */
export interface SpecFlags {
  seed?: number | undefined;
  ticks?: number | undefined;
  operator?: OperatorChoice | undefined;
  model?: string | undefined;
  /** `key=value`, in the order given. */
  set: readonly string[];
  /** `section.field=value`, in the order given. */
  with?: readonly string[] | undefined;
  budgetCalls?: number | undefined;
  budgetTokens?: number | undefined;
  budgetDollars?: number | undefined;
  onBudget?: RunSpec['budget']['policy'] | undefined;
}

/** The spec of a run from what a person typed, every parameter resolved. Throws a failure with one sentence. */
export function planRun(target: string, flags: SpecFlags): RunSpec {
  const named = worlds.some((world) => world.name === target) ? runSpec.parse({ lichen: 1, world: target }) : readSpec(target);
  const spec = withFields(named, [...budgetFields(flags), ...flags.with ?? []]);
  checkSections(spec);
  const operator = flags.operator ?? spec.operator;
  const given = { ...spec.parameters };
  // the share of the model in a spec belongs to that spec's operator
  if (operator !== spec.operator) delete given['modelShare'];
  Object.assign(given, readSettings(spec.world, flags.set));
  const parameters = resolve(spec.world, operator, given);
  checkSchedulesOf(spec, operator);
  const ticks = flags.ticks ?? spec.ticks;
  const model = flags.model ?? spec.model;
  return {
    ...spec, seed: flags.seed ?? spec.seed, operator, parameters,
    ...(ticks === undefined ? {} : { ticks }), ...(model === undefined ? {} : { model }),
  };
}

/** A spec with every parameter resolved. Throws a failure with one sentence where it makes no sense. */
export function resolveSpec(spec: RunSpec): RunSpec {
  checkSections(spec);
  const parameters = resolve(spec.world, spec.operator, spec.parameters);
  checkSchedulesOf(spec, spec.operator);
  return { ...spec, parameters };
}

/** What of a spec's sections depends on the world. */
function checkSections({ world, archive, measures }: RunSpec): void {
  orFail(() => archiveFacts(findWorld(world), archive));
  orFail(() => checkTraits(findWorld(world), measures));
}

function budgetFields({ budgetCalls, budgetTokens, budgetDollars, onBudget }: SpecFlags): string[] {
  return Object.entries({ calls: budgetCalls, tokens: budgetTokens, dollars: budgetDollars, policy: onBudget })
    .flatMap(([field, value]) => (value === undefined ? [] : [`budget.${field}=${value}`]));
}

/** The spec with fields of its sections changed, each given as `section.field=value`. */
function withFields(spec: RunSpec, settings: readonly string[]): RunSpec {
  let changed = spec;
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const path = setting.slice(0, Math.max(0, at)).trim().split('.');
    if (at < 1 || path.length < 2 || !sections.some((section) => section === path[0])) {
      throw new Failure(`--with is "${setting}", but must be section.field=value, for example --with language.style=zero-shot; the sections are ${sections.join(', ')}.`);
    }
    const draft = structuredClone(changed) as unknown as Record<string, unknown>;
    let place = draft;
    for (const step of path.slice(0, -1)) {
      const next: unknown = Object.hasOwn(place, step) ? place[step] : undefined;
      if (typeof next !== 'object' || next === null) throw new Failure(`--with ${setting} names ${path.join('.')}, but there is no ${step} with fields there.`);
      place = next as Record<string, unknown>;
    }
    Object.defineProperty(place, path.at(-1)!, { value: fieldValue(setting.slice(at + 1)), enumerable: true, configurable: true, writable: true });
    const parsed = runSpec.safeParse(draft);
    if (!parsed.success) throw new Failure(`--with ${setting} is refused: ${specProblem(parsed.error)}.`);
    changed = parsed.data;
  }
  return changed;
}

/** JSON where it is JSON, a list where there are commas, else a word. */
function fieldValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.includes(',') ? text.split(',').map((each) => each.trim()) : text.trim();
  }
}

/** Reads `key=value` pairs against a world's parameters; a later one of a key counts. */
export function readSettings(worldName: string, settings: readonly string[]): Record<string, number> {
  const { parameters: schema } = findWorld(worldName);
  const facts = parameterFacts(schema);
  const values: Record<string, number> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw new Failure(`--set is "${setting}", but must be key=value, for example --set ${facts.find((each) => each.pressure)?.key ?? 'key'}=0.5.`);
    const key = setting.slice(0, at).trim();
    const text = setting.slice(at + 1);
    const fact = facts.find((each) => each.key === key);
    const value = decimal(text);
    if (fact !== undefined && value === null) {
      throw new Failure(`--set ${key} is "${text}", but must be ${fact.step === 1 ? 'a whole number' : 'a number'} from ${fact.min} to ${fact.max}.`);
    }
    values[key] = orFail(() => checkParameter(schema, key, value ?? 0, false));
  }
  return values;
}

function resolve(worldName: string, operator: OperatorChoice, given: Record<string, number>): Record<string, number> {
  const { parameters: schema } = findWorld(worldName);
  const fixed = operator === 'classical' ? 0 : operator === 'llm' ? 1 : null;
  const share = given['modelShare'];
  if (fixed !== null && share !== undefined && share !== fixed) {
    throw new Failure(`modelShare is ${share}, but the operator ${operator} makes it ${fixed}; choose --operator mixed to set it.`);
  }
  const parameters = orFail(() => resolveParameters(schema, { ...given, modelShare: fixed ?? share ?? MIXED_SHARE }));
  const { founders, capacity } = parameters;
  if (founders !== undefined && capacity !== undefined && founders > capacity) {
    throw new Failure(`founders is ${founders}, but capacity is only ${capacity}; raise capacity or lower founders.`);
  }
  return parameters;
}

function checkSchedulesOf({ world, schedules }: RunSpec, operator: OperatorChoice): void {
  orFail(() => checkSchedules(findWorld(world).parameters, schedules));
  if (operator !== 'mixed' && schedules['modelShare'] !== undefined) {
    throw new Failure(`schedules.modelShare: the operator ${operator} makes it ${operator === 'llm' ? 1 : 0}; choose --operator mixed to schedule it.`);
  }
}

function readSpec(file: string): RunSpec {
  const facts = existsSync(file) ? statSync(file) : undefined;
  if (facts === undefined) {
    if (!/[./\\]/.test(file)) orFail(() => findWorld(file));
    throw new Failure(`There is no world and no spec file "${file}"; the worlds are ${worlds.map((world) => world.name).join(', ')}, and a spec is a JSON file.`);
  }
  if (facts.size > MOST_SPEC_BYTES) throw new Failure(`The spec file ${file} has ${facts.size} bytes; a spec has at most ${MOST_SPEC_BYTES}.`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`The spec file ${file} cannot be read: ${fileProblem(error)}; name another, or a world.`);
  }
  const fault = findJsonFault(text);
  if (fault !== null) throw new Failure(`The spec file ${file} is not JSON at line ${fault.line}, column ${fault.column}: ${fault.expected} is expected there; correct it.`);
  const value: unknown = JSON.parse(text);
  const parsed = runSpec.safeParse(value);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? [];
    if (path[0] === 'lichen' && typeof valueAt(value, path) === 'number') {
      throw new Failure(`The spec file ${file} is of version ${shown(valueAt(value, path))} and this program reads version 1: use the program that wrote it.`);
    }
    const found = path.length === 0 ? '' : ` (it is ${shown(valueAt(value, path))})`;
    throw new Failure(`The spec file ${file} does not describe a run: ${specProblem(parsed.error)}${found}; correct it.`);
  }
  const spec = parsed.data;
  try {
    const { parameters: schema } = findWorld(spec.world);
    for (const [key, number] of Object.entries(spec.parameters)) checkParameter(schema, key, number, false);
  } catch (error) {
    throw new Failure(`The spec file ${file} does not describe a run: ${error instanceof Error ? error.message : String(error)}`);
  }
  return spec;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  return at;
}

/** A value as it stands in the file, not too long. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
