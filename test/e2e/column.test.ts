import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureOptions } from '../../core/measures/measure-options.ts';
import type { Lab } from '../../viewer/lab.ts';
import { openWorld, PATIENCE, type WorldOnPage } from './live-page.ts';
import { lookAtCanvas } from './pixels.ts';

const VIEWPORT = { width: 1600, height: 1000 };
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

let world: WorldOnPage;
let lab: Lab;
let page: Page;

beforeAll(async () => {
  world = await openWorld({ ticks: 620, viewport: VIEWPORT, lab: { measures: measureOptions.parse({ wanted: ['diversity', 'activity', 'archive'], activityEvery: 20, shadows: 2 }) } });
  ({ lab, page } = world);
});
afterAll(() => world?.close());

const look = (selector: string): ReturnType<typeof lookAtCanvas> => lookAtCanvas(page, selector);

/** Keeps a picture, or says how many pixels are other than those of the one that is kept, by more than rounding. */
function compare(selector: string, keep: boolean): Promise<number> {
  return page.evaluate(([which, isFirst]) => {
    const store = window as unknown as { kept?: Uint8ClampedArray };
    const canvas = document.querySelector<HTMLCanvasElement>(which)!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    if (isFirst) store.kept = data;
    let other = 0;
    for (let i = 0; i < data.length; i += 4) if (Math.max(...[0, 1, 2].map((c) => Math.abs(data[i + c]! - store.kept![i + c]!))) > 12) other++;
    return other;
  }, [selector, keep] as const);
}

/** Waits until a picture has been the same for so many of the page's own frames that what is new would have been drawn. */
async function still(selector: string): Promise<void> {
  await compare(selector, true);
  for (let alike = 0; alike < 10; alike++) {
    await page.evaluate(async () => { for (let frame = 0; frame < 3; frame++) await new Promise((drawn) => { requestAnimationFrame(drawn); }); });
    if (await compare(selector, false) === 0) continue;
    await compare(selector, true);
    alike = -1;
  }
}

