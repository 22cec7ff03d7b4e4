import { heading, picture, roomFor, xTitle as titleBelow, type Size } from './svg-frame.ts';
import { at, clipped, escaped, figure, label } from './svg-text.ts';

export interface HeatMap extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
  readonly columns: readonly string[];
  /** From the lowest up. */
  readonly rows: readonly string[];
  /** By row, then column; null where there is nothing. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Value of the palest and of the strongest cell; the least and the greatest when not given. */
  readonly range?: readonly [number, number];
}

const CELL_HEIGHT = 34;
/** A cell narrower than this has no figure in it. */
const FIGURE_WIDTH = 40;

/** A cell for each pair: the stronger the colour the greater the value, which is written in it where there is room. */
export function heatMap({ title, note = '', xTitle = '', yTitle = '', columns, rows, values, range, width = 420, height }: HeatMap): string {
  const top = (note === '' ? 24 : 40) + (yTitle === '' ? 0 : 16);
  const tall = height ?? top + rows.length * CELL_HEIGHT + (xTitle === '' ? 26 : 42);
  const bottom = tall - (xTitle === '' ? 26 : 42);
  const left = roomFor(rows.map((row) => clipped(row, 18)));
  const wide = (width - left) / Math.max(1, columns.length);
  const high = (bottom - top) / Math.max(1, rows.length);
  const given = values.flat().filter((value): value is number => value !== null && Number.isFinite(value));
  const [least, most] = range ?? [Math.min(...given), Math.max(...given)];
  const parts: string[] = [];
  rows.forEach((row, r) => {
    const y = bottom - (r + 1) * high;
    parts.push(label(left - 6, y + high / 2 + 4, clipped(row, 18), { anchor: 'end' }));
    columns.forEach((column, c) => {
      const value = values[r]?.[c] ?? null;
      const share = value === null || !Number.isFinite(value) ? null : most > least ? Math.max(0, Math.min(1, (value - least) / (most - least))) : 0.5;
      const cell = `x="${at(left + c * wide + 0.5)}" y="${at(y + 0.5)}" width="${at(wide - 1)}" height="${at(high - 1)}"`;
      const told = `<title>${escaped(`${column}, ${row}: ${figure(value)}`)}</title>`;
      parts.push(share === null ? `<rect ${cell} class="empty">${told}</rect>`
        : `<rect ${cell} style="fill:color-mix(in oklab,var(--heat-high) ${Math.round(share * 100)}%,var(--heat-low))">${told}</rect>`);
      if (share !== null && wide >= FIGURE_WIDTH && high >= 14) parts.push(label(left + (c + 0.5) * wide, y + high / 2 + 4, figure(value), { anchor: 'middle', kind: share > 0.5 ? 'on-high' : 'on-low' }));
    });
  });
  columns.forEach((column, c) => parts.push(label(left + (c + 0.5) * wide, bottom + 16, clipped(column, Math.max(4, Math.floor(wide / 7))), { anchor: 'middle' })));
  return picture({ width, height: tall }, title, [
    heading(title, note, width), yTitle === '' ? '' : label(0, top - 7, `${yTitle} ↑`), ...parts, titleBelow({ left, right: width, bottom }, xTitle),
  ]);
}
