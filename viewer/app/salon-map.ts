import { combineLatest } from 'rxjs';
import type { SalonCell, SalonClientMessage, SalonDomain, SalonMeasure, SalonText } from '../salon-protocol.ts';
import { byId, setText } from './dom.ts';
import { heat } from './palette.ts';
import { TEXT_SIZE } from './picture-text.ts';
import { cellPlace, layoutOf, stepFrom, tickWords, type MapLayout, type Rect } from './salon-layout.ts';
import type { RunView, SalonStore } from './salon-state.ts';
import { theme$, wantsStillness, type Theme } from './theme.ts';
import { withVisibleControls } from './words.ts';

const NO_CELL = -1;
const PULSE_MS = 700;
/** Least width of a cell, in units of the font's size, that has its quality written in it. */
const FIGURE_EMS = 2.9;
/** What is marked on the archive of the text that is read. */
export const KIN_IN_WORDS = 'Blue lines come from the cells of its parents; a golden dot is where a text written from it went.';
const FAMILY = 'system-ui, sans-serif';

/** The share of the way from least to most that a quality is. */
export function shareOf(quality: number, { quality: { least, most } }: SalonDomain): number {
  return Math.min(1, Math.max(0, (quality - least) / (most - least)));
}

/** A quality in few characters. */
export function qualityWords(quality: number, { quality: { most } }: SalonDomain): string {
  return quality.toFixed(most > 1 ? 1 : 2);
}

/** Even the least of qualities stands out from an empty cell. */
export function qualityColour(share: number, light: boolean): string {
  return heat(0.16 + 0.84 * share, light);
}

/** Ink that can be read on a colour of the scale. */
function inkOn(colour: string): string {
  const [r = 0, g = 0, b = 0] = colour.match(/\d+/g)?.map(Number) ?? [];
  return 0.299 * r + 0.587 * g + 0.114 * b > 125 ? '#0b1410' : '#f4f7f0';
}

export interface ArchiveMap {
  /** Middle of a cell in CSS pixels of the page. */
  pointOf(cell: number): { x: number; y: number };
}

/**
 * The archive, large: a cell is coloured by the quality of its elite, rings where a text has just taken it, and shows from where the text
 * that is read was written. The first measure goes from left to right, the second upwards, a third makes panels.
 */
