import { colourOf, heading, picture, roomFor, xAxis, yAxis, type Box, type Size } from './svg-frame.ts';
import { scaleOver } from './svg-scale.ts';
import { at, clipped, figure, label } from './svg-text.ts';

export interface LineSeries {
  readonly name: string;
  /** By rising x; what is not finite leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Around the line: x, lower, upper. */
  readonly band?: readonly (readonly [x: number, lower: number, upper: number])[];
  readonly dashed?: boolean;
  /** Which of the colours; its place in the list when not given. */
  readonly colour?: number;
}

export interface LineChart extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly series: readonly LineSeries[];
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** The axis begins at 0. */
  readonly zero?: boolean;
  /** Both ends of the x axis, where charts are to be compared. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
}

/** Lines over a common axis, each named at its end; several have their bands behind all lines. */
export function lineChart({ title, note = '', series, xTitle = '', yTitle = '', zero = true, xRange, yRange, width = 544, height = 260 }: LineChart): string {
  const named = series.length > 1;
  const top = (note === '' ? 26 : 42) + (yTitle === '' ? 0 : 12);
  const bottom = height - (xTitle === '' ? 24 : 40);
  const ys = [...series.flatMap(({ points, band = [] }) => [...points.map(([, y]) => y), ...band.flatMap(([, low, high]) => [low, high])]), ...yRange ?? []];
  const y = scaleOver(ys, { from: bottom, to: top, ticks: height < 200 ? 3 : 5, zero });
  const right = width - (named ? Math.min(174, 4 + roomFor(series.map(({ name }) => clipped(name, 24)), 40)) : 12);
  const box: Box = { left: roomFor(y.ticks.map(figure)), top, right, bottom };
  const x = scaleOver([...series.flatMap(({ points }) => points.map(([at]) => at)), ...xRange ?? []], { from: box.left, to: box.right, ticks: Math.max(2, Math.floor((box.right - box.left) / 90)), round: false });
  const colour = (one: LineSeries, i: number): string => colourOf(one.colour ?? i);
  const bands = series.map((one, i) => (one.band === undefined || one.band.length < 2 ? '' : `<path d="M${[
    ...one.band.map(([at_, , high]) => `${at(x.place(at_))} ${at(y.place(high))}`),
    ...[...one.band].reverse().map(([at_, low]) => `${at(x.place(at_))} ${at(y.place(low))}`),
  ].join('L')}Z" class="band ${colour(one, i)}"/>`));
  const lines = series.map((one, i) => `<path d="${lineOf(one, x.place, y.place)}" class="line ${colour(one, i)}${one.dashed === true ? ' dashed' : ''}"/>`);
  return picture({ width, height }, `${title}: ${series.map(({ name }) => name).join(', ')}`, [
    heading(title, note, width), yAxis(box, y, yTitle), ...bands, ...lines, xAxis(box, x, xTitle), named ? namesAtEnds(series, y.place, box) : '',
  ]);
}

function lineOf({ points }: LineSeries, x: (value: number) => number, y: (value: number) => number): string {
  let path = '';
  let joined = false;
  for (const [across, up] of points) {
    const there = Number.isFinite(up);
    if (there) path += `${joined ? 'L' : 'M'}${at(x(across))} ${at(y(up))}${joined ? '' : 'h0'}`;
    joined = there;
  }
  return path;
}

/** Names beside the last point of each line, moved apart where they would lie on each other. */
function namesAtEnds(series: readonly LineSeries[], y: (value: number) => number, { right, top, bottom }: Box): string {
  const gap = 14;
  const ends = series.map(({ name, points, colour }, i) => ({ name, colour: colourOf(colour ?? i), wish: y(points.findLast(([, up]) => Number.isFinite(up))?.[1] ?? 0) }))
    .sort((a, b) => a.wish - b.wish);
  let least = top;
  const places = ends.map(({ wish }) => (least = Math.max(least, wish)) + 0 * (least += gap));
  for (let i = places.length - 1, most = bottom; i >= 0; i--, most -= gap) places[i] = Math.min(places[i]!, most);
  return ends.map(({ name, colour }, i) => label(right + 8, places[i]! + 4, clipped(name, 24), { kind: `name ${colour}` })).join('');
}
