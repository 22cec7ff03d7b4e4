import type { BudgetFacts, ClientMessage, Costs } from '../protocol.ts';
import { cappedUnits, raisedCap, spentUnits } from './budget-words.ts';
import { element } from './dom.ts';
import type { Store } from './state.ts';

export interface CapsForm {
  readonly node: HTMLFormElement;
}

/**
 * Fields for the caps that a budget has, and a button that sets them. It is filled in anew when the caps become others,
 * never while somebody types.
 * @param suggest whether caps that are spent stand there raised already.
 */
export function capsForm(store: Store, send: (message: ClientMessage) => void, words: { name: string; button: string; suggest: boolean }): CapsForm {
  const form = element('form', { class: 'caps', 'aria-label': words.name });
  const button = element('button', { type: 'submit', class: 'quiet' }, words.button);
  let fields: Partial<Record<keyof Costs, HTMLInputElement>> = {};

  const fill = (budget: BudgetFacts): void => {
    const spent = spentUnits(budget);
    fields = {};
    const labels = cappedUnits(budget).map((unit) => {
      const cap = budget.caps[unit] ?? 0;
      const field = element('input', {
        type: 'number', min: 0, step: unit === 'dollars' ? 'any' : 1, required: true, name: unit,
        value: words.suggest && spent.includes(unit) ? raisedCap(unit, cap) : cap,
      });
      fields[unit] = field;
      return element('label', {}, unit === 'dollars' ? 'US dollars' : unit, field);
    });
    form.replaceChildren(...labels, button);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // A cap that is left out is none, so all of them are said.
    send({ type: 'budget', ...Object.fromEntries(Object.entries(fields).map(([unit, field]) => [unit, field.valueAsNumber])) });
  });

  store.watch(({ totals }) => {
    const budget = totals?.budget ?? null;
    return budget === null ? '' : JSON.stringify([budget.caps, words.suggest && budget.over !== null]);
  }).subscribe(() => {
    const budget = store.now.totals?.budget ?? null;
    form.hidden = budget === null || cappedUnits(budget).length === 0;
    if (budget !== null && !form.hidden) fill(budget);
  });
  return { node: form };
}
