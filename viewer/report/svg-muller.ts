import { colourOf, heading, picture, roomFor, xAxis, yAxis, type Box, type Size } from './svg-frame.ts';
import { scaleOver } from './svg-scale.ts';
import { at, clipped, escaped, label } from './svg-text.ts';

export interface Muller extends Partial<Size> {
  readonly title: string;
  readonly note?: string;
  readonly xTitle?: string;
  /** Where along the x axis the counts stand, rising. */
  readonly xs: readonly number[];
  /** How many there were of all kinds at each x. */
  readonly all: readonly number[];
  /** Kinds, parents before children: `parent` is a place in this list, or -1. `text` is told by the pointer. */
  readonly kinds: readonly { readonly name: string; readonly text: string; readonly parent: number; readonly counts: readonly number[] }[];
}

/**
 * A Muller plot: each kind's share of the whole over time, with its descendants within it, where they arose. What belongs to no
 * kind is the ground.
 */
export function muller({ title, note = '', xTitle = '', xs, all, kinds, width = 544, height = 260 }: Muller): string {
  const bottom = height - (xTitle === '' ? 24 : 40);
  const y = scaleOver([0, 100], { from: bottom, to: note === '' ? 26 : 42, ticks: 4, zero: true });
  const box: Box = { left: roomFor(y.ticks.map((tick) => `${tick} %`)), top: y.place(100), right: width - 12, bottom };
  const x = scaleOver(xs, { from: box.left, to: box.right, ticks: Math.max(2, Math.floor((box.right - box.left) / 90)), round: false });
  const { low, high } = nested(kinds, all);
  const areas: string[] = [];
  const names: string[] = [];
  kinds.forEach(({ name, text }, i) => {
    const first = xs.findIndex((_, k) => high[i]![k]! > low[i]![k]!);
    if (first < 0) return;
    const last = xs.findLastIndex((_, k) => high[i]![k]! > low[i]![k]!);
    const along = xs.slice(Math.max(0, first - 1), last + 2).map((_, k) => k + Math.max(0, first - 1));
    const edge = (side: readonly number[]): string[] => along.map((k) => `${at(x.place(xs[k]!))} ${at(y.place(100 * side[k]!))}`);
    areas.push(`<path d="M${[...edge(high[i]!), ...edge(low[i]!).reverse()].join('L')}Z" class="layer within ${colourOf(i % 7)}"><title>${escaped(text)}</title></path>`);
    // the name stands where the kind itself is widest over the name's whole length, not where its descendants are
    const within = kinds.flatMap(({ parent }, child) => (parent === i ? [child] : []));
    const edges = xs.map((_, k) => [low[i]![k]!, ...within.flatMap((child) => [low[child]![k]!, high[child]![k]!]), high[i]![k]!].map((share) => y.place(100 * share)));
    const half = Math.ceil((xs.length * HALF_LETTER * Math.min(name.length, LONGEST)) / (box.right - box.left));
    let place = { room: 0, k: 0, y: 0 };
    for (let k = half; k < xs.length - half; k++) {
      for (let e = 0; e < edges[k]!.length; e += 2) {
        const along = edges.slice(k - half, k + half + 1);
        const [floor, ceiling] = [Math.min(...along.map((at_) => at_[e]!)), Math.max(...along.map((at_) => at_[e + 1]!))];
        if (floor - ceiling > place.room) place = { room: floor - ceiling, k, y: (floor + ceiling) / 2 };
      }
    }
    if (place.room > 15) names.push(label(x.place(xs[place.k]!), place.y + 4, clipped(name, LONGEST), { anchor: 'middle', kind: 'on-layer' }));
  });
  const ground = `<path d="M${at(box.left)} ${at(box.top)}H${at(box.right)}V${at(bottom)}H${at(box.left)}Z" class="empty"/>`;
  return picture({ width, height }, `${title}: ${kinds.map(({ name }) => name).join(', ')}`, [heading(title, note, width), ground, yAxis(box, y), ...areas, ...names, xAxis(box, x, xTitle)]);
}

/** Characters of a name that are shown, and half the width of one. */
const LONGEST = 22;
const HALF_LETTER = 4.2;

/** The lower and the upper edge of each kind with its descendants, as shares of the whole: half of itself, its children, the other half. */
function nested(kinds: Muller['kinds'], all: readonly number[]): { low: number[][]; high: number[][] } {
  const totals = kinds.map(({ counts }) => [...counts]);
  for (let i = kinds.length - 1; i >= 0; i--) {
    const { parent } = kinds[i]!;
    if (parent >= 0) totals[i]!.forEach((n, k) => { totals[parent]![k]! += n; });
  }
  const low = kinds.map(() => all.map(() => 0));
  const high = kinds.map(() => all.map(() => 0));
  all.forEach((whole, k) => {
    if (whole <= 0) return;
    const rooted = kinds.reduce((sum, { parent }, i) => (parent < 0 ? sum + totals[i]![k]! : sum), 0);
    // where the next child of each kind begins
    const next = kinds.map(() => 0);
    let free = (whole - rooted) / 2;
    kinds.forEach(({ parent, counts }, i) => {
      const begin = parent < 0 ? free : next[parent]!;
      const end = begin + totals[i]![k]!;
      if (parent < 0) free = end;
      else next[parent] = end;
      next[i] = begin + counts[k]! / 2;
      low[i]![k] = begin / whole;
      high[i]![k] = end / whole;
    });
  });
  return { low, high };
}
