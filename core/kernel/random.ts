/**
 * Random numbers by counter: Threefry-2x32 with 13 rounds (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers:
 * as easy as 1, 2, 3"; checked against the authors' known answers in the tests).
 *
 * A number is a function of (key, counter), so an organism's draw depends on who it is and when, never on the order in
 * which rows are visited. The generator has no hidden state: seed, tick and ids are all of it, and they are the state.
 */

/** Results of the last `threefry` call; a shared pair because returning two numbers would allocate. */
export const drawn = new Uint32Array(2);

export function threefry(key0: number, key1: number, counter0: number, counter1: number): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  let x = (counter0 + key0) | 0;
  let y = (counter1 + key1) | 0;
  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + key1) | 0; y = (y + key2 + 1) | 0;
  x = (x + y) | 0; y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0; y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0; y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0; y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + key2) | 0; y = (y + key0 + 2) | 0;
  x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + key0) | 0; y = (y + key1 + 3) | 0;
  x = (x + y) | 0; y = ((y << 17) | (y >>> 15)) ^ x;
  drawn[0] = x;
  drawn[1] = y;
}

/** A uniform number in [0, 1) with 32 bits, the first of the pair drawn for this key and counter. */
export function uniform(key0: number, key1: number, counter0: number, counter1: number): number {
  threefry(key0, key1, counter0, counter1);
  return drawn[0] * 2.3283064365386963e-10;
}

/**
 * `uniform` for many at once: for each of the first `count` of `rows`, with the row's `id` as first counter. The rounds
 * stand here once more, because a call and a pair in memory for each would cost more than they do.
 */
export function uniforms(key0: number, key1: number, id: Uint32Array, rows: Uint32Array, count: number, counter1: number, into: Float64Array): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  const y0 = (counter1 + key1) | 0;
  for (let i = 0; i < count; i++) {
    let x = (id[rows[i]] + key0) | 0;
    let y = y0;
    x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + key1) | 0; y = (y + key2 + 1) | 0;
    x = (x + y) | 0; y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0; y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0; y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0; y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + key2) | 0; y = (y + key0 + 2) | 0;
    x = (x + y) | 0; y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0; y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0; y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0; y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + key0) | 0; y = (y + key1 + 3) | 0;
    into[i] = ((x + y) >>> 0) * 2.3283064365386963e-10;
  }
}

/** What a draw is for: draws of different purposes never share a counter. */
export const purpose = {
  chance: 1, wander: 2, founder: 3, richness: 4, conception: 5, operator: 6, tag: 7, lifespan: 8, sampling: 10,
  thought: 11, judging: 12, choice: 13, deliberation: 14, judgement: 15, immigration: 16, landing: 17,
} as const;

/** The two key words of a seed (any safe integer ≥ 0) for one purpose. */
export function seedKey(seed: number, use: number): [number, number] {
  threefry(seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0, use, 0x4c696368);
  return [drawn[0], drawn[1]];
}

/**
 * A sequence of draws under one key: for work that is sequential by nature (building a child's genome, setting up a
 * world). Its whole state is the key and `position`.
 */
export class RandomStream {
  position = 0;
  readonly key0: number;
  readonly key1: number;
  readonly substream: number;

  constructor(key: readonly [number, number], substream: number) {
    this.key0 = key[0];
    this.key1 = key[1];
    this.substream = substream;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return uniform(this.key0, this.key1, this.substream, this.position++);
  }

  /** Uniform integer in [0, n). The bias for n below a million is under one in four thousand. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('RandomStream.pick needs at least one item.');
    return items[this.below(items.length)]!;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
