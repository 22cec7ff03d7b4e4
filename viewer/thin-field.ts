import type { Field } from '../core/kernel/field.ts';

/** A field as pages are sent it: bytes, row by row, 255 = full. */
export interface ThinnedField { readonly index: number; readonly columns: number; readonly rows: number; readonly bytes: Uint8Array }

/** Fields larger than this along a side are thinned. */
const MOST_FIELD_CELLS = 256;

type Amounts = Pick<Field, 'cols' | 'rows' | 'amount'>;

/** How a field is thinned: the side of the squares that become one cell, and what is left. */
export function thinning({ cols, rows }: Pick<Amounts, 'cols' | 'rows'>): { side: number; columns: number; rows: number } {
  const side = Math.ceil(Math.max(cols, rows) / MOST_FIELD_CELLS);
  return { side, columns: Math.floor(cols / side), rows: Math.floor(rows / side) };
}

/** A field in bytes; of a large one each cell is the mean of a square of cells, so that fine patterns fade instead of beating. */
export function thinField(field: Amounts, index: number): ThinnedField {
  const { cols, amount } = field;
  const { side: thin, columns, rows } = thinning(field);
  const bytes = new Uint8Array(columns * rows);
  if (thin === 1) {
    for (let cell = 0; cell < bytes.length; cell++) bytes[cell] = amount[cell]! * 255;
    return { index, columns, rows, bytes };
  }
  const scale = 255 / (thin * thin);
  const sums = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let within = 0; within < thin; within++) {
      let cell = (row * thin + within) * cols;
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let end = cell + thin; cell < end; cell++) sum += amount[cell]!;
        sums[column]! += sum;
      }
    }
    for (let column = 0; column < columns; column++) bytes[row * columns + column] = sums[column]! * scale;
  }
  return { index, columns, rows, bytes };
}
