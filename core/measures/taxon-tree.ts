import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { Abundances } from './abundance.ts';
import { ABOVE, NONE, TaxonTable } from './taxon-table.ts';

/**
 * A phylogeny of taxa (organisms, or genotypes of many organisms) in typed arrays, pruned as it grows: a taxon without living
 * organisms, unborn and kept children is forgotten at once, and its parent after it, so that memory follows the living
 * and their ancestors (about 72 bytes each). Slots are used again; parents always stand before their children in `slots()`.
 *
 * Kept up as it changes, and exact: numbers of taxa, sum of branch lengths, origin times, depths, out-degrees, diversity, and the most
 * recent common ancestor. (Terms after the ALife data standard and Dolson et al. 2024, phylotrackpy.)
 */
export class TaxonTree extends TaxonTable implements Saveable {
  /** Taxa with living organisms; without them but with living or unborn descendants; and forgotten. */
  active = 0;
  ancestors = 0;
  outside = 0;
  /** Σ over taxa of origin − origin of the parent; a root's branch has no length. */
  sumDistance = 0;
  /** Σ over organisms of their taxon's depth. */
  private organismDepths = 0;
  private origins = 0;
  /** Σ of max(0, children − 1), plain and times origin. */
  private branchings = 0;
  private branchingOrigins = 0;
  /** Taxa with this many kept children. */
  private readonly degrees: number[] = [];
  private readonly abundances = new Abundances();
  private common = ABOVE;
  private readonly forgotten: ((slot: number) => void) | null;

  /** `forgotten` is told of each slot before it is used again. */
  constructor(forgotten: ((slot: number) => void) | null = null, capacity = 1024) {
    super(capacity);
    this.forgotten = forgotten;
  }

  /** Taxa that are kept. */
  get size(): number {
    return this.active + this.ancestors;
  }

  get roots(): number {
    return this.children[ABOVE]!;
  }

  /** Living organisms. */
  get population(): number {
    return this.abundances.total;
  }

  /**
   * A taxon without organisms yet, under a parent's slot or ABOVE; the next call is `live` on it. Returns its slot. Throws an
   * error for a parent that is extinct and has nobody unborn: it may have been passed by the common ancestor.
   */
  add(id: number, parent: number, time: number): number {
    if (parent !== ABOVE && this.organisms[parent] === 0 && this.unborn[parent] === 0) {
      throw new Error(`Taxon ${id} is to descend from taxon ${this.id[parent]!}, which is extinct and has nobody unborn.`);
    }
    const slot = this.take();
    this.id[slot] = id;
    this.parent[slot] = parent;
    this.children[slot] = this.unborn[slot] = this.organisms[slot] = this.total[slot] = 0;
    this.firstChild[slot] = NONE;
    this.depth[slot] = parent === ABOVE ? 0 : this.depth[parent]! + 1;
    this.origin[slot] = time;
    this.destruction[slot] = Infinity;
    this.ancestors++;
    this.origins += time;
    this.degree(0, 1);
    if (parent !== ABOVE) this.sumDistance += time - this.origin[parent]!;
    else if (this.children[ABOVE]! > 0) this.common = ABOVE;
    this.link(slot, parent);
    this.recount(parent, 1);
    return slot;
  }

  /** One more organism of a taxon. */
  live(slot: number): void {
    const before = this.organisms[slot]!;
    if (before === 0) {
      this.ancestors--;
      this.active++;
      this.destruction[slot] = Infinity;
    }
    this.organisms[slot] = before + 1;
    this.total[slot]!++;
    this.organismDepths += this.depth[slot]!;
    this.abundances.move(before, before + 1);
  }

  /** One organism of a taxon less; where it was the last, the taxon is extinct, and forgotten if nothing descends from it. */
  die(slot: number, time: number): void {
    const before = this.organisms[slot]!;
    this.organisms[slot] = before - 1;
    this.organismDepths -= this.depth[slot]!;
    this.abundances.move(before, before - 1);
    if (before > 1) return;
    this.active--;
    this.ancestors++;
    this.destruction[slot] = time;
    this.prune(slot);
  }

  /** An organism of this taxon has conceived; `hatch` once for each. */
  conceive(slot: number): void {
    this.unborn[slot]!++;
  }

