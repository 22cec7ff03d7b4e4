import type { Delivery } from './delivery.ts';
import type { Kernel } from './kernel.ts';
import type { ColumnSpec } from './population.ts';
import { RandomStream, purpose, seedKey, uniform } from './random.ts';
import { sortRowsById } from './sort.ts';
import { NOBODY, Operator, Outcome, Variation, open } from './tick-events.ts';

/** From the wish for a child to its birth: who asks is granted an egg while there is room, and the egg hatches `gestation` ticks later. */
export class Gestation<S extends ColumnSpec> {
  /** Rows that conceived this tick; valid [0, conceiving). */
  conceivers = new Uint32Array(1024);
  conceiving = 0;
  private spare = new Uint32Array(1024);
  private readonly kernel: Kernel<S>;
  private readonly conceptionKey: [number, number];
  private readonly operatorKey: [number, number];
  private readonly tagKey: [number, number];

  constructor(kernel: Kernel<S>, seed: number) {
    this.kernel = kernel;
    this.conceptionKey = seedKey(seed, purpose.conception);
    this.operatorKey = seedKey(seed, purpose.operator);
    this.tagKey = seedKey(seed, purpose.tag);
  }

  get bytes(): number {
    return this.conceivers.byteLength + this.spare.byteLength;
  }

  /** Asks for a child of the organism in `row`; `partnerRow` is NOBODY for one parent. Granted in `layEggs`. */
  conceive(row: number, partnerRow: number): void {
    this.kernel.scratch.words[row] = partnerRow;
    if (this.conceiving === this.conceivers.length) this.lengthenLists();
    this.conceivers[this.conceiving++] = row;
  }

  /**
   * Grants the conceptions asked for, by rising id of the parent, while there is room; returns how many. The rows are
   * then `conceivers[0 …]`, and each child has been given `endowment` energy, which the world takes from the parent.
   */
  layEggs(endowment: number): number {
    const { kernel, conceivers } = this;
    const { pop, eggs, conceptions: log, scratch, deliberation, genomes, tick } = kernel;
    const c = pop.columns;
    sortRowsById(conceivers, this.conceiving, c.id, this.spare);
    const room = Math.max(0, pop.capacity - pop.count - eggs.count);
    const granted = Math.min(this.conceiving, room);
    const dueAt = tick + kernel.parameter('gestation');
    const share = kernel.parameter('modelShare');
    for (let i = 0; i < granted; i++) {
      const row = conceivers[i];
      const partnerRow = scratch.words[row];
      const child = kernel.newId();
      const egg = eggs.lay();
      const n = open(log);
      const byModel = share > 0 && uniform(this.conceptionKey[0], this.conceptionKey[1], child, 0) < share ? 1 : 0;
      eggs.child[egg] = log.child[n] = child;
      eggs.dueAt[egg] = dueAt;
      eggs.parent[egg] = log.parent[n] = c.id[row];
      const inherited = deliberation.heritable(row);
      eggs.parentGenome[egg] = log.parentGenome[n] = inherited;
      genomes.retain(inherited);
      eggs.byModel[egg] = log.byModel[n] = byModel;
      eggs.lineage[egg] = c.lineage[row];
      eggs.tag[egg] = c.tag[row];
      eggs.x[egg] = c.x[row];
      eggs.y[egg] = c.y[row];
      eggs.energy[egg] = endowment;
      log.parentAge[n] = tick - c.bornAt[row];
      log.parentEnergy[n] = c.energy[row];
      log.parentChildren[n] = c.children[row];
      if (partnerRow === NOBODY) {
        eggs.partner[egg] = log.partner[n] = NOBODY;
        eggs.partnerGenome[egg] = log.partnerGenome[n] = NOBODY;
        log.partnerAge[n] = log.partnerEnergy[n] = log.partnerChildren[n] = 0;
      } else {
        eggs.partner[egg] = log.partner[n] = c.id[partnerRow];
        const partners = deliberation.heritable(partnerRow);
        eggs.partnerGenome[egg] = log.partnerGenome[n] = partners;
        genomes.retain(partners);
        log.partnerAge[n] = tick - c.bornAt[partnerRow];
        log.partnerEnergy[n] = c.energy[partnerRow];
        log.partnerChildren[n] = c.children[partnerRow];
      }
    }
    return granted;
  }

  /** Ids of the children that are due at the next tick and planned for the model, rising. */
  *dueByModel(): Generator<number> {
    const { eggs, tick } = this.kernel;
    for (let i = 0; i < eggs.count; i++) {
      const entry = (eggs.head + i) % eggs.capacity;
      if (eggs.dueAt[entry] > tick + 1) return;
      if (eggs.byModel[entry] === 1) yield eggs.child[entry];
    }
  }

  /** Those who are due are born. A child that was planned for the model and has no delivery is an error, because waiting is the caller's business. */
  hatch(deliveries: ReadonlyMap<number, Delivery>): void {
    const { kernel } = this;
    const { eggs, pop, genomes, tick } = kernel;
    this.conceiving = 0;
    const judging = kernel.parameter('judging');
    while (eggs.count > 0 && eggs.dueAt[eggs.head] <= tick) {
      const egg = eggs.take();
      const child = eggs.child[egg];
      let operator: number = Operator.copy;
      let outcome: number = Outcome.none;
      let variation = 0;
      let handle = -1;
      if (eggs.byModel[egg] === 1) {
        const delivery = deliveries.get(child);
        if (delivery === undefined) throw new Error(`Child ${child} is due at tick ${tick} and its genome has not been delivered.`);
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
        const recombines = partnerGenome !== NOBODY && stream.chance(kernel.parameter('crossoverRate'));
        const varied = genomes.vary(eggs.parentGenome[egg], recombines ? partnerGenome : null, stream, kernel.parameter('mutationRate'));
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
      c.bornAt[row] = tick;
      c.lineage[row] = eggs.lineage[egg];
      c.operator[row] = operator;
      c.tag[row] = handle === eggs.parentGenome[egg] ? eggs.tag[egg] : this.driftedTag(eggs.tag[egg], child);
      kernel.parts.begin(row);
      kernel.noteBirth(row, eggs.parent[egg], eggs.partner[egg], outcome, variation,
        handle === eggs.parentGenome[egg] || handle === eggs.partnerGenome[egg]);
      if (judging > 0) kernel.deliberation.born(row, judging);
      genomes.release(eggs.parentGenome[egg]);
      if (eggs.partnerGenome[egg] !== NOBODY) genomes.release(eggs.partnerGenome[egg]);
    }
  }

  /** A changed genome moves the kin mark by up to four steps either way around the circle of 256. */
  private driftedTag(tag: number, child: number): number {
    const step = Math.floor(uniform(this.tagKey[0], this.tagKey[1], child, 0) * 9) - 4;
    return (tag + step) & 255;
  }

  /** The lists of rows follow the most conceptions a tick has seen. */
  private lengthenLists(): void {
    const longer = new Uint32Array(this.conceivers.length * 2);
    longer.set(this.conceivers);
    this.conceivers = longer;
    this.spare = new Uint32Array(longer.length);
  }
}
