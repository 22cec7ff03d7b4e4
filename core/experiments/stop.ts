import { z } from 'zod';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { Operator } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';

const someTicks = z.int().min(1).max(1_000_000_000);

/** When a run is over, whichever comes first. All of it is a function of the run. */
export const stopConditions = z.strictObject({
  ticks: someTicks.exactOptional(),
  /** When nobody lives and nobody is unborn. */
  extinct: z.literal(true).exactOptional(),
  population: z.strictObject({ above: z.int().min(0).exactOptional(), below: z.int().min(1).exactOptional() })
    .refine(({ above, below }) => above !== undefined || below !== undefined, { message: 'must have above or below' }).exactOptional(),
  /** When so many have been born in the world; founders and immigrants are not. */
  births: z.int().min(1).exactOptional(),
  /** When a measure has been there for so many ticks, each time that it was taken. */
  measure: z.strictObject({ name: z.string().min(1).max(128), above: z.number().exactOptional(), below: z.number().exactOptional(), for: z.int().min(0).max(1_000_000_000).default(0) })
    .refine(({ above, below }) => (above === undefined) !== (below === undefined), { message: 'must have either above or below' }).exactOptional(),
});
export type StopConditions = z.infer<typeof stopConditions>;

/** Which condition ended a run, at which tick, and in words. */
export interface Ending { readonly by: keyof StopConditions; readonly tick: number; readonly words: string }

/** Watches a run for the first of its stop conditions. Who runs the ticks asks after each. */
export class StopWatch implements Saveable {
  private readonly simulation: Simulation;
  private readonly conditions: StopConditions;
  private ending: Ending | null = null;
  private born = 0;
  /** The tick since which the measure has been where it is to be; null while it is not. */
  private since: number | null = null;

  constructor(simulation: Simulation, conditions: StopConditions) {
    this.simulation = simulation;
    this.conditions = conditions;
    if (Object.keys(conditions).length === 0) return;
    simulation.events$.subscribe((event) => {
      if (this.ending !== null) return;
      if (event.kind === 'measures') this.ending = this.byMeasure(event.tick, event.values);
      if (event.kind !== 'tick') return;
      const { births } = event;
      for (let i = 0; i < births.count; i++) if (births.operator[i] !== Operator.founder && births.operator[i] !== Operator.immigrant) this.born++;
      this.ending = this.byTick(event.tick, event.population);
    });
  }

  /** What ended the run; null while nothing has. */
  get ended(): Ending | null {
    return this.ending;
  }

  save(): Packable {
    return { ending: this.ending as unknown as Packable, born: this.born, since: this.since };
  }

  load(saved: unknown): void {
    ({ ending: this.ending, born: this.born, since: this.since } = saved as { ending: Ending | null; born: number; since: number | null });
  }

  private byTick(tick: number, population: number): Ending | null {
    const { ticks, extinct, population: bounds, births } = this.conditions;
    if (extinct === true && population === 0 && this.simulation.kernel.eggs.count === 0) return { by: 'extinct', tick, words: 'nobody lived any more' };
    if (bounds?.above !== undefined && population > bounds.above) return { by: 'population', tick, words: `${population} lived, more than ${bounds.above}` };
    if (bounds?.below !== undefined && population < bounds.below) return { by: 'population', tick, words: `${population} lived, fewer than ${bounds.below}` };
    if (births !== undefined && this.born >= births) return { by: 'births', tick, words: `${this.born} had been born, and ${births} were asked for` };
    return ticks !== undefined && tick >= ticks ? { by: 'ticks', tick, words: `${ticks} ticks were over` } : null;
  }

  private byMeasure(tick: number, values: Readonly<Record<string, number>>): Ending | null {
    const { measure } = this.conditions;
    if (measure === undefined) return null;
    const { name, above, below, for: long } = measure;
    const value = values[name];
    if (value === undefined) return null;
    const there = above !== undefined ? value > above : value < below!;
    if (!there) this.since = null;
    else this.since ??= tick;
    if (this.since === null || tick - this.since < long) return null;
    return { by: 'measure', tick, words: `${name} was ${value}${long > 0 ? `, and had been for ${tick - this.since} ticks` : ','} ${above !== undefined ? `above ${above}` : `below ${below}`}` };
  }
}
