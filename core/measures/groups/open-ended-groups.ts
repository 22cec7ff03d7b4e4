import { watchActivity } from '../activity-watch.ts';
import type { BesideShadows } from '../activity-class.ts';
import { fitGrowth, type Growth } from '../growth.ts';
import { watchModes, type ModesReport } from '../modes.ts';
import { mean } from '../statistics.ts';
import type { MeasureFact, MeasureGroup } from './group.ts';

const fact = (name: string, unit: string, sentence: string): MeasureFact => ({ name, unit, sentence });
/** A measure, and that of the neutral shadows beside it. */
const beside = (own: MeasureFact, shadow: string): MeasureFact[] => [{ ...own, shadow }, fact(shadow, own.unit, `The same of the neutral shadows, their mean: ${own.sentence}`)];
const modesNames = ['components', 'change', 'novelty', 'complexity', 'ecology'] as const satisfies readonly (keyof ModesReport)[];
/** Samples below which a class is said with a warning. */
const FEW = 30;
const written = (value: number): string => String(Number(value.toPrecision(3)));

/** What a fit says of a series, in words. */
const grows = (growth: Growth | null): string => (growth === null ? 'too few samples to be fitted'
  : `${growth.unbounded ? 'unbounded' : 'bounded'}, best fitted by a ${growth.best.model} model`);

export const modes: MeasureGroup = {
  name: 'modes', pace: 'modesEvery', cost: 'a step a birth and a death; every genotype\'s skeleton is found once',
  sentence: 'MODES (Dolson et al. 2019): change, novelty, complexity and ecology of the skeletons that persist.',
  facts: () => [
    fact('components', 'skeletons', 'Skeletons that persisted.'), fact('change', 'skeletons', 'Of them, those that had not persisted a snapshot before.'),
    fact('novelty', 'skeletons', 'Of them, those that never had.'), fact('complexity', 'sites', 'Most informative sites of any.'),
    fact('ecology', 'bits', 'Shannon\'s entropy of the shares of the persistent.'),
  ],
  create({ simulation, genotypes, options: { modesEvery, modesSnapshots }, componentOf }) {
    const seen = watchModes(simulation, genotypes(), { interval: modesEvery * modesSnapshots, resolution: modesEvery, componentOf });
    return {
      values(tick) {
        const report = seen.reports.at(-1);
        return Object.fromEntries(modesNames.map((name) => [name, report?.tick === tick ? report[name] : NaN]));
      },
      kept: seen,
      words() {
        const { reports } = seen;
        if (reports.length === 0) return [`MODES has nothing to report: its first report comes at tick ${modesEvery * (modesSnapshots + 1)}.`];
        const lately = reports.slice(-Math.ceil(reports.length / 2));
        // the first report counts all as change and as novelty
        const later = reports.slice(1);
        const each = (['change', 'novelty', 'complexity', 'ecology'] as const).map((name) => (
          `${name} ${written(mean(lately.map((report) => report[name])))} (${grows(fitGrowth(later.map(({ tick }) => tick), later.map((report) => report[name])))})`));
        return [`MODES over ${reports.length} reports, means of the later half: ${each.join('; ')}.`];
      },
    };
  },
};

export const activity: MeasureGroup = {
  name: 'activity', pace: 'activityEvery', cost: 'a step a birth and a death for each shadow',
  sentence: 'Evolutionary activity of genotypes (Bedau & Packard 1992) beside neutral shadows of the population.',
  facts: () => [
    ...beside(fact('diversity', 'genotypes', 'D: genotypes that are active.'), 'shadowDiversity'),
    ...beside(fact('cumulative', '', 'A_cum: activity of all of them, in shares of the population summed over samples.'), 'shadowCumulative'),
    ...beside(fact('mean', '', 'A_cum per genotype.'), 'shadowMean'), ...beside(fact('median', '', 'Its median.'), 'shadowMedian'),
    ...beside(fact('new', '', 'A_new, mean over the samples so far: activity of new genotypes at or above the place where real and shadow distributions cross, per genotype.'), 'shadowNew'),
    fact('newChance', '', 'Chance of a new activity as great, were the real population a shadow.'),
  ],
  create({ simulation, genotypes, options: { activityEvery, shadows } }) {
    const watch = watchActivity(simulation, genotypes(), { every: activityEvery, shadows });
    const level = Math.max(0.025, 1 / (shadows + 1));
    return {
      values() {
        const { real, shadows: others } = watch;
        const { newActivity } = watch.verdict(level);
        const ofShadows = (name: 'diversity' | 'total' | 'mean' | 'median'): number => mean(others.map((record) => record[name].at(-1)!));
        return {
          diversity: real.diversity.at(-1)!, shadowDiversity: ofShadows('diversity'), cumulative: real.total.at(-1)!, shadowCumulative: ofShadows('total'),
          mean: real.mean.at(-1)!, shadowMean: ofShadows('mean'), median: real.median.at(-1)!, shadowMedian: ofShadows('median'), new: newActivity.real, shadowNew: newActivity.shadow, newChance: newActivity.p,
        };
      },
      kept: watch,
      words() {
        if (watch.real.times.length === 0) return [`Evolutionary activity was not sampled: the first sample comes at tick ${activityEvery}.`];
        const verdict = watch.verdict(level);
        const against = ({ real, shadow, highest, p }: BesideShadows): string => `${written(real)} against ${written(shadow)} (at most ${written(highest)}) in the shadows, p = ${written(p)}`;
        return [
          `Evolutionary activity: class ${verdict.class}, ${verdict.label}, from ${verdict.samples} samples and ${verdict.shadows} neutral shadows at the level ${written(verdict.level)}.${verdict.samples < FEW ? ' So few samples tell little.' : ''}`,
          `New activity is ${against(verdict.newActivity)}; median activity ${against(verdict.medianActivity)}.`,
          `Growth of the median beyond the shadows': ${grows(verdict.medianGrowth)}; of diversity: ${grows(verdict.diversityGrowth)}.`,
        ];
      },
    };
  },
};
