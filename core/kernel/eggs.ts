/**
 * Children between conception and birth, in the order of conception: a ring, since gestation is the same for all and
 * the first conceived are the first born. Entries are [head, head + count), modulo capacity.
 */
export class Eggs {
  count = 0;
  head = 0;
  readonly capacity: number;
  readonly child: Uint32Array;
  readonly dueAt: Uint32Array;
  readonly parent: Uint32Array;
  readonly partner: Uint32Array;
  readonly parentGenome: Uint32Array;
  readonly partnerGenome: Uint32Array;
  readonly byModel: Uint8Array;
  readonly lineage: Uint32Array;
  readonly tag: Uint8Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly energy: Float32Array;

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

  /** Opens the entry behind the last. The caller has seen to it that there is room. */
  lay(): number {
    const entry = (this.head + this.count++) % this.capacity;
    return entry;
  }

  /** Takes the first entry out; its columns stay readable until the next `lay`. */
  take(): number {
    const entry = this.head;
    this.head = (this.head + 1) % this.capacity;
    this.count--;
    return entry;
  }
}
