import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { NumberedCommand } from '../../core/events/command.ts';
import type {} from '../../viewer/app/page-probe.ts';
import type { ClientMessage, ModelFacts } from '../../viewer/protocol.ts';
import { createLab, type Lab, type LabOptions } from '../../viewer/lab.ts';
import { serveViewer, type ViewerServer } from '../../viewer/server.ts';
import { createSession, type Session, type SessionOptions } from '../../viewer/session.ts';
import { launchBrowser } from './browser.ts';
import { buildPageAside } from './built-page.ts';

export { buildPageAside, type BuiltPage } from './built-page.ts';

/** How long a page may take to come to something: a machine that is busy is no fault of the page. */
export const PATIENCE = { timeout: 30_000 };

/** Looks again and again until it is so. */
async function comesTrue(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE.timeout; !await isSo();) {
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE.timeout} ms.`);
    await new Promise((later) => { setTimeout(later, 15); });
  }
}

export interface LiveLab { session: Session; server: ViewerServer; close(): Promise<void> }

export interface LiveOptions extends Omit<SessionOptions, 'model'> {
  dist: string;
  model?: ModelFacts;
  /** Ticks that have passed before a page can look on: the session has seen them, and no clock was waited for. */
  ticks?: number;
}

/** Runs a lab and serves it to pages, as `lichen run` does. */
export async function goLive({ lab, dist, ticks = 0, ...options }: LiveOptions): Promise<LiveLab> {
  const model: ModelFacts = { state: 'none', name: 'no model', note: 'A test without a model.' };
  const session = createSession({ model, lab, ...options });
  while (lab.simulation.kernel.tick < ticks) await lab.tick();
  const server = await serveViewer({ session, dist, port: 0 });
  const running = session.run();
  return {
    session, server,
    async close() {
      session.stop();
      lab.close();
      await server.close();
      await running;
    },
  };
}

/** A page, all that it said to the simulation, and all that it complained of: errors, refused loads, dialogs that something opened. */
export interface WatchedPage { page: Page; complaints: string[]; said: ClientMessage[] }

/** Opens the viewer's page and waits until it shows a world. */
export async function openPage(browser: Browser, address: string, viewport = { width: 1280, height: 800 }, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport, colorScheme: 'dark', ...options });
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  const said: ClientMessage[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => said.push(JSON.parse(String(payload)) as ClientMessage)));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(`console: ${message.text()}`); });
  page.on('requestfailed', (request) => complaints.push(`request: ${request.url()}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  // and has drawn it: until then nothing is in its place
  await page.waitForFunction(() => (window.lichen?.state().world ?? null) !== null && window.lichen!.frameCosts().length > 0);
  return { page, complaints, said };
}

export interface WorldOptions extends Omit<LiveOptions, 'lab' | 'dist'> {
  lab?: Partial<LabOptions>;
  viewport?: { width: number; height: number };
  page?: BrowserContextOptions;
}

/** A world that one page looks at, and what tests of the page do with both. */
export interface WorldOnPage extends WatchedPage {
  readonly lab: Lab;
  readonly live: LiveLab;
  readonly browser: Browser;
  /** Every command that took effect. */
  readonly record: NumberedCommand[];
  /** The tick of the simulation, and the one that the page shows of the present, and of the past. */
  tick(): number;
  shownTick(): Promise<number>;
  pastTick(): Promise<number | null>;
  /** By the button, unless it is so already; comes back when the page shows it, and the tick at which the world waits. */
  play(): Promise<void>;
  pause(): Promise<void>;
  /** Lets some ticks pass, one after another. */
  pass(ticks: number): Promise<void>;
  /** Words as they are read, thin spaces within numbers left out. */
  text(selector: string): Promise<string>;
  /** Loads the page again and waits until it shows the world. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a page on a meadow of seed 7, which stands still at tick `ticks` unless it is said otherwise. */
export async function openWorld({ lab: options = {}, viewport, page: context, ...live }: WorldOptions = {}): Promise<WorldOnPage> {
  const [{ dist }, browser] = await Promise.all([buildPageAside(), launchBrowser()]);
  const lab = createLab({ world: 'meadow', seed: 7, operator: 'classical', parameters: { size: 128, founders: 300, capacity: 4000 }, service: null, ...options });
  const record: NumberedCommand[] = [];
  lab.simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
  const served = await goLive({ lab, dist, playing: false, ticksPerSecond: 0, ...live });
  const watched = await openPage(browser, served.server.url, viewport, context);
  const { page } = watched;
  const tick = (): number => lab.simulation.kernel.tick;
  const shownTick = (): Promise<number> => page.evaluate(() => window.lichen!.state().totals!.tick);
  const press = async (wanted: boolean): Promise<void> => {
    if (await page.evaluate(() => window.lichen!.state().playing) !== wanted) await page.locator('#play').click();
    await page.waitForFunction((playing) => window.lichen!.state().playing === playing, wanted, PATIENCE);
  };
  return {
    ...watched, lab, browser, record, tick, shownTick, live: served,
    pastTick: () => page.evaluate(() => window.lichen!.state().past?.tick ?? null),
    play: () => press(true),
    async pause() {
      await press(false);
      await comesTrue(async () => await shownTick() === tick(), 'The page shows the tick at which the world waits');
    },
    async pass(ticks) {
      const to = tick() + ticks;
      await page.evaluate((n) => window.lichen!.send({ type: 'step', ticks: n }), ticks);
      await comesTrue(() => tick() === to, `Tick ${to} comes`);
    },
    text: async (selector) => (await page.locator(selector).innerText()).replaceAll('\u202f', ''),
    async reload() {
      await page.reload();
      await page.waitForFunction(() => (window.lichen?.state().totals ?? null) !== null);
    },
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

/**
 * Clicks on the first of these organisms that can be clicked on: away from the seam, its place on the picture not under a
 * panel that floats over it. Waits for the card and answers with the row that was clicked. The world must be paused.
 */
export async function clickOrganism(page: Page, { simulation }: Lab, rows: readonly number[]): Promise<number> {
  const { columns } = simulation.kernel.pop;
  const { width, height } = simulation.kernel;
  for (const row of rows) {
    const [x, y] = [columns.x[row]!, columns.y[row]!];
    if (Math.min(x, y, width - x, height - y) < 2) continue;
    const point = await page.evaluate((place) => {
      const box = document.getElementById('world')!.getBoundingClientRect();
      const on = window.lichen!.pointOf(place.x, place.y);
      const at = { x: box.x + on.x, y: box.y + on.y };
      return document.elementFromPoint(at.x, at.y)?.id === 'world' ? at : null;
    }, { x, y });
    if (point === null) continue;
    await page.mouse.click(point.x, point.y);
    await page.locator('#card pre').waitFor();
    return row;
  }
  throw new Error(`None of ${rows.length} organisms lies free on the picture.`);
}
