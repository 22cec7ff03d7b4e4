/** Small helpers to build the page's elements. Text always goes in as text; there is no way to pass markup. */

type Child = Node | string;
type Attributes = Record<string, string | number | boolean | undefined>;

/** Builds an element; attributes that are `undefined` or `false` are left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    node.setAttribute(key, value === true ? '' : String(value));
  }
  node.append(...children);
  return node;
}

/** The element of the page with this id; its absence is a mistake in index.html. */
export function byId<T extends Element>(id: string, kind: new () => T): T {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new Error(`The page has no ${kind.name} with the id "${id}".`);
  return node;
}

/** Sets text only where it changes, so that a screen reader and the layout stay at rest. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows a text, or hides the element when there is none. */
export function showText(node: HTMLElement, text: string): void {
  node.hidden = text === '';
  setText(node, text);
}

const SVG = 'http://www.w3.org/2000/svg';

/** A filled 16 x 16 drawing from one path. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}
