import { finish } from '../kernel/fingerprint.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { NOBODY } from '../kernel/tick-events.ts';

/**
 * A map from ids to small numbers in two typed arrays: open addressing, at most half full, 16 bytes an entry or less
 * than 32. Any id but NOBODY can be a key.
 */
export class IdMap implements Saveable {
  size = 0;
  private keys: Uint32Array;
  private values: Uint32Array;

  constructor(slots = 64) {
    this.keys = new Uint32Array(slots).fill(NOBODY);
    this.values = new Uint32Array(slots);
  }

  get bytes(): number {
    return this.keys.byteLength + this.values.byteLength;
  }

  /** NOBODY when there is none. */
  get(id: number): number {
    const at = this.find(id);
    return this.keys[at] === id ? this.values[at]! : NOBODY;
  }

  set(id: number, value: number): void {
    const at = this.find(id);
    if (this.keys[at] !== id) {
      if ((this.size + 1) * 2 > this.keys.length) {
        this.grow();
        this.set(id, value);
        return;
      }
      this.keys[at] = id;
      this.size++;
    }
    this.values[at] = value;
  }

  /** Adds to what an id has, which is nothing when there is none; what comes to nothing is taken out. Returns what it has then. */
  add(id: number, by: number): number {
    const before = this.get(id);
    const after = (before === NOBODY ? 0 : before) + by;
    if (after === 0) this.delete(id);
    else this.set(id, after);
    return after;
  }

  /** Takes an id out and moves what it had pushed along back towards its place, so that nothing marks the gap. */
  delete(id: number): void {
    const { keys, values } = this;
    const mask = keys.length - 1;
    let gap = this.find(id);
    if (keys[gap] !== id) return;
    this.size--;
    for (let at = (gap + 1) & mask; keys[at] !== NOBODY; at = (at + 1) & mask) {
      const home = finish(keys[at]!) & mask;
      // it may move back only as far as its own place
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      keys[gap] = keys[at]!;
      values[gap] = values[at]!;
      gap = at;
    }
    keys[gap] = NOBODY;
  }

  clear(): void {
    this.keys.fill(NOBODY);
    this.size = 0;
  }

  /** Entries side by side. */
  save(): Packable {
    const ids = new Uint32Array(this.size);
    const values = new Uint32Array(this.size);
    let n = 0;
    for (let at = 0; at < this.keys.length; at++) {
      if (this.keys[at] === NOBODY) continue;
      ids[n] = this.keys[at]!;
      values[n++] = this.values[at]!;
    }
    return { ids, values };
  }

  load(saved: unknown): void {
    const { ids, values } = saved as { ids: Uint32Array; values: Uint32Array };
    const slots = Math.max(64, 2 ** Math.ceil(Math.log2(2 * ids.length)));
    this.keys = new Uint32Array(slots).fill(NOBODY);
    this.values = new Uint32Array(slots);
    this.size = 0;
    for (let i = 0; i < ids.length; i++) this.set(ids[i]!, values[i]!);
  }

  private find(id: number): number {
    const mask = this.keys.length - 1;
    let at = finish(id) & mask;
    while (this.keys[at] !== id && this.keys[at] !== NOBODY) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Uint32Array(keys.length * 2).fill(NOBODY);
    this.values = new Uint32Array(keys.length * 2);
    this.size = 0;
    for (let i = 0; i < keys.length; i++) if (keys[i] !== NOBODY) this.set(keys[i]!, values[i]!);
  }
}
