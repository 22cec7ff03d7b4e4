import { BehaviorSubject, combineLatest } from 'rxjs';
import type { Bookmark, LogLine } from '../protocol.ts';
import { toCsv } from './csv.ts';
import { byId, element } from './dom.ts';
import type { Looking } from './looking.ts';
import { PICTURE_EDGES } from './panel-picture.ts';
import { rove } from './roving.ts';
import { saveMenu, worldSource } from './save-menu.ts';
import type { Store } from './state.ts';
import { theme$, type Theme } from './theme.ts';
import { turns } from './turns.ts';
import { count, withVisibleControls } from './words.ts';

const REDRAW_MS = 120;
const PAGE_TICKS = 100;
/** What is told of beside what people did, and deserves a pin. */
const EVENTS = new Set<LogLine['kind']>(['model', 'notice']);
const MOST_EVENT_PINS = 40;
/** In a picture: height of the silhouette, and how many pins are told of below it. */
const PICTURE_PX = 120;
const PICTURE_PINS = 20;

interface Pin { key: string; tick: number; kind: 'command' | 'event' | 'bookmark'; text: string }

/** The population so far as a silhouette: the slider by which one looks back, with pins to jump to. */
export function showTimeline(store: Store, looking: Looking): void {
  const canvas = byId('history', HTMLCanvasElement);
  const pins = byId('pins', HTMLElement);
  const span = (): number => Math.max(1, store.now.totals?.tick ?? 0, store.now.series.at(-1)?.tick ?? 0);
  const allPins = (): Pin[] => pinsOf(store.now.pins, store.now.log, store.now.bookmarks);
  byId('doors', HTMLElement).append(...saveMenu(worldSource(store), {
    name: 'history', called: (own) => (own === 'history' ? 'population' : own),
    title: () => 'Population over time', figures: () => `${count(store.now.totals?.population ?? 0)} alive · ticks 0 to ${count(span())}`, width: () => canvas.clientWidth + PICTURE_EDGES,
    picture: (theme) => ({ parts: [
      { kind: 'drawing', height: PICTURE_PX, paint: (context, width, height) => {
        paintSilhouette(context, width, height, 1, { theme, last: span(), store });
        for (const { tick, kind } of allPins()) paintPin(context, Math.min(1, tick / span()) * width, height, pinColour(kind, theme));
      } },
      { kind: 'table', rows: allPins().slice(-PICTURE_PINS).map(({ tick, kind, text }) => ({ cells: [{ text: [{ text: count(tick), colour: theme.dim }], isRight: true }, { text: [{ text: '● ', colour: pinColour(kind, theme) }, { text }] }] })) },
    ] }),
    tables: [
      { name: 'population', title: 'Population', csv: () => toCsv(['tick', 'population'], store.now.series.map(({ tick, population }) => [tick, population])) },
      { name: 'pins', title: 'What was done and named', csv: () => toCsv(['tick', 'kind', 'text'], allPins().map(({ tick, kind, text }) => [tick, kind, text])) },
    ],
  }, 'Population over time'));

  const tickAt = (event: PointerEvent): number => {
    const { left, width } = canvas.getBoundingClientRect();
    return Math.round(Math.min(1, Math.max(0, (event.clientX - left) / width)) * span());
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    looking.at(tickAt(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) looking.at(tickAt(event));
    canvas.title = `tick ${count(tickAt(event))}: drag to look back`;
  });
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    switch (event.key) {
      case 'ArrowLeft': case 'ArrowDown': looking.by(-far); break;
      case 'ArrowRight': case 'ArrowUp': looking.by(far); break;
      case 'PageDown': looking.by(-PAGE_TICKS); break;
      case 'PageUp': looking.by(PAGE_TICKS); break;
      case 'Home': looking.at(looking.earliest); break;
      case 'End': looking.live(); break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  const draw = (theme: Theme): void => {
    const context = canvas.getContext('2d');
    if (context === null || canvas.clientWidth === 0) return;
    const ratio = Math.min(devicePixelRatio, 2);
    const width = canvas.width = Math.round(canvas.clientWidth * ratio);
    const height = canvas.height = Math.round(canvas.clientHeight * ratio);
    paintSilhouette(context, width, height, ratio, { theme, last: span(), store });
    const shown = looking.tick;
    canvas.setAttribute('aria-valuemin', String(looking.earliest));
    canvas.setAttribute('aria-valuemax', String(span()));
    canvas.setAttribute('aria-valuenow', String(shown));
    canvas.setAttribute('aria-valuetext', store.now.past === null ? `tick ${shown}, the present` : `tick ${shown}, ${span() - shown} ticks ago`);
  };

  const pinNode = ({ key, tick, kind, text }: Pin): HTMLElement => {
    const words = `tick ${count(tick)}: ${withVisibleControls(text)}`;
    const node = element('button', { type: 'button', class: 'pin', title: words, 'aria-label': words, 'data-pin': key, 'data-kind': kind, tabindex: -1 });
    node.addEventListener('click', () => looking.at(tick));
    return node;
  };
  rove(pins, 'button');

  // of a world that is still no news comes, and the picture would be stretched
  const widths = new BehaviorSubject(0);
  new ResizeObserver(() => widths.next(canvas.clientWidth)).observe(canvas);
  combineLatest([
    theme$, store.watch(({ series }) => series), store.watch((state) => state.pins), store.watch(({ bookmarks }) => bookmarks), store.watch(({ totals }) => totals),
    store.watch(({ past }) => past), store.watch(({ log }) => log), widths,
  ]).pipe(turns.inTurn(REDRAW_MS)).subscribe(([theme, , commands, bookmarks, , , log]) => {
    draw(theme);
    // A pin under the pointer or in focus keeps its node, so that its words stay to be read.
    const kept = new Map([...pins.children].map((node) => [(node as HTMLElement).dataset['pin'], node as HTMLElement]));
    const nodes = pinsOf(commands, log, bookmarks).map((pin) => {
      const node = kept.get(pin.key) ?? pinNode(pin);
      node.style.left = `${(Math.min(1, pin.tick / span()) * 100).toFixed(2)}%`;
      return node;
    });
    const isSame = nodes.length === pins.childElementCount && nodes.every((node, index) => pins.children[index] === node);
    if (!isSame) pins.replaceChildren(...nodes);
    if (nodes.length > 0 && !nodes.some(({ tabIndex }) => tabIndex === 0)) nodes[0]!.tabIndex = 0;
  });
}

function pinsOf(commands: readonly LogLine[], log: readonly LogLine[], bookmarks: readonly Bookmark[]): Pin[] {
  const events = log.filter(({ kind }) => EVENTS.has(kind)).slice(-MOST_EVENT_PINS);
  return [
    ...commands.map(({ seq, tick, text }): Pin => ({ key: `command ${seq}`, tick, kind: 'command', text })),
    ...events.map(({ seq, tick, text }): Pin => ({ key: `event ${seq}`, tick, kind: 'event', text })),
    ...bookmarks.map(({ id, tick, text }): Pin => ({ key: `bookmark ${id} ${text}`, tick, kind: 'bookmark', text })),
  ].sort((a, b) => a.tick - b.tick);
}

function pinColour(kind: Pin['kind'], theme: Theme): string {
  return { command: theme.gold, event: theme.rust, bookmark: theme.sky }[kind];
}

function paintPin(context: CanvasRenderingContext2D, x: number, height: number, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(x - 0.5, 0, 1, height);
  context.beginPath();
  context.arc(x, 4, 3.5, 0, 2 * Math.PI);
  context.fill();
}

function paintSilhouette(context: CanvasRenderingContext2D, width: number, height: number, ratio: number, { theme, last, store }: { theme: Theme; last: number; store: Store }): void {
  const { series, totals, past, seeking } = store.now;
  const held = totals?.held ?? null;
  const across = (tick: number): number => tick / last * width;
  const most = series.reduce((top, { population }) => Math.max(top, population), 1);
  const down = (population: number): number => height - population / most * height * 0.86;
  if (series.length > 1) {
    context.beginPath();
    context.moveTo(across(series[0]!.tick), height);
    for (const { tick, population } of series) context.lineTo(across(tick), down(population));
    context.lineTo(width, down(series.at(-1)!.population));
    context.lineTo(width, height);
    context.closePath();
    context.fillStyle = theme.moss;
    context.globalAlpha = 0.42;
    context.fill();
    context.globalAlpha = 1;
  }
  context.fillStyle = theme.line;
  context.fillRect(0, height - ratio, width, ratio);
  // what can be looked at again at once
  if (held !== null) {
    context.fillStyle = theme.moss;
    context.fillRect(across(held.from), height - 3 * ratio, across(held.to) - across(held.from), 3 * ratio);
  }
  if (past !== null) {
    // what came after is there, but not what is looked at
    context.fillStyle = theme.panel;
    context.globalAlpha = 0.6;
    context.fillRect(across(past.tick), 0, width - across(past.tick), height - 3 * ratio);
    context.globalAlpha = 1;
    context.fillStyle = theme.gold;
    context.fillRect(across(past.tick) - ratio, 0, 2 * ratio, height);
  }
  if (seeking !== null) {
    context.fillStyle = theme.sky;
    context.fillRect(across(seeking.tick) - ratio, 0, 2 * ratio, height);
    context.fillRect(0, height - 3 * ratio, across(seeking.at), 3 * ratio);
  }
  context.fillStyle = past === null ? theme.ink : theme.dim;
  context.fillRect(width - 2 * ratio, 0, 2 * ratio, height);
}
