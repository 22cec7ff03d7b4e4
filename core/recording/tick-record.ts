import type { Simulation } from '../simulation.ts';
import { Queries } from './queries.ts';
import { columnsIn, type RowBatch } from './row-batch.ts';
import { tableNames, titleOf, type Column, type RecordTables, type Table, type TableName } from './tables.ts';
import { TickRows, tablesOf } from './tick-rows.ts';

/** A value as it stands in a table; what is 64 bits wide is written in decimal digits. */
export type RecordedValue = string | number | boolean | null | readonly number[];
export type RecordedRow = Readonly<Record<string, RecordedValue>>;

/** All rows of one tick, by table, in the order of its events. */
export interface TickRecord {
  readonly tick: number;
  readonly tables: Readonly<Partial<Record<TableName, readonly RecordedRow[]>>>;
}

/** The tables that are functions of the run alone: `genomes` depends on where segments end, the others on what was asked for. */
const comparable = tableNames.filter((name) => !['genomes', 'positions', 'measures'].includes(name));

/** The fingerprint after each recorded tick, in their order. Throws an error with one sentence when the record is damaged. */
export async function* recordedTicks(folder: string): AsyncGenerator<{ tick: number; fingerprint: string }> {
  const queries = await Queries.open(folder);
  try {
    for await (const rows of queries.stream('SELECT tick, fingerprint FROM ticks')) {
      for (const { tick, fingerprint } of rows) yield { tick: Number(tick), fingerprint: String(fingerprint) };
    }
  } finally {
    queries.close();
  }
}

/** What happened in one recorded tick, as far as it is a function of the run alone. Throws as `recordedTicks`. */
export async function recordedEvents(folder: string, tick: number): Promise<TickRecord> {
  const queries = await Queries.open(folder);
  try {
    const tables: Partial<Record<TableName, readonly RecordedRow[]>> = {};
    for (const name of comparable) {
      const rows = await queries.rows(`SELECT * FROM ${name} WHERE tick = ${Math.trunc(tick)}`);
      tables[name] = rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
    }
    return { tick, tables };
  } finally {
    queries.close();
  }
}

function plain(value: unknown): RecordedValue {
  return typeof value === 'bigint' ? String(value) : value as RecordedValue;
}

/**
 * What happens in a simulation from now on, tick by tick, in the same form as a record has it. `last` is whole between
 * two ticks; of a simulation that has not made a step it holds the founders.
 */
export function watchTicks(simulation: Simulation): { last(): TickRecord; close(): void } {
  const tables = tablesOf(simulation);
  let batches: RowBatch<TableName>[] = [];
  const rows = new TickRows({ simulation, tables, positionsEvery: 0, handOver: (batch) => batches.push(batch) });
  const listening = simulation.events$.subscribe((event) => {
    if (event.kind === 'tick') {
      rows.endSegment();
      batches = [];
    }
    rows.hear(event);
  });
  return {
    last() {
      rows.endSegment();
      const found: Partial<Record<TableName, RecordedRow[]>> = Object.fromEntries(comparable.map((name) => [name, []]));
      for (const batch of batches) found[batch.table]?.push(...rowsIn(batch, tables));
      return { tick: simulation.kernel.tick, tables: found };
    },
    close() {
      listening.unsubscribe();
    },
  };
}

/** The rows of a batch, with words for numbers as in the files. */
function rowsIn({ table, count, capacity, memory, texts }: RowBatch<TableName>, tables: RecordTables): RecordedRow[] {
  const definition: Table = tables[table];
  const columns = columnsIn(definition, memory, capacity, texts);
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(Object.entries(definition).map(([key, column]) => [titleOf(key, column), shown(column, columns[key]!, row)])));
}

function shown({ kind, words, flag, absent }: Column, values: ArrayLike<number | string>, row: number): RecordedValue {
  if (kind === 'u64') return String(BigInt(values[2 * row]!) | (BigInt(values[2 * row + 1]!) << 32n));
  const value = values[row]!;
  if (absent !== undefined && Object.is(value, absent)) return null;
  if (words !== undefined) return words[value as number] ?? null;
  if (flag === true) return value !== 0;
  return kind === 'list' ? JSON.parse(value as string) as number[] : value;
}
