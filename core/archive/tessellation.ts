/** Divides measure space into numbered cells. */
export interface Tessellation {
  readonly kind: string;
  readonly cells: number;
  readonly measureCount: number;
  /** Cell of one point, `measures[from…]`. Throws a RangeError where the point lies in none. */
  cellOf(measures: ArrayLike<number>, from?: number): number;
  /** Cells of `count` points side by side. */
  cellsOf(count: number, measures: Float64Array, out: Int32Array): void;
  /** The measures that stand for several points, such as repeated evaluations of one solution: as a rule their mean. */
  typical(points: readonly (readonly number[])[]): number[];
  /** Plain data from which `tessellationOf` makes it again. */
  form(): { kind: string };
}

/** Mean of points, measure by measure. */
export function meanPoint(points: readonly (readonly number[])[], width: number): number[] {
  return Array.from({ length: width }, (_, m) => points.reduce((sum, point) => sum + point[m]!, 0) / points.length);
}
