import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressedBytes, textComplexity } from '../../core/measures/complexity.ts';
import { embeddingRows, meanCosineDistance, vendi, vendiOfEmbeddings, vendiOfSimilarity } from '../../core/measures/embeddings.ts';
import { bleu, distinctN, meanRougeL, rougeL, selfBleu, wordsOf } from '../../core/measures/lexical.ts';
import { MOST_PAIRED, reportMade } from '../../core/measures/made.ts';
import { NGRAM_EMBEDDING, ngramEmbedding } from '../../core/measures/ngram-embedding.ts';
import { symmetricEigenvalues } from '../../core/measures/symmetric.ts';
import { seeded } from '../core/seeded.ts';

const words = (text: string): string[] => text.split(' ');

describe('embeddings', () => {
  it('[Q11] the Vendi score has the published values', () => {
    expect(vendi([0, 0, 10, 10, 20, 20], (a, b) => Math.exp(-Math.abs(a - b)))).toBeCloseTo(2.9999999959, 9);
    expect(vendiOfSimilarity([1, 0.9, 0, 0.9, 1, 0, 0, 0, 1], 3)).toBeCloseTo(2.1573004834, 9);
    expect(vendiOfSimilarity([], 0)).toBe(0);
    // all alike is one thing, all unlike as many as there are
    expect(vendi([1, 2, 3, 4], () => 1)).toBeCloseTo(1, 12);
    expect(vendi([1, 2, 3, 4], (a, b) => (a === b ? 1 : 0))).toBeCloseTo(4, 12);
    expect(() => vendiOfSimilarity([1, 0, 0, 0.5], 2)).toThrow('Thing 1 has the similarity 0.5 with itself; it must be 1.');
    expect(() => vendiOfSimilarity([1, 0, 0], 2)).toThrow('Similarities of 2 things are 4 numbers; got 3.');
  });

  it('[Q11] of embeddings it is the same through either matrix', () => {
    const row = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }).filter((values) => Math.hypot(...values) > 0.01);
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (given) => {
      const rows = embeddingRows(given);
      const at = (i: number): number[] => [...rows.values.subarray(5 * i, 5 * i + 5)];
      const cosine = (i: number, j: number): number => at(i).reduce((sum, x, k) => sum + x * at(j)[k]!, 0) / (Math.hypot(...at(i)) * Math.hypot(...at(j)));
      const indices = given.map((_, i) => i);
      expect(vendiOfEmbeddings(rows)).toBeCloseTo(vendi(indices, cosine), 7);
      if (given.length < 2) { expect(meanCosineDistance(rows)).toBeNaN(); return; }
      const distances = indices.flatMap((i) => indices.slice(0, i).map((j) => 1 - cosine(i, j)));
      expect(meanCosineDistance(rows)).toBeCloseTo(distances.reduce((sum, d) => sum + d, 0) / distances.length, 9);
    }), seeded(60));
    expect(meanCosineDistance(embeddingRows([[1, 0], [0, 3], [-2, 0]]))).toBeCloseTo((1 + 2 + 1) / 3, 12);
  });

  it('[Q11] eigenvalues: known ones, and trace and squares of any', () => {
    // three diagonals 1, 2, 1: 2 − √2, 2, 2 + √2
    expect([...symmetricEigenvalues(Float64Array.of(2, 1, 0, 1, 2, 1, 0, 1, 2), 3)].map((value) => expect.closeTo(value, 12) as number)).toEqual([2 - Math.SQRT2, 2, 2 + Math.SQRT2]);
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.oneof(fc.constant(0), fc.double({ min: -9, max: 9, noNaN: true }))), (n, numbers) => {
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = Number(numbers.next().value);
      const [trace, squares] = [matrix.reduce((sum, x, i) => sum + (i % (n + 1) === 0 ? x : 0), 0), matrix.reduce((sum, x) => sum + x * x, 0)];
      const values = symmetricEigenvalues(matrix, n);
      expect(values.reduce((sum, x) => sum + x, 0)).toBeCloseTo(trace, 8);
      expect(values.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(squares, 7);
      expect([...values]).toEqual([...values].sort((a, b) => a - b));
    }), seeded(200));
    expect(() => symmetricEigenvalues(new Float64Array(3), 2)).toThrow('A matrix of 2 × 2 has 4 entries; got 3.');
    expect(() => symmetricEigenvalues(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow('do not converge');
  });

  it('[Q11] the lexical fallback is named, of length 1, and nearer where spelling is', () => {
    expect(NGRAM_EMBEDDING).toMatch(/^lexical/);
    const cosine = (a: string, b: string): number => ngramEmbedding(a).reduce((sum, x, i) => sum + x * ngramEmbedding(b)[i]!, 0);
    for (const text of ['', 'a', 'when grass.here > 0.3 -> eat', 'ÄÖ 漢字 🦠']) expect(cosine(text, text)).toBeCloseTo(1, 6);
    expect(cosine('Graze  the\nmeadow', 'graze the meadow')).toBeCloseTo(1, 6);
    expect(cosine('graze the meadow', 'grazing the meadows')).toBeGreaterThan(0.5);
    expect(Math.abs(cosine('graze the meadow', 'hunt in packs by night'))).toBeLessThan(0.25);
    // the same on every machine: the numbers of one text
    const one = ngramEmbedding('rest');
    expect([one.length, one.filter((x) => x !== 0).length, Math.max(...one.map(Math.abs))]).toEqual([512, 9, Math.fround(1 / 3)]);
  });
});

