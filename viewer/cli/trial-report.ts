import { LEAST_SEEDS } from '../../core/experiments/compare.ts';
import { ledgerGroups, type LedgerGroup } from '../../core/measures/operator-tally.ts';
import { bootstrapMean, mean, standardDeviation } from '../../core/measures/statistics.ts';
import { parameterFacts } from '../../core/kernel/parameters.ts';
import { modelOperators } from '../../core/kernel/tick-events.ts';
import { findWorld } from '../../worlds/index.ts';
import type { Block } from './trial-blocks.ts';
import { shareOf } from './trial-plan.ts';
import { contrasts as contrastsOf, tallyOf, type Contrast, type TrialResults } from './trial-questions.ts';
import type { TrialRun } from './trial-run.ts';
import { chance, difference, figure, findings, isAtBest, verdictWords } from './trial-words.ts';
import { count, counted } from './words.ts';

/** The report of a trial: the answer first, then what was done, a table for each question, and what it cost. */
export function trialReport(results: TrialResults, contrasts = contrastsOf(results)): Block[] {
  const { plan, arms, seeds } = results;
  return [
    { kind: 'title', text: `Does the model help? A trial in the ${plan.world}` },
    { kind: 'paragraph', text: `Arms ${arms.join(', ')}; ${counted(plan.births, 'birth')} counted in each run; seeds ${seeds.join(', ')}.` },
    { kind: 'heading', text: 'What this says' },
    ...findings(results, contrasts).map((text): Block => ({ kind: 'paragraph', text })),
    ...unequal(results),
    { kind: 'heading', text: 'What was done' },
    { kind: 'list', items: setup(results) },
    { kind: 'heading', text: 'What the operators write' },
    writing(results),
    { kind: 'paragraph', text: 'Copies: equal to a parent. Never seen: the program had not come by before in that run, founders and burn-in included. Both are told by the program alone; an instruction for the model that a genome carries does not make it new.' },
    { kind: 'heading', text: 'What becomes of it' },
    reproduction(results),
    { kind: 'paragraph', text: 'Ratio, the reproduction ratio: an operator\'s share of births (by first parent) ÷ its share of genomes, among all who lived when counting began or were counted. Above 1, what it wrote bred more than its share. '
      + '`start` are those who lived when counting began; they have outlived childhood, so they stand above the newborn of any operator. Lines alive: genomes with a descendant, or their bearer, alive in the end. '
      + 'A child of several edits stands under each; one equal to a parent was written by nobody and stands under copy.' },
    { kind: 'heading', text: 'What the lives came to' },
    lives(results),
    { kind: 'paragraph', text: 'Of whole lives, each ± the standard deviation between lives, averaged over seeds. In a full world everyone leaves about one child on average, whoever wrote the genomes, so worlds are better compared in the garden than by this mean.' },
    { kind: 'heading', text: 'The worlds' },
    worlds(results),
    { kind: 'paragraph', text: 'Ticks that the counted births took. Programs: their effective number among the living, exp of the Shannon entropy. Coverage and QD-score: of an archive that was filled with the counted lives alone, as many in every arm.' },
    ...gardens(results),
    ...contrasts.flatMap((contrast): Block[] => [{ kind: 'heading', text: `Compared: ${contrast.title}` }, { kind: 'paragraph', text: contrast.sentence }, comparisonTable(contrast)]),
    ...contrasts.length === 0 ? [] : [rules(results)],
    { kind: 'heading', text: 'What it cost' },
    cost(results),
    ...costWords(results),
  ];
}

/** A mean over seeds with its bootstrap interval, where there are seeds enough for one. */
function overSeeds(values: readonly number[], form: 'share' | 'number'): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return '–';
  const interval = finite.length < LEAST_SEEDS ? null : bootstrapMean(finite, { resamples: 2000 });
  const scale = form === 'share' ? 100 : 1;
  const ends = interval === null || interval.lower === interval.upper ? '' : ` [${figure(interval.lower * scale, 'number')}, ${figure(interval.upper * scale, 'number')}]`;
  return `${figure(mean(finite), form)}${ends}`;
}

function runsOf({ runs }: TrialResults, arm: string): TrialRun[] {
  return runs.filter((run) => run.arm === arm);
}

const groupNames: Partial<Record<LedgerGroup, string>> = { founder: 'start', immigrant: 'immigrants', copy: 'copy (no change)', blind: 'blind, all', llm: 'model, all' };
const nameOf = (group: LedgerGroup): string => groupNames[group] ?? `· ${group}`;

