import { parameterFacts } from '../core/kernel/parameters.ts';
import { checkSchedules } from '../core/schedules/driver.ts';
import type { Schedule } from '../core/schedules/schedule.ts';
import { turnFor } from '../core/schedules/turn.ts';
import type { Simulation } from '../core/simulation.ts';

interface Turning { readonly schedule: Schedule; readonly base: number; begun: boolean }

/**
 * Pressures that people have let turn by themselves. They are turned by `set` commands like those of a hand, which stand
 * in the record and are given again when it is replayed.
 */
export class LiveSchedules {
  private readonly simulation: Simulation;
  private readonly steps: ReadonlyMap<string, number>;
  private readonly turning = new Map<string, Turning>();

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.steps = new Map(parameterFacts(simulation.world.parameters).map(({ key, step }) => [key, step]));
  }

  of(key: string): Schedule | null {
    return this.turning.get(key)?.schedule ?? null;
  }

  /** What a parameter has where its schedule has no say; undefined where no schedule turns it. */
  baseOf(key: string): number | undefined {
    return this.turning.get(key)?.base;
  }

  /** A schedule in the place of another keeps its `base`. Throws an error with one sentence for a parameter that there is not or that is fixed, or values out of its range. */
  begin(key: string, schedule: Schedule, base = this.baseOf(key)): void {
    const { kernel, world } = this.simulation;
    checkSchedules(world.parameters, { [key]: schedule });
    if (schedule.kind === 'manual') this.turning.delete(key);
    else this.turning.set(key, { schedule, base: base ?? kernel.parameter(key), begun: false });
  }

  /** Whether there was a schedule. */
  end(key: string): boolean {
    return this.turning.delete(key);
  }

  /**
   * Submits what belongs to the next tick: where a value is off by the parameter's step or more, and where a schedule
   * begins or has a corner. `turned` is told the numbers of the commands.
   */
  beforeTick(turned: (number: number) => void): void {
    const { kernel } = this.simulation;
    const tick = kernel.tick + 1;
    for (const [key, one] of this.turning) {
      const step = this.steps.get(key)!;
      const value = turnFor(one.schedule, { tick, now: kernel.parameter(key), base: one.base, step }, !one.begun);
      one.begun = true;
      if (value !== null) turned(this.simulation.submit({ kind: 'set', key, value }));
    }
  }
}

/** `ramp from 0.2 to 0.8 in 500 ticks from tick 100 on`. */
export function scheduleWords(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'constant': return `constant at ${schedule.value}`;
    case 'ramp': return `from ${schedule.from} to ${schedule.to} between ticks ${schedule.start} and ${schedule.start + schedule.ticks}`;
    case 'step': return `in steps: ${schedule.values.slice(0, 4).map(({ at, value }) => `${value} from tick ${at} on`).join(', ')}${schedule.values.length > 4 ? ', …' : ''}`;
    case 'season': return `${schedule.mean} ± ${schedule.amplitude} every ${schedule.period} ticks`;
    case 'shock': return `${schedule.value} for ${schedule.ticks} ticks from tick ${schedule.at} on`;
    case 'manual': return 'left to people';
  }
}
