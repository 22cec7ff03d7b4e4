/**
 * Makes the README's picture: `npx tsx test/e2e/picture.ts`. The default world of seed 7, left alone for 1,500 ticks; where
 * the embedded model's weights are at hand, it writes a share of the children.
 *
 * With `--all FOLDER` it takes pictures of the page in every size, theme and state that `looks.ts` lists, into that folder,
 * from a world that asks no model, so that they come out the same each time; words after the folder choose some by name.
 */
import { readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { openDoor } from '../../agents/model/door.ts';
import { createModelService } from '../../agents/model/service.ts';
import { findWeights } from '../../agents/model/weights.ts';
import type { WorldDefinition } from '../../core/kernel/world.ts';
import { Operator } from '../../core/kernel/tick-events.ts';
import type { ModelFacts } from '../../viewer/protocol.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { worlds } from '../../worlds/index.ts';
import { launchBrowser } from './browser.ts';
import { buildPageAside, clickOrganism, goLive, openPage } from './live-page.ts';
import { photograph } from './looks.ts';

const [{ name: WORLD }] = worlds as [WorldDefinition];
const TICKS = 1500;
const MODEL_SHARE = 0.004;
const MOST_BYTES = 700_000;
const folder = resolve(import.meta.dirname, '../../viewer/app');

/** Living rows that the card will not lie over, those worth reading first: written by the model, and with children. */
function worthReading({ simulation }: Lab): number[] {
  const { pop: { columns, count }, width, height } = simulation.kernel;
  const worth = (row: number): number => columns.children[row]! + (columns.operator[row] === Operator.llm ? 100 : 0);
  const isInTheMiddle = (row: number): boolean =>
    Math.abs(columns.x[row]! - width * 0.6) < width * 0.25 && Math.abs(columns.y[row]! - height / 2) < height * 0.3;
  return Array.from({ length: count }, (_, row) => row).filter(isInTheMiddle).sort((a, b) => worth(b) - worth(a));
}

async function takeReadmePicture(browser: Browser, dist: string): Promise<void> {
  const door = await findWeights() === null ? null : await openDoor({ model: 'embedded' });
  const model: ModelFacts = door === null
    ? { state: 'none', name: 'none', note: 'This run was asked to go without a language model.' }
    : { state: 'ready', name: door.model, note: `${door.model} runs on this machine, embedded, in a process of its own.` };
  const service = door === null ? null : createModelService({ doors: [door] });
  const lab = createLab({ world: WORLD, seed: 7, operator: door === null ? 'classical' : 'mixed', parameters: door === null ? {} : { modelShare: MODEL_SHARE }, service });
  const live = await goLive({ lab, dist, model, playing: false, ticks: TICKS });
  try {
    const { page, complaints } = await openPage(browser, live.server.url, { width: 1600, height: 1000 });
    await clickOrganism(page, lab, worthReading(lab));
    await page.mouse.move(2, 2);
    await page.waitForTimeout(1000);
    const png = join(folder, `${WORLD}.png`);
    const jpeg = join(folder, `${WORLD}.jpg`);
    await rm(jpeg, { force: true });
    await page.screenshot({ path: png });
    if ((await stat(png)).size > MOST_BYTES) {
      await page.screenshot({ path: jpeg, type: 'jpeg', quality: 80 });
      await rm(png);
    }
    const kept = await readFile(png).then(() => png, () => jpeg);
    if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
    console.log(`${kept}: ${Math.round((await stat(kept)).size / 1000)} kB, tick ${lab.simulation.kernel.tick}, ${lab.simulation.kernel.pop.count} alive`);
  } finally {
    await live.close();
    await service?.close();
  }
}

const [option, target, ...only] = process.argv.slice(2);
if (option !== undefined && (option !== '--all' || target === undefined)) {
  console.error(`The picture is made by \`tsx test/e2e/picture.ts\`, and all of them by \`tsx test/e2e/picture.ts --all FOLDER [NAME …]\`; "${[option, target].join(' ').trim()}" is neither.`);
  process.exit(2);
}
const { dist } = await buildPageAside();
const browser = await launchBrowser();
try {
  if (target === undefined) await takeReadmePicture(browser, dist);
  else for (const file of await photograph({ browser, dist, folder: resolve(target), world: WORLD, only })) console.log(file);
} finally {
  await browser.close();
}
