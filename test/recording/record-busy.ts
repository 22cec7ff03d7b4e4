import { expect } from 'vitest';
import { Queries } from '../../core/recording/queries.ts';
import { createRecorder } from '../../core/recording/recorder.ts';
import { busyMeadow } from './busy-meadow.ts';

/** Ticks from one sample of positions to the next. */
export const EVERY = 7;

/** Records a busy meadow, sealing after some ticks and at the end; returns its fingerprint. */
export async function record(into: string, { seals = [50, 51], ticks = 100, seed = 4 }: { seals?: readonly number[]; ticks?: number; seed?: number } = {}): Promise<string> {
  const { simulation, step } = busyMeadow(seed);
  const recorder = await createRecorder({ simulation, folder: into, positionsEvery: EVERY });
  for (let tick = 1; tick <= ticks; tick++) {
    step();
    if (seals.includes(tick)) await recorder.seal();
  }
  await recorder.seal();
  await recorder.close();
  expect(recorder.problem).toBeNull();
  return simulation.fingerprint;
}

/** All rows of a recorded table, 64-bit numbers in digits. */
export async function rowsOf(record: string, table: string): Promise<unknown[]> {
  const queries = await Queries.open(record);
  const rows = await queries.rows(`SELECT * FROM ${table}`);
  queries.close();
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value])));
}
