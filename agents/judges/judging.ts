import type { Judging as JudgingSource } from '../../core/advance.ts';
import type { TickEvent } from '../../core/events/event.ts';
import type { Judgement as JudgementResult } from '../../core/kernel/delivery.ts';
import type { Packable } from '../../core/kernel/packed.ts';
import { drawn, purpose, seedKey, threefry } from '../../core/kernel/random.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import type { JudgeQuestion } from '../../core/kernel/world.ts';
import type { Simulation } from '../../core/simulation.ts';
import { boundedReason } from '../model/reason.ts';
import type { ModelService } from '../model/task.ts';
import { createJudge, type JudgeOptions, type Judgement, type JudgeWay } from './judge.ts';

/** Loaded, it asks again for what is still to be answered. */
export interface Judging extends JudgingSource, Saveable {
  /** Judgements asked for and not answered yet. */
  readonly inFlight: number;
  /** Newborns that were to be judged so far, how many of them had a genome that was judged before, and the ways in which answers came. */
  readonly begun: number;
  readonly shared: number;
  readonly ways: Readonly<Record<JudgeWay, number>>;
  /** Judged worth of a living organism, from the moment in which it took effect; undefined for one that was not judged. */
  worthOf(organism: number): number | undefined;
  /** Stops judging; what is unanswered ends as fallbacks. The service is its owner's to close. */
  close(): void;
}

export interface JudgingOptions {
  simulation: Simulation;
  service: ModelService;
  options?: JudgeOptions;
}

/** Genomes whose judgements are remembered. */
const REMEMBERED = 10_000;
/** Ticks for which a program is not asked about again when there was no budget for it. */
const POOR_TICKS = 200;

/** A program that is asked about, and what came of it once it is there. */
interface Case { readonly program: string; readonly due: number; readonly judgement: Promise<Judgement>; came: Judgement | null }

/** Ends one newborn's waiting. */
type End = (result: JudgementResult) => void;

/**
 * Judges the newborns of a world by what its question says of their programs. Equal programs are asked about once: the request for a
 * program, seed included, is the same whoever bears it. A judgement that failed is forgotten when the record says so (one that there was
 * no budget for, some time later), and the next bearer's is asked for afresh; so what is asked depends on the events alone.
 */
