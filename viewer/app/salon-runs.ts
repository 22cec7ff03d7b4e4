import { combineLatest } from 'rxjs';
import type { SalonClientMessage, SalonDomain } from '../salon-protocol.ts';
import { byId, element, setText } from './dom.ts';
import { heat } from './palette.ts';
import { layoutOf } from './salon-layout.ts';
import { qualityColour, shareOf } from './salon-map.ts';
import { letGo, type RunView, type SalonStore } from './salon-state.ts';
import { theme$ } from './theme.ts';
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
  const layout = layoutOf(domain, clientWidth, clientHeight, ROOM);
  for (let cell = 0; cell < domain.cells; cell++) {
    const elite = run.cells.get(cell);
    const { x, y, width, height } = layout.rectOf(cell);
    const gap = Math.min(width, height) > 4 ? 0.75 : 0;
    context.fillStyle = elite === undefined ? heat(0, light) : qualityColour(shareOf(elite.quality, domain), light);
    context.fillRect(x, y, width - gap, height - gap);
  }
}

/** All runs of the experiment side by side, a row a method: one is chosen to be drawn large, with a click or with [ and ]. */
export function showRuns(store: SalonStore, send: (message: SalonClientMessage) => void): void {
  const panel = byId('runs-panel', HTMLElement);
  const host = byId('runs', HTMLElement);
  const figures = byId('runs-figures', HTMLElement);
  let smalls: Small[] = [];
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
      setText(small.words, run.state.stage === 'waiting' ? `${run.seed} · –` : `${run.seed} · ${figure(run.state.qdScore)}`);
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
