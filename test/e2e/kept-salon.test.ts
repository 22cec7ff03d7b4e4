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
import { syntheticService } from '../salon/synthetic.ts';
import { launchBrowser } from './browser.ts';
import { HIDDEN, keep, readPicture, readTable, tryMenus, watchDrawnWords } from './kept-files.ts';
import { buildPageAside, PATIENCE, type BuiltPage } from './live-page.ts';

const ITERATIONS = 120;
const SEEDS = [1, 2];
const image = '<img src=x onerror="window.pwned=1">';
const formula = '=HYPERLINK("http://x","y")';
const domain = readDomain({ ...domains.find(({ name }) => name === 'stories-genre-ending')!, quality: { question: `Is this good? ${image}`, labels: ['yes', 'no'] } });

/** The synthetic model; every text begins like a formula and holds markup, a turned reading direction and a word without end. */
function hostileService(): ModelService {
  const model = syntheticService({ noise: 0.4 });
  const isPlain = (words: string): string => words.replaceAll(`${formula} ${image} `, '').replaceAll(/ ?\S*endless\S*/g, '');
  return {
    ...model,
    async perform<T>(task: Task<T>): Promise<Answer<T>> {
      const answer = await model.perform(task);
      if (task.role !== 'operator' || !('value' in answer)) return answer;
      return { ...answer, value: `${formula} ${image} ${isPlain(String(answer.value))} \u202e${'endless'.repeat(90)}` as T };
    },
  };
}

let built: BuiltPage;
let browser: Browser;
let session: SalonSession;
let server: ViewerServer;
let page: Page;
let drawn: Awaited<ReturnType<typeof watchDrawnWords>>;
const salons: Salon[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  built = await buildPageAside();
  browser = await launchBrowser();
  const service = hostileService();
  session = createSalonSession({ domain, methods: ['lmx-near'], seeds: SEEDS, iterations: ITERATIONS, model: { state: 'ready', name: 'synthetic', note: 'A model made of rules.' }, service });
  server = await serveViewer({ session, dist: built.dist, page: 'salon.html', port: 0 });
  for (const [at, seed] of SEEDS.entries()) {
    const made = await runSalon({ domain, method: 'lmx-near', seed, iterations: ITERATIONS, init: 'seeded', temperature: 0.8, judging: { repeats: 1 }, rejudge: 1 }, {
      service, watcher: {
        asked: (ask, of) => { salons[at] = of; session.asked(ask, of); },
        judged: (...facts) => session.judged(...facts), settled: (...facts) => session.settled(...facts),
      },
    });
    session.ended(made!.summary);
  }
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(`console: ${message.text()}`); });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(server.url);
  await page.waitForFunction((elites) => Number(document.getElementById('archive-map')?.dataset['filled']) === elites, salons[0]!.archive.numElites, PATIENCE);
  drawn = await watchDrawnWords(page);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  session?.stop();
  await built?.remove();
});

const FILE = `stories-genre-ending-lmx-near-1-${ITERATIONS}`;
const shown = (text: string): string => text.replaceAll('\u202e', '\\u202e');

async function picture(menu: string, name: string, what = 'png'): Promise<{ width: number; height: number; colours: number; said: string }> {
  await drawn();
  const file = await keep(page, menu, what);
  expect(file.name).toBe(name);
  const { texts, beyond } = await drawn();
  expect(beyond, name).toEqual([]);
  expect(texts.join(''), name).not.toMatch(HIDDEN);
  return { ...await readPicture(page, file), said: texts.join(' ') };
}

