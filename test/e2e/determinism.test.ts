import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance } from '../../core/advance.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import type { LogLine } from '../../viewer/protocol.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { restless } from '../worlds/meadow-run.ts';
import { launchBrowser } from './browser.ts';
import { buildPageAside, goLive, openPage, type BuiltPage, type LiveLab } from './live-page.ts';

const TICKS = 400;
const ground = { size: 128, founders: 200, capacity: 4000 };

function meadowLab(seed: number): Lab {
  return createLab({ world: 'meadow', seed, operator: 'classical', parameters: ground, service: null });
}

/** Runs in Node, giving commands between ticks, and keeps the record of them. */
async function runInNode(seed: number, ticks = TICKS, commands: (tick: number) => readonly NumberedCommand['command'][] = () => []):
Promise<{ fingerprint: string; record: NumberedCommand[]; lab: Lab }> {
  const lab = meadowLab(seed);
  const { simulation } = lab;
  const record: NumberedCommand[] = [];
  simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
  while (simulation.kernel.tick < ticks) {
    for (const command of commands(simulation.kernel.tick + 1)) simulation.submit(command);
    await advance(simulation);
  }
  return { fingerprint: simulation.fingerprint, record, lab };
}

/** The fingerprint that the shipped page's own worker comes to, in a worker beside the one that the page runs. */
async function runInWorker(page: Page, seed: number, ticks = TICKS): Promise<unknown> {
  const program = page.workers()[0]?.url();
  if (program === undefined) throw new Error('The page runs no worker.');
  const start = Object.fromEntries(Object.entries({ ...ground, seed, fingerprint: ticks }).map(([key, value]) => [key, String(value)]));
  return await page.evaluate(({ address, given }) => new Promise((resolve, reject) => {
    const worker = new Worker(address, { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ start: given });
  }), { address: program, given: start });
}

let built: BuiltPage;
let live: LiveLab;
let browser: Browser;

beforeAll(async () => {
  built = await buildPageAside();
  live = await goLive({ lab: createLab({ world: 'meadow', seed: 1, operator: 'classical', parameters: { size: 16, founders: 0 }, service: null }), dist: built.dist, playing: false });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await live?.close();
  await built?.remove();
});

describe('the same spec and seed', () => {
  it('[L1] give the same fingerprint twice in Node and once in a browser, and every seed its own', async () => {
    const { page, complaints } = await openPage(browser, `${live.server.url}?here&size=16&founders=0`);
    await page.locator('#play').click();
    const prints: string[] = [];
    for (const seed of [7, 1234, 4_294_967_297]) {
      const first = await runInNode(seed);
      expect((await runInNode(seed)).fingerprint).toBe(first.fingerprint);
      expect(await runInWorker(page, seed)).toEqual({ type: 'fingerprint', tick: TICKS, fingerprint: first.fingerprint });
      // a run in which nothing happens would agree with itself as well
      expect(first.lab.totals.births).toBeGreaterThan(200);
      expect(first.lab.totals.birthsByOperator.classical).toBeGreaterThan(50);
      expect(first.lab.archive.elites).toBeGreaterThan(0);
      prints.push(first.fingerprint);
    }
    expect(new Set(prints).size).toBe(prints.length);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('[L1][E5] a record of commands, given again at their ticks, reproduces the run', async () => {
    const seed = 5;
    const played = await runInNode(seed, TICKS, restless(seed));
    expect(played.record.length).toBeGreaterThan(30);
    const again = await runInNode(seed, TICKS, (tick) => played.record.filter((each) => each.tick === tick).map(({ command }) => command));
    expect(again.fingerprint).toBe(played.fingerprint);
    expect((await runInNode(seed)).fingerprint).not.toBe(played.fingerprint);
  });

  it('[L1][E2] what a person did to a world in the browser is done again in Node from what the page logged', async () => {
    const seed = 11;
    const { page, complaints } = await openPage(browser, `${live.server.url}?here&seed=${seed}&size=${ground.size}&founders=${ground.founders}&capacity=${ground.capacity}`);
    await page.locator('[data-speed="0"]').click();
    for (const [key, value] of [['scarcity', '0.2'], ['mutationRate', '0.6'], ['attackDamage', '11.5'], ['scarcity', '0.55']] as const) {
      const before = await page.evaluate(() => window.lichen!.state().totals!.tick);
      await page.locator(`input[data-key="${key}"]`).fill(value);
      await page.waitForFunction((tick) => window.lichen!.state().totals!.tick > tick + 60, before);
    }
    await page.locator('#play').click();
    await page.waitForFunction(() => !window.lichen!.state().playing);
    const { totals, log, world } = await page.evaluate(() => {
      const { totals: all, log: lines, world: facts } = window.lichen!.state();
      return { totals: all!, log: lines, world: facts! };
    });
    const keys = new Map(world.parameters.map(({ key, title }) => [title, key]));
    const done = log.filter(({ kind }) => kind === 'command').map((line: LogLine): NumberedCommand => {
      const [, seq, title, value] = /^#(\d+) (.+) \S+ → (\S+), by hand$/.exec(line.text) ?? [];
      return { seq: Number(seq), tick: line.tick, command: { kind: 'set', key: keys.get(title ?? '') ?? '', value: Number(value) } };
    });
    expect(done.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    const again = await runInNode(seed, totals.tick, (tick) => done.filter((each) => each.tick === tick).map(({ command }) => command));
    expect(again.record).toEqual(done);
    expect(again.fingerprint).toBe(totals.fingerprint);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
