import { finish } from '../kernel/fingerprint.ts';

/** How an embedding is named in records and reports, so that nobody takes this one for a model's. */
export const NGRAM_EMBEDDING = 'lexical: character n-grams 3 to 5, hashed to 512';
const DIMENSIONS = 512;
const SHORTEST = 3;
const LONGEST = 5;

/**
 * The embedding for where there is no model: character n-grams of 3 to 5 characters of the lower-case text, its runs of
 * white space one space, with a space before and after, hashed with a sign into 512 numbers (Weinberger et al. 2009),
 * each n-gram's count damped by its square root, and scaled to length 1. It sees spelling and nothing of meaning. A
 * function of the text alone, with no arithmetic that engines differ in.
 */
export function ngramEmbedding(text: string): Float32Array {
  const plain = ` ${text.toLowerCase().split(/\s+/u).filter((word) => word !== '').join(' ')} `;
  const counts = new Map<string, number>();
  for (let n = SHORTEST; n <= LONGEST; n++) {
    for (let i = 0; i + n <= plain.length; i++) {
      const gram = plain.slice(i, i + n);
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  const sums = new Float64Array(DIMENSIONS);
  for (const [gram, count] of counts) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < gram.length; i++) hash = Math.imul(hash ^ gram.charCodeAt(i), 0x01000193);
    const mixed = finish(hash);
    sums[mixed % DIMENSIONS]! += mixed >= 0x80000000 ? -Math.sqrt(count) : Math.sqrt(count);
  }
  let squares = 0;
  for (const value of sums) squares += value * value;
  // an empty text, and one whose n-grams cancel, point in a direction of their own
  if (squares === 0) { sums[0] = 1; squares = 1; }
  const length = Math.sqrt(squares);
  return Float32Array.from(sums, (value) => value / length);
}