/** A row for each arm and each operator that has anything to say in it. */
function operatorRows(results: TrialResults, wanted: (run: TrialRun, group: LedgerGroup) => boolean, cells: (runs: TrialRun[], group: LedgerGroup) => string[]): string[][] {
  return results.arms.flatMap((arm) => ledgerGroups
    .filter((group) => runsOf(results, arm).some((run) => wanted(run, group)))
    .map((group) => [arm, nameOf(group), ...cells(runsOf(results, arm), group)]));
}

const ofModel = (group: LedgerGroup): boolean => group === 'llm' || modelOperators.some((operator) => operator === group);

function writing(results: TrialResults): Block {
  const share = (runs: readonly TrialRun[], group: LedgerGroup, of: 'copies' | 'novel'): string =>
    overSeeds(runs.map((run) => tallyOf(run, group)[of] / tallyOf(run, group).births), 'share');
  const valid = (runs: readonly TrialRun[], group: LedgerGroup): string => {
    if (!ofModel(group)) return 'all, by construction';
    return overSeeds(runs.map((run) => (tallyOf(run, group).asked - tallyOf(run, group).fallbacks) / tallyOf(run, group).asked), 'share');
  };
  return {
    kind: 'table', left: 2, head: ['arm', 'operator', 'births', 'valid', 'after repair', 'copies', 'never seen'],
    rows: operatorRows(results, (run, group) => group !== 'founder' && (tallyOf(run, group).births > 0 || (ofModel(group) && tallyOf(run, group).asked > 0)), (runs, group) => [
      count(runs.reduce((sum, run) => sum + tallyOf(run, group).births, 0)), valid(runs, group),
      ofModel(group) ? overSeeds(runs.map((run) => tallyOf(run, group).repaired / tallyOf(run, group).asked), 'share') : '–',
      share(runs, group, 'copies'), share(runs, group, 'novel'),
    ]),
  };
}

function reproduction(results: TrialResults): Block {
  const of = (runs: readonly TrialRun[], group: LedgerGroup, key: 'birthsShare' | 'genomesShare' | 'reproductionRatio'): number[] =>
    runs.map((run) => tallyOf(run, group)[key] ?? NaN);
  return {
    kind: 'table', left: 2, head: ['arm', 'written by', 'genomes', 'share of them', 'share of births', 'ratio', 'lines alive'],
    rows: operatorRows(results, (run, group) => tallyOf(run, group).written > 0, (runs, group) => [
      count(runs.reduce((sum, run) => sum + tallyOf(run, group).written, 0)),
      overSeeds(of(runs, group, 'genomesShare'), 'share'), overSeeds(of(runs, group, 'birthsShare'), 'share'), overSeeds(of(runs, group, 'reproductionRatio'), 'number'),
      count(runs.reduce((sum, run) => sum + tallyOf(run, group).livingLineages, 0)),
    ]),
  };
}

function lives(results: TrialResults): Block {
  const { objective, measures } = findWorld(results.plan.world);
  const spread = (runs: readonly TrialRun[], group: LedgerGroup, key: 'objective' | 'measure0' | 'measure1' | 'age'): string => {
    const found = runs.map((run) => tallyOf(run, group)[key]).filter(({ n }) => n > 0);
    const deviations = found.map(({ deviation }) => deviation).filter(Number.isFinite);
    return found.length === 0 ? '–' : `${figure(mean(found.map((one) => one.mean)), 'number')} ± ${deviations.length === 0 ? '–' : figure(mean(deviations), 'number')}`;
  };
  return {
    kind: 'table', left: 2, head: ['arm', 'written by', 'lives', objective, measures[0].name, measures[1].name, 'age, ticks'],
    rows: operatorRows(results, (run, group) => group !== 'founder' && tallyOf(run, group).objective.n > 0, (runs, group) => [
      count(runs.reduce((sum, run) => sum + tallyOf(run, group).objective.n, 0)),
      ...(['objective', 'measure0', 'measure1', 'age'] as const).map((key) => spread(runs, group, key)),
    ]),
  };
}

