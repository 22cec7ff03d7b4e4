import type { Theme } from './theme.ts';

/** One thing under another in a panel's picture, in CSS pixels. */
export type PicturePart =
  | { kind: 'text'; text: string; colour?: string }
  | { kind: 'drawing'; height: number; paint(context: CanvasRenderingContext2D, width: number, height: number): void };

export interface PictureContent { title: string; figures: string; parts: readonly PicturePart[] }

const SCALE = 2;
const MARGIN = 20;
const LINE = 18;
const GAP = 8;
const FONT = '13px Seravek, Ubuntu, Calibri, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';

function wrap(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** A panel as a picture that stands alone: title, figures, drawings and words, twice as fine as the page. */
export function paintPanel({ title, figures, parts }: PictureContent, theme: Theme, width: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas to draw a picture on.');
  const inner = width - 2 * MARGIN;
  context.font = FONT;
  const texts: PicturePart[] = [{ kind: 'text', text: title, colour: theme.ink }, ...(figures === '' ? [] : [{ kind: 'text' as const, text: figures }])];
  const laid = [...texts, ...parts].map((part) => part.kind === 'text'
    ? { part, lines: wrap(context, part.text, inner), height: 0 } : { part, lines: [], height: part.height + GAP });
  for (const each of laid) if (each.part.kind === 'text') each.height = each.lines.length * LINE;
  const height = 2 * MARGIN + laid.reduce((sum, each) => sum + each.height, 0);
  canvas.width = Math.round(width * SCALE);
  canvas.height = Math.round(height * SCALE);
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height);
  let top = MARGIN;
  laid.forEach(({ part, lines, height: high }, index) => {
    if (part.kind === 'drawing') {
      context.save();
      context.translate(MARGIN, top + GAP / 2);
      part.paint(context, inner, part.height);
      context.restore();
    } else {
      context.font = index === 0 ? `600 ${FONT}` : FONT;
      context.fillStyle = part.colour ?? theme.dim;
      context.textBaseline = 'middle';
      lines.forEach((line, i) => context.fillText(line, MARGIN, top + (i + 0.5) * LINE));
    }
    top += high;
  });
  return canvas;
}