export function showMap(store: SalonStore, send: (message: SalonClientMessage) => void): ArchiveMap {
  const canvas = byId('archive-map', HTMLCanvasElement);
  const caption = byId('pointed', HTMLElement);
  let theme: Theme | null = null;
  let layout: MapLayout | null = null;
  let pointed = NO_CELL;
  const pulses = new Map<number, number>();
  let isDue = false;

  const draw = (now: number): void => {
    isDue = false;
    const { domain, hand, chosen } = store.now;
    const run = store.run;
    const context = canvas.getContext('2d');
    if (domain === null || run === null || context === null || theme === null || canvas.clientWidth === 0) return;
    const ratio = Math.min(devicePixelRatio, 2);
    const em = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const [wide, high] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    const pen = penFor(context, theme, domain, canvas.clientWidth, canvas.clientHeight, em);
    ({ layout } = pen);
    drawArchive(pen, run);
    for (const [cell, since] of pulses) {
      const age = (now - since) / PULSE_MS;
      if (age >= 1 || age < 0) pulses.delete(cell);
      else drawPulse(pen, layout.rectOf(cell), age);
    }
    if (hand !== null && hand.run === chosen) drawKin(pen, hand);
    if (pointed !== NO_CELL && pointed !== hand?.cell) drawFrame(pen, layout.rectOf(pointed), theme.ink, 1.5);
    canvas.dataset['filled'] = String(run.cells.size);
    if (pulses.size > 0) redraw();
  };
  const redraw = (): void => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(draw);
  };

  const describe = (): void => {
    const { domain } = store.now;
    const run = store.run;
    if (domain === null || run === null) return;
    if (pointed === NO_CELL) {
      const { hand } = store.now;
      setText(caption, run.state.stage === 'waiting' ? 'This run has not begun.'
        : hand !== null ? KIN_IN_WORDS : `Click a cell to read its ${withVisibleControls(domain.noun)}, or go over the cells with the arrow keys and read with Enter.`);
      caption.classList.add('dim');
      return;
    }
    caption.classList.remove('dim');
    const place = cellPlace(pointed, domain).map(({ name, bin }) => `${name} ${bin}`).join(' · ');
    const elite = run.cells.get(pointed);
    setText(caption, withVisibleControls(`${place}: ${elite === undefined ? 'empty' : `quality ${elite.quality.toFixed(3)}. “${elite.excerpt}”`}`));
  };
  const point = (cell: number): void => {
    if (cell === pointed) return;
    pointed = cell;
    describe();
    redraw();
  };
  const read = (): void => {
    const run = store.run;
    if (pointed !== NO_CELL && run !== null && run.cells.has(pointed)) send({ type: 'readCell', run: store.now.chosen, cell: pointed });
  };

  canvas.addEventListener('pointermove', (event) => point(layout?.cellAt(event.offsetX, event.offsetY) ?? NO_CELL));
  canvas.addEventListener('pointerleave', () => point(NO_CELL));
  canvas.addEventListener('click', (event) => {
    point(layout?.cellAt(event.offsetX, event.offsetY) ?? NO_CELL);
    read();
  });
  canvas.addEventListener('keydown', (event) => {
    const { domain, hand } = store.now;
    if (domain === null || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      read();
      return;
    }
    const from = pointed !== NO_CELL ? pointed : hand !== null && hand.cell !== NO_CELL ? hand.cell : null;
    const to = stepFrom(from ?? 0, event.key, domain);
    if (to === null) return;
    event.preventDefault();
    point(from === null ? store.run?.cells.keys().next().value ?? 0 : to);
  });

  store.pulses$.subscribe(({ run, cell }) => {
    if (run !== store.now.chosen) return;
    pulses.set(cell, performance.now());
    redraw();
  });
  store.watch(({ chosen }) => chosen).subscribe(() => pulses.clear());
  combineLatest([store.watch(() => store.run), store.watch(({ hand }) => hand)]).subscribe(() => {
    describe();
    redraw();
  });
  store.watch(({ domain }) => domain).subscribe((domain) => {
    if (domain !== null) canvas.setAttribute('aria-label', label(domain));
  });
  theme$.subscribe((value) => {
    theme = value;
    redraw();
  });
  new ResizeObserver(redraw).observe(canvas);
  return {
    pointOf(cell) {
      const box = canvas.getBoundingClientRect();
      const { x, y, width, height } = layout?.rectOf(cell) ?? { x: 0, y: 0, width: 0, height: 0 };
      return { x: box.x + x + width / 2, y: box.y + y + height / 2 };
    },
  };
}

function label({ noun, measures }: SalonDomain): string {
  const ways = ['across', 'upwards', 'by panel'];
  return withVisibleControls(`The archive of each ${noun}: ${measures.map(({ name }, m) => `${name} ${ways[m]}`).join(', ')}; arrow keys choose a cell, Enter reads its elite`);
}

interface Pen { context: CanvasRenderingContext2D; theme: Theme; domain: SalonDomain; layout: MapLayout; em: number }

/** A pen for an archive that fills so much room. */
function penFor(context: CanvasRenderingContext2D, theme: Theme, domain: SalonDomain, width: number, height: number, em: number): Pen {
  const layout = layoutOf(domain, width, height, {
    left: (domain.measures.length === 1 ? 2.5 : widestWord(context, domain.measures[1], em) + 4.2) * em, right: 2.2 * em, top: 2 * em,
    bottom: (domain.measures[0]!.names.length > 0 ? 4.6 : 5.4) * em, gap: 1.6 * em, title: 2 * em,
  });
  return { context, theme, domain, layout, em };
}

function drawArchive(pen: Pen, { cells }: RunView): void {
  const { domain } = pen;
  for (let cell = 0; cell < domain.cells; cell++) drawCell(pen, cell, cells.get(cell), domain.measures.length === 1);
  drawAxes(pen);
}

/** The cell of the text that is read, those of its parents, and where texts written from it went. */
function drawKin(pen: Pen, { cell, parents, children }: SalonText): void {
  const { layout, theme } = pen;
  for (const child of children) if (child.cell !== NO_CELL) drawDot(pen, layout.rectOf(child.cell), theme.gold);
  for (const parent of parents) drawLink(pen, parent.cell, cell);
  if (cell !== NO_CELL) drawFrame(pen, layout.rectOf(cell), theme.ink, 2.5);
}

/** What a picture shows of an archive; `hand`: a text of the run, whose kin is marked. */
export interface PaintedArchive { domain: SalonDomain; run: RunView; theme: Theme; hand: SalonText | null }

