import type { MullerFacts } from '../protocol.ts';
import { tagColour, type PaletteName } from './palette.ts';
import type { Theme } from './theme.ts';

/** Nobody's clade: what never was frequent. */
export const REST = -1;

/**
 * Where clades lie. `order` lists bands from the bottom up, each clade twice around those within it, by its index or
 * `REST`; `edges` holds, sample after sample, the heights (0 to 1) between bands: `order.length + 1` of them a sample.
 *
 * The shapes are those of `mullerBands` in core/measures/muller.ts, in flat arrays: this is drawn anew while a world runs.
 */
export interface MullerLayout { samples: number; order: number[]; edges: Float32Array }

/** Bands of a plot; as many samples as there are ticks. */
export function layMuller({ ticks, totals, clades }: MullerFacts): MullerLayout {
  const indexOf = new Map(clades.map(({ id }, index) => [id, index]));
  const within = clades.map((): number[] => []);
  const order: number[] = [REST];
  const roots: number[] = [];
  clades.forEach(({ parent }, index) => {
    const above = parent === null ? undefined : indexOf.get(parent);
    (above === undefined ? roots : within[above]!).push(index);
  });
  // a stack and not recursion: lines of descent may be long
  const stack: { index: number; next: number }[] = [];
  for (const root of roots) {
    order.push(root);
    stack.push({ index: root, next: 0 });
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const child = within[top.index]![top.next++];
      if (child === undefined) {
        order.push(top.index);
        stack.pop();
      } else {
        order.push(child);
        stack.push({ index: child, next: 0 });
      }
    }
  }
  order.push(REST);
  const row = order.length + 1;
  const edges = new Float32Array(ticks.length * row);
  for (let sample = 0; sample < ticks.length; sample++) {
    let known = 0;
    for (const { counts } of clades) known += counts[sample] ?? 0;
    const whole = Math.max(1, totals[sample] ?? 0, known);
    let at = 0;
    for (let band = 0; band < order.length; band++) {
      const index = order[band]!;
      edges[sample * row + band] = at;
      at += (index === REST ? whole - known : clades[index]!.counts[sample] ?? 0) / (2 * whole);
    }
    edges[sample * row + order.length] = 1;
  }
  return { samples: ticks.length, order, edges };
}

/** The sample nearest to a place, 0 to 1 from the left: the first tick to the last. */
export function sampleAt(ticks: readonly number[], x: number): number {
  const first = ticks[0] ?? 0;
  const tick = first + x * ((ticks.at(-1) ?? first) - first);
  let after = ticks.findIndex((each) => each >= tick);
  if (after < 0) after = ticks.length - 1;
  return after > 0 && tick - ticks[after - 1]! < ticks[after]! - tick ? after - 1 : Math.max(0, after);
}

/** Index of the clade at a sample and a height, 0 to 1 from the bottom; `REST` where it is nobody's. */
export function cladeAt({ samples, order, edges }: MullerLayout, sample: number, y: number): number {
  if (sample >= samples) return REST;
  const row = order.length + 1;
  let band = 0;
  while (band < order.length - 1 && edges[sample * row + band + 1]! <= y) band++;
  return order[band]!;
}

/** The clade and all within it, as indices. */
export function withDescendants({ clades }: MullerFacts, index: number): Set<number> {
  const members = new Set([index]);
  const ids = new Set([clades[index]?.id]);
  // a parent stands before its children
  clades.forEach(({ id, parent }, at) => {
    if (parent === null || !ids.has(parent)) return;
    ids.add(id);
    members.add(at);
  });
  return members;
}

export interface MullerLook { theme: Theme; palette: PaletteName; lit: ReadonlySet<number> | null; cursor: number | null }

/** Hatching beside the colours where a reader has asked for a palette that does without telling hues apart. */
const HATCHES: readonly (readonly [number, number])[] = [[1, 0], [0, 1], [1, 1], [1, -1]];
const HATCH_PX = 7;

function hatch(context: CanvasRenderingContext2D, index: number, ink: string): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = HATCH_PX;
  tile.height = HATCH_PX;
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  const [dx, dy] = HATCHES[index % HATCHES.length]!;
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.34;
  pen.lineWidth = 1;
  for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
    pen.beginPath();
    pen.moveTo((dx === 0 ? HATCH_PX / 2 : 0) + (dx !== 0 && dy !== 0 ? shift : 0), dy === 0 ? HATCH_PX / 2 : dy > 0 ? 0 : HATCH_PX);
    pen.lineTo((dx === 0 ? HATCH_PX / 2 : HATCH_PX) + (dx !== 0 && dy !== 0 ? shift : 0), dy === 0 ? HATCH_PX / 2 : dy > 0 ? HATCH_PX : 0);
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat');
}

/** Draws the plot on `width` by `height` units of the context. */
export function paintMuller(context: CanvasRenderingContext2D, facts: MullerFacts, layout: MullerLayout, width: number, height: number, look: MullerLook): void {
  const { samples, order, edges } = layout;
  const { theme, palette, lit, cursor } = look;
  const row = order.length + 1;
  context.fillStyle = theme.line;
  context.fillRect(0, 0, width, height);
  if (samples === 0) return;
  // no more points than can be told apart
  const stride = Math.max(1, Math.floor(samples / (width / 3)));
  const columns: number[] = [];
  for (let sample = 0; sample < samples - 1; sample += stride) columns.push(sample);
  columns.push(samples - 1);
  const first = facts.ticks[0]!;
  const span = Math.max(1, facts.ticks.at(-1)! - first);
  const x = (sample: number): number => samples === 1 ? width : (facts.ticks[sample]! - first) / span * width;
  const y = (sample: number, edge: number): number => height * (1 - edges[sample * row + edge]!);
  const trace = (low: number, high: number): void => {
    context.beginPath();
    if (samples === 1) {
      context.rect(0, y(0, high), width, y(0, low) - y(0, high));
      return;
    }
    for (const sample of columns) context.lineTo(x(sample), y(sample, low));
    for (let i = columns.length - 1; i >= 0; i--) context.lineTo(x(columns[i]!), y(columns[i]!, high));
    context.closePath();
  };
  const patterns = new Map<number, CanvasPattern | null>();
  order.forEach((index, band) => {
    // the halves of a clade without others within it are one band
    if (index === REST || order[band - 1] === index) return;
    const isDim = lit !== null && !lit.has(index);
    trace(band, order[band + 1] === index ? band + 2 : band + 1);
    context.globalAlpha = isDim ? 0.28 : 1;
    context.fillStyle = tagColour(palette, facts.clades[index]!.hue);
    context.fill();
    if (palette === 'clear') {
      if (!patterns.has(index)) patterns.set(index, hatch(context, index, theme.ground));
      context.fillStyle = patterns.get(index) ?? 'transparent';
      context.fill();
    }
    context.globalAlpha = 1;
    context.lineWidth = 0.5;
    context.strokeStyle = theme.panel;
    context.stroke();
  });
  if (cursor === null) return;
  context.fillStyle = theme.ink;
  context.fillRect(Math.round(x(cursor)) - 0.5, 0, 1, height);
}
