import { commonColumns } from '../../kernel/population.ts';
import { operatorNames } from '../../kernel/tick-events.ts';
import { diversityOf, type Diversity } from '../abundance.ts';
import { clusterTexts } from '../clusters.ts';
import { frequentGenomes } from '../frequent-genomes.ts';
import { columnMoments, countDiversity } from '../living.ts';
import { OperatorShares } from '../operator-shares.ts';
import { SelectionDifferentials, columnTrait, genomeTrait, type PriceTerms, type Trait } from '../selection.ts';
import type { MeasureContext, MeasureFact, MeasureGroup } from './group.ts';

const fact = (name: string, unit: string, sentence: string): MeasureFact => ({ name, unit, sentence });

/** Energies are summed in whole numbers of this, so that the order of rows cannot matter. */
const GRAIN = 2 ** 20;

export const population: MeasureGroup = {
  name: 'population', pace: 'every', cost: 'a pass over energies and over the resource',
  sentence: 'How many there are, and what they live on.',
  facts: () => [
    fact('organisms', 'organisms', 'Organisms alive.'), fact('unborn', 'organisms', 'Children conceived and not born yet.'),
    fact('births', 'organisms', 'Births since the sample before.'), fact('deaths', 'organisms', 'Deaths since the sample before.'),
    fact('lineages', 'lineages', 'Founders\' lineages that have someone alive.'), fact('energy', 'energy', 'Mean energy of an organism.'),
    fact('resource', 'amount', 'Mean amount of the resource in a cell.'),
  ],
  create({ simulation: { kernel }, totals }) {
    let [births, deaths] = [0, 0];
    return {
      values() {
        const { pop, eggs, parts: { field: { amount } } } = kernel;
        let energy = 0;
        for (let row = 0; row < pop.count; row++) energy += Math.round(pop.columns.energy[row]! * GRAIN);
        let resource = 0;
        for (let cell = 0; cell < amount.length; cell++) resource += amount[cell]!;
        const since = { births: totals.births - births, deaths: totals.deaths - deaths };
        [births, deaths] = [totals.births, totals.deaths];
        return { organisms: pop.count, unborn: eggs.count, ...since, lineages: totals.lineages, energy: energy / GRAIN / pop.count, resource: resource / amount.length };
      },
      kept: {
        save: () => ({ births, deaths }),
        load: (saved) => { ({ births, deaths } = saved as { births: number; deaths: number }); },
      },
    };
  },
};

const diversityNames = ['richness', 'shannon', 'effective', 'simpson', 'evenness'] as const satisfies readonly (keyof Diversity)[];
/** A name of its own where a group tells of one diversity alone. */
const nameOfKind = (kind: string, name: string): string => (kind === '' ? name : `${kind}${name[0]!.toUpperCase()}${name.slice(1)}`);

function diversityFacts(kind: string, of: string, richness = `Different ${of}.`): MeasureFact[] {
  const facts: Record<(typeof diversityNames)[number], [unit: string, sentence: string]> = {
    richness: [of, richness], shannon: ['nats', `Shannon's entropy of ${of}.`], effective: [of, `Effective number of ${of}: exp of the entropy.`],
    simpson: ['', `Chance that two drawn at random differ in their ${of}.`], evenness: ['', `Entropy of ${of} over the greatest it could be.`],
  };
  return diversityNames.map((name) => fact(nameOfKind(kind, name), ...facts[name]));
}

function diversityValues(kind: string, told: Diversity): Record<string, number> {
  return Object.fromEntries(diversityNames.map((name) => [nameOfKind(kind, name), told[name]]));
}

export const diversity: MeasureGroup = {
  name: 'diversity', pace: 'every', cost: 'a step a birth and a death',
  sentence: 'How many genomes the living were born with and how many phenotypes the lives that ended since the sample before had, and how evenly.',
  facts: () => [...diversityFacts('genome', 'genomes'), ...diversityFacts('phenotype', 'phenotypes')],
  create({ simulation }) {
    const counted = countDiversity(simulation);
    return {
      values() {
        const values = { ...diversityValues('genome', counted.genomes), ...diversityValues('phenotype', counted.phenotypes) };
        counted.startPeriod();
        return values;
      },
      kept: counted,
    };
  },
};

/** Most genomes that are clustered in a sample. */
const MOST_CLUSTERED = 1000;

export const clusters: MeasureGroup = {
  name: 'clusters', pace: 'slowEvery', cost: 'up to 1,000 genomes are compared word by word with the centres of their clusters',
  sentence: 'Diversity of the living\'s genomes clustered at a distance: those that differ in a few words count as one.',
  facts: (_, { clusterDistance }) => [
    ...diversityFacts('', 'clusters', `Clusters of genomes no further than ${clusterDistance} of their words from a centre.`), fact('greatest', '', 'Share of the greatest cluster.'),
    fact('covered', '', 'Share of the living whose genome was clustered: that of the 1,000 most frequent.'),
  ],
  create: ({ simulation: { kernel }, options: { clusterDistance } }) => ({
    values() {
      const { texts, counts } = frequentGenomes(kernel, MOST_CLUSTERED);
      const sizes: number[] = [];
      clusterTexts(texts, clusterDistance).forEach((cluster, i) => { sizes[cluster] = (sizes[cluster] ?? 0) + counts[i]!; });
      const told = diversityOf(sizes);
      return { ...diversityValues('', told), greatest: Math.max(0, ...sizes) / told.total, covered: told.total / kernel.pop.count };
    },
  }),
};

