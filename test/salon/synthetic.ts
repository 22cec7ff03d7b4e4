import { createHash } from 'node:crypto';
import { Subject } from 'rxjs';
import type { ModelReply, ModelRequest } from '../../agents/model/contract.ts';
import type { Answer, ModelEvent, ModelService, Task } from '../../agents/model/task.ts';
import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { domains } from '../../worlds/salon/domains.ts';

/*
 * A text model whose truth is known. A text is two dozen words, each of which may lean to a label; what a judge should say of
 * it is a logistic function of how many lean either way. A child mixes the texts it is shown, word by word, and now and then
 * writes a word of its own: it resembles its examples, as a language model's continuation does.
 */

export const LENGTH = 24;

const leaning: Readonly<Record<string, readonly string[]>> = {
  horror: ['grave', 'fang', 'scream', 'crypt'], romance: ['kiss', 'rose', 'embrace', 'darling'],
  happy: ['wedding', 'laughter', 'sunrise', 'cake'], tragic: ['funeral', 'ruin', 'tears', 'poison'],
  positive: ['fresh', 'tasty', 'sweet', 'crisp'], negative: ['bland', 'soggy', 'bitter', 'dull'],
  yes: ['vivid', 'precise', 'tender', 'sharp'], no: ['very', 'thing', 'stuff', 'somehow'],
};
const neutral = ['spy', 'politician', 'the', 'and', 'then', 'door', 'city', 'night'];
const vocabulary = [...['horror', 'romance', 'happy', 'tragic', 'yes', 'no'].flatMap((label) => leaning[label]!), ...neutral];
/** What it writes when it is shown nothing: always nearly the same. */
const habit = Array.from({ length: LENGTH }, (_, i) => neutral[i % neutral.length]!);

export interface SyntheticOptions {
  /** Standard deviation of a judgement about the truth, in logits. */
  noise?: number;
  /** Share of words that are its own. */
  mutation?: number;
}

/** The truth: log-odds of the first label against the second. */
export function trueLogit(text: string, [first, second]: readonly [string, string]): number {
  const words = text.split(' ');
  const count = (label: string): number => words.filter((word) => leaning[label]?.includes(word)).length;
  return (first === 'yes' ? 0.6 : 0.9) * (count(first) - count(second));
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function chance(...parts: (string | number)[]): RandomStream {
  const digest = createHash('sha256').update(parts.join('\n')).digest();
  return new RandomStream(seedKey(digest.readUInt32LE(0), digest.readUInt32LE(4)), digest.readUInt32LE(8));
}

/** What the model answers: a function of the request alone. */
export function syntheticReply({ messages, seed, topLogprobs }: Pick<ModelRequest, 'messages' | 'seed' | 'topLogprobs'>, { noise = 0, mutation = 0.08 }: SyntheticOptions = {}): ModelReply {
  const asked = messages.at(-1)!.content;
  const base = { finish: 'stop' as const, promptTokens: Math.ceil(asked.length / 4), model: 'synthetic' };
  const choice = /Answer with one word: (\S+) or (\S+)\.\nAnswer:$/.exec(asked);
  const shown = /<<<\n([^]*)\n>>>/.exec(asked)?.[1];
  if (shown !== undefined) {
    const labels = choice === null ? ['yes', 'no'] as const : [choice[1]!, choice[2]!] as const;
    const p = logistic(trueLogit(shown, labels) + noise * normal(chance('judge', seed, shown, labels[0])));
    if (topLogprobs === undefined || choice === null) return { ...base, text: String(Math.round(1 + 9 * p)), completionTokens: 1 };
    const top = [{ token: labels[0], logprob: Math.log(p) }, { token: labels[1], logprob: Math.log(1 - p) }];
    return { ...base, text: labels[0], completionTokens: 1, logprobs: [{ ...top[0]!, top }] };
  }
  return { ...base, text: child(asked, seed, mutation), completionTokens: LENGTH };
}

function child(prompt: string, seed: number, mutation: number): string {
  const random = chance('write', seed, prompt);
  const template = domains.find((domain) => prompt.includes(domain.template))?.template ?? '';
  const examples = prompt.split('\n###\n').map((each) => each.replace(template, '').trim().split(' ')).filter(([first]) => first !== '');
  return Array.from({ length: LENGTH }, (_, i) => {
    const own = random.chance(examples.length === 0 ? mutation * 2 : mutation);
    const word = examples.length === 0 ? habit[i] : random.pick(examples)[i];
    return own || word === undefined ? random.pick(vocabulary) : word;
  }).join(' ');
}

function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** The model as a service without door, scheduler or record: as fast as it goes. */
export function syntheticService(options: SyntheticOptions = {}): ModelService {
  const perform = <T>(task: Task<T>): Promise<Answer<T>> => {
    const reply = syntheticReply(task.request, options);
    const read = task.read(reply);
    const cost = { calls: 1, promptTokens: reply.promptTokens, completionTokens: reply.completionTokens, dollars: 0 };
    return Promise.resolve('value' in read ? { outcome: 'ok', value: read.value, problem: '', model: 'synthetic', cost } : { outcome: 'fallback', reason: read.problem, model: 'synthetic', cost });
  };
  return {
    models: ['synthetic'], slots: 8, inFlight: 0, accounts: [], accountsUpTo: () => [], carryOver: () => undefined, events$: new Subject<ModelEvent>(), perform,
    budget: { spent: { calls: 0, tokens: 0, dollars: 0 }, caps: {}, used: 0, perMinute: { calls: 0, tokens: 0, dollars: 0 } },
    can: () => true,
    close: () => Promise.resolve(),
  };
}
