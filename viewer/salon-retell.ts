import { Salon, type Ask, type Individual, type SalonOptions } from '../worlds/salon/salon.ts';

/** Who hears of each text as it is asked for again, and as it is settled. */
export interface RetellHearers {
  onAsked?(ask: Ask, salon: Salon): void;
  onSettled?(text: Individual, salon: Salon): void;
}

/**
 * Makes a salon again from the texts that were recorded of it, with all that it asked for, and without a model: what it becomes is a
 * function of its options and of what it is told. Stops where the record does.
 *
 * @throws Error with one sentence where the record is not one of such a salon
 */
export function retell(options: SalonOptions, recorded: readonly Individual[], { onAsked, onSettled }: RetellHearers = {}): Salon {
  const salon = new Salon(options);
  const first = salon.individuals.length;
  while (!salon.isDone) {
    const [ask] = salon.ask(1);
    if (ask === undefined) throw new Error(`The salon asks for nothing after ${salon.individuals.length} texts.`);
    const told = recorded[first + ask.ticket];
    if (told === undefined) return salon;
    onAsked?.(ask, salon);
    const { text, outcome, quality, measures, reason } = told;
    const settled = outcome === 'failed' ? [] : salon.wrote(ask.ticket, text);
    if (outcome === 'failed' || outcome === 'unjudged') settled.push(...salon.tell(ask.ticket, { reason }));
    else if (quality !== null && measures !== null) settled.push(...salon.tell(ask.ticket, { quality, measures }));
    for (const one of settled) onSettled?.(one, salon);
  }
  return salon;
}
