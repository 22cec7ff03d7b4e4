import { compare, type Comparison, type Question } from '../../core/experiments/compare.ts';
import type { LedgerGroup, OperatorTally } from '../../core/measures/operator-tally.ts';
import { varghaDelaneyA } from '../../core/measures/statistics.ts';
import { findWorld } from '../../worlds/index.ts';
import type { ArmName, TrialPlan } from './trial-plan.ts';
import type { TrialRun } from './trial-run.ts';

/** Mean share of the second kind over the gardens of a seed; `start`: those alive when counting began. */
export interface GardenResult { seed: number; first: ArmName | 'start'; second: ArmName; shares: number[]; share: number | null }

/** All that a trial's report is made of. */
export interface TrialResults { plan: TrialPlan; arms: ArmName[]; seeds: number[]; runs: TrialRun[]; gardens: GardenResult[] }

/** Questions about the same two treatments, answered. `primary`: what tells whether the model's children do better. */
export interface Contrast { title: string; sentence: string; comparisons: Comparison[]; primary: string }

export function tallyOf(run: TrialRun, group: LedgerGroup): OperatorTally {
  return run.tallies.find((tally) => tally.group === group)!;
}

/** What the operator of a kind delivered in a run. Blind operators' children that equal a parent stand as copies in the books. */
export function delivered(run: TrialRun, kind: 'blind' | 'llm'): { births: number; copies: number; novel: number } {
  const made = tallyOf(run, kind);
  if (kind === 'llm') return made;
  const copied = tallyOf(run, 'copy');
  return { births: made.births + copied.births, copies: made.copies + copied.copies, novel: made.novel + copied.novel };
}

/** Share of the model's children that are programs, first or second time asked. */
export function validShare(run: TrialRun): number {
  const { asked, fallbacks } = tallyOf(run, 'llm');
  return (asked - fallbacks) / asked;
}

/** Offspring of those whose genome the operator wrote, in lives that have ended. */
export function qualityOf(run: TrialRun, kind: 'blind' | 'llm'): number[] {
  return run.lives.filter(({ groups }) => groups.includes(kind)).map(({ objective }) => objective);
}

const meanObjective = ({ lives }: TrialRun): number => lives.reduce((sum, { objective }) => sum + objective, 0) / lives.length;
const livingShare = ({ livingLineages, written }: OperatorTally): number => livingLineages / written;
const orNaN = (value: number | null): number => value ?? NaN;

const SHARE_MARGIN = 0.05;
const RATIO_MARGIN = 0.1;
/** Of what is measured in units of its own: this share of the control's mean. */
const RELATIVE_MARGIN = 0.1;

interface Draft extends Omit<Question, 'key' | 'pairs' | 'margin'> { key: string; margin: number | 'relative'; pairs: [number, number][] }

/** The questions about what operators write and what becomes of it: the model's in one run, the blind ones' in another or the same. */
function operatorQuestions(pairs: readonly (readonly [blind: TrialRun, model: TrialRun])[], together: boolean, objective: string): Draft[] {
  const ask = (of: (blind: TrialRun, model: TrialRun) => [number, number]): [number, number][] => pairs.map(([blind, model]) => of(blind, model));
  const share = { form: 'share', margin: SHARE_MARGIN } as const;
  const drafts: Draft[] = [
    { key: 'valid', title: 'children that are valid', ...share, better: 'more', pairs: ask((_, model) => [1, validShare(model)]) },
    { key: 'copies', title: 'children equal to a parent', ...share, better: 'less', pairs: ask((blind, model) => [copyShare(blind, 'blind'), copyShare(model, 'llm')]) },
    { key: 'novel', title: 'children never seen before', ...share, better: 'more', pairs: ask((blind, model) => [novelShare(blind, 'blind'), novelShare(model, 'llm')]) },
    { key: 'ratio', title: 'reproduction ratio', form: 'number', margin: RATIO_MARGIN, better: 'more',
      pairs: ask((blind, model) => [orNaN(tallyOf(blind, 'blind').reproductionRatio), orNaN(tallyOf(model, 'llm').reproductionRatio)]) },
    { key: 'lines', title: 'genomes whose line lives at the end', ...share, better: 'more', pairs: ask((blind, model) => [livingShare(tallyOf(blind, 'blind')), livingShare(tallyOf(model, 'llm'))]) },
  ];
  // across worlds it would say what the worlds were like: in each, children have one child on average
  if (together) drafts.push({ key: 'above', title: `chance of more ${objective} than a blind child`, ...share, better: 'more', pairs: ask((blind, model) => [0.5, varghaDelaneyA(qualityOf(model, 'llm'), qualityOf(blind, 'blind'))]) });
  return drafts;
}

