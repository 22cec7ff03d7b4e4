import type { Archive, Elite } from '../../core/archive/archive.ts';
import { noiseOf, type Evaluation, type NoiseReport } from '../../core/archive/noise.ts';
import { drawn, seedKey, threefry } from '../../core/kernel/random.ts';
import type { Cost, ModelService } from '../model/task.ts';
import type { TextFacts } from './contract.ts';
import { noCost, sumOf } from '../model/cost.ts';
import { createJury, type JuryOptions } from './jury.ts';

export interface Rejudged<T> {
  readonly noise: NoiseReport<T>;
  readonly cost: Cost;
  /** Judgements that did not come about. */
  readonly unanswered: number;
}

export interface RejudgeOptions<T> {
  readonly archive: Archive<T>;
  readonly facts: TextFacts;
  readonly service: ModelService;
  readonly judging?: JuryOptions | undefined;
  /** Judgements of each elite. */
  readonly repeats: number;
  /** Of the run. */
  readonly seed: number;
  /** Of the first repeat, as in tasks; each has the next. */
  readonly due: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears how many of all judgements have come. */
  onJudged?(done: number, total: number): void;
}

/** Separates these judgements' seeds from all others of a seed. */
const AGAIN = 0x6e000000;

/**
 * Has every elite judged anew, each time with a seed of its own, and says how much of the archive was luck. An elite that no judge answers
 * for keeps what it was reported with. Null when it was stopped.
 */
export async function rejudge<T extends { readonly id: number; readonly text: string }>({ archive, facts, service, judging, repeats, seed, due, signal, onJudged }: RejudgeOptions<T>): Promise<Rejudged<T> | null> {
  const jury = createJury(service, facts, judging);
  const key = seedKey(seed, AGAIN);
  const elites = [...archive];
  let cost = noCost;
  let unanswered = 0;
  let done = 0;
  const again = async ({ solution: { id, text } }: Elite<T>, repeat: number): Promise<Evaluation | null> => {
    threefry(...key, id, repeat);
    const { said, cost: one } = await jury.judge(text, drawn[0]! >>> 1, due + repeat);
    cost = sumOf([cost, one]);
    if (signal?.aborted !== true) onJudged?.(++done, elites.length * repeats);
    if (!('reason' in said)) return { objective: said.quality, measures: said.measures };
    unanswered++;
    return null;
  };
  const all = Promise.all(elites.map(async (elite) => (await Promise.all(Array.from({ length: repeats }, (_, repeat) => again(elite, repeat)))).filter((each) => each !== null)));
  const evaluations = await unlessStopped(all, signal);
  if (evaluations === null) return null;
  return { noise: noiseOf(archive, elites, evaluations.map((list, i) => (list.length > 0 ? list : [elites[i]!]))), cost, unanswered };
}

function unlessStopped<V>(work: Promise<V>, signal: AbortSignal | undefined): Promise<V | null> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(null);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then((value) => {
      signal.removeEventListener('abort', stop);
      resolve(signal.aborted ? null : value);
    }, reject);
  });
}
