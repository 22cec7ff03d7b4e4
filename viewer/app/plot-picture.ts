import uPlot from 'uplot';
import { PICTURE_EDGES, type PicturePart } from './panel-picture.ts';

/** How many times as fine as the page. */
export const FINER = 2;

function larger(font: string): string {
  return font.replace(/(\d+)px/, (_, px: string) => `${Number(px) * FINER}px`);
}

function largerAxis(axis: uPlot.Axis): uPlot.Axis {
  const { size, space, gap = 5, font, grid } = axis;
  return {
    ...axis, gap: gap * FINER, ...typeof size === 'number' ? { size: size * FINER } : {}, ...typeof space === 'number' ? { space: space * FINER } : {},
    ...typeof font === 'string' ? { font: larger(font) } : {}, ...grid?.width === undefined ? {} : { grid: { ...grid, width: grid.width * FINER } },
  };
}

/**
 * A plot as part of a picture, drawn afresh as wide as the picture and in finer strokes than the screen has; what of it is drawn by
 * hooks is to be made finer by those.
 */
export async function plotPart({ width, height, padding, axes, series, hooks, ...options }: uPlot.Options, data: uPlot.AlignedData): Promise<PicturePart> {
  const host = document.createElement('div');
  const plot = await new Promise<uPlot>((drawn) => {
    new uPlot({
      ...options, width: width * FINER, height: height * FINER, ...padding === undefined ? {} : { padding: padding.map((side) => (typeof side === 'number' ? side * FINER : side)) as uPlot.Padding },
      axes: (axes ?? []).map(largerAxis),
      series: series.map((line) => ({ ...line, ...line.width === undefined ? {} : { width: line.width * FINER }, ...line.dash === undefined ? {} : { dash: line.dash.map((part) => part * FINER) } })),
      hooks: { draw: [...hooks?.draw ?? [], drawn] },
    }, data, host);
  });
  const { canvas } = plot.ctx;
  return { kind: 'drawing', height, paint: (context, wide, high) => context.drawImage(canvas, 0, 0, wide, high) };
}

/** Size of a plot in a picture so wide, of the shape that it has on the page. */
export function plotSize(host: HTMLElement, pictureWidth: number): { width: number; height: number } {
  const width = pictureWidth - PICTURE_EDGES;
  return { width, height: Math.max(140, Math.round(width * host.clientHeight / Math.max(1, host.clientWidth))) };
}
