import type { Budget } from '../agents/model/task.ts';
import { parameterFacts } from '../core/kernel/parameters.ts';
import type { Bookmarks } from './bookmarks.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Lab } from './lab.ts';
import { lightClade } from './lit.ts';
import { scheduleWords, type LiveSchedules } from './live-schedules.ts';
import type { LookingBack } from './looking-back.ts';
import type { News } from './news.ts';
import { eliteFacts, lineOf, nearestOrganism, organismFacts } from './organism-facts.ts';
import { lineThen, nearestThen } from './past-facts.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';
import type { Scene, Watcher } from './watcher.ts';

/** What pages can do something to. */
export interface Stage {
  readonly lab: Lab;
  readonly heart: Heartbeat;
  readonly news: News;
  readonly scene: Scene;
  readonly schedules: LiveSchedules;
  readonly bookmarks: Bookmarks;
  readonly lookingBack: LookingBack;
  readonly finished: boolean;
  broadcast(message: ServerMessage): void;
  /** A person has turned a parameter by the command of this number. */
  turned(number: number, key: string): void;
  raise(caps: Budget): void;
}

/** Does what a page asks for. Throws an error with one sentence when it cannot be done. */
export function obey(stage: Stage, watcher: Watcher, message: Exclude<ClientMessage, { type: 'drawn' }>): void {
  const { lab, heart, lookingBack } = stage;
  switch (message.type) {
    case 'play': heart.playing = !stage.finished; break;
    case 'pause': heart.playing = false; break;
    case 'step': heart.step(stage.finished ? 0 : message.ticks); break;
    case 'speed': heart.ticksPerSecond = message.ticksPerSecond; break;
    case 'set': turn(stage, message.key, message.value); watcher.hasten(); break;
    case 'schedule': schedule(stage, message); watcher.hasten(); break;
    case 'budget': {
      const { type: _, ...caps } = message;
      stage.raise(caps);
      break;
    }
    case 'inspect': {
      const { x, y, within = Infinity } = message;
      const id = watcher.pastSeen === null ? nearestOrganism(lab, x, y, within) : nearestThen(lab, watcher.pastSeen, x, y, within);
      if (id < 0) return;
      take(lab, watcher, id);
      break;
    }
    case 'inspectId': take(lab, watcher, message.id); break;
    case 'release': take(lab, watcher, -1); break;
    case 'ancestors': {
      const { id, from } = message;
      watcher.say({ type: 'ancestors', id, from, ...(watcher.pastSeen === null ? lineOf(lab, id, from) : lineThen(watcher.pastSeen, id, from)) });
      return;
    }
    case 'inspectCell': {
      watcher.say({ type: 'elite', ...eliteFacts(lab, message.cell) });
      // what was in hand is so no more
      watcher.inHand = -1;
      watcher.look();
      break;
    }
    case 'show': {
      const { type: _, ...choice } = message;
      watcher.show(choice);
      watcher.look();
      break;
    }
    case 'light': {
      watcher.lit = message.clade === null ? null : lightClade(lab, message.clade);
      watcher.look();
      break;
    }
    case 'at': lookingBack.show(watcher, message.tick); return;
    case 'live':
      lookingBack.forget(watcher);
      watcher.goLive();
      break;
    case 'bookmark': stage.bookmarks.add(message.tick, message.text); return;
    case 'unbookmark': stage.bookmarks.remove(message.id); return;
  }
  heart.stir();
}

/** Turns a parameter by hand; from here on no schedule does. */
function turn({ lab, schedules, turned }: Stage, key: string, value: number): void {
  turned(lab.simulation.submit({ kind: 'set', key, value }), key);
  schedules.end(key);
}

/** Lets a parameter turn by itself, or ends that: the value that it has is then a person's choice. */
function schedule(stage: Stage, { key, schedule: given }: Extract<ClientMessage, { type: 'schedule' }>): void {
  const { lab: { simulation, schedules: specified }, schedules, news, broadcast, turned } = stage;
  const { kernel, world } = simulation;
  const title = parameterFacts(world.parameters).find((fact) => fact.key === key)?.title ?? key;
  const isEnded = given === null || given.kind === 'manual';
  if (isEnded) {
    if (specified.driving.includes(key)) turn(stage, key, kernel.parameter(key));
    else if (!schedules.end(key)) throw new Error(`${title} has no schedule that could end.`);
  } else {
    schedules.begin(key, given, schedules.baseOf(key) ?? specified.baseOf(key));
    // the schedule of the spec has no say from here on, whether or not the new one begins with another value
    if (specified.driving.includes(key)) turned(simulation.submit({ kind: 'set', key, value: kernel.parameter(key) }), key);
  }
  const now = isEnded ? null : given;
  news.write(kernel.tick, 'command', now === null ? `${title}: the schedule was ended by hand` : `${title} follows a schedule: ${scheduleWords(now)}, by hand`);
  broadcast({ type: 'parameter', key, value: kernel.parameter(key), schedule: now, base: schedules.baseOf(key) ?? null });
}

/** Takes an organism in hand; -1 lets go. */
function take(lab: Lab, watcher: Watcher, id: number): void {
  const past = watcher.pastSeen;
  if (past !== null && id >= 0) {
    watcher.inHand = id;
    // told of with the frame that has its ring
    watcher.look();
    return;
  }
  const facts = id < 0 ? null : organismFacts(lab, id);
  watcher.inHand = facts === null ? -1 : id;
  watcher.look();
  watcher.say({ type: 'organism', organism: facts });
}
