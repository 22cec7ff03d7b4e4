import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../viewer/lab.ts';
import { openWorld, PATIENCE, type WorldOnPage } from './live-page.ts';
import { stillPicture, type Picture } from './pixels.ts';

let world: WorldOnPage;
let lab: Lab;
let page: Page;

beforeAll(async () => {
  // without rings a picture is at rest as soon as it is drawn
  world = await openWorld({ ticks: 420, page: { reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'] } });
  ({ lab, page } = world);
});
afterAll(() => world?.close());

const tickNow = (): number => world.tick();
const pastTick = (): Promise<number | null> => world.pastTick();
const text = (selector: string): Promise<string> => world.text(selector);
const still = (): Promise<Picture> => stillPicture(page);

describe('time', () => {
  it('[V11] is scrubbed by dragging over the silhouette, with a clear sign, and a button back to the present', async () => {
    const present = await still();
    const box = (await page.locator('#history').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await expect.poll(pastTick, PATIENCE).toBe(Math.round(tickNow() / 2));
    expect(await text('#past span')).toBe(`the past: tick ${await pastTick()}, ${tickNow() - (await pastTick())!} ticks ago`);
    expect(await text('#clock')).toBe(`${await pastTick()} of ${tickNow()}`);
    expect((await still()).print).not.toBe(present.print);
    await page.locator('#to-live').click();
    await page.locator('#past').waitFor({ state: 'hidden' });
    expect(await pastTick()).toBe(null);
    expect((await still()).print).toBe(present.print);
  });

  it('goes back and forth by keys: on the slider, and wherever one is', async () => {
    const slider = page.locator('#history');
    const now = tickNow();
    await slider.focus();
    for (const [key, ago] of [['ArrowLeft', 1], ['ArrowLeft', 2], ['ArrowRight', 1], ['Shift+ArrowLeft', 11], ['PageDown', 111], ['PageUp', 11]] as const) {
      await page.keyboard.press(key);
      await expect.poll(pastTick, PATIENCE).toBe(now - ago);
    }
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe(String(now - 11));
    expect(await slider.getAttribute('aria-valuetext')).toBe(`tick ${now - 11}, 11 ticks ago`);
    await page.keyboard.press('Home');
    await expect.poll(pastTick, PATIENCE).toBe(await page.evaluate(() => window.lichen!.state().totals!.held!.from));
    await page.keyboard.press('End');
    await expect.poll(pastTick, PATIENCE).toBe(null);
    await slider.blur();
    await page.keyboard.press(',');
    await page.keyboard.press(',');
    await expect.poll(pastTick, PATIENCE).toBe(now - 2);
    await page.keyboard.press('.');
    await expect.poll(pastTick, PATIENCE).toBe(now - 1);
    // the world itself has not moved
    expect(tickNow()).toBe(now);
    await page.keyboard.press('l');
    await expect.poll(pastTick, PATIENCE).toBe(null);
    await page.keyboard.press('.');
    await expect.poll(tickNow, PATIENCE).toBe(now + 1);
  });

  it('says so while the world goes on, and comes back to the present that is then', async () => {
    await page.keyboard.press(',');
    await expect.poll(pastTick, PATIENCE).not.toBe(null);
    const at = await pastTick();
    const before = tickNow();
    await page.keyboard.press(' ');
    await expect.poll(tickNow, PATIENCE).toBeGreaterThan(before + 5);
    expect(await pastTick()).toBe(at);
    await page.keyboard.press(' ');
    await page.waitForFunction(() => !window.lichen!.state().playing, undefined, PATIENCE);
    await expect.poll(() => text('#past span'), PATIENCE).toContain(`${tickNow() - at!} ticks ago`);
    await page.keyboard.press('l');
    await expect.poll(pastTick, PATIENCE).toBe(null);
  });

  it('has bookmarks: B names the tick that is shown, the list and a pin lead back, and they can go', async () => {
    await page.locator('#history').focus();
    await page.keyboard.press('PageDown');
    await expect.poll(pastTick, PATIENCE).toBe(tickNow() - 100);
    const at = (await pastTick())!;
    await page.locator('#history').blur();
    await page.keyboard.press('b');
    await page.keyboard.type('the bloom, l and .');
    await page.keyboard.press('Enter');
    const jump = page.locator('#bookmarks .jump');
    await jump.waitFor();
    expect(await text('#bookmarks .jump')).toBe(`${at} the bloom, l and .`);
    // what is typed is a name, and no keys
    expect(await pastTick()).toBe(at);
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    await expect.poll(pastTick, PATIENCE).toBe(null);
    await page.locator('#bookmarks-button').click();
    await jump.click();
    await expect.poll(pastTick, PATIENCE).toBe(at);
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    await page.locator('#pins [data-kind="bookmark"]').click();
    await expect.poll(pastTick, PATIENCE).toBe(at);
    await page.keyboard.press('l');
    await page.keyboard.press('b');
    await page.locator('#bookmarks li .close').click();
    await expect.poll(() => page.evaluate(() => window.lichen!.state().bookmarks.length), PATIENCE).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('has pins for interventions that lead to their ticks, one stop of the tab key in all', async () => {
    await page.evaluate(() => window.lichen!.send({ type: 'set', key: 'scarcity', value: 0.5 }));
    await page.keyboard.press('.');
    const at = tickNow();
    for (let i = 0; i < 3; i++) await page.keyboard.press('.');
    await expect.poll(tickNow, PATIENCE).toBeGreaterThan(at + 1);
    const pin = page.locator('#pins [data-kind="command"]').first();
    await pin.waitFor();
    expect((await pin.getAttribute('aria-label'))!).toContain('Scarcity');
    expect(await page.locator('#pins button[tabindex="0"]').count()).toBe(1);
    await pin.click();
    await expect.poll(pastTick, PATIENCE).not.toBe(null);
    await page.keyboard.press('l');
    await expect.poll(pastTick, PATIENCE).toBe(null);
  });

  it('says how the run is begun again, to be copied, and why it has no branches', async () => {
    await page.locator('#share-button').click();
    const command = await text('#share-again');
    expect(command).toBe('lichen run meadow --seed 7 --set size=128 --set founders=300 --set capacity=4000');
    await page.locator('#share .quiet').first().click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(command);
    expect(await page.locator('#share-branch').isVisible()).toBe(false);
    expect(await text('#share .dim')).toContain('no record');
    await page.keyboard.press('Escape');
  });
});

describe('an organism of the past', () => {
  it('[V19] is taken in hand by a click where it was, with the genome that it had then; a click on nobody does nothing', async () => {
    const { kernel } = lab.simulation;
    const { columns, count } = kernel.pop;
    const then = tickNow();
    const lived = Array.from({ length: count }, (_, row) => ({ id: columns.id[row]!, x: columns.x[row]!, y: columns.y[row]!, bornAt: columns.bornAt[row]!, genome: kernel.genomes.text(columns.genome[row]!) }));
    await page.evaluate(() => window.lichen!.send({ type: 'step', ticks: 60 }));
    await expect.poll(tickNow, PATIENCE).toBe(then + 60);
    await page.evaluate((tick) => window.lichen!.send({ type: 'at', tick }), then);
    await expect.poll(pastTick, PATIENCE).toBe(then);
    const alone = (x: number, y: number, within: number, but = -1): boolean => lived.every((other) => other.id === but || Math.hypot(other.x - x, other.y - y) > within);
    const onPicture = (x: number, y: number): Promise<{ x: number; y: number } | null> => page.evaluate((place) => {
      const box = document.getElementById('world')!.getBoundingClientRect();
      const on = window.lichen!.pointOf(place.x, place.y);
      const at = { x: box.x + on.x, y: box.y + on.y };
      return document.elementFromPoint(at.x, at.y)?.id === 'world' ? at : null;
    }, { x, y });
    // who is dead by now, stands free and left nobody
    const dead = lived.filter(({ id, x, y }) => kernel.rowOf(id) < 0 && !lab.phylogeny.has(id) && Math.min(x, y) > 6 && Math.max(x, y) < 120 && alone(x, y, 0.4, id));
    let chosen: (typeof lived)[number] | undefined;
    let point: { x: number; y: number } | null = null;
    for (const each of dead) if ((point = await onPicture(each.x, each.y)) !== null) { chosen = each; break; }
    await page.mouse.click(point!.x, point!.y);
    await page.locator('#card[data-kind="past"] pre').waitFor();
    expect(await page.locator('#card').getAttribute('data-id')).toBe(String(chosen!.id));
    expect((await page.locator('#card pre').textContent())?.trimEnd()).toBe(chosen!.genome.trimEnd());
    expect(await text('#card header p')).toMatch(new RegExp(`^age ${then - chosen!.bornAt} · energy `));
    expect(await text('#card .author')).toMatch(new RegExp(`^at tick ${then}; it died in tick \\d+`));
    expect(await text('#card .foot:not(.unknown)')).toMatch(/^did .+ · lineage \d+\s*light its clade$/);
    expect(await text('#card .unknown')).toMatch(/is not kept of the past\.$/);
    // at another tick it is another age, or gone
    await page.locator('#world').focus();
    await page.keyboard.press(',');
    await expect.poll(() => text('#card .author'), PATIENCE).toMatch(new RegExp(`^at tick ${then - 1}`));
    let nobody: { x: number; y: number } | null = null;
    for (let i = 0; i < 4000 && nobody === null; i++) {
      const [x, y] = [6 + (i * 37) % 110, 6 + (i * 53) % 110];
      if (alone(x, y, 12)) nobody = await onPicture(x, y);
    }
    const before = await page.locator('#card').innerText();
    const heard = world.said.length;
    if (nobody !== null) {
      await page.mouse.click(nobody.x, nobody.y);
      await expect.poll(() => world.said.slice(heard).some(({ type }) => type === 'inspect'), PATIENCE).toBe(true);
      await page.waitForTimeout(100);
      expect(await page.locator('#card').innerText()).toBe(before);
    }
    await page.keyboard.press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
    await page.keyboard.press('l');
    await expect.poll(pastTick, PATIENCE).toBe(null);
  });
});

describe('the picture', () => {
  const hueShown = (): Promise<string | null> => page.locator('#legend').getAttribute('data-hue');

  it('is coloured by whatever the world can be coloured by, with a legend that says what it means', async () => {
    const hues = await page.evaluate(() => window.lichen!.state().world!.hues);
    expect(hues.map(({ name }) => name)).toEqual(expect.arrayContaining(['kin', 'lineage', 'energy', 'age', 'children', 'operator', 'act', 'mobility', 'diet']));
    const seen = new Set<number>();
    for (const { name, kind, labels, unit, sentence } of hues) {
      await page.locator('#choice-colour').selectOption(name);
      await expect.poll(hueShown, PATIENCE).toBe(name);
      if (kind === 'category') expect(await page.locator('#legend .chip').allInnerTexts()).toEqual(labels);
      else expect(await text('#legend')).toMatch(kind === 'circular' ? sentence : new RegExp(`^0\\S*\\s.+${unit}$`));
      seen.add((await still()).print);
    }
    expect(seen.size).toBeGreaterThan(hues.length - 3);
    await page.locator('#choice-colour').selectOption('age');
    await expect.poll(hueShown, PATIENCE).toBe('age');
    await page.keyboard.press('Escape');
    await page.locator('#world').focus();
    await page.keyboard.press(',');
    await expect.poll(pastTick, PATIENCE).not.toBe(null);
    expect(await text('#legend')).toContain('the past is kept by kin mark');
    await page.keyboard.press('l');
    await expect.poll(hueShown, PATIENCE).toBe('age');
    await page.locator('#choice-colour').selectOption('kin');
    await expect.poll(hueShown, PATIENCE).toBe('kin');
  });

  it('comes nearer under the wheel and between two fingers, goes with a hand that drags it, and is seen whole after a double click', async () => {
    const view = (): Promise<{ x: number; y: number; scale: number }> => page.evaluate(() => {
      const [a, b] = [window.lichen!.pointOf(64, 64), window.lichen!.pointOf(65, 64)];
      return { x: a.x, y: a.y, scale: b.x - a.x };
    });
    const whole = { ...await view(), ...await still() };
    const box = (await page.locator('#world').boundingBox())!;
    const [x, y] = [500, 260];
    await page.mouse.move(box.x + x, box.y + y);
    await page.mouse.wheel(0, -240);
    await expect.poll(async () => (await view()).scale / whole.scale, PATIENCE).toBeCloseTo(2, 3);
    // what lies under the pointer stays there
    const near = await view();
    expect([near.x - x, near.y - y]).toEqual([expect.closeTo(2 * (whole.x - x), 1), expect.closeTo(2 * (whole.y - y), 1)]);
    expect((await still()).print).not.toBe(whole.print);
    await page.mouse.down();
    await page.mouse.move(box.x + x + 60, box.y + y - 30, { steps: 4 });
    await page.mouse.up();
    const dragged = await view();
    expect([dragged.x - near.x, dragged.y - near.y, dragged.scale]).toEqual([expect.closeTo(60, 1), expect.closeTo(-30, 1), near.scale]);
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove', apart: number): Promise<unknown> => devtools.send('Input.dispatchTouchEvent', { type, touchPoints: [-1, 1].map((side, id) => ({ id, x: box.x + x + side * apart / 2, y: box.y + y })) });
    await touch('touchStart', 100);
    await touch('touchMove', 150);
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(async () => (await view()).scale / dragged.scale, PATIENCE).toBeCloseTo(1.5, 3);
    // neither a drag nor a pinch is a click
    expect(await page.locator('#card').isVisible()).toBe(false);
    await page.mouse.dblclick(box.x + x, box.y + y);
    await expect.poll(async () => (await view()).scale, PATIENCE).toBe(whole.scale);
    // its two clicks have been answered: who comes after Escape would stay
    const asked = lab.simulation.kernel.pop.columns.id[0]!;
    await page.evaluate((id) => window.lichen!.send({ type: 'ancestors', id, from: 0 }), asked);
    await expect.poll(() => page.evaluate(() => window.lichen!.state().line?.id), PATIENCE).toBe(asked);
    await page.keyboard.press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
    expect((await still()).print).toBe(whole.print);
  });

  it('marks births with pale rings and deaths with red crosses, as far as that is wished', async () => {
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    // what a kind of mark adds to the first picture after a tick, by colour: the very picture is drawn with it and without
    const added = (mark: string): Promise<number[]> => page.evaluate(async (which) => {
      const box = document.querySelector<HTMLInputElement>(`#choice-${which}`)!;
      if (!box.checked) box.click();
      window.lichen!.clearFrameCosts();
      window.lichen!.send({ type: 'step', ticks: 1 });
      while (window.lichen!.frameCosts().length === 0) await new Promise(requestAnimationFrame);
      const shown = window.lichen!.pixels().data.slice();
      box.click();
      const { data } = window.lichen!.pixels();
      const sum = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c]! += shown[i + c]! - data[i + c]!;
      return sum;
    }, mark);
    await page.locator('#choice-births').uncheck();
    for (const mark of ['births', 'deaths'] as const) {
      let [red, green, blue] = [0, 0, 0];
      // all of a tick may be born, or die, beyond the edges of the view
      for (let ticks = 0; ticks < 6 && red < 500; ticks++) {
        await still();
        [red, green, blue] = await added(mark) as [number, number, number];
      }
      expect(red, mark).toBeGreaterThan(500);
      if (mark === 'births') expect(Math.min(green, blue) / red).toBeGreaterThan(0.9);
      else expect(blue / red).toBeLessThan(0.6);
    }
    await page.locator('#choice-births').check();
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });

  it('is without its field where that is wished, and with it again', async () => {
    const before = await still();
    await page.locator('#choice-field').selectOption('none');
    const bare = await still();
    expect(bare.light).toBeLessThan(before.light * 0.97);
    await page.locator('#choice-field').selectOption('resource');
    expect((await still()).print).toBe(before.print);
  });

  it('[V14] lets a clade light up and the rest step back', async () => {
    const before = await still();
    const { columns, count } = lab.simulation.kernel.pop;
    // whose genome is not its parent's is the first of a clade
    const first = Array.from({ length: count }, (_, row) => row).findLast((row) => lab.phylogeny.ancestors(columns.id[row]!, 1)[0]?.genome !== columns.genome[row])!;
    await page.evaluate((genotype) => window.lichen!.send({ type: 'light', clade: { genotype } }), columns.id[first]!);
    await expect.poll(async () => (await still()).light, PATIENCE).toBeLessThan(before.light * 0.95);
    await page.evaluate(() => window.lichen!.send({ type: 'light', clade: null }));
    await expect.poll(async () => (await still()).print, PATIENCE).toBe(before.print);
  });

  it('follows the organism in hand until the reader moves the picture', async () => {
    await page.locator('#world').focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    await page.locator('#card').waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await page.locator('#card[data-kind="organism"] pre').waitFor();
    const id = Number(await page.locator('#card').getAttribute('data-id'));
    await page.keyboard.press('f');
    await expect.poll(() => page.locator('#follow').getAttribute('aria-pressed')).toBe('true');
    const away = (): Promise<number> => page.evaluate(([x, y]) => {
      const canvas = document.getElementById('world')!;
      const point = window.lichen!.pointOf(x!, y!);
      return Math.hypot(point.x - canvas.clientWidth / 2, point.y - canvas.clientHeight / 2);
    }, (() => {
      const row = lab.simulation.kernel.rowOf(id);
      return [lab.simulation.kernel.pop.columns.x[row]!, lab.simulation.kernel.pop.columns.y[row]!];
    })());
    for (let i = 0; i < 5 && lab.simulation.kernel.rowOf(id) >= 0; i++) {
      await expect.poll(away, PATIENCE).toBeLessThan(2);
      const now = tickNow();
      await page.keyboard.press('.');
      await expect.poll(tickNow, PATIENCE).toBe(now + 1);
      // the rule that it acted by is lit on the card
      const row = lab.simulation.kernel.rowOf(id);
      const lit = (): Promise<number> => page.locator('#card pre .line:not(.gone)').evaluateAll((lines) => lines.findIndex((line) => line.classList.contains('fired')));
      if (row >= 0) await expect.poll(lit, PATIENCE).toBe(lab.simulation.kernel.pop.columns.fired[row]!);
    }
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.evaluate(() => document.getElementById('follow')!.getAttribute('aria-pressed'))).toBe('false');
    await page.keyboard.press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
    await page.keyboard.press('0');
  });

  it('has a palette safe for colour-blind eyes and a light theme, and keeps what was chosen', async () => {
    const before = await still();
    await page.locator('#look-button').click();
    await page.locator('#choice-palette').selectOption('clear');
    expect((await still()).print).not.toBe(before.print);
    await page.locator('#choice-theme').selectOption('light');
    expect((await still()).light).toBeGreaterThan(before.light * 2);
    await page.locator('#choice-colour').selectOption('energy');
    await expect.poll(hueShown, PATIENCE).toBe('energy');
    await world.reload();
    await expect.poll(hueShown, PATIENCE).toBe('energy');
    expect(await page.evaluate(() => [document.documentElement.dataset['theme'], window.lichen!.state().palette])).toEqual(['light', 'clear']);
    await page.locator('#look-button').click();
    await page.locator('#choice-theme').selectOption('system');
    await page.locator('#choice-palette').selectOption('lichen');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.keyboard.press('Escape');
  });
});

describe('the card', () => {
  it('[V4][V18] marks what differs from the parent, by rule and by word, without a letter more in the genome', async () => {
    const { kernel } = lab.simulation;
    const { columns, count } = kernel.pop;
    const textOf = (genome: number): string => kernel.genomes.text(genome);
    const differing = Array.from({ length: count }, (_, row) => row).flatMap((row) => {
      const parent = lab.phylogeny.ancestors(columns.id[row]!, 1)[0];
      return parent === undefined || parent.genome === columns.genome[row] ? [] : [{ id: columns.id[row]!, genome: textOf(columns.genome[row]!), parent: textOf(parent.genome) }];
    });
    expect(differing.length).toBeGreaterThan(0);
    let marked = 0;
    for (const { id, genome, parent } of differing.slice(0, 4)) {
      await page.evaluate((each) => window.lichen!.send({ type: 'inspectId', id: each }), id);
      await page.locator(`#card[data-id="${id}"]`).waitFor();
      const shown = await page.locator('#card pre').evaluate((pre) => ({
        text: pre.textContent ?? '', was: Array.from(pre.querySelectorAll('del'), (node) => node.dataset['was'] ?? ''), now: Array.from(pre.querySelectorAll('ins'), (node) => node.textContent ?? ''),
      }));
      expect(shown.text.trimEnd()).toBe(genome.trimEnd());
      for (const was of shown.was) expect(parent.replace(/\s+/g, ' ')).toContain(was.replace(/\s+/g, ' '));
      for (const now of shown.now) expect(genome).toContain(now.trim());
      expect(await text('#card .differences')).toMatch(/^since its parent \d+ rules? /);
      marked += shown.was.length + shown.now.length;
    }
    expect(marked).toBeGreaterThan(0);
  });

  it('walks the line of ancestors up and down by keys, and back', async () => {
    const { columns, count } = lab.simulation.kernel.pop;
    const ids = Array.from({ length: count }, (_, row) => columns.id[row]!);
    const id = ids.find((each) => {
      const line = lab.phylogeny.ancestors(each, 3);
      return line.length === 3 && line.every(({ destructionTime }) => destructionTime !== null);
    })!;
    await page.evaluate((each) => window.lichen!.send({ type: 'inspectId', id: each }), id);
    await page.locator(`#card[data-id="${id}"]`).waitFor();
    await page.locator('#card [data-fold="ancestors"] summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('#card [data-ancestor]').first().focus();
    await page.keyboard.press('Enter');
    const line = lab.phylogeny.ancestors(id, 3);
    const reads = async (index: number): Promise<void> => {
      await expect.poll(() => text('#card .author')).toContain(`ancestor ${line[index]!.id},`);
      expect((await page.locator('#card pre').textContent())?.trimEnd()).toBe(lab.simulation.kernel.genomes.text(line[index]!.genome).trimEnd());
    };
    await reads(0);
    await page.locator('#card .walk button', { hasText: 'its parent' }).press('Enter');
    await reads(1);
    await page.locator('#card .walk button', { hasText: 'its child' }).press('Enter');
    await reads(0);
    await page.locator('#card .walk button', { hasText: 'back' }).press('Enter');
    await page.locator('#card .walk').waitFor({ state: 'hidden' });
    await page.locator('#light-clade').click();
    await expect.poll(() => world.said.filter(({ type }) => type === 'light').at(-1), PATIENCE).toMatchObject({ clade: { genotype: expect.any(Number) as number } });
    await page.keyboard.press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
    await expect.poll(() => world.said.filter(({ type }) => type === 'light').at(-1), PATIENCE).toEqual({ type: 'light', clade: null });
  });
});

describe('the keyboard', () => {
  it('has a sheet of all keys, which Escape closes', async () => {
    await page.keyboard.press('?');
    const sheet = page.locator('#help');
    await sheet.waitFor();
    for (const words of ['pause, or go on', 'back to the present', 'bookmarks: name the tick']) expect(await sheet.innerText()).toContain(words);
    const before = tickNow();
    await page.keyboard.press('.');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    expect(tickNow()).toBe(before);
  });

  it('goes through the speeds with the arrow keys, as one stop of the tab key', async () => {
    expect(await page.locator('#speed button[tabindex="0"]').count()).toBe(1);
    await page.locator('#speed button').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['speed'])).toBe('4');
    await page.keyboard.press('End');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['speed'])).toBe('0');
  });
});

describe('the page', () => {
  it('[V2] complains of nothing', () => {
    expect(world.complaints).toEqual([]);
  });
});
