import { fromEvent } from 'rxjs';
import { byId, element } from './dom.ts';

/** A key that works wherever one is on the page, but where one types. */
export interface KeyBinding {
  /** As `KeyboardEvent.key` has it; letters in lower case. */
  keys: readonly string[];
  /** How the help sheet names it, and what it does. */
  shown: string;
  words: string;
  press(): void;
}

/** What keys do on the parts of the page that are in focus: told of in the help sheet, and done by those parts. */
const IN_FOCUS: readonly (readonly [shown: string, words: string])[] = [
  ['Tab', 'to the next control; arrow keys go on within a group of them'],
  ['Escape', 'closes what is on top: a menu, this sheet, the card'],
  ['← ↑ ↓ →', 'on the world: move'],
  ['+ −', 'on the world: nearer, farther'],
  ['0', 'on the world: all of it'],
  ['Enter', 'on the world: take the organism in the middle in hand'],
  ['← →', 'on the population over time: a tick earlier, later; ten with Shift, a hundred by Page Up and Page Down'],
  ['Home End', 'on the population over time: the earliest tick that is held, the present'],
  ['← ↑ ↓ → Enter', 'on the archive and the lineages: choose, and open or keep'],
];

/** A field in a menu that has just closed is still in focus for a moment, but nobody types there. */
function isTyping(target: Element | null): boolean {
  const field = target?.closest('textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])') ?? null;
  return field?.checkVisibility() === true;
}

/** Listens for the keys, and shows them all on a sheet that `?` opens. */
export function bindKeys(bindings: readonly KeyBinding[]): void {
  const sheet = byId('help', HTMLDialogElement);
  const toggleSheet = (): void => {
    if (sheet.open) sheet.close();
    else sheet.showModal();
  };
  const all: KeyBinding[] = [...bindings, { keys: ['?'], shown: '?', words: 'this sheet', press: toggleSheet }];
  const byKey = new Map(all.flatMap((binding) => binding.keys.map((key) => [key, binding] as const)));

  const rows = (list: readonly (readonly [string, string])[]): HTMLElement => element('dl', {}, ...list.flatMap(([shown, words]) => [
    element('dt', {}, ...shown.split(' ').flatMap((key) => [element('kbd', {}, key), ' '])), element('dd', {}, words)]));
  const close = element('button', { type: 'button', class: 'close', 'aria-label': 'Close' }, '×');
  close.addEventListener('click', () => sheet.close());
  sheet.append(element('header', {}, element('h2', { id: 'help-title' }, 'Keys'), close),
    rows(all.map(({ shown, words }) => [shown, words])), element('h3', {}, 'Where the focus is'), rows(IN_FOCUS));
  byId('help-button', HTMLButtonElement).addEventListener('click', toggleSheet);

  fromEvent<KeyboardEvent>(window, 'keydown').subscribe((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (isTyping(target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const binding = byKey.get(key);
    if (binding === undefined || (sheet.open && key !== '?')) return;
    // space presses the control that is in focus
    if (key === ' ' && target?.closest('button, summary, a, input:not([type=range])') instanceof Element) return;
    event.preventDefault();
    binding.press();
  });
}
