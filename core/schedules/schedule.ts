import { z } from 'zod';
import { sineOfTurn } from '../kernel/trigonometry.ts';

const tick = z.int().min(0).max(1_000_000_000);
const some = z.int().min(1).max(1_000_000_000);

/** What becomes of one parameter while a world runs. Ticks are counted from 1, the first. */
export const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), value: z.number() }),
  /** From one value to another along a straight line: `from` up to tick `start`, `to` from `start + ticks` on. */
  z.strictObject({ kind: z.literal('ramp'), from: z.number(), to: z.number(), start: tick.default(0), ticks: some }),
  /** Another value from each of these ticks on; as the spec has it before the first. */
  z.strictObject({ kind: z.literal('step'), values: z.array(z.strictObject({ at: tick, value: z.number() })).min(1).max(10_000) })
    .refine(({ values }) => values.every(({ at }, i) => i === 0 || at > values[i - 1]!.at), { path: ['values'], message: 'the ticks rise from one to the next' }),
  /** Up and down around a mean: a sine, which at tick 0 has gone through `phase` of its period, 0 to 1. */
  z.strictObject({ kind: z.literal('season'), mean: z.number(), amplitude: z.number().min(0), period: z.int().min(2).max(1_000_000_000), phase: z.number().min(0).max(1).default(0) }),
  /** Another value for a while, then back to what the spec has. */
  z.strictObject({ kind: z.literal('shock'), at: tick, value: z.number(), ticks: some }),
  /** Left to whoever turns it. */
  z.strictObject({ kind: z.literal('manual') }),
]);
export type Schedule = z.infer<typeof schedule>;

/** Schedules by parameter. */
export const schedules = z.record(z.string().max(64), schedule);
export type Schedules = z.infer<typeof schedules>;

/**
 * The value of a scheduled parameter in a tick, in plain arithmetic.
 *
 * @param base what the spec gives it: where the schedule has no say
 */
export function valueAt(given: Schedule, tick: number, base: number): number {
  switch (given.kind) {
    case 'constant': return given.value;
    case 'ramp': {
      const { from, to, start, ticks } = given;
      if (tick <= start) return from;
      return tick >= start + ticks ? to : from + ((to - from) * (tick - start)) / ticks;
    }
    case 'step': {
      let value = base;
      for (const each of given.values) if (each.at <= tick) value = each.value;
      return value;
    }
    case 'season': return given.mean + given.amplitude * sineOfTurn((tick % given.period) / given.period + given.phase);
    case 'shock': return tick >= given.at && tick < given.at + given.ticks ? given.value : base;
    case 'manual': return base;
  }
}

/** Whether the schedule bends or jumps at this tick, so that the value there counts however small the change. */
export function isCorner(given: Schedule, tick: number): boolean {
  switch (given.kind) {
    case 'constant': return tick === 1;
    case 'ramp': return tick === 1 || tick === given.start + given.ticks;
    case 'step': return given.values.some(({ at }) => at === tick || (tick === 1 && at === 0));
    case 'season': return tick === 1;
    case 'shock': return tick === Math.max(1, given.at) || tick === given.at + given.ticks;
    case 'manual': return false;
  }
}

/** The values between which a schedule stays, each with the field that says so. */
export function extremesOf(given: Schedule): { field: string; value: number }[] {
  switch (given.kind) {
    case 'constant': case 'shock': return [{ field: 'value', value: given.value }];
    case 'ramp': return [{ field: 'from', value: given.from }, { field: 'to', value: given.to }];
    case 'step': return given.values.map(({ value }, i) => ({ field: `values.${i}.value`, value }));
    case 'season': return [{ field: 'amplitude', value: given.mean - given.amplitude }, { field: 'amplitude', value: given.mean + given.amplitude }];
    case 'manual': return [];
  }
}
