import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../viewer/lab.ts';
import { clickOrganism, openWorld, PATIENCE, type WorldOnPage } from './live-page.ts';

let world: WorldOnPage;
let lab: Lab;
let page: Page;

beforeAll(async () => {
  world = await openWorld({ playing: true });
  ({ lab, page } = world);
});
afterAll(() => world?.close());

const tickOf = (): number => world.tick();
const shownTick = (): Promise<number> => world.shownTick();
const pause = (): Promise<void> => world.pause();
const play = (): Promise<void> => world.play();

/** Draws the picture and keeps it in the page; says how much of it is what, and how much of it is new since the last. */
function lookAtPicture(): Promise<{ width: number; height: number; colours: number; commonest: number; lit: number; changed: number }> {
  return page.evaluate(() => {
    const keep = window as unknown as { before?: Uint32Array };
    const { width, height, data } = window.lichen!.pixels();
    const words = new Uint32Array(data.buffer, data.byteOffset, width * height).slice();
    const counts = new Map<number, number>();
    let lit = 0;
    let changed = 0;
    for (let i = 0; i < words.length; i++) {
      counts.set(words[i]!, (counts.get(words[i]!) ?? 0) + 1);
      if (Math.max(data[i * 4]!, data[i * 4 + 1]!, data[i * 4 + 2]!) > 140) lit++;
      if (keep.before !== undefined && keep.before[i] !== words[i]) changed++;
    }
    keep.before = words;
    return { width, height, colours: counts.size, commonest: Math.max(...counts.values()) / words.length, lit, changed };
  });
}

