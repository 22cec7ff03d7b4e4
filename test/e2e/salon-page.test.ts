import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ModelService, Task } from '../../agents/model/task.ts';
import type {} from '../../viewer/app/salon-probe.ts';
import { runSalon } from '../../viewer/qdaif.ts';
import { createSalonSession, type SalonSession } from '../../viewer/salon-session.ts';
import { serveViewer, type ViewerServer } from '../../viewer/server.ts';
import { readDomain } from '../../worlds/salon/domain.ts';
import { domains } from '../../worlds/salon/domains.ts';
import type { Salon } from '../../worlds/salon/salon.ts';
import { startSyntheticServer } from '../salon/synthetic-server.ts';
import { syntheticService } from '../salon/synthetic.ts';
import { launchBrowser } from './browser.ts';
import { lichen, startLichen } from './lichen.ts';
import { buildPageAside, type BuiltPage } from './live-page.ts';

const PATIENCE = { timeout: 60_000 };
const ITERATIONS = 150;
const image = '<img src=x onerror="window.pwned=1">';
/** A domain of a stranger's: whatever it is called is text. */
const domain = readDomain({
  ...domains.find(({ name }) => name === 'stories-genre-ending')!, noun: `story ${image}`.slice(0, 60),
  measures: [
    { name: 'genre', question: `Which genre is this? ${image}`, labels: ['horror', 'romance'] },
    { name: 'ending', question: 'Does it end in a happy or in a tragic way?', labels: ['happy', 'tragic'] },
  ],
});

interface Seen { page: Page; complaints: string[] }

let built: BuiltPage;
let browser: Browser;
let session: SalonSession;
let server: ViewerServer;
let salon: Salon;
let seen: Seen;
/** Lets the model write that many texts more. */
let allow: (texts: number) => void;
let running: Promise<void>;

/** The synthetic model with markup in every text; it writes when it is let. */
function hostileService(): ModelService {
  const model = syntheticService({ noise: 0.4 });
  let free = 0;
  const waiting: (() => void)[] = [];
  allow = (texts) => {
    free += texts;
    for (; free > 0 && waiting.length > 0; free--) waiting.shift()!();
  };
  return {
    ...model,
    async perform<T>(task: Task<T>): Promise<Answer<T>> {
      if (task.role !== 'operator') return model.perform(task);
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      const answer = await model.perform(task);
      return 'value' in answer ? { ...answer, value: `${image} ${String(answer.value).replaceAll(`${image} `, '')} \u202eback` as T } : answer;
    },
  };
}

async function open(address: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Seen> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', ...options });
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(`console: ${message.text()}`); });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  await page.waitForFunction(() => (window.salon?.state().domain ?? null) !== null);
  return { page, complaints };
}

beforeAll(async () => {
  built = await buildPageAside();
  browser = await launchBrowser();
  const service = hostileService();
  session = createSalonSession({ domain, methods: ['lmx-near'], seeds: [1, 2], iterations: ITERATIONS, model: { state: 'ready', name: `<b>synthetic</b>`, note: image }, service });
  server = await serveViewer({ session, dist: built.dist, page: 'salon.html', port: 0 });
  running = runSalon({ domain, method: 'lmx-near', seed: 1, iterations: ITERATIONS, init: 'seeded', temperature: 0.8, judging: { repeats: 1 }, rejudge: 1 }, {
    service, watcher: {
      asked: (ask, of) => { salon = of; session.asked(ask, of); },
      judged: (...facts) => session.judged(...facts), settled: (...facts) => session.settled(...facts),
    },
  }).then((made) => session.ended(made!.summary));
  seen = await open(server.url);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  session?.stop();
  await built?.remove();
});

