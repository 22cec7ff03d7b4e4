import type { Simulation } from '../simulation.ts';
import { NOBODY, operatorNames, type OperatorName } from '../kernel/tick-events.ts';

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

/** `livingChildren` counts the unborn, and the dead who still have descendants. */
interface Node extends Taxon { livingChildren: number }

/**
 * Who came from whom, for the living and their ancestors. A branch that has died out is forgotten at once, so memory
 * follows the living. (Terms after the ALife data standard for phylogenies.)
 */
export class Phylogeny {
  private readonly nodes = new Map<number, Node>();
  private readonly simulation: Simulation;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { births, conceptions, deaths } = event;
      for (let i = 0; i < births.count; i++) {
        const genome = births.genome[i]!;
        simulation.kernel.genomes.retain(genome);
        const parents = [births.parent[i]!, births.partner[i]!].filter((id) => id !== NOBODY);
        this.nodes.set(births.id[i]!, {
          id: births.id[i]!, parents, genome, operator: operatorNames[births.operator[i]!]!,
          originTime: event.tick === 1 && parents.length === 0 ? 0 : event.tick, destructionTime: null, livingChildren: 0,
        });
      }
      // a dead organism whose egg has yet to hatch is an ancestor already: children count from conception, which may be in the
      // tick of the parent's own birth
      for (let i = 0; i < conceptions.count; i++) {
        const parent = this.nodes.get(conceptions.parent[i]!);
        if (parent) parent.livingChildren++;
      }
      for (let i = 0; i < deaths.count; i++) {
        const node = this.nodes.get(deaths.id[i]!);
        if (!node) continue;
        node.destructionTime = event.tick;
        this.prune(node);
      }
    });
  }

  get size(): number {
    return this.nodes.size;
  }

  taxon(id: number): Taxon | undefined {
    return this.nodes.get(id);
  }

  /** The line of first parents, nearest first, as far back as it is kept or `most` long. */
  ancestors(id: number, most: number): Taxon[] {
    const line: Taxon[] = [];
    let node = this.nodes.get(id);
    while (node && line.length < most) {
      node = this.nodes.get(node.parents[0] ?? NOBODY);
      if (node) line.push(node);
    }
    return line;
  }

  private prune(start: Node): void {
    let node: Node | undefined = start;
    while (node && node.destructionTime !== null && node.livingChildren === 0) {
      this.nodes.delete(node.id);
      this.simulation.kernel.genomes.release(node.genome);
      const parent = this.nodes.get(node.parents[0] ?? NOBODY);
      if (parent) parent.livingChildren--;
      node = parent;
    }
  }
}
