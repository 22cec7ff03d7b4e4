import { CategoryCells } from './category-cells.ts';
import { CellArchive, type CellOptions } from './cell-archive.ts';

export interface CategoricalArchiveOptions extends CellOptions {
  /** Names of the categories of each measure. */
  categories: readonly (readonly string[])[];
}

/** A cell for each combination of categories, such as genre × tone. */
export class CategoricalArchive<T> extends CellArchive<T> {
  readonly categories: readonly (readonly string[])[];

  constructor(options: CategoricalArchiveOptions) {
    const cells = new CategoryCells(options.categories);
    super(cells, options);
    this.categories = cells.categories;
  }

  /** Measures for named categories, to be added with. */
  codesOf(...names: readonly string[]): number[] { return (this.tessellation as CategoryCells).codesOf(...names); }
  /** Names of the categories that a cell stands for. */
  namesOf(cell: number): string[] { return (this.tessellation as CategoryCells).namesOf(cell); }

  override emptied(): CategoricalArchive<T> {
    return new CategoricalArchive<T>({ categories: this.categories, ...this.options });
  }
}
