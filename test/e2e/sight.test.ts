import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signalColour } from '../../viewer/app/palette.ts';
import { openWorld, PATIENCE, type WorldOnPage } from './live-page.ts';
import { stillPicture } from './pixels.ts';
import { weakWords } from './contrast.ts';

let world: WorldOnPage;
let page: Page;
const SIGNALS = ['red', 'blue'];

beforeAll(async () => {
  world = await openWorld({
    ticks: 3, viewport: { width: 1280, height: 720 }, page: { reducedMotion: 'reduce', deviceScaleFactor: 1.5 },
    lab: { parameters: { size: 64, founders: 80, capacity: 400, mutationRate: 0 }, founders: [...SIGNALS.map((name) => `when energy > 60 -> reproduce\notherwise -> eat, signal ${name}`), 'when energy > 60 -> reproduce\notherwise -> eat'] },
  });
  ({ page } = world);
});
afterAll(() => world?.close());

describe('the layer of signals', () => {
  it('draws around who signals, in the colour of the signal, and around nobody else', async () => {
    await page.locator('#world').focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('+');
    await stillPicture(page);
    const { kernel } = world.lab.simulation;
    const { x, y, signal } = kernel.pop.columns;
    const rows = Array.from({ length: kernel.pop.count }, (_, row) => row);
    const across = (a: number, b: number, size: number): number => Math.min(Math.abs(a - b), size - Math.abs(a - b));
    const lonely = rows.filter((row) => rows.every((other) => other === row || Math.hypot(across(x[row]!, x[other]!, kernel.width), across(y[row]!, y[other]!, kernel.height)) > 3.2));
    const keepPicture = (): Promise<void> => page.evaluate(() => {
      const keep = window as unknown as { pictures?: Uint8Array[] };
      (keep.pictures ??= []).push(window.lichen!.pixels().data.slice());
    });
    await keepPicture();
    await page.locator('#choice-signals').uncheck();
    await stillPicture(page);
    await keepPicture();
    await page.locator('#choice-signals').check();
    // what the layer adds within a step and a half of each place, in device pixels of a picture whose rows begin at the foot
    const added = await page.evaluate((places) => {
      const [on, off] = (window as unknown as { pictures: Uint8Array[] }).pictures as [Uint8Array, Uint8Array];
      const { width, height } = window.lichen!.pixels();
      const ratio = width / document.getElementById('world')!.clientWidth;
      const step = (window.lichen!.pointOf(33, 32).x - window.lichen!.pointOf(32, 32).x) * ratio;
      return places.flatMap(({ at, row }) => {
        const point = window.lichen!.pointOf(at.x, at.y);
        const [px, py, reach] = [point.x * ratio, height - 1 - point.y * ratio, step * 1.5];
        if (px < reach || py < reach || px > width - reach || py > height - reach) return [];
        const sum = [0, 0, 0];
        for (let v = Math.ceil(py - reach); v < py + reach; v++) {
          for (let u = Math.ceil(px - reach); u < px + reach; u++) for (let c = 0; c < 3; c++) sum[c]! += Math.max(0, on[(v * width + u) * 4 + c]! - off[(v * width + u) * 4 + c]!);
        }
        return [{ row, sum }];
      });
    }, lonely.map((row) => ({ row, at: { x: x[row]!, y: y[row]! } })));
    const names = world.lab.simulation.world.vocabulary.signals;
    const likeness = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, part, c) => sum + part * b[c]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
    const seen = new Map<string, number>();
    for (const { row, sum } of added) {
      const said = signal[row]!;
      const total = sum[0]! + sum[1]! + sum[2]!;
      if (said === 0) expect(total, `silent ${row}`).toBe(0);
      else {
        expect(total, `row ${row}`).toBeGreaterThan(500);
        const best = names.map((_, index) => likeness(sum, signalColour('lichen', index))).reduce((top, each, index, all) => (each > all[top]! ? index : top), 0);
        expect(best, `row ${row} signals ${names[said - 1]}`).toBe(said - 1);
      }
      const name = said === 0 ? 'nothing' : names[said - 1]!;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    for (const name of ['nothing', ...SIGNALS]) expect(seen.get(name) ?? 0, name).toBeGreaterThan(0);
    await page.keyboard.press('0');
  });
});

