import { Burial } from './burial.ts';
import { Deliberation } from './deliberation.ts';
import type { Delivery } from './delivery.ts';
import { Eggs } from './eggs.ts';
import { finish } from './fingerprint.ts';
import type { DecisionRows, Genomes } from './genomes.ts';
import { Gestation } from './gestation.ts';
import { Influx } from './influx.ts';
import type { Packable } from './packed.ts';
import { Population, type ColumnSpec } from './population.ts';
import { drawn, purpose, seedKey, threefry } from './random.ts';
import type { Saveable } from './saveable.ts';
import { NOBODY, Operator, Outcome, createBirths, createConceptions, createDeaths, open } from './tick-events.ts';
import type { Parameters, WorldDefinition, WorldParts } from './world.ts';

/** Rows are put in order of place this often: it costs one pass and keeps neighbours in the same cache lines. */
const ARRANGE_EVERY = 8;

export interface KernelOptions<S extends ColumnSpec> {
  world: WorldDefinition<S>;
  parameters: Parameters;
  seed: number;
  genomes: Genomes;
}

/**
 * One world's state and its tick. Knows nothing of models, observers or files: births get their genomes from
 * `deliveries` that the caller hands to `step`, and what happened stands in `conceptions`, `births` and `deaths` until
 * the next tick.
 *
 * A tick is synchronous: everyone decides on the state at its start, and every effect on others is a count or a sum of
 * equal terms, so that no result depends on the order of rows.
 */
export class Kernel<S extends ColumnSpec = ColumnSpec> implements Saveable {
  /** Ticks completed; the next `step` is tick `tick + 1`. */
  tick = 0;
  readonly seed: number;
  readonly world: WorldDefinition<S>;
  readonly genomes: Genomes;
  readonly parameters: Record<string, number>;
  readonly width: number;
  readonly height: number;
  readonly pop: Population<S>;
  readonly eggs: Eggs;
  readonly parts: WorldParts<S>;
  readonly conceptions = createConceptions();
  readonly births = createBirths();
  readonly deaths = createDeaths();
  readonly deliberation: Deliberation<S>;
  readonly influx: Influx<S>;
  readonly gestation: Gestation<S>;
  private readonly burial: Burial<S>;
  /** Rows that are to die at the end of this tick carry a cause + 1 here. */
  readonly dying: Uint8Array;
  /**
   * A word a row for whoever needs one within a phase of the tick: one memory seen as floats, words or shorts. Holds
   * nothing from one phase to the next; from `conceive` to `layEggs` it is the gestation's, for the partners' rows.
   */
  readonly scratch: { readonly floats: Float32Array; readonly words: Uint32Array; readonly shorts: Uint16Array };
  private nextId = 0;
  private readonly decision: DecisionRows;
  private readonly chanceKey: [number, number];

  constructor(options: KernelOptions<S>) {
    const { world, parameters, seed, genomes } = options;
    this.world = world;
    this.genomes = genomes;
    this.seed = seed;
    this.parameters = { ...parameters };
    const { width, height } = world.space(parameters);
    this.width = width;
    this.height = height;
    const capacity = this.parameter('capacity');
    this.pop = new Population(world.columns, capacity, genomes.registersPerRow);
    this.eggs = new Eggs(256);
    this.dying = new Uint8Array(capacity);
    const words = new Uint32Array(capacity);
    this.scratch = { words, floats: new Float32Array(words.buffer), shorts: new Uint16Array(words.buffer, 0, capacity) };
    this.chanceKey = seedKey(seed, purpose.chance);
    this.deliberation = new Deliberation(this, seed);
    this.influx = new Influx(this, seed);
    this.gestation = new Gestation(this, seed);
    this.burial = new Burial(this);
    this.parts = world.create(this);
    const { columns } = this.pop;
    this.decision = {
      count: 0, id: columns.id, genome: columns.genome, memory: this.pop.memory,
      act: columns.act, target: columns.target, nextSignal: columns.nextSignal, fired: columns.fired,
      readers: this.parts.readers, survey: this.parts.survey ?? null, scratch: words, key0: 0, key1: 0,
    };
  }

  /** A parameter's value now. */
  parameter(key: string): number {
    const value = this.parameters[key];
    if (value === undefined) throw new Error(`The world "${this.world.name}" has no parameter "${key}".`);
    return value;
  }

  /** The next name; none is given twice. */
  newId(): number {
    return this.nextId++;
  }

  /** Bytes of everything sized by organisms or cells. */
  get bytes(): number {
    return this.pop.bytes + this.eggs.bytes + this.parts.bytes + this.dying.byteLength + this.scratch.words.byteLength
      + this.gestation.bytes + this.burial.bytes;
  }

