import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import { KdTree } from './kd-tree.ts';

export interface KMeansOptions {
  seed: number;
  /** Most rounds of Lloyd's algorithm. */
  rounds?: number | undefined;
  /** It stops when no centroid moves further than this, squared, as a share of the samples' variance. */
  tolerance?: number | undefined;
}

/**
 * Centroids of `k` clusters by Lloyd's algorithm (1982), begun at `k` different samples drawn from the seed. A cluster
 * that loses all its samples keeps its centroid.
 *
 * @param samples `width` numbers a sample
 * @returns `width` numbers a centroid
 */
export function kMeans(samples: Float64Array, width: number, k: number, options: KMeansOptions): Float64Array {
  const { seed, rounds = 100, tolerance = 1e-4 } = options;
  const n = samples.length / width;
  if (!(Number.isInteger(k) && k >= 1 && k <= n)) throw new RangeError(`${k} centroids are asked for from ${n} samples; it must be a whole number, at least 1 and at most the samples.`);
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x6b6d6561);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const centroids = new Float64Array(k * width);
  for (let c = 0; c < k; c++) {
    const at = c + random.below(n - c);
    const sample = order[at]!;
    order[at] = order[c]!;
    centroids.set(samples.subarray(sample * width, (sample + 1) * width), c * width);
  }
  const limit = tolerance * varianceOf(samples, width);
  const sums = new Float64Array(k * width);
  const counts = new Uint32Array(k);
  for (let round = 0; round < rounds; round++) {
    const tree = new KdTree(centroids, width);
    sums.fill(0);
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      const c = tree.nearest(samples, i * width);
      counts[c]!++;
      for (let m = 0; m < width; m++) sums[c * width + m]! += samples[i * width + m]!;
    }
    let furthest = 0;
    for (let c = 0; c < k; c++) {
      if (counts[c] === 0) continue;
      let moved = 0;
      for (let m = 0; m < width; m++) {
        const mean = sums[c * width + m]! / counts[c]!;
        const step = mean - centroids[c * width + m]!;
        moved += step * step;
        centroids[c * width + m] = mean;
      }
      if (moved > furthest) furthest = moved;
    }
    if (furthest <= limit) break;
  }
  return centroids;
}

/** Mean over the measures of the samples' variance. */
function varianceOf(samples: Float64Array, width: number): number {
  const n = samples.length / width;
  let sum = 0;
  for (let m = 0; m < width; m++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += samples[i * width + m]! / n;
    for (let i = 0; i < n; i++) sum += (samples[i * width + m]! - mean) * (samples[i * width + m]! - mean);
  }
  return sum / (n * width);
}
