import type { Phylogeny } from '../core/measures/phylogeny.ts';
import { IdMap } from '../core/measures/id-map.ts';
import { ABOVE, lengthened } from '../core/measures/taxon-table.ts';
import { TaxonTree } from '../core/measures/taxon-tree.ts';
import type { TickEvent } from '../core/events/event.ts';
import { NOBODY, Operator, operatorNames } from '../core/kernel/tick-events.ts';
import type { Simulation } from '../core/simulation.ts';
import type { Clade } from './lit.ts';

/** A life as far as it is known now; `genome` is what it was born with. */
export interface PastLife {
  readonly id: number;
  /** First parent, then partner. */
  readonly parents: number[];
  readonly operator: string;
  readonly lineage: number;
  readonly genome: string;
  readonly bornAt: number;
  /** Null while it lives. */
  readonly diedAt: number | null;
}

/** Of the dead so many are kept at most; the earliest go first. */
const MOST_DEAD = 250_000;

/**
 * Everyone who lives in a tick that is still held, and their ancestors: a phylogeny that forgets later than the run's own does. It
 * holds texts of genomes and no handles, so that nothing of the run is other for it.
 */
export class PastLives {
  private readonly simulation: Simulation;
  private readonly tree: TaxonTree;
  private readonly slots = new IdMap(1024);
  // more about a life, by its slot in the tree
  private parent = new Uint32Array(0);
  private partner = new Uint32Array(0);
  private lineage = new Uint32Array(0);
  /** 0 while it lives: nobody dies before the first tick. */
  private died = new Uint32Array(0);
  private operator = new Uint8Array(0);
  private readonly genomes: string[] = [];
  /** Genomes that thought has rewritten, by id, by rising tick. */
  private readonly rewritten = new Map<number, { tick: number; genome: string }[]>();
  /** The dead that have not been let go, by rising tick, from `first` on. */
  private dead: { id: number; tick: number }[] = [];
  private first = 0;

  /** Listens from now on; whoever is known to the phylogeny is known here. */
  constructor(simulation: Simulation, phylogeny: Phylogeny) {
    this.simulation = simulation;
    this.tree = new TaxonTree((slot) => {
      const id = this.tree.id[slot]!;
      this.slots.delete(id);
      this.rewritten.delete(id);
      this.genomes[slot] = '';
    });
    this.begin(phylogeny);
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') this.note(event); });
  }

  /** Lives that are kept. */
  get size(): number {
    return this.tree.size;
  }

  /** Null where nothing is known, or nothing any more. */
  of(id: number): PastLife | null {
    const slot = this.slots.get(id);
    return slot === NOBODY ? null : this.at(slot);
  }

  /** The genome that a life had after a tick, and whether thought had rewritten it by then. */
  genomeAt(id: number, tick: number): { genome: string; rewritten: boolean } {
    const last = this.rewritten.get(id)?.findLast((each) => each.tick <= tick);
    return last === undefined ? { genome: this.genomes[this.slots.get(id)] ?? '', rewritten: false } : { genome: last.genome, rewritten: true };
  }

  /** A part of the line of first parents, nearest first, and how many are known. */
  lineOf(id: number, from: number, most: number): { line: PastLife[]; count: number } {
    const { tree } = this;
    const slot = this.slots.get(id);
    if (slot === NOBODY) return { line: [], count: 0 };
    let at = tree.parent[slot]!;
    for (let i = 0; i < from && at !== ABOVE; i++) at = tree.parent[at]!;
    const line: PastLife[] = [];
    for (; at !== ABOVE && line.length < most; at = tree.parent[at]!) line.push(this.at(at));
    return { line, count: tree.depth[slot]! };
  }

  /** Id of the first in an unbroken line of first parents who has the genome that this one was born with. */
  genotypeOf(id: number): number {
    const { tree, genomes } = this;
    let slot = this.slots.get(id);
    if (slot === NOBODY) return id;
    for (let up = tree.parent[slot]!; up !== ABOVE && genomes[up] === genomes[slot]; up = tree.parent[up]!) slot = up;
    return tree.id[slot]!;
  }

  /** Whether one belongs to a clade; of those who are not known any more, no. */
  membersOf(clade: Clade): (id: number) => boolean {
    const { tree, slots } = this;
    const belongs = new Uint8Array(tree.capacity);
    // parents stand before their children
    for (const slot of tree.slots()) {
      const isOne = 'lineage' in clade ? this.lineage[slot] === clade.lineage : tree.id[slot] === clade.genotype || (tree.parent[slot] !== ABOVE && belongs[tree.parent[slot]!] === 1);
      if (isOne) belongs[slot] = 1;
    }
    return (id) => {
      const slot = slots.get(id);
      return slot !== NOBODY && belongs[slot] === 1;
    };
  }

