import type { RandomStream } from '../../core/kernel/random.ts';
import { readText } from '../../agents/salon/writing.ts';
import { Salon, type Ask, type SalonOptions, type Verdict } from '../../worlds/salon/salon.ts';
import { domains } from '../../worlds/salon/domains.ts';
import { logistic, syntheticReply, trueLogit } from './synthetic.ts';

export const stories = domains.find(({ name }) => name === 'stories-genre-ending')!;
export const poetry = domains.find(({ name }) => name === 'poetry')!;

/** What the synthetic model writes for an ask. */
export function written({ prompt, seed }: Ask, domain = stories): string {
  return readText(syntheticReply({ messages: [{ role: 'user', content: prompt }], seed }).text, domain);
}

/** The truth about a text. */
export function truth(text: string): Verdict {
  return { quality: logistic(trueLogit(text, ['yes', 'no'])), measures: [logistic(trueLogit(text, ['horror', 'romance'])), logistic(trueLogit(text, ['happy', 'tragic']))] };
}

/** Drives a salon to its end: texts and judgements come in an order drawn from `random`, with up to `width` in work. */
export function drive(options: Omit<SalonOptions, 'domain'> & { domain?: SalonOptions['domain'] }, { random, width = 1, judge = truth, onAsk }: { random?: RandomStream; width?: number; judge?: (text: string, ask: Ask) => Verdict; onAsk?: (ask: Ask, salon: Salon) => void } = {}): Salon {
  const salon = new Salon({ domain: stories, ...options });
  const toWrite: Ask[] = [];
  const toJudge: { ask: Ask; text: string }[] = [];
  const take = <T>(list: T[]): T => list.splice(random === undefined ? 0 : random.below(list.length), 1)[0]!;
  while (!salon.isDone) {
    const room = width - toWrite.length - toJudge.length;
    const asks = room > 0 ? salon.ask(room) : [];
    for (const ask of asks) onAsk?.(ask, salon);
    toWrite.push(...asks);
    if (toWrite.length > 0 && (toJudge.length === 0 || (random?.chance(0.5) ?? true))) {
      const ask = take(toWrite);
      const text = written(ask, salon.domain);
      salon.wrote(ask.ticket, text);
      if (text !== '' && ask.judged) toJudge.push({ ask, text });
    } else if (toJudge.length > 0) {
      const { ask, text } = take(toJudge);
      salon.tell(ask.ticket, judge(text, ask));
    } else if (toWrite.length === 0 && !salon.isDone) throw new Error('The salon wants nothing and is not done.');
  }
  return salon;
}