describe('what is kept of a salon', () => {
  it('[V16] the archive as it is drawn, with its scale and what is asked, and its elites as a table', async () => {
    const { width, height, colours, said } = await picture('archive-menu', `${FILE}-archive.png`);
    expect([width > 1600, height > 800, colours > 60]).toEqual([true, true, true]);
    for (const words of [`Archive · stories-genre-ending, lmx-near, seed 1, text ${ITERATIONS}`, 'genre', 'ending', '1 yes', '0 no']) expect(said).toContain(words);
    expect(said.replaceAll(' ', '')).toContain(image.replaceAll(' ', ''));
    const [header, ...rows] = readTable(await keep(page, 'archive-menu', 'archive'));
    expect(header).toEqual(['cell', 'genre', 'ending', 'quality', 'id', 'excerpt']);
    const elites = [...salons[0]!.archive].sort((a, b) => a.cell - b.cell);
    expect(rows.map(([cell, , , quality, id]) => [Number(cell), Number(quality), Number(id)])).toEqual(elites.map(({ cell, objective, solution }) => [cell, objective, solution.id]));
    const hostile = rows.find((row) => row[5]!.includes(image))!;
    expect(hostile[5]!.startsWith(`'${formula} ${image}`)).toBe(true);
  });

  it('[V16] all runs side by side', async () => {
    const { colours, said } = await picture('runs-menu', 'stories-genre-ending-runs.png');
    expect(colours).toBeGreaterThan(10);
    expect(said).toContain('lmx-near: ');
    const [header, ...rows] = readTable(await keep(page, 'runs-menu', 'runs'));
    expect(header).toEqual(['method', 'seed', 'stage', 'texts', 'of', 'elites', 'coverage', 'QD-score', 'best', 'corrected QD-score', 'corrected coverage']);
    expect(rows.map(([method, seed, stage, texts, , elites, , qd]) => [method, Number(seed), stage, Number(texts), Number(elites), Number(qd)]))
      .toEqual(SEEDS.map((seed, at) => ['lmx-near', seed, 'done', ITERATIONS, salons[at]!.archive.numElites, salons[at]!.archive.qdScore]));
  });

  it('[V4][V16] the last texts, which stay text', async () => {
    const { height, colours, said } = await picture('log-menu', `${FILE}-log.png`);
    expect(height).toBeGreaterThan(1000);
    expect(colours).toBeGreaterThan(30);
    expect(said.replaceAll(' ', '')).toContain(`${formula}${image}`.replaceAll(' ', ''));
    expect(said).toContain('… and 20 more');
    const [header, ...rows] = readTable(await keep(page, 'log-menu', 'texts'));
    expect(header).toEqual(['text', 'outcome', 'cell', 'quality', 'excerpt', 'reason']);
    expect(rows.length).toBe(await page.locator('#log li').count());
    const texts = salons[0]!.individuals.filter(({ iteration }) => iteration >= 0).slice(-rows.length).reverse();
    expect(rows.map(([text, outcome]) => [Number(text), outcome])).toEqual(texts.map(({ iteration, outcome }) => [iteration + 1, outcome]));
    for (const row of rows) expect(row[4]).toMatch(/^'=HYPERLINK/);
  });

  it('[V16] QD-score and coverage over the texts, in a picture twice as fine as the page and as a table', async () => {
    const { width, colours, said } = await picture('history-menu', `${FILE}-history.png`);
    expect(width).toBeGreaterThan(2 * (await page.locator('#history').boundingBox())!.width);
    expect(colours).toBeGreaterThan(30);
    expect(said).toContain('QD-score');
    const [header, ...rows] = readTable(await keep(page, 'history-menu', 'history'));
    expect(header).toEqual(['text', 'QD-score', 'coverage']);
    const { qdScore, coverage } = salons[0]!.curve;
    expect(rows.map((row) => row.map(Number))).toEqual(qdScore.slice(0, ITERATIONS).map((score, i) => [i + 1, score, coverage[i]!]));
  });

  it('[V4][V16] the text in hand: its card with all that is open, what judges said of it, and its kin', async () => {
    const elite = [...salons[0]!.archive].sort((a, b) => b.solution.id - a.solution.id)[0]!;
    const { text, parents } = salons[0]!.individuals[elite.solution.id]!;
    const { x, y } = await page.evaluate((cell) => window.salon!.pointOf(cell), elite.cell);
    await page.mouse.click(x, y);
    await page.locator(`#reader[data-id="${elite.solution.id}"]`).waitFor();
    const shut = await picture('text-menu', `${FILE}-text-${elite.solution.id}.png`);
    expect([shut.width, shut.colours > 30]).toEqual([960, true]);
    for (const words of ['elite of its cell', 'quality', 'genre', 'ending', formula]) expect(shut.said).toContain(words);
    expect(shut.said).toContain('\\u202e');
    for (const fold of ['judges', 'prompt']) await page.locator(`#reader [data-fold="${fold}"] > summary`).click();
    const open = await picture('text-menu', `${FILE}-text-${elite.solution.id}.png`);
    expect(open.height).toBeGreaterThan(shut.height + 200);
    expect(open.height).toBeLessThan(16_000);
    expect(open.said.replaceAll(' ', '')).toContain(`Isthisgood?${image}`.replaceAll(' ', ''));
    const place = await picture('text-menu', `${FILE}-text-${elite.solution.id}-place.png`, 'place');
    expect([place.width > 1600, place.colours > 60]).toEqual([true, true]);
    expect(place.said).toContain('Blue lines come from the cells of its parents');
    const judgements = await keep(page, 'text-menu', 'judgements');
    expect(judgements.name).toBe(`${FILE}-text-${elite.solution.id}-judgements.csv`);
    const [asked, ...answers] = readTable(judgements);
    expect(asked).toEqual(['judge', 'said', 'asked', 'how']);
    expect(answers.map(([judge]) => judge)).toEqual(['quality', 'genre', 'ending']);
    expect(answers[0]![2]).toBe(`Is this good? ${image}`);
    const [header, ...kin] = readTable(await keep(page, 'text-menu', 'kin'));
    expect(header).toEqual(['kin', 'id', 'text', 'outcome', 'cell', 'quality', 'words']);
    expect(kin[0]!.slice(0, 2)).toEqual(['itself', String(elite.solution.id)]);
    expect(kin[0]!.at(-1)).toBe(`'${shown(text)}`);
    expect(kin.filter(([of]) => of === 'parent').map(([, id]) => Number(id))).toEqual([...parents]);
    const children = salons[0]!.individuals.filter(({ parents: from }) => from.includes(elite.solution.id));
    expect(kin.filter(([of]) => of === 'child').length).toBe(Math.min(60, children.length));
  });

  it('by keys alone, and Escape closes the menu before the text', async () => {
    const active = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? null);
    const walk = async (menu: string, label: string): Promise<void> => {
      await page.locator(`[popovertarget="${menu}"]`).focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      expect(await active()).toBe(`${label}: save and choose`);
      expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).not.toBe('none');
      await page.keyboard.press('Enter');
      await page.locator(`#${menu}:popover-open`).waitFor();
      await page.keyboard.press('Tab');
      expect(await active()).toBe('Picture (PNG)');
      await page.keyboard.press('Escape');
      await page.locator(`#${menu}`).waitFor({ state: 'hidden' });
      expect(await active()).toBe(`${label}: save and choose`);
    };
    await walk('text-menu', 'The text in hand');
    expect(await page.locator('#reader').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.locator('#reader').waitFor({ state: 'hidden' });
    for (const [menu, label] of [['archive-menu', 'Archive'], ['runs-menu', 'Runs'], ['log-menu', 'Texts'], ['history-menu', 'QD-score and coverage']] as const) await walk(menu, label);
  });

  it.each(['dark', 'light'] as const)('in the %s theme with menus that lie within the window and are read at AA contrast, from 1280 to 2560 pixels', async (colorScheme) => {
    await tryMenus(page, ['archive-menu', 'runs-menu', 'log-menu', 'history-menu'], colorScheme);
  });

  it('[V2][V4] with nothing that became an element or ran, and no complaint', async () => {
    expect(await page.evaluate(() => [document.images.length, (window as unknown as { pwned?: number }).pwned ?? null])).toEqual([1, null]);
    expect(complaints).toEqual([]);
  });
});
