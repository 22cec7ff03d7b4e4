import type { Column, ColumnKind, Table } from './tables.ts';

const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, u64: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type Numeric = keyof typeof arrays;
type OnShared = new (memory: SharedArrayBuffer, at: number, length: number) => unknown;
type ArrayOf<K extends ColumnKind> = K extends Numeric ? InstanceType<(typeof arrays)[K]> : string[];
export type ColumnsOf<T extends Table> = { readonly [K in keyof T]: ArrayOf<T[K]['kind']> };

/**
 * Rows of a table on their way between two threads: the numbers in one piece of memory, the texts beside it. The memory is
 * shared and not moved: where one ArrayBuffer was ever detached the engine checks at every access to any typed array, and
 * the kernel would lose a sixth of its speed.
 */
export interface RowBatch<N extends string = string> {
  readonly table: N;
  readonly count: number;
  readonly capacity: number;
  readonly memory: SharedArrayBuffer;
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

const isNumeric = (kind: ColumnKind): kind is Numeric => kind in arrays;
const wordsOf = (kind: ColumnKind): number => (kind === 'u64' ? 2 : 1);

/** Bytes that the numbers of so many rows need. */
export function batchBytes(table: Table, capacity: number): number {
  return Object.values(table).reduce((sum, column) => sum + columnBytes(column, capacity), 0);
}

function columnBytes({ kind }: Column, capacity: number): number {
  return isNumeric(kind) ? Math.ceil((capacity * wordsOf(kind) * arrays[kind].BYTES_PER_ELEMENT) / 8) * 8 : 0;
}

/** The columns that lie in a piece of memory; texts are taken from `texts`. */
export function columnsIn<T extends Table>(table: T, memory: SharedArrayBuffer, capacity: number, texts: Readonly<Record<string, readonly string[]>>): ColumnsOf<T> {
  let at = 0;
  const columns: Record<string, unknown> = {};
  for (const [key, column] of Object.entries(table)) {
    const { kind } = column;
    columns[key] = isNumeric(kind) ? new (arrays[kind] as OnShared)(memory, at, capacity * wordsOf(kind)) : texts[key];
    at += columnBytes(column, capacity);
  }
  return columns as ColumnsOf<T>;
}

const emptyTexts = (table: Table): Record<string, string[]> =>
  Object.fromEntries(Object.entries(table).flatMap(([key, { kind }]) => (isNumeric(kind) ? [] : [[key, []]])));

/** Gathers the rows of one table and hands them over when its memory is full; columns are read anew after each `open`. */
export class TableRows<T extends Table, N extends string = string> {
  columns: ColumnsOf<T>;
  count = 0;
  private capacity = 0;
  private memory = new SharedArrayBuffer(0);
  private texts: Record<string, string[]>;
  private readonly name: N;
  private readonly table: T;
  private readonly usual: number;
  /** Memory of batches that were read, to be used again; all of the usual size. */
  private readonly spare: SharedArrayBuffer[] = [];
  private readonly handOver: (batch: RowBatch<N>) => void;

  /** @param usual rows that are handed over at once, unless more are opened together */
  constructor(name: N, table: T, usual: number, handOver: (batch: RowBatch<N>) => void) {
    this.name = name;
    this.table = table;
    this.usual = usual;
    this.handOver = handOver;
    this.texts = emptyTexts(table);
    this.columns = columnsIn(table, this.memory, 0, this.texts);
  }

  /** Makes room for so many rows side by side; returns the place of the first. */
  open(rows: number): number {
    if (this.count + rows > this.capacity) {
      this.flush();
      this.begin(Math.max(this.usual, rows));
    }
    const at = this.count;
    this.count += rows;
    return at;
  }

  /** Hands over what there is. */
  flush(): void {
    const { name, count, capacity, memory, texts } = this;
    if (count === 0) return;
    this.count = this.capacity = 0;
    this.memory = new SharedArrayBuffer(0);
    this.handOver({ table: name, count, capacity, memory, texts });
  }

  /** Takes back memory that was handed over. */
  reuse(memory: SharedArrayBuffer): void {
    if (memory.byteLength === batchBytes(this.table, this.usual) && this.spare.length < SPARE) this.spare.push(memory);
  }

  private begin(capacity: number): void {
    const spare = capacity === this.usual ? this.spare.pop() : undefined;
    this.capacity = capacity;
    this.memory = spare ?? new SharedArrayBuffer(batchBytes(this.table, capacity));
    this.texts = emptyTexts(this.table);
    this.columns = columnsIn(this.table, this.memory, capacity, this.texts);
  }
}

/** Pieces of memory that a table keeps for later. */
const SPARE = 8;
