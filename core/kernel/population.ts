import type { Packable, PackedArray } from './packed.ts';
import type { Saveable } from './saveable.ts';

/** Kinds of column, by the array that holds them. */
export interface ColumnKinds { f32: Float32Array; u32: Uint32Array; u16: Uint16Array; u8: Uint8Array }
export type ColumnSpec = Readonly<Record<string, keyof ColumnKinds>>;
export type ColumnsOf<S extends ColumnSpec> = { readonly [K in keyof S]: ColumnKinds[S[K]] };
type Column = ColumnKinds[keyof ColumnKinds];

/** Columns that every world's organisms have. */
export const commonColumns = {
  /** Never reused; the order of ids is the order of conception. */
  id: 'u32',
  /** Handle into the world's `Genomes`. */
  genome: 'u32',
  /** Place on the torus, in steps: [0, width) and [0, height). */
  x: 'f32',
  y: 'f32',
  energy: 'f32',
  /** Tick of birth. */
  bornAt: 'u32',
  /** Id of the founder at the root of the line of first parents. */
  lineage: 'u32',
  /** Heritable kin mark, a circular hue that drifts when the genome changes. */
  tag: 'u8',
  /** Who wrote the genome, an `Operator`. */
  operator: 'u8',
  children: 'u16',
  act: 'u8',
  target: 'u8',
  fired: 'u8',
  /** Signal others hear this tick, and the one they will hear next tick. */
  signal: 'u8',
  nextSignal: 'u8',
  /** Direction of the last move, 0-255 for a turn clockwise from east. */
  heading: 'u8',
  /** What its last thought wants: 1 + act, its target, and for how many more ticks; 0 when instinct is free. */
  intent: 'u8',
  intentTarget: 'u8',
  intentTicks: 'u8',
} as const satisfies ColumnSpec;

export type CommonColumns = typeof commonColumns;

const arrays = {
  f32: Float32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array,
} as const;

/**
 * Organisms in typed-array columns. Live rows are [0, count); a row moves when another dies (the last row takes its
 * place) or when the rows are sorted by place, so only `id` names an organism.
 */
export class Population<S extends ColumnSpec = CommonColumns> implements Saveable {
  count = 0;
  readonly capacity: number;
  readonly columns: ColumnsOf<CommonColumns & S>;
  /** Registers of the genomes' memory, `registersPerRow` side by side for each row. */
  readonly memory: Float32Array;
  readonly registersPerRow: number;
  readonly bytes: number;
  // the same columns by kind, because a loop over one kind of array runs several times faster than over a mixture
  private readonly floats: Float32Array[];
  private readonly words: Uint32Array[];
  private readonly shorts: Uint16Array[];
  private readonly bytesOf: Uint8Array[];

  constructor(spec: S, capacity: number, registersPerRow: number) {
    this.capacity = capacity;
    this.registersPerRow = registersPerRow;
    const columns: Record<string, Column> = {};
    for (const [name, kind] of Object.entries({ ...commonColumns, ...spec })) columns[name] = new arrays[kind](capacity);
    this.columns = columns as unknown as ColumnsOf<CommonColumns & S>;
    this.memory = new Float32Array(capacity * registersPerRow);
    const list = Object.values(columns);
    this.floats = list.filter((column) => column instanceof Float32Array);
    this.words = list.filter((column) => column instanceof Uint32Array);
    this.shorts = list.filter((column) => column instanceof Uint16Array);
    this.bytesOf = list.filter((column) => column instanceof Uint8Array);
    this.bytes = list.reduce((sum, column) => sum + column.byteLength, this.memory.byteLength);
  }