function copyShare(run: TrialRun, kind: 'blind' | 'llm'): number {
  const { births, copies } = delivered(run, kind);
  return copies / births;
}

function novelShare(run: TrialRun, kind: 'blind' | 'llm'): number {
  const { births, novel } = delivered(run, kind);
  return novel / births;
}

/** The questions about whole worlds, the blind arm's and another's. */
function worldQuestions(pairs: readonly (readonly [blind: TrialRun, other: TrialRun])[], gardens: readonly GardenResult[], objective: string): Draft[] {
  const ask = (of: (run: TrialRun) => number): [number, number][] => pairs.map(([blind, other]) => [of(blind), of(other)]);
  const whole = { form: 'number', margin: 'relative', better: 'more' } as const;
  return [
    { key: 'garden', title: 'share in the common garden', form: 'share', margin: SHARE_MARGIN, better: 'more', pairs: gardens.map(({ share }) => [0.5, orNaN(share)]) },
    { key: 'quality', title: `quality (${objective}, mean)`, ...whole, pairs: ask(meanObjective) },
    { key: 'coverage', title: 'archive coverage', form: 'share', margin: 'relative', better: 'more', pairs: ask(({ archive }) => archive.coverage) },
    { key: 'qd', title: 'archive QD-score', ...whole, pairs: ask(({ archive }) => archive.qdScore) },
  ];
}

/** Everything that can be compared in a trial, the corrections for many questions made over all of it. */
export function contrasts({ plan, arms, seeds, runs, gardens }: TrialResults, resamples = 10_000): Contrast[] {
  const { objective } = findWorld(plan.world);
  const of = (arm: ArmName): Map<number, TrialRun> => new Map(runs.filter((run) => run.arm === arm).map((run) => [run.seed, run]));
  const both = (first: ArmName, second: ArmName): [TrialRun, TrialRun][] => {
    const [a, b] = [of(first), of(second)];
    return seeds.flatMap((seed): [TrialRun, TrialRun][] => (a.has(seed) && b.has(seed) ? [[a.get(seed)!, b.get(seed)!]] : []));
  };
  const against = (arm: ArmName): GardenResult[] => gardens.filter(({ first, second }) => first === 'blind' && second === arm);
  const drafts: { title: string; sentence: string; primary: string; questions: Draft[] }[] = [];
  if (arms.includes('mixed')) {
    drafts.push({
      title: 'mixed, within', primary: 'ratio', sentence: 'Children of the model against blind ones that were born into the same worlds (arm mixed).',
      questions: operatorQuestions(both('mixed', 'mixed'), true, objective),
    });
  }
  for (const arm of ['llm', 'mixed'] as const) {
    if (!arms.includes('blind') || !arms.includes(arm)) continue;
    const pairs = both('blind', arm);
    drafts.push({
      title: `${arm} against blind`, primary: 'garden',
      sentence: arm === 'llm' ? 'Worlds in which the model wrote every child against worlds of blind ones, from the same beginnings.' : 'Worlds of both kinds of children against worlds of blind ones, from the same beginnings.',
      questions: [...(arm === 'llm' ? operatorQuestions(pairs, false, objective) : []), ...worldQuestions(pairs, against(arm), objective)],
    });
  }
  const questions = drafts.flatMap((draft) => draft.questions.map(({ margin, pairs, key, ...rest }): Question => ({
    ...rest, pairs, key: `${draft.title}: ${key}`, margin: margin === 'relative' ? RELATIVE_MARGIN * Math.abs(meanOf(pairs.map(([control]) => control))) : margin,
  })));
  const answers = compare(questions, { resamples });
  return drafts.map(({ title, sentence, primary, questions: own }): Contrast => ({
    title, sentence, primary: `${title}: ${primary}`, comparisons: own.map(({ key }) => answers.find((answer) => answer.key === `${title}: ${key}`)!),
  }));
}

function meanOf(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? 0 : finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
