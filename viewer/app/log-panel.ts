import { auditTime, filter } from 'rxjs';
import { groupOf, type LogGroup } from '../log-lines.ts';
import type { LogLine } from '../protocol.ts';
import { byId, element, setText } from './dom.ts';
import type { Store } from './state.ts';
import { count, withVisibleControls } from './words.ts';

const REDRAW_MS = 100;
const CHOICES: readonly ('all' | LogGroup)[] = ['all', 'people', 'model', 'births', 'thoughts'];

function row(line: LogLine): HTMLLIElement {
  return element('li', { 'data-kind': line.kind, 'data-group': groupOf(line), 'data-seq': line.seq },
    element('span', { class: 'when' }, count(line.tick)), element('span', {}, withVisibleControls(line.text)));
}

/** What happened, in words, newest first; where a model is, a reader may want some of it only. */
export function showLog(store: Store): void {
  const list = byId('log', HTMLOListElement);
  const figures = byId('log-figures', HTMLElement);
  const choice = byId('log-choice', HTMLElement);
  choice.replaceChildren(...CHOICES.map((name) => {
    const input = element('input', { type: 'radio', name: 'log', value: name, checked: name === 'all', id: `log-${name}` });
    input.addEventListener('change', () => { list.dataset['show'] = name; });
    return element('label', {}, input, name);
  }));
  store.watch(({ model }) => model?.state === 'ready').subscribe((isModel) => { choice.hidden = !isModel; });

  let shown = -1;
  store.watch(({ world }) => world).subscribe(() => {
    shown = -1;
    list.replaceChildren();
  });
  store.watch(({ log }) => log).pipe(auditTime(REDRAW_MS), filter((log) => log.length > 0)).subscribe((log) => {
    const fresh = log.filter(({ seq }) => seq > shown);
    shown = Math.max(shown, ...fresh.map(({ seq }) => seq));
    list.prepend(...fresh.map(row).reverse());
    if (list.childElementCount === log.length) return;
    const kept = new Set(log.map(({ seq }) => String(seq)));
    for (const item of [...list.children]) if (!kept.has((item as HTMLElement).dataset['seq'] ?? '')) item.remove();
  });
  store.watch(({ totals }) => totals).subscribe((totals) => {
    if (totals !== null) setText(figures, `${count(totals.births)} births · ${count(totals.deaths)} deaths`);
  });
}
