import { CellArchive, type CellOptions } from './cell-archive.ts';
import { GridCells, type GridOptions } from './grid-cells.ts';

export interface GridArchiveOptions extends GridOptions, CellOptions {}

/** MAP-Elites' archive over a grid of measures: `CellArchive` says what enters, `GridCells` which cell a point lies in. */
export class GridArchive<T> extends CellArchive<T> {
  readonly dims: readonly number[];

  constructor(options: GridArchiveOptions) {
    super(new GridCells(options), options);
    this.dims = options.dims;
  }

  /** `numElites`, by the name it has in events and messages. */
  get elites(): number { return this.numElites; }

  override emptied(): GridArchive<T> {
    return new GridArchive<T>({ ...(this.tessellation as GridCells).options, ...this.options });
  }
}
