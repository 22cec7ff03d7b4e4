import type { Packable } from '../kernel/packed.ts';
import { parameterFacts } from '../kernel/parameters.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { ParameterSchema } from '../kernel/world.ts';
import type { Simulation } from '../simulation.ts';
import { extremesOf, type Schedule, type Schedules } from './schedule.ts';
import { turnFor } from './turn.ts';

/**
 * Throws an error with one sentence that names the field, when a schedule is of an unknown parameter or one that is fixed
 * while the world runs, or leaves the parameter's range.
 */
export function checkSchedules(parameters: ParameterSchema, given: Schedules): void {
  const facts = new Map(parameterFacts(parameters).map((each) => [each.key, each]));
  for (const [key, schedule] of Object.entries(given)) {
    const fact = facts.get(key);
    if (fact === undefined) throw new Error(`schedules.${key}: there is no parameter "${key}"; the parameters are ${[...facts.keys()].join(', ')}.`);
    if (!fact.live) throw new Error(`schedules.${key}: ${key} can only be chosen before the run; give it among the parameters.`);
    for (const { field, value } of extremesOf(schedule)) {
      if (value >= fact.min && value <= fact.max && (fact.step !== 1 || schedule.kind === 'season' || Number.isInteger(value))) continue;
      const reaches = schedule.kind === 'season' ? `with this ${key} reaches ${value}` : `${key} is ${value}`;
      throw new Error(`schedules.${key}.${field}: ${reaches}, but must be ${fact.step === 1 ? 'a whole number' : 'a number'} from ${fact.min} to ${fact.max}.`);
    }
  }
}

interface Driven { readonly key: string; readonly schedule: Schedule; readonly base: number; readonly step: number; over: boolean }

/**
 * Turns the parameters of a simulation as their schedules say, by commands marked `by: 'schedule'`: a replay makes them
 * again and is not given them. A parameter is set when its value is off by its step or more, and at the corners of its
 * schedule. The commands for a tick are given at the end of the tick before, so that whoever turns the same parameter in
 * that tick has the last word, and from there on the parameter is theirs.
 */
export class ScheduleDriver implements Saveable {
  private readonly simulation: Simulation;
  private readonly driven: readonly Driven[];

  /** Throws an error with one sentence where `checkSchedules` does. */
  constructor(simulation: Simulation, given: Schedules) {
    this.simulation = simulation;
    const { world, kernel } = simulation;
    checkSchedules(world.parameters, given);
    const steps = new Map(parameterFacts(world.parameters).map(({ key, step }) => [key, step]));
    // in the order of the keys: a spec that lists them otherwise is the same
    this.driven = Object.keys(given).sort().map((key) => ({ key, schedule: given[key]!, base: kernel.parameter(key), step: steps.get(key)!, over: false }));
    if (this.driven.length === 0) return;
    this.setFor(1);
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (const { command } of event.commands) {
        if (command.kind !== 'set' || command.by === 'schedule') continue;
        for (const one of this.driven) if (one.key === command.key) one.over = true;
      }
      this.setFor(event.tick + 1);
    });
  }

  /** Parameters whose schedules still turn them, by key. */
  get driving(): string[] {
    return this.driven.filter(({ over }) => !over).map(({ key }) => key);
  }

  /** What a parameter has where its schedule has no say; undefined where no schedule turns it. */
  baseOf(key: string): number | undefined {
    return this.driven.find((one) => one.key === key && !one.over)?.base;
  }

  save(): Packable {
    return this.driven.filter(({ over }) => over).map(({ key }) => key);
  }

  load(saved: unknown): void {
    for (const one of this.driven) one.over = (saved as string[]).includes(one.key);
  }

  private setFor(tick: number): void {
    const { simulation } = this;
    for (const { key, schedule, base, step, over } of this.driven) {
      if (over) continue;
      const value = turnFor(schedule, { tick, now: simulation.kernel.parameter(key), base, step });
      if (value !== null) simulation.submit({ kind: 'set', key, value, by: 'schedule' });
    }
  }
}
