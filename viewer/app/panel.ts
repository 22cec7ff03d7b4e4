import { byId, element } from './dom.ts';
import { saveMenu, worldSource, type SaveOptions } from './save-menu.ts';
import type { Store } from './state.ts';

/** What can be taken away from a panel; its title, figures and width are those that it has on the page. */
export type PanelOptions = Omit<SaveOptions, 'title' | 'figures' | 'width' | 'called'>;

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

/** A panel of the page by the parts that all have. */
export function partsOfPanel(name: string): { panel: HTMLElement; header: HTMLElement; heading: HTMLElement; figures: HTMLElement | null } {
  const panel = byId(`${name}-panel`, HTMLElement);
  const header = panel.querySelector('header');
  const heading = panel.querySelector('h2');
  if (header === null || heading === null) throw new Error(`The panel "${name}" has no header with a title.`);
  return { panel, header, heading, figures: header.querySelector('p') };
}

/**
 * Makes a section of the column a panel: its title folds it away, and a small menu beside the figures saves its picture
 * and its tables. Answers whether it is open and on the screen, for those who draw; what they give to `onOpen` is called when
 * it is so again.
 */
export function dressPanel(store: Store, options: PanelOptions): { isOpen(): boolean; onOpen(draw: () => void): void } {
  const { name } = options;
  const { panel, header, heading, figures } = partsOfPanel(name);
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
  header.append(...saveMenu(worldSource(store), {
    ...options, title: () => title.textContent, figures: () => figures?.innerText ?? '', width: () => panel.clientWidth,
  }, heading.textContent));
  fold(remembered(name));
  return {
    isOpen: () => isOnScreen && !panel.classList.contains('folded'),
    onOpen(draw) { drawings.push(draw); },
  };
}
