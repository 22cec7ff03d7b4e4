import type { Intent } from '../core/kernel/delivery.ts';
import { Operator, Outcome } from '../core/kernel/tick-events.ts';
import { parameterFacts } from '../core/kernel/parameters.ts';
import type { ActFacts } from '../core/kernel/genomes.ts';
import type { Command } from '../core/events/command.ts';
import type { TickEvent } from '../core/events/event.ts';
import type { Simulation } from '../core/simulation.ts';
import type { LogLine } from './protocol.ts';

export interface NarratorOptions {
  simulation: Simulation;
  /** Who writes children, for sentences. */
  model: string;
  /** Of a command that turns a parameter: whether a person gave it, a schedule that a person has set, or the pace of a live world. */
  origin(seq: number, key: string): 'hand' | 'schedule' | 'pace' | 'other';
  say(tick: number, kind: LogLine['kind'], text: string): void;
}

type Deliver = Extract<Command, { kind: 'deliver' }>;
type Think = Extract<Command, { kind: 'think' }>;
type Judge = Extract<Command, { kind: 'judge' }>;
type Immigrate = Extract<Command, { kind: 'immigrate' }>;
type Reward = Extract<Command, { kind: 'reward' }>;
/** Something that a model was asked and that did not come as asked. */
interface Trouble { seq: number; who: number; outcome: Deliver['outcome']; reason: string }

const MOST_QUOTED = 80;
/** More of a kind than this in one tick are told together. */
const MOST_ALONE = 3;
/** Rewards come in nearly every tick; they are told together this often. */
const REWARDS_EVERY = 100;

/**
 * Tells what happens in a simulation in words: one line for each thing that a person would want to know of, and one for
 * all of a kind where a tick has more than a few.
 */