  /** After its child was added. */
  hatch(slot: number): void {
    this.unborn[slot]!--;
    this.prune(slot);
  }

  /**
   * Slot of the most recent common ancestor of all living, which may itself live; ABOVE while there are several roots or
   * none. It only ever moves down from a root, so that all its moves together cost no more than the branches it passes.
   */
  mostRecentCommonAncestor(): number {
    while (this.organisms[this.common] === 0 && this.unborn[this.common] === 0 && this.children[this.common] === 1) {
      this.common = this.firstChild[this.common]!;
    }
    return this.common;
  }

  /** Slots of all taxa that are kept, parents before children. */
  slots(): Uint32Array {
    const list = new Uint32Array(this.size);
    let n = 0;
    for (let slot = this.next[ABOVE]!; slot !== NONE; slot = this.next[slot]!) list[n++] = slot;
    return list;
  }

  /** Slots of a taxon's kept children. */
  *childrenOf(slot: number): Generator<number> {
    for (let child = this.firstChild[slot]!; child !== NONE; child = this.nextSibling[child]!) yield child;
  }

  /** Faith's phylogenetic diversity with edges of length 1: active + ancestors − 1 (Faith 1992). */
  get phylogeneticDiversity(): number {
    return this.active + this.ancestors - 1;
  }

  /** Mean depth of the living organisms' taxa; NaN of nobody. */
  get meanDepth(): number {
    return this.organismDepths / this.population;
  }

  /** Mean origin time of the taxa; 0 of none. Normalised: each weighs max(0, children − 1), as a tree of bifurcations would have it. */
  meanOrigin(normalised = false): number {
    const weight = normalised ? this.branchings : this.size;
    return weight === 0 ? 0 : (normalised ? this.branchingOrigins : this.origins) / weight;
  }

  /** Number of taxa by number of kept children. */
  get outDegrees(): Record<number, number> {
    return Object.fromEntries([...this.degrees.entries()].filter(([, taxa]) => taxa > 0));
  }

  /** Diversity of living organisms over taxa. */
  get diversity(): Abundances['diversity'] {
    return this.abundances.diversity;
  }

  save(): Packable {
    const { active, ancestors, outside, sumDistance, organismDepths, origins, branchings, branchingOrigins, common } = this;
    return {
      table: this.saveTable(), degrees: Uint32Array.from(this.degrees), abundances: this.abundances.save(),
      sums: { active, ancestors, outside, sumDistance, organismDepths, origins, branchings, branchingOrigins, common },
    };
  }

  /** Whoever keeps more about a taxon keeps its slot: they stay what they were. */
  load(saved: unknown): void {
    const { table, degrees, abundances, sums } = saved as { table: unknown; degrees: Uint32Array; abundances: unknown; sums: object };
    this.loadTable(table);
    this.degrees.length = 0;
    for (const taxa of degrees) this.degrees.push(taxa);
    this.abundances.load(abundances);
    Object.assign(this, sums);
  }

  private prune(from: number): void {
    let slot = from;
    while (slot !== ABOVE && this.organisms[slot] === 0 && this.unborn[slot] === 0 && this.children[slot] === 0) {
      const parent = this.parent[slot]!;
      this.forgotten?.(slot);
      this.unlink(slot, parent);
      this.recount(parent, -1);
      this.ancestors--;
      this.outside++;
      this.origins -= this.origin[slot]!;
      this.degree(0, -1);
      if (parent !== ABOVE) this.sumDistance -= this.origin[slot]! - this.origin[parent]!;
      if (this.common === slot) this.common = ABOVE;
      this.giveBack(slot);
      slot = parent;
    }
  }

  private degree(children: number, by: number): void {
    while (this.degrees.length <= children) this.degrees.push(0);
    this.degrees[children]! += by;
  }

  private recount(slot: number, by: 1 | -1): void {
    const before = this.children[slot]!;
    const after = before + by;
    this.children[slot] = after;
    if (slot === ABOVE) return;
    this.degree(before, -1);
    this.degree(after, 1);
    const weight = Math.max(0, after - 1) - Math.max(0, before - 1);
    this.branchings += weight;
    this.branchingOrigins += weight * this.origin[slot]!;
  }
}