const filledOnPage = (page: Page): Promise<number> => page.evaluate(() => Number(document.getElementById('archive-map')!.dataset['filled']));
/** How many pixels of the map are lighter than any empty cell, figures and axes left out by their number. */
const litPixels = (page: Page): Promise<number> => page.evaluate(() => {
  const canvas = document.getElementById('archive-map') as HTMLCanvasElement;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  let lit = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i + 1]! > 110 && data[i + 1]! > data[i + 2]! + 25) lit++;
  return lit;
});
/** What the page holds of each run's archive. */
const cellsOf = (page: Page): Promise<unknown> => page.evaluate(() => window.salon!.state().runs.map(({ cells }) => [...cells.values()].sort((a, b) => a.cell - b.cell)));
const visible = (text: string): string => text.replaceAll('\u202e', '\\u202e');

describe('the salon\'s page', () => {
  it('shows cells that fill while the model writes', async () => {
    const { page } = seen;
    // the map is drawn in the frame after the page has heard what there is
    await expect.poll(() => filledOnPage(page), PATIENCE).toBe(0);
    const before = await litPixels(page);
    allow(40);
    await expect.poll(() => salon.iteration, PATIENCE).toBe(40);
    await expect.poll(() => filledOnPage(page), PATIENCE).toBe(salon.archive.numElites);
    const some = await litPixels(page);
    expect(some).toBeGreaterThan(before + 1000);
    expect(await page.locator('#filled').getAttribute('data-value')).toBe(String(salon.archive.numElites));
    const few = salon.archive.numElites;
    allow(10_000);
    await running;
    await expect.poll(() => filledOnPage(page), PATIENCE).toBe(salon.archive.numElites);
    expect(salon.archive.numElites).toBeGreaterThan(few);
    expect(await litPixels(page)).toBeGreaterThan(some);
    await expect.poll(() => page.locator('#qd').getAttribute('data-value').then(Number), PATIENCE).toBe(salon.archive.qdScore);
    expect(await page.locator('#log li').count()).toBe(60);
    expect(Number(await page.locator('#history').getAttribute('data-points'))).toBeGreaterThan(3);
  });

  it('[V4] reads, on a click, a text with its scores, its parents and the list of its cell, and none of it becomes an element', async () => {
    const { page, complaints } = seen;
    const elite = [...salon.archive].sort((a, b) => b.solution.id - a.solution.id)[0]!;
    const { text, parents, quality } = salon.individuals[elite.solution.id]!;
    const { x, y } = await page.evaluate((cell) => window.salon!.pointOf(cell), elite.cell);
    await page.mouse.click(x, y);
    await page.locator(`#reader[data-id="${elite.solution.id}"]`).waitFor();
    expect(await page.locator('#reader .whole blockquote').textContent()).toBe(visible(text));
    expect(text).toContain(image);
    expect(await page.locator('#reader [data-score="quality"] dd').textContent()).toContain(`${Number(quality!.toFixed(quality! > 0.98 ? 4 : 3))} yes`);
    expect(await page.locator('#reader .parents button').evaluateAll((nodes) => nodes.map((node) => Number((node as HTMLElement).dataset['text'])))).toEqual([...parents]);
    await page.locator('#reader [data-fold="judges"] summary').click();
    expect(await page.locator('#reader [data-fold="judges"]').textContent()).toContain(`Which genre is this? ${image} — synthetic, by log-probabilities`);
    await page.locator('#reader [data-fold="prompt"] summary').click();
    const prompt = await page.locator('#reader [data-fold="prompt"] blockquote').textContent();
    for (const parent of parents) expect(prompt).toContain(visible(salon.individuals[parent]!.text));
    const parent = salon.individuals[parents[0]!]!;
    await page.locator('#reader .parents button').first().click();
    await page.locator(`#reader[data-id="${parent.id}"]`).waitFor();
    expect(await page.locator('#reader .whole blockquote').textContent()).toBe(visible(parent.text));
    const children = salon.individuals.filter(({ parents: from }) => from.includes(parent.id)).length;
    expect(await page.locator('#reader .children summary').textContent()).toBe(children === 1 ? '1 text was written from it' : `${children} texts were written from it`);
    await page.locator('#reader .back').click();
    await page.locator(`#reader[data-id="${elite.solution.id}"]`).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#reader').waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => [document.querySelectorAll('img[src="x"], #reader img, #log img, #top b b').length, (window as { pwned?: number }).pwned ?? 0])).toEqual([0, 0]);
    expect(complaints).toEqual([]);
  });

  it('is worked by keys alone: arrows go over the cells, Enter reads, Escape closes', async () => {
    const { page } = seen;
    await page.locator('#archive-map').focus();
    await page.mouse.move(2, 2);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('#reader:not([hidden])').waitFor();
    const first = await page.evaluate(() => window.salon!.state().hand!.cell);
    expect(salon.archive.elite(first)).not.toBeNull();
    await page.keyboard.press('Escape');
    await page.locator('#reader').waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('archive-map');
    const place = await page.locator('#pointed').textContent();
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('#pointed').textContent()).not.toBe(place);
  });

  it('[V7] shows a page that joins late the same, in the light and to a reader who wants no motion', async () => {
    const { page, complaints } = await open(server.url, { colorScheme: 'light', reducedMotion: 'reduce' });
    await expect.poll(() => filledOnPage(page), PATIENCE).toBe(salon.archive.numElites);
    expect(await page.locator('.small').count()).toBe(2);
    await page.keyboard.press(']');
    await expect.poll(() => page.locator('#seed').textContent()).toBe('2');
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('lichen qdaif with its page', () => {
  it('[V8] is watched while it runs, and what is on record is looked at again without a model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lichen-salon-'));
    const out = join(folder, 'out');
    const model = await startSyntheticServer({ noise: 0.5, delayMs: 2 });
    const live = startLichen(['qdaif', '--domain', 'stories-genre', '--iterations', '60', '--seeds', '2', '--rejudge', '0', '--out', out, '--port', '0'], { env: { OPENAI_BASE_URL: model.baseURL, LICHEN_GRAMMAR: 'off' } });
    try {
      const [, address] = /The salon is open at (\S+)/.exec(await live.says('stdout', /The salon is open at \S+/))!;
      const { page, complaints } = await open(address!);
      await expect.poll(() => page.evaluate(() => window.salon!.state().runs.map(({ state }) => state.stage)), PATIENCE).toEqual(['done', 'done']);
      const cells = await cellsOf(page);
      expect(complaints).toEqual([]);
      await page.close();
      await live.says('stderr', /the page stays until Ctrl-C/);
      live.child.kill('SIGINT');
      expect((await live.ended).code).toBe(0);
      expect(existsSync(join(out, 'summary.json'))).toBe(true);

      const again = startLichen(['qdaif', '--view', out, '--port', '0']);
      const [, place] = /The salon is open at (\S+)/.exec(await again.says('stdout', /The salon is open at \S+/))!;
      const old = await open(place!);
      await expect.poll(() => old.page.evaluate(() => window.salon!.state().runs.map(({ state }) => state.stage)), PATIENCE).toEqual(['done', 'done']);
      expect(await cellsOf(old.page)).toEqual(cells);
      expect(await old.page.locator('#model').textContent()).toBe('synthetic');
      await old.page.close();
      again.child.kill('SIGINT');
      expect((await again.ended).code).toBe(0);
    } finally {
      live.child.kill('SIGKILL');
      await model.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says in one sentence that there is nothing to look at', async () => {
    const { code, stderr } = await lichen(['qdaif', '--view', tmpdir()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^lichen: .* does not hold a QDAIF experiment: [^\n]+\n$/);
    const both = await lichen(['qdaif', '--view', tmpdir(), '--first-seed', '3']);
    expect(both.code).toBe(2);
    expect(both.stderr).toMatch(/^lichen: --view looks at the experiment in [^\n]+ and makes nothing; leave out --first-seed\.\n$/);
  });
});

