import type { RowBatch } from './row-batch.ts';
import type { RecordTables, TableName } from './tables.ts';

/** What the thread that writes is started with. */
export interface ThreadStart {
  readonly folder: string;
  readonly tables: RecordTables;
  /** Whether the record has no segments yet. */
  readonly fresh: boolean;
}

/** What it is told. */
export type ThreadOrder =
  | { readonly kind: 'rows'; readonly batch: RowBatch<TableName> }
  /** All rows are there of the ticks after the last segment up to `to`. */
  | { readonly kind: 'seal'; readonly from: number; readonly to: number }
  | { readonly kind: 'close' };

/** What it says. Memory may be used again when its rows were read. */
export type ThreadNews =
  | { readonly kind: 'read'; readonly table: TableName; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'sealed'; readonly to: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | null };