async function save(panel: string, what: string): Promise<{ name: string; bytes: Buffer }> {
  await page.locator(`#${panel}-panel .panel-menu`).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`#${panel}-menu [data-save="${what}"]`).click()]);
  return kept(download);
}
async function kept(download: Download): Promise<{ name: string; bytes: Buffer }> {
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
const lights = (): unknown[] => world.said.flatMap((message) => (message.type === 'light' ? [message.clade] : []));
const text = (selector: string): Promise<string> => world.text(selector);
const tickNow = (): number => world.tick();
const pass = (ticks: number): Promise<void> => world.pass(ticks);

describe('the archive', () => {
  it('shows every elite as heat, and a cell that is pointed at in words', async () => {
    await expect.poll(async () => (await look('#archive')).colours, PATIENCE).toBeGreaterThan(10);
    const cell = [...Array(lab.archive.cells).keys()].find((each) => lab.archive.elite(each) !== null)!;
    const [across, up] = await page.evaluate(() => window.lichen!.state().world!.archive.dims);
    const box = (await page.locator('#archive').boundingBox())!;
    const before = await look('#archive');
    await page.mouse.move(box.x + (Math.floor(cell / up) + 0.5) / across * box.width, box.y + (up - cell % up - 0.5) / up * box.height);
    const { objective } = lab.archive.elite(cell)!;
    await expect.poll(() => text('#archive-hover')).toMatch(new RegExp(`^mobility .+–.+, diet .+–.+: \\S.* ${objective >= 10 ? objective.toFixed(1) : objective.toFixed(2)}$`));
    expect((await look('#archive')).print).not.toBe(before.print);
    await page.mouse.move(2, 2);
    await expect.poll(() => text('#archive-x')).toMatch(/mobility → · diet ↑/);
  });

  it('is walked with the arrow keys from the best elite on, and Enter opens what is there', async () => {
    await page.locator('#archive').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('#card[data-kind="elite"] pre').waitFor();
    const best = Math.max(...[...Array(lab.archive.cells).keys()].map((cell) => lab.archive.elite(cell)?.objective ?? -Infinity));
    const shown = await page.evaluate(() => { const { hand } = window.lichen!.state(); return hand?.kind === 'elite' ? hand.elite : null; });
    expect(shown?.objective).toBe(best);
    expect((await page.locator('#card pre').textContent())?.trimEnd()).toBe(lab.simulation.kernel.genomes.text(lab.archive.elite(shown!.cell)!.solution.genome).trimEnd());
    await page.keyboard.press('Escape');
    await page.locator('#archive').blur();
  });
});

describe('the lineages', () => {
  const clades = (): Promise<{ id: number; last: number }[]> => page.evaluate(() => window.lichen!.state().muller.clades.map(({ id, counts }) => ({ id, last: counts.at(-1) ?? 0 })));

  it('are drawn as bands, and the clade under the pointer is named and lit', async () => {
    await expect.poll(async () => (await clades()).filter(({ last }) => last > 0).length, PATIENCE).toBeGreaterThan(1);
    // the last sample of a world that has stopped comes within a second, and is drawn a little later
    await expect.poll(() => page.evaluate(() => window.lichen!.state().muller.ticks.at(-1)), PATIENCE).toBe(tickNow() - tickNow() % 10);
    await still('#muller');
    expect((await look('#muller')).colours).toBeGreaterThan(8);
    const box = (await page.locator('#muller').boundingBox())!;
    // a canvas that has been read is drawn by other means from then on, with other roundings at edges
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.move(2, 2);
    await still('#muller');
    let pointed = '';
    for (let share = 0.1; share < 0.95 && pointed === ''; share += 0.05) {
      await page.mouse.move(box.x + box.width - 2, box.y + box.height * share);
      pointed = await page.locator('#muller').getAttribute('data-pointed') ?? '';
    }
    await expect.poll(lights, PATIENCE).toContainEqual({ genotype: Number(pointed) });
    const clade = await page.evaluate((id) => window.lichen!.state().muller.clades.find((each) => each.id === id)!, Number(pointed));
    expect(clade).toBeDefined();
    const origin = `since tick ${clade.bornAt}, from ${clade.parent ?? 'no other'}`;
    const words = (await page.locator('#muller-said > span').textContent())!.replaceAll('\u202f', '');
    expect(words).toMatch(new RegExp(`^Clade ${clade.id}: [^,]+%( in all\\))?, ${origin}$`));
    expect(await text('#lineages-figures')).toBe(origin);
    expect(await page.locator('#muller-said > span, #lineages-figures').evaluateAll((nodes) => nodes.every((node) => node.scrollWidth <= node.clientWidth))).toBe(true);
    // the others dim, and a line marks the tick
    expect(await compare('#muller', false)).toBeGreaterThan(1000);
    await page.mouse.move(2, 2);
    await expect.poll(() => lights().at(-1), PATIENCE).toBeNull();
    await expect.poll(() => compare('#muller', false)).toBe(0);
  });

  it('are walked with keys: up and down from clade to clade, Enter keeps one lit, its button or Escape lets it go', async () => {
    await page.locator('#muller').focus();
    await page.keyboard.press('Home');
    expect(await text('#muller-axis')).toMatch(/^in clades too small for a band: \d.* at tick \d+$/);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    const first = await page.locator('#muller').getAttribute('data-pointed');
    await page.keyboard.press('ArrowUp');
    const second = Number(await page.locator('#muller').getAttribute('data-pointed'));
    expect(String(second)).not.toBe(first);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('muller-release');
    await expect.poll(() => lights().at(-1), PATIENCE).toEqual({ genotype: second });
    await page.keyboard.press('Enter');
    await expect.poll(() => lights().at(-1), PATIENCE).toBeNull();
    expect(await page.locator('#muller-said').isHidden()).toBe(true);
  });
});

describe('the series', () => {
  it('are chosen from all that is measured, a neutral shadow beside what has one', async () => {
    expect(await page.locator('#series').getAttribute('data-lines')).toBe('population diversity');
    const before = await look('#series canvas');
    await page.locator('#series-chooser').click();
    const offered = await page.locator('#series-choose input').evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
    expect(offered).toEqual(expect.arrayContaining(['population', 'diversity', 'resource', 'energy', 'activity.median', 'archive.qdScore']));
    await page.locator('#series-choose input[value="activity.median"]').check();
    await page.locator('#series-choose input[value="diversity"]').uncheck();
    await page.keyboard.press('Escape');
    expect(await page.locator('#series').getAttribute('data-lines')).toBe('population activity.median activity.shadowMedian');
    expect(await page.locator('#series-legend .line-key.shadow').count()).toBe(1);
    expect((await look('#series canvas')).print).not.toBe(before.print);
    const points = await page.evaluate(() => window.lichen!.state().series);
    expect((await text('#series-legend [data-line="population"] b'))).toBe(String(points.at(-1)!.population));
  });

  it('read their values where the pointer or the arrow keys are', async () => {
    const points = await page.evaluate(() => window.lichen!.state().series);
    await page.locator('#series').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => text('#series-figures')).toBe('at tick 0');
    expect((await text('#series-legend [data-line="population"] b'))).toBe(String(points[0]!.population));
    await page.keyboard.press('Escape');
    await expect.poll(() => text('#series-figures')).toMatch(/^to tick/);
    const box = (await page.locator('#series .u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => text('#series-figures')).toMatch(/^at tick/);
    await page.mouse.move(2, 2);
  });

  it('refuses a sixth line by offering none', async () => {
    await page.locator('#series-chooser').click();
    for (const name of ['diversity', 'resource', 'energy']) await page.locator(`#series-choose input[value="${name}"]`).check();
    expect(await page.locator('#series-choose input:not(:checked):enabled').count()).toBe(0);
    for (const name of ['resource', 'energy', 'activity.median']) await page.locator(`#series-choose input[value="${name}"]`).uncheck();
    await page.keyboard.press('Escape');
  });
});

describe('the pressures', () => {
  it('[E2] take a number that is typed, exactly, and give back what the world has when it is out of range', async () => {
    const field = page.locator('[data-field="costOfLiving"], [data-field="upkeep"], [data-field="scarcity"]').first();
    const key = (await field.getAttribute('data-field'))!;
    await field.fill('0.37');
    await field.press('Enter');
    await expect.poll(() => world.record.at(-1)?.command, PATIENCE).toBeUndefined();
    await pass(1);
    expect(world.record.at(-1)?.command).toMatchObject({ kind: 'set', key, value: 0.37 });
    await field.fill('99999');
    await field.press('Enter');
    await page.locator('#notice:not([hidden])').waitFor();
    expect(await text('#notice')).toMatch(new RegExp(`^${key} is 99999, but must be a number from .+ to .+\\.$`));
    expect(await field.inputValue()).toBe('0.37');
  });

  it('say title, unit, range and sentence', async () => {
    const rows = await page.evaluate(() => window.lichen!.state().world!.parameters.filter(({ pressure }) => pressure));
    expect(rows.length).toBeGreaterThan(8);
    for (const { key, title, sentence, min, max, unit } of rows) {
      const row = page.locator(`.pressure:has([data-key="${key}"])`);
      expect(await row.locator('label').textContent()).toBe(title);
      expect(await row.getAttribute('title')).toBe(`${sentence} From ${min} to ${max}${unit === '' ? '' : ` ${unit}`}.`);
      const about = await row.locator(`[data-key="${key}"]`).getAttribute('aria-describedby');
      expect(await page.locator(`#${about}`).textContent()).toContain(sentence);
    }
  });

  it('are left to a schedule, which a turn by hand ends', async () => {
    const now = tickNow();
    const button = page.locator('[data-schedule="scarcity"]');
    await button.click();
    expect(await text('.schedule-form .about')).toBe(await page.locator('.pressure:has([data-key="scarcity"])').getAttribute('title'));
    await page.locator('.schedule-form select').selectOption('ramp');
    for (const [name, value] of [['from', 0.2], ['to', 0.6], ['start', now], ['ticks', 20]] as const) await page.locator(`.schedule-form [name="${name}"]`).fill(String(value));
    const ends = (await page.locator('.curve polyline').getAttribute('points'))!.split(' ').map((point) => Number(point.split(',')[1]));
    expect(ends[0]!).toBeGreaterThan(ends.at(-1)!);
    await page.locator('.schedule-form [name="to"]').fill('7');
    expect(await text('.schedule-form .trouble')).toMatch(/^It would reach 7, but Scarcity goes from 0 to 1\.$/);
    expect(await page.locator('.schedule-form [type=submit]').isDisabled()).toBe(true);
    await page.locator('.schedule-form [name="to"]').fill('0.6');
    await page.keyboard.press('Enter');
    await page.locator('.pressure.scheduled .on-schedule').waitFor();
    expect(await text('.on-schedule:visible')).toMatch(/^ramp from 0\.20 to 0\.60, tick .+ · a turn by hand ends it$/);
    expect(await text('#pressures-figures')).toBe('1 on schedule');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-schedule'))).toBe('scarcity');
    await pass(10);
    expect(lab.simulation.kernel.parameter('scarcity')).toBeCloseTo(0.4, 6);
    expect(world.record.filter(({ command }) => command.kind === 'set' && command.key === 'scarcity').length).toBeGreaterThan(8);
    await page.locator('[data-key="scarcity"]').fill('0.5');
    await pass(1);
    await expect.poll(() => text('#pressures-figures'), PATIENCE).toBe('turn them while it lives');
    await pass(5);
    expect(lab.simulation.kernel.parameter('scarcity')).toBe(0.5);
  });

  it('[V20] follow several steps, which come back whole to be changed, all by keys', async () => {
    const now = tickNow();
    const button = page.locator('[data-schedule="scarcity"]');
    await button.click();
    await page.locator('.schedule-form select').selectOption('step');
    const type = async (row: number, name: string, value: number): Promise<void> => page.locator(`.schedule-form .fields >> nth=${row}`).locator(`[name="${name}"]`).fill(String(value));
    await page.locator('.more-steps').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    for (const [row, at, value] of [[0, now + 6, 0.2], [1, now + 3, 0.7]] as const) {
      await type(row, 'at', at);
      await type(row, 'value', value);
    }
    await page.keyboard.press('Enter');
    await page.locator('.pressure.scheduled .on-schedule').waitFor();
    expect(await page.evaluate(() => window.lichen!.state().schedules['scarcity'])).toEqual({ kind: 'step', values: [{ at: now + 3, value: 0.7 }, { at: now + 6, value: 0.2 }] });
    await pass(4);
    expect(lab.simulation.kernel.parameter('scarcity')).toBe(0.7);
    await button.click();
    expect(await page.locator('.schedule-form input').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).valueAsNumber))).toEqual([now + 3, 0.7, now + 6, 0.2]);
    expect(await text('.schedule-form [type=submit]')).toBe('change');
    await type(1, 'at', now + 3);
    expect(await text('.schedule-form .trouble')).toMatch(/^Two steps are at tick .+; each needs a tick of its own\.$/);
    await page.locator('.schedule-form .close').last().press('Enter');
    expect(await page.locator('.schedule-form .fields').count()).toBe(1);
    await page.locator('.schedule-form select').selectOption('season');
    await page.locator('.schedule-form [name="phase"]').fill('0.25');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => window.lichen!.state().schedules['scarcity'])).toMatchObject({ kind: 'season', phase: 0.25 });
    await page.locator('[data-key="scarcity"]').fill('0.5');
    await pass(1);
    await expect.poll(() => text('#pressures-figures'), PATIENCE).toBe('turn them while it lives');
  });
});

