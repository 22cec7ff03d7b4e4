/**
 * What the page costs with everything open and full: main-thread time a picture of 100,000 organisms, and the time from navigation to the
 * first organisms on screen, at 1,000 and at 100,000.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../e2e/browser.ts';
import type {} from '../../viewer/app/page-probe.ts';
import { buildPage, pageFolder } from '../../viewer/cli/page.ts';
import { serveViewer, type ViewerServer } from '../../viewer/server.ts';
import { crowdSession, type Crowd } from './crowd-session.ts';
import { drawOnePixel, markPictures, PICTURE_MARK, tracePictures, WORK, type PictureCost } from './main-thread.ts';

const ORGANISMS = 100_000;
const FEW = 1000;
const STARTS = 5;
const WARM_UP_FRAMES = 60;
const MEASURED_PICTURES = 300;
/** On a machine that is busy elsewhere fewer will do. */
const MEASURED_MOST_MS = 120_000;
const PATIENCE_MS = 240_000;
const TARGET_MS = 5;
/** High enough for every panel to be on screen at once. */
const VIEWPORT = { width: 1600, height: 1300 };
const LINES = ['population', 'diversity', 'resource', 'energy', 'phylogeny.taxa'];

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
const ms = (value: number): string => `${value.toFixed(2)} ms`;

interface Served { crowd: Crowd; server: ViewerServer; close(): Promise<void> }

async function serveCrowd(organisms: number): Promise<Served> {
  const crowd = await crowdSession(organisms, Math.max(64, Math.round(Math.sqrt(organisms / 0.075))));
  const server = await serveViewer({ session: crowd.session, dist: pageFolder, port: 0 });
  return {
    crowd, server,
    async close() {
      await server.close();
      crowd.close();
    },
  };
}

async function openFull(browser: Browser, address: string): Promise<Page> {
  // half as many pixels each way: a processor that draws has the less to do, and the page the same
  const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: 0.5 });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(markPictures, PICTURE_MARK);
  await page.addInitScript(drawOnePixel);
  await page.addInitScript((lines) => localStorage.setItem('lichen.series', JSON.stringify(lines)), LINES);
  await page.goto(address);
  await page.waitForFunction(() => window.lichen !== undefined);
  // somebody is in hand: follow it
  await page.keyboard.press('f');
  return page;
}

export async function benchPictures(browser: Browser): Promise<void> {
  const { crowd, server, close } = await serveCrowd(ORGANISMS);
  // watched from here: to look in the page would be work for the thread that is measured
  const drawn = async (count: number, mostMs: number): Promise<void> => {
    const until = performance.now() + mostMs;
    while (crowd.pictures < count && performance.now() < until) await new Promise((resolve) => { setTimeout(resolve, 100); });
  };
  try {
    const page = await openFull(browser, server.url);
    await drawn(crowd.pictures + WARM_UP_FRAMES, PATIENCE_MS);
    const devtools = await page.context().newCDPSession(page);
    const traced = await tracePictures(devtools, () => drawn(crowd.pictures + MEASURED_PICTURES, MEASURED_MOST_MS));
    const { ofProcessor } = traced;
    // what was before the first mark is not whole
    const costs = traced.costs.slice(1);
    const total = costs.map((cost) => cost.total);
    const script = costs.map((cost) => cost.script);
    const row = (name: string, values: readonly number[]): void => console.log(`  ${name.padEnd(8)} median ${ms(quantile(values, 0.5))}  p95 ${ms(quantile(values, 0.95))}  worst ${ms(Math.max(...values))}`);
    console.log(`frame  ${ORGANISMS.toLocaleString('en')} organisms, every panel open and full, ${costs.length} pictures; main thread for a picture and all since the one before`
      + ` (${ofProcessor ? 'processor time' : 'time by the clock'}, load ${loadavg()[0]!.toFixed(1)}, ${cpus().length} cores)`);
    row('total', total);
    for (const kind of WORK) row(kind, costs.map((cost: PictureCost) => cost[kind]));
    const parts = await page.evaluate(() => window.lichen!.frameCosts());
    for (const part of ['decodeMs', 'updateMs', 'submitMs'] as const) row(`  ${part.slice(0, -2)}`, parts.map((cost) => cost[part]));
    console.log(`  scripts p95 ${ms(quantile(script, 0.95))}: ${quantile(script, 0.95) <= TARGET_MS ? 'within' : 'above'} ${TARGET_MS} ms a picture`);
    await page.close();
  } finally {
    await close();
  }
}

