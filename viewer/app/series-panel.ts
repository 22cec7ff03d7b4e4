import { combineLatest } from 'rxjs';
import uPlot from 'uplot';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { dressPanel } from './panel.ts';
import { FINER, plotPart, plotSize } from './plot-picture.ts';
import { placeUnder } from './popovers.ts';
import { pictureWidth } from './save-menu.ts';
import { allLines, drawnLines, FIRST_LINES, tabulate, titleOf, valueBefore, type SeriesLine, type SeriesTable } from './series-lines.ts';
import { linesColour, plotOptions } from './series-plot.ts';
import type { Store } from './state.ts';
import { theme$, type Theme } from './theme.ts';
import { turns } from './turns.ts';
import { count, figure } from './words.ts';

const REDRAW_MS = 400;
const CHOSEN_KEY = 'lichen.series';
/** More lines cannot be told apart, nor their axes. */
export const MOST_LINES = 5;

function rememberedLines(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(CHOSEN_KEY) ?? 'null');
    if (Array.isArray(kept) && kept.length > 0 && kept.every((name) => typeof name === 'string')) return kept.slice(0, MOST_LINES) as string[];
  } catch {
    // a browser that keeps nothing, or something else under that name: begin as at first
  }
  return [...FIRST_LINES];
}

function aligned({ ticks, values }: SeriesTable): uPlot.AlignedData {
  return [ticks, ...values];
}

