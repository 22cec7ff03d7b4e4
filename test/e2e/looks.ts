import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { measureOptions } from '../../core/measures/measure-options.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { clickOrganism, goLive, openPage } from './live-page.ts';
import { photographSalon } from './salon-look.ts';

const TICKS = 900;
/** When twist is turned by hand, and to what: pins, and a world that has been touched. */
const TURNED_AT = 300;
const TURNED = { key: 'scarcity', value: 0.45 };
const HD = { width: 1280, height: 800 };
/** Time for what fades and for what is drawn a little later. */
const SETTLE_MS = 1200;

/** One picture: its name, how the browser is set up, and what is done before it is taken. */
interface Look { name: string; context: BrowserContextOptions; lab?: 'empty'; act?: (page: Page, lab: Lab) => Promise<void> }

const sizes = [HD, { width: 1600, height: 1000 }, { width: 1920, height: 1080 }, { width: 2560, height: 1440 }];
const projector: BrowserContextOptions = { viewport: { width: 1280, height: 720 }, deviceScaleFactor: 1.5 };

async function takeInHand(page: Page, lab: Lab): Promise<void> {
  const { columns, count } = lab.simulation.kernel.pop;
  const { width, height } = lab.simulation.kernel;
  const middle = (row: number): boolean => Math.abs(columns.x[row]! - width * 0.6) < width * 0.25 && Math.abs(columns.y[row]! - height / 2) < height * 0.3;
  const rows = Array.from({ length: count }, (_, row) => row).filter(middle).sort((a, b) => columns.children[b]! - columns.children[a]!);
  await clickOrganism(page, lab, rows);
  await page.mouse.move(2, 2);
}

async function lookBack(page: Page): Promise<void> {
  const box = (await page.locator('#history').boundingBox())!;
  await page.mouse.click(box.x + box.width * 0.6, box.y + box.height / 2);
  await page.locator('#past').waitFor();
  await page.mouse.move(2, 2);
}

async function openSchedule(page: Page): Promise<void> {
  await page.locator('[data-schedule]').first().click();
  await page.locator('.schedule-form select').selectOption('season');
}

async function nearby(page: Page): Promise<void> {
  await page.locator('#world').focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press('+');
  await page.locator('#choice-colour').selectOption('act');
}

/** Sees the page as eyes without the receptor for middle wavelengths do (Machado et al. 2009, as the browser has it). */
async function asDeuteranope(page: Page, palette: string, colour: string): Promise<void> {
  await page.locator('#look-button').click();
  await page.locator('#choice-palette').selectOption(palette);
  await page.keyboard.press('Escape');
  await page.locator('#choice-colour').selectOption(colour);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'deuteranopia' });
}

const click = (selector: string) => (page: Page): Promise<void> => page.locator(selector).click();

export const LOOKS: readonly Look[] = [
  ...sizes.flatMap((viewport) => (['dark', 'light'] as const).map((colorScheme): Look => ({ name: `${viewport.width}-${colorScheme}`, context: { viewport, colorScheme } }))),
  { name: 'projector-dark', context: projector },
  { name: 'projector-light', context: { ...projector, colorScheme: 'light' } },
  { name: 'small-720', context: { viewport: { width: 853, height: 480 }, deviceScaleFactor: 1.5 } },
  { name: 'tablet-drawer', context: { viewport: { width: 900, height: 1000 } }, act: click('#drawer') },
  { name: 'forced-colours', context: { viewport: HD, forcedColors: 'active' } },
  { name: 'reduced-motion', context: { viewport: HD, reducedMotion: 'reduce', forcedColors: 'none' } },
  { name: 'past', context: { viewport: HD }, act: lookBack },
  { name: 'past-light', context: { viewport: HD, colorScheme: 'light' }, act: lookBack },
  { name: 'schedule', context: { viewport: HD }, act: openSchedule },
  { name: 'schedule-light', context: { viewport: HD, colorScheme: 'light' }, act: openSchedule },
  { name: 'card', context: { viewport: HD }, act: takeInHand },
  { name: 'card-light', context: { viewport: { width: 1600, height: 1000 }, colorScheme: 'light' }, act: takeInHand },
  { name: 'card-projector', context: projector, act: takeInHand },
  { name: 'near-by', context: { viewport: { width: 1600, height: 1000 } }, act: nearby },
  { name: 'near-by-light', context: { viewport: { width: 1600, height: 1000 }, colorScheme: 'light' }, act: nearby },
  { name: 'keys', context: { viewport: HD }, act: async (page) => page.keyboard.press('?') },
  { name: 'share', context: { viewport: HD }, act: click('#share-button') },
  { name: 'bookmarks', context: { viewport: HD }, act: click('#bookmarks-button') },
  { name: 'series-choice', context: { viewport: HD }, act: click('#series-chooser') },
  { name: 'look-menu', context: { viewport: HD }, act: click('#look-button') },
  { name: 'focus', context: { viewport: HD }, act: async (page) => {
    await page.locator('#archive').focus();
    await page.keyboard.press('ArrowRight');
  } },
  { name: 'nobody', context: { viewport: HD }, lab: 'empty' },
  { name: 'nobody-light', context: { viewport: HD, colorScheme: 'light' }, lab: 'empty' },
  ...(['lichen', 'clear'] as const).flatMap((palette) => ['kin', 'act'].map((colour): Look => (
    { name: `deuteranope-${palette}-${colour}`, context: { viewport: HD }, act: (page) => asDeuteranope(page, palette, colour) }))),
];

export interface LooksOptions { browser: Browser; dist: string; folder: string; world: string; only: readonly string[] }

/** Takes all the pictures, or those whose names contain one of `only`, into a folder; answers with their files. */
export async function photograph({ browser, dist, folder, world, only }: LooksOptions): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const isWanted = (name: string): boolean => only.length === 0 || only.some((part) => name.includes(part));
  const measures = measureOptions.parse({ wanted: ['diversity', 'activity', 'archive'], shadows: 2 });
  const lab = createLab({ world, seed: 7, operator: 'classical', parameters: {}, service: null, measures });
  const live = await goLive({ lab, dist, playing: false, ticks: 0 });
  const hand = live.session.join({ message: () => undefined, frame: () => undefined });
  while (lab.simulation.kernel.tick < TICKS) {
    if (lab.simulation.kernel.tick === TURNED_AT) hand.receive({ type: 'set', ...TURNED });
    await lab.tick();
  }
  hand.leave();
  const empty = createLab({ world: 'meadow', seed: 7, operator: 'classical', parameters: { size: 64, founders: 1 }, service: null });
  empty.simulation.kernel.pop.columns.energy[0] = -1e6;
  const emptied = await goLive({ lab: empty, dist, playing: false, ticks: 1 });
  const files: string[] = [];
  const complained: string[] = [];
  try {
    for (const look of LOOKS.filter(({ name }) => isWanted(name))) {
      const at = look.lab === 'empty' ? { lab: empty, live: emptied } : { lab, live };
      const { page, complaints } = await openPage(browser, at.live.server.url, look.context.viewport ?? HD, look.context);
      await look.act?.(page, at.lab);
      await page.waitForTimeout(SETTLE_MS);
      const file = join(folder, `${look.name}.png`);
      await page.screenshot({ path: file });
      files.push(file);
      complained.push(...complaints.map((each) => `${look.name}: ${each}`));
      await page.close();
    }
    if (isWanted('salon')) files.push(...await photographSalon({ browser, dist, folder }));
  } finally {
    await live.close();
    await emptied.close();
  }
  if (complained.length > 0) throw new Error(`The page complained: ${complained.join('; ')}`);
  return files;
}
