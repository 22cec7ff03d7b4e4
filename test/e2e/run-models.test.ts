import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunSummary } from '../../viewer/lab.ts';
import { startSteadyServer, type SteadyServer } from '../model/steady-server.ts';
import { lichen, startLichen, type Ended } from './lichen.ts';

/** A world in which models write children, think and judge. */
const world = ['run', 'meadow', '--json', '--ticks', '90', '--operator', 'mixed', ...['modelShare=0.2', 'size=64', 'patchSize=16', 'founders=60', 'gestation=6',
  'deliberation=0.002', 'reactionTime=5', 'costOfThought=0.3', 'judging=0.1', 'judgingTime=4', 'acclaim=5'].flatMap((each) => ['--set', each])];

let folder: string;
let server: SteadyServer;
let env: NodeJS.ProcessEnv;
let whole: RunSummary;
const first = (): string => join(folder, 'first');

function summaryOf({ code, stdout, stderr }: Ended, expected = 0): RunSummary {
  expect(code, stderr).toBe(expected);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as RunSummary;
}
const outcome = ({ organismStepsPerSecond: _, model: { repaired, fallbacks, copies }, ...rest }: RunSummary): object => ({ ...rest, repaired, fallbacks, copies });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-models-'));
  server = await startSteadyServer();
  env = { OPENAI_BASE_URL: server.baseURL, LICHEN_GRAMMAR: 'off', OPENAI_API_KEY: 'sk-never-to-be-written' };
  whole = summaryOf(await lichen([...world, '--out', first()], { env }));
});
beforeEach(() => server.quiet());
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The replies that a cassette holds, as the server is asked for them. */
function heldIn(cassette: string): Set<string> {
  interface Line { reply?: object; request?: { seed: number; messages: [role: string, content: string][] } }
  const lines = readFileSync(cassette, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Line);
  return new Set(lines.flatMap(({ reply, request }) => (reply === undefined || request === undefined ? [] : [`${request.seed} ${request.messages.at(-1)![1]}`])));
}

