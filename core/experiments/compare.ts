import { benjaminiHochberg, bootstrap, hedgesG, mean, pairedT, signFlipTest, standardDeviation, type Interval } from '../measures/statistics.ts';

/** One thing that is asked of two treatments over the same seeds. */
export interface Question {
  key: string;
  /** What is measured, for a person. */
  title: string;
  /** How its numbers are written. */
  form: 'share' | 'number';
  /** Whether more of it is better, or less. */
  better: 'more' | 'less';
  /** Smallest gain that would be worth having, in its own unit. */
  margin: number;
  /** Control and treatment, a pair a seed; seeds where one is missing are left out. */
  pairs: readonly (readonly [control: number, treated: number])[];
}

/**
 * `helps` and `harms`: the difference is there; `no gain`: whatever the difference is, it is no gain worth having;
 * `unclear`: these seeds do not tell.
 */
export type Verdict = 'helps' | 'harms' | 'no gain' | 'unclear';

export interface Comparison extends Omit<Question, 'pairs'> {
  seeds: number;
  control: { mean: number; deviation: number };
  treated: { mean: number; deviation: number };
  /** Mean difference, treated − control, with its bootstrap interval over seeds (95 %, bca). */
  difference: Interval | null;
  /** Hedges' g of the seeds' values with its bootstrap interval; null where nothing varies. */
  effect: Interval | null;
  /** Paired t, two-sided, adjusted for the number of questions; null for fewer than two seeds. */
  p: number | null;
  /** Exact sign-flip test, not adjusted. */
  pExact: number | null;
  verdict: Verdict;
}

/** With fewer nothing is told. */
export const LEAST_SEEDS = 3;
export const LEVEL = 0.95;

/**
 * Answers questions about two treatments that ran over the same seeds. A difference is there when the bootstrap interval
 * leaves out 0 and the paired t does too, after Benjamini & Hochberg's correction over all questions asked together:
 * with few seeds bootstrap intervals are too short to be trusted alone. There is no gain worth having when both intervals end below
 * the margin.
 */
export function compare(questions: readonly Question[], { resamples = 10_000, seed = 1 }: { resamples?: number; seed?: number } = {}): Comparison[] {
  const open = questions.map(({ pairs, ...question }) => {
    const finite = pairs.filter((pair) => pair.every(Number.isFinite));
    const differences = finite.map(([control, treated]) => treated - control);
    return { question, pairs: finite, differences, t: pairedT(differences, LEVEL) };
  });
  const tested = open.filter(({ t }) => t !== null);
  const adjusted = new Map(benjaminiHochberg(tested.map(({ t }) => t!.p)).map((p, i) => [tested[i]!.question.key, p]));
  return open.map(({ question, pairs, differences, t }): Comparison => {
    const column = (side: 0 | 1): number[] => pairs.map((pair) => pair[side]);
    const options = { level: LEVEL, resamples, seed };
    const difference = bootstrap(pairs.length, (drawn) => meanOf(differences, drawn), options);
    const effect = pairs.length < 2 ? null
      : bootstrap(pairs.length, (drawn) => hedgesG(Array.from(drawn, (i) => pairs[i]![1]), Array.from(drawn, (i) => pairs[i]![0])), options);
    const p = adjusted.get(question.key) ?? null;
    const facts = {
      ...question, seeds: pairs.length,
      control: { mean: mean(column(0)), deviation: standardDeviation(column(0)) },
      treated: { mean: mean(column(1)), deviation: standardDeviation(column(1)) },
      difference, effect, p, pExact: pairs.length < 2 ? null : signFlipTest(differences),
    };
    return { ...facts, verdict: difference === null || t === null || p === null ? 'unclear' : judge(facts, difference, t, p) };
  });
}

function judge({ seeds, better, margin }: Pick<Comparison, 'seeds' | 'better' | 'margin'>, difference: Interval, t: { lower: number; upper: number }, p: number): Verdict {
  if (seeds < LEAST_SEEDS) return 'unclear';
  const gain = (low: number, high: number): [number, number] => (better === 'more' ? [low, high] : [-high, -low]);
  const [low, high] = gain(difference.lower, difference.upper);
  const [, highest] = gain(t.lower, t.upper);
  if (low > 0 && p < 1 - LEVEL) return 'helps';
  if (high < 0 && p < 1 - LEVEL) return 'harms';
  return Math.max(high, highest) < margin ? 'no gain' : 'unclear';
}

function meanOf(values: readonly number[], drawn: Uint32Array): number {
  let sum = 0;
  for (const i of drawn) sum += values[i]!;
  return sum / drawn.length;
}
