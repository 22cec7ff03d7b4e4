import { layText, paintText, widthOfText, type LaidText, type Span } from './picture-text.ts';
import type { Theme } from './theme.ts';

/** A cell of a table: words, and under them a bar that is so full, from 0 to 1. */
export interface PictureCell { text: readonly Span[]; isRight?: boolean; gauge?: { share: number; colour: string } }
export interface PictureRow { cells: readonly PictureCell[]; isHead?: boolean; isRuled?: boolean }

/** One thing under another in a panel's picture, in CSS pixels. */
export type PicturePart =
  | {
    kind: 'text'; text: string | readonly Span[]; colour?: string; size?: number; mostLines?: number;
    /** Room before it, how far in it begins, and how much farther its other lines do. */
    space?: number; left?: number; hang?: number;
    /** Colours of a stroke at its left, and behind it. */
    bar?: string; back?: string;
  }
  | { kind: 'table'; rows: readonly PictureRow[]; space?: number }
  | { kind: 'drawing'; height: number; paint(context: CanvasRenderingContext2D, width: number, height: number): void };

/** `mark`: colour of a dot before the title. */
export interface PictureContent { title: string; figures: string; parts: readonly PicturePart[]; mark?: string }

/** So much of a picture's width is left free, at both sides together. */
export const PICTURE_EDGES = 40;
const SCALE = 2;
const MARGIN = PICTURE_EDGES / 2;
const GAP = 8;
const COLUMN_GAP = 14;
const ROW_GAP = 4;
const LEAST_COLUMN = 60;
const MOST_CELL_LINES = 6;
/** A browser makes no canvas that is much higher. */
const MOST_HEIGHT = 6000;

interface Laid { height: number; paint(top: number): void }

/** Widths of a table's columns: as their words need them, and where that is too much the widest give way. */
function columnWidths(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) + COLUMN_GAP * (widths.length - 1) - room;
  while (over > 0.5) {
    const widest = widths.indexOf(Math.max(...widths));
    const next = Math.max(LEAST_COLUMN, ...widths.filter((_, i) => i !== widest));
    const less = Math.min(over, widths[widest]! - Math.min(next, widths[widest]! - 1));
    if (widths[widest]! - less < LEAST_COLUMN) break;
    widths[widest]! -= less;
    over -= less;
  }
  return widths;
}

function layTable(context: CanvasRenderingContext2D, { rows, space = 0 }: Extract<PicturePart, { kind: 'table' }>, theme: Theme, inner: number): Laid {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const natural = Array.from({ length: columns }, (_, column) => Math.max(1, ...rows.map(({ cells }) => {
    const cell = cells[column];
    return cell === undefined ? 0 : Math.ceil(widthOfText(layText(context, cell.text, { width: 4000, mostLines: 1 }))) + 1;
  })));
  const isGauged = Array.from({ length: columns }, (_, column) => rows.some(({ cells }) => cells[column]?.gauge !== undefined));
  isGauged.forEach((has, column) => { if (has) natural[column] = Math.max(natural[column]!, 120); });
  const widths = columnWidths(natural, inner);
  // what is over goes to the columns of words, so that figures stand at the right end
  const over = inner - widths.reduce((sum, width) => sum + width, 0) - COLUMN_GAP * (columns - 1);
  const grows = isGauged.includes(true) ? isGauged.indexOf(true) : widths.indexOf(Math.max(...widths));
  if (over > 0 && columns > 0) widths[grows]! += over;
  const lefts = widths.map((_, column) => widths.slice(0, column).reduce((sum, width) => sum + width + COLUMN_GAP, 0));
  const laid = rows.map(({ cells, isHead = false, isRuled = false }) => {
    const texts = cells.map(({ text }, column) => layText(context, text, { width: widths[column]!, mostLines: MOST_CELL_LINES }));
    const gauges = cells.some(({ gauge, text }) => gauge !== undefined && text.length > 0) ? 6 : 0;
    return { cells, texts, isHead, isRuled, gauges, height: Math.max(0, ...texts.map(({ height }) => height)) + gauges + ROW_GAP };
  });
  return {
    height: space + laid.reduce((sum, { height }) => sum + height, 0) + ROW_GAP,
    paint(from) {
      let top = from + space;
      for (const { cells, texts, isHead, isRuled, gauges, height } of laid) {
        cells.forEach(({ isRight = false, gauge }, column) => {
          const left = MARGIN + lefts[column]!;
          paintText(context, texts[column]!, left, top + ROW_GAP / 2, theme.ink, isRight ? left + widths[column]! : undefined);
          if (gauge === undefined) return;
          const middle = gauges > 0 ? top + height - ROW_GAP / 2 - 4 : top + height / 2 - 2;
          context.fillStyle = theme.line;
          context.fillRect(left, middle, widths[column]!, 4);
          context.fillStyle = gauge.colour;
          context.fillRect(left, middle, widths[column]! * Math.min(1, Math.max(0, gauge.share)), 4);
        });
        context.fillStyle = theme.line;
        if (isRuled) context.fillRect(MARGIN, top, inner, 1);
        top += height;
        if (isHead) context.fillRect(MARGIN, top - 1, inner, 1);
      }
    },
  };
}

