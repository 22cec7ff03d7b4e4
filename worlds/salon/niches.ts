import type { Archive } from '../../core/archive/archive.ts';
import { CategoryCells } from '../../core/archive/category-cells.ts';
import { CellArchive } from '../../core/archive/cell-archive.ts';
import { DepthArchive } from '../../core/archive/depth-archive.ts';
import { GridCells } from '../../core/archive/grid-cells.ts';
import type { Domain } from './domain.ts';

/** Bins of each measure of a domain. */
export function dimsOf({ measures }: Domain): number[] {
  return measures.map((each) => ('categories' in each ? each.categories.length : each.ticks.length + 1));
}

/** Least and most that a text's quality can be. */
export function qualityRange({ quality }: Domain): readonly [number, number] {
  return quality.scale === 'rating' ? [1, 10] : [0, 1];
}

/** The QD-score of an archive in which every cell has a text of the highest quality. */
export function mostQdScore(domain: Domain): number {
  return dimsOf(domain).reduce((product, n) => product * n, qualityRange(domain)[1]);
}

/** An empty archive with a domain's niches. */
export function emptyArchive<T>({ measures, depth, ties }: Domain): Archive<T> {
  const [first] = measures;
  const cells = first !== undefined && 'categories' in first
    ? new CategoryCells(measures.map((each) => ('categories' in each ? each.categories : [])))
    : new GridCells({
      dims: measures.map((each) => ('ticks' in each ? each.ticks.length + 1 : 1)),
      ranges: measures.map(() => [0, 1] as const),
      ticks: measures.map((each) => ('ticks' in each ? each.ticks : null)),
    });
  return depth > 1 ? new DepthArchive<T>(cells, { depth }) : new CellArchive<T>(cells, { ties });
}

/** Where a cell stands along each measure, counted in bins. */
export function binsOf(cell: number, dims: readonly number[]): number[] {
  const bins = new Array<number>(dims.length);
  let rest = cell;
  for (let m = dims.length - 1; m >= 0; m--) {
    bins[m] = rest % dims[m]!;
    rest = Math.floor(rest / dims[m]!);
  }
  return bins;
}

/** Measures as a point in which distances mean something: a category is a corner, half as far from all others as labels can be. */
export function pointOf({ measures: facts }: Domain, measures: readonly number[]): number[] {
  return facts.flatMap((each, m) => ('categories' in each ? each.categories.map((_, code) => (code === measures[m] ? Math.sqrt(0.5) : 0)) : [measures[m]!]));
}
