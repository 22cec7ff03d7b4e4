import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { Simulation } from '../simulation.ts';
import { NOBODY, operatorNames, type OperatorName } from '../kernel/tick-events.ts';
import { IdMap } from './id-map.ts';
import { ABOVE, lengthened } from './taxon-table.ts';
import { TaxonTree } from './taxon-tree.ts';

/** An organism in the phylogeny. Several parents are kept; the tree follows the first. */
export interface Taxon {
  id: number;
  /** First parent, then partner; empty for founders. */
  parents: number[];
  /** Handle of its genome, held as long as the taxon is. */
  genome: number;
  operator: OperatorName;
  originTime: number;
  /** Null while it lives. */
  destructionTime: number | null;
}

/**
 * Who came from whom, for the living and their ancestors: every organism is a taxon. A branch that has died out is forgotten at
 * once, so memory follows the living; one whose last member is unborn is kept. (Terms after the ALife data standard for phylogenies.)
 */
export class Phylogeny implements Saveable {
  /** Its shape is for `treeShape`; taxa are organisms, times are ticks. */
  readonly tree: TaxonTree;
  private readonly slots = new IdMap(1024);
  // more about a taxon, by its slot in the tree; a parent's id stands even where nothing is known of that parent
  private parent = new Uint32Array(0);
  private partner = new Uint32Array(0);
  private genome = new Uint32Array(0);
  private operator = new Uint8Array(0);

  constructor(simulation: Simulation) {
    const { genomes } = simulation.kernel;
    this.tree = new TaxonTree((slot) => {
      this.slots.delete(this.tree.id[slot]!);
      genomes.release(this.genome[slot]!);
    });
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { tick, births, conceptions, deaths } = event;
      for (let i = 0; i < births.count; i++) {
        const parent = births.parent[i]!;
        genomes.retain(births.genome[i]!);
        const above = parent === NOBODY ? NOBODY : this.slots.get(parent);
        const slot = this.tree.add(births.id[i]!, above === NOBODY ? ABOVE : above, tick === 1 && parent === NOBODY ? 0 : tick);
        if (slot >= this.genome.length) this.makeRoom();
        this.parent[slot] = parent;
        this.partner[slot] = births.partner[i]!;
        this.genome[slot] = births.genome[i]!;
        this.operator[slot] = births.operator[i]!;
        this.slots.set(births.id[i]!, slot);
        this.tree.live(slot);
        if (above !== NOBODY) this.tree.hatch(above);
      }
      // a dead organism whose egg has yet to hatch is an ancestor already: children count from conception, which may be in the
      // tick of the parent's own birth
      for (let i = 0; i < conceptions.count; i++) {
        const slot = this.slots.get(conceptions.parent[i]!);
        if (slot !== NOBODY) this.tree.conceive(slot);
      }
      for (let i = 0; i < deaths.count; i++) {
        const slot = this.slots.get(deaths.id[i]!);
        if (slot !== NOBODY) this.tree.die(slot, tick);
      }
    });
  }

  get size(): number {
    return this.tree.size;
  }

  /** Bytes held, without the genomes. */
  get bytes(): number {
    return this.tree.bytes + this.slots.bytes + this.genome.length * 13;
  }

  /** Whether it lives, or has living or unborn descendants. */
  has(id: number): boolean {
    return this.slots.get(id) !== NOBODY;
  }

  /** Slot in the tree, NOBODY where it is not kept. */
  slotOf(id: number): number {
    return this.slots.get(id);
  }

  /** Handle of the genome of a slot's organism, valid as long as the taxon is kept. */
  genomeOf(slot: number): number {
    return this.genome[slot]!;
  }

  taxon(id: number): Taxon | undefined {
    const slot = this.slots.get(id);
    return slot === NOBODY ? undefined : this.at(slot);
  }

  /** The line of first parents, nearest first, as far back as it is kept or `most` long. */
  ancestors(id: number, most: number): Taxon[] {
    const line: Taxon[] = [];
    const slot = this.slots.get(id);
    if (slot === NOBODY) return line;
    for (let at = this.tree.parent[slot]!; at !== ABOVE && line.length < most; at = this.tree.parent[at]!) line.push(this.at(at));
    return line;
  }

  /** All that are kept, ancestors before descendants. */
  *taxa(): Generator<Taxon> {
    for (const slot of this.tree.slots()) yield this.at(slot);
  }

  private at(slot: number): Taxon {
    const { tree } = this;
    const gone = tree.destruction[slot]!;
    return {
      id: tree.id[slot]!, parents: [this.parent[slot]!, this.partner[slot]!].filter((id) => id !== NOBODY), genome: this.genome[slot]!,
      operator: operatorNames[this.operator[slot]!]!, originTime: tree.origin[slot]!, destructionTime: gone === Infinity ? null : gone,
    };
  }

  save(): Packable {
    const { tree } = this;
    const [parent, partner, genome, operator] = [this.parent, this.partner, this.genome, this.operator].map((column) => column.subarray(0, tree.reach));
    return { tree: tree.save(), parent, partner, genome, operator };
  }

  load(saved: unknown): void {
    const { tree, parent, partner, genome, operator } = saved as { tree: unknown; parent: Uint32Array; partner: Uint32Array; genome: Uint32Array; operator: Uint8Array };
    this.tree.load(tree);
    this.makeRoom();
    this.parent.set(parent);
    this.partner.set(partner);
    this.genome.set(genome);
    this.operator.set(operator);
    this.slots.clear();
    for (const slot of this.tree.slots()) this.slots.set(this.tree.id[slot]!, slot);
  }

  private makeRoom(): void {
    const { capacity } = this.tree;
    this.parent = lengthened(this.parent, new Uint32Array(capacity));
    this.partner = lengthened(this.partner, new Uint32Array(capacity));
    this.genome = lengthened(this.genome, new Uint32Array(capacity));
    this.operator = lengthened(this.operator, new Uint8Array(capacity));
  }
}
