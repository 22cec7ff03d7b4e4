import { combineLatest } from 'rxjs';
import type { SalonClientMessage, SalonDomain } from '../salon-protocol.ts';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { heat } from './palette.ts';
import { PICTURE_EDGES, type PicturePart } from './panel-picture.ts';
import { partsOfPanel } from './panel.ts';
import { layText, paintText } from './picture-text.ts';
import { layoutOf } from './salon-layout.ts';
import { qualityColour, shareOf } from './salon-map.ts';
import { offerPanel } from './salon-save.ts';
import { letGo, type RunView, type SalonStore } from './salon-state.ts';
import { pictureWidth } from './save-menu.ts';
import { theme$, type Theme } from './theme.ts';
import { count, figure, percent } from './words.ts';

const ROOM = { left: 0, right: 0, top: 0, bottom: 0, gap: 3, title: 0 };

/** A run as a small picture of its archive. */
interface Small { button: HTMLButtonElement; canvas: HTMLCanvasElement; words: HTMLElement; shown: { run: RunView; light: boolean } | null }

function draw(canvas: HTMLCanvasElement, domain: SalonDomain, run: RunView, light: boolean): void {
  const context = canvas.getContext('2d');
  const { clientWidth, clientHeight } = canvas;
  if (context === null || clientWidth === 0) return;
  const ratio = Math.min(devicePixelRatio, 2);
  canvas.width = Math.round(clientWidth * ratio);
  canvas.height = Math.round(clientHeight * ratio);
  context.scale(ratio, ratio);
  paintSmall(context, domain, run, light, clientWidth, clientHeight);
}

function paintSmall(context: CanvasRenderingContext2D, domain: SalonDomain, run: RunView, light: boolean, width: number, height: number): void {
  const layout = layoutOf(domain, width, height, ROOM);
  for (let cell = 0; cell < domain.cells; cell++) {
    const elite = run.cells.get(cell);
    const { x, y, width: wide, height: high } = layout.rectOf(cell);
    const gap = Math.min(wide, high) > 4 ? 0.75 : 0;
    context.fillStyle = elite === undefined ? heat(0, light) : qualityColour(shareOf(elite.quality, domain), light);
    context.fillRect(x, y, wide - gap, high - gap);
  }
}

function smallWords({ state, seed }: RunView): string {
  return state.stage === 'waiting' ? `${seed} · –` : `${seed} · ${figure(state.qdScore)}`;
}

const SMALL = { width: 108, height: 76, gap: 14, words: 20 };

/** A method's runs side by side, as many in a row as there is room for. */
function paintRow(runs: readonly RunView[], domain: SalonDomain, theme: Theme, room: number): PicturePart {
  const across = Math.max(1, Math.floor((room + SMALL.gap) / (SMALL.width + SMALL.gap)));
  const high = SMALL.height + SMALL.words + SMALL.gap;
  return {
    kind: 'drawing', height: Math.ceil(runs.length / across) * high - SMALL.gap,
    paint(context) {
      runs.forEach((run, i) => {
        context.save();
        context.translate((i % across) * (SMALL.width + SMALL.gap), Math.floor(i / across) * high);
        paintSmall(context, domain, run, theme.light, SMALL.width, SMALL.height);
        paintText(context, layText(context, smallWords(run), { width: SMALL.width, mostLines: 1 }), 0, SMALL.height + 2, theme.dim);
        context.restore();
      });
    },
  };
}

