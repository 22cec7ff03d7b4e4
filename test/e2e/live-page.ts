import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import type { ModelFacts } from '../../viewer/protocol.ts';
import type { Lab } from '../../viewer/lab.ts';
import { serveViewer, type ViewerServer } from '../../viewer/server.ts';
import { createSession, type Session, type SessionOptions } from '../../viewer/session.ts';

const root = resolve(import.meta.dirname, '../..');

export interface BuiltPage { dist: string; remove(): Promise<void> }

/** Builds the page as it is shipped, into a folder of its own: files of tests run side by side and must not build over one another. */
export async function buildPageAside(): Promise<BuiltPage> {
  const dist = await mkdtemp(join(tmpdir(), 'lichen-page-'));
  await build({ configFile: join(root, 'vite.config.ts'), root: join(root, 'viewer/app'), logLevel: 'error', build: { outDir: dist, emptyOutDir: true } });
  return { dist, remove: () => rm(dist, { recursive: true, force: true }) };
}

export interface LiveLab { session: Session; server: ViewerServer; close(): Promise<void> }

export interface LiveOptions extends Omit<SessionOptions, 'model'> {
  dist: string;
  model?: ModelFacts;
}

/** Runs a lab and serves it to pages, as `lichen run` does. */
export async function goLive({ lab, dist, ...options }: LiveOptions): Promise<LiveLab> {
  const model: ModelFacts = { state: 'none', name: 'no model', note: 'A test without a model.' };
  const session = createSession({ model, lab, ...options });
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

/** A page and all that it complained of: errors, refused loads, dialogs that something opened. */
export interface WatchedPage { page: Page; complaints: string[] }

/** Opens the viewer's page and waits until it shows a world. */
export async function openPage(browser: Browser, address: string, viewport = { width: 1280, height: 800 }): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport, colorScheme: 'dark' });
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(`console: ${message.text()}`); });
  page.on('requestfailed', (request) => complaints.push(`request: ${request.url()}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  await page.waitForFunction(() => (window.lichen?.state().world ?? null) !== null);
  return { page, complaints };
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
