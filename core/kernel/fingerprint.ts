import type { Packable } from './packed.ts';
import type { Saveable } from './saveable.ts';

/**
 * Running fingerprint of an event stream: two lanes of MurmurHash3 (x86, 32 bit; Appleby 2011, public domain) with
 * different seeds over 32-bit words, 64 bits in all. It tells whether two runs were the same, not who made them.
 */
export class Fingerprint implements Saveable {
  private a: number;
  private b: number;
  private words = 0;

  constructor(seedA = 0x4c696368, seedB = 0x656e3231) {
    this.a = seedA | 0;
    this.b = seedB | 0;
  }

  word(value: number): void {
    let k = Math.imul(value | 0, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    let a = this.a ^ k;
    a = (a << 13) | (a >>> 19);
    this.a = (Math.imul(a, 5) + 0xe6546b64) | 0;
    let b = this.b ^ k;
    b = (b << 13) | (b >>> 19);
    this.b = (Math.imul(b, 5) + 0xe6546b64) | 0;
    this.words++;
  }

  /** A number by the bits of its 64-bit form. */
  number(value: number): void {
    scratchFloat[0] = value;
    this.word(scratchWords[0]!);
    this.word(scratchWords[1]!);
  }

  text(value: string): void {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
  }

  save(): Packable {
    return { a: this.a, b: this.b, words: this.words };
  }

  load(saved: unknown): void {
    const { a, b, words } = saved as { a: number; b: number; words: number };
    this.a = a;
    this.b = b;
    this.words = words;
  }

  /** 16 hexadecimal digits for what has passed so far; more may follow. */
  digest(): string {
    return hex(finish(this.a ^ (this.words * 4))) + hex(finish(this.b ^ (this.words * 4)));
  }
}

const scratchFloat = new Float64Array(1);
const scratchWords = new Uint32Array(scratchFloat.buffer);

/** MurmurHash3's finaliser, also used to mix single words. */
export function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const hex = (word: number): string => word.toString(16).padStart(8, '0');
