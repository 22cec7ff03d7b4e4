import type { SalonClientMessage, SalonLine } from '../salon-protocol.ts';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { saidBy } from './page-text.ts';
import { qualityWords } from './salon-map.ts';
import { offerPanel } from './salon-save.ts';
import type { SalonStore } from './salon-state.ts';
import { outcomeMark, outcomeWords } from './salon-words.ts';
import { count, withVisibleControls } from './words.ts';

/** Of the picture, in CSS pixels: texts are long. */
const LOG_WIDTH = 720;

/** The last texts of the run that is drawn, newest first, with what became of each; a click reads one. */
export function showTexts(store: SalonStore, send: (message: SalonClientMessage) => void): void {
  const list = byId('log', HTMLOListElement);
  const figures = byId('log-figures', HTMLElement);
  offerPanel(store, {
    name: 'log', width: () => LOG_WIDTH, picture: () => ({ parts: saidBy(list) }),
    tables: [{
      name: 'texts', title: 'Texts shown',
      csv: () => toCsv(['text', 'outcome', 'cell', 'quality', 'excerpt', 'reason'], [...store.run?.lines ?? []].reverse()
        .map(({ iteration, outcome, cell, quality, excerpt, reason }) => [iteration + 1, outcome, cell < 0 ? null : cell, quality, excerpt, reason])),
    }],
  });
  let newest = -1;
  let of = '';

  const row = ({ id, iteration, outcome, quality, excerpt, reason }: SalonLine): HTMLLIElement => {
    const { domain } = store.now;
    const text = excerpt === '' ? outcomeWords(outcome) : excerpt;
    const button = element('button', { type: 'button', title: outcomeWords(outcome) },
      element('span', { class: 'when' }, count(iteration + 1)),
      element('span', { class: 'mark', 'aria-label': outcomeWords(outcome), role: 'img' }, outcomeMark(outcome)),
      element('span', { class: 'said' }, withVisibleControls(reason === '' ? text : `${text} (${reason})`)),
      element('span', { class: 'worth' }, quality === null || domain === null ? '' : qualityWords(quality, domain)));
    button.addEventListener('click', () => send({ type: 'read', run: store.now.chosen, id }));
    return element('li', { 'data-outcome': outcome, 'data-id': id }, button);
  };

  store.watch(() => store.run).subscribe((run) => {
    if (run === null) return;
    const key = `${run.method} ${run.seed}`;
    if (key !== of || (run.lines[0]?.id ?? 0) > newest) {
      of = key;
      newest = -1;
      list.replaceChildren();
    }
    const fresh = run.lines.filter(({ id }) => id > newest);
    newest = Math.max(newest, ...fresh.map(({ id }) => id));
    list.prepend(...fresh.map(row).reverse());
    while (list.childElementCount > run.lines.length) list.lastElementChild?.remove();
    const taken = run.lines.filter(({ outcome }) => outcome === 'new' || outcome === 'improved').length;
    setText(figures, run.lines.length === 0 ? '' : `${taken} of the last ${run.lines.length} took a cell`);
  });
  store.watch(({ hand }) => hand?.id).subscribe((id) => {
    for (const item of list.children) item.toggleAttribute('data-read', (item as HTMLElement).dataset['id'] === String(id));
  });
}
