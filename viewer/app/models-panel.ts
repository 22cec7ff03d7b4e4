import { combineLatest, fromEvent, startWith } from 'rxjs';
import type { BudgetFacts, ClientMessage, ModelAccount, Totals } from '../protocol.ts';
import { amount, rate, UNITS } from './budget-words.ts';
import { capsForm } from './caps-form.ts';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { saidBy, SHARE } from './page-text.ts';
import { PICTURE_EDGES } from './panel-picture.ts';
import { saveMenu, worldSource } from './save-menu.ts';
import type { Store } from './state.ts';
import { turns } from './turns.ts';
import { compact, count, money, withVisibleControls } from './words.ts';

const REDRAW_MS = 200;

/** What each role is there for. */
const WORK: Record<string, string> = { operator: 'writes children', mind: 'thinks', judge: 'judges' };
const ROLES = ['operator', 'mind', 'judge'];

interface Column {
  title: string;
  about: string;
  of(account: ModelAccount): number;
  words: (value: number) => string;
  /** Something to be seen when it is not 0. */
  amber?: boolean;
  /** Shown only where it is not 0 in every row. */
  seldom?: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: 'ok', about: 'answered as asked', of: ({ ok }) => ok, words: count },
  { title: 'repaired', about: 'answered when it was asked once more', of: ({ repaired }) => repaired, words: count },
  { title: 'fallback', about: 'not answered: the world did without', of: ({ fallback }) => fallback, words: count, amber: true },
  { title: 'over budget', about: 'not asked, because the budget was spent', of: ({ budget }) => budget, words: count, amber: true },
  { title: 'shared', about: 'answered without a call of their own, by the reply to an equal request', of: ({ shared }) => shared, words: count, seldom: true },
  { title: 'tried again', about: 'calls that failed and were made once more', of: ({ retries }) => retries, words: count, seldom: true },
  { title: 'calls', about: 'calls that were paid for', of: ({ calls }) => calls, words: count },
  { title: 'tokens', about: 'tokens read and written', of: ({ promptTokens, completionTokens }) => promptTokens + completionTokens, words: compact },
  { title: 'dollars', about: 'by the price table of the run', of: ({ dollars }) => dollars, words: money, seldom: true },
];

function total(accounts: readonly ModelAccount[]): ModelAccount {
  const sum: ModelAccount = { role: '', kind: '', model: '', ok: 0, repaired: 0, fallback: 0, budget: 0, calls: 0, promptTokens: 0, completionTokens: 0, dollars: 0, shared: 0, retries: 0 };
  for (const { role: _role, kind: _kind, model: _model, ...counts } of accounts) {
    for (const [key, value] of Object.entries(counts)) sum[key as keyof typeof counts] += value;
  }
  return sum;
}

/** By role, then by kind and model. */
function inOrder(accounts: readonly ModelAccount[]): ModelAccount[] {
  return [...accounts].sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.model < b.model ? -1 : 1));
}

function accountsCsv(accounts: readonly ModelAccount[]): string {
  return toCsv(['role', 'kind', 'model', 'ok', 'repaired', 'fallback', 'over budget', 'shared', 'tried again', 'calls', 'prompt tokens', 'completion tokens', 'dollars'],
    inOrder(accounts).map((each) => [each.role, each.kind, each.model, each.ok, each.repaired, each.fallback, each.budget, each.shared, each.retries, each.calls, each.promptTokens, each.completionTokens, each.dollars]));
}

/** Units that there is something to say of. */
function unitsOf(budget: BudgetFacts): readonly (typeof UNITS)[number][] {
  return UNITS.filter((unit) => budget.caps[unit] !== undefined || budget.spent[unit] > 0);
}

function costsCsv(budget: BudgetFacts | null): string {
  return toCsv(['unit', 'spent', 'cap', 'left', 'a minute'], budget === null ? [] : unitsOf(budget).map((unit) => {
    const cap = budget.caps[unit];
    return [unit, budget.spent[unit], cap ?? null, cap === undefined ? null : Math.max(0, cap - budget.spent[unit]), budget.perMinute[unit]];
  }));
}

/** Who was asked for what, and what came of it. Rows stay where they are while their figures change. */
class AccountTable {
  readonly node = element('table');
  #key = '';
  #heads: HTMLElement[] = [];
  #cells: HTMLElement[][] = [];

