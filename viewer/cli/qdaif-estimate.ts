import { estimate, type Estimate, type ExpectedTasks } from '../../agents/model/estimate.ts';
import type { PriceTable } from '../../agents/model/prices.ts';
import type { Cost, ModelService } from '../../agents/model/task.ts';
import type { MethodName } from '../../worlds/salon/methods.ts';
import { runSalon } from '../qdaif.ts';
import { priceWords } from './estimate.ts';
import type { QdaifPlan } from './qdaif-plan.ts';
import { diceService, expectedLength } from './qdaif-dice.ts';
import { count, counted } from './words.ts';

/** Iterations of a method that are rehearsed at most, by which the archive of a rehearsal is nearly full; and of all methods together, for the person who waits. */
const MOST_ITERATIONS = 300;
const MOST_IN_ALL = 1500;

export interface QdaifEstimate extends Estimate {
  readonly runs: number;
  readonly iterations: number;
  /** Iterations of each method that were rehearsed. */
  readonly rehearsed: number;
  /** Characters that texts were taken to have. */
  readonly characters: number;
}

export interface QdaifRehearsal {
  readonly plan: QdaifPlan;
  /** Runs that are still to be made. */
  readonly runs: readonly { readonly method: MethodName; readonly seed: number }[];
  readonly model: string;
  readonly can: ModelService['can'];
  readonly prices: PriceTable;
  /** Whether the model costs nothing. */
  readonly free: boolean;
}

/**
 * What an experiment will probably ask of its model, found by rehearsing the beginning of one run of each method with a model that answers
 * by dice. Writing and judging grow with the iterations; elites are judged anew as many as the rehearsal had, which is nearly a full
 * archive and seldom less than a real one.
 */
export async function rehearseQdaif({ plan, runs, model, can, prices, free }: QdaifRehearsal): Promise<QdaifEstimate> {
  const { domain, iterations, init, temperature, rejudge, repeats } = plan;
  const methods = new Set(runs.map((run) => run.method));
  const rehearsed = Math.min(iterations, MOST_ITERATIONS, Math.floor(MOST_IN_ALL / Math.max(1, methods.size)));
  const service = diceService({ domain, model, can });
  const expected: ExpectedTasks[] = [];
  for (const method of methods) {
    const made = await runSalon({ domain, method, seed: 1, iterations: rehearsed, init, temperature, rejudge, judging: { repeats } }, { service });
    const { cost, ways } = made!.summary;
    const times = runs.filter((run) => run.method === method).length;
    // what fills the pool is written once a run, however long it is
    const texts = made!.salon.tickets - rehearsed + iterations;
    const again = { repairs: 'rating' in ways || 'votes' in ways ? 0.1 : 0 };
    expected.push(
      ...tasks('written', texts * times, cost.writing, model, { repairs: 0 }),
      ...tasks('judged', cost.judging.calls * (iterations / rehearsed) * times, cost.judging, model, again),
      ...tasks('judged anew', cost.rejudging.calls * times, cost.rejudging, model, again),
    );
  }
  return { ...estimate(merged(expected), prices, free ? [model] : []), runs: runs.length, iterations, rehearsed, characters: expectedLength(domain) };
}

/** Tasks of one kind that cost as much each as those of a rehearsal did. */
function tasks(kind: string, number: number, { calls, promptTokens, completionTokens }: Cost, model: string, { repairs }: { repairs: number }): ExpectedTasks[] {
  return calls === 0 ? [] : [{ kind, model, count: number, promptTokens: promptTokens / calls, completionTokens: completionTokens / calls, repairs }];
}

/** One entry a kind, with the mean of its tasks. */
function merged(expected: readonly ExpectedTasks[]): ExpectedTasks[] {
  const kinds = new Map<string, ExpectedTasks>();
  for (const one of expected) {
    const other = kinds.get(one.kind);
    if (other === undefined) kinds.set(one.kind, one);
    else {
      const all = one.count + other.count;
      const mean = (of: (each: ExpectedTasks) => number): number => (of(one) * one.count + of(other) * other.count) / all;
      kinds.set(one.kind, { ...one, count: all, promptTokens: mean((each) => each.promptTokens), completionTokens: mean((each) => each.completionTokens), repairs: mean((each) => each.repairs ?? 0) });
    }
  }
  return [...kinds.values()];
}

/** An estimate in a sentence or two. */
export function qdaifEstimateWords(found: QdaifEstimate): string {
  const { runs, iterations, rehearsed, characters, calls, tokens, byKind } = found;
  if (runs === 0) return 'All runs of this experiment are made: nothing would be asked.';
  const parts = byKind.map((each) => `${count(each.calls)} ${each.kind}`).join(', ');
  return `Estimate for ${counted(runs, 'run')} of ${counted(iterations, 'text')}, from a rehearsal of ${count(rehearsed)} a method with texts of about ${count(characters)} characters: `
    + `about ${count(calls)} calls (${parts}), ${count(tokens)} tokens${priceWords(found)}.`;
}
