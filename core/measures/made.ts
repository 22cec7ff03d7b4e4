import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import { diversityOf, type Diversity } from './abundance.ts';
import { textComplexity, type TextComplexity } from './complexity.ts';
import { varietyOf, type EmbeddingRows } from './embeddings.ts';
import { distinctN, meanRougeL, selfBleu, wordsOf } from './lexical.ts';
import { mean } from './statistics.ts';

export interface MadeOptions {
  texts: readonly string[];
  /** Objective of each, where there is one. */
  qualities?: ArrayLike<number>;
  /** Cell of its attributes for each, and how many cells there are. */
  cells?: { of: ArrayLike<number>; count: number };
  /** A row a text, and the name of what made them: a model's, or `NGRAM_EMBEDDING`. */
  embeddings?: { rows: EmbeddingRows; name: string };
}

/**
 * Quality, diversity and complexity of what was made (Havrilla et al. 2024, arXiv 2412.02980). For self-BLEU and ROUGE-L less is more
 * diverse; for all others more. NaN where there are too few texts.
 */
export interface MadeReport {
  count: number;
  quality: { mean: number; greatest: number } | null;
  lexical: { distinct1: number; distinct2: number; selfBleu: number; rougeL: number };
  attributes: (Diversity & { coverage: number }) | null;
  embedding: { name: string; cosineDistance: number; vendi: number } | null;
  /** Means over the texts. */
  complexity: TextComplexity;
}

/** Most texts whose pairs are all compared; of more, this many drawn with a fixed seed are taken for self-BLEU and ROUGE-L. */
export const MOST_PAIRED = 200;

/** The items, or of too many the sample whose pairs are compared. */
export function fewEnough<T>(items: readonly T[]): readonly T[] {
  return items.length <= MOST_PAIRED ? items : sample(items, MOST_PAIRED);
}

/** Throws a RangeError with one sentence when columns differ in length. */
export function reportMade({ texts, qualities, cells, embeddings }: MadeOptions): MadeReport {
  const lengths: [string, number | undefined][] = [['qualities', qualities?.length], ['cells', cells?.of.length], ['embeddings', embeddings?.rows.count]];
  for (const [name, length] of lengths) {
    if (length !== undefined && length !== texts.length) throw new RangeError(`There are ${texts.length} texts, but ${length} ${name}.`);
  }
  const words = texts.map(wordsOf);
  const paired = fewEnough(words);
  const complexities = texts.map(textComplexity);
  const meanOf = (key: keyof TextComplexity): number => mean(complexities.map((each) => each[key]));
  const counts = new Map<number, number>();
  if (cells) for (let i = 0; i < texts.length; i++) counts.set(cells.of[i]!, (counts.get(cells.of[i]!) ?? 0) + 1);
  return {
    count: texts.length,
    quality: qualities === undefined ? null : { mean: mean(qualities), greatest: Array.from(qualities).reduce((a, b) => Math.max(a, b), -Infinity) },
    lexical: { distinct1: distinctN(words, 1), distinct2: distinctN(words, 2), selfBleu: selfBleu(paired), rougeL: meanRougeL(paired) },
    attributes: cells === undefined ? null : { ...diversityOf(counts.values()), coverage: counts.size / cells.count },
    embedding: embeddings === undefined ? null : {
      name: embeddings.name, ...varietyOf(embeddings.rows),
    },
    complexity: { lines: meanOf('lines'), words: meanOf('words'), size: meanOf('size'), depth: meanOf('depth'), compressed: meanOf('compressed') },
  };
}

/** So many of the items, without repetition. */
function sample<T>(items: readonly T[], count: number): T[] {
  const random = new RandomStream(seedKey(1, purpose.sampling), 0x6d616465);
  const left = [...items];
  for (let i = 0; i < count; i++) {
    const other = i + random.below(left.length - i);
    [left[i], left[other]] = [left[other]!, left[i]!];
  }
  return left.slice(0, count);
}
