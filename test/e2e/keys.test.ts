import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, PATIENCE, type WorldOnPage } from './live-page.ts';

let world: WorldOnPage;
let page: Page;

beforeAll(async () => {
  world = await openWorld({ ticks: 300, page: { reducedMotion: 'reduce' } });
  ({ page } = world);
});
afterAll(() => world?.close());

const press = (...keys: string[]): Promise<void> => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const isPlaying = (): Promise<boolean> => page.evaluate(() => window.lichen!.state().playing);
const speed = (): Promise<number> => page.evaluate(() => window.lichen!.state().ticksPerSecond);
const past = (): Promise<number | null> => world.pastTick();
const live = async (): Promise<void> => {
  await press('l');
  await expect.poll(past, PATIENCE).toBe(null);
};
/** Where the middle of the space is drawn, and how many pixels a step is. */
const view = (): Promise<{ x: number; y: number; scale: number }> => page.evaluate(() => {
  const [a, b] = [window.lichen!.pointOf(64, 64), window.lichen!.pointOf(65, 64)];
  return { x: a.x, y: a.y, scale: b.x - a.x };
});
const focus = (selector: string): Promise<void> => page.locator(selector).focus();
const away = (): Promise<void> => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

/** What each line of the keys' sheet promises, tried. The names are those of the sheet: a line that is not here fails the test, and one here that is not there, too. */
const PROMISES: Record<string, () => Promise<void>> = {
  'Space: pause, or go on': async () => {
    await press(' ');
    await expect.poll(isPlaying, PATIENCE).toBe(true);
    await press(' ');
    await expect.poll(isPlaying, PATIENCE).toBe(false);
    // in haste each press means the opposite of the one before, whatever news is still on its way
    const heard = world.said.length;
    for (let i = 0; i < 7; i++) await press(' ');
    await expect.poll(isPlaying, PATIENCE).toBe(true);
    await press(' ');
    await expect.poll(isPlaying, PATIENCE).toBe(false);
    expect(world.said.slice(heard).flatMap(({ type }) => (type === 'play' || type === 'pause' ? [type] : []))).toEqual([0, 1, 2, 3].flatMap(() => ['play', 'pause']));
    await world.pause();
  },
  '.: one step; in the past, one tick later': async () => {
    const before = world.tick();
    await press('.');
    await expect.poll(world.tick, PATIENCE).toBe(before + 1);
    await expect.poll(world.shownTick, PATIENCE).toBe(before + 1);
    await press(',', ',');
    await expect.poll(past, PATIENCE).toBe(before - 1);
    await press('.');
    await expect.poll(past, PATIENCE).toBe(before);
    expect(world.tick()).toBe(before + 1);
    await live();
  },
  ',: look one tick back': async () => {
    await press(',');
    await expect.poll(past, PATIENCE).toBe(world.tick() - 1);
    await live();
  },
  '+: faster': async () => {
    await page.locator('[data-speed="10"]').click();
    await expect.poll(speed, PATIENCE).toBe(10);
    await away();
    await press('+');
    await expect.poll(speed, PATIENCE).toBe(30);
  },
  '−: slower': async () => {
    await press('-');
    await expect.poll(speed, PATIENCE).toBe(10);
  },
  'L: back to the present': async () => {
    await press(',');
    await expect.poll(past, PATIENCE).not.toBe(null);
    await live();
    await page.locator('#past').waitFor({ state: 'hidden' });
  },
  'B: bookmarks: name the tick that is shown': async () => {
    await press('b');
    await page.keyboard.type('here');
    await press('Enter');
    await expect.poll(() => page.evaluate(() => window.lichen!.state().bookmarks.map(({ tick, text }) => [tick, text])), PATIENCE).toEqual([[world.tick(), 'here']]);
    await press('Escape');
  },
  'F: follow the organism in hand, or no longer': async () => {
    await focus('#world');
    await press('Enter');
    await page.locator('#card pre').waitFor();
    await press('f');
    await expect.poll(() => page.locator('#follow').getAttribute('aria-pressed'), PATIENCE).toBe('true');
    await press('f');
    await expect.poll(() => page.locator('#follow').getAttribute('aria-pressed'), PATIENCE).toBe('false');
    await press('Escape');
    await away();
  },
  '?: this sheet': async () => {
    await press('?');
    await page.locator('#help[open]').waitFor();
    await press('?');
    await page.locator('#help').waitFor({ state: 'hidden' });
  },
  'Tab: to the next control; arrow keys go on within a group of them': async () => {
    await focus('#step');
    await press('Tab');
    expect(await page.evaluate(() => document.activeElement?.parentElement?.id)).toBe('speed');
    const first = await page.evaluate(() => (document.activeElement as HTMLElement).dataset['speed']);
    await press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.parentElement?.id)).toBe('speed');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['speed'])).not.toBe(first);
    await press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('history');
    await away();
  },
  'Escape: closes what is on top: a menu, this sheet, the card': async () => {
    await focus('#world');
    await press('Enter');
    await page.locator('#card pre').waitFor();
    await page.locator('#archive-panel .panel-menu').click();
    await page.locator('#archive-menu:popover-open').waitFor();
    await press('Escape');
    await page.locator('#archive-menu').waitFor({ state: 'hidden' });
    await page.locator('#help-button').click();
    await press('Escape');
    await page.locator('#help').waitFor({ state: 'hidden' });
    expect(await page.locator('#card').isVisible()).toBe(true);
    await press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
  },
  '← ↑ ↓ →: on the world: move': async () => {
    await focus('#world');
    await press('+', '+');
    const before = await view();
    await press('ArrowRight');
    await expect.poll(async () => (await view()).x, PATIENCE).toBeLessThan(before.x);
    await press('ArrowLeft');
    await expect.poll(async () => Math.abs((await view()).x - before.x), PATIENCE).toBeLessThan(1);
    await press('ArrowDown');
    await expect.poll(async () => (await view()).y, PATIENCE).toBeLessThan(before.y);
    await press('ArrowUp');
    await expect.poll(async () => Math.abs((await view()).y - before.y), PATIENCE).toBeLessThan(1);
  },
  '+ −: on the world: nearer, farther': async () => {
    const { scale } = await view();
    const pace = await speed();
    await press('+');
    await expect.poll(async () => (await view()).scale, PATIENCE).toBeGreaterThan(scale * 1.1);
    await press('-');
    await expect.poll(async () => Math.abs((await view()).scale / scale - 1), PATIENCE).toBeLessThan(0.01);
    expect(await speed()).toBe(pace);
  },
  '0: on the world: all of it': async () => {
    const { scale } = await view();
    await press('0');
    await expect.poll(async () => (await view()).scale, PATIENCE).toBeLessThan(scale / 1.2);
  },
  'Enter: on the world: take the organism in the middle in hand': async () => {
    await press('Enter');
    await page.locator('#card pre').waitFor();
    const { kernel } = world.lab.simulation;
    const row = kernel.rowOf(Number(await page.locator('#card').getAttribute('data-id')));
    const { x, y } = kernel.pop.columns;
    const far = (each: number): number => Math.hypot(x[each]! - 64, y[each]! - 64);
    expect(far(row)).toBeCloseTo(Math.min(...Array.from({ length: kernel.pop.count }, (_, each) => far(each))), 3);
    await press('Escape');
    await away();
  },
  '← →: on the population over time: a tick earlier, later; ten with Shift, a hundred by Page Up and Page Down': async () => {
    const now = world.tick();
    await focus('#history');
    for (const [key, ago] of [['ArrowLeft', 1], ['ArrowLeft', 2], ['ArrowRight', 1], ['Shift+ArrowLeft', 11], ['PageDown', 111], ['PageUp', 11], ['Shift+ArrowRight', 1]] as const) {
      await press(key);
      await expect.poll(past, PATIENCE).toBe(now - ago);
    }
    await live();
  },
  'Home End: on the population over time: the earliest tick that is held, the present': async () => {
    await focus('#history');
    await press('Home');
    await expect.poll(past, PATIENCE).toBe(await page.evaluate(() => window.lichen!.state().totals!.held!.from));
    await press('End');
    await expect.poll(past, PATIENCE).toBe(null);
  },
  '← ↑ ↓ → Enter: on the archive and the lineages: choose, and open or keep': async () => {
    await focus('#archive');
    await press('ArrowUp', 'Enter');
    await page.locator('#card[data-kind="elite"] pre').waitFor();
    await press('Escape');
    await focus('#muller');
    await press('ArrowUp', 'Enter');
    await expect.poll(() => world.said.findLast(({ type }) => type === 'light'), PATIENCE).toMatchObject({ clade: { genotype: expect.any(Number) as number } });
    await press('Escape');
    await expect.poll(() => world.said.findLast(({ type }) => type === 'light'), PATIENCE).toEqual({ type: 'light', clade: null });
    await away();
  },
};

