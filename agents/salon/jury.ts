import { drawn, threefry } from '../../core/kernel/random.ts';
import { createJudge, type Judgement } from '../judges/judge.ts';
import type { Cost, ModelService } from '../model/task.ts';
import type { SaidOfText, TextFacts } from './contract.ts';
import { sumOf } from '../model/cost.ts';

export interface Jury {
  /** Quality and measures of a text, all questions side by side. Never rejects. `seed` 0 to 2³¹ − 1, `due` as in tasks. */
  judge(text: string, seed: number, due: number): Promise<{ said: SaidOfText; cost: Cost; ways: readonly string[]; judgements: readonly Judgement[] }>;
}

export interface JuryOptions {
  /** Ratings or votes that are averaged where there are no log-probabilities. */
  readonly repeats?: number | undefined;
  readonly temperature?: number | undefined;
}

/** A label's question, as all judgements of it have it. */
interface Question { name: string; question: string; labels: readonly string[] }

/** All the judges of a domain. Each judgement has a seed of its own, so that no two requests of a run are the same. */
export function createJury(service: ModelService, facts: TextFacts, options: JuryOptions = {}): Jury {
  const judge = createJudge(service, options);
  const rater = facts.quality.scale === 'rating' ? createJudge(service, { ...options, way: 'structured' }) : judge;
  const questions: Question[] = [
    { name: 'quality', question: facts.quality.question, labels: facts.quality.labels },
    ...facts.measures.map((each) => ({ name: each.name, question: each.question, labels: 'labels' in each ? each.labels : each.categories })),
  ];
  const about = facts.about === undefined ? {} : { about: facts.about };
  return {
    async judge(text, seed, due) {
      const said = await Promise.all(questions.map((question, i) => {
        threefry(seed, 0x6a757279, i, 0);
        return (i === 0 ? rater : judge).ask({ ...question, ...about, text, due, seed: drawn[0]! >>> 1 });
      }));
      return { said: verdict(said, questions, facts), cost: sumOf(said.map((one) => one.cost)), ways: said.flatMap((one) => ('way' in one ? [one.way] : [])), judgements: said };
    },
  };
}

function verdict(said: readonly Judgement[], questions: readonly Question[], { quality: { scale }, measures }: TextFacts): SaidOfText {
  for (const [i, one] of said.entries()) if (!('probability' in one)) return { reason: `${questions[i]!.name}: ${one.reason}` };
  const [quality, ...rest] = said as Extract<Judgement, { probability: number }>[];
  // sums of probabilities may miss the ends of their range by a last bit
  const p = Math.min(1, Math.max(0, quality!.probability));
  return {
    quality: scale === 'rating' ? Math.min(10, 1 + 9 * p) : p,
    measures: rest.map(({ probability, distribution }, m) => ('categories' in measures[m]! ? distribution.indexOf(Math.max(...distribution)) : Math.min(1, Math.max(0, probability)))),
  };
}