/** Columns that name something: their numbers are no quantities. */
const names: readonly string[] = ['id', 'genome', 'lineage'] satisfies (keyof typeof commonColumns)[];
const momentNames = ['mean', 'deviation', 'least', 'greatest'] as const;

export const columns: MeasureGroup = {
  name: 'columns', pace: 'every', cost: 'the organisms are sorted by id, and two passes over every column',
  sentence: 'Mean and spread of every column of the population that is a quantity.',
  facts: (world) => Object.keys({ ...commonColumns, ...world.columns }).filter((column) => !names.includes(column))
    .flatMap((column) => momentNames.map((moment) => fact(`${column}.${moment}`, '', `${moment === 'mean' ? 'Mean' : moment === 'deviation' ? 'Standard deviation' : moment === 'least' ? 'Least' : 'Greatest'} of the column ${column}.`))),
  create: ({ simulation: { kernel } }) => ({
    values: () => Object.fromEntries(Object.entries(columnMoments(kernel)).filter(([column]) => !names.includes(column)).flatMap(([column, moments]) => momentNames.map((moment) => [`${column}.${moment}`, moments[moment]]))),
  }),
};

const shareNames = ['births', 'birthsShare', 'genomesShare', 'ratio'] as const;
const shareSentences = {
  births: (by: string) => fact(`${by}.births`, 'organisms', `Births by ${by} since the sample before; a genome that equals a parent's is a copy.`),
  birthsShare: (by: string) => fact(`${by}.birthsShare`, '', `Share of all children so far that are children of what ${by} wrote.`),
  genomesShare: (by: string) => fact(`${by}.genomesShare`, '', `Share of all genomes so far that ${by} wrote.`),
  ratio: (by: string) => fact(`${by}.ratio`, '', `Its share of births over its share of genomes: above 1, what ${by} writes breeds more than its share.`),
};

export const operators: MeasureGroup = {
  name: 'operators', pace: 'every', cost: 'a step a birth, a conception and a death',
  sentence: 'Who writes the genomes, and whose genomes are bred.',
  facts: () => operatorNames.flatMap((by) => shareNames.map((name) => shareSentences[name](by))),
  create({ simulation }) {
    const shares = new OperatorShares();
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') shares.count(event); });
    return {
      values: () => Object.fromEntries(Object.entries(shares.take()).flatMap(([by, share]) => shareNames.map((name) => [`${by}.${name}`, share[name]]))),
      kept: shares,
    };
  },
};

const priceNames = ['before', 'change', 'selection', 'transmission', 'unknown', 'intensity'] as const satisfies readonly (keyof PriceTerms)[];
const priceSentences: Record<(typeof priceNames)[number], string> = {
  before: 'mean at the sample before', change: 'change of the mean since then', selection: 'what of the change is selection: Cov(w, z) / w̄',
  transmission: 'what of the change is transmission: E(w Δz) / w̄', unknown: 'what of the change comes from those without an ancestor at the sample before',
  intensity: 'selection in standard deviations',
};

/** A column of the population, or something of the genome that organisms were born with. Throws an error with one sentence for what there is not. */
function traitOf({ simulation: { kernel } }: MeasureContext, name: string): Trait {
  const { genomes, pop } = kernel;
  const { genome } = pop.columns;
  if (name === 'length') return genomeTrait((text) => text.length);
  if (name === 'size' || name === 'depth') return (_, row) => genomes[name]?.(genome[row]!) ?? NaN;
  return columnTrait(kernel, name);
}

export const selection: MeasureGroup = {
  name: 'selection', pace: 'slowEvery', cost: 'the organisms are sorted by id, and a pass a trait; a step a birth',
  sentence: 'Price\'s equation of traits from sample to sample: what of their change is selection and what transmission.',
  facts: (_, { traits }) => traits.flatMap((trait) => priceNames.map((name) => fact(`${trait}.${name}`, '', `Of ${trait}: ${priceSentences[name]}.`))),
  create(context) {
    const { traits } = context.options;
    const differentials = new SelectionDifferentials(context.simulation, Object.fromEntries(traits.map((name) => [name, traitOf(context, name)])));
    return {
      values: () => Object.fromEntries(Object.entries(differentials.take()).flatMap(([trait, terms]) => priceNames.map((name) => [`${trait}.${name}`, terms[name]]))),
      kept: differentials,
    };
  },
};
