import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab } from '../../viewer/lab.ts';
import { launchBrowser } from './browser.ts';
import { buildPageAside, goLive, openPage, PATIENCE, type BuiltPage, type LiveLab } from './live-page.ts';

let built: BuiltPage;
let live: LiveLab;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  built = await buildPageAside();
  // hands out the page; the world that is looked at lives in the page itself
  live = await goLive({ lab: createLab({ world: 'meadow', seed: 1, operator: 'classical', parameters: { size: 64, founders: 10, capacity: 50 }, service: null }), dist: built.dist, playing: false });
  browser = await launchBrowser();
  ({ page, complaints } = await openPage(browser, `${live.server.url}?here&world=meadow&seed=5&size=64&founders=60&capacity=400&scarcity=0.1&gestation=5&mutationRate=0.5`));
});
afterAll(async () => {
  await browser?.close();
  await live?.close();
  await built?.remove();
});

const state = <T>(read: string): Promise<T> => page.evaluate(`((state) => ${read})(window.lichen.state())`);
const send = (message: object): Promise<void> => page.evaluate((said) => window.lichen!.send(said as never), message);

describe('a world in the page itself', () => {
  it('[V11] can be looked back on while it goes on', async () => {
    await send({ type: 'speed', ticksPerSecond: 0 });
    await expect.poll(() => state<number>('state.totals.tick'), PATIENCE).toBeGreaterThan(300);
    expect(await state('state.totals.held')).toMatchObject({ from: 1, step: 1 });
    expect(await state('state.totals.recorded')).toBe(false);
    await send({ type: 'at', tick: 120 });
    await expect.poll(() => state('state.past'), PATIENCE).toEqual({ tick: 120, played: false });
    const seen = await state<number>('state.totals.tick');
    await expect.poll(() => state<number>('state.totals.tick'), PATIENCE).toBeGreaterThan(seen + 50);
    expect(await state('state.past')).toEqual({ tick: 120, played: false });
    await send({ type: 'live' });
    await expect.poll(() => state('state.past'), PATIENCE).toBeNull();
  });

  it('[V14] tells clades and measures, keeps bookmarks, follows a schedule, and says how to make it again', async () => {
    await expect.poll(() => state<number>('state.muller.clades.length'), PATIENCE).toBeGreaterThan(2);
    expect(await state('state.measures.length')).toBeGreaterThan(5);
    await expect.poll(() => state<number>('state.measured.length'), PATIENCE).toBeGreaterThan(20);
    await send({ type: 'bookmark', tick: 120, text: 'here' });
    await expect.poll(() => state('state.bookmarks'), PATIENCE).toEqual([{ id: 0, tick: 120, text: 'here' }]);
    const schedule = { kind: 'constant', value: 0.3 };
    await send({ type: 'schedule', key: 'scarcity', schedule });
    await expect.poll(() => state('[state.values.scarcity, state.schedules.scarcity]'), PATIENCE).toEqual([0.3, schedule]);
    expect(await state('state.share.command')).toBe('lichen run meadow --seed 5 --set size=64 --set founders=60 --set capacity=400 --set gestation=5 --set mutationRate=0.5 --set scarcity=0.1');
    expect(await state('state.trouble')).toBe('');
    expect(complaints).toEqual([]);
  });
});
