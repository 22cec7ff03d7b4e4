import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRecorder } from '../../core/recording/recorder.ts';
import { openRecord } from '../../core/recording/segments.ts';
import { recordedTicks } from '../../core/recording/tick-record.ts';
import { busyMeadow } from './busy-meadow.ts';

let folder: string;
let disk: string;
let mounted = false;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-disk-'));
  disk = join(folder, 'disk');
  mkdirSync(disk);
  mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk]).status === 0;
});
afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true });
});

describe('a disk that is full', () => {
  test('[R6] ends a record with the reason; what was sealed is whole and is gone on with elsewhere', async ({ skip }) => {
    if (!mounted) skip('no file system may be mounted here');
    const { simulation, step } = busyMeadow(3);
    const recorder = await createRecorder({ simulation, folder: join(disk, 'events'), positionsEvery: 1 });
    let sealed = -1;
    while (recorder.problem === null && simulation.kernel.tick < 400) {
      for (let t = 0; t < 10; t++) step();
      await recorder.seal().then(() => { sealed = simulation.kernel.tick; }, () => undefined);
    }
    await recorder.close();
    expect(recorder.problem).toMatchObject({ code: 'ENOSPC' });
    expect(sealed).toBeGreaterThan(0);
    const elsewhere = join(folder, 'elsewhere');
    cpSync(join(disk, 'events'), elsewhere, { recursive: true });
    expect(await openRecord(elsewhere)).toMatchObject({ tick: sealed, problem: null });
    let ticks = 0;
    for await (const { tick } of recordedTicks(elsewhere)) expect(tick).toBe(ticks++);
    expect(ticks).toBe(sealed + 1);
  });
});
