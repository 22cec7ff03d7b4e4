import { colourOf, heading, picture, roomFor, xAxis, yAxis, type Box, type Size } from './svg-frame.ts';
import { scaleOver } from './svg-scale.ts';
import { at, clipped, label } from './svg-text.ts';

export interface Stack extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** Where along the x axis the values stand, rising. */
  readonly xs: readonly number[];
  /** Layers from the lowest up, a value at each x; the last colour is for what is left over. */
  readonly layers: readonly { readonly name: string; readonly values: readonly number[]; readonly rest?: boolean }[];
}

/** Layers upon each other, each named where it is thickest: who made up how much of a whole over time. */
export function stack({ title, note = '', xTitle = '', yTitle = '', xs, layers, width = 544, height = 260 }: Stack): string {
  const top = (note === '' ? 26 : 42) + (yTitle === '' ? 0 : 12);
  const bottom = height - (xTitle === '' ? 24 : 40);
  const sums = xs.map((_, i) => layers.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const y = scaleOver([0, ...sums], { from: bottom, to: top, ticks: height < 200 ? 3 : 5, zero: true });
  const box: Box = { left: roomFor(y.ticks.map(String)), top, right: width - 12, bottom };
  const x = scaleOver(xs, { from: box.left, to: box.right, ticks: Math.max(2, Math.floor((box.right - box.left) / 90)), round: false });
  const below = xs.map(() => 0);
  const areas: string[] = [];
  const names: string[] = [];
  layers.forEach(({ name, values, rest = false }, i) => {
    const low = xs.map((along, k) => `${at(x.place(along))} ${at(y.place(below[k]!))}`);
    let thickest = 0;
    values.forEach((value, k) => {
      below[k]! += value;
      // a name needs room to both sides
      if (k > xs.length * 0.16 && k < xs.length * 0.86 && value > (values[thickest] ?? 0)) thickest = k;
    });
    const high = xs.map((along, k) => `${at(x.place(along))} ${at(y.place(below[k]!))}`);
    areas.push(`<path d="M${[...high, ...low.reverse()].join('L')}Z" class="layer ${rest ? 'c7' : colourOf(i % 7)}"/>`);
    const room = y.place(below[thickest]! - (values[thickest] ?? 0)) - y.place(below[thickest]!);
    if (room > 15) names.push(label(x.place(xs[thickest]!), y.place(below[thickest]! - (values[thickest] ?? 0) / 2) + 4, clipped(name, 22), { anchor: 'middle', kind: 'on-layer' }));
  });
  return picture({ width, height }, `${title}: ${layers.map(({ name }) => name).join(', ')}`, [heading(title, note, width), ...areas, ...names, yAxis(box, y, yTitle), xAxis(box, x, xTitle)]);
}
