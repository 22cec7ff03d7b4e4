import type { WorldFacts } from '../protocol.ts';
import { heat } from './palette.ts';
import type { Theme } from './theme.ts';

export const NO_CELL = -1;

type Dims = WorldFacts['archive']['dims'];

/**
 * Where cells lie on a picture of so many pixels: the first measure across, the second upwards. Cells are numbered row by
 * row of the first measure: `cell = first * dims[1] + second`.
 */
export class ArchiveMap {
  private readonly dims: Dims;
  private readonly width: number;
  private readonly height: number;

  constructor(dims: Dims, width: number, height: number) {
    this.dims = dims;
    this.width = width;
    this.height = height;
  }

  cellAt(x: number, y: number): number {
    const [across, up] = this.dims;
    const first = Math.floor(x / this.width * across);
    const second = up - 1 - Math.floor(y / this.height * up);
    return first < 0 || first >= across || second < 0 || second >= up ? NO_CELL : first * up + second;
  }

  /** Left, top, width and height, on whole pixels, so that neighbours neither overlap nor leave seams. */
  rect(cell: number, gap = 0): [number, number, number, number] {
    const [across, up] = this.dims;
    const first = Math.floor(cell / up);
    const second = cell % up;
    const left = Math.round(first * this.width / across);
    const top = Math.round((up - 1 - second) * this.height / up);
    return [left, top, Math.round((first + 1) * this.width / across) - left - gap, Math.round((up - second) * this.height / up) - top - gap];
  }

  paint(context: CanvasRenderingContext2D, cells: Readonly<Record<number, number>>, theme: Theme, marked: readonly number[], ratio: number): void {
    const [across, up] = this.dims;
    const gap = Math.min(this.width / across, this.height / up) > 6 ? ratio : 0;
    const best = bestOf(cells);
    context.fillStyle = heat(0, theme.light);
    if (gap === 0) context.fillRect(0, 0, this.width, this.height);
    else for (let cell = 0; cell < across * up; cell++) context.fillRect(...this.rect(cell, gap));
    for (const [cell, objective] of Object.entries(cells)) {
      context.fillStyle = heat(best <= 0 ? 0.5 : 0.18 + 0.82 * Math.max(0, objective) / best, theme.light);
      context.fillRect(...this.rect(Number(cell), gap));
    }
    for (const cell of marked) {
      const [left, top, wide, high] = this.rect(cell, gap);
      // the frame is seen on pale and on dark cells alike
      context.lineWidth = 3.5 * ratio;
      context.strokeStyle = theme.ground;
      context.strokeRect(left, top, wide, high);
      context.lineWidth = 1.5 * ratio;
      context.strokeStyle = theme.ink;
      context.strokeRect(left, top, wide, high);
    }
  }
}

export function bestOf(cells: Readonly<Record<number, number>>): number {
  return Object.values(cells).reduce((most, objective) => Math.max(most, objective), 0);
}

/** The range of each measure in a cell. */
export function cellRanges({ dims, measures }: WorldFacts['archive'], cell: number): { name: string; from: number; to: number }[] {
  const places = [Math.floor(cell / dims[1]), cell % dims[1]];
  return measures.map(({ name, lower, upper }, index) => {
    const size = (upper - lower) / (dims[index as 0 | 1]);
    const from = lower + (places[index] ?? 0) * size;
    return { name, from, to: from + size };
  });
}

/** The cell beside this one, or the same at the edge. */
export function neighbour([across, up]: Dims, cell: number, key: string): number {
  const first = Math.floor(cell / up);
  const second = cell % up;
  switch (key) {
    case 'ArrowLeft': return Math.max(0, first - 1) * up + second;
    case 'ArrowRight': return Math.min(across - 1, first + 1) * up + second;
    case 'ArrowUp': return first * up + Math.min(up - 1, second + 1);
    case 'ArrowDown': return first * up + Math.max(0, second - 1);
    case 'Home': return second;
    case 'End': return (across - 1) * up + second;
    default: return cell;
  }
}
