/**
 * Whether the page, and the process that feeds it, hold more and more: the real page on a real moiré of some 10,000 organisms, every
 * panel open, for 30 minutes or as many as are given. Once a minute, after forced collections, a row; at the end the slope of
 * each from the fifth minute on, with a 95 % interval. `npm run bench memory 5` takes five minutes.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';
import { bootstrap } from '../../core/measures/statistics.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { buildPageAside } from '../e2e/live-page.ts';
import type {} from '../../viewer/app/page-probe.ts';
import { countGraphics, type GraphicsBytes } from './graphics-bytes.ts';
import { drawOnePixel } from './main-thread.ts';
import type { WorldMemory } from './memory-world.ts';
import { watchWorkers } from './worker-heaps.ts';

const DEFAULT_MINUTES = 30;
const STEADY_FROM_MINUTE = 5;
const MINUTE_MS = 60_000;
const MIB = 2 ** 20;
/** Five lines, as many as can be drawn. */
const LINES = ['population', 'diversity', 'resource', 'energy', 'phylogeny.taxa'];

/** A column of the table; `unit` divides what was measured. */
const COLUMNS = [
  ['page MiB', MIB], ['buffers MiB', MIB], ['workers MiB', MIB], ['drawing MiB', MIB], ['nodes', 1], ['listeners', 1],
  ['server MiB', MIB], ['server buffers MiB', MIB], ['server resident MiB', MIB],
] as const;
type Row = { minute: number; tick: number; alive: number; values: number[] };

/** Least-squares slope a minute with a 95 % bootstrap interval over the rows. */
function slope(rows: readonly Row[], column: number): { estimate: number; lower: number; upper: number } | null {
  return bootstrap(rows.length, (drawn) => {
    const picked = Array.from(drawn, (i) => rows[i]!);
    const meanX = picked.reduce((sum, { minute }) => sum + minute, 0) / picked.length;
    const meanY = picked.reduce((sum, { values }) => sum + values[column]!, 0) / picked.length;
    const across = picked.reduce((sum, { minute }) => sum + (minute - meanX) ** 2, 0);
    return across === 0 ? 0 : picked.reduce((sum, { minute, values }) => sum + (minute - meanX) * (values[column]! - meanY), 0) / across;
  }, { seed: 1 });
}

async function measurePage(page: Page, devtools: CDPSession): Promise<number[]> {
  // twice: what finalizers let go of is collected the second time
  for (let i = 0; i < 2; i++) await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize, ...more } = await devtools.send('Runtime.getHeapUsage') as { usedSize: number; backingStorageSize?: number };
  const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
  const drawing = await page.evaluate(() => (window as unknown as { graphicsBytes: GraphicsBytes }).graphicsBytes());
  return [usedSize, more.backingStorageSize ?? Number.NaN, drawing, nodes, jsEventListeners];
}

async function benchMemory(minutes: number): Promise<void> {
  const built = await buildPageAside();
  const world = fork(fileURLToPath(new URL('../../viewer/cli/ready.mjs', import.meta.url)), [fileURLToPath(new URL('./memory-world.ts', import.meta.url)), built.dist], { execArgv: ['--expose-gc'] });
  const [{ address }] = await once(world, 'message') as [{ address: string }];
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
    await page.addInitScript(countGraphics);
    await page.addInitScript(drawOnePixel);
    await page.addInitScript((lines) => localStorage.setItem('lichen.series', JSON.stringify(lines)), LINES);
    await page.goto(address);
    await page.waitForFunction(() => (window.lichen?.frameCosts().length ?? 0) > 0, undefined, { timeout: MINUTE_MS });
    const devtools = await page.context().newCDPSession(page);
    const workers = await watchWorkers(devtools);
    console.log(`minute      tick   alive${COLUMNS.map(([name]) => name.padStart(name.length + 3)).join('')}`);
    const rows: Row[] = [];
    const began = performance.now();
    for (let minute = 0; minute <= minutes; minute++) {
      await page.waitForTimeout(Math.max(0, began + minute * MINUTE_MS - performance.now()));
      world.send('measure');
      const [{ heap, buffers, resident, alive, tick }] = await once(world, 'message') as [WorldMemory];
      const [used, backing, drawing, nodes, listeners] = await measurePage(page, devtools) as [number, number, number, number, number];
      const values = [used, backing, await workers.heapBytes(), drawing, nodes, listeners, heap, buffers, resident].map((value, i) => value / COLUMNS[i]![1]);
      rows.push({ minute, tick, alive, values });
      console.log(`${String(minute).padStart(6)} ${String(tick).padStart(9)} ${String(alive).padStart(7)}${values.map((value, i) => value.toFixed(COLUMNS[i]![1] === 1 ? 0 : 2).padStart(COLUMNS[i]![0].length + 3)).join('')}`);
      // somebody is always in hand, and followed
      await page.evaluate((at) => {
        const { world: shown, hand } = window.lichen!.state();
        if (hand?.kind !== 'organism' || !hand.organism.alive) window.lichen!.send({ type: 'inspect', x: (at * 37) % (shown?.width ?? 1), y: (at * 91) % (shown?.height ?? 1) });
      }, minute + 1);
    }
    const steady = rows.filter(({ minute }) => minute >= Math.min(STEADY_FROM_MINUTE, minutes / 2));
    console.log(`slope a minute from minute ${steady[0]?.minute ?? 0} on, least squares, with a 95 % bootstrap interval:`);
    COLUMNS.forEach(([name], column) => {
      const found = slope(steady, column);
      console.log(found === null ? `  ${name}: too few rows` : `  ${name.padEnd(20)} ${found.estimate.toFixed(3).padStart(9)}  (${found.lower.toFixed(3)} to ${found.upper.toFixed(3)})`);
    });
  } finally {
    await browser.close();
    world.disconnect();
    await built.remove();
  }
}

if (process.argv[1] === import.meta.filename) {
  const minutes = Number(process.argv[2] ?? DEFAULT_MINUTES);
  if (!Number.isInteger(minutes) || minutes < 1) throw new Error(`The memory benchmark takes a whole number of minutes, 1 or more, and not "${process.argv[2]}".`);
  await benchMemory(minutes);
}
