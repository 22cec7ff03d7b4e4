import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { NOBODY } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';
import { IdMap } from './id-map.ts';
import { ABOVE, lengthened } from './taxon-table.ts';
import { TaxonTree } from './taxon-tree.ts';

/**
 * The phylogeny of genotypes: a taxon is a genome with all who were born with it in one unbroken line of first parents,
 * and is named by the id of the first of them. A child whose genome differs from its first parent's taxon begins a taxon
 * of its own, so a genome that arises twice is two taxa; founders with one genome are one. Listens from the first tick
 * on. Genomes that are rewritten in life count when they are inherited.
 */
export class GenotypePhylogeny implements Saveable {
  readonly tree: TaxonTree;
  /** Taxon's id of each newborn of this tick, in the order of its births: its own id where it begins a taxon. */
  born = new Uint32Array(256);
  /** Taxon's slot of each living organism, and of each unborn one its first parent's. */
  private readonly slots = new IdMap(1024);
  private readonly unborn = new IdMap(256);
  private genome = new Uint32Array(0);
  private readonly simulation: Simulation;

  /** `forgotten` is told the ids of genotypes that are extinct and without descendants. */
  constructor(simulation: Simulation, forgotten: ((id: number) => void) | null = null) {
    const { genomes } = simulation.kernel;
    this.simulation = simulation;
    this.tree = new TaxonTree((slot) => {
      genomes.release(this.genome[slot]!);
      forgotten?.(this.tree.id[slot]!);
    });
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { tick, births, conceptions, deaths } = event;
      const founded = new Map<number, number>();
      if (births.count > this.born.length) this.born = new Uint32Array(births.count * 2);
      for (let i = 0; i < births.count; i++) {
        const id = births.id[i]!;
        const above = this.unborn.get(id);
        const genome = births.genome[i]!;
        const founder = births.parent[i] === NOBODY;
        let slot = founder ? founded.get(genome) ?? NOBODY : above;
        // the taxon holds its genome, so that the handle cannot stand for another meanwhile
        if (slot === NOBODY || this.genome[slot] !== genome) {
          slot = this.tree.add(id, above === NOBODY ? ABOVE : above, tick === 1 && founder ? 0 : tick);
          if (slot >= this.genome.length) this.makeRoom();
          this.genome[slot] = genome;
          genomes.retain(genome);
          if (founder) founded.set(genome, slot);
        }
        this.born[i] = this.tree.id[slot]!;
        this.slots.set(id, slot);
        this.tree.live(slot);
        if (above === NOBODY) continue;
        this.unborn.delete(id);
        this.tree.hatch(above);
      }
      for (let i = 0; i < conceptions.count; i++) {
        const slot = this.slots.get(conceptions.parent[i]!);
        if (slot === NOBODY) continue;
        this.unborn.set(conceptions.child[i]!, slot);
        this.tree.conceive(slot);
      }
      for (let i = 0; i < deaths.count; i++) {
        const slot = this.slots.get(deaths.id[i]!);
        if (slot === NOBODY) continue;
        this.slots.delete(deaths.id[i]!);
        this.tree.die(slot, tick);
      }
    });
  }

  /** Unborn children whose first parent's genotype is held for them. */
  get expected(): number {
    return this.unborn.size;
  }

  /** Slot of a living organism's genotype; NOBODY when it is not known. */
  slotOf(organism: number): number {
    return this.slots.get(organism);
  }

  /** Canonical text of the genome of a slot's taxon. */
  text(slot: number): string {
    return this.simulation.kernel.genomes.text(this.genome[slot]!);
  }

  /** Handle of the genome of a slot's taxon, valid as long as the taxon is kept. */
  genomeOf(slot: number): number {
    return this.genome[slot]!;
  }

  save(): Packable {
    return { tree: this.tree.save(), genome: this.genome.subarray(0, this.tree.reach), slots: this.slots.save(), unborn: this.unborn.save() };
  }

  load(saved: unknown): void {
    const { tree, genome, slots, unborn } = saved as { tree: unknown; genome: Uint32Array; slots: unknown; unborn: unknown };
    this.tree.load(tree);
    this.makeRoom();
    this.genome.set(genome);
    this.slots.load(slots);
    this.unborn.load(unborn);
  }

  private makeRoom(): void {
    this.genome = lengthened(this.genome, new Uint32Array(this.tree.capacity));
  }
}
