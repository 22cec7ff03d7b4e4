import { auditTime, combineLatest } from 'rxjs';
import uPlot from 'uplot';
import type { SeriesPoint } from '../protocol.ts';
import { byId, element, setText } from './dom.ts';
import type { Store } from './state.ts';
import { theme$, type Theme } from './theme.ts';
import { compact, count, figure } from './words.ts';

const HEIGHT_PX = 128;
const REDRAW_MS = 200;
const AXIS_FONT = '11px system-ui, sans-serif';

function columns(points: readonly SeriesPoint[]): uPlot.AlignedData {
  return [points.map(({ tick }) => tick), points.map(({ population }) => population), points.map(({ diversity }) => diversity)];
}

function options(theme: Theme, width: number): uPlot.Options {
  const axis = { stroke: theme.dim, font: AXIS_FONT, ticks: { show: false }, grid: { stroke: theme.line, width: 1 } };
  const brief = (_: uPlot, values: number[]): string[] => values.map(compact);
  return {
    width, height: HEIGHT_PX, padding: [6, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, population: { range: (_, __, most) => [0, Math.max(1, most * 1.06)] }, diversity: { range: (_, __, most) => [0, Math.max(1, most * 1.06)] } },
    axes: [
      { ...axis, size: 22, grid: { show: false }, values: brief },
      { ...axis, scale: 'population', size: 40, space: 34, values: brief, stroke: theme.light ? theme.ink : theme.moss },
      { ...axis, scale: 'diversity', side: 1, size: 36, space: 34, grid: { show: false }, values: brief, stroke: theme.light ? theme.ink : theme.sky },
    ],
    series: [
      {},
      { label: 'population', scale: 'population', stroke: theme.moss, width: 1.5, fill: `${theme.moss}26`, points: { show: false } },
      { label: 'diversity', scale: 'diversity', stroke: theme.sky, width: 1.5, points: { show: false }, dash: [6, 2] },
    ],
  };
}

/** Population and diversity over time; the figures follow the pointer, else they are those of now. */
export function showSeries(store: Store): void {
  const host = byId('series', HTMLElement);
  const figures = byId('series-figures', HTMLElement);
  const populationText = element('b', { class: 'moss' });
  const diversityText = element('b', { class: 'sky' });
  const when = element('span');
  figures.append(populationText, ' · ', diversityText, ' kinds', when);
  figures.title = 'Organisms alive, and the effective number of genomes among them, exp(H): how many equally common kinds would be as diverse.';

  const showPoint = (point: SeriesPoint | undefined, pointed: boolean): void => {
    if (point === undefined) return;
    setText(populationText, count(point.population));
    setText(diversityText, figure(point.diversity));
    setText(when, pointed ? ` at ${count(point.tick)}` : '');
  };

  let plot: uPlot | null = null;
  let pointedIndex: number | null = null;
  const build = (theme: Theme): void => {
    plot?.destroy();
    plot = new uPlot({
      ...options(theme, host.clientWidth || 300),
      hooks: {
        setCursor: [({ cursor }): void => {
          pointedIndex = cursor.idx ?? null;
          const { series } = store.now;
          showPoint(pointedIndex === null ? series.at(-1) : series[pointedIndex], pointedIndex !== null);
        }],
      },
    }, columns(store.now.series), host);
  };
  theme$.subscribe(build);
  combineLatest([store.watch(({ series }) => series)]).pipe(auditTime(REDRAW_MS)).subscribe(([series]) => {
    plot?.setData(columns(series));
    if (pointedIndex === null) showPoint(series.at(-1), false);
    host.dataset['points'] = String(series.length);
  });
  new ResizeObserver(() => plot?.setSize({ width: host.clientWidth, height: HEIGHT_PX })).observe(host);
}
