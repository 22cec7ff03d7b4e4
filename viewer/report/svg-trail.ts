import { heading, picture, roomFor, xAxis, yAxis, type Box, type Size } from './svg-frame.ts';
import { scaleOver } from './svg-scale.ts';
import { at, escaped, figure, label } from './svg-text.ts';

export interface Trail extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** One after the other, each named for the pointer; those that lack a value are left out. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly name: string }[];
}

/** Room around the data, so that the names of both ends have some. */
const MARGIN = 20;
/** Names nearer to each other than this would touch. */
const [NEAR_ACROSS, NEAR_UP] = [90, 16];

/** Two quantities against each other on their way: a line from point to point, the later the stronger, both ends named. */
export function trail({ title, note = '', xTitle = '', yTitle = '', points, width = 350, height = 260 }: Trail): string {
  const shown = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const bottom = height - (xTitle === '' ? 24 : 40);
  const top = (note === '' ? 26 : 42) + (yTitle === '' ? 0 : 12);
  const y = scaleOver(shown.map((point) => point.y), { from: bottom - MARGIN, to: top + MARGIN, ticks: 4 });
  const box: Box = { left: roomFor(y.ticks.map(figure)), top, right: width - 12, bottom };
  const x = scaleOver(shown.map((point) => point.x), { from: box.left + MARGIN, to: box.right - MARGIN, ticks: 4 });
  const line = shown.map((point, i) => `${i === 0 ? 'M' : 'L'}${at(x.place(point.x))} ${at(y.place(point.y))}`).join('');
  const dots = shown.map((point, i) => {
    const share = Math.round((100 * (i + 1)) / shown.length);
    return `<circle cx="${at(x.place(point.x))}" cy="${at(y.place(point.y))}" r="${i === 0 || i === shown.length - 1 ? 4 : 2.6}" style="fill:color-mix(in oklab,var(--c0) ${share}%,var(--empty))"><title>${
      escaped(`${point.name}: ${figure(point.x)}, ${figure(point.y)}`)}</title></circle>`;
  });
  const end = (point: Trail['points'][number], below: number): string => (
    label(x.place(point.x), y.place(point.y) + below, point.name, { kind: 'halo', anchor: x.place(point.x) > (box.left + box.right) / 2 ? 'end' : 'start' }));
  const [first, last] = [shown[0], shown.at(-1)];
  const touch = first !== undefined && last !== undefined && Math.abs(x.place(first.x) - x.place(last.x)) < NEAR_ACROSS && Math.abs(y.place(first.y) - y.place(last.y)) < NEAR_UP;
  return picture({ width, height }, title, [
    heading(title, note, width), yAxis(box, y, yTitle), xAxis(box, x, xTitle), line === '' ? '' : `<path d="${line}" class="axis"/>`, ...dots,
    first === undefined || first === last ? '' : end(first, touch ? 16 : -9), last === undefined ? '' : end(last, -9),
  ]);
}
