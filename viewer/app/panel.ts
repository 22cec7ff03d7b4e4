import { byId, element } from './dom.ts';
import { paintPanel, type PictureContent } from './panel-picture.ts';
import { fileName, savePicture, saveText } from './save-file.ts';
import type { Store } from './state.ts';
import { theme$, type Theme } from './theme.ts';

/** What can be taken away from a panel; tables are made when they are asked for. */
export interface PanelOptions {
  /** Part of the file's name, and of ids. */
  name: string;
  picture(theme: Theme): Omit<PictureContent, 'title' | 'figures'>;
  tables: readonly { name: string; title: string; csv(): string }[];
  /** What stands in the menu besides, above the files. */
  choices?: readonly Node[];
}

const FOLDED = 'lichen.folded.';

function remembered(name: string): boolean {
  try {
    return localStorage.getItem(FOLDED + name) === 'yes';
  } catch {
    return false;
  }
}

function remember(name: string, folded: boolean): void {
  try {
    localStorage.setItem(FOLDED + name, folded ? 'yes' : 'no');
  } catch {
    // a browser that keeps nothing: the panel opens as it did
  }
}

/** Puts an open popover under a button, or above where there is no room, inside the window. */
export function placeAt(popover: HTMLElement, button: HTMLElement): void {
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const isBelow = from.bottom + 4 + height <= innerHeight;
  popover.style.left = `${Math.max(8, Math.min(from.right - width, innerWidth - width - 8))}px`;
  popover.style.top = `${Math.max(8, isBelow ? from.bottom + 4 : from.top - height - 4)}px`;
}

/** Keeps a popover with the button that opens it. */
export function placeUnder(popover: HTMLElement, button: HTMLElement): void {
  popover.addEventListener('toggle', (event) => {
    const isOpen = (event as ToggleEvent).newState === 'open';
    button.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) placeAt(popover, button);
  });
}

/**
 * Makes a section of the column a panel: its title folds it away, and a small menu beside the figures saves its picture
 * and its tables. Answers whether it is open and on the screen, for those who draw; what they give to `onOpen` is called when
 * it is so again.
 */
export function dressPanel(store: Store, options: PanelOptions): { isOpen(): boolean; onOpen(draw: () => void): void } {
  const { name, picture, tables, choices = [] } = options;
  const panel = byId(`${name}-panel`, HTMLElement);
  const header = panel.querySelector('header');
  const heading = panel.querySelector('h2');
  const figures = header?.querySelector('p') ?? null;
  if (header === null || heading === null) throw new Error(`The panel "${name}" has no header with a title.`);
  const drawings: (() => void)[] = [];
  /** Whether any of it is on the screen; until the browser has looked, it may be. */
  let isOnScreen = true;
  new IntersectionObserver((entries) => {
    const wasOnScreen = isOnScreen;
    isOnScreen = entries.at(-1)?.isIntersecting ?? true;
    if (isOnScreen && !wasOnScreen) for (const draw of drawings) draw();
  }).observe(panel);

  const title = element('button', { type: 'button', class: 'panel-title', 'aria-expanded': true }, ...heading.childNodes);
  heading.append(title);
  const fold = (folded: boolean): void => {
    panel.classList.toggle('folded', folded);
    title.setAttribute('aria-expanded', String(!folded));
    if (!folded) for (const draw of drawings) draw();
  };
  title.addEventListener('click', () => {
    const folded = !panel.classList.contains('folded');
    remember(name, folded);
    fold(folded);
  });

  const refuse = (error: unknown): void => store.change((draft) => { draft.trouble = error instanceof Error ? error.message : String(error); });
  let theme: Theme | null = null;
  theme$.subscribe((now) => { theme = now; });
  const item = (text: string, key: string, save: () => void | Promise<void>): HTMLElement => {
    const button = element('button', { type: 'button', 'data-save': key }, text);
    button.addEventListener('click', () => {
      popover.hidePopover();
      void (async () => save())().catch(refuse);
    });
    return button;
  };
  const popover = element('div', { popover: 'auto', class: 'menu', id: `${name}-menu`, 'aria-label': `${heading.textContent}: save` }, ...choices,
    item('Picture (PNG)', 'png', () => {
      if (theme === null) return;
      const content = { title: `${title.textContent} · ${store.now.world?.title ?? ''}, seed ${store.now.seed ?? 0}, tick ${store.now.totals?.tick ?? 0}`, figures: figures?.innerText ?? '', ...picture(theme) };
      return savePicture(fileName(store.now, name, 'png'), paintPanel(content, theme, Math.max(480, panel.clientWidth)));
    }),
    ...tables.map((table) => item(`${table.title} (CSV)`, table.name, () => saveText(fileName(store.now, table.name, 'csv'), table.csv()))));
  const button = element('button', { type: 'button', class: 'panel-menu', popovertarget: popover.id, 'aria-label': `${heading.textContent}: save and choose`, 'aria-expanded': false }, '⋯');
  placeUnder(popover, button);
  header.append(button, popover);
  fold(remembered(name));
  return {
    isOpen: () => isOnScreen && !panel.classList.contains('folded'),
    onOpen(draw) { drawings.push(draw); },
  };
}
