import { ABOVE } from '../taxon-table.ts';
import { watchSweeps } from '../sweeps.ts';
import { collessLike, evolutionaryDistinctiveness, pairwiseDistances, sackin } from '../tree-shape.ts';
import { mean } from '../statistics.ts';
import type { MeasureFact, MeasureGroup } from './group.ts';

const fact = (name: string, unit: string, sentence: string): MeasureFact => ({ name, unit, sentence });

export const phylogeny: MeasureGroup = {
  name: 'phylogeny', pace: 'every', cost: 'next to nothing: it is kept up anyway',
  sentence: 'The phylogeny of the living in numbers that are kept up as it changes; every organism is a taxon.',
  facts: () => [
    fact('taxa', 'taxa', 'The living and their ancestors.'), fact('roots', 'taxa', 'Founders who have someone alive or unborn.'),
    fact('depth', 'edges', 'Mean depth of the living: generations since the founders.'), fact('diversity', 'edges', 'Faith\'s phylogenetic diversity: taxa less one.'),
    fact('sumDistance', 'ticks', 'Sum of all branches\' lengths in time.'), fact('meanOrigin', 'ticks', 'Mean time at which the taxa came to be.'),
    fact('normalisedOrigin', 'ticks', 'The same with each taxon weighed by its kept children less one: mean time of the branchings.'),
    fact('commonOrigin', 'ticks', 'When the most recent common ancestor of all was born; NaN while there is none.'),
    fact('commonDepth', 'edges', 'Its depth.'), fact('coalescences', '', 'How often it has been another than at the sample before, so far.'),
  ],
  create({ phylogeny: { tree } }) {
    let common: number | null = null;
    let coalescences = 0;
    return {
      values() {
        const slot = tree.mostRecentCommonAncestor();
        const known = slot !== ABOVE;
        const now = known ? tree.id[slot]! : null;
        if (now !== null && now !== common) coalescences++;
        common = now;
        return {
          taxa: tree.size, roots: tree.roots, depth: tree.meanDepth, diversity: tree.phylogeneticDiversity, sumDistance: tree.sumDistance, meanOrigin: tree.meanOrigin(), normalisedOrigin: tree.meanOrigin(true),
          commonOrigin: known ? tree.origin[slot]! : NaN, commonDepth: known ? tree.depth[slot]! : NaN, coalescences,
        };
      },
      kept: {
        save: () => ({ common, coalescences }),
        load: (saved) => { ({ common, coalescences } = saved as { common: number | null; coalescences: number }); },
      },
    };
  },
};

export const tree: MeasureGroup = {
  name: 'tree', pace: 'slowEvery', cost: 'some passes over the living and their ancestors',
  sentence: 'The shape of the phylogeny of the living.',
  facts: () => [
    fact('pairwiseMean', 'edges', 'Mean distance of two living organisms through their common ancestor; NaN while there are several roots.'),
    fact('pairwiseVariance', 'edges²', 'Variance of that distance.'), fact('distinctiveness', 'ticks', 'Mean evolutionary distinctiveness of the living.'),
    fact('sackin', '', 'Sackin\'s index.'), fact('collessLike', '', 'The Colless-like index; NaN while there are several roots.'),
    fact('tips', 'taxa', 'Taxa without kept children: out-degree 0.'), fact('single', 'taxa', 'Taxa with one: out-degree 1.'), fact('forks', 'taxa', 'Taxa with two: out-degree 2.'),
    fact('fans', 'taxa', 'Taxa with more.'), fact('widest', 'taxa', 'Most kept children of any: the greatest out-degree.'),
  ],
  create: ({ phylogeny: { tree: taxa } }) => ({
    values(tick) {
      const slots = taxa.slots();
      const pairs = pairwiseDistances(taxa, slots);
      const of = taxa.outDegrees;
      const degrees = Object.keys(of).map(Number);
      const wide = degrees.filter((degree) => degree > 2);
      return {
        pairwiseMean: pairs?.mean ?? NaN, pairwiseVariance: pairs?.variance ?? NaN, distinctiveness: mean(evolutionaryDistinctiveness(taxa, tick, slots).values),
        sackin: sackin(taxa, slots), collessLike: collessLike(taxa, slots) ?? NaN,
        tips: of[0] ?? 0, single: of[1] ?? 0, forks: of[2] ?? 0, fans: wide.reduce((sum, degree) => sum + of[degree]!, 0), widest: Math.max(0, ...degrees),
      };
    },
  }),
};

export const sweeps: MeasureGroup = {
  name: 'sweeps', pace: 'every', cost: 'a step a birth, a conception and a death; passes over the genotypes every slowEvery ticks',
  sentence: 'Genotypes, and which of them were fixed or swept: rose from a tenth of the population to nine tenths.',
  facts: () => [
    fact('genotypes', 'genotypes', 'Genotypes that have someone alive: genomes in one line of first parents.'), fact('effective', 'genotypes', 'Effective number of genotypes.'),
    fact('fixations', '', 'Genotypes fixed so far: everyone alive descends from them.'), fact('sweeps', '', 'Clades that have swept so far.'),
    fact('lastFixed', 'ticks', 'When the genotype that was fixed last came to be; NaN before the first.'),
  ],
  create({ simulation, genotypes, options }) {
    const known = genotypes();
    const seen = watchSweeps(simulation, known, { every: options.slowEvery });
    return {
      values: () => ({
        genotypes: known.tree.active, effective: known.tree.diversity.effective, fixations: seen.fixations.length, sweeps: seen.sweeps.length,
        lastFixed: seen.fixations.at(-1)?.originTime ?? NaN,
      }),
      kept: seen,
      words: () => [`${seen.fixations.length} genotypes were fixed and ${seen.sweeps.length} clades swept.`],
    };
  },
};
