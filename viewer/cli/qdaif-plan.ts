import { existsSync, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { readDomain, type Domain } from '../../worlds/salon/domain.ts';
import { domains } from '../../worlds/salon/domains.ts';
import { findMethod, methodNames, type MethodName } from '../../worlds/salon/methods.ts';
import { Failure, fileProblem, messageOf, orFail } from './failure.ts';
import { findJsonFault } from './json-place.ts';

export interface QdaifFlags {
  domain?: string;
  method?: string;
  methods?: string;
  iterations?: number;
  seeds?: number;
  firstSeed?: number;
  init?: string;
  temperature?: number;
  rejudge?: number;
  repeats?: number;
  model?: string;
  out?: string;
  replay?: string;
  resume?: boolean;
  json?: boolean;
  /** Without page. */
  headless?: boolean;
  port?: number;
  /** A recorded experiment to look at again. */
  view?: string;
  budgetCalls?: number;
  budgetTokens?: number;
  budgetDollars?: number;
  prices?: string;
  /** Says what the experiment would ask and cost, and makes nothing. */
  estimate?: boolean;
}

/** All that decides what comes of an experiment, but for the model's replies. */
export interface QdaifPlan {
  domain: Domain;
  methods: MethodName[];
  seeds: number[];
  iterations: number;
  init: 'seeded' | 'zero-shot';
  temperature: number;
  /** Judgements of each elite after a run. */
  rejudge: number;
  /** Ratings that are averaged where the model gives no log-probabilities. */
  repeats: number;
  /** As in a spec; null for the default. */
  model: string | null;
}

const FORMAT = 'lichen-qdaif';
const VERSION = 1;
const MOST_BYTES = 1 << 20;

const stored = z.strictObject({
  format: z.literal(FORMAT), version: z.literal(VERSION),
  domain: z.unknown(), methods: z.array(z.string()).min(1), seeds: z.array(z.int().min(0)).min(1), iterations: z.int().min(1), init: z.enum(['seeded', 'zero-shot']),
  temperature: z.number().min(0).max(2), rejudge: z.int().min(0), repeats: z.int().min(1), model: z.string().nullable(),
});

/** The plan of a new experiment. Throws a failure with one sentence. */
export function planQdaif(flags: QdaifFlags): QdaifPlan {
  const { domain, iterations = 2000, seeds = 5, firstSeed = 1, temperature = 0.8, rejudge = 3, repeats = 3, model } = flags;
  if (domain === undefined) throw new Failure(`--domain is missing: name ${domains.map(({ name }) => name).join(', ')}, or a JSON file with a domain of your own.`);
  return {
    domain: findDomain(domain), methods: methodsOf(flags) ?? ['lmx-near'], seeds: seedList(firstSeed, seeds), iterations,
    init: flags.init === undefined ? 'seeded' : beginningOf(flags.init), temperature, rejudge, repeats, model: model ?? null,
  };
}

/** The plan of a recorded experiment with what the flags change of it: more seeds, methods or iterations may be asked for later. */
export function amendPlan(held: QdaifPlan, flags: QdaifFlags): QdaifPlan {
  if (flags.domain !== undefined) {
    const domain = findDomain(flags.domain);
    if (JSON.stringify(domain) !== JSON.stringify(held.domain)) throw new Failure(`--domain is ${flags.domain}, but what is recorded is of ${held.domain.name}, or of an earlier form of it; leave out --domain to go on with that.`);
  }
  for (const [flag, given, was] of [['--init', flags.init, held.init], ['--temperature', flags.temperature, held.temperature], ['--repeats', flags.repeats, held.repeats]] as const) {
    if (given !== undefined && given !== was) throw new Failure(`${flag} is ${given}, but what is recorded was begun with ${was}; leave it out.`);
  }
  const { seeds, firstSeed } = flags;
  return {
    ...held, methods: methodsOf(flags) ?? held.methods, iterations: flags.iterations ?? held.iterations, rejudge: flags.rejudge ?? held.rejudge, model: flags.model ?? held.model,
    seeds: seeds === undefined && firstSeed === undefined ? held.seeds : seedList(firstSeed ?? held.seeds[0]!, seeds ?? held.seeds.length),
  };
}

function seedList(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function methodsOf({ method, methods }: QdaifFlags): MethodName[] | undefined {
  if (method !== undefined && methods !== undefined) throw new Failure(`--method is ${method} and --methods is ${methods}; leave out one of them.`);
  const given = methods ?? method;
  if (given === undefined) return undefined;
  if (given === 'all') return [...methodNames];
  const names = given.split(',').map((each) => each.trim()).filter((each) => each !== '');
  if (names.length === 0) throw new Failure(`--methods names none; there are ${methodNames.join(', ')}.`);
  return [...new Set(names.map((name) => orFail(() => findMethod(name)).name))];
}

function beginningOf(init: string): QdaifPlan['init'] {
  if (init !== 'seeded' && init !== 'zero-shot') throw new Failure(`--init is "${init}", but must be seeded or zero-shot.`);
  return init;
}

function findDomain(named: string): Domain {
  const builtIn = domains.find(({ name }) => name === named);
  if (builtIn !== undefined) return builtIn;
  if (!existsSync(named)) {
    throw new Failure(`There is no domain "${named}" and no such file; there are ${domains.map(({ name }) => name).join(', ')}, or name a JSON file with a domain of your own.`);
  }
  const value = readJson(named, 'The domain file');
  try {
    return readDomain(value);
  } catch (error) {
    throw new Failure(`The domain file ${named} is refused: ${messageOf(error)}.`);
  }
}

function readJson(file: string, what: string): unknown {
  let text: string;
  try {
    if (statSync(file).size > MOST_BYTES) throw new Failure(`${what} ${file} is larger than ${MOST_BYTES} bytes, which is no domain.`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${what} ${file} cannot be read: ${fileProblem(error)}.`);
  }
  const fault = findJsonFault(text);
  if (fault !== null) throw new Failure(`${what} ${file} is not JSON: line ${fault.line}, column ${fault.column}, expected ${fault.expected}.`);
  return JSON.parse(text);
}

export function writtenPlan(plan: QdaifPlan): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...plan }, null, 2)}\n`;
}

/** Reads the plan of a recorded experiment. Throws a failure with one sentence. */
export function readPlan(file: string): QdaifPlan {
  const read = stored.safeParse(readJson(file, 'The plan'));
  if (!read.success) {
    const issue = read.error.issues[0]!;
    throw new Failure(`The plan ${file} is refused: ${issue.path.join('.')}: ${issue.message}; it is damaged or of another version.`);
  }
  const { format: _format, version: _version, domain, methods, ...rest } = read.data;
  return { ...rest, domain: orFail(() => readDomain(domain)), methods: methods.map((name) => orFail(() => findMethod(name)).name) };
}
