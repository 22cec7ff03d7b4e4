import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDoor } from '../../agents/model/door.ts';
import { createModelService, replayModelService } from '../../agents/model/service.ts';
import { roles, type ModelService, type Role } from '../../agents/model/task.ts';
import { cacheFolder, findWeights, weightsFacts } from '../../agents/model/weights.ts';
import { createLab, modelTotals, summarise, type Lab } from '../../viewer/lab.ts';
import { writeTinyGguf } from '../model/tiny-gguf.ts';
import { checkBooks, runUntil, watchNursery } from './model-run.ts';

const weights = await findWeights();
const absent = weights === null && process.env['LICHEN_REQUIRE_WEIGHTS'] !== '1';
const why = absent ? ` (skipped: ${weightsFacts.file} is not in ${cacheFolder()}; run lichen model fetch)` : '';
/** Two seconds a child on a quiet machine; a busy one may take ten times as long. */
const REAL_TIMEOUT_MS = 420_000;

let folder: string;
let tiny: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-model-run-'));
  tiny = join(folder, 'tiny.gguf');
  writeTinyGguf(tiny);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A small meadow in which children are born from about tick 40 on. */
function meadowLab(service: ModelService, modelShare: number, thoughtful: Record<string, number> = {}): Lab {
  return createLab({ world: 'meadow', seed: 3, operator: 'mixed', parameters: { size: 96, founders: 100, capacity: 1500, gestation: 30, modelShare, ...thoughtful }, service });
}

/** Organisms think, thinking costs them, and newborns are judged. */
const allRoles = { deliberation: 0.0008, reactionTime: 15, costOfThought: 0.2, inheritRewrites: 1, judging: 0.08, judgingTime: 15, acclaim: 6 };

/** Runs to a tick on a cassette alone. */
async function replay(cassette: string, modelShare: number, tick: number, thoughtful: Record<string, number> = {}): Promise<Lab> {
  const lab = meadowLab(replayModelService(cassette), modelShare, thoughtful);
  await runUntil(lab, () => false, tick);
  lab.close();
  return lab;
}

function expectSame(lab: Lab, again: Lab): void {
  expect(again.simulation.fingerprint).toBe(lab.simulation.fingerprint);
  const withoutCost = (one: Lab): object => {
    const { model: { repaired, fallbacks, copies }, ...rest } = summarise(one, 0);
    return { ...rest, repaired, fallbacks, copies };
  };
  expect(withoutCost(again)).toEqual(withoutCost(lab));
}

/** Processes of llama.cpp that this one has started. */
function enginePids(): number[] {
  return execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\n')
    .filter((line) => line.includes('engine-child')).map((line) => Number.parseInt(line, 10));
}

describe('a meadow whose children the real llama.cpp writes with random weights', () => {
  test('[L1][M6][G5] every child is a program, repairs and fallbacks are counted, and the cassette alone gives the same run', async () => {
    const cassette = join(folder, 'tiny.jsonl');
    const service = createModelService({ doors: [await openDoor({ model: tiny, env: {} })], record: { file: cassette } });
    const lab = meadowLab(service, 0.1);
    const nursery = watchNursery(lab);
    await runUntil(lab, () => false, 90);
    lab.close();
    await service.close();
    if (process.platform === 'linux') await expect.poll(enginePids).toEqual([]);

    const { ok, repaired, fallback } = checkBooks(lab, nursery);
    expect(ok + repaired).toBeGreaterThan(10);
    expect(ok + repaired + fallback).toBe(nursery.delivered.size);
    const { calls, accounts } = modelTotals(lab);
    expect(calls).toBeGreaterThanOrEqual(ok + 2 * repaired);
    expect(accounts.reduce((sum, each) => sum + each.completionTokens, 0)).toBeGreaterThan(10 * ok);
    // who was asked to write is drawn: the others are classical, or copies
    expect(lab.totals.birthsByOperator.classical + lab.totals.birthsByOperator.copy).toBeGreaterThan(ok);

    expectSame(lab, await replay(cassette, 0.1, 90));
    if (process.platform === 'linux') expect(enginePids()).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')('[M4][L4][G3] a kill -9 of the engine costs the children in flight, who are fallbacks with the reason; the world and the engine go on', async () => {
    const cassette = join(folder, 'killed.jsonl');
    const service = createModelService({ doors: [await openDoor({ model: tiny, env: {} })], record: { file: cassette }, retry: { tries: 1 } });
    const [engine, ...others] = enginePids();
    expect(others).toEqual([]);
    const lab = meadowLab(service, 0.1);
    const nursery = watchNursery(lab);
    let killedAt = 0;
    const stop = lab.simulation.events$.subscribe((event) => {
      // just conceived: no reply to this one can be on its way already
      if (event.kind !== 'tick' || event.tick < 50 || lab.writer!.inFlight === 0 || !event.conceptions.byModel.subarray(0, event.conceptions.count).includes(1)) return;
      process.kill(engine!, 'SIGKILL');
      killedAt = event.tick;
      stop.unsubscribe();
    });
    await runUntil(lab, () => false, 100);
    lab.close();
    expect(killedAt).toBeGreaterThan(0);
    await expect.poll(enginePids).not.toContain(engine);
    expect(enginePids()).toHaveLength(1);
    await service.close();

    const { ok, fallback } = checkBooks(lab, nursery);
    const lost = [...nursery.delivered.values()].filter(({ reason }) => /engine ended \(SIGKILL\)/.test(reason));
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.every(({ outcome }) => outcome === 'fallback')).toBe(true);
    expect(fallback).toBeGreaterThanOrEqual(lost.length);
    // those conceived after the crash are written again
    expect([...nursery.delivered.values()].at(-1)?.child).toBeGreaterThan(Math.max(...lost.map(({ child }) => child)));
    expect(ok).toBeGreaterThan(5);
    expectSame(lab, await replay(cassette, 0.1, 100));
  });
});

