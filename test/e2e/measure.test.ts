import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lichen } from './lichen.ts';
import { startSteadyServer } from '../model/steady-server.ts';

const measured = z.object({
  ticks: z.number(), fingerprint: z.string(), words: z.array(z.string()),
  facts: z.array(z.object({ name: z.string(), unit: z.string(), sentence: z.string(), every: z.number() })),
  rows: z.array(z.object({ tick: z.number(), values: z.record(z.string(), z.number().nullable()) })),
});

describe('lichen measure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-measure-'));
  const run = join(folder, 'run');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('[Q15] plays a run with a model again from its record, and tells what the run recorded of itself', async () => {
    const server = await startSteadyServer();
    try {
      const { code, stderr } = await lichen(['run', 'meadow', '--headless', '--ticks', '80', '--operator', 'mixed', '--set', 'founders=80', '--set', 'size=64', '--set', 'modelShare=0.2', '--model', 'steady', '--out', run],
        { env: { OPENAI_BASE_URL: server.baseURL } });
      expect([code, stderr]).toEqual([0, stderr]);
    } finally {
      await server.close();
    }
    const { stdout } = await lichen(['export', run, '--table', 'measures', '--format', 'jsonl']);
    const live = stdout.trimEnd().split('\n').map((line) => z.object({ tick: z.number(), measure: z.string(), value: z.number().nullable() }).parse(JSON.parse(line)));
    const again = await lichen(['measure', run, '--json']);
    expect(again.code).toBe(0);
    const found = measured.parse(JSON.parse(again.stdout));
    expect(found.rows.flatMap(({ tick, values }) => Object.entries(values).map(([measure, value]) => ({ tick, measure, value })))).toEqual(live);
    expect(found.rows.at(-1)!.values['operators.llm.genomesShare']).toBeGreaterThan(0);
    expect(found.fingerprint).toBe((JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as { fingerprint: string }).fingerprint);
  });

  it('[Q15] measures what the run did not, as a table in a file and in words', async () => {
    const csv = join(folder, 'series.csv');
    const { code, stdout } = await lichen(['measure', run, '--measures', 'population,modes,activity', '--every', '20', '--with', 'measures.modesEvery=20', '--with', 'measures.modesSnapshots=1', '--with', 'measures.activityEvery=20', '--csv', csv]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Measured over 80 ticks, in 4 samples\.\n/);
    expect(stdout).toMatch(/\nMODES over 3 reports, means of the later half: change \d/);
    expect(stdout).toMatch(/\nEvolutionary activity: class \d[abc]?, \w+, from 4 samples and 39 neutral shadows at the level 0\.025\.\s+So\s+few/);
    const [head, ...lines] = readFileSync(csv, 'utf8').trimEnd().split('\n');
    expect(head).toMatch(/^tick,population\.organisms,.*,modes\.ecology,activity\.diversity/);
    expect(lines.map((line) => line.split(',')[0])).toEqual(['20', '40', '60', '80']);
  });

  it('[E3] refuses what cannot be done in one sentence', async () => {
    writeFileSync(join(folder, 'there'), '');
    const refusals: [string[], RegExp][] = [
      [[run, '--measures', 'charm'], /there is no group of measures "charm"; the groups are population, /],
      [[run, '--measures', 'none'], /nothing is left to be done; name some groups, or all\.$/],
      [[run, '--with', 'archive.objective=judged'], /only fields of measures can be set/],
      [[run, '--csv', join(folder, 'there')], /is there already; name a new file\.$/],
      [[folder], /does not hold a recorded run/],
      [[run, '--embeddings', 'x'], /needs an endpoint: set OPENAI_BASE_URL/],
    ];
    for (const [args, sentence] of refusals) {
      const { code, stdout, stderr } = await lichen(['measure', ...args]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.trimEnd()).toMatch(sentence);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});
