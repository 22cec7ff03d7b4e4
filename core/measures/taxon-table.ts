import type { Packable } from '../kernel/packed.ts';

/** Slot of the place that all roots hang from; no taxon stands there. */
export const ABOVE = 0;
/** No slot. */
export const NONE = 0xffffffff;

/** Columns of a tree, for those who walk it: a slot each. */
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

const WORDS = ['id', 'parent', 'children', 'unborn', 'organisms', 'total', 'depth', 'firstChild', 'nextSibling', 'previousSibling', 'next', 'previous'] as const;
const NUMBERS = ['origin', 'destruction'] as const;

/**
 * Slots of taxa in typed arrays, 64 bytes each, which are used again. The children of a taxon, and all taxa in the order
 * in which they came, are doubly linked lists.
 */
export class TaxonTable implements TaxonColumns {
  id!: Uint32Array;
  parent!: Uint32Array;
  children!: Uint32Array;
  unborn!: Uint32Array;
  organisms!: Uint32Array;
  total!: Uint32Array;
  depth!: Uint32Array;
  origin!: Float64Array;
  destruction!: Float64Array;
  protected firstChild!: Uint32Array;
  protected nextSibling!: Uint32Array;
  protected previousSibling!: Uint32Array;
  protected next!: Uint32Array;
  protected previous!: Uint32Array;
  private last = ABOVE;
  private used = 1;
  private free = NONE;

  constructor(capacity: number) {
    this.allocate(capacity);
    this.firstChild[ABOVE] = this.next[ABOVE] = NONE;
  }

  /** Slots there are; columns of whoever keeps more about a taxon have as many. */
  get capacity(): number {
    return this.id.length;
  }

  /** Slots that have ever been used are below this. */
  get reach(): number {
    return this.used;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.id.length * (WORDS.length * 4 + NUMBERS.length * 8);
  }

  protected take(): number {
    if (this.free !== NONE) {
      const slot = this.free;
      this.free = this.next[slot]!;
      return slot;
    }
    if (this.used === this.id.length) this.allocate(this.used * 2);
    return this.used++;
  }

  protected giveBack(slot: number): void {
    this.next[slot] = this.free;
    this.free = slot;
  }

  /** Makes a slot the first of its parent's children and the last of all. */
  protected link(slot: number, parent: number): void {
    const first = this.firstChild[parent]!;
    this.nextSibling[slot] = first;
    this.previousSibling[slot] = NONE;
    if (first !== NONE) this.previousSibling[first] = slot;
    this.firstChild[parent] = slot;
    this.next[slot] = NONE;
    this.previous[slot] = this.last;
    this.next[this.last] = slot;
    this.last = slot;
  }

  protected unlink(slot: number, parent: number): void {
    const before = this.previousSibling[slot]!;
    const after = this.nextSibling[slot]!;
    if (before === NONE) this.firstChild[parent] = after;
    else this.nextSibling[before] = after;
    if (after !== NONE) this.previousSibling[after] = before;
    const earlier = this.previous[slot]!;
    const later = this.next[slot]!;
    this.next[earlier] = later;
    if (later === NONE) this.last = earlier;
    else this.previous[later] = earlier;
  }

  protected saveTable(): Packable {
    const { capacity, used, last, free } = this;
    return { capacity, used, last, free, columns: Object.fromEntries([...WORDS, ...NUMBERS].map((name) => [name, this[name].subarray(0, used)])) };
  }

  protected loadTable(saved: unknown): void {
    const { capacity, used, last, free, columns } = saved as { capacity: number; used: number; last: number; free: number; columns: Record<string, Uint32Array & Float64Array> };
    this.allocate(capacity);
    for (const name of [...WORDS, ...NUMBERS]) this[name].set(columns[name]!);
    this.used = used;
    this.last = last;
    this.free = free;
  }

  private allocate(capacity: number): void {
    for (const name of WORDS) this[name] = lengthened(this[name], new Uint32Array(capacity));
    for (const name of NUMBERS) this[name] = lengthened(this[name], new Float64Array(capacity));
  }
}

/** `column` with what `before` holds, as far as there is room. */
export function lengthened<A extends Uint8Array | Uint32Array | Float64Array>(before: A | undefined, column: A): A {
  if (before) column.set(before.length > column.length ? before.subarray(0, column.length) as A : before);
  return column;
}
