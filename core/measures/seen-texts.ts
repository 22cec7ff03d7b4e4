import { Fingerprint } from '../kernel/fingerprint.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';

const START_SLOTS = 1024;

/**
 * Which texts have come by before, told by 64 bits of hash each: of a million texts, two are taken for one with a chance
 * of one in forty million. Memory is bounded: when `most` are held, those not among the last `most` are forgotten, and
 * `forgets` says that it has happened.
 */
export class SeenTexts implements Saveable {
  /** Whether a text that came long ago may now pass for new. */
  forgets = false;
  private readonly most: number;
  private young = new Words(START_SLOTS);
  private old: Words | null = null;

  constructor(most = 1 << 20) {
    if (!Number.isInteger(most) || most < 1) throw new RangeError(`SeenTexts is to hold ${most} texts; it needs a whole number, at least 1.`);
    this.most = most;
  }

  /** Notes a text, and says whether it is the first time. */
  add(text: string): boolean {
    const print = new Fingerprint();
    print.text(text);
    const digest = print.digest();
    const high = Number.parseInt(digest.slice(0, 8), 16);
    const low = Number.parseInt(digest.slice(8), 16);
    const known = this.old?.has(high, low) ?? false;
    if (this.young.has(high, low)) return false;
    if (this.young.count === this.most) {
      this.old = this.young;
      this.young = new Words(START_SLOTS);
      this.forgets = true;
    }
    this.young.add(high, low);
    return !known;
  }

  save(): Packable {
    return { forgets: this.forgets, young: this.young.pairsHeld(), old: this.old === null ? null : this.old.pairsHeld() };
  }

  load(saved: unknown): void {
    const { forgets, young, old } = saved as { forgets: boolean; young: Uint32Array; old: Uint32Array | null };
    this.forgets = forgets;
    this.young = Words.of(young);
    this.old = old === null ? null : Words.of(old);
  }
}

/** A set of pairs of 32-bit words, by open addressing; at most half full. */
class Words {
  count = 0;
  private pairs: Uint32Array;

  constructor(slots: number) {
    this.pairs = new Uint32Array(slots * 2);
  }

  static of(pairs: Uint32Array): Words {
    const words = new Words(Math.max(START_SLOTS, 2 ** Math.ceil(Math.log2(pairs.length))));
    for (let i = 0; i < pairs.length; i += 2) words.put(pairs[i]!, pairs[i + 1]!);
    words.count = pairs.length / 2;
    return words;
  }

  /** The pairs that are in, side by side. */
  pairsHeld(): Uint32Array {
    const held = new Uint32Array(this.count * 2);
    let n = 0;
    for (let i = 0; i < this.pairs.length; i += 2) {
      if (this.pairs[i] === 0 && this.pairs[i + 1] === 0) continue;
      held[n++] = this.pairs[i]!;
      held[n++] = this.pairs[i + 1]!;
    }
    return held;
  }

  has(high: number, low: number): boolean {
    const at = this.find(high, low);
    return this.pairs[at] !== 0 || this.pairs[at + 1] !== 0;
  }

  add(high: number, low: number): void {
    if ((this.count + 1) * 4 > this.pairs.length) this.grow();
    this.put(high, low);
    this.count++;
  }

  /** Where the pair stands, or the empty place where it would. (0, 0) means empty, so it stands as (0, 1). */
  private find(high: number, low: number): number {
    const wanted = high === 0 && low === 0 ? 1 : low;
    const mask = this.pairs.length - 1;
    let at = (low * 2) & mask & ~1;
    while ((this.pairs[at] !== 0 || this.pairs[at + 1] !== 0) && (this.pairs[at] !== high || this.pairs[at + 1] !== wanted)) at = (at + 2) & mask;
    return at;
  }

  private put(high: number, low: number): void {
    const at = this.find(high, low);
    this.pairs[at] = high;
    this.pairs[at + 1] = high === 0 && low === 0 ? 1 : low;
  }

  private grow(): void {
    const before = this.pairs;
    this.pairs = new Uint32Array(before.length * 2);
    for (let i = 0; i < before.length; i += 2) if (before[i] !== 0 || before[i + 1] !== 0) this.put(before[i]!, before[i + 1]!);
  }
}