describe('the keys\' sheet', () => {
  it('names what is tried here, and nothing else', async () => {
    const lines = await page.locator('#help dl').evaluateAll((lists) => lists.flatMap((list) => Array.from(list.querySelectorAll('dt'), (term) =>
      `${Array.from(term.querySelectorAll('kbd'), (key) => key.textContent).join(' ')}: ${term.nextElementSibling!.textContent}`)));
    expect(lines).toEqual(Object.keys(PROMISES));
  });

  it.each(Object.keys(PROMISES))('keeps its promise of %s', async (line) => { await PROMISES[line]!(); });
});

describe('by the tab key alone', () => {
  interface Stop { name: string; area: string; visible: boolean; ringed: boolean }

  it('everything is reached, from the top to the foot, and is seen to be in focus', async () => {
    await page.evaluate(() => {
      for (const fold of Array.from(document.querySelectorAll('details'))) fold.open = true;
      (document.activeElement as HTMLElement | null)?.blur();
      getSelection()?.removeAllRanges();
    });
    await page.mouse.click(200, 20);
    const stops: Stop[] = [];
    for (let i = 0; i < 250; i++) {
      await press('Tab');
      const stop = await page.evaluate((): Stop | null => {
        const node = document.activeElement as HTMLElement | null;
        if (node === null || node === document.body) return null;
        // a radio's label shows the ring, and what is drawn on a canvas its frame
        const shown = node.closest('label') !== null && getComputedStyle(node).opacity === '0' ? node.closest('label')! : node;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown);
        const box = shown.getBoundingClientRect();
        return {
          name: node.id || node.dataset['field'] || node.dataset['schedule'] || node.dataset['speed'] || node.getAttribute('aria-label') || (node.textContent ?? '').trim().slice(0, 30) || node.className,
          area: node.closest('#top, #stage, #column, #time')?.id ?? 'elsewhere',
          visible: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
          ringed: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
        };
      });
      if (stop === null || (stops.length > 0 && stop.name === stops[0]!.name && stop.area === stops[0]!.area)) break;
      stops.push(stop);
    }
    expect(stops.filter(({ visible }) => !visible).map(({ name }) => name)).toEqual([]);
    expect(stops.filter(({ ringed }) => !ringed).map(({ name }) => name)).toEqual([]);
    // in the order in which it is read: the picture, the evidence, time
    const areas = stops.map(({ area }) => area).filter((area, i, all) => area !== all[i - 1]);
    expect(areas).toEqual(['stage', 'column', 'time']);
    // and nothing that can be worked is left out, but that a group is one stop
    const missed = await page.evaluate((names) => Array.from(document.querySelectorAll<HTMLElement>('button, input, select, summary, [tabindex]'))
      .filter((node) => node.checkVisibility() && !node.matches(':disabled') && node.tabIndex >= 0 && node.closest('[popover]') === null && !(node instanceof HTMLInputElement && node.type === 'radio'))
      .map((node) => node.id || node.dataset['field'] || node.dataset['schedule'] || node.dataset['speed'] || node.getAttribute('aria-label') || (node.textContent ?? '').trim().slice(0, 30) || node.className)
      .filter((name) => !names.includes(name)), stops.map(({ name }) => name));
    expect(missed).toEqual([]);
    expect(stops.length).toBeGreaterThan(40);
  });

  it('[V2] the page complains of nothing', () => {
    expect(world.complaints).toEqual([]);
  });
});