function offerRuns(store: SalonStore): void {
  const { panel } = partsOfPanel('runs');
  const width = (): number => pictureWidth(panel.clientWidth);
  offerPanel(store, {
    name: 'runs', width, isOfAll: true,
    picture(theme) {
      const { domain, runs } = store.now;
      const methods = [...new Set(runs.map(({ method }) => method))];
      return { parts: domain === null ? [] : methods.flatMap((method): PicturePart[] => {
        const own = runs.filter((run) => run.method === method);
        return [{ kind: 'text', text: `${method}: ${own[0]!.sentence}`, space: 8 }, paintRow(own, domain, theme, width() - PICTURE_EDGES)];
      }) };
    },
    tables: [{
      name: 'runs', title: 'All runs',
      csv: () => toCsv(['method', 'seed', 'stage', 'texts', 'of', 'elites', 'coverage', 'QD-score', 'best', 'corrected QD-score', 'corrected coverage'], store.now.runs.map(({ method, seed, iterations, state }) => [
        method, seed, state.stage, state.iteration, iterations, state.elites, state.coverage, state.qdScore, state.best, state.corrected?.qdScore ?? null, state.corrected?.coverage ?? null])),
    }],
  });
}

/** All runs of the experiment side by side, a row a method: one is chosen to be drawn large, with a click or with [ and ]. */
export function showRuns(store: SalonStore, send: (message: SalonClientMessage) => void): void {
  const panel = byId('runs-panel', HTMLElement);
  const host = byId('runs', HTMLElement);
  const figures = byId('runs-figures', HTMLElement);
  let smalls: Small[] = [];
  offerRuns(store);
  const choose = (at: number): void => {
    const { runs, chosen, hand } = store.now;
    if (at < 0 || at >= runs.length || at === chosen) return;
    // else news of the text would lead back to its run
    if (hand !== null) send({ type: 'release' });
    store.change((state) => {
      state.chosen = at;
      if (hand !== null) letGo(state);
    });
  };

  const build = (runs: readonly RunView[]): void => {
    smalls = runs.map(({ method, seed }, at) => {
      const canvas = element('canvas', { 'aria-hidden': 'true' });
      const words = element('span', { class: 'small-words' });
      const button = element('button', { type: 'button', class: 'small', 'data-run': at, 'aria-label': `${method}, seed ${seed}` }, canvas, words);
      button.addEventListener('click', () => choose(at));
      return { button, canvas, words, shown: null };
    });
    const methods = [...new Set(runs.map(({ method }) => method))];
    host.replaceChildren(...methods.map((method) => element('div', { class: 'method' },
      element('h3', { title: runs.find((run) => run.method === method)?.sentence }, method),
      element('div', { class: 'smalls' }, ...smalls.filter((_, at) => runs[at]!.method === method).map(({ button }) => button)))));
  };

  combineLatest([store.watch(({ domain }) => domain), theme$]).subscribe(([domain]) => {
    panel.hidden = store.now.runs.length < 2;
    if (domain !== null && !panel.hidden) build(store.now.runs);
  });
  combineLatest([store.watch(({ runs }) => runs.map(({ state, cells }) => `${state.iteration} ${state.stage} ${cells.size}`).join()), store.watch(({ chosen }) => chosen), theme$]).subscribe(([, chosen, { light }]) => {
    const { domain, runs } = store.now;
    if (domain === null) return;
    smalls.forEach((small, at) => {
      const run = runs[at]!;
      small.button.setAttribute('aria-pressed', String(at === chosen));
      if (small.shown?.run === run && small.shown.light === light) return;
      small.shown = { run, light };
      draw(small.canvas, domain, run, light);
      setText(small.words, smallWords(run));
      small.button.title = `${run.method}, seed ${run.seed}: QD-score ${figure(run.state.qdScore)}, coverage ${percent(run.state.coverage)}, text ${count(run.state.iteration)} of ${count(run.iterations)}`;
    });
    const done = runs.filter(({ state }) => state.stage === 'done').length;
    setText(figures, `seed · QD-score${done > 0 ? ` · ${done} of ${runs.length} done` : ''}`);
  });
  window.addEventListener('keydown', ({ key, target, ctrlKey, altKey, metaKey }) => {
    if (target instanceof HTMLInputElement || ctrlKey || altKey || metaKey) return;
    if (key === '[') choose(store.now.chosen - 1);
    if (key === ']') choose(store.now.chosen + 1);
  });
}
