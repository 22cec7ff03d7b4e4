import { extremesOf, schedule as scheduleShape, type Schedule } from '../../core/schedules/schedule.ts';
import type { ParameterFacts } from '../protocol.ts';
import { count, stepped } from './words.ts';

export type ScheduleKind = Schedule['kind'];

/** One number that a schedule asks for. */
export interface ScheduleField {
  readonly name: string;
  readonly title: string;
  /** Whole ticks, this or more; a value of the parameter, or what `share` says, where it is absent. */
  readonly least?: number;
  /** A share, from 0 to 1. */
  readonly share?: true;
  /** What it begins with: something that does something, soon. */
  first(facts: ParameterFacts, now: number, tick: number): number;
}

/** The numbers of one part of a schedule by name: schedules of steps have a part a step, all others one. */
export type SchedulePart = Record<string, number>;

const middle = ({ min, max, step }: ParameterFacts, share: number): number => Number(stepped(min + (max - min) * share, step));
const other = (facts: ParameterFacts, now: number): number => middle(facts, now - facts.min > (facts.max - facts.min) / 2 ? 0.2 : 0.8);
const soon = (_: ParameterFacts, __: number, tick: number): number => tick + 100;

export const SCHEDULE_FIELDS: Record<ScheduleKind, readonly ScheduleField[]> = {
  manual: [],
  constant: [{ name: 'value', title: 'value', first: (_, now) => now }],
  ramp: [
    { name: 'from', title: 'from', first: (_, now) => now },
    { name: 'to', title: 'to', first: other },
    { name: 'start', title: 'at tick', least: 0, first: (_, __, tick) => tick },
    { name: 'ticks', title: 'for ticks', least: 1, first: () => 1000 },
  ],
  step: [
    { name: 'at', title: 'at tick', least: 0, first: soon },
    { name: 'value', title: 'to', first: other },
  ],
  season: [
    { name: 'mean', title: 'around', first: (facts) => middle(facts, 0.5) },
    { name: 'amplitude', title: 'amplitude', first: (facts) => Number(stepped((facts.max - facts.min) * 0.3, facts.step)) },
    { name: 'period', title: 'period, ticks', least: 2, first: () => 500 },
    { name: 'phase', title: 'phase, 0 to 1', share: true, first: () => 0 },
  ],
  shock: [
    { name: 'value', title: 'to', first: other },
    { name: 'at', title: 'at tick', least: 0, first: soon },
    { name: 'ticks', title: 'for ticks', least: 1, first: () => 200 },
  ],
};

export const SCHEDULE_TITLES: Record<ScheduleKind, string> = { manual: 'by hand', constant: 'constant', ramp: 'ramp', step: 'steps', season: 'season', shock: 'shock' };

/** The numbers of a schedule, all of them. */
export function partsOf(given: Schedule): SchedulePart[] {
  if (given.kind === 'step') return given.values.map(({ at, value }) => ({ at, value }));
  return [Object.fromEntries(Object.entries(given).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))];
}

/** What a schedule of a kind begins with. */
export function firstParts(kind: ScheduleKind, facts: ParameterFacts, now: number, tick: number): SchedulePart[] {
  return [Object.fromEntries(SCHEDULE_FIELDS[kind].map(({ name, first }) => [name, first(facts, now, tick)]))];
}

/** One more step: as long after the last as that is after the one before it, and back to where that began. */
export function nextStep(parts: readonly SchedulePart[], facts: ParameterFacts, now: number, tick: number): SchedulePart {
  const [before, last] = [parts.at(-2), parts.at(-1)];
  const at = last?.['at'];
  if (last === undefined || at === undefined || !Number.isFinite(at)) return firstParts('step', facts, now, tick)[0]!;
  const apart = at - (before?.['at'] ?? tick);
  return { at: at + (Number.isFinite(apart) && apart > 0 ? apart : 100), value: before?.['value'] ?? now };
}

/** The schedule that the numbers make, or one sentence about what is wrong with them. Steps come in the order of their ticks. */
export function readSchedule(kind: ScheduleKind, parts: readonly SchedulePart[], facts: ParameterFacts): Schedule | string {
  for (const part of parts) {
    for (const { name, title, least, share } of SCHEDULE_FIELDS[kind]) {
      const number = part[name] ?? NaN;
      if (!Number.isFinite(number)) return `“${title}” needs a number.`;
      if (least !== undefined && (!Number.isInteger(number) || number < least)) return `“${title}” is ${number}, but must be a whole number, ${least} or more.`;
      if (share === true && (number < 0 || number > 1)) return `“${title}” is ${number}, but must be from 0 to 1.`;
    }
  }
  const steps = [...parts].sort((a, b) => a['at']! - b['at']!);
  const twice = kind === 'step' ? steps.find(({ at }, i) => i > 0 && steps[i - 1]!['at'] === at) : undefined;
  if (twice !== undefined) return `Two steps are at tick ${count(twice['at']!)}; each needs a tick of its own.`;
  const made = scheduleShape.safeParse(kind === 'step' ? { kind, values: steps } : { kind, ...parts[0] });
  if (!made.success) {
    const name = made.error.issues[0]?.path.findLast((each) => typeof each === 'string');
    return `“${SCHEDULE_FIELDS[kind].find((field) => field.name === name)?.title ?? SCHEDULE_TITLES[kind]}” cannot be that; ticks go up to a thousand million, and an amplitude is 0 or more.`;
  }
  const { title, min, max, step } = facts;
  const outside = extremesOf(made.data).find(({ value }) => value < min || value > max);
  if (outside !== undefined) return `It would reach ${stepped(outside.value, step)}, but ${title} goes from ${min} to ${max}.`;
  const broken = step === 1 && kind !== 'season' ? extremesOf(made.data).find(({ value }) => !Number.isInteger(value)) : undefined;
  return broken === undefined ? made.data : `It would be ${broken.value}, but ${title} is a whole number.`;
}
