import type { Kernel } from './kernel.ts';
import type { Packable } from './packed.ts';
import type { ColumnSpec } from './population.ts';
import { RandomStream, purpose, seedKey } from './random.ts';
import type { Saveable } from './saveable.ts';
import { Operator } from './tick-events.ts';

/** Where an organism that nobody has borne begins, and with how much energy: a place anywhere, energy for a while. */
export function landing(kernel: Pick<Kernel, 'width' | 'height' | 'world'>, random: RandomStream): { x: number; y: number; energy: number } {
  // storing as 32-bit floats can round up to the edge itself
  const x = Math.fround(random.next() * kernel.width);
  const y = Math.fround(random.next() * kernel.height);
  const energy = (0.4 + 0.6 * random.next()) * kernel.world.energyFull * 0.5;
  return { x: x >= kernel.width ? 0 : x, y: y >= kernel.height ? 0 : y, energy };
}

/** What comes into a running world by command, neither born nor grazed there: immigrants, and energy that is given or taken as a reward. */
export class Influx<S extends ColumnSpec> implements Saveable {
  /** Energy that immigrants have brought, and that rewards have given (less what they took), so far. */
  immigrated = 0;
  rewarded = 0;
  /** Immigrants that this tick had no room for. */
  refused = 0;
  private readonly kernel: Kernel<S>;
  private readonly key: readonly [number, number];
  /** Genomes, as text; empty between ticks. */
  private arrivals: string[] = [];

  constructor(kernel: Kernel<S>, seed: number) {
    this.kernel = kernel;
    this.key = seedKey(seed, purpose.landing);
  }

  /** Has an organism with this genome enter in the next tick, if there is room then. */
  immigrate(genome: string): void {
    this.arrivals.push(genome);
  }

  /**
   * Immigrants enter, in the order in which they were called: each at a place, with energy and with a kin mark that are drawn from
   * seed and tick, and as the first of a lineage of its own. Called once a tick, when everyone who is due has been born.
   */
  admit(): void {
    const { kernel, arrivals } = this;
    this.refused = 0;
    if (arrivals.length === 0) return;
    const random = new RandomStream(this.key, kernel.tick);
    const { pop, eggs } = kernel;
    for (const genome of arrivals) {
      const { x, y, energy } = landing(kernel, random);
      const tag = random.below(256);
      if (pop.count + eggs.count >= pop.capacity) {
        this.refused++;
        continue;
      }
      kernel.found(genome, x, y, energy, tag, Operator.immigrant);
      const row = pop.count - 1;
      this.immigrated += pop.columns.energy[row];
      kernel.deliberation.born(row, kernel.parameter('judging'));
    }
    this.arrivals = [];
  }

  /** Gives each of these organisms (ids, rising) its energy, or takes it where that is negative, down to nothing; the dead are passed over. Applied between ticks. */
  reward(organisms: readonly number[], energies: readonly number[]): void {
    const n = organisms.length;
    if (n === 0) return;
    const { count, columns: { id, energy } } = this.kernel.pop;
    const least = organisms[0];
    const most = organisms[n - 1];
    const rows = new Int32Array(n).fill(-1);
    for (let row = 0; row < count; row++) {
      if (id[row] < least || id[row] > most) continue;
      let low = 0;
      let high = n - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (organisms[middle] < id[row]) low = middle + 1;
        else high = middle;
      }
      if (organisms[low] === id[row]) rows[low] = row;
    }
    // by id, so that the sum does not depend on the order of rows
    for (let i = 0; i < n; i++) {
      const row = rows[i];
      if (row < 0) continue;
      const before = energy[row];
      energy[row] = Math.max(0, before + energies[i]);
      this.rewarded += energy[row] - before;
    }
  }

  save(): Packable {
    const { immigrated, rewarded } = this;
    return { immigrated, rewarded };
  }

  load(saved: unknown): void {
    Object.assign(this, saved);
  }
}