describe('the log', () => {
  it('is sieved by kind and by words, and says when nothing is left', async () => {
    expect(await page.locator('#log li').count()).toBeGreaterThan(1);
    await page.locator('label:has(#log-people)').click();
    const groups = await page.locator('#log li:visible').evaluateAll((items) => [...new Set(items.map((item) => (item as HTMLElement).dataset['group']))]);
    expect(groups.filter((group) => group !== 'notice')).toEqual(['people']);
    await page.locator('#log-find').fill('scarcity HAND');
    const lines = await page.locator('#log li:visible').allInnerTexts();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/Scarcity.*hand/i);
    await page.locator('#log-find').fill('no such words');
    expect(await page.locator('#log li:visible').count()).toBe(0);
    expect(await text('#log-nothing')).toMatch(/^None of the \d+ events that are kept\.$/);
    await page.locator('#log-find').press('Escape');
    await page.locator('label:has(#log-all)').click();
    const all = await page.evaluate(() => window.lichen!.state().log.length);
    await expect.poll(() => page.locator('#log li:visible').count()).toBe(all);
    const seqs = await page.locator('#log li').evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset['seq'])));
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
  });
});

describe('what can be taken away', () => {
  it.each(['archive', 'lineages', 'series', 'pressures', 'log'])('[V16] a picture of the panel %s, twice as fine as the page', async (panel) => {
    const { name, bytes } = await save(panel, 'png');
    expect(name).toBe(`meadow-7-${tickNow()}-${panel}.png`);
    expect(bytes.subarray(0, 8)).toEqual(PNG);
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    expect(width).toBeGreaterThanOrEqual(840);
    expect(height).toBeGreaterThan(150);
    const colours = await page.evaluate(async (base64) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
    }, bytes.toString('base64'));
    expect(colours).toBeGreaterThan(30);
  });

  it('[V16] the world as it is drawn, the right way up', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#world-picture').click()]);
    const { name, bytes } = await kept(download);
    expect(name).toBe(`meadow-7-${tickNow()}-world.png`);
    const isSame = await page.evaluate(async (base64) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: 'image/png' }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { width, height, data } = window.lichen!.pixels();
      const shown = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
      if (width !== bitmap.width || height !== bitmap.height) return 'other size';
      let off = 0;
      // rows of WebGL go from the bottom up
      for (let y = 0; y < height; y += 7) for (let x = 0; x < width; x += 5) for (let c = 0; c < 3; c++) off += Math.abs(shown[(y * width + x) * 4 + c]! - data[((height - 1 - y) * width + x) * 4 + c]!) > 2 ? 1 : 0;
      return off;
    }, bytes.toString('base64'));
    expect(isSame).toBe(0);
  });

  it('[V16] tables of what is shown, with the values that the simulation has', async () => {
    const rows = async (panel: string, what: string): Promise<{ name: string; rows: string[][] }> => {
      const { name, bytes } = await save(panel, what);
      return { name, rows: bytes.toString().trimEnd().split('\r\n').map((line) => line.split(',')) };
    };
    const elites = await rows('archive', 'archive');
    expect(elites.name).toBe(`meadow-7-${tickNow()}-archive.csv`);
    expect(elites.rows.length - 1).toBe(lab.archive.elites);
    for (const [cell, , , , , objective] of elites.rows.slice(1)) expect(Number(objective)).toBe(lab.archive.elite(Number(cell))!.objective);
    const series = await rows('series', 'series');
    expect(series.rows[0]).toEqual(['tick', 'population', 'diversity']);
    const points = await page.evaluate(() => window.lichen!.state().series);
    expect(series.rows.slice(1).map((row) => row.map(Number))).toEqual(points.map(({ tick, population, diversity }) => [tick, population, diversity]));
    expect((await rows('series', 'series-all')).rows[0]).toContain('activity.shadowMedian');
    const parents = await rows('lineages', 'lineages-edges');
    expect(parents.rows.length - 1).toBe(await page.evaluate(() => window.lichen!.state().muller.clades.length));
    expect((await rows('lineages', 'lineages')).rows[0]).toEqual(['Generation', 'Identity', 'Population']);
    expect((await rows('pressures', 'pressures')).rows.find(([key]) => key === 'scarcity')?.[2]).toBe('0.5');
    expect((await rows('log', 'events')).rows.length - 1).toBe(await page.locator('#log li').count());
  });
});

