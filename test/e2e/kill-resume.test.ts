import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { startSteadyServer, type SteadyServer } from '../model/steady-server.ts';
import { lichen, startLichen } from './lichen.ts';

/** Kills of each kind of run, at moments drawn from a seed: within its start, a tick, a checkpoint, a reply. */
const KILLS = 30;
const SHORTEST_MS = 150;
const SPREAD_MS = 1500;

let folder: string;
let server: SteadyServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-killed-'));
  server = await startSteadyServer({ delayMs: 15 });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const ground = ['--set', 'size=128', '--set', 'founders=200', '--set', 'capacity=2500', '--with', 'record.every=40'];
const thinking = ['--operator', 'mixed', '--set', 'modelShare=0.01', '--set', 'deliberation=0.0005', '--set', 'judging=0.01', '--set', 'acclaim=3'];
const kinds = [
  { name: 'without a model', flags: ['--ticks', '9000', ...ground], model: false },
  { name: 'with one in all three roles', flags: ['--ticks', '900', ...ground, ...thinking], model: true },
];

describe.concurrent.each(kinds)('a run $name', ({ name, flags, model }) => {
  test.concurrent(`[R2] killed ${KILLS} times at random moments it ends as if it had never been`, async () => {
    const env = model ? { OPENAI_BASE_URL: server.baseURL, LICHEN_MODEL: 'steady' } : {};
    const never = join(folder, `never ${name}`);
    const out = join(folder, `killed ${name}`);
    const whole = await lichen(['run', 'meadow', '--seed', '9', ...flags, '--headless', '--out', never], { env });
    expect(whole.code, whole.stderr).toBe(0);
    const random = new RandomStream(seedKey(2026, 1), model ? 1 : 0);
    const begin = ['run', 'meadow', '--seed', '9', ...flags, '--headless', '--out', out];
    let begun = false;
    let kills = 0;
    for (; kills < KILLS; kills++) {
      const { child, ended } = startLichen(begun ? ['run', out, '--resume', '--headless'] : begin, { env });
      const timer = setTimeout(() => child.kill('SIGKILL'), SHORTEST_MS + random.below(SPREAD_MS));
      const { code, stderr } = await ended;
      clearTimeout(timer);
      // killed before there was a folder, it has to be begun
      if (code === 2 && /does not hold a recorded run/.test(stderr)) begun = false;
      else expect([null, 0], stderr).toContain(code);
      if (code === 0) break;
      begun = begun || !/does not hold/.test(stderr);
    }
    const { code, stderr } = await lichen(['run', out, '--resume', '--headless'], { env });
    expect(code, stderr).toBe(0);
    const read = (run: string): { fingerprint: string; births: number } => JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as { fingerprint: string; births: number };
    expect(read(out)).toMatchObject({ fingerprint: read(never).fingerprint, births: read(never).births });
    expect(kills).toBe(KILLS);
    // the commands are each there once
    expect(readFileSync(join(out, 'commands.jsonl'), 'utf8')).toBe(readFileSync(join(never, 'commands.jsonl'), 'utf8'));
  }, 170_000);
});