/** Moments from navigation on, in milliseconds: those of the page's own marks, and of its files. */
async function startOnce(browser: Browser, address: string): Promise<{ moments: Map<string, number>; scripts: string[] }> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(address, { waitUntil: 'commit' });
  // the panels' scripts come when the organisms are seen
  await page.waitForFunction(() => performance.getEntriesByName('panels made').length > 0);
  const found = await page.evaluate(() => {
    const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const scripts = resources.filter(({ name }) => name.endsWith('.js'));
    const drawn = performance.getEntriesByName('first picture')[0]!.startTime;
    return {
      moments: [['html', navigation!.responseEnd] as const, ['scripts loaded', Math.max(...scripts.filter(({ startTime }) => startTime < drawn).map(({ responseEnd }) => responseEnd))] as const,
        ...performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime] as const)],
      scripts: scripts.map(({ name }) => new URL(name).pathname),
    };
  });
  await context.close();
  return { moments: new Map(found.moments), scripts: found.scripts };
}

/** What the main thread was at from navigation until the first picture was drawn. */
async function traceStart(browser: Browser, address: string): Promise<{ cost: PictureCost; ofProcessor: boolean }> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(markPictures, PICTURE_MARK);
  const { costs, ofProcessor } = await tracePictures(await context.newCDPSession(page), async () => {
    await page.goto(address, { waitUntil: 'commit' });
    await page.waitForFunction(() => performance.getEntriesByName('first picture').length > 0);
  });
  await context.close();
  return { cost: costs[0]!, ofProcessor };
}

export async function benchStart(browser: Browser, organisms: number): Promise<void> {
  const { server, close } = await serveCrowd(organisms);
  try {
    const starts: Awaited<ReturnType<typeof startOnce>>[] = [];
    for (let i = 0; i < STARTS; i++) starts.push(await startOnce(browser, server.url));
    const { scripts, moments } = starts[0]!;
    const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(pageFolder, path))).length, 0);
    const at = (name: string): number[] => starts.map((start) => start.moments.get(name) ?? Number.NaN);
    const names = [...moments.keys()].sort((a, b) => quantile(at(a), 0.5) - quantile(at(b), 0.5));
    console.log(`start  ${organisms.toLocaleString('en')} organisms  first on screen ${ms(quantile(at('first picture'), 0.5))} after navigation, at best ${ms(Math.min(...at('first picture')))} (${STARTS} starts, load ${loadavg()[0]!.toFixed(1)}); `
      + `scripts ${(bytes / 1000).toFixed(0)} kB compressed`);
    console.log(`  ${names.map((name) => `${name} ${quantile(at(name), 0.5).toFixed(0)}`).join(' · ')}`);
    const traced: Awaited<ReturnType<typeof traceStart>>[] = [];
    for (let i = 0; i < STARTS; i++) traced.push(await traceStart(browser, server.url));
    const spent = (kind: keyof PictureCost): string => `${kind} ${quantile(traced.map(({ cost }) => cost[kind]), 0.5).toFixed(0)}`;
    console.log(`  of the main thread until then, ms (${traced.every(({ ofProcessor }) => ofProcessor) ? 'processor time' : 'time by the clock'}): ${spent('total')} · ${WORK.map(spent).join(' · ')}`);
  } finally {
    await close();
  }
}

/** Prints what a picture costs, and how soon the first is there. */
export async function benchFrame(): Promise<void> {
  await buildPage(() => undefined);
  const browser = await launchBrowser();
  try {
    await benchPictures(browser);
    for (const organisms of [FEW, ORGANISMS]) await benchStart(browser, organisms);
  } finally {
    await browser.close();
  }
}

if (process.argv[1] === import.meta.filename) await benchFrame();
