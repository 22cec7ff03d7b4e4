import { finish } from '../kernel/fingerprint.ts';
import { NOBODY } from '../kernel/tick-events.ts';

/**
 * A map from ids to small numbers in two typed arrays: open addressing, at most half full, 16 bytes an entry or less
 * than 32. Any id but NOBODY can be a key.
 */
export class IdMap {
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