export function narrate({ simulation, model, origin, say }: NarratorOptions): void {
  const { kernel, world } = simulation;
  const titles = new Map(parameterFacts(world.parameters).map(({ key, title }) => [key, title]));
  /** What the parameters were before the commands of the tick. */
  const values: Record<string, number> = { ...kernel.parameters };
  /** What appraisals have come to since they were last told. */
  const rewards = { lives: 0, gained: 0, given: 0, lost: 0, taken: 0 };
  const asked = `judged ${world.question?.name ?? 'worthy'}`;

  function tellCommands(event: TickEvent): void {
    const { tick, commands } = event;
    const troubles = { child: [] as Trouble[], thought: [] as Trouble[], judgement: [] as Trouble[] };
    const thoughts: Think[] = [];
    const judgements: Judge[] = [];
    const immigrants: Immigrate[] = [];
    for (const { seq, command } of commands) {
      if (command.kind === 'set') {
        const from = origin(seq, command.key);
        // a schedule turns in every tick; that it is at work has been said, and the slider shows where it is
        if (from === 'schedule' || command.by === 'schedule') {
          values[command.key] = command.value;
          continue;
        }
        const why = { hand: ', by hand', pace: ', to keep pace', other: '' }[from];
        say(tick, from === 'pace' ? 'pace' : 'command', `#${seq} ${titles.get(command.key) ?? command.key} ${values[command.key]} → ${command.value}${why}`);
        values[command.key] = command.value;
        continue;
      }
      if (command.kind === 'immigrate') {
        immigrants.push(command);
        continue;
      }
      if (command.kind === 'reward') {
        countRewards(command);
        continue;
      }
      const { outcome, reason } = command;
      if (command.kind === 'deliver') {
        if (outcome !== 'ok') troubles.child.push({ seq, who: command.child, outcome, reason });
      } else if (outcome === 'fallback' || outcome === 'budget') {
        troubles[command.kind === 'think' ? 'thought' : 'judgement'].push({ seq, who: command.organism, outcome, reason });
      } else if (command.kind === 'think') thoughts.push(command);
      else judgements.push(command);
    }
    tellTroubles(tick, troubles.child, (seq, who) => `#${seq} child ${who}`, 'children');
    tellTroubles(tick, troubles.thought, (seq, who) => `#${seq} thought of ${who}`, 'thoughts');
    tellTroubles(tick, troubles.judgement, (seq, who) => `#${seq} judgement of ${who}`, 'judgements');
    tellThoughts(tick, thoughts);
    tellJudgements(tick, judgements);
    tellImmigrants(event, immigrants);
    if (tick % REWARDS_EVERY === 0) tellRewards(tick);
  }

  function tellTroubles(tick: number, troubles: readonly Trouble[], one: (seq: number, who: number) => string, many: string): void {
    for (const outcome of ['repaired', 'fallback', 'budget'] as const) {
      const alike = troubles.filter((each) => each.outcome === outcome);
      if (alike.length <= MOST_ALONE) {
        for (const { seq, who, reason } of alike) say(tick, 'fallback', `${one(seq, who)}: ${outcomeWords[outcome]}${because(reason)}`);
        continue;
      }
      const reasons = new Set(alike.map(({ reason }) => reason));
      const others = reasons.size > 1 ? `; and ${reasons.size - 1} other ${reasons.size === 2 ? 'reason' : 'reasons'}` : '';
      say(tick, 'fallback', `${alike.length} ${many}: ${outcomeWords[outcome]}${because(alike[0]!.reason)}${others}`);
    }
  }

  function tellThoughts(tick: number, thoughts: readonly Think[]): void {
    if (thoughts.length <= MOST_ALONE) {
      for (const thought of thoughts) say(tick, 'thought', `${thought.organism} thought (${thought.tokens} tokens): ${effectWords(world.vocabulary.acts, thought) || 'nothing new'}`);
      return;
    }
    const tokens = thoughts.reduce((sum, each) => sum + each.tokens, 0);
    const parts = ([['intent', 'intend to act'], ['message', 'speak'], ['genome', 'rewrite their instincts']] as const)
      .map(([what, words]) => ({ words, count: thoughts.filter((each) => each[what] !== null).length }))
      .filter(({ count }) => count > 0).map(({ words, count }) => `${count} ${words}`);
    say(tick, 'thought', `${thoughts.length} thought (${tokens} tokens): ${parts.join(', ') || 'nothing new'}`);
  }

  function tellJudgements(tick: number, judgements: readonly Judge[]): void {
    const worths = judgements.map(({ worth }) => worth ?? 0);
    if (judgements.length <= MOST_ALONE) {
      judgements.forEach(({ organism }, i) => say(tick, 'judgement', `${organism} ${asked}: ${worths[i]!.toFixed(2)}`));
      return;
    }
    const mean = worths.reduce((sum, each) => sum + each, 0) / worths.length;
    say(tick, 'judgement', `${worths.length} ${asked}: ${Math.min(...worths).toFixed(2)} to ${Math.max(...worths).toFixed(2)}, mean ${mean.toFixed(2)}`);
  }

  /** Those for whom there was room are the first of those who were called. */
  function tellImmigrants({ tick, births, refused }: TickEvent, called: readonly Immigrate[]): void {
    if (called.length === 0) return;
    const entered: number[] = [];
    for (let i = 0; i < births.count; i++) if (births.operator[i] === Operator.immigrant) entered.push(births.id[i]!);
    if (entered.length <= MOST_ALONE) {
      entered.forEach((id, i) => say(tick, 'birth', `${id} enters from the archive with the genome of ${called[i]!.elite}, elite of cell ${called[i]!.cell}`));
    } else say(tick, 'birth', `${entered.length} enter from the archive`);
    if (refused > 0) say(tick, 'birth', `${refused === 1 ? 'an elite' : `${refused} elites`} of the archive found the world full`);
  }

  function countRewards({ energies }: Reward): void {
    for (const energy of energies) {
      if (energy > 0) { rewards.gained++; rewards.given += energy; }
      if (energy < 0) { rewards.lost++; rewards.taken -= energy; }
    }
    rewards.lives += energies.length;
  }

  function tellRewards(tick: number): void {
    const { lives, gained, given, lost, taken } = rewards;
    if (lives === 0) return;
    const parts = [
      ...(gained > 0 ? [`${gained} ${gained === 1 ? 'gains' : 'gain'} ${given.toFixed(1)} energy`] : []),
      ...(lost > 0 ? [`${lost} ${lost === 1 ? 'loses' : 'lose'} ${taken.toFixed(1)}${gained > 0 ? '' : ' energy'}`] : []),
    ];
    say(tick, 'reward', `${lives} ${lives === 1 ? 'life' : 'lives'} appraised in ${REWARDS_EVERY} ticks: ${parts.join(', ') || 'nobody gains or loses'}`);
    Object.assign(rewards, { lives: 0, gained: 0, given: 0, lost: 0, taken: 0 });
  }

  function tellMessages({ tick, messages }: TickEvent): void {
    const heard = messages.filter(({ hearers }) => hearers.length > 0);
    if (heard.length <= MOST_ALONE) {
      for (const { from, hearers } of heard) say(tick, 'thought', `${from} is heard by ${hearers.length === 1 ? `organism ${hearers[0]}` : `${hearers.length} organisms`}`);
      return;
    }
    say(tick, 'thought', `${heard.length} are heard, each by ${Math.round(heard.reduce((sum, { hearers }) => sum + hearers.length, 0) / heard.length)} or so`);
  }

  function tellBirths({ tick, births }: TickEvent): void {
    const written: number[] = [];
    for (let i = 0; i < births.count; i++) if (births.operator[i] === Operator.llm) written.push(i);
    const isRepaired = (i: number): boolean => births.outcome[i] === Outcome.repaired;
    if (written.length <= MOST_ALONE) {
      for (const i of written) {
        say(tick, 'birth', `${births.id[i]} born of ${births.parent[i]}, written by ${model}${isRepaired(i) ? ', after a repair' : ''}${births.same[i] ? ', a copy' : ''}`);
      }
      return;
    }
    const repaired = written.filter(isRepaired).length;
    const copies = written.filter((i) => births.same[i] === 1).length;
    say(tick, 'birth', `${written.length} born, written by ${model}${repaired > 0 ? `, ${repaired} after a repair` : ''}`
      + `${copies > 0 ? `, ${copies} ${copies === 1 ? 'a copy' : 'copies'}` : ''}`);
  }

  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    tellCommands(event);
    tellMessages(event);
    tellBirths(event);
    if (event.population === 0 && event.deaths.count > 0) say(event.tick, 'notice', 'the last organism has died');
  });
}

const outcomeWords = { ok: 'ok', repaired: 'repaired', fallback: 'fallback', budget: 'over budget' } as const;

function because(reason: string): string {
  return reason === '' ? '' : `, ${reason}`;
}

/** `flee hunter for 7 ticks`. */
export function intentWords(acts: readonly ActFacts[], { act: index, target: at, ticks }: Intent): string {
  const act = acts[index];
  const target = act?.targets[at];
  return `${act?.name ?? 'act'}${target === undefined ? '' : ` ${target}`} for ${ticks} ${ticks === 1 ? 'tick' : 'ticks'}`;
}

/** What a thought came to, in words; empty when to nothing. A message in it is a model's text. */
export function effectWords(acts: readonly ActFacts[], { intent, message, genome }: Pick<Think, 'intent' | 'message' | 'genome'>): string {
  const parts: string[] = [];
  if (intent !== null) parts.push(intentWords(acts, intent));
  if (message !== null) parts.push(`says “${clipped(message)}”`);
  if (genome !== null) parts.push('rewrites its instincts');
  return parts.join(', ');
}

function clipped(text: string): string {
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED - 1)}…` : text;
}
