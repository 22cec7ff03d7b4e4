import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { Simulation } from '../simulation.ts';

/** What a measure came to over all times that it was taken and defined. */
export interface MeasureFigures { readonly last: number; readonly mean: number; readonly least: number; readonly greatest: number; readonly samples: number }

/** Samples that are kept of a series; when there would be more, every other one goes. */
const MOST_SAMPLES = 400;

interface Kept { last: number; sum: number; least: number; greatest: number; samples: number; values: number[] }

/** Keeps the measures of a run in bounded room: what each came to, and its series, the thinner the longer it is. */
export class MeasureTally implements Saveable {
  private kept = new Map<string, Kept>();
  private ticks: number[] = [];
  /** Of this many events one is kept. */
  private stride = 1;
  private seen = 0;

  constructor(simulation: Simulation) {
    simulation.events$.subscribe((event) => { if (event.kind === 'measures') this.add(event.tick, event.values); });
  }

  /** By name, in the order in which they first came. */
  get figures(): Record<string, MeasureFigures> {
    return Object.fromEntries([...this.kept].map(([name, { last, sum, least, greatest, samples }]) => [name, { last, mean: sum / samples, least, greatest, samples }]));
  }

  /** The series, one value a tick; NaN where a measure was not defined. */
  get series(): { readonly ticks: readonly number[]; readonly values: Readonly<Record<string, readonly number[]>> } {
    return { ticks: this.ticks, values: Object.fromEntries([...this.kept].map(([name, { values }]) => [name, values])) };
  }

  save(): Packable {
    return { ticks: this.ticks, stride: this.stride, seen: this.seen, kept: [...this.kept].map(([name, { values, ...rest }]) => ({ name, ...rest, values: Float64Array.from(values) })) };
  }

  load(saved: unknown): void {
    const { ticks, stride, seen, kept } = saved as { ticks: number[]; stride: number; seen: number; kept: (Omit<Kept, 'values'> & { name: string; values: Float64Array })[] };
    Object.assign(this, { ticks: [...ticks], stride, seen });
    this.kept = new Map(kept.map(({ name, values, ...rest }) => [name, { ...rest, values: [...values] }]));
  }

  private add(tick: number, given: Readonly<Record<string, number>>): void {
    const isKept = this.seen++ % this.stride === 0;
    for (const [name, value] of Object.entries(given)) {
      let one = this.kept.get(name);
      if (one === undefined) this.kept.set(name, one = { last: NaN, sum: 0, least: Infinity, greatest: -Infinity, samples: 0, values: new Array<number>(this.ticks.length).fill(NaN) });
      one.last = value;
      if (!Number.isNaN(value)) {
        one.sum += value;
        one.least = Math.min(one.least, value);
        one.greatest = Math.max(one.greatest, value);
        one.samples++;
      }
    }
    if (!isKept) return;
    this.ticks.push(tick);
    for (const [name, { values }] of this.kept) values.push(given[name] ?? NaN);
    if (this.ticks.length <= MOST_SAMPLES) return;
    this.stride *= 2;
    const thin = (list: number[]): number[] => list.filter((_, i) => i % 2 === 0);
    this.ticks = thin(this.ticks);
    for (const one of this.kept.values()) one.values = thin(one.values);
  }
}
