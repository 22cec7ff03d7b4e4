import type { Archive } from '../../core/archive/archive.ts';
import type { Domain, Measure } from '../../worlds/salon/domain.ts';
import { binsOf, dimsOf, qualityRange } from '../../worlds/salon/niches.ts';
import { heat } from '../app/palette.ts';

const CELL = 34;
const LEFT = 96;
const TOP = 74;
const RIGHT = 84;
const BOTTOM = 70;
/** Between panels, where a third measure makes several. */
const GAP = 56;
const INK = '#26312c';
const PALE = '#6d7a73';
const EMPTY = '#eef0ea';
const FONT = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif"';

export interface HeatMapFacts { domain: Domain; title: string; archive: Pick<Archive<unknown>, 'elite' | 'qdScore' | 'coverage' | 'numElites'>; maxQdScore: number }

/**
 * The niches of a domain as an SVG picture: the first measure from left to right, the second upwards, a panel for each bin of a third;
 * a cell is the darker the better its elite is, and pale where it has none.
 */
export function heatMap({ domain, title, archive, maxQdScore }: HeatMapFacts): string {
  const dims = dimsOf(domain);
  const [columns = 1, rows = 1, panels = 1] = dims;
  const [least, most] = qualityRange(domain);
  const panelWidth = columns * CELL;
  const height = rows * CELL;
  const width = Math.max(LEFT + panels * panelWidth + (panels - 1) * GAP + RIGHT, 420);
  const total = TOP + height + BOTTOM;
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" ${FONT} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${total}" fill="#fbfbf8"/>`,
    text(16, 26, title, { size: 15, weight: 600 }),
    text(16, 47, `QD-score ${archive.qdScore.toFixed(2)} of ${maxQdScore} · coverage ${(archive.coverage * 100).toFixed(1)} % · ${archive.numElites} ${archive.numElites === 1 ? 'elite' : 'elites'}`, { size: 12, fill: PALE }),
  ];
  const cells = dims.reduce((product, n) => product * n, 1);
  for (let cell = 0; cell < cells; cell++) {
    const [column = 0, row = 0, panel = 0] = binsOf(cell, dims);
    const elite = archive.elite(cell);
    const x = LEFT + panel * (panelWidth + GAP) + column * CELL;
    const y = TOP + (rows - 1 - row) * CELL;
    const fill = elite === null ? EMPTY : paint((elite.objective - least) / (most - least));
    const words = elite === null ? 'empty' : `quality ${elite.objective.toFixed(3)}`;
    parts.push(`<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" rx="3" fill="${fill}"><title>${words}</title></rect>`);
  }
  const [across, upwards, third] = domain.measures;
  for (let panel = 0; panel < panels; panel++) {
    const x = LEFT + panel * (panelWidth + GAP);
    edges(across!, columns).forEach((label, i) => {
      const at = x + placeOf(across!, i);
      parts.push(text(at, TOP + height + 14, label, { size: 9, fill: PALE, anchor: 'end', turn: -45 }));
    });
    parts.push(text(x + panelWidth / 2, TOP + height + 56, nameOf(across!), { size: 11, anchor: 'middle' }));
    if (third !== undefined) parts.push(text(x + panelWidth / 2, TOP - 10, `${third.name} ${binName(third, panel)}`, { size: 10, anchor: 'middle', fill: PALE }));
  }
  if (upwards !== undefined) {
    edges(upwards, rows).forEach((label, i) => parts.push(text(LEFT - 6, TOP + height - placeOf(upwards, i) + 3, label, { size: 9, fill: PALE, anchor: 'end' })));
    parts.push(text(22, TOP + height / 2, nameOf(upwards), { size: 11, anchor: 'middle', turn: -90 }));
  }
  parts.push(...legend(LEFT + panels * panelWidth + (panels - 1) * GAP + 18, TOP, Math.max(60, Math.min(height, 160)), least, most), '</svg>');
  return `${parts.join('\n')}\n`;
}

/** The picture as PNG, twice as large. Fonts are the machine's: without any, the words are missing and the cells are not. */
export async function rasterise(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' } }).render().asPng();
}

function legend(x: number, y: number, height: number, least: number, most: number): string[] {
  const steps = 20;
  const step = height / steps;
  return [
    ...Array.from({ length: steps }, (_, i) => `<rect x="${x}" y="${(y + height - (i + 1) * step).toFixed(2)}" width="12" height="${(step + 0.5).toFixed(2)}" fill="${paint((i + 0.5) / steps)}"/>`),
    text(x + 16, y + 8, String(most), { size: 9, fill: PALE }), text(x + 16, y + height, String(least), { size: 9, fill: PALE }),
    text(x, y - 8, 'quality', { size: 10, fill: PALE }),
  ];
}

/** What stands along a measure: edges between bins, or the names of categories. */
function edges(measure: Measure, bins: number): string[] {
  return 'categories' in measure ? measure.categories.slice(0, bins) : measure.ticks.map((tick) => String(Number(tick.toPrecision(3))));
}

function placeOf(measure: Measure, i: number): number {
  return 'categories' in measure ? (i + 0.5) * CELL : (i + 1) * CELL;
}

function binName(measure: Measure, bin: number): string {
  if ('categories' in measure) return measure.categories[bin]!;
  return `${measure.ticks[bin - 1] ?? 0} to ${measure.ticks[bin] ?? 1}`;
}

function nameOf(measure: Measure): string {
  return 'categories' in measure ? measure.name : `${measure.name}: ${measure.labels[1]!} to ${measure.labels[0]!}`;
}

/** Commas, which every reader of SVG knows. */
function paint(share: number): string {
  return heat(0.12 + 0.88 * share, true).replace(/(\d) (\d)/g, '$1,$2').replace(/(\d) (\d)/g, '$1,$2');
}

function text(x: number, y: number, words: string, { size, fill = INK, anchor = 'start', weight = 400, turn = 0 }: { size: number; fill?: string; anchor?: string; weight?: number; turn?: number }): string {
  const turned = turn === 0 ? '' : ` transform="rotate(${turn} ${x} ${y})"`;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}"${turned}>${escaped(words)}</text>`;
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

function escaped(words: string): string {
  return words.replace(/[&<>"']/g, (sign) => signs[sign]!).replace(/\p{Cc}/gu, '');
}
