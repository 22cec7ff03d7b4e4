import type { PictureCell, PicturePart, PictureRow } from './panel-picture.ts';
import { TEXT_SIZE, type Span } from './picture-text.ts';

/** Attribute of a bar: how full it is, from 0 to 1; its colour is the style's `--score`. */
export const SHARE = 'data-share';

const SKIPPED = '[hidden], .unseen, input, select, canvas, svg, [popover]';
const NO_COLOUR = 'rgba(0, 0, 0, 0)';
/** Room between what stands in the element itself, one under another. */
const SPACE = 8;
/** A list may go on for long; its beginning is what one looks at. */
const MOST_ROWS = 40;

interface Paragraph { spans: Span[]; left: number; hang: number; size: number; bar?: string; back?: string; space: number }

function isSkipped(node: Element): boolean {
  // buttons are to be pressed; those of a list are what it lists
  return node.matches(SKIPPED) || (node instanceof HTMLButtonElement && node.closest('li') === null) || getComputedStyle(node).display === 'none';
}

function childrenOf(node: Element): Node[] {
  const isShut = node instanceof HTMLDetailsElement && !node.open;
  return [...node.childNodes].filter((child) => (child instanceof Element ? !isSkipped(child) && (!isShut || child.localName === 'summary') : child instanceof Text && !isShut));
}

function elementsOf(node: Element): Element[] {
  return childrenOf(node).filter((child) => child instanceof Element);
}

/** What a row of a list is laid out in, where it is laid out in columns. */
function gridOf(row: Element): Element | null {
  if (getComputedStyle(row).display === 'grid') return row;
  const [only, ...others] = elementsOf(row);
  return only !== undefined && others.length === 0 && getComputedStyle(only).display === 'grid' ? only : null;
}

function spanOf(text: string, parent: Element, top: Element): Span {
  const style = getComputedStyle(parent);
  const inline = parent.closest('ins');
  const { backgroundColor: back, borderBottomColor: under } = inline === null || !top.contains(inline) ? { backgroundColor: NO_COLOUR, borderBottomColor: NO_COLOUR } : getComputedStyle(inline);
  return {
    text, colour: style.color, isMono: style.fontFamily.includes('mono'), isItalic: style.fontStyle === 'italic', isStrong: Number(style.fontWeight) >= 600,
    ...back === NO_COLOUR ? {} : { back }, ...under === NO_COLOUR ? {} : { under },
  };
}

/** Words of an element and of all in it, in a row. */
function spansOf(node: Element, top: Element): Span[] {
  return childrenOf(node).flatMap((child) => inlineSpans(child, top));
}

function inlineSpans(node: Node, top: Element): Span[] {
  if (node instanceof Text) {
    const parent = node.parentElement!;
    const text = getComputedStyle(parent).whiteSpace.startsWith('pre') ? node.data : node.data.replace(/[ \t\n]+/g, ' ');
    return text === '' ? [] : [spanOf(text, parent, top)];
  }
  if (!(node instanceof HTMLElement)) return [];
  const was = node.localName === 'del' ? node.dataset['was'] : undefined;
  if (was !== undefined) return [{ ...spanOf(was, node, top), colour: getComputedStyle(node, '::before').color, isStruck: true }, spanOf(' ', node, top)];
  const { backgroundColor } = getComputedStyle(node);
  if (node.childNodes.length === 0) return backgroundColor === NO_COLOUR || node.hasAttribute(SHARE) ? [] : [{ text: '● ', colour: backgroundColor }];
  return spansOf(node, top);
}

function cellOf(node: Element): PictureCell {
  const { textAlign, color } = getComputedStyle(node);
  const bar = node.matches(`[${SHARE}]`) ? node : node.querySelector(`[${SHARE}]:not([hidden])`);
  const share = Number(bar?.getAttribute(SHARE) ?? NaN);
  return {
    text: childrenOf(node).length === 0 && node.hasAttribute('aria-label') ? [{ text: node.getAttribute('aria-label')!, colour: color }] : inlineSpans(node, node),
    isRight: textAlign === 'right' || textAlign === 'end',
    ...bar === null || Number.isNaN(share) ? {} : { gauge: { share, colour: getComputedStyle(bar).getPropertyValue('--score') } },
  };
}