function worlds(results: TrialResults): Block {
  const of = (arm: string, value: (run: TrialRun) => number, form: 'share' | 'number'): string => overSeeds(runsOf(results, arm).map(value), form);
  return {
    kind: 'table', left: 1, head: ['arm', 'ticks', 'living, start', 'living, end', 'programs, start', 'programs, end', 'coverage', 'QD-score'],
    rows: results.arms.map((arm) => [
      arm, of(arm, ({ ticks }) => ticks.counting, 'number'), of(arm, ({ population }) => population.start, 'number'), of(arm, ({ population }) => population.end, 'number'),
      of(arm, ({ diversity }) => diversity.start, 'number'), of(arm, ({ diversity }) => diversity.end, 'number'),
      of(arm, ({ archive }) => archive.coverage, 'share'), of(arm, ({ archive }) => archive.qdScore, 'number'),
    ]),
  };
}

function gardens({ plan, arms, seeds, gardens: all }: TrialResults): Block[] {
  const pairs = [...arms.map((arm) => ['start', arm] as const), ...(arms.includes('blind') ? arms.filter((arm) => arm !== 'blind').map((arm) => ['blind', arm] as const) : [])];
  const { each, ticks, gardens: times } = plan.garden;
  if (times === 0) return [];
  return [
    { kind: 'heading', text: 'Common garden' },
    { kind: 'table', left: 1, head: ['who against whom', ...seeds.map((seed) => `seed ${seed}`), 'mean share'], rows: pairs.map(([first, second]) => {
      const shares = seeds.map((seed) => all.find((one) => one.seed === seed && one.first === first && one.second === second)?.share ?? NaN);
      return [`${second} against ${first}`, ...shares.map((share) => figure(share, 'share')), overSeeds(shares, 'share')];
    }) },
    { kind: 'paragraph', text: `Genomes of those alive at the end against those alive at the start, or at the end of the arm blind: ${each} of each kind, drawn with replacement, in a fresh ${plan.world} where children are exact copies; `
      + `share of the living after ${count(ticks)} ticks, mean of ${times} gardens a seed. One half is no difference.` },
  ];
}

function comparisonTable({ comparisons }: Contrast): Block {
  return {
    kind: 'table', left: 1, head: ['question', 'blind', 'model', 'difference [95 %]', 'Hedges\' g [95 %]', 'p', 'verdict'],
    rows: comparisons.map((one) => {
      const { title, better, form, seeds, control, treated, difference: gap, effect, p, verdict } = one;
      return [
        `${title}${better === 'less' ? ' (fewer is better)' : ''}`, withSpread(control, form), withSpread(treated, form), difference(gap, form, seeds), difference(effect, 'number', seeds), chance(p),
        verdict === 'no gain' && isAtBest(one) ? 'as good' : verdictWords[verdict],
      ];
    }),
  };
}

function withSpread({ mean: middle, deviation }: { mean: number; deviation: number }, form: 'share' | 'number'): string {
  return `${figure(middle, form)}${Number.isFinite(deviation) && deviation > 0 ? ` ± ${figure(form === 'share' ? deviation * 100 : deviation, 'number')}` : ''}`;
}

function rules({ seeds }: TrialResults): Block {
  const k = seeds.length;
  return { kind: 'list', items: [
    `Means over seeds ± standard deviation between seeds. Differences and Hedges' g with bootstrap intervals over seeds (bca, ${k ** k <= 10_000 ? `all ${count(k ** k)} resamples` : '10,000 resamples'}), seeds paired; of shares in percentage points.`,
    'p: paired t, two-sided, corrected for all questions of this trial (Benjamini & Hochberg).',
    `**Helps**, or **is worse**: the bootstrap interval leaves out 0 and p < 0.05. **Does not help**: both the bootstrap and the t interval end below the smallest gain worth having, which is 5 percentage points of a share, 0.1 of a reproduction ratio, a tenth of the blind mean of coverage, QD-score and quality. **Cannot be told**: all else, and whatever fewer than ${LEAST_SEEDS} seeds say.`,
    k < LEAST_SEEDS ? `${counted(k, 'seed')}: nothing can be told, and there are no intervals.` : `${counted(k, 'seed')}: ${k < 8 ? `intervals from so few replicates are too short, and no test without assumptions could give less than p = ${chance(2 / 2 ** k)}; take the verdicts as what these seeds show, and more seeds for more.` : 'each is a replicate; children of one world are not.'}`,
  ] };
}