describe('a run with models in all three roles', () => {
  test('counts every task by role, kind and model', () => {
    const { accounts } = whole.model;
    expect(new Set(accounts.map(({ role }) => role))).toEqual(new Set(['operator', 'mind', 'judge']));
    for (const { role, kind, ok, repaired } of accounts) expect(ok + repaired, `${role} ${kind}`).toBeGreaterThan(0);
    expect(accounts.reduce((sum, { calls }) => sum + calls, 0)).toBe(whole.model.calls);
    expect(whole.birthsByOperator.llm).toBeGreaterThan(5);
    const calls = readFileSync(join(first(), 'calls.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { kind: string; outcome: string });
    const answered = calls.filter(({ kind }) => kind === 'task');
    expect(answered).toHaveLength(accounts.reduce((sum, { ok, repaired, fallback, budget }) => sum + ok + repaired + fallback + budget, 0));
  });

  test('[L1][M6] replays with no endpoint, from its folder, to the same fingerprint; a miss names the request', async () => {
    const asked = server.asked.length;
    const again = summaryOf(await lichen(['run', first(), '--json', '--replay', first()]));
    expect(outcome(again)).toEqual(outcome(whole));
    expect(server.asked.length).toBe(asked);
    const { code, stderr } = await lichen(['run', first(), '--json', '--replay', first(), '--seed', '2', '--out', join(folder, 'other')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/has no reply number 1 of tick \d+ to request [0-9a-f]{12} \((operator llm-|mind |judge )/);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  test('[M7] no key stands in anything that is written', () => {
    for (const entry of readdirSync(first(), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name), 'latin1')).not.toContain('sk-never');
    }
  });

  test('a shared cassette serves as a cache: the second run asks nothing that the first has asked', async () => {
    const cache = join(folder, 'cache.jsonl');
    const one = summaryOf(await lichen([...world, '--cache', cache], { env }));
    await server.quiet();
    const asked = server.asked.length;
    const held = heldIn(cache);
    const two = summaryOf(await lichen([...world, '--cache', cache], { env }));
    expect(outcome(two)).toEqual(outcome(one));
    expect(two.model.calls).toBe(0);
    // what was in flight when the first run ended is no part of it
    expect(held.size).toBeGreaterThanOrEqual(one.model.calls);
    expect(server.asked.slice(0, asked).filter((one) => held.has(one)).length).toBeGreaterThan(10);
    await server.quiet();
    expect(server.asked.slice(asked).filter((one) => held.has(one))).toEqual([]);
    expect(two.model.accounts.reduce((sum, { shared }) => sum + shared, 0)).toBeGreaterThan(10);
  });

  test('several models at once: each role with its own', async () => {
    const pair = await startSteadyServer({ models: ['writer', 'critic'] });
    try {
      const { model } = summaryOf(await lichen([...world, '--model', 'writer', '--with', 'models.judge=critic'], { env: { ...env, OPENAI_BASE_URL: pair.baseURL } }));
      expect(new Set(model.accounts.map(({ role, model: name }) => `${role} ${name}`))).toEqual(new Set(['operator writer', 'mind writer', 'judge critic']));
    } finally {
      await pair.close();
    }
  });
});

describe('a budget', () => {
  test('[L3] pauses the run where it can be gone on with; gone on with, it ends as one that never paused', async () => {
    const out = join(folder, 'paused');
    const paused = await lichen([...world, '--out', out, '--budget-calls', '10'], { env });
    const summary = summaryOf(paused, 3);
    expect(summary.model.calls).toBeLessThanOrEqual(10);
    expect(summary.ticks).toBeLessThan(90);
    expect(paused.stderr).toMatch(/Estimate for 90 ticks, from a rehearsal of 90: about \d+ calls/);
    expect(paused.stderr).toMatch(/8\d % of the budget is spent|80 % of the budget is spent/);
    expect(paused.stderr).toMatch(/The run stopped at tick \d+, because its budget is spent\. Go on with: lichen run .*paused --resume/);
    await server.quiet();
    const asked = server.asked.length;
    const held = heldIn(join(out, 'cassette.jsonl'));
    expect(held.size).toBeGreaterThan(5);
    const resumed = summaryOf(await lichen(['run', out, '--json', '--resume', '--budget-calls', '100000'], { env }));
    expect(outcome(resumed)).toEqual(outcome(whole));
    // what was paid before the pause is not paid again, and counts
    await server.quiet();
    expect(server.asked.slice(asked).filter((one) => held.has(one))).toEqual([]);
    expect(readFileSync(join(out, 'commands.jsonl'), 'utf8')).toBe(readFileSync(join(first(), 'commands.jsonl'), 'utf8'));
  });

  test('[L4] or goes on blind: what the budget does not reach is classical, counted as such, and replays', async () => {
    const out = join(folder, 'blind');
    const summary = summaryOf(await lichen([...world, '--out', out, '--budget-tokens', '2000', '--on-budget', 'blind'], { env }));
    expect(summary.ticks).toBe(90);
    expect(summary.model.tokens).toBeLessThanOrEqual(2000);
    expect(summary.model.overBudget).toBeGreaterThan(0);
    expect(outcome(summaryOf(await lichen(['run', out, '--json', '--replay', out])))).toEqual(outcome(summary));
  });

  test('in dollars is kept by a price table of one\'s own', async () => {
    const never = join(folder, 'never');
    const paying = [...world, '--model', 'costly', '--out', never, '--budget-dollars', '0.003', '--on-budget', 'blind'];
    const dear = await startSteadyServer({ models: ['costly'] });
    const at = { ...env, OPENAI_BASE_URL: dear.baseURL };
    try {
      const prices = join(folder, 'prices.json');
      writeFileSync(prices, JSON.stringify({ date: '2026-01-31', models: { costly: { input: 1, output: 2 } } }));
      const { model } = summaryOf(await lichen([...paying, '--prices', prices], { env: at }));
      expect(model.dollars).toBeGreaterThan(0.001);
      expect(model.dollars).toBeLessThanOrEqual(0.003);
      expect(JSON.parse(readFileSync(join(never, 'manifest.json'), 'utf8'))).toMatchObject({ prices: { date: '2026-01-31', of: { costly: { input: 1, output: 2 } } } });
    } finally {
      await dear.close();
    }
  });

  test('--estimate says what a run would ask, and asks nothing', async () => {
    const asked = server.asked.length;
    const { code, stdout } = await lichen([...world, '--estimate'], { env });
    expect(code).toBe(0);
    const { calls, tokens } = JSON.parse(stdout) as { calls: number; tokens: number };
    expect(calls / whole.model.calls).toBeGreaterThan(0.5);
    expect(calls / whole.model.calls).toBeLessThan(2);
    expect(tokens).toBeGreaterThan(1000);
    expect(server.asked.length).toBe(asked);
  });
});

describe('a run that is killed', () => {
  test('[L3] at any moment is gone on with to the fingerprint of one that never was', async () => {
    const slow = await startSteadyServer({ delayMs: 15 });
    const slowEnv = { ...env, OPENAI_BASE_URL: slow.baseURL };
    try {
      for (const [i, afterMs] of [150, 500, 1100].entries()) {
        const out = join(folder, `killed-${i}`);
        const running = startLichen([...world, '--out', out], { env: slowEnv });
        while (!existsSync(join(out, 'commands.jsonl'))) await wait(20);
        await wait(afterMs);
        running.child.kill('SIGKILL');
        await running.ended;
        const ended = await lichen(['run', out, '--json', '--resume'], { env: slowEnv });
        expect(outcome(summaryOf(ended))).toEqual(outcome(whole));
      }
    } finally {
      await slow.close();
    }
  });
});
