/**
 * The embedded model through our door, against llama.cpp called directly in a process of its own: the same file, prompts
 * (those of the operators for conceptions of a seeded meadow), slots, thread and sampling. Rounds alternate, so that
 * what else the machine does falls on both; a share is the median of the rounds' ratios, and beside it the least. Where the system
 * tells it (Linux), tokens are counted by seconds of processor time too, of every process that took part: on one thread
 * that is what a machine with nothing else to do would show.
 * Run: npm run bench embedded (minutes); one part is run by `tsx test/bench/embedded.ts PART` (1, 2, default, first, kinds).
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { purpose, RandomStream, seedKey } from '../../core/kernel/random.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { Simulation } from '../../core/simulation.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { judgeTask } from '../../agents/judges/tasks.ts';
import { mindSystem } from '../../agents/minds/prompt.ts';
import { openDoor, type ChatMessage, type ModelDoor } from '../../agents/model/door.ts';
import { findWeights, weightsFacts } from '../../agents/model/weights.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import { crossoverTask, mutateTask } from '../../agents/operators/tasks.ts';
import { lifeInWords, type ParentExample } from '../../agents/operators/words.ts';
import { findWorld } from '../../worlds/index.ts';
import { median } from './statistics.ts';

export interface Prompt { messages: ChatMessage[]; grammar: string | undefined; seed: number }
export interface Batch { prompts: Prompt[]; maxTokens: number; temperature: number }
/** Tokens are summed over the batch. */
export interface Measured { seconds: number; prompt: number; written: number }
interface Round extends Measured { cpuSeconds: number }

const ROUNDS = 5;
const world = findWorld('meadow');
const form = programForm(world.vocabulary);
const random = new RandomStream(seedKey(1, purpose.sampling), 0);
const families = conceptions();

/** The parents of some children of a meadow: small and seeded, from its first ticks to when it has evolved a little. */
function conceptions(): ParentExample[][] {
  const genomes = createInstincts(world.vocabulary);
  const simulation = new Simulation({ world, seed: 1, genomes, parameters: resolveParameters(world.parameters, { size: 64 }) });
  const found: ParentExample[][] = [];
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { conceptions: all } = event;
    for (let i = 0; i < all.count; i++) {
      const life = (age: number, energy: number, children: number) => lifeInWords({ age, energy, children });
      const family = [{ genome: genomes.text(all.parentGenome[i]!), life: life(all.parentAge[i]!, all.parentEnergy[i]!, all.parentChildren[i]!) }];
      if (all.partner[i] !== NOBODY) family.push({ genome: genomes.text(all.partnerGenome[i]!), life: life(all.partnerAge[i]!, all.partnerEnergy[i]!, all.partnerChildren[i]!) });
      found.push(family);
    }
  });
  for (let tick = 0; tick < 1000; tick++) simulation.step();
  return found;
}

/** Half mutations, half crossovers of two parents. */
function prompts(count: number, bound: boolean): Prompt[] {
  return Array.from({ length: count }, (_, i) => {
    const [parent, partner] = random.pick(families);
    const asking = { style: 'zero-shot', temperature: 0.8, seed: random.below(2 ** 31), due: 0 } as const;
    const { request } = i % 2 === 0
      ? mutateTask(form, { parent: parent!, instruction: random.pick(form.seedPrompts), prompt: null, rewrite: false }, asking)
      : crossoverTask(form, { parents: [parent!, partner ?? random.pick(families)[0]!], prompt: null }, asking);
    return { messages: request.messages, grammar: bound ? request.grammar : undefined, seed: request.seed };
  });
}

async function throughDoor(door: ModelDoor, { prompts: asked, maxTokens, temperature }: Batch, atOnce: number): Promise<Measured> {
  const queue = [...asked];
  const result: Measured = { seconds: 0, prompt: 0, written: 0 };
  const from = performance.now();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { messages, grammar, seed } = next;
      const reply = await door.complete({ messages, maxTokens, temperature, seed, ...(grammar === undefined ? {} : { grammar }) });
      result.prompt += reply.promptTokens;
      result.written += reply.completionTokens;
    }
  }));
  result.seconds = (performance.now() - from) / 1000;
  return result;
}

async function startDirect(path: string, slots: number): Promise<ChildProcess> {
  const child = fork(new URL('./embedded-direct.ts', import.meta.url), [], { execArgv: ['--import', 'tsx'] });
  child.send({ kind: 'load', path, slots });
  await once(child, 'message');
  return child;
}

async function direct(child: ChildProcess, batch: Batch): Promise<Measured> {
  child.send({ kind: 'run', batch });
  return (await once(child, 'message') as [Measured])[0];
}

/** Processor time of this process and its children, in seconds; NaN where the system does not tell. */
function processorTime(): { own: number; children: Map<number, number> } {
  const { user, system } = process.cpuUsage();
  const children = new Map<number, number>();
  if (process.platform === 'linux') {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        // The name in brackets may hold anything; behind it come state, parent, and as 12th and 13th user and system time in hundredths.
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').map(Number);
        if (fields[1] === process.pid) children.set(Number(pid), (fields[11]! + fields[12]!) / 100);
      } catch { /* It ended meanwhile. */ }
    }
  }
  return { own: (user + system) / 1e6, children };
}

async function costing<T>(work: () => Promise<T>): Promise<T & { cpuSeconds: number }> {
  const before = processorTime();
  const result = await work();
  const after = processorTime();
  let cpuSeconds = after.children.size === 0 ? NaN : after.own - before.own;
  for (const [pid, seconds] of after.children) cpuSeconds += seconds - (before.children.get(pid) ?? 0);
  return { ...result, cpuSeconds };
}

