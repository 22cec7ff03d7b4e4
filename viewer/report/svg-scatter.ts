import { colourOf, heading, picture, roomFor, xAxis, yAxis, type Box, type Size } from './svg-frame.ts';
import { scaleOver } from './svg-scale.ts';
import { at, clipped, escaped, figure, label } from './svg-text.ts';

export interface Scatter extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** `kind` is a place among the names of kinds. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly name?: string; readonly kind?: number }[];
  /** What dots are told apart by, each kind in a colour of its own, named in the place of the note. */
  readonly kinds?: { readonly title: string; readonly names: readonly string[] };
  readonly colour?: number;
}

/** Width of a letter of a name. */
const LETTER = 7;

/** A dot for each pair of values; pairs that lack one are left out. */
export function scatter({ title, note = '', xTitle = '', yTitle = '', points, kinds, colour = 0, width = 350, height = 260 }: Scatter): string {
  const shown = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const bottom = height - (xTitle === '' ? 24 : 40);
  const top = (note === '' && kinds === undefined ? 30 : 46) + (yTitle === '' ? 0 : 12);
  const y = scaleOver(shown.map((point) => point.y), { from: bottom, to: top, zero: true });
  const box: Box = { left: roomFor(y.ticks.map(figure)), top, right: width - 12, bottom };
  const x = scaleOver(shown.map((point) => point.x), { from: box.left, to: box.right, ticks: 4 });
  const dots = shown.map((point) => `<circle cx="${at(x.place(point.x))}" cy="${at(y.place(point.y))}" r="3.2" class="dot ${colourOf(point.kind ?? colour)}">${
    point.name === undefined ? '' : `<title>${escaped(point.name)}</title>`}</circle>`);
  return picture({ width, height }, title, [heading(title, note, width), kinds === undefined ? '' : key(kinds, width), yAxis(box, y, yTitle), xAxis(box, x, xTitle), ...dots]);
}

/** The kinds by name, each in its colour, as far as there is room. */
function key({ title, names }: NonNullable<Scatter['kinds']>, width: number): string {
  const most = Math.max(4, Math.floor(width / LETTER / (names.length + 1)) - 2);
  const all = [clipped(title, most + 6), ...names.map((name) => clipped(name, most))];
  let x = 0;
  return all.map((word, i) => {
    const place = x;
    x += (word.length + 2) * LETTER;
    return label(place, 29, word, i === 0 ? {} : { kind: `name ${colourOf(i - 1)}` });
  }).join('');
}