  /** Between two ticks, from the first on. */
  save(): Packable {
    const { tick, nextId, parameters, genomes, pop, eggs, deliberation, influx, parts, burial } = this;
    return {
      tick, nextId, parameters, genomes: genomes.save(), pop: pop.save(), eggs: eggs.save(), deliberation: deliberation.save(), influx: influx.save(), parts: parts.save(),
      ended: burial.save(),
    };
  }

  load(saved: unknown): void {
    const { tick, nextId, parameters, genomes, pop, eggs, deliberation, influx, parts, ended } = saved as Record<string, unknown> & {
      tick: number; nextId: number; parameters: Record<string, number>;
    };
    this.tick = tick;
    this.nextId = nextId;
    Object.assign(this.parameters, parameters);
    this.genomes.load(genomes);
    this.pop.load(pop);
    this.eggs.load(eggs);
    this.deliberation.load(deliberation);
    this.influx.load(influx);
    this.parts.load(parts);
    this.burial.load(ended);
  }

  /** Puts a founder at a place; returns its id. Founders are born before the first tick and stand in its births; immigrants are founders that come later. */
  found(genome: string, x: number, y: number, energy: number, tag: number, operator: number = Operator.founder): number {
    const { pop } = this;
    if (pop.count >= pop.capacity) {
      throw new RangeError(`A world with capacity ${pop.capacity} has no room for another founder; raise capacity.`);
    }
    const handle = this.genomes.intern(genome);
    const id = this.newId();
    const row = pop.add();
    const c = pop.columns;
    c.id[row] = id;
    c.genome[row] = handle;
    c.x[row] = x;
    c.y[row] = y;
    c.energy[row] = energy;
    c.bornAt[row] = this.tick;
    c.lineage[row] = id;
    c.tag[row] = tag;
    c.operator[row] = operator;
    this.parts.begin(row);
    this.noteBirth(row, NOBODY, NOBODY, Outcome.none, 0, false);
    return id;
  }

  /**
   * One tick. `deliveries` holds the genomes that a model wrote for the children due now; a child that was planned for
   * the model and has none here is an error, because waiting is the caller's business.
   */
  step(deliveries: ReadonlyMap<number, Delivery>): void {
    this.burial.release();
    this.tick++;
    this.conceptions.count = 0;
    // founders stand in the births of the first tick
    if (this.tick > 1) this.births.count = 0;
    this.deaths.count = 0;
    this.deliberation.open();
    this.gestation.hatch(deliveries);
    this.influx.admit();
    this.parts.step(this);
    this.burial.bury();
    if (this.tick % ARRANGE_EVERY === 0) this.arrange();
  }

  /** Everyone chooses an act. Called by the world once its cell list is built. */
  decide(): void {
    const { decision } = this;
    decision.count = this.pop.count;
    threefry(this.chanceKey[0], this.chanceKey[1], this.tick, 0);
    decision.key0 = drawn[0];
    decision.key1 = drawn[1];
    this.genomes.decide(decision);
    this.deliberation.begin();
    this.deliberation.override();
  }

  /** Writes a birth into the tick's log, once all is known of the row. */
  noteBirth(row: number, parent: number, partner: number, outcome: number, variation: number, same: boolean): void {
    const c = this.pop.columns;
    const { births } = this;
    const n = open(births);
    births.id[n] = c.id[row];
    births.parent[n] = parent;
    births.partner[n] = partner;
    births.genome[n] = c.genome[row];
    births.operator[n] = c.operator[row];
    births.outcome[n] = outcome;
    births.variation[n] = variation;
    births.same[n] = same ? 1 : 0;
    births.lineage[n] = c.lineage[row];
    births.tag[n] = c.tag[row];
    births.x[n] = c.x[row];
    births.y[n] = c.y[row];
  }

  /** Row of a living organism, or -1. A search: for a viewer's one organism, not for a tick. */
  rowOf(id: number): number {
    const { id: ids } = this.pop.columns;
    for (let row = 0; row < this.pop.count; row++) if (ids[row] === id) return row;
    return -1;
  }

  /**
   * A digest of who is where with how much energy. A sum over rows, so it does not depend on their order; it makes a
   * divergence show at once that events would show only later.
   */
  digest(): number {
    const c = this.pop.columns;
    const x = new Uint32Array(c.x.buffer);
    const y = new Uint32Array(c.y.buffer);
    const energy = new Uint32Array(c.energy.buffer);
    let sum = this.pop.count;
    for (let row = 0; row < this.pop.count; row++) {
      const h = Math.imul(c.id[row] ^ Math.imul(x[row], 0x9e3779b1), 0x85ebca6b) ^ Math.imul(y[row] ^ (energy[row] << 7 | energy[row] >>> 25), 0xc2b2ae35);
      sum = (sum + finish(h)) | 0;
    }
    return sum >>> 0;
  }

  private arrange(): void {
    const { cells } = this.parts;
    const { x, y } = this.pop.columns;
    cells.sort(this.pop.count, x, y);
    this.pop.arrange(cells.order, this.scratch.words);
  }
}