  /** Opens a row for a newborn, every column zero. The caller has seen to it that there is room. */
  add(): number {
    const row = this.count++;
    const { floats, words, shorts, bytesOf, memory, registersPerRow: stride } = this;
    for (let i = 0; i < floats.length; i++) floats[i][row] = 0;
    for (let i = 0; i < words.length; i++) words[i][row] = 0;
    for (let i = 0; i < shorts.length; i++) shorts[i][row] = 0;
    for (let i = 0; i < bytesOf.length; i++) bytesOf[i][row] = 0;
    for (let r = 0; r < stride; r++) memory[row * stride + r] = 0;
    return row;
  }

  /** Closes a row: the last live row moves into its place. */
  remove(row: number): void {
    const last = --this.count;
    if (row === last) return;
    const { floats, words, shorts, bytesOf, memory, registersPerRow: stride } = this;
    for (let i = 0; i < floats.length; i++) floats[i][row] = floats[i][last];
    for (let i = 0; i < words.length; i++) words[i][row] = words[i][last];
    for (let i = 0; i < shorts.length; i++) shorts[i][row] = shorts[i][last];
    for (let i = 0; i < bytesOf.length; i++) bytesOf[i][row] = bytesOf[i][last];
    for (let r = 0; r < stride; r++) memory[row * stride + r] = memory[last * stride + r];
  }

  /** The live rows, in the order in which they lie. */
  save(): Packable {
    const { count, columns, memory, registersPerRow } = this;
    const live = Object.entries<Column>(columns).map(([name, column]) => [name, column.subarray(0, count)] as const);
    return { count, memory: memory.subarray(0, count * registersPerRow), columns: Object.fromEntries<PackedArray>(live) };
  }

  load(saved: unknown): void {
    const { count, columns, memory } = saved as { count: number; columns: Record<string, Column>; memory: Float32Array };
    if (count > this.capacity) throw new RangeError(`The saved state has ${count} organisms; this world has room for ${this.capacity}.`);
    for (const [name, column] of Object.entries<Column>(this.columns)) column.set(columns[name]!);
    this.memory.set(memory);
    this.count = count;
  }

  /**
   * Puts the rows in the given order (a permutation of the live rows), so that neighbours in space are neighbours in
   * memory. Changes nothing that a run's result depends on. `scratch` has room for a word a row.
   */
  arrange(order: Uint32Array, scratch: Uint32Array): void {
    const n = this.count;
    const floats = new Float32Array(scratch.buffer, scratch.byteOffset, n);
    const shorts = new Uint16Array(scratch.buffer, scratch.byteOffset, n);
    const bytes = new Uint8Array(scratch.buffer, scratch.byteOffset, n);
    for (const column of this.floats) gatherFloat(column, order, n, floats);
    for (const column of this.words) gatherWord(column, order, n, scratch);
    for (const column of this.shorts) gatherShort(column, order, n, shorts);
    for (const column of this.bytesOf) gatherByte(column, order, n, bytes);
    const { memory, registersPerRow: stride } = this;
    for (let r = 0; r < stride; r++) {
      for (let i = 0; i < n; i++) floats[i] = memory[order[i] * stride + r];
      for (let i = 0; i < n; i++) memory[i * stride + r] = floats[i];
    }
  }
}

function gatherFloat(column: Float32Array, order: Uint32Array, n: number, scratch: Float32Array): void {
  for (let i = 0; i < n; i++) scratch[i] = column[order[i]];
  column.set(scratch.subarray(0, n));
}
function gatherWord(column: Uint32Array, order: Uint32Array, n: number, scratch: Uint32Array): void {
  for (let i = 0; i < n; i++) scratch[i] = column[order[i]];
  column.set(scratch.subarray(0, n));
}
function gatherShort(column: Uint16Array, order: Uint32Array, n: number, scratch: Uint16Array): void {
  for (let i = 0; i < n; i++) scratch[i] = column[order[i]];
  column.set(scratch.subarray(0, n));
}
function gatherByte(column: Uint8Array, order: Uint32Array, n: number, scratch: Uint8Array): void {
  for (let i = 0; i < n; i++) scratch[i] = column[order[i]];
  column.set(scratch.subarray(0, n));
}
