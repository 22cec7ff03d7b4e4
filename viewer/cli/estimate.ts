import { noCost } from '../../agents/model/cost.ts';
import { estimate, guessPromptTokens, type Estimate, type ExpectedTasks } from '../../agents/model/estimate.ts';
import type { PriceTable } from '../../agents/model/prices.ts';
import type { Answer, ModelService, Task } from '../../agents/model/task.ts';
import { advance } from '../../core/advance.ts';
import { createLab } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import { rehearsalService } from './rehearsal-service.ts';
import { count } from './words.ts';

/** Ticks of the rehearsal, and how long it may take. */
const MOST_TICKS = 600;
const MOST_MS = 3000;
/** Share of the tokens that a task may write which it is taken to write: programs end before their limit. */
const WRITTEN_SHARE = 0.5;

export interface RunEstimate extends Estimate {
  /** Ticks that were rehearsed, of those that the run is to have. */
  readonly rehearsed: number;
  readonly ticks: number;
}

interface Tally { model: string; kind: string; count: number; promptTokens: number; completionTokens: number }

/**
 * What a run will probably ask of models, found by a rehearsal: the first ticks are run with a model that is never there,
 * and what would have been asked is counted and measured. What the answers would have changed it cannot know.
 */
export async function rehearse(spec: RunSpec, ticks: number, modelOf: (task: Pick<Task<unknown>, 'role' | 'kind' | 'model'>) => string,
  prices: PriceTable, free: readonly string[]): Promise<RunEstimate> {
  const tallies = new Map<string, Tally>();
  const service = countingService(modelOf, tallies);
  const { world, seed, operator, parameters, schedules, language, minds, judge, archive } = spec;
  const lab = createLab({ world, seed, operator, parameters, schedules, language, minds, judge, archive, service });
  const started = performance.now();
  while (lab.simulation.kernel.tick < Math.min(ticks, MOST_TICKS) && performance.now() - started < MOST_MS) await advance(lab.simulation, lab);
  const rehearsed = lab.simulation.kernel.tick;
  lab.close();
  const scale = ticks / Math.max(1, rehearsed);
  const expected = [...tallies.values()].map((tally): ExpectedTasks => ({
    kind: tally.kind, model: tally.model, count: tally.count * scale, promptTokens: tally.promptTokens / tally.count, completionTokens: tally.completionTokens / tally.count,
  }));
  return { ...estimate(expected, prices, free), rehearsed, ticks };
}

/** An estimate in a sentence. */
export function estimateWords(found: RunEstimate): string {
  const { calls, tokens, rehearsed, ticks } = found;
  return `Estimate for ${count(ticks)} ticks, from a rehearsal of ${count(rehearsed)}: about ${count(calls)} calls, ${count(tokens)} tokens${priceWords(found)}.`;
}

/** What an estimate comes to in dollars, to stand behind its tokens. */
export function priceWords({ dollars, unpriced }: Pick<Estimate, 'dollars' | 'unpriced'>): string {
  return unpriced.length > 0 ? `, and what ${unpriced.join(', ')} may cost is not known` : dollars > 0 ? `, $${dollars.toFixed(dollars < 1 ? 4 : 2)}` : ', at no price';
}

function countingService(modelOf: (task: Pick<Task<unknown>, 'role' | 'kind' | 'model'>) => string, tallies: Map<string, Tally>): ModelService {
  return rehearsalService({
    can: () => undefined,
    perform<T>(task: Task<T>): Promise<Answer<T>> {
      const model = modelOf(task);
      const key = `${task.kind} ${model}`;
      let tally = tallies.get(key);
      if (tally === undefined) tallies.set(key, tally = { model, kind: task.kind, count: 0, promptTokens: 0, completionTokens: 0 });
      tally.count++;
      tally.promptTokens += guessPromptTokens(task.request);
      tally.completionTokens += task.request.maxTokens * WRITTEN_SHARE;
      return Promise.resolve({ outcome: 'budget', reason: 'This is a rehearsal.', model, cost: noCost });
    },
  });
}
