import type { BudgetFacts, ClientMessage } from '../protocol.ts';
import { amount, spentUnits } from './budget-words.ts';
import { capsForm } from './caps-form.ts';
import { byId, element, setText } from './dom.ts';
import type { Store } from './state.ts';

function sentenceOf(budget: BudgetFacts): string {
  const spent = spentUnits(budget).map((unit) => `${amount(unit, budget.spent[unit])} of ${amount(unit, budget.caps[unit] ?? 0)}${unit === 'dollars' ? '' : ` ${unit}`}`);
  const said = `The model's budget is spent: ${spent.join(', ')}.`;
  return budget.over === 'paused'
    ? `${said} The world waits; raise the budget and it goes on.`
    : `${said} The world goes on without models: classical operators write the children, nobody thinks or judges.`;
}

/** Says that the budget is spent, and what to do. */
export function showBudgetNotice(store: Store, send: (message: ClientMessage) => void): void {
  const notice = byId('budget-notice', HTMLElement);
  const words = element('p', { role: 'alert' });
  const dismiss = element('button', { type: 'button', class: 'close', 'aria-label': 'Put this notice away' }, '×');
  let dismissed = false;
  notice.append(words, capsForm(store, send, { name: 'Raise the budget', button: 'raise and go on', suggest: true }).node, dismiss);
  const draw = (): void => {
    const budget = store.now.totals?.budget ?? null;
    notice.hidden = budget === null || budget.over === null || dismissed;
    if (budget !== null && !notice.hidden) setText(words, sentenceOf(budget));
  };
  dismiss.addEventListener('click', () => {
    dismissed = true;
    draw();
  });
  store.watch(({ totals }) => totals?.budget?.over ?? null).subscribe(() => { dismissed = false; });
  store.watch(({ totals }) => totals?.budget).subscribe(draw);
}
