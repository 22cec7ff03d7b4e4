import { guessPromptTokens } from '../../agents/model/estimate.ts';
import type { ModelReply } from '../../agents/model/contract.ts';
import type { Answer, ModelService, Task } from '../../agents/model/task.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import type { Domain } from '../../worlds/salon/domain.ts';
import { rehearsalService } from './rehearsal-service.ts';

/** Share of the characters that a text may have which it is taken to have. */
const WRITTEN_SHARE = 0.5;
/** Judgements spread over this many logits either way, so that all bins of a measure are met. */
const LOGITS = 6;

export interface DiceOptions {
  readonly domain: Domain;
  /** The model that would be asked. */
  readonly model: string;
  /** What is known of it, as `ModelService.can`. */
  readonly can: ModelService['can'];
}

/**
 * Answers in a model's place, at once and by the request's seed alone, so that a salon can be rehearsed: texts are words of the domain's
 * own texts in any order, as long as texts are expected to be, and judgements are spread evenly. Costs are what the request and the answer
 * are guessed to have in tokens; nothing is charged.
 */
export function diceService({ domain, model, can }: DiceOptions): ModelService {
  const key = seedKey(0, purpose.sampling);
  const words = domain.seeds.flatMap((text) => text.split(/\s+/));
  const length = expectedLength(domain);
  const labels = new Map<string, readonly string[]>([
    ['quality', domain.quality.labels],
    ...domain.measures.map((each) => [each.name, 'labels' in each ? each.labels : each.categories] as const),
  ]);

  function say(task: Task<unknown>): Pick<ModelReply, 'text' | 'logprobs'> {
    const random = new RandomStream(key, task.request.seed);
    if (task.role !== 'judge') return { text: written(random) };
    const options = labels.get(task.kind)!;
    if (task.request.topLogprobs === undefined) return { text: options.length === 2 ? String(1 + random.below(10)) : random.pick(options) };
    const odds = options.map(() => Math.exp(LOGITS * (2 * random.next() - 1)));
    const sum = odds.reduce((total, one) => total + one, 0);
    const top = options.map((token, i) => ({ token, logprob: Math.log(odds[i]! / sum) }));
    return { text: options[0]!, logprobs: [{ ...top[0]!, top }] };
  }

  function written(random: RandomStream): string {
    let text = random.pick(words);
    while (text.length < length) text += ` ${random.pick(words)}`;
    return text;
  }

  return rehearsalService({
    can,
    perform<T>(task: Task<T>): Promise<Answer<T>> {
      const said = say(task);
      const promptTokens = guessPromptTokens(task.request);
      const completionTokens = Math.min(task.request.maxTokens, Math.ceil(said.text.length / 4) + 1);
      const read = task.read({ ...said, finish: 'stop', promptTokens, completionTokens, model });
      const cost = { calls: 1, promptTokens, completionTokens, dollars: 0 };
      return Promise.resolve('value' in read ? { outcome: 'ok', value: read.value, problem: '', model, cost } : { outcome: 'fallback', reason: read.problem, model, cost });
    },
  });
}

/** Characters that a text of a domain is expected to have: as many as its own texts, or half of what it may have. */
export function expectedLength({ seeds, maxCharacters }: Pick<Domain, 'seeds' | 'maxCharacters'>): number {
  const mean = seeds.reduce((sum, text) => sum + text.length, 0) / seeds.length;
  return Math.round(Math.max(mean, maxCharacters * WRITTEN_SHARE));
}
