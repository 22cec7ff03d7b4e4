import { EmbeddingSeries, type EmbeddingMeasures } from '../embedding-series.ts';
import { embeddingRows, varietyOf } from '../embeddings.ts';
import { frequentGenomes } from '../frequent-genomes.ts';
import { fewEnough, reportMade } from '../made.ts';
import { NGRAM_EMBEDDING, ngramEmbedding } from '../ngram-embedding.ts';
import { mean } from '../statistics.ts';
import type { MeasureFact, MeasureGroup } from './group.ts';

const fact = (name: string, unit: string, sentence: string): MeasureFact => ({ name, unit, sentence });

export const archive: MeasureGroup = {
  name: 'archive', pace: 'every', cost: 'an archive of its elites\' later lives is filled',
  sentence: 'The quality-diversity archive of lives.',
  facts: () => [
    fact('elites', 'elites', 'Elites in the archive.'), fact('coverage', '', 'Share of its cells that have one.'), fact('qdScore', '', 'QD-score: sum of the elites\' objectives.'),
    fact('objective', '', 'Mean objective of the elites.'), fact('greatest', '', 'Greatest objective there ever was.'),
    fact('entropy', 'nats', 'Entropy of the candidates over the cells they fell into.'), fact('evenness', '', 'How evenly they have fallen on these cells.'),
    fact('simpson', '', 'Chance that two candidates drawn at random fell into different cells.'),
    fact('correctedQdScore', '', 'QD-score of the archive that the elites fill, each by the mean of the lives that its genome has had since it entered; NaN before the first.'),
    fact('correctedCoverage', '', 'Coverage of that archive.'), fact('relived', 'elites', 'Elites whose genome has been lived again; the others are left out there.'),
  ],
  create: ({ archive: kept }) => ({
    values() {
      const { numElites, coverage, qdScore, objMean, objMax, entropy, evenness, simpson } = kept.stats();
      const { corrected } = kept;
      return {
        elites: numElites, coverage, qdScore, objective: numElites === 0 ? NaN : objMean, greatest: numElites === 0 ? NaN : objMax, entropy, evenness, simpson,
        correctedQdScore: corrected?.qdScore ?? NaN, correctedCoverage: corrected?.coverage ?? NaN, relived: corrected?.elites ?? 0,
      };
    },
  }),
};

export const made: MeasureGroup = {
  name: 'made', pace: 'slowEvery', cost: 'pairs of up to 200 of the elites\' genomes are compared, and so many are embedded',
  sentence: 'Quality, diversity and complexity of what was made: the genomes of the archive\'s elites (arXiv 2412.02980).',
  facts: () => [
    fact('quality', '', 'Mean objective.'), fact('distinct1', '', 'Different words over all words.'), fact('distinct2', '', 'Different pairs of words over all pairs.'),
    fact('selfBleu', '', 'Mean BLEU of each against all others; less is more diverse.'), fact('rougeL', '', 'Mean ROUGE-L of pairs; less is more diverse.'),
    fact('vendi', 'genomes', 'Vendi score of their embeddings: the effective number of different genomes.'), fact('cosineDistance', '', 'Mean cosine distance of pairs of embeddings.'),
    fact('lines', 'lines', 'Mean number of lines: rules.'), fact('size', 'characters', 'Mean length.'), fact('compressed', 'bytes', 'Mean length after compression.'),
    fact('programSize', 'parts', 'Mean size as the genomes\' language tells it; NaN where it does not.'), fact('programDepth', 'levels', 'Mean depth, likewise.'),
  ],
  create({ archive: kept, simulation: { kernel: { genomes } }, onTexts }) {
    const embed = spelling();
    return {
      values(tick) {
        const elites = [...kept];
        const texts = elites.map(({ solution }) => genomes.text(solution.genome));
        const { quality, lexical, complexity } = reportMade({ texts, qualities: elites.map(({ objective }) => objective) });
        const { distinct1, distinct2, selfBleu, rougeL } = lexical;
        const embedded = fewEnough(texts);
        onTexts({ group: 'made', tick, texts: embedded, counts: embedded.map(() => 1) });
        const told = (name: 'size' | 'depth'): number => mean(elites.map(({ solution }) => genomes[name]?.(solution.genome) ?? NaN));
        return {
          quality: quality!.mean, distinct1, distinct2, selfBleu, rougeL, ...varietyOf(embeddingRows(embedded.map(embed))), lines: complexity.lines, size: complexity.size, compressed: complexity.compressed,
          programSize: told('size'), programDepth: told('depth'),
        };
      },
      words: () => [`Embeddings of the elites are ${NGRAM_EMBEDDING}.`],
    };
  },
};

/** Embeds by spelling; what was embedded is remembered. */
function spelling(): (text: string) => Float32Array {
  const known = new Map<string, Float32Array>();
  return (text) => {
    let vector = known.get(text);
    if (vector === undefined) {
      if (known.size >= REMEMBERED) known.clear();
      known.set(text, vector = ngramEmbedding(text));
    }
    return vector;
  };
}

/** Most genomes that are embedded in a sample: the most frequent of the living. */
const MOST_EMBEDDED = 100;
/** Embeddings that are remembered. */
const REMEMBERED = 1 << 12;

export const embeddingNames = ['texts', 'vendi', 'cosineDistance', 'illumination', 'openEndedness'] as const satisfies readonly (keyof EmbeddingMeasures)[];

export const embedding: MeasureGroup = {
  name: 'embedding', pace: 'slowEvery', cost: 'up to 100 genomes are embedded and compared; what was embedded is remembered',
  sentence: 'Measures on embeddings of the genomes that most of the living have: by spelling, unless an endpoint\'s model embeds them.',
  facts: () => [
    fact('texts', 'genomes', 'Genomes that were embedded: the 100 most frequent.'), fact('vendi', 'genomes', 'Vendi score: the effective number of different genomes.'),
    fact('cosineDistance', '', 'Mean cosine distance of pairs.'), fact('illumination', '', 'Mean cosine to the nearest other; less is more diverse (ASAL).'),
    fact('openEndedness', '', 'Mean over samples of the greatest cosine to any before; less is more open-ended (ASAL).'),
  ],
  create({ simulation: { kernel }, onTexts }) {
    const series = new EmbeddingSeries();
    const embed = spelling();
    return {
      values(tick) {
        const { texts, counts } = frequentGenomes(kernel, MOST_EMBEDDED);
        onTexts({ group: 'embedding', tick, texts, counts });
        return { ...series.observe(texts.map(embed), counts) };
      },
      kept: series,
      words: () => [`Embeddings are ${NGRAM_EMBEDDING}.`],
    };
  },
};