/** Population, diversity and whatever else is measured, over time; figures follow the pointer, else they are those of now. */
export function showSeries(store: Store): void {
  const host = byId('series', HTMLElement);
  const figures = byId('series-figures', HTMLElement);
  const legend = element('ul', { id: 'series-legend', 'aria-label': 'Lines and their values' });
  const choose = element('div', { popover: 'auto', class: 'menu', id: 'series-choose', role: 'group', 'aria-label': `Lines to draw, at most ${MOST_LINES}` });
  const chooser = element('button', { type: 'button', class: 'plain', id: 'series-chooser', popovertarget: 'series-choose', 'aria-expanded': false }, 'lines');
  placeUnder(choose, chooser);
  host.before(legend);
  figures.after(chooser);
  host.after(choose);

  let wanted = rememberedLines();
  let lines: SeriesLine[] = [];
  let shadowsFrom = 0;
  let table: SeriesTable = { ticks: [], values: [] };
  let plot: uPlot | null = null;
  let theme: Theme | null = null;
  let pointed: number | null = null;
  let outputs: HTMLElement[] = [];

  const mostPoints = (): number => Math.max(200, host.clientWidth);
  const data = (): uPlot.AlignedData => {
    table = tabulate(lines, store.now.series, store.now.measured, mostPoints());
    return aligned(table);
  };

  const panel = dressPanel(store, {
    name: 'series',
    async picture(colours) {
      const choices = { theme: colours, lines, shadowsFrom, ...plotSize(host, pictureWidth(byId('series-panel', HTMLElement).clientWidth)), finer: FINER, pointed: () => undefined };
      return { parts: [
        { kind: 'text', text: lines.map((line) => `${titleOf(line)}${line.shadowOf === null ? '' : ', dashed'}${line.unit === '' ? '' : ` (${line.unit})`}`).join(' · ') },
        ...lines.length === 0 ? [] : [await plotPart(plotOptions(choices), aligned(tabulate(lines, store.now.series, store.now.measured, mostPoints())))],
      ] };
    },
    tables: [
      { name: 'series', title: 'Lines drawn', csv: () => csvOf(lines) },
      { name: 'series-all', title: 'All that is measured', csv: () => csvOf(allLines(store.now.measures)) },
    ],
  });
  const csvOf = (some: readonly SeriesLine[]): string => {
    const { ticks, values } = tabulate(some, store.now.series, store.now.measured);
    return toCsv(['tick', ...some.map(({ name }) => name)], ticks.map((tick, i) => [tick, ...values.map((column) => column[i] ?? null)]));
  };

  const read = (): void => {
    const index = pointed ?? table.ticks.length - 1;
    lines.forEach((_, i) => {
      const value = valueBefore(table.values[i] ?? [], index);
      const output = outputs[i];
      if (output !== undefined) setText(output, value === null ? '–' : Number.isInteger(value) ? count(value) : figure(value));
    });
    setText(figures, table.ticks.length === 0 ? '' : pointed === null ? `to tick ${count(table.ticks.at(-1) ?? 0)}` : `at tick ${count(table.ticks[pointed] ?? 0)}`);
  };

  const build = (): void => {
    if (theme === null || !panel.isOpen()) return;
    plot?.destroy();
    plot = null;
    ({ lines, shadowsFrom } = drawnLines(allLines(store.now.measures), wanted));
    outputs = lines.map(() => element('b'));
    const items = lines.map((line, i) => {
      const isShadow = i >= shadowsFrom;
      const key = element('i', { class: isShadow ? 'line-key shadow' : 'line-key' });
      key.style.borderColor = linesColour(theme!, lines, i);
      return element('li', { title: `${titleOf(line)}${line.unit === '' ? '' : `, ${line.unit}`}: ${line.sentence}`, 'data-line': line.name }, key, isShadow ? 'its neutral shadow' : line.title, ' ', outputs[i]!);
    });
    // a shadow stands after its own
    legend.replaceChildren(...lines.slice(0, shadowsFrom).flatMap(({ shadow }, i) => [items[i]!, ...items.filter((_, at) => shadow !== null && lines[at]?.name === shadow)]));
    if (lines.length > 0) {
      plot = new uPlot(plotOptions({
        theme, lines, shadowsFrom, width: host.clientWidth || 300, height: host.clientHeight || 120,
        pointed(index) {
          pointed = index;
          read();
        },
      }), data(), host);
    }
    host.setAttribute('aria-label', `${lines.map(titleOf).join(', ')} over time`);
    host.dataset['lines'] = lines.map(({ name }) => name).join(' ');
    read();
  };
  panel.onOpen(build);

  host.tabIndex = 0;
  host.addEventListener('keydown', (event) => {
    if (plot === null || table.ticks.length === 0) return;
    const last = table.ticks.length - 1;
    const step = Math.max(1, Math.round(last / 60));
    const to = ({ ArrowLeft: Math.max(0, (pointed ?? last) - step), ArrowRight: Math.min(last, (pointed ?? last) + step), Home: 0, End: last } as Record<string, number>)[event.key];
    if (to === undefined && event.key !== 'Escape') return;
    if (to === undefined && pointed === null) return;
    event.preventDefault();
    event.stopPropagation();
    plot.setCursor(to === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(table.ticks[to]!, 'x'), top: 1 });
  });
  host.addEventListener('blur', () => plot?.setCursor({ left: -10, top: -10 }));

  const keep = (): void => {
    try {
      localStorage.setItem(CHOSEN_KEY, JSON.stringify(wanted));
    } catch {
      // not kept: the lines are those of now all the same
    }
    for (const box of choose.querySelectorAll('input')) box.disabled = !box.checked && wanted.length >= MOST_LINES;
  };
  const offer = (): void => {
    // a shadow comes with what it is the shadow of
    choose.replaceChildren(...allLines(store.now.measures).filter(({ shadowOf }) => shadowOf === null).map((line) => {
      const box = element('input', { type: 'checkbox', value: line.name, checked: wanted.includes(line.name) });
      box.addEventListener('change', () => {
        wanted = box.checked ? [...wanted, line.name] : wanted.filter((name) => name !== line.name);
        keep();
        build();
      });
      const beside = [line.unit, line.shadow === null ? '' : '+ shadow'].filter((words) => words !== '').join(' ');
      return element('label', { title: line.shadow === null ? line.sentence : `${line.sentence} Drawn with that of a neutral shadow.` }, box, line.title, element('span', { class: 'unit' }, beside));
    }));
    keep();
  };

  store.watch(({ measures }) => measures).subscribe(() => {
    offer();
    build();
  });
  theme$.subscribe((now) => {
    theme = now;
    build();
  });
  combineLatest([store.watch(({ series }) => series), store.watch(({ measured }) => measured)]).pipe(turns.inTurn(REDRAW_MS)).subscribe(([series]) => {
    host.dataset['points'] = String(series.length);
    if (!panel.isOpen()) return;
    plot?.setData(data());
    read();
  });
  new ResizeObserver(() => {
    if (host.clientWidth > 0) plot?.setSize({ width: host.clientWidth, height: host.clientHeight });
  }).observe(host);
}
