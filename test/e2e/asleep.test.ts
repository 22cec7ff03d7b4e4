import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseFrame } from '../../viewer/app/frame.ts';
import { openWorld, PATIENCE, type WorldOnPage } from './live-page.ts';

const TEN_MINUTES_MS = 600_000;
/** Ten minutes at the usual thirty ticks a second. */
const TICKS = TEN_MINUTES_MS / 1000 * 30;
/** What may wait for a page that does not look: what was on its way when it fell asleep, and the greeting when it wakes. A frame for each tick were twenty times as much. */
const MOST_BYTES_SENT = 1_000_000;
const MOST_HEAP_MORE = 8_000_000;
/** Of a message of a web socket (RFC 6455); pictures are, and nothing else is. */
const BINARY = 2;

let world: WorldOnPage;
beforeAll(async () => {
  world = await openWorld({ ticks: 200, lab: { parameters: { size: 64, founders: 60, capacity: 150, mutationRate: 0.3 } } });
});
afterEach(() => { vi.restoreAllMocks(); });
afterAll(() => world?.close());

/** Processes that run pages: stopped, they sleep as those of a closed laptop do, with every timer and picture in them. */
async function pageProcesses(): Promise<number[]> {
  const devtools = await world.browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}
const signal = (pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void => { for (const pid of pids) process.kill(pid, name); };
const pause = (ms: number): Promise<void> => new Promise((later) => { setTimeout(later, ms); });

describe.skipIf(process.platform === 'win32')('a tab that sleeps for ten minutes', () => {
  it('[V13] holds no more than before, and wakes to the picture on which it fell asleep and at once to the present, with what it missed', async () => {
    const { page, lab } = world;
    const devtools = await page.context().newCDPSession(page);
    const heap = async (): Promise<number> => {
      await devtools.send('HeapProfiler.collectGarbage');
      return (await devtools.send('Runtime.getHeapUsage')).usedSize;
    };
    let bytes = 0;
    await devtools.send('Network.enable');
    const pictures: number[] = [];
    devtools.on('Network.webSocketFrameReceived', ({ response: { opcode, payloadData } }) => {
      bytes += payloadData.length;
      if (opcode === BINARY) pictures.push(parseFrame(new Uint8Array(Buffer.from(payloadData, 'base64')).buffer).tick);
    });
    const before = await heap();
    const pids = await pageProcesses();
    expect(pids.length).toBeGreaterThan(0);
    const slept = world.tick();
    signal(pids, 'SIGSTOP');
    try {
      // one tick is sent and never answered; then the server's clock goes on by ten minutes, and the world with it
      await lab.tick();
      await pause(300);
      const now = performance.now.bind(performance);
      vi.spyOn(performance, 'now').mockImplementation(() => now() + TEN_MINUTES_MS);
      await pause(300);
      while (world.tick() < slept + TICKS) {
        await lab.tick();
        // the server may send now, had it anything for a page that does not answer
        if (world.tick() % 300 === 0) await pause(1);
      }
    } finally {
      signal(pids, 'SIGCONT');
    }
    await page.waitForFunction((tick) => window.lichen!.state().totals!.tick === tick, world.tick(), PATIENCE);
    await page.locator('#notice:not([hidden])').waitFor();
    await expect.poll(() => pictures.length, PATIENCE).toBeGreaterThan(1);
    // nothing of what it missed stands between the two, so that how soon it is there is a matter of two pictures
    expect([...new Set(pictures)]).toEqual([slept + 1, world.tick()]);
    expect(await world.text('#notice')).toContain(`ticks ${slept + 2} to ${world.tick()}`);
    expect(await page.evaluate(() => window.lichen!.state().totals!.fingerprint)).toBe(lab.simulation.fingerprint);
    expect((await world.text('#alive')).replace(/\D/g, '')).toBe(String(lab.simulation.kernel.pop.count));
    expect(bytes).toBeLessThan(MOST_BYTES_SENT);
    expect(await heap() - before).toBeLessThan(MOST_HEAP_MORE);
    // and it goes on as before
    await world.pass(1);
    await expect.poll(world.shownTick, PATIENCE).toBe(world.tick());
    expect(world.complaints).toEqual([]);
  });
});
