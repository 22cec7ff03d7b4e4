import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstDifference } from '../../core/recording/first-difference.ts';
import { createRecorder } from '../../core/recording/recorder.ts';
import { recordedEvents, recordedTicks, watchTicks, type TickRecord } from '../../core/recording/tick-record.ts';
import { busyMeadow } from './busy-meadow.ts';

let folder: string;
let prints: string[];
/** What was watched while it was recorded, by tick. */
const watched: TickRecord[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-difference-'));
  const { simulation, step } = busyMeadow(9);
  const recorder = await createRecorder({ simulation, folder });
  const watch = watchTicks(simulation);
  prints = [simulation.fingerprint];
  watched.push(watch.last());
  for (let tick = 1; tick <= 40; tick++) {
    step();
    prints.push(simulation.fingerprint);
    watched.push(watch.last());
  }
  watch.close();
  await recorder.seal();
  await recorder.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const without = (record: TickRecord, table: 'births' | 'deaths', row: number): TickRecord =>
  ({ ...record, tables: { ...record.tables, [table]: record.tables[table]!.filter((_, i) => i !== row) } });

describe('where two runs part', () => {
  test('[R8] fingerprints are read tick by tick', async () => {
    const found: string[] = [];
    for await (const { tick, fingerprint } of recordedTicks(folder)) found[tick] = fingerprint;
    expect(found).toEqual(prints);
  });

  test('[R8] a tick that is watched is the tick that was recorded', async () => {
    for (const tick of [0, 1, 8, 23, 40]) {
      const recorded = await recordedEvents(folder, tick);
      expect(recorded).toEqual(watched[tick]);
      expect(firstDifference(recorded, watched[tick]!)).toBeNull();
    }
  });

  test('[R8] the first event that differs is named, with what it has and what the record has', () => {
    const tick = watched.findIndex(({ tables }) => tables.births!.length > 2 && tables.deaths!.length > 0);
    const recorded = watched[tick]!;
    const births = recorded.tables.births!;
    const changed: TickRecord = { tick, tables: { ...recorded.tables, births: births.map((row, i) => (i === 1 ? { ...row, genome: '17', x: 3 } : row)) } };
    expect(firstDifference(recorded, changed)).toBe(`tick ${tick}: birth 2 of ${births.length} has genome 17 where the record has ${String(births[1]!['genome'])}`);
    const orphan: TickRecord = { tick, tables: { ...recorded.tables, births: births.map((row, i) => (i === 0 ? { ...row, parent: null } : row)) } };
    expect(firstDifference(recorded, orphan)).toMatch(new RegExp(`^tick ${tick}: birth 1 of ${births.length} has parent null where the record has \\d+$`));
    const last = births.length - 1;
    expect(firstDifference(recorded, without(recorded, 'births', last)))
      .toMatch(new RegExp(`^tick ${tick}: there are ${last} of births where the record has ${births.length}; the record alone has birth ${births.length}: id ${String(births[last]!['id'])}, `));
    const dead = recorded.tables.deaths!.length;
    expect(firstDifference(without(recorded, 'deaths', dead - 1), recorded)).toMatch(new RegExp(`^tick ${tick}: there are ${dead} of deaths where the record has ${dead - 1}; the replay alone has death ${dead}: `));
    // causes before effects
    const commanded: TickRecord = { tick, tables: { ...changed.tables, commands: [{ tick, seq: 0, kind: 'set', command: '{}' }, ...recorded.tables.commands!] } };
    expect(firstDifference(recorded, commanded)).toMatch(/of commands where|command 1 of/);
    expect(firstDifference(watched[3]!, watched[4]!)).toBe('tick 4 was replayed where the record has tick 3');
  });
});
