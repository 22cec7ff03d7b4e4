import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRecorder } from '../../core/recording/recorder.ts';
import { inspectRecord, openRecord } from '../../core/recording/segments.ts';
import { busyMeadow } from './busy-meadow.ts';
import { EVERY, record, rowsOf } from './record-busy.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-again-')); });
afterAll(() => rmSync(folder, { recursive: true }));

describe('a record', () => {
  test('[R5] is the same wherever segments end, to the byte where they end alike, and the run is the same without it', async () => {
    const whole = join(folder, 'whole');
    const again = join(folder, 'again');
    const { simulation, step } = busyMeadow(4);
    for (let tick = 1; tick <= 100; tick++) step();
    for (const one of [whole, again]) expect(await record(one)).toBe(simulation.fingerprint);
    const files = (of: string): string[] => readdirSync(of, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet')).sort();
    expect(files(again)).toEqual(files(whole));
    expect(files(again).filter((name) => !readFileSync(join(again, name)).equals(readFileSync(join(whole, name))))).toEqual([]);
    const other = join(folder, 'other');
    await record(other, { seals: [3, 77] });
    for (const table of ['births', 'archive', 'ticks']) expect(await rowsOf(other, table)).toEqual(await rowsOf(whole, table));
  });

  test('[R7] is gone on with without a gap and without doubling, whatever lay behind it', async () => {
    const whole = join(folder, 'never-stopped');
    const stopped = join(folder, 'stopped');
    await record(whole, { ticks: 90, seals: [30] });
    await record(stopped, { ticks: 50, seals: [30] });
    expect(await openRecord(stopped, { upTo: 30 })).toMatchObject({ tick: 30, problem: null });
    const { simulation, step } = busyMeadow(4);
    for (let tick = 1; tick <= 30; tick++) step();
    const recorder = await createRecorder({ simulation, folder: stopped, positionsEvery: EVERY });
    for (let tick = 31; tick <= 90; tick++) step();
    await recorder.seal();
    await recorder.close();
    expect(readFileSync(join(stopped, 'segments.jsonl'), 'utf8')).toBe(readFileSync(join(whole, 'segments.jsonl'), 'utf8'));
    expect(await inspectRecord(stopped)).toMatchObject({ tick: 90, problem: null });
    // and begins anew where nothing is to be kept
    await openRecord(stopped, { upTo: -1 });
    await record(stopped, { ticks: 90, seals: [30] });
    expect(readFileSync(join(stopped, 'segments.jsonl'), 'utf8')).toBe(readFileSync(join(whole, 'segments.jsonl'), 'utf8'));
  });
});
