import uPlot from 'uplot';
import type { SeriesLine } from './series-lines.ts';
import type { Theme } from './theme.ts';
import { compact, figure } from './words.ts';

const FONT = '11px system-ui, sans-serif';
const LABEL_PX = 12;
const SHADOW_DASH = [4, 4];

/** Colour of a line by its place; a shadow has a quieter one of what it is the shadow of. */
export function linesColour(theme: Theme, lines: readonly SeriesLine[], index: number): string {
  const roles = [theme.moss, theme.sky, theme.rust, theme.gold, theme.lichen];
  const own = ownOf(lines, index);
  return `${roles[own % roles.length]!}${own === index ? '' : 'a8'}`;
}

/** Place of the line that a shadow belongs to; its own of any other. */
function ownOf(lines: readonly SeriesLine[], index: number): number {
  const name = lines[index]?.name;
  const own = lines.findIndex(({ shadow }) => shadow !== null && shadow === name);
  return own < 0 ? index : own;
}

export interface PlotChoices {
  theme: Theme;
  lines: readonly SeriesLine[];
  /** Lines from here on are shadows. */
  shadowsFrom: number;
  width: number;
  height: number;
  /** How much larger than on the page words are drawn. */
  finer?: number;
  pointed(index: number | null): void;
}

/** Names at the ends of their lines, so that colour is not the only key. */
function nameLines({ theme, lines, shadowsFrom, finer = 1 }: PlotChoices): (plot: uPlot) => void {
  return ({ ctx, data, bbox, valToPos }) => {
    const ratio = uPlot.pxRatio * finer;
    const ends = lines.slice(0, shadowsFrom).flatMap(({ title }, i) => {
      const values = data[i + 1] ?? [];
      let last = values.length - 1;
      while (last >= 0 && (values[last] === null || values[last] === undefined)) last--;
      return last < 0 ? [] : [{ title, colour: linesColour(theme, lines, i), y: valToPos(values[last]!, scaleOf(lines, i), true) }];
    }).sort((a, b) => a.y - b.y);
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'right';
    ctx.textBaseline = 'bottom';
    ctx.lineWidth = 3 * ratio;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = theme.panel;
    let above = bbox.top;
    for (const { title, colour, y } of ends) {
      const at = Math.min(bbox.top + bbox.height, Math.max(y - 2 * ratio, above + LABEL_PX * ratio));
      above = at;
      ctx.strokeText(title, bbox.left + bbox.width - 3 * ratio, at);
      ctx.fillStyle = colour;
      ctx.fillText(title, bbox.left + bbox.width - 3 * ratio, at);
    }
    ctx.restore();
  };
}

/** Lines have scales of their own, but that a shadow shares that of what it shadows. */
function scaleOf(lines: readonly SeriesLine[], index: number): string {
  return lines[ownOf(lines, index)]?.name ?? 'y';
}

export function plotOptions(choices: PlotChoices): uPlot.Options {
  const { theme, lines, shadowsFrom, width, height, pointed } = choices;
  const axis = { stroke: theme.dim, font: FONT, ticks: { show: false }, grid: { stroke: theme.line, width: 1 } };
  const brief = (_: uPlot, values: number[]): string[] => values.map((value) => Math.abs(value) >= 1000 || Number.isInteger(value) ? compact(value) : figure(value));
  const range = (_: uPlot, least: number | null, most: number | null): [number, number] => {
    const [low, high] = [Math.min(0, least ?? 0), Math.max(least ?? 0, most ?? 1)];
    return [low * 1.06, high > low ? high * 1.06 : low + 1];
  };
  const scales = Object.fromEntries(lines.map((_, i): [string, uPlot.Scale] => [scaleOf(lines, i), { range }]));
  const sides = lines.slice(0, Math.min(2, shadowsFrom)).map((_, i): uPlot.Axis => ({
    ...axis, scale: scaleOf(lines, i), side: i === 0 ? 3 : 1, size: 40, space: 22, values: brief, stroke: theme.light ? theme.ink : linesColour(theme, lines, i),
    grid: { ...axis.grid, show: i === 0 },
  }));
  return {
    width, height, padding: [6, sides.length > 1 ? 0 : 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, ...scales },
    axes: [{ ...axis, size: 22, grid: { show: false }, values: (_, values) => values.map(compact) }, ...sides],
    series: [{}, ...lines.map(({ title }, i): uPlot.Series => ({
      label: title, scale: scaleOf(lines, i), stroke: linesColour(theme, lines, i), width: 1.5, points: { show: false }, spanGaps: true,
      ...(i >= shadowsFrom ? { dash: SHADOW_DASH } : {}), ...(i === 0 && shadowsFrom <= 2 ? { fill: `${theme.moss}26` } : {}),
    }))],
    hooks: { draw: [nameLines(choices)], setCursor: [({ cursor }): void => pointed(cursor.idx ?? null)] },
  };
}
