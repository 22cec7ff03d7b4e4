import { drawn, threefry } from '../kernel/random.ts';
import { exactExp, exactLn } from './exact-math.ts';

/** Layers of the ziggurat, where its tail begins, and the area of a layer (Marsaglia & Tsang 2000, for 256 layers). */
const LAYERS = 256;
const TAIL = 3.6541528853610088;
const AREA = 0.00492867323399;

/** Right edge of each layer, the lowest first; `height[i]` is the density (unscaled) at `edge[i]`. */
const edge = new Float64Array(LAYERS + 1);
const height = new Float64Array(LAYERS + 1);
/**
 * What the upper 24 bits of a word, made odd, are multiplied with to lie within the edges of a layer, and below which of them no test is
 * needed. The layers stand there twice, the second time for numbers below 0: the sign comes with the scale, for a branch on it would be
 * guessed wrong every other time.
 */
const scale = new Float64Array(2 * LAYERS);
const inner = new Int32Array(2 * LAYERS);
const ENTRIES = 2 * LAYERS - 1;

edge[1] = TAIL;
height[1] = exactExp(-0.5 * TAIL * TAIL);
edge[0] = AREA / height[1];
for (let i = 2; i < LAYERS; i++) {
  height[i] = height[i - 1]! + AREA / edge[i - 1]!;
  edge[i] = Math.sqrt(-2 * exactLn(height[i]!));
}
edge[LAYERS] = 0;
height[LAYERS] = 1;
for (let i = 0; i < LAYERS; i++) {
  scale[i] = edge[i]! / 0x100_0000;
  scale[i + LAYERS] = -scale[i]!;
  inner[i] = Math.floor(edge[i + 1]! / edge[i]! * 0x100_0000);
  inner[i + LAYERS] = inner[i]!;
}

/**
 * A fast source of uniform words and standard normal numbers, for filling vectors: sfc32 (Doty-Humphrey's "small fast
 * counting" generator of PractRand) under a ziggurat of 256 layers (Marsaglia & Tsang 2000), whose rare wedges and tail use
 * plain-arithmetic exp and ln, so that every engine draws the same.
 *
 * `seek` puts it where a key, a substream and a counter say, by Threefry: a caller that seeks before each piece of work
 * needs no other state than its counter.
 */
export class GaussianSource {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** Starts the sequence of (key, substream, counter). */
  seek(key: readonly [number, number], substream: number, counter: number): void {
    threefry(key[0], key[1], substream, counter * 2);
    this.a = drawn[0]! | 0;
    this.b = drawn[1]! | 0;
    threefry(key[0], key[1], substream, counter * 2 + 1);
    this.c = drawn[0]! | 0;
    this.counter = 1;
    for (let i = 0; i < 12; i++) this.word();
  }

  /** 32 random bits, signed. */
  word(): number {
    const out = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + out) | 0;
    return out;
  }

  /** Uniform in (0, 1), in steps of 2^-32. */
  private open(): number {
    return ((this.word() >>> 0) + 0.5) * 2.3283064365386963e-10;
  }

  /** Uniform integer in [0, n). */
  below(n: number): number {
    return Math.floor((this.word() >>> 0) * 2.3283064365386963e-10 * n);
  }

  /** A standard normal number. */
  next(): number {
    for (;;) {
      const bits = this.word();
      const entry = bits & ENTRIES;
      const place = (bits >>> 8) | 1;
      const value = place * scale[entry]!;
      if (place < inner[entry]!) return value;
      const size = this.rare(entry & (LAYERS - 1), Math.abs(value));
      if (size >= 0) return value < 0 ? -size : size;
    }
  }

  /**
   * Adds noise of a standard deviation to each number: what `next` would give, times `sigma`; faster, with the state in locals and two
   * numbers a round, which need one test and wait for each other but little.
   */
  perturb(vector: Float64Array, sigma: number): void {
    let { a, b, c, counter } = this;
    const { length } = vector;
    for (let i = 0; i < length;) {
      const bits = (a + b + counter) | 0;
      const a1 = b ^ (b >>> 9);
      const b1 = (c + (c << 3)) | 0;
      const c1 = (((c << 21) | (c >>> 11)) + bits) | 0;
      const bits1 = (a1 + b1 + counter + 1) | 0;
      const entry = bits & ENTRIES;
      const place = (bits >>> 8) | 1;
      const entry1 = bits1 & ENTRIES;
      const place1 = (bits1 >>> 8) | 1;
      // both differences are below 0 if both places need no test
      if (i < length - 1 && ((place - inner[entry]!) & (place1 - inner[entry1]!)) < 0) {
        counter = (counter + 2) | 0;
        a = b1 ^ (b1 >>> 9);
        b = (c1 + (c1 << 3)) | 0;
        c = (((c1 << 21) | (c1 >>> 11)) + bits1) | 0;
        vector[i]! += sigma * (place * scale[entry]!);
        vector[i + 1]! += sigma * (place1 * scale[entry1]!);
        i += 2;
        continue;
      }
      this.a = a; this.b = b; this.c = c; this.counter = counter;
      vector[i++]! += sigma * this.next();
      a = this.a; b = this.b; c = this.c; counter = this.counter;
    }
    this.a = a; this.b = b; this.c = c; this.counter = counter;
  }

  /** One in eighty: a point in the wedge of a layer, or in the tail under the lowest; −1 when it is to be drawn again. */
  private rare(layer: number, x: number): number {
    if (layer === 0) {
      for (;;) {
        const away = -exactLn(this.open()) / TAIL;
        if (-2 * exactLn(this.open()) > away * away) return TAIL + away;
      }
    }
    const right = edge[layer]!;
    const left = edge[layer + 1]!;
    const low = height[layer]!;
    const rise = height[layer + 1]! - low;
    const y = low + this.open() * rise;
    // beyond 1 the density lies above its tangents and below its chords, before 1 the other way round: most are settled there
    const tangent = low * (1 + right * (right - x));
    const chord = low + rise * (right - x) / (right - left);
    if (left >= 1) {
      if (y > chord) return -1;
      if (y < tangent) return x;
    } else if (right <= 1) {
      if (y > tangent) return -1;
      if (y < chord) return x;
    }
    return y < exactExp(-0.5 * x * x) ? x : -1;
  }
}
