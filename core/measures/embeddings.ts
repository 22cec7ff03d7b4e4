import { exactExp, exactLn } from '../archive/exact-math.ts';
import { symmetricEigenvalues } from './symmetric.ts';

/** Points of one length, row by row. */
export interface EmbeddingRows { count: number; dimensions: number; values: Float32Array }

/** Puts rows side by side. Throws a RangeError with one sentence when they differ in length. */
export function embeddingRows(rows: readonly ArrayLike<number>[]): EmbeddingRows {
  const dimensions = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * dimensions);
  rows.forEach((row, i) => {
    if (row.length !== dimensions) throw new RangeError(`Embedding ${i} has ${row.length} numbers, but the first has ${dimensions}.`);
    values.set(row, i * dimensions);
  });
  return { count: rows.length, dimensions, values };
}

/** The rows with length 1, in double precision. Throws a RangeError with one sentence for a row that has no direction. */
function directions({ count, dimensions, values }: EmbeddingRows): Float64Array {
  const out = new Float64Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    let squares = 0;
    for (let k = i * dimensions; k < (i + 1) * dimensions; k++) squares += values[k]! * values[k]!;
    if (!(squares > 0 && squares < Infinity)) throw new RangeError(`Embedding ${i} has no direction: the sum of its squares is ${squares}.`);
    const length = Math.sqrt(squares);
    for (let k = i * dimensions; k < (i + 1) * dimensions; k++) out[k] = values[k]! / length;
  }
  return out;
}

function product(z: Float64Array, dimensions: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0, a = i * dimensions, b = j * dimensions; k < dimensions; k++) sum += z[a + k]! * z[b + k]!;
  return sum;
}

/** Mean of 1 − cosine over pairs; NaN of fewer than two. In one pass: the sum of all rows has all their products in its length. */
export function meanCosineDistance(rows: EmbeddingRows): number {
  const { count, dimensions } = rows;
  if (count < 2) return NaN;
  const z = directions(rows);
  const sum = new Float64Array(dimensions);
  for (let i = 0; i < count; i++) for (let k = 0; k < dimensions; k++) sum[k]! += z[i * dimensions + k]!;
  return Math.max(0, 1 - (product(sum, dimensions, 0, 0) - count) / (count * (count - 1)));
}

/**
 * Open-endedness over time (Kumar et al. 2024, "Automating the search for artificial life", ASAL): mean over t of the greatest cosine
 * between what is seen at t and at any time before. Lower is more open-ended. NaN of fewer than two.
 */
export function openEndedness(overTime: EmbeddingRows): number {
  const { count, dimensions } = overTime;
  const z = directions(overTime);
  let sum = 0;
  for (let t = 1; t < count; t++) {
    let nearest = -Infinity;
    for (let before = 0; before < t; before++) nearest = Math.max(nearest, product(z, dimensions, t, before));
    sum += nearest;
  }
  return count < 2 ? NaN : sum / (count - 1);
}

/** Illumination (the same authors): mean over i of the greatest cosine to any other. Lower is more diverse. NaN of fewer than two. */
export function illumination(rows: EmbeddingRows): number {
  const { count, dimensions } = rows;
  if (count < 2) return NaN;
  const z = directions(rows);
  const nearest = new Float64Array(count).fill(-Infinity);
  for (let i = 1; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const cosine = product(z, dimensions, i, j);
      if (cosine > nearest[i]!) nearest[i] = cosine;
      if (cosine > nearest[j]!) nearest[j] = cosine;
    }
  }
  return nearest.reduce((sum, each) => sum + each, 0) / count;
}

/** exp(−Σ λ ln λ) of eigenvalues that sum to 1 but for rounding. */
function effectiveNumber(eigenvalues: Float64Array): number {
  let entropy = 0;
  for (const value of eigenvalues) if (value > 1e-15) entropy -= value * exactLn(value);
  return exactExp(entropy);
}

/**
 * Vendi score of a similarity matrix (Friedman & Dieng 2023): the effective number of different things, exp of the
 * entropy of the eigenvalues of K / n. K is symmetric and positive semi-definite with 1 on its diagonal.
 *
 * @param similarity n × n numbers, row by row; left as it is
 */
export function vendiOfSimilarity(similarity: ArrayLike<number>, n: number): number {
  if (n === 0) return 0;
  if (similarity.length !== n * n) throw new RangeError(`Similarities of ${n} things are ${n * n} numbers; got ${similarity.length}.`);
  for (let i = 0; i < n; i++) {
    if (Math.abs(similarity[i * n + i]! - 1) > 1e-6) throw new RangeError(`Thing ${i} has the similarity ${similarity[i * n + i]!} with itself; it must be 1.`);
  }
  return effectiveNumber(symmetricEigenvalues(Float64Array.from(similarity, (value) => value / n), n));
}

/** Vendi score of things and a similarity between two. */
export function vendi<T>(things: readonly T[], similarity: (a: T, b: T) => number): number {
  const n = things.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) matrix[i * n + j] = j > i ? 0 : similarity(things[i]!, things[j]!);
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) matrix[i * n + j] = matrix[j * n + i]!;
  return vendiOfSimilarity(matrix, n);
}

/**
 * Vendi score with the cosine as similarity; through the smaller of the two matrices that share their eigenvalues, n × n
 * or dimensions × dimensions.
 */
export function vendiOfEmbeddings(rows: EmbeddingRows): number {
  const { count, dimensions } = rows;
  if (count === 0) return 0;
  const z = directions(rows);
  const n = Math.min(count, dimensions);
  const matrix = new Float64Array(n * n);
  if (count <= dimensions) {
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = product(z, dimensions, i, j) / count;
  } else {
    for (let row = 0; row < count; row++) {
      const at = row * dimensions;
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j]! += (z[at + i]! * z[at + j]!) / count;
    }
  }
  return effectiveNumber(symmetricEigenvalues(matrix, n));
}

/** How various embeddings are: their effective number (Vendi score), and the mean cosine distance of pairs. */
export function varietyOf(rows: EmbeddingRows): { vendi: number; cosineDistance: number } {
  return { vendi: vendiOfEmbeddings(rows), cosineDistance: meanCosineDistance(rows) };
}
