import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { ExportFormat } from './export-formats.ts';
import { inspectRecord } from './segments.ts';
import { tableNames, type TableName } from './tables.ts';

const formatOptions: Record<ExportFormat, string> = {
  csv: 'FORMAT csv, HEADER', parquet: 'FORMAT parquet, COMPRESSION zstd', jsonl: 'FORMAT json',
};

/** A row of an answer: numbers, texts, booleans and lists; what is 64 bits wide is a bigint. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The tables of a record, for questions in SQL: a view for each, by its name, over the segments that are listed, in the
 * order of ticks. Genomes, which stand in every segment that speaks of them, are in the view `genomes` once. Nothing is
 * written into the record.
 */
export class Queries {
  /** Tables that have rows. */
  readonly tables: readonly TableName[];
  /** The first tick and the last one on record. */
  readonly from: number;
  readonly to: number;
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;

  /** Throws an error with one sentence where there are no tables, or not all files that are listed. */
  static async open(folder: string): Promise<Queries> {
    const { segments, tick, problem } = await inspectRecord(folder, { contents: false });
    if (problem !== null) throw new Error(problem);
    if (segments.length === 0) throw new Error(`There are no tables in ${folder}: the run was recorded without events, or was cut short before its first checkpoint.`);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const filled: TableName[] = [];
    for (const table of tableNames) {
      const of = segments.filter((one) => one.table === table);
      if (of.some(({ rows }) => rows > 0)) filled.push(table);
      const files = `read_parquet([${of.map(({ file }) => quoted(join(folder, file))).join(', ')}])`;
      await connection.run(table === 'genomes'
        ? `CREATE VIEW genomes AS SELECT genome, min(tick) AS tick, any_value(text) AS text, any_value(size) AS size, any_value(depth) AS depth FROM ${files} GROUP BY genome`
        : `CREATE VIEW ${table} AS SELECT * FROM ${files}`);
    }
    return new Queries(instance, connection, filled, Math.min(...segments.map(({ from }) => from)), tick);
  }

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, tables: readonly TableName[], from: number, to: number) {
    this.instance = instance;
    this.connection = connection;
    this.tables = tables;
    this.from = from;
    this.to = to;
  }

  async rows(sql: string): Promise<Row[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJS();
  }

  /** Rows a few thousand at a time, for what is larger than memory. */
  async *stream(sql: string): AsyncGenerator<Row[]> {
    const result = await this.connection.stream(sql);
    for await (const rows of result.yieldRowObjectJs()) yield rows;
  }

  /** Writes the answer to a question into a file. */
  async write(sql: string, file: string, format: ExportFormat): Promise<void> {
    await this.connection.run(`COPY (${sql}) TO ${quoted(file)} (${formatOptions[format]})`);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

const quoted = (text: string): string => `'${text.replaceAll('\'', '\'\'')}'`;
