import { auditTime, filter } from 'rxjs';
import type { LogLine } from '../protocol.ts';
import { byId, element, setText } from './dom.ts';
import { MAX_LOG_LINES, type Store } from './state.ts';
import { count, withVisibleControls } from './words.ts';

const REDRAW_MS = 100;

function row({ seq, tick, kind, text }: LogLine): HTMLLIElement {
  return element('li', { 'data-kind': kind, 'data-seq': seq }, element('span', { class: 'when' }, count(tick)), element('span', {}, withVisibleControls(text)));
}

/** What happened, in words, newest first. */
export function showLog(store: Store): void {
  const list = byId('log', HTMLOListElement);
  const figures = byId('log-figures', HTMLElement);
  let shown = -1;
  store.watch(({ world }) => world).subscribe(() => {
    shown = -1;
    list.replaceChildren();
  });
  store.watch(({ log }) => log).pipe(auditTime(REDRAW_MS), filter((log) => log.length > 0)).subscribe((log) => {
    const fresh = log.filter(({ seq }) => seq > shown);
    shown = Math.max(shown, ...fresh.map(({ seq }) => seq));
    list.prepend(...fresh.map(row).reverse());
    while (list.childElementCount > MAX_LOG_LINES) list.lastElementChild?.remove();
  });
  store.watch(({ totals }) => totals).subscribe((totals) => {
    if (totals !== null) setText(figures, `${count(totals.births)} births · ${count(totals.deaths)} deaths`);
  });
}
