import { element } from './dom.ts';

/**
 * Parts that a reader opens and closes, and that stay as they were when what is in them is built again. Names are
 * forgotten by their beginning.
 */
export class Folds {
  readonly #open = new Set<string>();

  fold(name: string, summary: (Node | string)[], ...inside: (Node | string)[]): HTMLDetailsElement {
    const details = element('details', { class: 'fold', 'data-fold': name, open: this.#open.has(name) }, element('summary', {}, ...summary), ...inside);
    details.addEventListener('toggle', () => {
      if (details.open) this.#open.add(name);
      else this.#open.delete(name);
    });
    return details;
  }

  forget(beginning: string): void {
    for (const name of this.#open) if (name.startsWith(beginning)) this.#open.delete(name);
  }
}

/** A piece that is built again only when what it shows is other, so that focus, selection and scrolling outlive the news. */
export class Piece {
  readonly node: HTMLElement;
  #shown: unknown = undefined;

  constructor(attributes: Record<string, string> = {}) {
    this.node = element('div', { ...attributes, hidden: true });
  }

  /** Shows what `build` makes of a value that is plain data; nothing when it makes nothing. */
  show<T>(value: T, build: (value: T) => (Node | string)[]): void {
    const key = JSON.stringify(value);
    if (key === this.#shown) return;
    this.#shown = key;
    const nodes = build(value);
    this.node.hidden = nodes.length === 0;
    this.node.replaceChildren(...nodes);
  }
}