describe('the page in a real browser', () => {
  it('shows the world: pixels that are not blank, and organisms that move', async () => {
    await expect.poll(shownTick, PATIENCE).toBeGreaterThan(20);
    await page.waitForFunction(() => window.lichen!.frameCosts().length > 3, undefined, PATIENCE);
    const first = await lookAtPicture();
    expect(Math.min(first.width, first.height)).toBeGreaterThan(300);
    expect(first.colours).toBeGreaterThan(200);
    expect(first.commonest).toBeLessThan(0.9);
    // bright cores of organisms stand out from the ground, and do not cover it
    expect(first.lit).toBeGreaterThan(300);
    expect(first.lit).toBeLessThan(first.width * first.height / 2);
    const seen = await shownTick();
    await expect.poll(shownTick, PATIENCE).toBeGreaterThan(seen + 5);
    expect((await lookAtPicture()).changed).toBeGreaterThan(1000);
    await pause();
    // the last frames are drawn and the rings of births fade; then a paused world keeps still
    await lookAtPicture();
    await expect.poll(async () => (await lookAtPicture()).changed, PATIENCE).toBe(0);
  });

  it('steps by one tick when it is told to, and goes at the speed that is chosen', async () => {
    await pause();
    for (let i = 0; i < 3; i++) {
      const before = tickOf();
      await page.locator('#step').click();
      await expect.poll(shownTick, PATIENCE).toBe(before + 1);
      expect(tickOf()).toBe(before + 1);
    }
    await page.locator('[data-speed="4"]').click();
    await play();
    await page.waitForFunction(() => window.lichen!.state().ticksPerSecond === 4, undefined, PATIENCE);
    expect(await page.locator('[data-speed="4"]').getAttribute('aria-pressed')).toBe('true');
    const before = tickOf();
    await expect.poll(tickOf, PATIENCE).toBeGreaterThan(before + 3);
    expect(tickOf()).toBeLessThan(before + 40);
    await page.locator('[data-speed="0"]').click();
    await expect.poll(tickOf, PATIENCE).toBeGreaterThan(before + 60);
  });

  it('[E2] makes of a turned slider a numbered command, on the record and in the log', async () => {
    await page.locator('input[data-key="scarcity"]').fill('0.62');
    await expect.poll(() => world.record.length, PATIENCE).toBe(1);
    expect(world.record[0]).toMatchObject({ seq: 0, command: { kind: 'set', key: 'scarcity', value: 0.62 } });
    expect(lab.simulation.kernel.parameter('scarcity')).toBe(0.62);
    const line = page.locator('#log li[data-kind="command"]').first();
    await line.waitFor();
    expect(await line.locator('span').last().textContent()).toBe('#0 Scarcity 0.4 → 0.62, by hand');
    expect((await line.locator('.when').textContent())?.replace(/\D/g, '')).toBe(String(world.record[0]!.tick));
    await page.locator('#pins .pin').waitFor();
  });

  it('[V4] shows the genome of an organism that is clicked on, letter for letter, and its ancestry', async () => {
    await expect.poll(tickOf, PATIENCE).toBeGreaterThan(400);
    await pause();
    const { kernel } = lab.simulation;
    const { columns, count } = kernel.pop;
    const rows = Array.from({ length: count }, (_, row) => row).filter((row) => lab.phylogeny.ancestors(columns.id[row]!, 2).length > 0);
    expect(rows.length).toBeGreaterThan(0);
    const clicked = await clickOrganism(page, lab, rows);
    const card = page.locator('#card');
    const shown = Number(await card.getAttribute('data-id'));
    const genome = kernel.genomes.text(columns.genome[kernel.rowOf(shown)]!);
    expect((await card.locator('pre').textContent())?.trimEnd()).toBe(genome.trimEnd());
    expect(genome).toMatch(/otherwise -> \w+/);
    // organisms crowd: who is nearest to the click may be a neighbour
    const found = kernel.rowOf(shown);
    expect(Math.hypot(columns.x[clicked]! - columns.x[found]!, columns.y[clicked]! - columns.y[found]!)).toBeLessThan(1);
    expect(await card.locator('[data-ancestor]').count()).toBe(Math.min(12, lab.phylogeny.ancestors(shown, 12).length));
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
  });

  it('fills the archive as lives end, and reads an elite', async () => {
    await play();
    await expect.poll(async () => Number(await page.locator('#archive').getAttribute('data-elites')), PATIENCE).toBeGreaterThan(5);
    await pause();
    await expect.poll(() => page.evaluate(() => Object.keys(window.lichen!.state().cells).length), PATIENCE).toBe(lab.archive.elites);
    const filled = Array.from({ length: lab.archive.cells }, (_, cell) => cell).filter((cell) => lab.archive.elite(cell) !== null);
    const shown = await page.evaluate(() => Object.entries(window.lichen!.state().cells).map(([cell, objective]) => [Number(cell), objective] as const));
    expect(shown.map(([cell]) => cell)).toEqual(filled);
    for (const [cell, objective] of shown) expect(objective).toBe(lab.archive.elite(cell)!.objective);
    const cell = filled.at(-1)!;
    const [across, up] = await page.evaluate(() => window.lichen!.state().world!.archive.dims);
    const box = (await page.locator('#archive').boundingBox())!;
    await page.mouse.click(box.x + (Math.floor(cell / up) + 0.5) / across * box.width, box.y + (up - cell % up - 0.5) / up * box.height);
    await page.locator('#card[data-kind="elite"] pre').waitFor();
    expect((await page.locator('#card pre').textContent())?.trimEnd()).toBe(lab.simulation.kernel.genomes.text(lab.archive.elite(cell)!.solution.genome).trimEnd());
    await page.keyboard.press('Escape');
  });

  it('comes back to the same world when it is loaded again', async () => {
    await pause();
    await world.reload();
    expect(await shownTick()).toBe(tickOf());
    expect(await page.evaluate(() => window.lichen!.state().totals!.fingerprint)).toBe(lab.simulation.fingerprint);
    expect(await page.evaluate(() => window.lichen!.state().values['scarcity'])).toBe(0.62);
  });

  it('[V2] complains of nothing: no error, no refused load, no dialog', () => {
    expect(world.complaints).toEqual([]);
  });
});