describe('a reader who asked for less motion', () => {
  /** How often the picture became another without a new frame while births were seen; and what style sheets animate when a drawer opens. */
  async function motion(reducedMotion: 'reduce' | 'no-preference'): Promise<{ pictures: number; animations: number }> {
    await page.emulateMedia({ reducedMotion });
    await stillPicture(page);
    const before = world.lab.totals.births;
    await page.evaluate(() => {
      const watch = window as unknown as { moved: number };
      const last = { print: 0, frames: -1 };
      window.lichen!.clearFrameCosts();
      watch.moved = 0;
      const look = (): void => {
        const { data } = window.lichen!.pixels();
        const frames = window.lichen!.frameCosts().length;
        let print = 7;
        for (const word of new Uint32Array(data.buffer)) print = (Math.imul(print, 31) + word) | 0;
        if (frames === last.frames && print !== last.print) watch.moved++;
        Object.assign(last, { print, frames });
        if (watch.moved >= 0) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    // a machine that is busy may draw a ring once or not at all before it has faded
    const hasMoved = (): Promise<boolean> => page.evaluate(() => (window as unknown as { moved: number }).moved > 0);
    for (let i = 0; (world.lab.totals.births < before + 3 || (reducedMotion !== 'reduce' && !await hasMoved())) && i < 40; i++) await world.pass(4);
    expect(world.lab.totals.births).toBeGreaterThan(before);
    await page.waitForFunction((tick) => window.lichen!.state().totals!.tick === tick, world.tick(), PATIENCE);
    await stillPicture(page);
    const pictures = await page.evaluate(() => {
      const watch = window as unknown as { moved: number };
      const { moved } = watch;
      watch.moved = -Infinity;
      return moved;
    });
    await page.setViewportSize({ width: 900, height: 700 });
    const animations = await page.evaluate(async () => {
      const place = (): string => getComputedStyle(document.getElementById('column')!).transform;
      // the column has just become a drawer, and goes away as one
      place();
      await Promise.all(document.getAnimations().map(({ finished }) => finished));
      document.getElementById('drawer')!.click();
      place();
      return document.getAnimations().length;
    });
    await page.locator('#drawer').click();
    await page.setViewportSize({ width: 1280, height: 720 });
    return { pictures, animations };
  }

  it('sees no animation run: no ring opens, no drawer slides', async () => {
    const moved = await motion('no-preference');
    expect(moved.pictures).toBeGreaterThan(0);
    expect(moved.animations).toBeGreaterThan(0);
    expect(await motion('reduce')).toEqual({ pictures: 0, animations: 0 });
  });
});

describe('projected in a classroom', () => {
  /** Controls that stick out of the window, or lie on one another. */
  const misplaced = (): Promise<string[]> => page.evaluate(() => {
    const named = (node: Element): string => `${node.id || node.getAttribute('aria-label') || node.textContent}`.trim().slice(0, 30);
    const nodes = Array.from(document.querySelectorAll('#top :is(.brand, .facts > span, .pill, button), #time :is(button:not(.pin), #silhouette, .clock p), #choices, #card')).filter((node) => node.checkVisibility());
    const boxes = nodes.map((node) => node.getBoundingClientRect());
    const out = nodes.filter((_, i) => boxes[i]!.left < -0.5 || boxes[i]!.top < -0.5 || boxes[i]!.right > innerWidth + 0.5 || boxes[i]!.bottom > innerHeight + 0.5).map((node) => `${named(node)} sticks out`);
    const over = nodes.flatMap((node, i) => nodes.slice(i + 1).flatMap((other, j) => {
      const [a, b] = [boxes[i]!, boxes[i + 1 + j]!];
      const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
      return apart || node.contains(other) || other.contains(node) ? [] : [`${named(node)} lies on ${named(other)}`];
    }));
    return [...out, ...over];
  });
  /** Words that are cut off without a way to see the rest. */
  const cut = (): Promise<string[]> => page.evaluate(() => Array.from(document.querySelectorAll<HTMLElement>('#top span, #top b, .panel > header *, .pressure > label, .unit, #time p, .axis span'))
    .filter((node) => node.checkVisibility() && !node.classList.contains('unseen') && getComputedStyle(node).overflow !== 'visible' && node.scrollWidth > node.clientWidth + 1)
    .map((node) => `${node.id} ${node.textContent}`));

  it.each([
    ['at 1280 by 720 with pixels half as large again', { width: 1280, height: 720 }],
    ['zoomed to 150 % in a window of 1280 by 720', { width: 853, height: 480 }],
    ['in a window of 1280 by 800', { width: 1280, height: 800 }],
  ])('%s nothing lies on anything, nothing is cut off, and the pictures of world and time have every pixel', async (_, viewport) => {
    await page.setViewportSize(viewport);
    expect(await misplaced()).toEqual([]);
    expect(await cut()).toEqual([]);
    // of a world that stands still, too
    await expect.poll(() => page.evaluate(() => ['world', 'history'].every((id) => {
      const canvas = document.getElementById(id) as HTMLCanvasElement;
      return [canvas.width - Math.round(canvas.clientWidth * devicePixelRatio), canvas.height - Math.round(canvas.clientHeight * devicePixelRatio)].every((off) => Math.abs(off) <= 1);
    })), PATIENCE).toBe(true);
    // the smallest words are as large as the rest of the page is read
    const smallest = await page.evaluate(() => Math.min(...Array.from(document.querySelectorAll<HTMLElement>('body *')).filter((node) => node.checkVisibility() && Array.from(node.childNodes).some((child) => child.nodeType === Node.TEXT_NODE && child.textContent!.trim() !== ''))
      .map((node) => Number.parseFloat(getComputedStyle(node).fontSize))));
    expect(smallest).toBeGreaterThanOrEqual(11.5);
  });

  it('has the newest events and the pressures in sight at 1280 by 800', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(() => window.lichen!.send({ type: 'set', key: 'scarcity', value: 0.6 }));
    await world.pass(1);
    const foot = (await page.locator('#time').boundingBox())!.y;
    const line = (await page.locator('#log li').first().boundingBox())!;
    expect(line.y + line.height).toBeLessThanOrEqual(foot);
    const slider = (await page.locator('.pressure').first().boundingBox())!;
    expect(slider.y + slider.height).toBeLessThan(line.y);
  });
});

describe('words', () => {
  it.each(['dark', 'light'] as const)('are read at AA contrast all over the page in the %s theme, those of a card, a menu and the past too', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator('#world').focus();
    await page.keyboard.press('Enter');
    await page.locator('#card pre').waitFor();
    expect(await weakWords(page)).toEqual([]);
    await page.locator('#share-button').click();
    expect(await weakWords(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('[data-schedule]').first().click();
    expect(await weakWords(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press(',');
    await page.locator('#past').waitFor();
    expect(await weakWords(page)).toEqual([]);
    await page.keyboard.press('l');
    await page.keyboard.press('?');
    expect(await weakWords(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('the page complained of nothing', () => {
    expect(world.complaints).toEqual([]);
  });
});
