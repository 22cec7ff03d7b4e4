import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type {} from '../../viewer/app/salon-probe.ts';
import { runSalon } from '../../viewer/qdaif.ts';
import { createSalonSession } from '../../viewer/salon-session.ts';
import { serveViewer } from '../../viewer/server.ts';
import { domains } from '../../worlds/salon/domains.ts';
import { syntheticService } from '../salon/synthetic.ts';

const ITERATIONS = 300;
const SETTLE_MS = 800;

/** Pictures of the salon's page after a run of the synthetic model, with a text in hand in the last. */
export async function photographSalon({ browser, dist, folder }: { browser: Browser; dist: string; folder: string }): Promise<string[]> {
  const domain = domains.find(({ name }) => name === 'stories-genre-ending')!;
  const service = syntheticService({ noise: 0.4 });
  const session = createSalonSession({ domain, methods: ['lmx-near'], seeds: [1], iterations: ITERATIONS, model: { state: 'ready', name: 'synthetic', note: 'A model made of rules.' }, service });
  const server = await serveViewer({ session, dist, page: 'salon.html', port: 0 });
  const made = await runSalon({ domain, method: 'lmx-near', seed: 1, iterations: ITERATIONS, init: 'seeded', temperature: 0.8, judging: { repeats: 1 }, rejudge: 1 }, {
    service, watcher: { asked: (ask, of) => session.asked(ask, of), judged: (...facts) => session.judged(...facts), settled: (...facts) => session.settled(...facts) },
  });
  session.ended(made!.summary);
  const files: string[] = [];
  try {
    for (const [colorScheme, width, height, isReading] of [['dark', 1280, 800, false], ['light', 1600, 1000, false], ['dark', 1600, 1000, true]] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      await page.goto(server.url);
      await page.waitForFunction(() => Number(document.getElementById('archive-map')?.dataset['filled'] ?? 0) > 0);
      if (isReading) {
        await page.locator('#archive-map').focus();
        await page.keyboard.press('ArrowRight');
        await page.keyboard.press('Enter');
        await page.locator('#reader:not([hidden])').waitFor();
      }
      await page.waitForTimeout(SETTLE_MS);
      const file = join(folder, `salon-${width}-${colorScheme}${isReading ? '-reading' : ''}.png`);
      await page.screenshot({ path: file });
      files.push(file);
      await page.close();
    }
  } finally {
    session.stop();
    await server.close();
  }
  return files;
}
