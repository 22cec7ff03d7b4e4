import type { Packable } from './packed.ts';
import type { Saveable } from './saveable.ts';

/** A ring no size than this stays as it is. */
const LEAST_TO_SHRINK = 256;

/**
 * Children between conception and birth, in the order of conception: a ring, since gestation is the same for all and
 * the first conceived are the first born. Entries are [head, head + count), modulo capacity.
 */
export class Eggs implements Saveable {
  count = 0;
  head = 0;
  capacity: number;
  child: Uint32Array;
  dueAt: Uint32Array;
  parent: Uint32Array;
  partner: Uint32Array;
  parentGenome: Uint32Array;
  partnerGenome: Uint32Array;
  byModel: Uint8Array;
  lineage: Uint32Array;
  tag: Uint8Array;
  x: Float32Array;
  y: Float32Array;
  energy: Float32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.child = new Uint32Array(capacity);
    this.dueAt = new Uint32Array(capacity);
    this.parent = new Uint32Array(capacity);
    this.partner = new Uint32Array(capacity);
    this.parentGenome = new Uint32Array(capacity);
    this.partnerGenome = new Uint32Array(capacity);
    this.byModel = new Uint8Array(capacity);
    this.lineage = new Uint32Array(capacity);
    this.tag = new Uint8Array(capacity);
    this.x = new Float32Array(capacity);
    this.y = new Float32Array(capacity);
    this.energy = new Float32Array(capacity);
  }

  get bytes(): number {
    return this.capacity * (9 * 4 + 2);
  }

  /**
   * Opens the entry behind the last; a full ring grows by a quarter, since eggs are many and memory is counted, and one
   * that is left mostly empty by a wave of births shrinks.
   */
  lay(): number {
    if (this.count === this.capacity) this.resize(Math.ceil(this.capacity * 1.25));
    else if (this.capacity > LEAST_TO_SHRINK && this.count * 5 < this.capacity * 2) this.resize(Math.max(LEAST_TO_SHRINK, Math.ceil(this.count * 1.25)));
    return (this.head + this.count++) % this.capacity;
  }

  /** Takes the first entry out; its columns stay readable until the next `lay`. */
  take(): number {
    const entry = this.head;
    this.head = (this.head + 1) % this.capacity;
    this.count--;
    return entry;
  }

  save(): Packable {
    return Object.fromEntries(Object.entries(this)) as Packable;
  }

  load(saved: unknown): void {
    Object.assign(this, saved);
  }

  /** A ring of another size that holds all there is, its first entry at 0. */
  private resize(size: number): void {
    const { head, capacity } = this;
    const end = Math.min(capacity, head + this.count);
    for (const [name, column] of Object.entries(this)) {
      if (typeof column === 'number') continue;
      const old = column as Uint32Array;
      const copy = new (old.constructor as new (n: number) => Uint32Array)(size);
      copy.set(old.subarray(head, end));
      copy.set(old.subarray(0, head + this.count - end), end - head);
      (this as unknown as Record<string, Uint32Array>)[name] = copy;
    }
    this.head = 0;
    this.capacity = size;
  }
}
