import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRecorder } from '../../core/recording/recorder.ts';
import { inspectRecord, openRecord } from '../../core/recording/segments.ts';
import { tableNames } from '../../core/recording/tables.ts';
import { EVERY, record, rowsOf } from './record-busy.ts';
import { busyMeadow, notePrint, observePlainly } from './busy-meadow.ts';

const TICKS = 100;

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-record-')); });
afterAll(() => rmSync(folder, { recursive: true }));

describe('the tables of a record', () => {
  let whole: string;
  let seen: ReturnType<typeof observePlainly>;
  beforeAll(async () => {
    whole = join(folder, 'whole');
    await record(whole);
    const { simulation, step } = busyMeadow(4);
    seen = observePlainly(simulation, EVERY);
    for (let tick = 1; tick <= TICKS; tick++) {
      step();
      notePrint(seen, simulation);
    }
  });

  test.each(['ticks', 'births', 'deaths', 'commands', 'archive', 'thoughts', 'judgings', 'messages', 'measures', 'positions'] as const)('[R5] hold row by row what one who writes down every event has: %s', async (table) => {
    expect(seen[table].length).toBeGreaterThan(10);
    expect(await rowsOf(whole, table)).toEqual(seen[table]);
  });

  test('[R5] hold the text of every genome that they speak of, in each segment', async () => {
    const rows = await rowsOf(whole, 'genomes') as { genome: string; text: string; size: number; depth: number }[];
    const texts = new Map(rows.map(({ genome, text }) => [genome, text]));
    expect([...seen.genomes].filter(([key, text]) => texts.get(key) !== text)).toEqual([]);
    expect(rows.every(({ size, depth }) => size > 0 && depth > 0)).toBe(true);
    const database = await (await DuckDBInstance.create()).connect();
    const ends = new Set(readdirSync(join(whole, 'ticks')));
    for (const file of ends) {
      for (const table of ['births', 'deaths', 'thoughts', 'archive']) {
        const strange = await database.runAndReadAll(`SELECT genome FROM '${join(whole, table, file)}' spoken ANTI JOIN '${join(whole, 'genomes', file)}' held USING (genome)`);
        expect(strange.getRows()).toEqual([]);
      }
    }
    expect(ends.size).toBe(3);
  });

  test('[R5] are read by a plain query of DuckDB, words where the kernel has numbers', async () => {
    const database = await (await DuckDBInstance.create()).connect();
    const { length } = seen.births;
    expect((await database.runAndReadAll(`SELECT count(*)::INTEGER AS n FROM '${whole}/births/*.parquet'`)).getRowObjects()).toEqual([{ n: length }]);
    const types = (await database.runAndReadAll(`DESCRIBE SELECT * FROM '${whole}/births/*.parquet'`)).getRowObjects().map(({ column_name: name, column_type: type }) => `${String(name)} ${String(type)}`);
    expect(types).toEqual([
      'tick UINTEGER', 'id UINTEGER', 'parent UINTEGER', 'partner UINTEGER', 'genome UBIGINT', 'operator VARCHAR', 'outcome VARCHAR', 'variation VARCHAR', 'same BOOLEAN',
      'lineage UINTEGER', 'tag UTINYINT', 'x FLOAT', 'y FLOAT',
    ]);
    // tables that nothing came into are there, too
    const empty = join(folder, 'empty');
    await record(empty, { ticks: 1, seals: [] });
    for (const table of tableNames) await database.run(`SELECT * FROM '${empty}/${table}/*.parquet'`);
  });
});

describe('a record that was cut short', () => {
  let whole: string;
  beforeAll(async () => {
    whole = join(folder, 'to-cut');
    await record(whole, { ticks: 60, seals: [20, 40] });
  });

  test('[R6] has no files that its list does not name once it was opened', async () => {
    const littered = join(folder, 'littered');
    cpSync(whole, littered, { recursive: true });
    writeFileSync(join(littered, 'births/0000000061-0000000070.parquet'), 'not sealed');
    writeFileSync(join(littered, 'births/0000000061-0000000080.parquet.tmp'), 'not even whole');
    // listed, but without the ticks that say that all tables are there
    writeFileSync(join(littered, 'segments.jsonl'), `${JSON.stringify({ table: 'births', file: 'births/0000000061-0000000070.parquet', from: 61, to: 70, rows: 1, bytes: 10, sha256: '0'.repeat(64) })}\n{"table":"dea`, { flag: 'a' });
    expect(await openRecord(littered)).toMatchObject({ tick: 60, problem: null });
    expect(readdirSync(join(littered, 'births')).sort()).toEqual(readdirSync(join(whole, 'births')).sort());
    expect(readFileSync(join(littered, 'segments.jsonl'), 'utf8')).toBe(readFileSync(join(whole, 'segments.jsonl'), 'utf8'));
  });

  test('[R6] is not cut within a segment, nor taken for longer than it is', async () => {
    expect((await openRecord(whole, { upTo: 30 })).problem).toMatch(/cannot be cut at tick 30: its segments go from tick 21 to tick 40/);
    expect((await openRecord(whole, { upTo: 70 })).problem).toMatch(/ends at tick 60 and not at tick 70/);
    expect(await inspectRecord(whole)).toMatchObject({ tick: 60, problem: null });
    await expect(createRecorder({ simulation: busyMeadow(4).simulation, folder: whole })).rejects.toThrow(/ends at tick 60 and the simulation stands at tick 0/);
  });
});

describe('a recorder', () => {
  test('[R6] whose folder is lost says why in the end, and what was sealed stays', async () => {
    const lost = join(folder, 'lost');
    const { simulation, step } = busyMeadow(4);
    const recorder = await createRecorder({ simulation, folder: lost });
    for (let tick = 0; tick < 10; tick++) step();
    await recorder.seal();
    rmSync(join(lost, 'births'), { recursive: true });
    writeFileSync(join(lost, 'births'), 'in the way');
    for (let tick = 0; tick < 10; tick++) step();
    await expect(recorder.seal()).rejects.toThrow();
    expect(recorder.problem).toMatchObject({ code: 'EEXIST' });
    await expect(recorder.seal()).rejects.toThrow();
    expect(recorder.ready()).toBeUndefined();
    step();
    await recorder.close();
    expect(readFileSync(join(lost, 'segments.jsonl'), 'utf8').split('\n').filter((line) => line.includes('"from":0'))).toHaveLength(tableNames.length);
    expect(readFileSync(join(lost, 'segments.jsonl'), 'utf8')).not.toContain('"from":11');
  });

  test('[R5] counts its rows, and asks the run to wait while too much is on its way', async () => {
    const { simulation, step } = busyMeadow(4);
    const recorder = await createRecorder({ simulation, folder: join(folder, 'slow'), positionsEvery: 1, mostBytes: 0 });
    const founders = simulation.kernel.pop.count;
    const genomes = simulation.kernel.genomes.distinct;
    expect(recorder.rows).toBe(founders + genomes + 1);
    let waits = 0;
    for (let tick = 0; tick < 600 && waits === 0; tick++) {
      step();
      const wait = recorder.ready();
      if (wait !== undefined) waits++;
      await wait;
    }
    expect(waits).toBeGreaterThan(0);
    const { rows } = recorder;
    const sealed = recorder.seal();
    expect(recorder.rows).toBe(0);
    await sealed;
    await recorder.seal();
    await recorder.close();
    const { segments } = await inspectRecord(join(folder, 'slow'));
    expect(segments.reduce((sum, one) => sum + one.rows, 0)).toBe(rows);
  });
});
