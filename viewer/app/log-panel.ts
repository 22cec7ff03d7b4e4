import { filter } from 'rxjs';
import { groupOf, type LogGroup } from '../log-lines.ts';
import type { LogLine } from '../protocol.ts';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { saidBy } from './page-text.ts';
import { dressPanel } from './panel.ts';
import type { Store } from './state.ts';
import { turns } from './turns.ts';
import { count, withVisibleControls } from './words.ts';

const REDRAW_MS = 250;
type Choice = 'all' | LogGroup;
const CHOICES: readonly Choice[] = ['all', 'people', 'model', 'births', 'thoughts'];
/** Choices that say nothing where there is no model. */
const OF_MODEL: ReadonlySet<Choice> = new Set<Choice>(['model', 'thoughts']);

function row(line: LogLine): HTMLLIElement {
  return element('li', { 'data-kind': line.kind, 'data-group': groupOf(line), 'data-seq': line.seq },
    element('span', { class: 'when' }, count(line.tick)), element('span', {}, withVisibleControls(line.text)));
}

/** What happened, in words, newest first; a reader may want some kinds only, or what holds some words. */
export function showLog(store: Store): void {
  const list = byId('log', HTMLOListElement);
  const figures = byId('log-figures', HTMLElement);
  const choice = byId('log-choice', HTMLElement);
  const find = element('input', { type: 'search', id: 'log-find', placeholder: 'find', 'aria-label': 'Show events that contain these words', maxlength: 80, autocomplete: 'off', spellcheck: 'false' });
  const nothing = element('p', { id: 'log-nothing', role: 'status', hidden: true });
  let group: Choice = 'all';
  let words: string[] = [];

  const isWanted = ({ kind, tick, text }: LogLine): boolean => {
    const its = groupOf({ kind });
    if (group !== 'all' && its !== group && its !== 'notice') return false;
    const said = `${tick} ${text}`.toLowerCase();
    return words.every((word) => said.includes(word));
  };
  const shownLines = (): LogLine[] => store.now.log.filter(isWanted).reverse();

  const labels = new Map(CHOICES.map((name) => {
    const input = element('input', { type: 'radio', name: 'log', value: name, checked: name === 'all', id: `log-${name}` });
    input.addEventListener('change', () => {
      group = name;
      list.dataset['show'] = name;
      sift();
    });
    return [name, element('label', {}, input, name)];
  }));
  choice.replaceChildren(...labels.values());
  choice.after(find);
  list.before(nothing);
  find.addEventListener('input', () => {
    words = find.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    sift();
  });
  find.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key !== 'Escape' || find.value === '') return;
    find.value = '';
    words = [];
    sift();
  });
  store.watch(({ model }) => model?.state === 'ready').subscribe((isModel) => {
    for (const [name, label] of labels) label.hidden = OF_MODEL.has(name) && !isModel;
  });

  const isSifted = (): boolean => group !== 'all' || words.length > 0;
  /** Shows and hides the rows that are there; the store bounds how many. */
  function sift(): void {
    const wanted = new Set(shownLines().map(({ seq }) => String(seq)));
    for (const item of list.children) (item as HTMLElement).hidden = !wanted.has((item as HTMLElement).dataset['seq'] ?? '');
    nothing.hidden = wanted.size > 0 || list.childElementCount === 0;
    if (!nothing.hidden) setText(nothing, `None of the ${list.childElementCount} events that are kept.`);
  }

  dressPanel(store, {
    name: 'log',
    picture: () => ({ parts: [nothing, list].flatMap(saidBy) }),
    tables: [{ name: 'events', title: 'Events shown', csv: () => toCsv(['seq', 'tick', 'kind', 'text'], shownLines().map(({ seq, tick, kind, text }) => [seq, tick, kind, text])) }],
  });

  let shown = -1;
  store.watch(({ world }) => world).subscribe(() => {
    shown = -1;
    list.replaceChildren();
  });
  store.watch(({ log }) => log).pipe(turns.inTurn(REDRAW_MS), filter((log) => log.length > 0)).subscribe((log) => {
    const fresh = log.filter(({ seq }) => seq > shown);
    shown = Math.max(shown, ...fresh.map(({ seq }) => seq));
    list.prepend(...fresh.map(row).reverse());
    if (list.childElementCount !== log.length) {
      const kept = new Set(log.map(({ seq }) => String(seq)));
      for (const item of [...list.children]) if (!kept.has((item as HTMLElement).dataset['seq'] ?? '')) item.remove();
    }
    if (isSifted()) sift();
  });
  store.watch(({ totals }) => totals).subscribe((totals) => {
    if (totals !== null) setText(figures, `${count(totals.births)} ${totals.births === 1 ? 'birth' : 'births'} · ${count(totals.deaths)} ${totals.deaths === 1 ? 'death' : 'deaths'}`);
  });
}
