import { drawn, threefry } from '../../core/kernel/random.ts';
import { noCost, sumOf } from '../model/cost.ts';
import type { Answer, Cost, ModelService, Task } from '../model/task.ts';
import { judgeTask, ratingTask, voteTask, type JudgeRequest } from './tasks.ts';

/** Which way a judgement was come by: likeliest first tokens, ratings averaged, or labels named and counted. */
export type JudgeWay = 'logprobs' | 'rating' | 'votes';

/** A judgement, or why there is none. */
export type Judgement =
  | {
    readonly outcome: 'ok' | 'repaired';
    readonly way: JudgeWay;
    /** Of the first label. */
    readonly probability: number;
    /** One a label, summing to 1. */
    readonly distribution: readonly number[];
    /** Of the way by log-probabilities: how likely the model was to begin with any label at all; else null. */
    readonly mass: number | null;
    /** Answers that were averaged. */
    readonly repeats: number;
    readonly problem: string;
    readonly model: string;
    readonly cost: Cost;
  }
  | { readonly outcome: 'fallback' | 'budget'; readonly reason: string; readonly model: string; readonly cost: Cost };

export interface JudgeOptions {
  /** Ratings or votes that are averaged where there are no log-probabilities; 3 when not given. */
  readonly repeats?: number | undefined;
  /** Of ratings and votes; 0.7 when not given. */
  readonly temperature?: number | undefined;
  /**
   * `logprobs` asks for log-probabilities first, `structured` never does. Left out, it is `structured` where the model is known to give
   * none. Name it where requests must not depend on what is known of a model.
   */
  readonly way?: 'logprobs' | 'structured' | undefined;
}

export interface Judge {
  /** Never rejects, but for a senseless question. */
  ask(request: JudgeRequest): Promise<Judgement>;
}

/**
 * A judge of texts. A question of two or more labels is answered by the normalised probability of each label at the first
 * token where the model gives log-probabilities and thinks of a label at all (as in QDAIF; Bradley et al. 2023); else by a
 * rating from 1 to 10 for two labels, or by naming one of several, averaged over repeats with seeds of their own.
 */
export function createJudge(service: ModelService, options: JudgeOptions = {}): Judge {
  const repeats = Math.max(1, Math.floor(options.repeats ?? 3));
  const temperature = options.temperature ?? 0.7;

  async function ask(request: JudgeRequest): Promise<Judgement> {
    let spent = noCost;
    const first = judgeTask(request);
    const structured = options.way === 'structured' || (options.way === undefined && service.can(first, 'logprobs') === false);
    if (!structured) {
      const answer = await service.perform(first);
      if (!('value' in answer)) return { outcome: answer.outcome, reason: answer.reason, model: answer.model, cost: answer.cost };
      const { distribution, mass } = answer.value;
      if (distribution !== null) {
        return { outcome: answer.outcome, way: 'logprobs', probability: distribution[0]!, distribution, mass, repeats: 1, problem: answer.problem, model: answer.model, cost: answer.cost };
      }
      spent = answer.cost;
    }
    return await askStructured(request, spent);
  }

  async function askStructured(request: JudgeRequest, spent: Cost): Promise<Judgement> {
    const { labels } = request;
    const twoLabels = labels.length === 2;
    const tasks = Array.from({ length: repeats }, (_, i): Task<number> => {
      threefry(request.seed ?? 0, 0x6a756467, i, 0);
      return twoLabels ? ratingTask(request, drawn[0]! >>> 1, temperature) : voteTask(request, drawn[0]! >>> 1, temperature);
    });
    const answers = await Promise.all(tasks.map((task) => service.perform(task)));
    const cost = sumOf([spent, ...answers.map((answer) => answer.cost)]);
    const { model } = answers[0]!;
    const good = answers.filter((answer): answer is Extract<Answer<number>, { value: number }> => 'value' in answer);
    if (good.length === 0) {
      const refused = answers.find((answer): answer is Extract<Answer<number>, { reason: string }> => !('value' in answer))!;
      return { outcome: answers.some(({ outcome }) => outcome === 'budget') ? 'budget' : 'fallback', reason: refused.reason, model, cost };
    }
    const repaired = good.find(({ outcome }) => outcome === 'repaired');
    const distribution = twoLabels ? fromRatings(good.map(({ value }) => value)) : labels.map((_, i) => good.filter(({ value }) => value === i).length / good.length);
    return {
      outcome: repaired === undefined ? 'ok' : 'repaired', way: twoLabels ? 'rating' : 'votes', probability: distribution[0]!, distribution,
      mass: null, repeats: good.length, problem: repaired?.problem ?? '', model, cost,
    };
  }

  return { ask };
}

/** Ratings of 1 to 10 as a distribution over two labels. */
function fromRatings(ratings: readonly number[]): [number, number] {
  const mean = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  return [(mean - 1) / 9, (10 - mean) / 9];
}
