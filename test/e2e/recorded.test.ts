import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {} from '../../viewer/app/page-probe.ts';
import { parseFrame } from '../../viewer/app/frame.ts';
import { launchBrowser } from './browser.ts';
import { lichen, startLichen, type Lichen } from './lichen.ts';
import { PATIENCE } from './live-page.ts';

const ground = ['--set', 'size=64', '--set', 'founders=60', '--set', 'capacity=300', '--set', 'mutationRate=0.5', '--with', 'record.every=50'];
const LAST = 160;

let folder: string;
let browser: Browser;
let running: Lichen | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-recorded-'));
  browser = await launchBrowser();
});
afterAll(async () => {
  running?.child.kill('SIGKILL');
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page of a program that runs, and keeps of every frame that comes where everybody is and what they look like. */
async function watch(program: Lichen): Promise<{ page: Page; live: Map<number, string>; past: Map<number, { played: boolean; places: string }> }> {
  const [, address] = /lives at (\S+)/.exec(await program.says('stdout', /lives at \S+/))!;
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const live = new Map<number, string>();
  const past = new Map<number, { played: boolean; places: string }>();
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
    if (typeof payload === 'string') return;
    const frame = parseFrame(new Uint8Array(payload).buffer);
    const places = Buffer.from(frame.organisms).toString('base64');
    if (frame.past) past.set(frame.tick, { played: frame.played, places });
    else live.set(frame.tick, places);
  }));
  await page.goto(address!);
  await page.waitForFunction(() => (window.lichen?.state().totals ?? null) !== null);
  return { page, live, past };
}
const end = async (program: Lichen): Promise<void> => {
  program.child.kill('SIGINT');
  await program.ended;
};

describe('a recorded run in a browser', () => {
  it('[V12] plays back the very places that the page showed live, in another process, from the record alone', async () => {
    running = startLichen(['run', 'meadow', '--seed', '4', '--ticks', String(LAST), '--speed', '30', ...ground, '--out', 'run', '--port', '0'], { cwd: folder });
    const first = await watch(running);
    await expect.poll(() => first.page.evaluate(() => window.lichen!.state().totals!.tick), { timeout: 60_000 }).toBe(LAST);
    await expect.poll(() => first.live.has(LAST), PATIENCE).toBe(true);
    await first.page.close();
    await end(running);
    const seen = [...first.live.keys()].filter((tick) => tick > 1 && tick < LAST);
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(first.live.values()).size).toBe(first.live.size);

    running = startLichen(['run', 'run', '--resume', '--ticks', String(LAST + 40), '--speed', '1', '--port', '0'], { cwd: folder });
    const again = await watch(running);
    await again.page.keyboard.press(' ');
    const wanted = [seen[0]!, seen[Math.floor(seen.length / 2)]!, seen.at(-1)!];
    for (const tick of wanted) {
      await again.page.evaluate((at) => window.lichen!.send({ type: 'at', tick: at }), tick);
      await expect.poll(() => again.past.has(tick), { timeout: 60_000 }).toBe(true);
      expect(again.past.get(tick), `tick ${tick}`).toEqual({ played: true, places: first.live.get(tick) });
      await expect.poll(() => again.page.evaluate(() => window.lichen!.state().past), PATIENCE).toEqual({ tick, played: true });
    }

    // the sheet's command line for the tick that is shown, run as it stands
    await again.page.locator('#share-button').click();
    const command = await again.page.locator('#share-branch').innerText();
    const [program, ...words] = command.match(/'[^']*'|"[^"]*"|\S+/g)!.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
    expect(program).toBe('lichen');
    expect(words.slice(0, 4)).toEqual(['branch', 'run', '--at', String(wanted.at(-1))]);
    await again.page.close();
    await end(running);
    running = null;
    const { code, stderr } = await lichen([...words.map((word) => (word === 'KEY=VALUE' ? 'scarcity=0.7' : word)), '--headless'], { cwd: folder });
    expect(code, `${command}: ${stderr}`).toBe(0);
    const branch = words[words.indexOf('--out') + 1]!;
    // another history from that tick on, whole and on record
    const fingerprintOf = (run: string): unknown => (JSON.parse(readFileSync(join(folder, run, 'summary.json'), 'utf8')) as { fingerprint: string }).fingerprint;
    expect(fingerprintOf(branch)).not.toBe(fingerprintOf('run'));
    const listed = JSON.parse((await lichen(['runs', folder, '--json'])).stdout) as { runs: { name: string; state: string; seed: number }[] };
    expect(listed.runs.find(({ name }) => name === branch)).toMatchObject({ state: 'finished', seed: 4 });
  });
});
