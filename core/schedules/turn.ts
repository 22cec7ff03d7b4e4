import { isCorner, valueAt, type Schedule } from './schedule.ts';

/** Where a parameter stands before a tick: its value, the one it had before it was scheduled, and its step. */
export interface Standing { readonly tick: number; readonly now: number; readonly base: number; readonly step: number }

/**
 * What a scheduled parameter is to be set to for a tick, as a value that can be set and read: whole where the parameter is,
 * without the last digits that arithmetic leaves. Null where it is off by less than its step, and the schedule has no
 * corner there; with `exact` wherever it is right already.
 */
export function turnFor(schedule: Schedule, { tick, now, base, step }: Standing, exact = false): number | null {
  const wanted = valueAt(schedule, tick, base);
  const value = step === 1 ? Math.round(wanted) : Math.round(wanted * 1e9) / 1e9;
  if (value === now) return null;
  return Math.abs(value - now) < step * 0.999 && !exact && !isCorner(schedule, tick) ? null : value;
}