/** `slots` side by side on both sides; without a number of slots the door is as it is by default, against two side by side. */
async function rates(path: string, slots: number | undefined): Promise<void> {
  const sideBySide = slots ?? 2;
  const child = await startDirect(path, sideBySide);
  const door = await openDoor({ model: 'embedded', ...(slots === undefined ? {} : { slots }) });
  for (const bound of [false, true]) {
    const ours: Round[] = [];
    const theirs: Round[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const batch: Batch = { prompts: prompts(4, bound), maxTokens: 64, temperature: 0.8 };
      if (round % 2 === 0) theirs.push(await costing(() => direct(child, batch)));
      ours.push(await costing(() => throughDoor(door, batch, sideBySide)));
      if (round % 2 === 1) theirs.push(await costing(() => direct(child, batch)));
    }
    // the first round warms both up
    const line = (rate: (one: Round) => number) => {
      const shares = ours.slice(1).map((one, i) => rate(one) / rate(theirs[i + 1]!));
      return `${[theirs, ours].map((all) => median(all.slice(1).map(rate)).toFixed(1).padStart(7)).join(' ')} ${percent(median(shares))} ${percent(Math.min(...shares))}`;
    };
    const name = `${String(slots ?? 'default').padEnd(8)} ${bound ? 'grammar' : 'free   '}`;
    console.log(`${name} a second           | ${line((one) => one.written / one.seconds)} | ${line((one) => (one.prompt + one.written) / one.seconds)}`);
    console.log(`${name} a processor second | ${line((one) => one.written / one.cpuSeconds)} | ${line((one) => (one.prompt + one.written) / one.cpuSeconds)}`);
  }
  await door.close();
  child.disconnect();
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`.padStart(8);
}

interface Timed { ms: number; cpuMs: number }

/** Replies are whole, so a call that writes one token takes the time to the first token. */
async function timed(door: ModelDoor, { messages, grammar, seed }: Prompt): Promise<Timed> {
  const from = performance.now();
  const { cpuSeconds } = await costing(() => door.complete({ messages, maxTokens: 1, temperature: 0.8, seed, ...(grammar === undefined ? {} : { grammar }) }));
  return { ms: performance.now() - from, cpuMs: cpuSeconds * 1000 };
}

/** A fresh engine's first call against its later ones, which have the same system message and other parents. */
async function firstTokens(): Promise<void> {
  const first: Timed[] = [];
  const later: Timed[][] = [[], []];
  for (let start = 0; start < 3; start++) {
    const door = await openDoor({ model: 'embedded' });
    const [opening, ...others] = prompts(13, true);
    first.push(await timed(door, opening!));
    for (const [i, other] of others.entries()) later[(i + 1) % 2]!.push(await timed(door, other));
    await door.close();
  }
  for (const [i, kind] of ['mutations', 'crossovers', 'both'].entries()) {
    const calls = later[i] ?? later.flat();
    for (const [unit, time] of [['ms', ({ ms }: Timed) => ms], ['ms of processor', ({ cpuMs }: Timed) => cpuMs]] as const) {
      const base = median(first.map(time));
      const times = calls.map(time);
      console.log(`${kind}: first call ${base.toFixed(0)} ${unit}, later ones median ${median(times).toFixed(0)} = ${percent(median(times) / base).trim()}, most ${percent(Math.max(...times) / base).trim()}`);
    }
  }
}

/** Operators, minds and judges in turn: three system messages on two slots. */
async function kinds(): Promise<void> {
  const door = await openDoor({ model: 'embedded' });
  const mind = mindSystem(world, { plan: false, intent: true, message: true, rewrite: false, maxRules: 6 });
  const ask = (kind: number): Prompt => {
    const { genome } = random.pick(families)[0]!;
    if (kind === 0) return prompts(1, true)[0]!;
    if (kind === 1) return { messages: [{ role: 'system', content: mind }, { role: 'user', content: `Your instincts:\n${genome}\n\nWhat now?` }], grammar: undefined, seed: 1 };
    const judged = judgeTask({ name: 'interesting', question: 'Is this program interesting?', labels: ['yes', 'no'], text: genome, about: form.language });
    return { messages: judged.request.messages, grammar: undefined, seed: 1 };
  };
  for (const [kind, name] of ['operator', 'mind', 'judge'].entries()) console.log(`${name}: first call ${shown(await timed(door, ask(kind)))}`);
  const later: Timed[][] = [[], [], []];
  for (let i = 0; i < 15; i++) later[i % 3]!.push(await timed(door, ask(i % 3)));
  for (const [kind, name] of ['operator', 'mind', 'judge'].entries()) console.log(`${name}: later calls in turn, median ${shown({ ms: median(later[kind]!.map(({ ms }) => ms)), cpuMs: median(later[kind]!.map(({ cpuMs }) => cpuMs)) })}`);
  await door.close();
}

function shown({ ms, cpuMs }: Timed): string {
  return `${ms.toFixed(0)} ms, ${cpuMs.toFixed(0)} of processor`;
}

const weights = await findWeights();
const asked = process.argv.slice(2);
const wants = (part: string) => asked.length === 0 || asked.includes(part);
if (weights === null) console.log(`${weightsFacts.file} is not there: run lichen model fetch first.`);
else {
  console.log('slots, decoding  tokens              | written: direct, door, share, least | prompt and written: direct, door, share, least');
  for (const slots of [1, 2, undefined]) if (wants(String(slots ?? 'default'))) await rates(weights.path, slots);
  if (wants('first')) {
    console.log('\ntime to the first token');
    await firstTokens();
  }
  if (wants('kinds')) {
    console.log('\nthree kinds of prompt on the two slots of the default');
    await kinds();
  }
}
