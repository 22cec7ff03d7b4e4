import { withVisibleControls } from './words.ts';

/** A run of text that looks the same throughout. */
export interface Span {
  readonly text: string;
  readonly colour?: string;
  readonly isMono?: boolean;
  readonly isItalic?: boolean;
  readonly isStrong?: boolean;
  readonly isStruck?: boolean;
  /** Colour behind the words, and of a line under them. */
  readonly back?: string;
  readonly under?: string;
}

/** How a text is laid into its place, in CSS pixels. */
export interface TextPlace {
  width: number;
  size?: number;
  /** How much farther to the right all lines but the first begin. */
  hang?: number;
  /** What does not fit into so many lines is cut, with an ellipsis. */
  mostLines?: number;
}

/** Part of a line: where it stands and what it says. */
interface Piece { readonly span: Span; text: string; x: number; width: number }
export interface LaidText { readonly lines: readonly (readonly Piece[])[]; readonly size: number; readonly lineHeight: number; readonly height: number }

export const TEXT_SIZE = 13;
const LINE_HEIGHT = 18 / 13;
const MOST_LINES = 40;
/** No line is longer: what takes no room, as marks over a letter, must not go on without end. */
const MOST_IN_LINE = 400;
const SANS = 'Seravek, Ubuntu, Calibri, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const TOKEN = /\n|[^\S\n]+|[^\s]{1,200}/gu;
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function fontOf({ isMono = false, isItalic = false, isStrong = false }: Span, size: number): string {
  return `${isItalic ? 'italic ' : ''}${isStrong ? '600 ' : ''}${isMono ? size * 0.95 : size}px ${isMono ? MONO : SANS}`;
}

function widthOf(context: CanvasRenderingContext2D, span: Span, text: string, size: number): number {
  context.font = fontOf(span, size);
  return context.measureText(text).width;
}

/** As it is drawn, and no longer than it can be: who reads a picture reads no more. */
function shown(spans: readonly Span[], most: number): { spans: Span[]; isCut: boolean } {
  let left = most;
  let isCut = false;
  const all: Span[] = [];
  for (const span of spans) {
    if (left <= 0) { isCut ||= span.text !== ''; continue; }
    const part = span.text.length > left ? span.text.slice(0, left).replace(/[\ud800-\udbff]$/, '') : span.text;
    isCut ||= part.length < span.text.length;
    left -= part.length;
    all.push({ ...span, text: withVisibleControls(part).replaceAll('\t', '  ') });
  }
  return { spans: all, isCut };
}

/**
 * Lays a text into lines no wider than its place: broken between words, and within a word that is wider than a line. Characters
 * that hide or change direction are shown as escapes, as everywhere on the page.
 */
export function layText(context: CanvasRenderingContext2D, text: string | readonly Span[], { width, size = TEXT_SIZE, hang = 0, mostLines = MOST_LINES }: TextPlace): LaidText {
  const { spans, isCut } = shown(typeof text === 'string' ? [{ text }] : text, mostLines * MOST_IN_LINE);
  const lines: Piece[][] = [[]];
  let end = 0;
  let held = 0;
  /** Pieces that stand together: no line ends between them, if they fit into one. */
  let word: Piece[] = [];

  const begin = (): number => (lines.length === 1 ? 0 : hang);
  const newLine = (): void => {
    lines.push([]);
    end = hang;
    held = 0;
  };
  const put = (piece: Piece): void => {
    const line = lines.at(-1)!;
    const last = line.at(-1);
    // one after another in one go, so that the browser sets the words of a language in their order
    if (last?.span === piece.span) {
      last.text += piece.text;
      last.width += piece.width;
    } else line.push({ ...piece, x: end });
    end += piece.width;
    held += piece.text.length;
  };
  const putLetters = ({ span, text: whole }: Piece): void => {
    for (const { segment } of letters.segment(whole)) {
      const wide = widthOf(context, span, segment, size);
      if (held > 0 && (end + wide > width || held > MOST_IN_LINE)) newLine();
      put({ span, text: segment, x: 0, width: wide });
    }
  };
  const settle = (): void => {
    const wide = word.reduce((sum, piece) => sum + piece.width, 0);
    if (end > begin() && end + wide > width) newLine();
    if (end + wide > width) for (const piece of word) putLetters(piece);
    else for (const piece of word) put(piece);
    word = [];
  };

  for (const span of spans) {
    for (const [token] of span.text.matchAll(TOKEN)) {
      if (lines.length > mostLines + 1) break;
      const isSpace = /\s/.test(token);
      if (isSpace) settle();
      if (token === '\n') newLine();
      else {
        const piece = { span, text: token, x: 0, width: widthOf(context, span, token, size) };
        if (!isSpace) word.push(piece);
        else if (end + piece.width <= width) put(piece);
        else newLine();
      }
    }
  }
  settle();
  while (lines.at(-1)?.every((piece) => piece.text.trim() === '') === true) lines.pop();
  if (lines.length > mostLines || isCut) {
    lines.length = Math.min(lines.length, mostLines);
    const last = lines.at(-1);
    if (last !== undefined) endWithEllipsis(context, last, width, size);
  }
  const lineHeight = Math.round(size * LINE_HEIGHT);
  return { lines, size, lineHeight, height: lines.length * lineHeight };
}

function endWithEllipsis(context: CanvasRenderingContext2D, line: Piece[], width: number, size: number): void {
  for (let last = line.at(-1); last !== undefined; last = line.at(-1)) {
    const all = [...letters.segment(last.text.trimEnd())].map(({ segment }) => segment);
    for (; all.length > 0; all.pop()) {
      const text = `${all.join('')}…`;
      const wide = widthOf(context, last.span, text, size);
      if (last.x + wide > width) continue;
      Object.assign(last, { text, width: wide });
      return;
    }
    line.pop();
  }
  line.push({ span: { text: '' }, text: '…', x: 0, width: widthOf(context, { text: '' }, '…', size) });
}

/** Width of the widest line. */
export function widthOfText({ lines }: LaidText): number {
  return Math.max(0, ...lines.map((line) => (line.at(-1)?.x ?? 0) + (line.at(-1)?.width ?? 0)));
}

/** Draws a text that has been laid, its upper left corner at a place, or each line ending at `right`. */
export function paintText(context: CanvasRenderingContext2D, { lines, size, lineHeight }: LaidText, left: number, top: number, colour: string, right?: number): void {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.direction = 'ltr';
  lines.forEach((line, index) => {
    const middle = top + (index + 0.5) * lineHeight;
    const last = line.at(-1);
    const shift = right === undefined || last === undefined ? left : right - last.x - last.width;
    // in one go where it goes on from word to word: what shines through shows its seams
    for (let i = 0; i < line.length; i++) {
      const { span: { back, under }, x } = line[i]!;
      if (back === undefined && under === undefined) continue;
      while (line[i + 1]?.span.back === back && line[i + 1]?.span.under === under) i++;
      const wide = line[i]!.x + line[i]!.width - x;
      context.fillStyle = back ?? 'transparent';
      context.beginPath();
      context.roundRect(shift + x - 1, middle - lineHeight / 2 + 1, wide + 2, lineHeight - 2, 3);
      context.fill();
      context.fillStyle = under ?? 'transparent';
      context.fillRect(shift + x, middle + lineHeight / 2 - 2, wide, 1);
    }
    for (const { span, text, x, width } of line) {
      context.font = fontOf(span, size);
      context.fillStyle = span.colour ?? colour;
      context.fillText(text, shift + x, middle);
      if (span.isStruck === true) context.fillRect(shift + x, middle, width, 1);
    }
  });
}