describe('the column', () => {
  it('keeps the event log above the fold at a height of 1000, whatever there is to turn', async () => {
    const box = (await page.locator('#log').boundingBox())!;
    const foot = (await page.locator('#time').boundingBox())!.y;
    expect(box.y + 60).toBeLessThan(foot);
    expect(box.y + box.height).toBeLessThanOrEqual(foot + 1);
    expect(await page.evaluate(() => { const column = document.getElementById('column')!; return column.scrollWidth - column.clientWidth; })).toBe(0);
  });

  it('folds a panel by its title, gives the room to the others and remembers it', async () => {
    const before = (await page.locator('#log').boundingBox())!.height;
    await page.getByRole('button', { name: 'Archive', exact: true }).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#archive').isVisible()).toBe(false);
    await world.reload();
    expect(await page.locator('#archive').isVisible()).toBe(false);
    expect((await page.locator('#log').boundingBox())!.height + (await page.locator('#pressures').boundingBox())!.height).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await expect.poll(async () => (await look('#archive')).colours).toBeGreaterThan(10);
  });

  it('is walked through with Tab, every control with a name', async () => {
    await page.getByRole('button', { name: 'Archive', exact: true }).focus();
    const seen = new Set<string>();
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const active = document.activeElement as HTMLElement | null;
        return active?.closest('#column') ? `${active.closest('.panel')?.id ?? ''}:${active.id || active.className || active.dataset['schedule'] || active.tagName}` : null;
      });
      if (at === null) break;
      seen.add(at);
    }
    for (const wanted of ['archive-panel:archive', 'lineages-panel:muller', 'series-panel:series-chooser', 'series-panel:series', 'pressures-panel:pressure-scarcity', 'log-panel:log-find', 'log-panel:log', 'log-panel:panel-menu']) {
      expect([...seen]).toContain(wanted);
    }
    const nameless = await page.locator('#column :is(button, input, select, canvas[tabindex]):visible').evaluateAll((nodes) => nodes.filter((node) =>
      !(node.getAttribute('aria-label') ?? '') && !(node as HTMLInputElement).labels?.length && (node.textContent ?? '').trim() === '').map((node) => `${node.tagName} ${node.id} ${node.className}`));
    expect(nameless).toEqual([]);
  });

  it.each(['dark', 'light'] as const)('is read at AA contrast in the %s theme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const weak = await page.evaluate(() => {
      const parse = (colour: string): number[] => {
        const context = new OffscreenCanvas(1, 1).getContext('2d')!;
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
      };
      const luminance = (rgb: number[]): number => {
        const [r, g, b] = rgb.map((part) => { const c = part / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const ground = luminance(parse(getComputedStyle(document.documentElement).getPropertyValue('--panel')));
      return Array.from(document.querySelectorAll<HTMLElement>('#column *')).flatMap((node) => {
        const own = Array.from(node.childNodes).filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.textContent ?? '').join('').trim();
        if (own === '' || node.offsetParent === null || node.closest('svg, :disabled, .menu, :checked') !== null) return [];
        const ink = luminance(parse(getComputedStyle(node).color));
        const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
        return contrast < 4.5 ? [`${own.slice(0, 30)}: ${contrast.toFixed(2)}`] : [];
      });
    });
    expect(weak).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: null });
  });

  it('fits where it is narrow, and comes as a drawer on a tablet', async () => {
    for (const width of [1280, 1600, 2560]) {
      await page.setViewportSize({ width, height: 1000 });
      const spills = await page.locator('#column .panel > *:not(.menu)').evaluateAll((nodes) => nodes.filter((node) => {
        const [inner, outer] = [node.getBoundingClientRect(), document.getElementById('column')!.getBoundingClientRect()];
        return inner.width > 0 && (inner.right > outer.right + 1 || inner.left < outer.left - 1);
      }).map((node) => `${node.tagName} ${node.id}`));
      expect(spills, String(width)).toEqual([]);
    }
    await page.setViewportSize({ width: 900, height: 1000 });
    expect(await page.locator('#archive').isVisible()).toBe(false);
    await page.locator('#drawer').click();
    await expect.poll(() => page.locator('#archive').isVisible()).toBe(true);
    await expect.poll(async () => (await look('#archive')).colours).toBeGreaterThan(10);
    await page.locator('#drawer').click();
    await page.setViewportSize(VIEWPORT);
  });

  it('[V2] complains of nothing', () => {
    expect(world.complaints).toEqual([]);
  });
});