  show(accounts: readonly ModelAccount[]): void {
    const sorted = inOrder(accounts);
    const rows = sorted.length > 1 ? [...sorted, total(sorted)] : sorted;
    const key = JSON.stringify(sorted.map(({ role, kind, model }) => [role, kind, model]));
    if (key !== this.#key) this.#build(rows, new Set(sorted.map(({ model }) => model)).size > 1);
    this.#key = key;
    COLUMNS.forEach(({ of, words, amber = false, seldom = false }, column) => {
      const isHidden = seldom && rows.every((account) => of(account) === 0);
      this.#heads[column]!.hidden = isHidden;
      rows.forEach((account, row) => {
        const cell = this.#cells[row]![column]!;
        cell.hidden = isHidden;
        setText(cell, words(of(account)));
        cell.classList.toggle('amber', amber && of(account) > 0);
      });
    });
  }

  #build(rows: readonly ModelAccount[], isModelNamed: boolean): void {
    const titles = ['asked for', ...isModelNamed ? ['model'] : []].map((title) => element('th', { scope: 'col' }, title));
    this.#heads = COLUMNS.map(({ title, about }) => element('th', { scope: 'col', title: about, 'data-column': title }, title));
    this.#cells = rows.map(() => COLUMNS.map(({ title }) => element('td', { 'data-column': title })));
    const body = rows.map(({ role, kind, model }, row) => element('tr', { class: role === '' ? 'sum' : undefined },
      element('th', { scope: 'row' }, ...role === '' ? ['all together'] : [withVisibleControls(kind), element('span', { class: 'role' }, ` ${WORK[role] ?? withVisibleControls(role)}`)]),
      ...isModelNamed ? [element('td', { class: 'name' }, withVisibleControls(model))] : [], ...this.#cells[row]!));
    this.node.replaceChildren(element('thead', {}, element('tr', {}, ...titles, ...this.#heads)), element('tbody', {}, ...body));
  }
}

function costRows(budget: BudgetFacts): HTMLElement[] {
  return unitsOf(budget).map((unit) => {
    const cap = budget.caps[unit];
    const spent = budget.spent[unit];
    const used = cap === undefined ? 0 : cap > 0 ? Math.min(1, spent / cap) : 1;
    const bar = element('i', { class: used >= 0.8 ? 'bar amber' : 'bar', role: 'img', [SHARE]: used.toFixed(4), 'aria-label': cap === undefined ? 'no cap' : `${Math.round(used * 100)} % of the cap` });
    bar.style.setProperty('--way', `${(used * 100).toFixed(1)}%`);
    return element('tr', { 'data-unit': unit },
      element('th', { scope: 'row' }, unit), element('td', {}, amount(unit, spent)),
      element('td', {}, cap === undefined ? 'no cap' : amount(unit, cap)),
      element('td', { class: used >= 0.8 ? 'amber' : undefined }, cap === undefined ? '–' : amount(unit, Math.max(0, cap - spent))),
      element('td', {}, rate(unit, budget.perMinute[unit])), element('td', { class: 'way' }, ...cap === undefined ? [] : [bar]));
  });
}

/** The models of the run and what they cost, over the world while somebody reads it. */
export function showModels(store: Store, send: (message: ClientMessage) => void): void {
  const panel = byId('models', HTMLElement);
  const title = element('h2', { id: 'models-title' }, 'Models');
  const note = element('p');
  const close = element('button', { type: 'button', class: 'close', 'aria-label': 'Close (Escape)', popovertarget: 'models', popovertargetaction: 'hide' }, '×');
  const table = new AccountTable();
  const nothing = element('p', { class: 'dim' }, 'Nothing has been asked yet.');
  const costs = element('tbody');
  const costTable = element('table', { class: 'costs' },
    element('thead', {}, element('tr', {}, ...['', 'spent', 'cap', 'left', 'a minute', ''].map((name) => element('th', { scope: 'col' }, name)))), costs);
  const menu = saveMenu(worldSource(store), {
    name: 'models', title: () => title.textContent, figures: () => note.textContent, width: () => panel.clientWidth + PICTURE_EDGES,
    picture: () => ({ parts: [nothing, table.node, costTable].flatMap(saidBy) }),
    tables: [
      { name: 'models', title: 'Who was asked', csv: () => accountsCsv(store.now.totals?.model.accounts ?? []) },
      { name: 'costs', title: 'What it cost', isThere: () => store.now.totals !== null && store.now.totals.budget !== null, csv: () => costsCsv(store.now.totals?.budget ?? null) },
    ],
  }, 'Models');
  panel.append(element('header', {}, title, note, ...menu, close), nothing, table.node, costTable,
    capsForm(store, send, { name: 'Caps', button: 'set these caps', suggest: false }).node);

  const draw = (totals: Totals): void => {
    const { accounts } = totals.model;
    nothing.hidden = accounts.length > 0;
    table.node.hidden = accounts.length === 0;
    table.show(accounts);
    costTable.hidden = totals.budget === null;
    if (totals.budget !== null) costs.replaceChildren(...costRows(totals.budget));
  };
  store.watch(({ model }) => model).subscribe((model) => setText(note, withVisibleControls(model?.note ?? '')));
  // While it is shut nothing is built.
  combineLatest([store.watch(({ totals }) => totals).pipe(turns.inTurn(REDRAW_MS)), fromEvent(panel, 'toggle').pipe(startWith(null))]).subscribe(([totals]) => {
    if (totals !== null && panel.matches(':popover-open')) draw(totals);
  });
}
