import { colourOf, heading, picture, roomFor, xTitle as titleBelow, yAxis, type Box, type Size } from './svg-frame.ts';
import { scaleOver } from './svg-scale.ts';
import { at, clipped, figure, label } from './svg-text.ts';

export interface IntervalGroup {
  readonly name: string;
  /** Single replicates, shown as small dots. */
  readonly values: readonly number[];
  readonly estimate: number;
  /** Null where there is no interval. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Stands out: told apart from the first. */
  readonly marked?: boolean;
}

export interface IntervalPlot extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly xTitle?: string;
  readonly groups: readonly IntervalGroup[];
  /** Which of the colours. */
  readonly colour?: number;
}

/** Groups side by side: the mean with its interval, each replicate a small dot beside it, a star over those that differ. */
export function intervalPlot({ title, note = '', xTitle = '', groups, colour = 0, width = 350, height = 260 }: IntervalPlot): string {
  const top = (note === '' ? 26 : 42) + 10;
  const bottom = height - (xTitle === '' ? 24 : 40);
  const y = scaleOver(groups.flatMap(({ values, estimate, lower, upper }) => [...values, estimate, lower ?? NaN, upper ?? NaN]), { from: bottom, to: top, zero: true });
  const box: Box = { left: roomFor(y.ticks.map(figure)), top, right: width - 8, bottom };
  const room = (box.right - box.left) / Math.max(1, groups.length);
  const letters = Math.max(3, Math.floor(room / 7));
  const parts = groups.map(({ name, values, estimate, lower, upper, marked }, i) => {
    const x = box.left + (i + 0.5) * room;
    const aside = Math.min(12, room * 0.16);
    // dots lie side by side in the order they came, so that none hides another, beside the mean and not on it
    const spread = Math.min(room * 0.34, values.length * 5);
    const dots = values.map((value, nth) => (Number.isFinite(value)
      ? `<circle cx="${at(x + aside + (values.length < 2 ? 0 : (nth / (values.length - 1) - 0.2) * spread))}" cy="${at(y.place(value))}" r="2.6" class="dot ${colourOf(colour)}"/>` : '')).join('');
    const reach = lower === null || upper === null ? '' : `<path d="M${at(x - aside)} ${at(y.place(lower))}V${at(y.place(upper))}" class="reach ${colourOf(colour)}"/>`;
    const middle = Number.isFinite(estimate) ? `<circle cx="${at(x - aside)}" cy="${at(y.place(estimate))}" r="4.2" class="fill ${colourOf(colour)}"/>` : '';
    const highest = Math.max(...[estimate, upper ?? NaN, ...values].filter(Number.isFinite));
    const star = marked === true && Number.isFinite(highest) ? label(x, y.place(highest) - 8, '★', { anchor: 'middle', kind: 'star' }) : '';
    return dots + reach + middle + star + label(x, bottom + 17, clipped(name, letters), { anchor: 'middle' });
  });
  return picture({ width, height }, `${title}: ${groups.map(({ name, estimate }) => `${name} ${figure(estimate)}`).join(', ')}`, [
    heading(title, note, width), yAxis(box, y), `<path d="M${at(box.left)} ${at(bottom)}H${at(box.right)}" class="axis"/>`, ...parts, titleBelow(box, xTitle),
  ]);
}
