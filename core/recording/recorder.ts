import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Simulation } from '../simulation.ts';
import type { RowBatch } from './row-batch.ts';
import { inspectRecord, openRecord } from './segments.ts';
import type { TableName } from './tables.ts';
import type { ThreadNews, ThreadOrder, ThreadStart } from './thread-messages.ts';
import { TickRows, tablesOf } from './tick-rows.ts';

export interface RecorderOptions {
  simulation: Simulation;
  /** Where the tables go; made when it is not there. */
  folder: string;
  /** Ticks from one sample of all places and energies to the next; 0 takes none. */
  positionsEvery?: number;
  /** Bytes on their way to the disk from which on `ready` asks the run to wait. */
  mostBytes?: number;
}

/** Writes down all that a simulation emits, as tables in segments. It changes nothing of the run. */
export interface Recorder {
  /** Rows since the last segment; from about half a million on they should be sealed. */
  readonly rows: number;
  /** Why nothing more is recorded: the disk took no more, for one. What was sealed before stays whole. */
  readonly problem: Error | null;
  /** To be waited for between two ticks, where it is a promise: what is recorded comes faster than it can be written. */
  ready(): Promise<void> | undefined;
  /** Writes all rows up to the last finished tick as segments. Resolves when they are on the disk, rejects when they will not be. */
  seal(): Promise<void>;
  /** Records nothing more. What was not sealed is lost. */
  close(): Promise<void>;
}

const MOST_BYTES = 128 << 20;

interface Waiting { readonly to: number; resolve(): void; reject(error: Error): void }

/**
 * Begins a record in an empty folder, or goes on with one that ends at the simulation's tick (see `openRecord`). The
 * simulation must stand between two ticks, and whoever answers its events must be listening already. Rejects with one sentence
 * when the folder cannot be made or holds another record.
 */
export async function createRecorder({ simulation, folder, positionsEvery = 0, mostBytes = MOST_BYTES }: RecorderOptions): Promise<Recorder> {
  mkdirSync(folder, { recursive: true });
  const { tick } = simulation.kernel;
  const found = await inspectRecord(folder, { contents: false });
  if (found.problem !== null) throw new Error(found.problem);
  const fresh = found.tick <= 0;
  if (!fresh && found.tick !== tick) {
    throw new Error(`The record ${folder} ends at tick ${found.tick} and the simulation stands at tick ${tick}: cut the record to that tick, or name an empty folder.`);
  }
  await openRecord(folder, fresh ? { upTo: -1 } : { contents: false });
  return new SegmentRecorder({ simulation, folder, positionsEvery, mostBytes }, fresh);
}

class SegmentRecorder implements Recorder {
  problem: Error | null = null;
  private readonly simulation: Simulation;
  private readonly rowsOf: TickRows;
  private readonly thread: Worker;
  private readonly mostBytes: number;
  private readonly listening: { unsubscribe(): void };
  private readonly ended: Promise<void>;
  private readonly sealing: Waiting[] = [];
  private readonly pausing: (() => void)[] = [];
  /** First tick of the next segment. */
  private from: number;
  private bytesAway = 0;
  private closed = false;

  constructor({ simulation, folder, positionsEvery, mostBytes }: Required<RecorderOptions>, fresh: boolean) {
    this.simulation = simulation;
    this.mostBytes = mostBytes;
    const { tick } = simulation.kernel;
    this.from = tick === 0 ? 0 : tick + 1;
    const tables = tablesOf(simulation);
    const start: ThreadStart = { folder, tables, fresh };
    this.thread = new Worker(new URL('./recorder-thread.mjs', import.meta.url), { workerData: start });
    this.thread.on('message', (news: ThreadNews) => this.hear(news));
    this.thread.on('error', (error: Error) => this.fail(error));
    this.ended = new Promise((resolve) => {
      this.thread.once('exit', (code) => {
        if (!this.closed) this.fail(new Error(`the thread that writes the record ended with code ${code}`));
        resolve();
      });
    });
    // nobody's process lives on for a record that nobody waits for
    this.thread.unref();
    this.rowsOf = new TickRows({ simulation, tables, positionsEvery, handOver: (batch) => this.send(batch) });
    this.listening = simulation.events$.subscribe((event) => {
      if (this.problem !== null) return;
      try {
        this.rowsOf.hear(event);
      } catch (error) {
        // an observer has nobody to throw to: whoever runs the ticks asks
        this.fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  get rows(): number {
    return this.rowsOf.rows;
  }

  ready(): Promise<void> | undefined {
    if (this.bytesAway <= this.mostBytes || this.problem !== null) return undefined;
    return this.waitFor(new Promise((resolve) => { this.pausing.push(resolve); }));
  }

  seal(): Promise<void> {
    if (this.problem !== null) return Promise.reject(this.problem);
    if (this.closed) return Promise.reject(new Error('the record is closed'));
    const { from } = this;
    const to = this.simulation.kernel.tick;
    if (to >= from) {
      this.rowsOf.endSegment();
      this.from = to + 1;
      this.order({ kind: 'seal', from, to });
    } else if (this.sealing.length === 0) return Promise.resolve();
    return this.waitFor(new Promise((resolve, reject) => { this.sealing.push({ to, resolve, reject }); }));
  }

  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.listening.unsubscribe();
      this.order({ kind: 'close' });
    }
    await this.waitFor(this.ended);
  }

  private async waitFor(work: Promise<void>): Promise<void> {
    this.thread.ref();
    try {
      await work;
    } finally {
      if (this.sealing.length === 0 && this.pausing.length === 0) this.thread.unref();
    }
  }

  private order(order: ThreadOrder): void {
    this.thread.postMessage(order);
  }

  private send(batch: RowBatch<TableName>): void {
    this.bytesAway += batch.memory.byteLength;
    this.order({ kind: 'rows', batch });
  }

  private hear(news: ThreadNews): void {
    if (news.kind === 'failed') this.fail(Object.assign(new Error(news.message), news.code === null ? {} : { code: news.code }));
    else if (news.kind === 'read') {
      this.bytesAway -= news.memory.byteLength;
      this.rowsOf.reuse(news.table, news.memory);
      if (this.bytesAway <= this.mostBytes) for (const resolve of this.pausing.splice(0)) resolve();
    } else while (this.sealing.length > 0 && this.sealing[0]!.to <= news.to) this.sealing.shift()!.resolve();
  }

  private fail(error: Error): void {
    this.problem ??= error;
    for (const { reject } of this.sealing.splice(0)) reject(this.problem);
    for (const resolve of this.pausing.splice(0)) resolve();
  }
}