function layPart(context: CanvasRenderingContext2D, part: PicturePart, theme: Theme, inner: number): Laid {
  if (part.kind === 'drawing') {
    return {
      height: part.height + GAP,
      paint(top) {
        context.translate(MARGIN, top + GAP / 2);
        part.paint(context, inner, part.height);
      },
    };
  }
  if (part.kind === 'table') return layTable(context, part, theme, inner);
  const { space = 0, left = 0, hang = 0, bar, back } = part;
  const begin = Math.min(left, inner / 2);
  const text: LaidText = layText(context, part.text, { width: inner - begin, hang, ...part.size === undefined ? {} : { size: part.size }, ...part.mostLines === undefined ? {} : { mostLines: part.mostLines } });
  return {
    height: space + text.height,
    paint(top) {
      if (back !== undefined) {
        context.fillStyle = back;
        context.fillRect(MARGIN / 2, top + space, inner + MARGIN, text.height);
      }
      if (bar !== undefined) {
        context.fillStyle = bar;
        context.fillRect(back === undefined ? MARGIN + begin - 11 : MARGIN / 2, top + space, 3, text.height);
      }
      paintText(context, text, MARGIN + begin, top + space, part.colour ?? theme.dim);
    },
  };
}

/**
 * A panel as a picture that stands alone: title, figures, drawings, tables and words, twice as fine as the page. Words are broken
 * into lines, and none stands beyond the picture's edges.
 */
export function paintPanel({ title, figures, parts, mark }: PictureContent, theme: Theme, width: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas to draw a picture on.');
  const inner = width - PICTURE_EDGES;
  const dot: Span[] = mark === undefined ? [] : [{ text: '● ', colour: mark }];
  const head: PicturePart[] = [
    { kind: 'text', text: [...dot, { text: title, isStrong: true }], colour: theme.ink }, ...(figures === '' ? [] : [{ kind: 'text' as const, text: figures }]),
  ];
  const laid: Laid[] = [];
  let height = 2 * MARGIN;
  for (const part of [...head, ...parts]) {
    const next = layPart(context, part, theme, inner);
    if (height + next.height > MOST_HEIGHT) {
      const rest = layPart(context, { kind: 'text', text: '… and more than a picture holds.', space: GAP }, theme, inner);
      laid.push(rest);
      height += rest.height;
      break;
    }
    laid.push(next);
    height += next.height;
  }
  canvas.width = Math.round(width * SCALE);
  canvas.height = Math.round(height * SCALE);
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height);
  let top = MARGIN;
  for (const { height: high, paint } of laid) {
    context.save();
    context.beginPath();
    // letters with much above and below them stay with their own
    context.rect(0, top - 1, width, high + 2);
    context.clip();
    paint(top);
    context.restore();
    top += high;
  }
  return canvas;
}
