import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { MeasureFacts } from '../kernel/world.ts';
import type { Simulation } from '../simulation.ts';
import type { Archive } from './archive.ts';
import { jsonCodec } from './codec.ts';
import { loadArchive } from './load.ts';
import { NoveltyArchive } from './novelty-archive.ts';

/** Neighbours that a life is compared with, as Lehman & Stanley have it. */
const NEIGHBOURS = 15;
/** Novelty from which on a life is remembered, its measures scaled to their ranges: some two thousand fill the square. */
const THRESHOLD = 0.03;
/** Novelties of so many lives are what a novelty is held against; with fewer than `FEWEST` none is rewarded. */
const LATELY = 200;
const FEWEST = 50;

const codec = jsonCodec<null>();

/** What appraising a life came to: both from −1 to 1, 0 where there is nothing to compare it with. */
export interface Appraised { novelty: Float64Array; competition: Float64Array }

/**
 * Appraises lives for novelty and local competition (Lehman & Stanley 2011, "Evolving a diversity of virtual creatures through novelty
 * search and local competition") against what is remembered of earlier ones, an archive of what was novel in its time and, in each place,
 * of who did best.
 */
export class Appraiser implements Saveable {
  private memory: Archive<null> = new NoveltyArchive<null>({ measureCount: 2, k: NEIGHBOURS, threshold: THRESHOLD, localCompetition: true });
  private readonly ranges: readonly MeasureFacts[];
  /** Novelties of the latest lives: a ring, whose next place is `seen` modulo its length. */
  private readonly lately = new Float64Array(LATELY);
  private seen = 0;

  constructor(measures: readonly [MeasureFacts, MeasureFacts]) {
    this.ranges = measures;
  }

  /** Lives that are remembered. */
  get remembered(): number {
    return this.memory.numElites;
  }

  /**
   * Appraises the lives of one tick against those before them, and then remembers them. Novelty is the mean distance to the nearest
   * that are remembered, and comes out as its rank among the latest lives: −1 below all of them, 1 above. (A rank takes from the many
   * as much as it gives to the few; differences from a mean do not, because what is new is rare and far out.) Local competition is the
   * share of the nearest that have a lower objective: −1 for none, 1 for all.
   *
   * @param objectives one number a life
   * @param measures two numbers a life, side by side
   */
  appraise(count: number, objectives: ArrayLike<number>, measures: ArrayLike<number>): Appraised {
    const { memory, ranges, lately } = this;
    const scaled = Float64Array.from({ length: count * 2 }, (_, i) => {
      const { lower, upper } = ranges[i % 2]!;
      return (measures[i]! - lower) / (upper - lower);
    });
    const neighbours = Math.min(NEIGHBOURS, memory.numElites);
    const distance = new Float64Array(count);
    const beaten = new Uint32Array(count);
    memory.addBatch(count, objectives, scaled, () => null, { novelty: distance, competition: beaten });
    const novelty = new Float64Array(count);
    const competition = new Float64Array(count);
    if (neighbours === 0) return { novelty, competition };
    const known = Math.min(this.seen, LATELY);
    for (let i = 0; i < count; i++) {
      competition[i] = 2 * beaten[i]! / neighbours - 1;
      if (known < FEWEST) continue;
      let less = 0;
      let more = 0;
      for (let j = 0; j < known; j++) {
        if (lately[j]! < distance[i]!) less++;
        else if (lately[j]! > distance[i]!) more++;
      }
      novelty[i] = (less - more) / known;
    }
    for (let i = 0; i < count; i++) lately[this.seen++ % LATELY] = distance[i]!;
    return { novelty, competition };
  }

  save(): Packable {
    const { memory, lately, seen } = this;
    return { memory: memory.save(codec), lately, seen };
  }

  load(saved: unknown): void {
    const { memory, lately, seen } = saved as { memory: Uint8Array; lately: Float64Array; seen: number };
    this.memory = loadArchive(memory, codec);
    this.lately.set(lately);
    this.seen = seen;
  }
}

/**
 * Makes novelty and local competition pay: everyone who has come to the age of appraisal is appraised by what their life shows so far,
 * and gains or loses energy by it, in one command a tick. Where neither pressure is on, nothing is read and nothing remembered.
 */
export function appraiseLives(simulation: Simulation): Appraiser {
  const { kernel } = simulation;
  const appraiser = new Appraiser(simulation.world.measures);
  const life = new Float32Array(3);
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const forNovelty = kernel.parameter('novelty');
    const forCompetition = kernel.parameter('localCompetition');
    const born = event.tick - kernel.parameter('appraisalAge');
    if ((forNovelty === 0 && forCompetition === 0) || born < 0) return;
    const { pop: { count, columns: { id, bornAt } }, parts } = kernel;
    const rows: number[] = [];
    for (let row = 0; row < count; row++) if (bornAt[row] === born) rows.push(row);
    if (rows.length === 0) return;
    rows.sort((a, b) => id[a]! - id[b]!);
    const objectives: number[] = [];
    const measures: number[] = [];
    for (const row of rows) {
      parts.lifeOf(row, life);
      objectives.push(life[0]!);
      measures.push(life[1]!, life[2]!);
    }
    const { novelty, competition } = appraiser.appraise(rows.length, objectives, measures);
    const organisms: number[] = [];
    const energies: number[] = [];
    rows.forEach((row, i) => {
      // thousandths are fine enough, and short on record
      const energy = Math.round(1000 * (forNovelty * novelty[i]! + forCompetition * competition[i]!)) / 1000;
      if (energy === 0) return;
      organisms.push(id[row]!);
      energies.push(energy);
    });
    if (organisms.length > 0) simulation.submit({ kind: 'reward', organisms, energies });
  });
  return appraiser;
}
