import { createServer } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { serveViewer } from '../../viewer/server.ts';
import { launchBrowser } from './browser.ts';
import { buildPageAside, goLive, openPage, PATIENCE, type BuiltPage } from './live-page.ts';

let built: BuiltPage;
let browser: Browser;
beforeAll(async () => {
  built = await buildPageAside();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

function meadow(parameters: Record<string, number> = {}): Lab {
  return createLab({ world: 'meadow', seed: 7, operator: 'classical', parameters: { size: 64, founders: 100, capacity: 2000, ...parameters }, service: null });
}

describe('a page', () => {
  it('[V13][V17] says that the server is gone, finds it again, shows what is the case then and which ticks it was not told of', async () => {
    const lab = meadow();
    const live = await goLive({ lab, dist: built.dist, playing: false });
    const { page } = await openPage(browser, live.server.url);
    await page.locator('#choice-colour').selectOption('energy');
    await expect.poll(() => page.locator('#legend').getAttribute('data-hue'), PATIENCE).toBe('energy');
    const port = live.server.port;
    await live.server.close();
    // its port is kept for it, and whoever knocks meanwhile is sent away
    const keeper = createServer((socket) => socket.destroy());
    await new Promise<void>((kept) => { keeper.listen(port, '127.0.0.1', kept); });
    await page.locator('#link', { hasText: 'connection lost' }).waitFor();
    const before = lab.simulation.kernel.tick;
    for (let i = 0; i < 7; i++) await lab.tick();
    await new Promise((free) => { keeper.close(free); });
    const again = await serveViewer({ session: live.session, dist: built.dist, port });
    await page.locator('#link').waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate(() => window.lichen!.state().totals!.tick), PATIENCE).toBe(before + 7);
    await expect.poll(() => page.locator('#notice').innerText(), PATIENCE).toMatch(new RegExp(`ticks ${before + 1} to ${before + 7}`));
    // what was chosen is chosen still
    await expect.poll(() => page.locator('#legend').getAttribute('data-hue'), PATIENCE).toBe('energy');
    await page.close();
    await again.close();
    await live.close().catch(() => undefined);
  });

  it('[V17] says that the graphics card took the picture away, and draws it again when it is given back', async () => {
    const lab = meadow();
    const live = await goLive({ lab, dist: built.dist, playing: false });
    const { page } = await openPage(browser, live.server.url);
    await page.locator('#choice-births').uncheck();
    const lit = (): Promise<number> => page.evaluate(() => {
      const { data } = window.lichen!.pixels();
      let bright = 0;
      for (let i = 0; i < data.length; i += 4) if (Math.max(data[i]!, data[i + 1]!, data[i + 2]!) > 140) bright++;
      return bright;
    });
    await expect.poll(lit, PATIENCE).toBeGreaterThan(100);
    const before = await lit();
    await page.evaluate(() => {
      const canvas = document.getElementById('world') as HTMLCanvasElement;
      const extension = canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!;
      (window as unknown as { giveBack(): void }).giveBack = () => extension.restoreContext();
      extension.loseContext();
    });
    await page.locator('#fault', { hasText: 'taken the picture away' }).waitFor();
    await page.evaluate(() => (window as unknown as { giveBack(): void }).giveBack());
    await page.locator('#fault').waitFor({ state: 'hidden' });
    await expect.poll(lit, PATIENCE).toBe(before);
    await page.close();
    await live.close();
  });

  it('shows 300,000 organisms', async () => {
    const lab = meadow({ size: 2048, founders: 300_000, capacity: 400_000 });
    const live = await goLive({ lab, dist: built.dist, playing: false });
    const { page, complaints } = await openPage(browser, live.server.url);
    await page.waitForFunction(() => window.lichen!.frameCosts().length > 0, undefined, PATIENCE);
    expect((await page.locator('#alive').innerText()).replace(/\D/g, '')).toBe('300000');
    const colours = await page.evaluate(() => new Set(new Uint32Array(window.lichen!.pixels().data.buffer)).size);
    expect(colours).toBeGreaterThan(200);
    expect(complaints).toEqual([]);
    await page.close();
    await live.close();
  });

  it('[V17] shows nobody, and a world of one', async () => {
    for (const founders of [0, 1]) {
      const lab = meadow({ founders: 1 });
      if (founders === 0) lab.simulation.kernel.pop.columns.energy[0] = -1e6;
      const live = await goLive({ lab, dist: built.dist, playing: false });
      const { page, complaints } = await openPage(browser, live.server.url);
      if (founders === 0) await page.keyboard.press('.');
      await expect.poll(() => page.evaluate(() => window.lichen!.state().totals!.population), PATIENCE).toBe(founders);
      expect(await page.locator('#fault').isVisible()).toBe(founders === 0);
      if (founders === 0) expect(await page.locator('#fault').innerText()).toContain('Nobody is alive');
      expect(complaints).toEqual([]);
      await page.close();
      await live.close();
    }
  });
});

describe('a browser without WebGL', () => {
  it('[V17] is told so in words; evidence, pressures and time work all the same', async () => {
    const plain = await launchBrowser({ args: ['--disable-gpu', '--disable-3d-apis'] });
    const lab = meadow();
    const live = await goLive({ lab, dist: built.dist, ticksPerSecond: 0 });
    const { page } = await openPage(plain, live.server.url);
    await page.locator('#fault', { hasText: 'draws no WebGL 2' }).waitFor();
    await expect.poll(() => page.evaluate(() => window.lichen!.state().totals!.tick), PATIENCE).toBeGreaterThan(30);
    await page.keyboard.press(' ');
    await page.waitForFunction(() => !window.lichen!.state().playing, undefined, PATIENCE);
    await page.keyboard.press(',');
    await page.locator('#past').waitFor();
    await page.locator('#archive').focus();
    await page.close();
    await live.close();
    await plain.close();
  });
});