export function createJudging({ simulation, service, options = {} }: JudgingOptions): Judging {
  const { world, kernel: { genomes } } = simulation;
  const { question } = world;
  const judge = createJudge(service, options);
  const about = aboutWorld(world);
  const key = seedKey(simulation.seed, purpose.judgement);
  const known = new Map<string, Case>();
  /** What those wait for who have not collected yet. */
  const awaited = new Map<number, Case>();
  /** Which program is asked about for whom, until it is answered in the record. */
  const askedFor = new Map<number, string>();
  /** Programs that there was no budget for, oldest first. */
  const unpaid: { readonly program: string; readonly until: number }[] = [];
  const pending = new Map<number, Promise<JudgementResult>>();
  const waiting = new Map<End, number>();
  /** Living newborns whose judgement has not taken effect. */
  const unjudged = new Set<number>();
  const worths = new Map<number, number>();
  const ways: Record<JudgeWay, number> = { logprobs: 0, rating: 0, votes: 0 };
  let begun = 0;
  let shared = 0;

  function hear({ tick, commands, judgings, deaths }: TickEvent): void {
    for (const { command } of commands) {
      if (command.kind !== 'judge') continue;
      // of one who died before it was judged nothing is kept
      if (unjudged.delete(command.organism) && command.worth !== null) worths.set(command.organism, command.worth);
      // answered, if not by us
      pending.delete(command.organism);
      awaited.delete(command.organism);
      const program = askedFor.get(command.organism);
      askedFor.delete(command.organism);
      if (program === undefined || command.worth !== null) continue;
      if (command.outcome === 'budget') unpaid.push({ program, until: tick + POOR_TICKS });
      else known.delete(program);
    }
    while (unpaid.length > 0 && unpaid[0]!.until <= tick) known.delete(unpaid.shift()!.program);
    for (let i = 0; i < judgings.count; i++) begin(judgings.organism[i]!, judgings.dueAt[i]!, rulesOf(genomes.text(judgings.genome[i]!)));
    for (let i = 0; i < deaths.count && worths.size + unjudged.size > 0; i++) {
      worths.delete(deaths.id[i]!);
      unjudged.delete(deaths.id[i]!);
    }
  }

  function begin(organism: number, dueAt: number, program: string): void {
    begun++;
    unjudged.add(organism);
    if (question === undefined) {
      pending.set(organism, Promise.resolve(nothing(organism, `the world "${world.name}" has no question for a judge`)));
      return;
    }
    let one = known.get(program);
    if (one === undefined) {
      one = ask(question, program, dueAt);
      known.set(program, one);
      askedFor.set(organism, program);
      for (const oldest of known.keys()) {
        if (known.size <= REMEMBERED) break;
        known.delete(oldest);
      }
    } else shared++;
    waitFor(organism, one);
  }

  function ask({ name, text, labels }: JudgeQuestion, program: string, due: number): Case {
    const judgement = judge.ask({ name, question: text, labels, about, text: program, due, seed: seedOf(program) });
    const one: Case = { program, due, judgement, came: null };
    void judgement.then((came) => {
      one.came = came;
      if ('way' in came) ways[came.way]++;
    }, () => undefined);
    return one;
  }

  /** A draw for a program, the same whoever bears it and whenever. */
  function seedOf(program: string): number {
    let [a, b] = key;
    for (let i = 0; i < program.length; i += 4) {
      threefry(a, b, program.charCodeAt(i) | ((program.charCodeAt(i + 1) || 0) << 16), (program.charCodeAt(i + 2) || 0) | ((program.charCodeAt(i + 3) || 0) << 16));
      a = drawn[0]!;
      b = drawn[1]!;
    }
    return a >>> 1;
  }

  function waitFor(organism: number, one: Case): void {
    const { judgement } = one;
    awaited.set(organism, one);
    let settle: End = () => undefined;
    pending.set(organism, new Promise<JudgementResult>((resolve) => { settle = resolve; }));
    const end: End = (result) => { if (waiting.delete(end)) settle(result); };
    waiting.set(end, organism);
    judgement.then(
      (came) => end(resultOf(organism, came)),
      (error: unknown) => end(nothing(organism, error instanceof Error ? error.message : String(error))),
    );
  }

  function save(): Packable {
    const now = simulation.kernel.tick;
    const all = [...new Set([...known.values(), ...awaited.values()])];
    const counted = { ...ways };
    // what has been due is answered; what is to come is asked for again, and counted again
    for (const { due, came } of all) if (due > now && came !== null && 'way' in came) counted[came.way]--;
    return {
      cases: all.map(({ program, due, came }) => ({ program, due, came: due <= now ? came : null })) as unknown as Packable,
      known: [...known.values()].map((one) => all.indexOf(one)), awaited: [...awaited].map(([organism, one]) => [organism, all.indexOf(one)]),
      askedFor: [...askedFor], unpaid, unjudged: [...unjudged], worths: [...worths], ways: counted, begun, shared,
    };
  }

  function load(saved: unknown): void {
    const state = saved as {
      cases: { program: string; due: number; came: Judgement | null }[]; known: number[]; awaited: [number, number][]; askedFor: [number, string][];
      unpaid: { program: string; until: number }[]; unjudged: number[]; worths: [number, number][]; ways: typeof ways; begun: number; shared: number;
    };
    ({ begun, shared } = state);
    Object.assign(ways, state.ways);
    const all = state.cases.map((one): Case => (one.came === null && question !== undefined ? ask(question, one.program, one.due)
      : { ...one, judgement: Promise.resolve(one.came ?? { outcome: 'fallback', reason: 'nobody was asked' } as Judgement) }));
    for (const at of state.known) known.set(all[at]!.program, all[at]!);
    for (const [organism, at] of state.awaited) waitFor(organism, all[at]!);
    for (const [organism, program] of state.askedFor) askedFor.set(organism, program);
    unpaid.push(...state.unpaid);
    for (const organism of state.unjudged) unjudged.add(organism);
    for (const [organism, worth] of state.worths) worths.set(organism, worth);
  }

  const listening = simulation.events$.subscribe((event) => { if (event.kind === 'tick') hear(event); });

  return {
    get inFlight() { return waiting.size; },
    get begun() { return begun; },
    get shared() { return shared; },
    ways,
    worthOf: (organism) => worths.get(organism),
    save, load,
    collect(organism) {
      const judgement = pending.get(organism);
      pending.delete(organism);
      return judgement ?? Promise.resolve(nothing(organism, 'nobody was asked'));
    },
    close() {
      listening.unsubscribe();
      for (const [end, organism] of [...waiting]) end(nothing(organism, 'the run was stopped'));
    },
  };
}

/** The lines of a genome that behave. What else it carries is no behaviour, and could be written to please a judge. */
export function rulesOf(genome: string): string {
  return genome.split('\n').filter((line) => /^(when|otherwise)\b/.test(line)).join('\n') || genome;
}

/** What a judge must know of a world to understand its programs. */
export function aboutWorld({ title, sentence, vocabulary }: Simulation['world']): string {
  return [
    `The text is the program of a creature in the world "${title}". ${sentence}`,
    'In every tick the rules are tried from the top; the first whose condition holds acts, and the last, "otherwise", acts when none does.',
    `Acts: ${vocabulary.acts.map((act) => `${act.name}: ${act.sentence}`).join(' ')}`,
  ].join('\n');
}

function resultOf(organism: number, judgement: Judgement): JudgementResult {
  if (!('probability' in judgement)) return { ...nothing(organism, judgement.reason), outcome: judgement.outcome };
  const { outcome, probability, problem } = judgement;
  return { organism, outcome, worth: Math.min(1, Math.max(0, probability)), reason: boundedReason(problem) };
}

function nothing(organism: number, reason: string): JudgementResult {
  return { organism, outcome: 'fallback', worth: null, reason: boundedReason(reason) };
}
