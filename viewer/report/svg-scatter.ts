import { colourOf, heading, picture, roomFor, xAxis, yAxis, type Box, type Size } from './svg-frame.ts';
import { scaleOver } from './svg-scale.ts';
import { at, escaped, figure } from './svg-text.ts';

export interface Scatter extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly xTitle?: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly name?: string }[];
  readonly colour?: number;
}

/** A dot for each pair of values; pairs that lack one are left out. */
export function scatter({ title, note = '', xTitle = '', points, colour = 0, width = 350, height = 260 }: Scatter): string {
  const shown = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const bottom = height - (xTitle === '' ? 24 : 40);
  const top = note === '' ? 30 : 46;
  const y = scaleOver(shown.map((point) => point.y), { from: bottom, to: top, zero: true });
  const box: Box = { left: roomFor(y.ticks.map(figure)), top, right: width - 12, bottom };
  const x = scaleOver(shown.map((point) => point.x), { from: box.left, to: box.right, ticks: 4 });
  const dots = shown.map((point) => `<circle cx="${at(x.place(point.x))}" cy="${at(y.place(point.y))}" r="3.2" class="dot ${colourOf(colour)}">${
    point.name === undefined ? '' : `<title>${escaped(point.name)}</title>`}</circle>`);
  return picture({ width, height }, title, [heading(title, note), yAxis(box, y), xAxis(box, x, xTitle), ...dots]);
}
