import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { inspectRecord, openRecord } from '../../core/recording/segments.ts';
import { recordedTicks } from '../../core/recording/tick-record.ts';
import { record } from './record-busy.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-damage-')); });
afterAll(() => rmSync(folder, { recursive: true }));

describe('a record that was cut short', () => {
  let whole: string;
  beforeAll(async () => {
    whole = join(folder, 'to-cut');
    await record(whole, { ticks: 60, seals: [20, 40] });
  });

  test('[R6] is whole up to some tick or refused with the reason, wherever a file was cut or a byte was changed', async () => {
    const random = new RandomStream(seedKey(5, 99), 0);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 60; i++) {
      const hurt = join(folder, `hurt-${i}`);
      cpSync(whole, hurt, { recursive: true });
      const names = readdirSync(hurt, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
      const file = i % 4 === 0 ? join(hurt, 'segments.jsonl') : random.pick(names);
      const size = statSync(file).size;
      const at = random.below(size);
      if (i % 3 === 0) {
        const bytes = readFileSync(file);
        bytes[at]! ^= 1 + random.below(255);
        writeFileSync(file, bytes);
      } else if (i % 7 === 0) rmSync(file);
      else truncateSync(file, at);
      const opened = await openRecord(hurt, { upTo: 40 });
      expect([-1, 20, 40, 60]).toContain(opened.tick);
      outcomes.set(`${opened.tick} ${opened.problem === null ? 'whole' : 'refused'}`, 1 + (outcomes.get(`${opened.tick} ${opened.problem === null ? 'whole' : 'refused'}`) ?? 0));
      if (opened.problem !== null) {
        expect(opened.problem).toMatch(/^The (record|segment) .*hurt|segments\.jsonl/);
        expect(opened.tick).toBeLessThan(40);
        // what is whole before that can be gone on from
        if (opened.tick >= 0) expect(await openRecord(hurt, { upTo: opened.tick })).toMatchObject({ tick: opened.tick, problem: null });
      }
      if (opened.tick < 0) continue;
      const ticks: number[] = [];
      for await (const { tick } of recordedTicks(hurt)) ticks.push(tick);
      expect(ticks).toEqual(Array.from({ length: opened.tick + 1 }, (_, tick) => tick));
      expect(await inspectRecord(hurt)).toMatchObject({ tick: opened.tick, problem: null });
    }
    expect(outcomes.get('40 whole')).toBeGreaterThan(5);
    expect([...outcomes].filter(([what]) => what.endsWith('refused')).reduce((sum, [, n]) => sum + n, 0)).toBeGreaterThan(5);
  });
});
