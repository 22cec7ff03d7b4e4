import { Operator, Outcome } from '../core/kernel/tick-events.ts';
import { parameterFacts } from '../core/kernel/parameters.ts';
import type { TickEvent } from '../core/events/event.ts';
import type { Simulation } from '../core/simulation.ts';
import type { LogLine } from './protocol.ts';

export interface NarratorOptions {
  simulation: Simulation;
  /** Who writes children, for sentences. */
  model: string;
  /** Of a command that turns a parameter: whether a person gave it, or the pace of a live world. */
  origin(seq: number, key: string): 'hand' | 'pace' | 'other';
  say(tick: number, kind: LogLine['kind'], text: string): void;
}

const MOST_QUOTED = 80;

/** Tells what happens in a simulation in words, one line for each thing that a person would want to know of. */
export function narrate({ simulation, model, origin, say }: NarratorOptions): void {
  const { kernel, world } = simulation;
  const titles = new Map(parameterFacts(world.parameters).map(({ key, title }) => [key, title]));
  /** What the parameters were before the commands of the tick. */
  const values: Record<string, number> = { ...kernel.parameters };

  function tellCommands({ tick, commands }: TickEvent): void {
    for (const { seq, command } of commands) {
      if (command.kind === 'set') {
        const from = origin(seq, command.key);
        const why = { hand: ', by hand', pace: ', to keep pace', other: '' }[from];
        say(tick, from === 'pace' ? 'pace' : 'command', `#${seq} ${titles.get(command.key) ?? command.key} ${values[command.key]} → ${command.value}${why}`);
        values[command.key] = command.value;
        continue;
      }
      const { outcome, reason } = command;
      const because = reason === '' ? '' : `, ${reason}`;
      if (command.kind === 'deliver') {
        if (outcome !== 'ok') say(tick, 'fallback', `#${seq} child ${command.child}: ${outcome}${because}`);
      } else if (outcome === 'fallback' || outcome === 'budget') {
        say(tick, 'fallback', `#${seq} ${command.kind === 'think' ? 'thought' : 'judgement'} of ${command.organism}: ${outcome}${because}`);
      } else if (command.kind === 'think') {
        const effects = thoughtWords(command);
        say(tick, 'thought', `${command.organism} thought (${command.tokens} tokens): ${effects === '' ? 'nothing new' : effects}`);
      } else {
        say(tick, 'judgement', `${command.organism} judged ${world.question?.name ?? 'worthy'}: ${(command.worth ?? 0).toFixed(2)}`);
      }
    }
  }

  function thoughtWords({ intent, message, genome }: Extract<TickEvent['commands'][number]['command'], { kind: 'think' }>): string {
    const { acts } = world.vocabulary;
    const parts: string[] = [];
    if (intent !== null) {
      const act = acts[intent.act];
      const target = act?.targets[intent.target];
      parts.push(`${act?.name ?? 'act'}${target === undefined ? '' : ` ${target}`} for ${intent.ticks} ${intent.ticks === 1 ? 'tick' : 'ticks'}`);
    }
    if (message !== null) parts.push(`says “${clipped(message)}”`);
    if (genome !== null) parts.push('rewrites its instincts');
    return parts.join(', ');
  }

  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    tellCommands(event);
    const { tick, births, deaths, messages, population } = event;
    for (const { from, hearers } of messages) {
      if (hearers.length > 0) say(tick, 'thought', `${from} is heard by ${hearers.length === 1 ? `organism ${hearers[0]}` : `${hearers.length} organisms`}`);
    }
    for (let i = 0; i < births.count; i++) {
      if (births.operator[i] !== Operator.llm) continue;
      const how = births.outcome[i] === Outcome.repaired ? ', after a repair' : '';
      say(tick, 'birth', `${births.id[i]} born of ${births.parent[i]}, written by ${model}${how}${births.same[i] ? ', a copy' : ''}`);
    }
    if (population === 0 && deaths.count > 0) say(tick, 'notice', 'the last organism has died');
  });
}

function clipped(text: string): string {
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED - 1)}…` : text;
}
