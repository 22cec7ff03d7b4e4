import { CellArchive, type CellOptions } from './cell-archive.ts';
import { CvtCells, type CvtOptions } from './cvt-cells.ts';

export interface CvtArchiveOptions extends CvtOptions, CellOptions {}

/** CVT-MAP-Elites' archive: a cell for each centroid, however many measures there are. */
export class CvtArchive<T> extends CellArchive<T> {
  constructor(options: CvtArchiveOptions) {
    super(new CvtCells(options), options);
  }

  /** The centroid of each cell, `measureCount` numbers each. */
  get centroids(): Float64Array { return (this.tessellation as CvtCells).centroids; }

  override emptied(): CvtArchive<T> {
    const { ranges, centroids } = this.tessellation as CvtCells;
    return new CvtArchive<T>({ ranges, centroids, ...this.options });
  }
}
