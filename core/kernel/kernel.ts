import { Deliberation } from './deliberation.ts';
import type { Delivery } from './delivery.ts';
import { Eggs } from './eggs.ts';
import { finish } from './fingerprint.ts';
import type { DecisionRows, Genomes } from './genomes.ts';
import { Influx } from './influx.ts';
import type { Packable } from './packed.ts';
import { Population, type ColumnSpec } from './population.ts';
import { RandomStream, purpose, seedKey, threefry, drawn, uniform } from './random.ts';
import type { Saveable } from './saveable.ts';
import { sortRowsById } from './sort.ts';
import { NOBODY, Operator, Outcome, Variation, createBirths, createConceptions, createDeaths, open } from './tick-events.ts';
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
  /** Rows that are to die at the end of this tick carry a cause + 1 here. */
  readonly dying: Uint8Array;
  /** Rows that conceived this tick; valid [0, conceiving). */
  conceivers = new Uint32Array(1024);
  conceiving = 0;
  /**
   * A word a row for whoever needs one within a phase of the tick: one memory seen as floats, words or shorts. Holds
   * nothing from one phase to the next; from `conceive` to `layEggs` it is the kernel's, for the partners' rows.
   */
  readonly scratch: { readonly floats: Float32Array; readonly words: Uint32Array; readonly shorts: Uint16Array };
  private nextId = 0;
  private spare = new Uint32Array(1024);
  private readonly life = new Float32Array(3);
  private readonly decision: DecisionRows;
  private readonly chanceKey: [number, number];
  private readonly conceptionKey: [number, number];
  private readonly operatorKey: [number, number];
  private readonly tagKey: [number, number];

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
    this.conceptionKey = seedKey(seed, purpose.conception);
    this.operatorKey = seedKey(seed, purpose.operator);
    this.tagKey = seedKey(seed, purpose.tag);
    this.deliberation = new Deliberation(this, seed);
    this.influx = new Influx(this, seed);
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

  /** Bytes of everything sized by organisms or cells. */
  get bytes(): number {
    return this.pop.bytes + this.eggs.bytes + this.parts.bytes + this.dying.byteLength + this.scratch.words.byteLength
      + this.conceivers.byteLength + this.spare.byteLength;
  }

  /** Between two ticks, from the first on. */
  save(): Packable {
    const { tick, nextId, parameters, genomes, pop, eggs, deliberation, influx, parts, deaths } = this;
    return {
      tick, nextId, parameters, genomes: genomes.save(), pop: pop.save(), eggs: eggs.save(), deliberation: deliberation.save(), influx: influx.save(), parts: parts.save(),
      ended: deaths.genome.subarray(0, deaths.count),
    };
  }

  load(saved: unknown): void {
    const { tick, nextId, parameters, genomes, pop, eggs, deliberation, influx, parts, ended } = saved as Record<string, unknown> & {
      tick: number; nextId: number; parameters: Record<string, number>; ended: Uint32Array;
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
    // the genomes of those who died in the last tick are let go in the next
    this.deaths.count = 0;
    for (const handle of ended) {
      const at = open(this.deaths);
      this.deaths.genome[at] = handle;
    }
  }

  /** Puts a founder at a place; returns its id. Founders are born before the first tick and stand in its births; immigrants are founders that come later. */
  found(genome: string, x: number, y: number, energy: number, tag: number, operator: number = Operator.founder): number {
    const { pop } = this;
    if (pop.count >= pop.capacity) {
      throw new RangeError(`A world with capacity ${pop.capacity} has no room for another founder; raise capacity.`);
    }
    const handle = this.genomes.intern(genome);
    const id = this.nextId++;
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

  /** Ids of the children that are due at the next tick and planned for the model, rising. */
  *dueByModel(): Generator<number> {
    const { eggs } = this;
    for (let i = 0; i < eggs.count; i++) {
      const entry = (eggs.head + i) % eggs.capacity;
      if (eggs.dueAt[entry] > this.tick + 1) return;
      if (eggs.byModel[entry] === 1) yield eggs.child[entry];
    }
  }

  /**
   * One tick. `deliveries` holds the genomes that a model wrote for the children due now; a child that was planned for
   * the model and has none here is an error, because waiting is the caller's business.
   */
  step(deliveries: ReadonlyMap<number, Delivery>): void {
    this.releaseEnded();
    this.tick++;
    this.conceptions.count = 0;
    // founders stand in the births of the first tick
    if (this.tick > 1) this.births.count = 0;
    this.deaths.count = 0;
    this.deliberation.open();
    this.conceiving = 0;
    this.hatch(deliveries);
    this.influx.admit();
    this.parts.step(this);
    this.bury();
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

  /** Asks for a child of the organism in `row`; `partnerRow` is NOBODY for one parent. Granted in `layEggs`. */
  conceive(row: number, partnerRow: number): void {
    this.scratch.words[row] = partnerRow;
    if (this.conceiving === this.conceivers.length) this.lengthenLists();
    this.conceivers[this.conceiving++] = row;
  }

  /**
   * Grants the conceptions asked for, by rising id of the parent, while there is room; returns how many. The rows are
   * then `conceivers[0 …]`, and each child has been given `endowment` energy, which the world takes from the parent.
   */
  layEggs(endowment: number): number {
    const { pop, eggs, conceivers, conceptions: log, scratch } = this;
    const c = pop.columns;
    sortRowsById(conceivers, this.conceiving, c.id, this.spare);
    const room = Math.max(0, pop.capacity - pop.count - eggs.count);
    const granted = Math.min(this.conceiving, room);
    const dueAt = this.tick + this.parameter('gestation');
    const share = this.parameter('modelShare');
    for (let i = 0; i < granted; i++) {
      const row = conceivers[i];
      const partnerRow = scratch.words[row];
      const child = this.nextId++;
      const egg = eggs.lay();
      const n = open(log);
      const byModel = share > 0 && uniform(this.conceptionKey[0], this.conceptionKey[1], child, 0) < share ? 1 : 0;
      eggs.child[egg] = log.child[n] = child;
      eggs.dueAt[egg] = dueAt;
      eggs.parent[egg] = log.parent[n] = c.id[row];
      const inherited = this.deliberation.heritable(row);
      eggs.parentGenome[egg] = log.parentGenome[n] = inherited;
      this.genomes.retain(inherited);
      eggs.byModel[egg] = log.byModel[n] = byModel;
      eggs.lineage[egg] = c.lineage[row];
      eggs.tag[egg] = c.tag[row];
      eggs.x[egg] = c.x[row];
      eggs.y[egg] = c.y[row];
      eggs.energy[egg] = endowment;
      log.parentAge[n] = this.tick - c.bornAt[row];
      log.parentEnergy[n] = c.energy[row];
      log.parentChildren[n] = c.children[row];
      if (partnerRow === NOBODY) {
        eggs.partner[egg] = log.partner[n] = NOBODY;
        eggs.partnerGenome[egg] = log.partnerGenome[n] = NOBODY;
        log.partnerAge[n] = log.partnerEnergy[n] = log.partnerChildren[n] = 0;
      } else {
        eggs.partner[egg] = log.partner[n] = c.id[partnerRow];
        const partners = this.deliberation.heritable(partnerRow);
        eggs.partnerGenome[egg] = log.partnerGenome[n] = partners;
        this.genomes.retain(partners);
        log.partnerAge[n] = this.tick - c.bornAt[partnerRow];
        log.partnerEnergy[n] = c.energy[partnerRow];
        log.partnerChildren[n] = c.children[partnerRow];
      }
    }
    return granted;
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

  private hatch(deliveries: ReadonlyMap<number, Delivery>): void {
    const { eggs, pop, genomes } = this;
    const judging = this.parameter('judging');
    while (eggs.count > 0 && eggs.dueAt[eggs.head] <= this.tick) {
      const egg = eggs.take();
      const child = eggs.child[egg];
      let operator: number = Operator.copy;
      let outcome: number = Outcome.none;
      let variation = 0;
      let handle = -1;
      if (eggs.byModel[egg] === 1) {
        const delivery = deliveries.get(child);
        if (delivery === undefined) throw new Error(`Child ${child} is due at tick ${this.tick} and its genome has not been delivered.`);
        outcome = Outcome[delivery.outcome];
        if (delivery.genome !== null) {
          handle = genomes.intern(delivery.genome);
          operator = Operator.llm;
          variation = Variation[delivery.operator ?? 'llm-crossover'];
        }
      }
      if (handle < 0) {
        const stream = new RandomStream(this.operatorKey, child);
        const partnerGenome = eggs.partnerGenome[egg];
        const recombines = partnerGenome !== NOBODY && stream.chance(this.parameter('crossoverRate'));
        const varied = genomes.vary(eggs.parentGenome[egg], recombines ? partnerGenome : null, stream, this.parameter('mutationRate'));
        handle = varied.handle;
        variation = varied.variation;
        operator = variation === 0 ? Operator.copy : Operator.classical;
      }
      const row = pop.add();
      const c = pop.columns;
      c.id[row] = child;
      c.genome[row] = handle;
      c.x[row] = eggs.x[egg];
      c.y[row] = eggs.y[egg];
      c.energy[row] = eggs.energy[egg];
      c.bornAt[row] = this.tick;
      c.lineage[row] = eggs.lineage[egg];
      c.operator[row] = operator;
      c.tag[row] = handle === eggs.parentGenome[egg] ? eggs.tag[egg] : this.driftedTag(eggs.tag[egg], child);
      this.parts.begin(row);
      this.noteBirth(row, eggs.parent[egg], eggs.partner[egg], outcome, variation,
        handle === eggs.parentGenome[egg] || handle === eggs.partnerGenome[egg]);
      if (judging > 0) this.deliberation.born(row, judging);
      genomes.release(eggs.parentGenome[egg]);
      if (eggs.partnerGenome[egg] !== NOBODY) genomes.release(eggs.partnerGenome[egg]);
    }
  }

  /** A changed genome moves the kin mark by up to four steps either way around the circle of 256. */
  private driftedTag(tag: number, child: number): number {
    const step = Math.floor(uniform(this.tagKey[0], this.tagKey[1], child, 0) * 9) - 4;
    return (tag + step) & 255;
  }

  private noteBirth(row: number, parent: number, partner: number, outcome: number, variation: number, same: boolean): void {
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

  private bury(): void {
    const { pop, dying, deaths, life } = this;
    const c = pop.columns;
    let n = 0;
    for (let row = 0; row < pop.count; row++) {
      if (dying[row] === 0) continue;
      if (n === this.conceivers.length) this.lengthenLists();
      this.conceivers[n++] = row;
    }
    if (n === 0) return;
    const list = this.conceivers;
    sortRowsById(list, n, c.id, this.spare);
    for (let i = 0; i < n; i++) {
      const row = list[i];
      const d = open(deaths);
      this.parts.lifeOf(row, life);
      deaths.id[d] = c.id[row];
      deaths.cause[d] = dying[row] - 1;
      deaths.bornAt[d] = c.bornAt[row];
      deaths.children[d] = c.children[row];
      deaths.genome[d] = c.genome[row];
      deaths.lineage[d] = c.lineage[row];
      deaths.operator[d] = c.operator[row];
      deaths.objective[d] = life[0];
      deaths.measure0[d] = life[1];
      deaths.measure1[d] = life[2];
      deaths.x[d] = c.x[row];
      deaths.y[d] = c.y[row];
      this.deliberation.buried(c.id[row]);
    }
    // from the last row down, so that a row moved into a gap is never itself about to go
    for (let row = pop.count - 1; row >= 0; row--) {
      if (dying[row] === 0) continue;
      dying[row] = 0;
      pop.remove(row);
    }
  }

  /** Genomes of the dead are let go one tick late, so that observers of a death can still read them. */
  private releaseEnded(): void {
    for (let i = 0; i < this.deaths.count; i++) this.genomes.release(this.deaths.genome[i]);
  }

  private arrange(): void {
    const { cells } = this.parts;
    const { x, y } = this.pop.columns;
    cells.sort(this.pop.count, x, y);
    this.pop.arrange(cells.order, this.scratch.words);
  }

  /** The lists of rows follow the most births or deaths a tick has seen. */
  private lengthenLists(): void {
    const longer = new Uint32Array(this.conceivers.length * 2);
    longer.set(this.conceivers);
    this.conceivers = longer;
    this.spare = new Uint32Array(longer.length);
  }
}