function tableRows(table: HTMLTableElement): PictureRow[] {
  return [...table.rows].filter((row) => !isSkipped(row)).map((row) => ({
    cells: elementsOf(row).map(cellOf), isHead: row.closest('thead') !== null, isRuled: row.classList.contains('sum'),
  }));
}

/**
 * What an element of the page says, as it is shown just now, as parts of a picture: its words in their colours, a line of the page
 * a paragraph of the picture; lists and tables that have columns as tables. What is folded away is left out, as on the page.
 */
export function saidBy(root: HTMLElement): PicturePart[] {
  if (root.hidden) return [];
  const parts: PicturePart[] = [];
  const fontPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const scale = TEXT_SIZE / fontPx;
  const edge = root.getBoundingClientRect().left + Number.parseFloat(getComputedStyle(root).paddingLeft);
  let space = SPACE;
  let open: Paragraph | null = null;

  const close = (): void => {
    const spans = open?.spans ?? [];
    if (open !== null && spans.some(({ text }) => text.trim() !== '')) {
      const { left, hang, size, bar, back } = open;
      parts.push({ kind: 'text', text: trimmed(spans), left, hang, size, space: open.space, ...bar === undefined ? {} : { bar }, ...back === undefined ? {} : { back } });
      space = 0;
    }
    open = null;
  };
  const begin = (block: Element): void => {
    close();
    const style = getComputedStyle(block);
    const [inset, indent] = [style.paddingLeft, style.textIndent].map(Number.parseFloat) as [number, number];
    const border = Number.parseFloat(style.borderLeftWidth);
    const first = (block.getBoundingClientRect().left + border + inset + indent - edge) * scale;
    open = {
      spans: [], left: Math.max(0, first), hang: Math.max(0, -indent * scale), size: Number.parseFloat(style.fontSize) * scale / (style.fontFamily.includes('mono') ? 0.95 : 1), space,
      ...border > 0 && style.borderLeftColor !== NO_COLOUR ? { bar: style.borderLeftColor } : {}, ...style.backgroundColor !== NO_COLOUR ? { back: style.backgroundColor } : {},
    };
  };
  const table = (rows: PictureRow[]): void => {
    close();
    if (rows.length > 0) parts.push({ kind: 'table', rows, space });
    space = 0;
  };
  const visit = (block: Element): void => {
    if (block instanceof HTMLTableElement) {
      table(tableRows(block));
      return;
    }
    const rows = block.matches('ol, ul, dl') ? elementsOf(block).map(gridOf) : [];
    if (rows.length > 0 && rows.every((row) => row !== null)) {
      table(rows.slice(0, MOST_ROWS).map((row) => ({ cells: elementsOf(row).map(cellOf) })));
      if (rows.length > MOST_ROWS) parts.push({ kind: 'text', text: `… and ${rows.length - MOST_ROWS} more` });
      return;
    }
    begin(block);
    const { display, flexDirection } = getComputedStyle(block);
    const isRow = display === 'flex' && flexDirection === 'row';
    for (const child of childrenOf(block)) {
      if (block === root) space = SPACE;
      const isBlock = child instanceof Element && !getComputedStyle(child).display.startsWith('inline') && !isRow && child.localName !== 'del';
      if (isBlock) {
        visit(child);
        open = null;
      } else {
        if (open === null) begin(block);
        open!.spans.push(...inlineSpans(child, root));
      }
    }
    close();
  };
  visit(root);
  return parts;
}

/** Without the room before the first word and after the last. */
function trimmed(spans: readonly Span[]): Span[] {
  const all = spans.map((span) => ({ ...span }));
  for (let first = all[0]; first !== undefined && first.text.trim() === ''; first = all[0]) all.shift();
  for (let last = all.at(-1); last !== undefined && last.text.trim() === ''; last = all.at(-1)) all.pop();
  if (all.length > 0) {
    all[0]!.text = all[0]!.text.trimStart();
    all.at(-1)!.text = all.at(-1)!.text.trimEnd();
  }
  return all;
}
