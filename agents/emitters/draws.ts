import { RandomStream, drawn, purpose, seedKey, threefry } from '../../core/kernel/random.ts';

export interface DrawOptions {
  seed: number;
  /** Number of the emitter among those with the same seed; 0 when left out. */
  stream?: number;
  /** Candidates a time. */
  batchSize: number;
}

/** The streams from which the candidates of one `ask` are drawn: a function of seed, stream, count and place in the batch alone. */
export function drawsOf({ seed, stream = 0, batchSize }: DrawOptions, asked: number): RandomStream[] {
  const [key0, key1] = seedKey(seed, purpose.choice);
  threefry(key0, key1, 0x656d0000 + stream, asked);
  const key = [drawn[0]!, drawn[1]!] as const;
  return Array.from({ length: batchSize }, (_, candidate) => new RandomStream(key, candidate));
}

/** Throws a RangeError with one sentence where no candidate could be drawn. */
export function checkDraws({ batchSize }: DrawOptions, initial: readonly string[]): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`An emitter has batches of ${batchSize}; it must be a whole number, at least 1.`);
  if (initial.length === 0) throw new RangeError('An emitter of genomes needs at least one to begin with.');
}
