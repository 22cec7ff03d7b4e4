import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { embeddingRows, illumination, varietyOf } from './embeddings.ts';

/** Of one sample; NaN where there are too few. */
export interface EmbeddingMeasures { texts: number; vendi: number; cosineDistance: number; illumination: number; openEndedness: number }

/**
 * Measures on embeddings as samples come: Vendi score, mean cosine distance and illumination of what is seen in one, and
 * open-endedness over all so far (ASAL, Kumar et al. 2024), in which a sample is the mean of its embeddings, weighed.
 */
export class EmbeddingSeries implements Saveable {
  /** What was seen in each sample, a direction of length 1. */
  private readonly past: Float32Array[] = [];
  /** Σ over samples from the second on of the greatest cosine to any before. */
  private nearest = 0;

  /** A sample: embeddings of one length, none without a direction, and their weights. Throws a RangeError with one sentence otherwise. */
  observe(embeddings: readonly Float32Array[], weights: ArrayLike<number>): EmbeddingMeasures {
    const rows = embeddingRows(embeddings);
    if (rows.count > 0) this.remember(middle(embeddings, weights));
    return {
      texts: rows.count, ...varietyOf(rows), illumination: illumination(rows),
      openEndedness: this.past.length < 2 ? NaN : this.nearest / (this.past.length - 1),
    };
  }

  save(): Packable {
    return { past: this.past, nearest: this.nearest };
  }

  load(saved: unknown): void {
    const { past, nearest } = saved as { past: Float32Array[]; nearest: number };
    this.past.splice(0, Infinity, ...past);
    this.nearest = nearest;
  }

  private remember(seen: Float32Array): void {
    let greatest = -Infinity;
    for (const before of this.past) {
      let cosine = 0;
      for (let k = 0; k < seen.length; k++) cosine += seen[k]! * before[k]!;
      greatest = Math.max(greatest, cosine);
    }
    if (this.past.length > 0) this.nearest += greatest;
    this.past.push(seen);
  }
}

/** Weighted mean of directions, as a direction; the first of them where they cancel. */
function middle(embeddings: readonly Float32Array[], weights: ArrayLike<number>): Float32Array {
  const unit = (values: ArrayLike<number>): Float64Array => {
    let squares = 0;
    for (let k = 0; k < values.length; k++) squares += values[k]! * values[k]!;
    return Float64Array.from(values, (value) => value / Math.sqrt(squares));
  };
  const sum = new Float64Array(embeddings[0]!.length);
  embeddings.forEach((embedding, i) => unit(embedding).forEach((value, k) => { sum[k]! += value * weights[i]!; }));
  return Float32Array.from(unit(sum.some((value) => value !== 0) ? sum : embeddings[0]!));
}
