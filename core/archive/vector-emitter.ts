import type { Archive } from './archive.ts';
import type { Emitter } from './emitter.ts';
import { GaussianSource } from './gaussian.ts';
import { purpose, seedKey } from '../kernel/random.ts';

export interface VectorOptions {
  /** Name in reports. */
  name?: string;
  /** Candidates a time. */
  batchSize: number;
  /** Where the first candidates come from, before the archive has an elite: `x0` with the emitter's own noise. */
  x0: ArrayLike<number>;
  /** Solutions are clipped to these bounds, for each number or for all alike; none when left out. */
  lower?: number | ArrayLike<number>;
  upper?: number | ArrayLike<number>;
  seed: number;
  /** Number of the emitter among those with the same seed. */
  stream?: number;
}

/** What vector emitters have in common: room for a batch, bounds, and a source that starts afresh from seed and count at each `ask`. */
abstract class VectorEmitter implements Emitter<Float64Array> {
  abstract readonly name: string;
  asked = 0;
  protected readonly archive: Archive<Float64Array>;
  protected readonly source = new GaussianSource();
  private readonly width: number;
  private readonly x0: Float64Array;
  private readonly sigma: number;
  private readonly key: readonly [number, number];
  private readonly stream: number;
  /** The numbers of the batch, candidate by candidate. */
  private readonly flat: Float64Array;
  private readonly batch: readonly Float64Array[];
  private readonly bounds: readonly [Float64Array, Float64Array] | null;

  constructor(archive: Archive<Float64Array>, sigma: number, { batchSize, x0, lower, upper, seed, stream = 0 }: VectorOptions) {
    if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`An emitter has batches of ${batchSize}; it must be a whole number, at least 1.`);
    if (x0.length === 0) throw new RangeError('An emitter needs x0 with at least one number.');
    this.archive = archive;
    this.sigma = sigma;
    this.width = x0.length;
    this.x0 = Float64Array.from(x0);
    this.key = seedKey(seed, purpose.sampling);
    this.stream = 0x656d0000 + stream;
    this.flat = new Float64Array(batchSize * this.width);
    this.batch = Array.from({ length: batchSize }, (_, i) => this.flat.subarray(i * this.width, (i + 1) * this.width));
    this.bounds = lower === undefined && upper === undefined ? null : [this.bound(lower, -Infinity), this.bound(upper, Infinity)];
  }

  ask(): readonly Float64Array[] {
    const { batch, source, sigma, bounds } = this;
    source.seek(this.key, this.stream, this.asked++);
    // all parents are fetched before noise is drawn: they lie far apart, and waiting for them one by one would cost more than the rest
    this.place(batch);
    source.perturb(this.flat, sigma);
    if (bounds !== null) for (const solution of batch) clip(solution, bounds[0], bounds[1]);
    return batch;
  }

  keep(candidate: Float64Array): Float64Array {
    return candidate.slice();
  }

  /** Writes new candidates as they are before noise comes to each of their numbers. */
  protected abstract place(batch: readonly Float64Array[]): void;

  /** An elite's vector, or x0 while there is none. */
  protected parent(): Float64Array {
    if (this.archive.numElites === 0) return this.x0;
    return this.archive.solution(this.archive.sampleCell(this.source)) as Float64Array;
  }

  private bound(given: number | ArrayLike<number> | undefined, none: number): Float64Array {
    if (given !== undefined && typeof given !== 'number' && given.length !== this.width) {
      throw new RangeError(`Bounds for ${given.length} numbers were given to an emitter of ${this.width}.`);
    }
    return Float64Array.from({ length: this.width }, (_, i) => (given === undefined ? none : typeof given === 'number' ? given : given[i]!));
  }
}

export interface GaussianOptions extends VectorOptions {
  /** Standard deviation of the noise. */
  sigma: number;
}

/** An elite with Gaussian noise on each of its numbers. */
export class GaussianEmitter extends VectorEmitter {
  readonly name: string;

  constructor(archive: Archive<Float64Array>, options: GaussianOptions) {
    super(archive, deviation('sigma', options.sigma), options);
    this.name = options.name ?? 'gaussian';
  }

  protected place(batch: readonly Float64Array[]): void {
    for (const solution of batch) solution.set(this.parent());
  }
}

export interface IsoLineOptions extends VectorOptions {
  /** Standard deviation of the noise on each number. */
  isoSigma: number;
  /** Standard deviation of the step along the line to another elite, as a share of the way. */
  lineSigma: number;
}

/** Iso+LineDD (Vassiliades & Mouret 2018): x + iso·N(0, I) + line·(y − x)·N(0, 1) of two elites x and y. */
export class IsoLineEmitter extends VectorEmitter {
  readonly name: string;
  private readonly lineSigma: number;
  /** Of each candidate the two elites, and its step from the first towards the second. */
  private readonly parents: Float64Array[] = [];
  private readonly steps: number[] = [];

  constructor(archive: Archive<Float64Array>, options: IsoLineOptions) {
    super(archive, deviation('isoSigma', options.isoSigma), options);
    this.name = options.name ?? 'iso-line';
    this.lineSigma = deviation('lineSigma', options.lineSigma);
  }

  protected place(batch: readonly Float64Array[]): void {
    const { parents, steps } = this;
    for (let i = 0; i < batch.length; i++) {
      parents[2 * i] = this.parent();
      parents[2 * i + 1] = this.parent();
      steps[i] = this.lineSigma * this.source.next();
    }
    // the first numbers come first, in a loop of their own: so all elites are fetched side by side, and the rest of each follows by itself
    for (let i = 0; i < batch.length; i++) alongLine(batch[i]!, parents[2 * i]!, parents[2 * i + 1]!, steps[i]!, 0, 1);
    for (let i = 0; i < batch.length; i++) alongLine(batch[i]!, parents[2 * i]!, parents[2 * i + 1]!, steps[i]!, 1, batch[i]!.length);
  }
}

/** out = x + step·(y − x) for the numbers [from, to), four a round: the loop would take longer than what it does. */
function alongLine(out: Float64Array, x: Float64Array, y: Float64Array, step: number, from: number, to: number): void {
  let i = from;
  for (; i < to - 3; i += 4) {
    const x0 = x[i]!;
    const x1 = x[i + 1]!;
    const x2 = x[i + 2]!;
    const x3 = x[i + 3]!;
    out[i] = x0 + step * (y[i]! - x0);
    out[i + 1] = x1 + step * (y[i + 1]! - x1);
    out[i + 2] = x2 + step * (y[i + 2]! - x2);
    out[i + 3] = x3 + step * (y[i + 3]! - x3);
  }
  for (; i < to; i++) out[i] = x[i]! + step * (y[i]! - x[i]!);
}

function clip(vector: Float64Array, lower: Float64Array, upper: Float64Array): void {
  for (let i = 0; i < vector.length; i++) {
    if (vector[i]! < lower[i]!) vector[i] = lower[i]!;
    else if (vector[i]! > upper[i]!) vector[i] = upper[i]!;
  }
}

function deviation(name: string, value: number): number {
  if (!(value >= 0 && value < Infinity)) throw new RangeError(`${name} is ${value}; a standard deviation is 0 or a finite number above.`);
  return value;
}