  /** Whoever died in this tick or before is seen no more; without descendants that are, they are let go. */
  forget(upTo: number): void {
    const { dead, simulation: { kernel } } = this;
    while (this.first < dead.length && (dead[this.first]!.tick <= upTo || this.tree.size - kernel.pop.count > MOST_DEAD)) {
      const { id, tick } = dead[this.first++]!;
      const slot = this.slots.get(id);
      if (slot !== NOBODY) this.tree.die(slot, tick);
    }
    if (this.first < 1024 || this.first * 2 < dead.length) return;
    this.dead = dead.slice(this.first);
    this.first = 0;
  }

  private begin(phylogeny: Phylogeny): void {
    const { kernel } = this.simulation;
    const gone: { id: number; tick: number }[] = [];
    for (const { id, parents, genome, operator, originTime, destructionTime } of phylogeny.taxa()) {
      const above = parents.length === 0 ? NOBODY : this.slots.get(parents[0]!);
      const row = kernel.rowOf(id);
      const lineage = row >= 0 ? kernel.pop.columns.lineage[row]! : above === NOBODY ? id : this.lineage[above]!;
      const slot = this.open(id, above, originTime, parents[0] ?? NOBODY, parents[1] ?? NOBODY, lineage, Operator[operator], kernel.genomes.text(genome));
      for (let unborn = phylogeny.tree.unborn[phylogeny.slotOf(id)]!; unborn > 0; unborn--) this.tree.conceive(slot);
      if (row >= 0 && kernel.pop.columns.genome[row] !== genome) this.rewritten.set(id, [{ tick: kernel.tick, genome: kernel.genomes.text(kernel.pop.columns.genome[row]!) }]);
      if (destructionTime === null) continue;
      this.died[slot] = destructionTime;
      gone.push({ id, tick: destructionTime });
    }
    for (const { id, tick } of gone) this.tree.die(this.slots.get(id), tick);
  }

  private note({ tick, births, conceptions, deaths, commands }: TickEvent): void {
    const { simulation: { kernel }, tree, slots } = this;
    for (let i = 0; i < births.count; i++) {
      const parent = births.parent[i]!;
      const above = parent === NOBODY ? NOBODY : slots.get(parent);
      this.open(births.id[i]!, above, tick === 1 && parent === NOBODY ? 0 : tick, parent, births.partner[i]!, births.lineage[i]!, births.operator[i]!, kernel.genomes.text(births.genome[i]!));
      if (above !== NOBODY) tree.hatch(above);
    }
    for (let i = 0; i < conceptions.count; i++) {
      const slot = slots.get(conceptions.parent[i]!);
      if (slot !== NOBODY) tree.conceive(slot);
    }
    for (const { command } of commands) {
      if (command.kind !== 'think' || command.genome === null) continue;
      const row = kernel.rowOf(command.organism);
      if (row < 0) continue;
      const known = this.rewritten.get(command.organism) ?? [];
      this.rewritten.set(command.organism, [...known, { tick, genome: kernel.genomes.text(kernel.pop.columns.genome[row]!) }]);
    }
    for (let i = 0; i < deaths.count; i++) {
      const id = deaths.id[i]!;
      const slot = slots.get(id);
      if (slot === NOBODY) continue;
      this.died[slot] = tick;
      this.dead.push({ id, tick });
    }
  }

  private open(id: number, above: number, tick: number, parent: number, partner: number, lineage: number, operator: number, genome: string): number {
    const slot = this.tree.add(id, above === NOBODY ? ABOVE : above, tick);
    if (slot >= this.operator.length) this.makeRoom();
    this.tree.live(slot);
    this.parent[slot] = parent;
    this.partner[slot] = partner;
    this.lineage[slot] = lineage;
    this.operator[slot] = operator;
    this.died[slot] = 0;
    this.genomes[slot] = genome;
    this.slots.set(id, slot);
    return slot;
  }

  private at(slot: number): PastLife {
    const { tree } = this;
    const died = this.died[slot]!;
    return {
      id: tree.id[slot]!, parents: [this.parent[slot]!, this.partner[slot]!].filter((id) => id !== NOBODY), operator: operatorNames[this.operator[slot]!]!,
      lineage: this.lineage[slot]!, genome: this.genomes[slot]!, bornAt: tree.origin[slot]!, diedAt: died === 0 ? null : died,
    };
  }

  private makeRoom(): void {
    const { capacity } = this.tree;
    this.parent = lengthened(this.parent, new Uint32Array(capacity));
    this.partner = lengthened(this.partner, new Uint32Array(capacity));
    this.lineage = lengthened(this.lineage, new Uint32Array(capacity));
    this.died = lengthened(this.died, new Uint32Array(capacity));
    this.operator = lengthened(this.operator, new Uint8Array(capacity));
  }
}
