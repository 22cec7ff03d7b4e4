import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  DOUBLE, DuckDBDataChunk, DuckDBInstance, FLOAT, UBIGINT, UINTEGER, USMALLINT, UTINYINT, VARCHAR, type DuckDBAppender, type DuckDBConnection,
} from '@duckdb/node-api';
import { columnsIn, type RowBatch } from './row-batch.ts';
import { listFile, segmentFile, sha256Of, syncFolder, type Segment } from './segments.ts';
import type { ThreadStart } from './thread-messages.ts';
import { tableNames, titleOf, type Column, type ColumnKind, type RecordTables, type Table, type TableName } from './tables.ts';

/** Rows that DuckDB takes at a time. */
const VECTOR = 2048;

const types = { u8: UTINYINT, u16: USMALLINT, u32: UINTEGER, u64: UBIGINT, f32: FLOAT, f64: DOUBLE, text: VARCHAR, list: VARCHAR } as const satisfies Record<ColumnKind, unknown>;

const named = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const quoted = (text: string): string => `'${text.replaceAll('\'', '\'\'')}'`;

/** A column as it stands in the file: words for numbers. */
function shown(key: string, column: Column): string {
  const { words, flag, kind } = column;
  const value = words !== undefined ? `([${words.map(quoted).join(', ')}])[${named(key)} + 1]`
    : flag === true ? `${named(key)} <> 0` : kind === 'list' ? `CAST(${named(key)} AS UINTEGER[])` : named(key);
  return `${value} AS ${named(titleOf(key, column))}`;
}

/** Gathers rows in memory and writes them as Parquet, a file for each table that has any. */
export class SegmentWriter {
  private readonly folder: string;
  private readonly tables: RecordTables;
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private readonly list: number;
  private readonly appenders = new Map<TableName, DuckDBAppender>();
  private readonly rows = new Map<TableName, number>();
  /** A record's first segments are of all tables, so that whoever asks finds them even if they are empty. */
  private first: boolean;

  /** Of a record whose folder and list are there; `fresh` when it has no segments yet. */
  static async open({ folder, tables, fresh }: ThreadStart): Promise<SegmentWriter> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const writer = new SegmentWriter(folder, tables, fresh, instance, await instance.connect());
    for (const name of tableNames) await writer.begin(name);
    return writer;
  }

  private constructor(folder: string, tables: RecordTables, fresh: boolean, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.folder = folder;
    this.tables = tables;
    this.instance = instance;
    this.connection = connection;
    this.list = openSync(listFile(folder), 'a');
    this.first = fresh;
  }

  append({ table, count, capacity, memory, texts }: RowBatch<TableName>): void {
    const appender = this.appenders.get(table)!;
    const definition: Table = this.tables[table];
    const columns = columnsIn(definition, memory, capacity, texts);
    const entries = Object.entries(definition);
    const chunkTypes = entries.map(([, { kind }]) => types[kind]);
    for (let from = 0; from < count; from += VECTOR) {
      const rows = Math.min(VECTOR, count - from);
      const chunk = DuckDBDataChunk.create(chunkTypes, rows);
      for (const [i, [key, column]] of entries.entries()) fill(chunk, i, column, columns[key] as ColumnValues, from, rows);
      appender.appendDataChunk(chunk);
    }
    this.rows.set(table, this.rows.get(table)! + count);
  }

  /** Writes what was appended as the segments of these ticks. What is not listed in the end is as if it were not there. */
  async seal(from: number, to: number): Promise<void> {
    const segments: Segment[] = [];
    try {
      for (const name of tableNames) {
        const rows = this.rows.get(name)!;
        if (rows === 0 && !this.first) continue;
        segments.push(await this.write(name, from, to, rows));
      }
      for (const { table } of segments) syncFolder(join(this.folder, table));
      const lines = Buffer.from(segments.map((one) => `${JSON.stringify(one)}\n`).join(''));
      for (let at = 0; at < lines.length;) at += writeSync(this.list, lines, at);
      fsyncSync(this.list);
    } catch (error) {
      for (const name of tableNames) discard(`${join(this.folder, segmentFile(name, from, to))}.tmp`);
      throw error;
    }
    this.first = false;
    for (const { table } of segments) await this.begin(table as TableName);
  }

  close(): void {
    for (const appender of this.appenders.values()) appender.closeSync();
    closeSync(this.list);
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async begin(name: TableName): Promise<void> {
    this.appenders.get(name)?.closeSync();
    const columns = Object.entries<Column>(this.tables[name]).map(([key, { kind }]) => `${named(key)} ${types[kind].toString()}`);
    await this.connection.run(`CREATE OR REPLACE TABLE ${name} (${columns.join(', ')})`);
    this.appenders.set(name, await this.connection.createAppender(name));
    this.rows.set(name, 0);
  }

  private async write(name: TableName, from: number, to: number, rows: number): Promise<Segment> {
    this.appenders.get(name)!.flushSync();
    const file = segmentFile(name, from, to);
    const path = join(this.folder, file);
    const beside = `${path}.tmp`;
    mkdirSync(join(this.folder, name), { recursive: true });
    const columns = Object.entries<Column>(this.tables[name]).map(([key, column]) => shown(key, column));
    const order = name === 'positions' ? 'ORDER BY tick, id' : '';
    await this.connection.run(`COPY (SELECT ${columns.join(', ')} FROM ${name} ${order}) TO ${quoted(beside)} (FORMAT parquet, COMPRESSION zstd)`);
    const fd = openSync(beside, 'r+');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    const sha256 = await sha256Of(beside);
    renameSync(beside, path);
    return { table: name, file, from, to, rows, bytes: statSync(path).size, sha256 };
  }
}

/** Takes away what was left half-written, if the disk lets it; whoever opens the record does it again. */
function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // what went wrong before is what matters
  }
}

type ColumnValues = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array | readonly string[];

function fill(chunk: DuckDBDataChunk, index: number, { kind, absent }: Column, values: ColumnValues, from: number, rows: number): void {
  const vector = chunk.getColumnVector(index);
  if (kind === 'u64') {
    const { buffer, byteOffset } = values as Uint32Array;
    const pairs = new BigUint64Array(buffer, byteOffset + from * 8, rows);
    for (let i = 0; i < rows; i++) vector.setItem(i, pairs[i]!);
  } else if (absent === undefined) {
    for (let i = 0; i < rows; i++) vector.setItem(i, values[from + i]!);
  } else {
    for (let i = 0; i < rows; i++) {
      const value = values[from + i]!;
      vector.setItem(i, Object.is(value, absent) ? null : value);
    }
  }
  vector.flush();
}
