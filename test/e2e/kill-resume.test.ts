import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { listCheckpoints } from '../../core/recording/checkpoint.ts';
import { checkpointFolder } from '../../viewer/cli/run-files.ts';
import { startSteadyServer, type SteadyServer } from '../model/steady-server.ts';
import { lichen, startLichen, type Ended, type Lichen } from './lichen.ts';

/** Kills of each kind of run, at moments drawn from a seed: within its start, a tick, a checkpoint, a reply. */
const KILLS = 30;
const SPREAD_MS = 900;
/** When it has a state of so much of its ticks it is killed at once: whatever the machine's pace, it is not done before its kills are. */
const KILLED_BY = 0.85;
/** A machine that is a few times as slow comes to the end. */
const LONGEST_MS = 30 * 60_000;

/** Kills after some time, or as soon as there is a state of this tick or a later one. */
async function killAfter({ child, ended }: Lichen, ms: number, out: string, tick: number): Promise<Ended> {
  const until = performance.now() + ms;
  const watch = setInterval(() => {
    if (performance.now() >= until || listCheckpoints(checkpointFolder(out)).some((state) => state.tick >= tick)) child.kill('SIGKILL');
  }, 5);
  const outcome = await ended;
  clearInterval(watch);
  return outcome;
}

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
  { name: 'without a model', ticks: 9000, flags: ground, model: false },
  { name: 'with one in all three roles', ticks: 900, flags: [...ground, ...thinking], model: true },
];

describe.concurrent.each(kinds)('a run $name', ({ name, ticks, flags: own, model }) => {
  test.concurrent(`[R2] killed ${KILLS} times at random moments it ends as if it had never been`, async () => {
    const flags = ['--ticks', String(ticks), ...own];
    const env = model ? { OPENAI_BASE_URL: server.baseURL, LICHEN_MODEL: 'steady' } : {};
    const never = join(folder, `never ${name}`);
    const out = join(folder, `killed ${name}`);
    const whole = await lichen(['run', 'meadow', '--seed', '9', ...flags, '--headless', '--out', never], { env });
    expect(whole.code, whole.stderr).toBe(0);
    const random = new RandomStream(seedKey(2026, 1), model ? 1 : 0);
    // how long a start takes here is what the moments are spread over: a slow machine is killed as often amid its work
    const first = startLichen(['run', 'meadow', '--seed', '9', ...flags, '--headless', '--out', out], { env });
    const started = performance.now();
    while (!existsSync(join(out, 'commands.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 10));
    const startMs = performance.now() - started;
    await killAfter(first, random.below(SPREAD_MS), out, ticks * KILLED_BY);
    let kills = 1;
    for (; kills < KILLS; kills++) {
      const going = startLichen(['run', out, '--resume', '--headless'], { env });
      const { code, stderr } = await killAfter(going, startMs * 0.2 + random.below(startMs + SPREAD_MS), out, ticks * KILLED_BY);
      expect([null, 0], stderr).toContain(code);
      if (code === 0) break;
    }
    const { code, stderr } = await lichen(['run', out, '--resume', '--headless'], { env });
    expect(code, stderr).toBe(0);
    const read = (run: string): { fingerprint: string; births: number } => JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as { fingerprint: string; births: number };
    expect(read(out)).toMatchObject({ fingerprint: read(never).fingerprint, births: read(never).births });
    expect(kills).toBe(KILLS);
    // the commands are each there once
    expect(readFileSync(join(out, 'commands.jsonl'), 'utf8')).toBe(readFileSync(join(never, 'commands.jsonl'), 'utf8'));
  }, LONGEST_MS);
});
