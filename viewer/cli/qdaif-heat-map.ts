import type { Archive } from '../../core/archive/archive.ts';
import type { Domain, Measure } from '../../worlds/salon/domain.ts';
import { binsOf, dimsOf, qualityRange } from '../../worlds/salon/niches.ts';
import { heat } from '../app/palette.ts';

const CELL = 34;
const LEFT = 96;
const TOP = 74;
const RIGHT = 84;
/** Between panels, where a third measure makes several. */
const GAP = 56;
/** Along either side of a PNG: thousands of niches are for the SVG. */
const MOST_PIXELS = 8000;
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
  const [across, upwards, third] = domain.measures;
  const score = `QD-score ${archive.qdScore.toFixed(2)} of ${maxQdScore} · coverage ${(archive.coverage * 100).toFixed(1)} % · ${archive.numElites} ${archive.numElites === 1 ? 'elite' : 'elites'}`;
  const columnLabels = edges(across!, columns);
  const rowLabels = upwards === undefined ? [] : edges(upwards, rows);
  const panelNames = third === undefined ? [] : Array.from({ length: panels }, (_, panel) => `${third.name} ${binName(third, panel)}`);
  const upwardsName = upwards === undefined ? '' : nameOf(upwards);
  // labels along the first measure are turned by half a right angle, and so reach as far down as to the left
  const slant = widestOf(columnLabels, 9) * Math.SQRT1_2;
  const height = rows * CELL;
  const panelWidth = columns * CELL;
  const pitch = Math.max(panelWidth + GAP, widestOf(panelNames, 10) + 16);
  const overhang = Math.max(0, (widestOf(panelNames, 10) - panelWidth) / 2);
  const left = Math.max(LEFT, 46 + widestOf(rowLabels, 9), 16 + slant, 16 + overhang);
  const right = left + (panels - 1) * pitch + panelWidth;
  const middle = Math.max((left + right) / 2, 16 + widthOf(nameOf(across!), 11) / 2);
  const below = TOP + height + Math.max(56, slant + 30);
  const beside = Math.max(TOP + height / 2, 58 + widthOf(upwardsName, 11) / 2);
  const width = Math.ceil(Math.max(420, right + overhang + RIGHT, middle + widthOf(nameOf(across!), 11) / 2 + 16, 32 + widthOf(title, 15), 32 + widthOf(score, 12)));
  const total = Math.ceil(Math.max(below + 14, beside + widthOf(upwardsName, 11) / 2 + 14));
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" ${FONT} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${total}" fill="#fbfbf8"/>`,
    text(16, 26, title, { size: 15, weight: 600 }),
    text(16, 47, score, { size: 12, fill: PALE }),
  ];
  const cells = dims.reduce((product, n) => product * n, 1);
  for (let cell = 0; cell < cells; cell++) {
    const [column = 0, row = 0, panel = 0] = binsOf(cell, dims);
    const elite = archive.elite(cell);
    const x = left + panel * pitch + column * CELL;
    const y = TOP + (rows - 1 - row) * CELL;
    const fill = elite === null ? EMPTY : paint((elite.objective - least) / (most - least));
    const words = elite === null ? 'empty' : `quality ${elite.objective.toFixed(3)}`;
    parts.push(`<rect x="${round(x + 1)}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" rx="3" fill="${fill}"><title>${words}</title></rect>`);
  }
  for (let panel = 0; panel < panels; panel++) {
    const x = left + panel * pitch;
    columnLabels.forEach((label, i) => parts.push(text(x + placeOf(across!, i), TOP + height + 14, label, { size: 9, fill: PALE, anchor: 'end', turn: -45 })));
    if (third !== undefined) parts.push(text(x + panelWidth / 2, TOP - 10, panelNames[panel]!, { size: 10, anchor: 'middle', fill: PALE }));
  }
  parts.push(text(middle, below, nameOf(across!), { size: 11, anchor: 'middle' }));
  if (upwards !== undefined) {
    rowLabels.forEach((label, i) => parts.push(text(left - 6, TOP + height - placeOf(upwards, i) + 3, label, { size: 9, fill: PALE, anchor: 'end' })));
    parts.push(text(22, beside, upwardsName, { size: 11, anchor: 'middle', turn: -90 }));
  }
  parts.push(...legend(right + overhang + 18, TOP, Math.max(60, Math.min(height, 160)), least, most), '</svg>');
  return `${parts.join('\n')}\n`;
}

/** How wide words are, about: the fonts are the machine's. */
function widthOf(words: string, size: number): number {
  return words.length * size * 0.6;
}

function widestOf(list: readonly string[], size: number): number {
  return list.reduce((most, words) => Math.max(most, widthOf(words, size)), 0);
}

function round(place: number): number {
  return Math.round(place * 100) / 100;
}

/** The picture as PNG, twice as large where that is not too large. Fonts are the machine's: without any, the words are missing and the cells are not. */
export async function rasterise(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
  const zoom = Math.min(2, MOST_PIXELS / Math.max(Number(width), Number(height)));
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' } }).render().asPng();
}

function legend(x: number, y: number, height: number, least: number, most: number): string[] {
  const steps = 20;
  const step = height / steps;
  return [
    ...Array.from({ length: steps }, (_, i) => `<rect x="${round(x)}" y="${(y + height - (i + 1) * step).toFixed(2)}" width="12" height="${(step + 0.5).toFixed(2)}" fill="${paint((i + 0.5) / steps)}"/>`),
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
  const [left, base] = [round(x), round(y)];
  const turned = turn === 0 ? '' : ` transform="rotate(${turn} ${left} ${base})"`;
  return `<text x="${left}" y="${base}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}"${turned}>${escaped(words)}</text>`;
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

function escaped(words: string): string {
  return words.replace(/[&<>"']/g, (sign) => signs[sign]!).replace(/\p{Cc}/gu, '');
}