function setup(results: TrialResults): string[] {
  const { plan, arms, runs } = results;
  const facts = parameterFacts(findWorld(plan.world).parameters);
  const changed = facts.filter(({ key, initial }) => plan.parameters[key] !== initial).map(({ key }) => `${key} ${plan.parameters[key]}`);
  const armWords = { blind: 'blind operators write every child', llm: 'the model writes every child', mixed: `the model writes a share of ${figure(shareOf('mixed', plan), 'share')}, blind operators the others` };
  const [first] = runs;
  const turnover = first === undefined ? '' : ` On average ${figure(turnoverOf(results), 'number')} births for each one alive at the start.`;
  const names = [...new Set(runs.flatMap(({ model }) => model?.name ?? []))];
  return [
    `World: ${plan.world}, ${changed.length === 0 ? 'as it is' : `with ${changed.join(', ')}`}; all else by default.`,
    `Before: ${counted(plan.burnIn, 'tick')} of classical evolution, then one gestation (${plan.parameters['gestation']} ticks); up to there all arms of a seed are the same world to the bit.`,
    `Counted: the next ${counted(plan.births, 'birth')}.${turnover} A child that no model writes is changed by blind operators with probability ${plan.mutationRate}, in every arm.`,
    'After: the world goes on with exact copies for children until the last of the counted has died, so that every life is whole.',
    `Arms: ${arms.map((arm) => `${arm}, ${armWords[arm]}`).join('; ')}.`,
    ...(names.length === 0 ? [] : [`Model: ${names.join(', ')}.`]),
    'A child planned for the model whose replies were no program is written by blind operators, counted there, and counted as not valid here.',
  ];
}

/** Births counted for each one alive when counting began. */
function turnoverOf({ runs }: TrialResults): number {
  return mean(runs.map((run) => run.births / run.population.start));
}

/** With fewer births for each one alive, most of those in the end are who was there at the start. */
const LEAST_TURNOVER = 1.5;

/** What makes the arms less than comparable, said at the top. */
function unequal(results: TrialResults): Block[] {
  const { plan, runs, arms, seeds } = results;
  const short = runs.filter(({ ended }) => ended !== 'whole');
  const missing = arms.length * seeds.length - runs.length;
  const items = [
    ...short.map(({ arm, seed, births, ended }) => `In the run ${arm}, seed ${seed}, ${ended === 'died out' ? 'everyone had died' : 'time was up'} after ${count(births)} of ${count(plan.births)} births: its figures are of fewer births than the others'.`),
    ...(turnoverOf(results) < LEAST_TURNOVER ? [`There were only ${figure(turnoverOf(results), 'number')} births for each one alive at the start, so that many of those alive at the end are older than the arms: gardens and worlds say little; count more births, or make the world smaller.`] : []),
    ...(missing === 0 ? [] : [`${counted(missing, 'run is', 'runs are')} missing.`]),
  ];
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function cost(results: TrialResults): Block {
  return {
    kind: 'table', left: 1, head: ['arm', 'calls', 'tokens read', 'tokens written', 'seconds a call', 'dollars', 'calls a child', 'minutes in all'],
    rows: results.arms.map((arm) => {
      const runs = runsOf(results, arm);
      const models = runs.flatMap(({ model }) => model ?? []);
      const sum = (of: (model: (typeof models)[number]) => number): number => models.reduce((total, model) => total + of(model), 0);
      const asked = runs.reduce((total, run) => total + tallyOf(run, 'llm').asked, 0);
      const minutes = figure(runs.reduce((total, run) => total + run.seconds, 0) / 60, 'number');
      if (models.length === 0) return [arm, '0', '0', '0', '–', '0', '–', minutes];
      return [
        arm, count(sum(({ calls }) => calls)), count(sum(({ promptTokens }) => promptTokens)), count(sum(({ completionTokens }) => completionTokens)),
        figure(sum(({ live }) => live) === 0 ? NaN : sum(({ seconds }) => seconds) / sum(({ live }) => live), 'number'),
        models.some(({ dollars }) => dollars === null) ? 'not known' : sum(({ dollars }) => dollars ?? 0).toFixed(2),
        figure(sum(({ calls }) => calls) / asked, 'number'), minutes,
      ];
    }),
  };
}

function costWords({ runs }: TrialResults): Block[] {
  const models = runs.flatMap(({ model }) => model ?? []);
  if (models.length === 0) return [];
  const here = models.every(({ where }) => where === 'embedded');
  const spread = standardDeviation(models.map(({ seconds, live }) => seconds / live).filter(Number.isFinite));
  return [{ kind: 'paragraph', text: `${here ? 'The model ran on this machine, whose electricity is not counted. ' : ''}Seconds a call are from sending to answer, several being under way at once, of calls that were made and not taken from a recording`
    + `${Number.isFinite(spread) ? `; between runs they differ by ${figure(spread, 'number')} s` : ''}. Minutes are of the last stretch of runs that were taken up again.` }];
}