describe.skipIf(absent)(`a meadow whose children ${weightsFacts.name} writes${why}`, () => {
  test('[L1][L2][L4][M6] births by the model, every one a canonical program; repairs and fallbacks counted; the same to the bit from its cassette', async () => {
    if (weights === null) throw new Error(`LICHEN_REQUIRE_WEIGHTS=1, but ${weightsFacts.file} is not in ${cacheFolder()}: run lichen model fetch.`);
    const cassette = join(folder, 'real.jsonl');
    const service = createModelService({ doors: [await openDoor({ model: 'embedded' })], record: { file: cassette } });
    const lab = meadowLab(service, 0.05);
    const nursery = watchNursery(lab);
    await runUntil(lab, () => lab.totals.birthsByOperator.llm >= 5, 250);
    lab.close();
    await service.close();

    const { ok, repaired } = checkBooks(lab, nursery);
    expect(ok + repaired).toBeGreaterThan(3);
    const { model } = summarise(lab, 0);
    expect(model.calls).toBeGreaterThan(3);
    expect(model.tokens).toBeGreaterThan(1000);
    // not a machine that says one thing
    const written = [...nursery.delivered.values()].flatMap(({ genome }) => genome ?? []);
    expect(new Set(written).size).toBeGreaterThan(2);
    expectSame(lab, await replay(cassette, 0.05, lab.simulation.kernel.tick));
  }, REAL_TIMEOUT_MS);

  test('[L1][M6][T1][J1] writes, thinks and judges in one run, and with the network off its cassette gives the same fingerprint', async () => {
    const cassette = join(folder, 'roles.jsonl');
    const service = createModelService({ doors: [await openDoor({ model: 'embedded' })], record: { file: cassette } });
    const lab = meadowLab(service, 0.03, allRoles);
    const ended = (role: Role): number => service.accounts.filter((each) => each.role === role).reduce((sum, { ok, repaired }) => sum + ok + repaired, 0);
    await runUntil(lab, () => roles.every((role) => ended(role) >= 2), 250);
    lab.close();
    await service.close();

    for (const role of roles) expect(ended(role), role).toBeGreaterThan(1);
    expect(lab.simulation.kernel.deliberation.burned).toBeGreaterThan(0);
    expect(lab.simulation.kernel.deliberation.acclaimed).not.toBe(0);
    const before = { base: process.env['OPENAI_BASE_URL'], cache: process.env['LICHEN_CACHE'] };
    Object.assign(process.env, { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', LICHEN_CACHE: join(folder, 'nowhere') });
    try {
      expectSame(lab, await replay(cassette, 0.03, lab.simulation.kernel.tick, allRoles));
    } finally {
      for (const [key, value] of [['OPENAI_BASE_URL', before.base], ['LICHEN_CACHE', before.cache]] as const) {
        if (value === undefined) Reflect.deleteProperty(process.env, key);
        else process.env[key] = value;
      }
    }
  }, REAL_TIMEOUT_MS);
});
