import { auditTime, combineLatest } from 'rxjs';
import uPlot from 'uplot';
import { toCsv } from './csv.ts';
import { byId, setText } from './dom.ts';
import { PICTURE_EDGES } from './panel-picture.ts';
import { plotPart, plotSize } from './plot-picture.ts';
import { salonSource } from './salon-save.ts';
import type { RunView, SalonStore } from './salon-state.ts';
import { pictureWidth, saveMenu } from './save-menu.ts';
import { theme$, type Theme } from './theme.ts';
import { compact, count, figure, percent } from './words.ts';

const REDRAW_MS = 200;

function columns(run: RunView | null): uPlot.AlignedData {
  const points = [{ iteration: 0, qdScore: 0, coverage: 0 }, ...run?.points ?? []];
  return [points.map(({ iteration }) => iteration), points.map(({ qdScore }) => qdScore), points.map(({ coverage }) => coverage * 100)];
}

function options(theme: Theme, { width, height }: { width: number; height: number }, iterations: number, onPoint: (index: number | null) => void): uPlot.Options {
  const font = '11px system-ui, sans-serif';
  const axis = { stroke: theme.dim, font, ticks: { show: false }, grid: { stroke: theme.line, width: 1 } };
  const brief = (_: uPlot, values: number[]): string[] => values.map(compact);
  return {
    width, height, padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [0, iterations] },
      qd: { range: (_, __, most) => [0, Math.max(0.1, most * 1.08)] },
      coverage: { range: (_, __, most) => [0, Math.min(100, Math.max(1, most * 1.08))] },
    },
    axes: [
      { ...axis, size: 22, grid: { show: false }, values: brief },
      { ...axis, scale: 'qd', size: 40, space: 26, values: (_, values) => values.map((value) => (value < 10 ? String(Number(value.toFixed(2))) : compact(value))), stroke: theme.light ? theme.ink : theme.moss },
      { ...axis, scale: 'coverage', side: 1, size: 46, space: 26, grid: { show: false }, values: (_, values) => values.map((value) => `${Number(value.toFixed(1))} %`), stroke: theme.light ? theme.ink : theme.sky },
    ],
    series: [
      {},
      { label: 'QD-score', scale: 'qd', stroke: theme.moss, width: 1.5, fill: `${theme.moss}26`, points: { show: false } },
      { label: 'coverage', scale: 'coverage', stroke: theme.sky, width: 1.5, dash: [6, 2], points: { show: false } },
    ],
    hooks: { setCursor: [({ cursor }): void => onPoint(cursor.idx ?? null)] },
  };
}

/** QD-score and coverage of the run that is drawn, over its texts; the figures follow the pointer, else they are those of now. */
export function showHistory(store: SalonStore): void {
  const host = byId('history', HTMLElement);
  const clock = byId('clock', HTMLElement);
  const rate = byId('rate', HTMLElement);
  let plot: uPlot | null = null;
  let pointed: number | null = null;
  const width = (): number => pictureWidth(host.clientWidth + PICTURE_EDGES);
  byId('history-doors', HTMLElement).append(...saveMenu(salonSource(store), {
    name: 'history', title: () => 'QD-score and coverage', figures: () => '', width,
    async picture(theme) {
      const { run } = store;
      if (run === null) return { parts: [] };
      const { qdScore, coverage } = run.state;
      return { parts: [
        { kind: 'text', text: [{ text: `QD-score ${figure(qdScore)}`, colour: theme.moss }, { text: ' · ' }, { text: `coverage ${percent(coverage)}, dashed`, colour: theme.sky }, { text: ' · over the texts of the run' }] },
        await plotPart(options(theme, plotSize(host, width()), run.iterations, () => undefined), columns(run)),
      ] };
    },
    tables: [{ name: 'history', title: 'QD-score and coverage', csv: () => toCsv(['text', 'QD-score', 'coverage'], (store.run?.points ?? []).map(({ iteration, qdScore, coverage }) => [iteration, qdScore, coverage])) }],
  }, 'QD-score and coverage'));

  const say = (): void => {
    const { run, now: { totals } } = store;
    if (run === null) return;
    const at = pointed === null || pointed === 0 ? null : run.points[pointed - 1] ?? null;
    if (at !== null) {
      setText(clock, `at text ${count(at.iteration)}`);
      setText(rate, `QD-score ${figure(at.qdScore)}, coverage ${percent(at.coverage)}`);
      return;
    }
    const { stage, iteration } = run.state;
    setText(clock, `${count(iteration)} / ${count(run.iterations)}`);
    const pace = totals !== null && totals.perSecond > 0 ? `${totals.perSecond < 10 ? totals.perSecond.toFixed(1) : count(totals.perSecond)} texts/s in all` : '';
    setText(rate, stage === 'done' ? 'done' : stage === 'judging' ? 'elites are judged anew' : stage === 'waiting' ? 'not begun' : pace);
  };
  const build = (theme: Theme): void => {
    plot?.destroy();
    plot = new uPlot(options(theme, { width: host.clientWidth || 300, height: host.clientHeight || 90 }, store.run?.iterations ?? 1, (index) => {
      pointed = index;
      say();
    }), columns(store.run), host);
  };
  combineLatest([theme$, store.watch(() => store.run?.iterations)]).subscribe(([theme]) => build(theme));
  store.watch(() => store.run?.points).pipe(auditTime(REDRAW_MS)).subscribe((points) => {
    plot?.setData(columns(store.run));
    host.dataset['points'] = String(points?.length ?? 0);
  });
  combineLatest([store.watch(() => store.run), store.watch(({ totals }) => totals)]).subscribe(say);
  new ResizeObserver(() => plot?.setSize({ width: host.clientWidth, height: host.clientHeight })).observe(host);
}