/** The archive of a run for a picture, without what is pointed at. */
export function paintArchive(context: CanvasRenderingContext2D, { domain, run, theme, hand }: PaintedArchive, width: number, height: number): void {
  const pen = penFor(context, theme, domain, width, height, TEXT_SIZE);
  drawArchive(pen, run);
  if (hand !== null) drawKin(pen, hand);
}

/** In units of the font's size, at most ten. */
function widestWord(context: CanvasRenderingContext2D, measure: SalonMeasure | undefined, em: number): number {
  if (measure === undefined) return 0;
  context.font = `${em * 0.92}px ${FAMILY}`;
  return Math.min(10, Math.max(...tickWords(measure).map((word) => context.measureText(withVisibleControls(word)).width)) / em);
}

/** In the strip of a single measure the fill rises with quality, so that it can be read without its colour. */
function drawCell({ context, theme, domain, layout, em }: Pen, cell: number, elite: SalonCell | undefined, isStrip: boolean): void {
  const { x, y, width, height } = layout.rectOf(cell);
  const gap = Math.min(width, height) > 9 ? 2 : Math.min(width, height) > 5 ? 1 : 0;
  const radius = Math.min(4, width / 8);
  const box = (top: number, tall: number, colour: string): void => {
    context.fillStyle = colour;
    context.beginPath();
    context.roundRect(x + gap / 2, top + gap / 2, width - gap, Math.max(1, tall - gap), radius);
    context.fill();
  };
  box(y, height, heat(0, theme.light));
  if (elite === undefined) return;
  const share = shareOf(elite.quality, domain);
  const colour = qualityColour(share, theme.light);
  const tall = isStrip ? Math.max(6, height * share) : height;
  box(y + height - tall, tall, colour);
  if (width < FIGURE_EMS * em || height < 1.7 * em) return;
  context.font = `${Math.max(em * 0.92, Math.min(em * 1.5, width * 0.17, height * 0.28))}px ${FAMILY}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const isLow = isStrip && tall < 2 * em;
  context.fillStyle = isLow ? theme.ink : inkOn(colour);
  context.fillText(qualityWords(elite.quality, domain), x + width / 2, isLow ? y + height - tall - em : isStrip ? y + height - tall + em : y + height / 2);
}

function drawPulse({ context, theme }: Pen, { x, y, width, height }: Rect, age: number): void {
  // it opens, or fades in its place where motion is not wanted
  const grown = 1 + (wantsStillness() ? 0.3 : age) * 9;
  context.globalAlpha = (1 - age) ** 2;
  context.strokeStyle = theme.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(x - grown, y - grown, width + 2 * grown, height + 2 * grown, 6 + grown / 2);
  context.stroke();
  context.globalAlpha = 1;
}

function drawFrame({ context, theme }: Pen, { x, y, width, height }: Rect, colour: string, weight: number): void {
  // a dark line beside the light one, so that it stands out on any colour
  for (const [ink, wide] of [[theme.ground, weight + 3], [colour, weight]] as const) {
    context.strokeStyle = ink;
    context.lineWidth = wide;
    context.beginPath();
    context.roundRect(x, y, width, height, 5);
    context.stroke();
  }
}

function drawDot({ context, theme }: Pen, { x, y, width, height }: Rect, colour: string): void {
  context.beginPath();
  context.arc(x + width - Math.min(9, width / 4), y + height - Math.min(9, height / 4), Math.min(4, width / 6), 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.strokeStyle = theme.ground;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}

/** A curve from a parent's cell to its child's, thick at the child. */
function drawLink({ context, theme, layout }: Pen, from: number, to: number): void {
  if (from === NO_CELL || to === NO_CELL || from === to) return;
  // below the figure that stands in the middle
  const foot = ({ x, y, width, height }: Rect): [number, number] => [x + width / 2, y + height * 0.8];
  const [x1, y1] = foot(layout.rectOf(from));
  const [x2, y2] = foot(layout.rectOf(to));
  const bend = Math.max(0.16, Math.min(0.6, 36 / Math.hypot(x2 - x1, y2 - y1)));
  const [cx, cy] = [(x1 + x2) / 2 + (y2 - y1) * bend, (y1 + y2) / 2 - (x2 - x1) * bend];
  for (const [colour, wide] of [[theme.ground, 5], [theme.sky, 2]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.beginPath();
    context.moveTo(x1, y1);
    context.quadraticCurveTo(cx, cy, x2, y2);
    context.stroke();
  }
  context.beginPath();
  context.arc(x1, y1, 4, 0, 2 * Math.PI);
  context.fillStyle = theme.sky;
  context.strokeStyle = theme.ground;
  context.lineWidth = 2;
  context.stroke();
  context.fill();
}

function drawAxes({ context, theme, domain: { measures }, layout, em }: Pen): void {
  const { panels, cellWidth, cellHeight } = layout;
  const [first, second] = measures;
  const small = `${em * 0.92}px ${FAMILY}`;
  context.textBaseline = 'middle';
  const last = panels.at(-1)!;
  for (const panel of panels) {
    context.font = small;
    context.fillStyle = theme.dim;
    if (panel.name !== '') {
      context.textAlign = 'left';
      context.fillText(withVisibleControls(panel.name), panel.x + 2, panel.y - em * 0.85);
    }
    if (panel.showsColumns && first !== undefined) drawColumns(context, first, panel, cellWidth, em);
    if (panel.showsRows && second !== undefined) {
      context.textAlign = 'right';
      const shift = second.names.length > 0 ? 0.5 : 1;
      eachFit(tickWords(second), cellHeight, em * 1.25, (word, i) => context.fillText(fitted(context, word, 10 * em), panel.x - em * 0.7, panel.y + panel.height - (i + shift) * cellHeight));
    }
  }
  context.font = `600 ${em}px ${FAMILY}`;
  context.fillStyle = theme.ink;
  if (first !== undefined) drawName(context, first, (panels[0]!.x + Math.max(...panels.map(({ x, width }) => x + width))) / 2, last.y + last.height + em * (first.names.length > 0 ? 3.4 : 4.2), em, theme);
  if (second !== undefined) {
    const top = panels[0]!.y;
    context.save();
    context.translate(panels[0]!.x - (widestWord(context, second, em) + 2.6) * em, (top + last.y + last.height) / 2);
    context.rotate(-Math.PI / 2);
    context.font = `600 ${em}px ${FAMILY}`;
    drawName(context, second, 0, 0, em, theme);
    context.restore();
  }
}

/** Words under the columns, turned where they are too long to lie. */
function drawColumns(context: CanvasRenderingContext2D, measure: SalonMeasure, { x, y, height }: Rect, cellWidth: number, em: number): void {
  const words = tickWords(measure).map(withVisibleControls);
  const shift = measure.names.length > 0 ? 0.5 : 1;
  const longest = Math.max(...words.map((word) => context.measureText(word).width));
  const isTurned = longest + em * 0.6 > cellWidth;
  eachFit(words, cellWidth, isTurned ? em * 1.2 : longest + em * 0.5, (word, i) => {
    context.save();
    context.translate(x + (i + shift) * cellWidth, y + height + em * (isTurned ? 0.6 : 1));
    if (isTurned) context.rotate(-Math.PI / 4);
    context.textAlign = isTurned ? 'right' : 'center';
    context.fillText(fitted(context, word, isTurned ? 4 * em : cellWidth), 0, isTurned ? em * 0.3 : 0);
    context.restore();
  });
}

/** Calls for as many as have room, evenly. */
function eachFit(words: readonly string[], size: number, needed: number, put: (word: string, i: number) => void): void {
  const step = Math.max(1, Math.ceil(needed / size));
  words.forEach((word, i) => { if (i % step === 0) put(word, i); });
}

/** A measure's name between its labels: that of the low end first. */
function drawName(context: CanvasRenderingContext2D, { name, labels }: SalonMeasure, x: number, y: number, em: number, theme: Theme): void {
  const [high = '', low = ''] = labels.map((word) => withVisibleControls(word));
  const middle = withVisibleControls(name);
  const half = context.measureText(middle).width / 2 + em;
  context.textAlign = 'center';
  context.fillStyle = theme.ink;
  context.fillText(middle, x, y);
  if (labels.length === 0) return;
  context.font = `${em}px ${FAMILY}`;
  context.fillStyle = theme.dim;
  context.textAlign = 'right';
  context.fillText(`← ${low}`, x - half, y);
  context.textAlign = 'left';
  context.fillText(`${high} →`, x + half, y);
}

function fitted(context: CanvasRenderingContext2D, word: string, width: number): string {
  let text = withVisibleControls(word);
  if (context.measureText(text).width <= width) return text;
  while (text.length > 1 && context.measureText(`${text}…`).width > width) text = text.slice(0, -1);
  return `${text}…`;
}
