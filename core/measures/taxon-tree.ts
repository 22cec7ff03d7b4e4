import { Abundances } from './abundance.ts';

/** Slot of the place that all roots hang from; no taxon stands there. */
export const ABOVE = 0;
const NONE = 0xffffffff;

/** Columns of the tree, for those who walk it: a slot each. */
export interface TaxonColumns {
  readonly id: Uint32Array;
  /** Slot of the parent; ABOVE for a root. */
  readonly parent: Uint32Array;
  /** Kept children. */
  readonly children: Uint32Array;
  /** Unborn of this taxon; they keep it as a child would. */
  readonly unborn: Uint32Array;
  /** Living organisms, and all that ever were. */
  readonly organisms: Uint32Array;
  readonly total: Uint32Array;
  /** Edges to the root. */
  readonly depth: Uint32Array;
  readonly origin: Float64Array;
  /** Infinity while it has living organisms. */
  readonly destruction: Float64Array;
}

/**
 * A phylogeny of taxa (organisms, or genotypes of many organisms) in typed arrays, pruned as it grows: a taxon without living
 * organisms, unborn and kept children is forgotten at once, and its parent after it, so that memory follows the living
 * and their ancestors (about 72 bytes each). Slots are used again; parents always stand before their children in `slots()`.
 *
 * Kept up as it changes, and exact: numbers of taxa, sum of branch lengths, origin times, depths, out-degrees, diversity, and the most
 * recent common ancestor. (Terms after the ALife data standard and Dolson et al. 2024, phylotrackpy.)
 */
export class TaxonTree implements TaxonColumns {
  id!: Uint32Array;
  parent!: Uint32Array;
  children!: Uint32Array;
  unborn!: Uint32Array;
  organisms!: Uint32Array;
  total!: Uint32Array;
  depth!: Uint32Array;
  origin!: Float64Array;
  destruction!: Float64Array;
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
  // children of a taxon, and all taxa in the order in which they came, as doubly linked lists
  private firstChild!: Uint32Array;
  private nextSibling!: Uint32Array;
  private previousSibling!: Uint32Array;
  private next!: Uint32Array;
  private previous!: Uint32Array;
  private last = ABOVE;
  private used = 1;
  private free = NONE;
  private common = ABOVE;
  private readonly forgotten: ((slot: number) => void) | null;

  /** `forgotten` is told of each slot before it is used again. */
  constructor(forgotten: ((slot: number) => void) | null = null, capacity = 1024) {
    this.forgotten = forgotten;
    this.allocate(capacity);
    this.firstChild[ABOVE] = this.next[ABOVE] = NONE;
  }

  /** Slots there are; columns of whoever keeps more about a taxon have as many. */
  get capacity(): number {
    return this.id.length;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.id.length * (12 * 4 + 2 * 8);
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
    this.join(slot, parent);
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

  private prune(from: number): void {
    let slot = from;
    while (slot !== ABOVE && this.organisms[slot] === 0 && this.unborn[slot] === 0 && this.children[slot] === 0) {
      const parent = this.parent[slot]!;
      this.forgotten?.(slot);
      this.leave(slot, parent);
      this.ancestors--;
      this.outside++;
      this.origins -= this.origin[slot]!;
      this.degree(0, -1);
      if (parent !== ABOVE) this.sumDistance -= this.origin[slot]! - this.origin[parent]!;
      if (this.common === slot) this.common = ABOVE;
      this.next[slot] = this.free;
      this.free = slot;
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

  private join(slot: number, parent: number): void {
    const first = this.firstChild[parent]!;
    this.nextSibling[slot] = first;
    this.previousSibling[slot] = NONE;
    if (first !== NONE) this.previousSibling[first] = slot;
    this.firstChild[parent] = slot;
    this.recount(parent, 1);
    this.next[slot] = NONE;
    this.previous[slot] = this.last;
    this.next[this.last] = slot;
    this.last = slot;
  }

  private leave(slot: number, parent: number): void {
    const before = this.previousSibling[slot]!;
    const after = this.nextSibling[slot]!;
    if (before === NONE) this.firstChild[parent] = after;
    else this.nextSibling[before] = after;
    if (after !== NONE) this.previousSibling[after] = before;
    this.recount(parent, -1);
    const earlier = this.previous[slot]!;
    const later = this.next[slot]!;
    this.next[earlier] = later;
    if (later === NONE) this.last = earlier;
    else this.previous[later] = earlier;
  }

  private take(): number {
    if (this.free !== NONE) {
      const slot = this.free;
      this.free = this.next[slot]!;
      return slot;
    }
    if (this.used === this.id.length) this.allocate(this.used * 2);
    return this.used++;
  }

  private allocate(capacity: number): void {
    const words = (before: Uint32Array | undefined): Uint32Array => {
      const column = new Uint32Array(capacity);
      if (before) column.set(before);
      return column;
    };
    const numbers = (before: Float64Array | undefined): Float64Array => {
      const column = new Float64Array(capacity);
      if (before) column.set(before);
      return column;
    };
    this.id = words(this.id);
    this.parent = words(this.parent);
    this.children = words(this.children);
    this.unborn = words(this.unborn);
    this.organisms = words(this.organisms);
    this.total = words(this.total);
    this.depth = words(this.depth);
    this.firstChild = words(this.firstChild);
    this.nextSibling = words(this.nextSibling);
    this.previousSibling = words(this.previousSibling);
    this.next = words(this.next);
    this.previous = words(this.previous);
    this.origin = numbers(this.origin);
    this.destruction = numbers(this.destruction);
  }
}