describe('lexical diversity', () => {
  it('[Q12] distinct-n, BLEU and ROUGE-L by hand', () => {
    const texts = [words('a b a b'), words('a c')];
    expect([distinctN(texts, 1), distinctN(texts, 2), distinctN(texts, 5)]).toEqual([3 / 6, 3 / 4, NaN]);
    // clipped unigrams of the well-known example: "the" stands twice in the first reference
    const [the, first, second] = [words('the the the the the the the'), words('the cat is on the mat'), words('there is a cat on the mat')];
    expect(bleu(the, [first, second], 1)).toBeCloseTo(2 / 7, 12);
    expect(bleu(first, [first])).toBeCloseTo(1, 12);
    // 5/6 · 3/5 · 1/4 without a brevity penalty, three kinds of n-gram
    expect(bleu(words('the cat sat on the mat'), [first], 3)).toBeCloseTo(((5 / 6) * (3 / 5) * (1 / 4)) ** (1 / 3), 12);
    // as long as its only half: precision 1, penalty exp(1 − 6/3)
    expect(bleu(words('the cat is'), [first])).toBeCloseTo(Math.exp(-1), 12);
    expect([bleu([], [first]), bleu(words('dog'), [first])]).toEqual([0, 0]);
    // longest common subsequence "police the gunman"? no: "police" and "the gunman" of the classic: 3 of 4
    expect(rougeL(words('police killed the gunman'), words('police kill the gunman'))).toBeCloseTo(0.75, 12);
    expect(rougeL(words('police killed the gunman'), words('the gunman kill police'))).toBeCloseTo(0.5, 12);
    expect([rougeL([], words('a')), rougeL(words('a b'), words('a b'))]).toEqual([0, 1]);
    expect(meanRougeL([words('a b'), words('a b'), words('c d')])).toBeCloseTo(1 / 3, 12);
    expect(selfBleu([words('a b c d e'), words('a b c d e'), words('v w x y z')])).toBeCloseTo(2 / 3, 12);
    expect([selfBleu([words('a')]), meanRougeL([])]).toEqual([NaN, NaN]);
    expect(wordsOf('When grass.here > 0.3 -> eat; don’t')).toEqual(['when', 'grass.here', '>', '0.3', '-', '>', 'eat', ';', 'don’t']);
  });

  it('[Q12] complexity: size, depth and compressed length', () => {
    expect(textComplexity('when (a < (b + 1)) -> eat\n\notherwise -> rest')).toMatchObject({ lines: 2, words: 17, depth: 2, size: 44 });
    expect(textComplexity('')).toEqual({ lines: 0, words: 0, size: 0, depth: 0, compressed: 0 });
    // eight characters of nine bits
    expect(compressedBytes('abcdefgh')).toBe(9);
    // three characters of nine bits, then one repetition of 97: 1 flag, distance 3 in 3 bits, 95 in 13
    expect(compressedBytes('abc'.repeat(33) + 'a')).toBe(Math.ceil((27 + 1 + 3 + 13) / 8));
    expect(compressedBytes('🦠')).toBe(Math.ceil(33 / 8));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(compressedBytes(text)).toBeLessThanOrEqual(Math.ceil(text.length * 33 / 8));
      expect(compressedBytes(text + text)).toBeLessThanOrEqual(compressedBytes(text) + 30);
    }), seeded(100));
  });

  it('[Q12] a report holds quality, diversity and complexity of what was made, as far as it is given', () => {
    const texts = ['eat grass', 'eat grass', 'run from hunters', 'rest'];
    const rows = embeddingRows(texts.map(ngramEmbedding));
    const report = reportMade({ texts, qualities: [1, 2, 3, 6], cells: { of: [0, 0, 7, 9], count: 20 }, embeddings: { rows, name: NGRAM_EMBEDDING } });
    expect(report).toMatchObject({
      count: 4, quality: { mean: 3, greatest: 6 }, attributes: { richness: 3, coverage: 0.15, simpson: 0.625 }, embedding: { name: NGRAM_EMBEDDING },
      lexical: { distinct1: 6 / 8, distinct2: 3 / 4, selfBleu: 0.5, rougeL: expect.closeTo(1 / 6, 12) as number }, complexity: { lines: 1, words: 2, size: (9 + 9 + 16 + 4) / 4 },
    });
    expect(report.embedding!.vendi).toBeGreaterThan(2.5);
    expect(report.embedding!.vendi).toBeLessThan(3.01);
    expect(reportMade({ texts })).toMatchObject({ quality: null, attributes: null, embedding: null });
    expect(reportMade({ texts: [] })).toMatchObject({ count: 0, quality: null });
    expect(reportMade({ texts: Array.from({ length: 3 * MOST_PAIRED }, (_, i) => `word${i % 3}`) }).lexical.rougeL).toBeCloseTo(1 / 3, 1);
    expect(() => reportMade({ texts, qualities: [1] })).toThrow('There are 4 texts, but 1 qualities.');
  });
});
