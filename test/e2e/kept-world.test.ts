import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../agents/model/contract.ts';
import { createModelService, type OpenModelService } from '../../agents/model/service.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { scriptedDoor } from '../minds/plain-service.ts';
import { launchBrowser } from './browser.ts';
import { HIDDEN, keep, readPicture, readTable, tryMenus, watchDrawnWords } from './kept-files.ts';
import { buildPageAside, goLive, openPage, openWorld, PATIENCE, type BuiltPage, type LiveLab, type WorldOnPage } from './live-page.ts';

const CALLS = 300;
const image = '<img src=x onerror="window.pwned=1">';
/** A name that a spreadsheet would take for a formula, and a browser for an element. */
const MODEL = `=HYPERLINK("http://x","${image}")`;
const child = 'when energy > 45 -> reproduce\nwhen grass.here > 20% -> eat\nwhen kin.near < 3 steps -> flee hunter\notherwise -> climb grass';
const written = `Sure! ${image}\u202e\u{e0041} ${'endless'.repeat(400)}\n\`\`\`\n${child}\n\`\`\`\n${'and so on, '.repeat(4000)}`;
const thought = `do: rest for 4 ticks\nsay: ${image} come\u2066 here`;

function say({ messages }: ModelRequest): string {
  const asked = messages.at(-1)!.content;
  if (asked.includes('Rating:')) return '8';
  return asked.startsWith('Your instincts') ? thought : written;
}

describe('what is kept of a world with a model', () => {
  let built: BuiltPage;
  let browser: Browser;
  let service: OpenModelService;
  let lab: Lab;
  let live: LiveLab;
  let page: Page;
  let complaints: string[];
  let drawn: Awaited<ReturnType<typeof watchDrawnWords>>;

  beforeAll(async () => {
    built = await buildPageAside();
    browser = await launchBrowser();
    service = createModelService({ doors: [{ ...scriptedDoor(say), model: MODEL }], retry: { tries: 1 }, whenSpent: 'hold', budget: { calls: CALLS, tokens: 10_000_000 } });
    lab = createLab({
      world: 'meadow', seed: 9, operator: 'llm', service, judge: { way: 'structured', repeats: 1 },
      parameters: { size: 64, founders: 80, capacity: 400, gestation: 4, scarcity: 0.1, deliberation: 0.01, reactionTime: 4, judging: 0.5, judgingTime: 4 },
    });
    live = await goLive({ lab, dist: built.dist, ticksPerSecond: 0, pauseWhenSpent: true, raise: (caps) => service.raise(caps), model: { state: 'ready', name: MODEL, note: 'A script answers.' } });
    ({ page, complaints } = await openPage(browser, live.server.url));
    await page.waitForFunction(() => window.lichen!.state().totals?.budget?.over === 'paused', undefined, PATIENCE);
    await page.waitForFunction((tick) => window.lichen!.state().totals!.tick === tick, lab.simulation.kernel.tick, PATIENCE);
    drawn = await watchDrawnWords(page);
  });
  afterAll(async () => {
    await browser?.close();
    await live?.close();
    await service?.close();
    await built?.remove();
  });

  const tick = (): number => lab.simulation.kernel.tick;
  const ids = (): number[] => Array.from({ length: lab.simulation.kernel.pop.count }, (_, row) => lab.simulation.kernel.pop.columns.id[row]!);
  const genomeOf = (id: number): string => lab.simulation.kernel.genomes.text(lab.simulation.kernel.pop.columns.genome[lab.simulation.kernel.rowOf(id)]!);
  const inHand = async (id: number): Promise<void> => {
    await page.evaluate((x) => window.lichen!.send({ type: 'inspectId', id: x }), id);
    await page.locator(`#card[data-id="${id}"]`).waitFor();
  };
  const open = (fold: string): Promise<void> => page.locator(`#card [data-fold="${fold}"] > summary`).click();

  it('[V16] the card of an organism: its name, its rules with the one that fired marked, who wrote it and what was replied, in a picture', async () => {
    const { columns } = lab.simulation.kernel.pop;
    const id = ids().find((each) => lab.writer!.storyOf(each)?.outcome === 'ok' && columns.bornAt[lab.simulation.kernel.rowOf(each)]! < tick())!;
    await inHand(id);
    await page.locator('#card pre .fired').waitFor();
    await drawn();
    const shut = await keep(page, 'card-menu', 'png');
    const few = await drawn();
    expect(shut.name).toBe(`meadow-9-${tick()}-organism-${id}.png`);
    const said = few.texts.join(' ').replaceAll('\u202f', '');
    for (const words of [`Organism ${id} · Meadow, seed 9, tick ${tick()}`, 'age ', 'written by the language model', 'why this child', 'Lit: the rule that fired last.', 'reproduce', 'otherwise']) expect(said).toContain(words);
    expect(said).not.toContain('Sure!');
    const small = await readPicture(page, shut);
    expect(small.width).toBe(960);
    expect(small.colours).toBeGreaterThan(30);
    // what is folded away is not in the picture; what is opened is, as much of it as a picture holds
    await open('why');
    const whole = await keep(page, 'card-menu', 'png');
    const { texts, beyond } = await drawn();
    const large = await readPicture(page, whole);
    expect(large.height).toBeGreaterThan(small.height + 400);
    expect(large.height).toBeLessThan(16_000);
    expect(texts.join('')).toContain('<img src=x');
    expect(texts.join('')).toContain('\\u202e\\u{e0041}');
    expect(texts.join('')).toMatch(/…/);
    expect(texts.join('')).not.toMatch(HIDDEN);
    expect([beyond, few.beyond]).toEqual([[], []]);
    await open('why');
  });

  it('[V16] its facts as a table of one row, and its line of ancestors as far as it is shown', async () => {
    const id = ids().find((each) => lab.phylogeny.ancestors(each, 2).length === 2)!;
    await inHand(id);
    const facts = await keep(page, 'card-menu', 'facts');
    expect(facts.name).toBe(`meadow-9-${tick()}-organism-${id}.csv`);
    const [header, row, ...more] = readTable(facts);
    expect(header).toEqual(['id', 'alive', 'born', 'age', 'energy', 'children', 'mobility', 'diet', 'lineage', 'operator', 'parents', 'judged', 'intent', 'rule that fired', 'genome']);
    expect(more).toEqual([]);
    const at = Object.fromEntries(header!.map((name, i) => [name, row![i]]));
    const { columns } = lab.simulation.kernel.pop;
    const r = lab.simulation.kernel.rowOf(id);
    expect(at).toMatchObject({ id: String(id), alive: 'yes', born: String(columns.bornAt[r]), age: String(tick() - columns.bornAt[r]!), children: String(columns.children[r]), genome: genomeOf(id) });
    const line = await keep(page, 'card-menu', 'ancestors');
    expect(line.name).toBe(`meadow-9-${tick()}-organism-${id}-ancestors.csv`);
    const [names, ...ancestors] = readTable(line);
    expect(names).toEqual(['generations back', 'id', 'operator', 'born', 'died', 'genome']);
    expect(ancestors.map(([back, each]) => [Number(back), Number(each)])).toEqual(lab.phylogeny.ancestors(id, 12).map((taxon, i) => [i + 1, taxon.id]));
    const founder = ids().find((each) => lab.phylogeny.ancestors(each, 1).length === 0);
    if (founder === undefined) return;
    await inHand(founder);
    await page.locator('[popovertarget="card-menu"]').click();
    expect(await page.locator('#card-menu [data-save]:visible').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset['save']))).not.toContain('ancestors');
    await page.keyboard.press('Escape');
  });

  it('[V4][V16] what it thought as a table, in which a formula is text', async () => {
    const id = ids().find((each) => lab.thinker!.storyOf(each)?.thoughts.some(({ reply }) => reply === thought))!;
    await inHand(id);
    const [header, ...rows] = readTable(await keep(page, 'card-menu', 'thoughts'));
    expect(header).toEqual(['tick', 'tokens', 'outcome', 'model', 'effect', 'reason', 'asked', 'reply']);
    expect(rows.length).toBe(await page.evaluate(() => { const { hand } = window.lichen!.state(); return hand?.kind === 'organism' ? hand.organism.thoughts.length : -1; }));
    expect(rows.map((row) => row[3])).toContain(`'${MODEL}`);
    expect(rows.map((row) => row[7])).toContain(thought.replace('\u2066', '\\u2066'));
  });

  it('[V16] an elite of the archive in hand, by its cell', async () => {
    await expect.poll(() => page.evaluate(() => Object.keys(window.lichen!.state().cells).length), PATIENCE).toBeGreaterThan(0);
    const cell = await page.evaluate(() => Number(Object.keys(window.lichen!.state().cells)[0]));
    await page.evaluate((each) => window.lichen!.send({ type: 'inspectCell', cell: each }), cell);
    await page.locator('#card[data-kind="elite"]').waitFor();
    const picture = await keep(page, 'card-menu', 'png');
    expect(picture.name).toBe(`meadow-9-${tick()}-elite-${cell}.png`);
    expect((await readPicture(page, picture)).colours).toBeGreaterThan(30);
    const [header, row] = readTable(await keep(page, 'card-menu', 'facts'));
    expect(header!.slice(0, 4)).toEqual(['cell', ...await page.evaluate(() => { const { objective, measures } = window.lichen!.state().world!.archive; return [objective, ...measures.map(({ name }) => name)]; })]);
    expect(Number(row![1])).toBe(lab.archive.elite(cell)!.objective);
    await page.keyboard.press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
  });

  it('[V4][V16] who was asked for what, and what it cost', async () => {
    await page.locator('#writing').click();
    await page.locator('#models tbody tr').first().waitFor();
    await drawn();
    const picture = await keep(page, 'models-menu', 'png');
    expect(picture.name).toBe(`meadow-9-${tick()}-models.png`);
    const { width, height, colours } = await readPicture(page, picture);
    expect([width > 1100, height > 400, colours > 30]).toEqual([true, true, true]);
    const { texts, beyond } = await drawn();
    expect(texts).toEqual(expect.arrayContaining(['asked for', 'llm-mutate', 'all together', 'spent', 'cap']));
    expect(beyond).toEqual([]);
    // the list stays where it is
    expect(await page.locator('#models').isVisible()).toBe(true);
    const [header, ...rows] = readTable(await keep(page, 'models-menu', 'models'));
    expect(header).toEqual(['role', 'kind', 'model', 'ok', 'repaired', 'fallback', 'over budget', 'shared', 'tried again', 'calls', 'prompt tokens', 'completion tokens', 'dollars']);
    expect(rows.length).toBe(service.accounts.length);
    for (const { role, kind, model, ok, calls } of service.accounts) expect(rows).toContainEqual(expect.arrayContaining([role, kind, `'${model}`, String(ok), String(calls)]));
    const [units, ...costs] = readTable(await keep(page, 'models-menu', 'costs'));
    expect(units).toEqual(['unit', 'spent', 'cap', 'left', 'a minute']);
    expect(costs.map(([unit, spent, cap, left]) => [unit, spent, cap, left])).toEqual([['calls', String(CALLS), String(CALLS), '0'], ['tokens', expect.any(String), '10000000', expect.any(String)]]);
    await page.keyboard.press('Escape');
    await page.locator('#models').waitFor({ state: 'hidden' });
  });

  it('[V16] the population over time, and what stands over it', async () => {
    const picture = await keep(page, 'history-menu', 'png');
    expect(picture.name).toBe(`meadow-9-${tick()}-population.png`);
    expect((await readPicture(page, picture)).colours).toBeGreaterThan(10);
    const [header, ...rows] = readTable(await keep(page, 'history-menu', 'population'));
    expect(header).toEqual(['tick', 'population']);
    expect(rows.map((row) => row.map(Number))).toEqual(await page.evaluate(() => window.lichen!.state().series.map((point) => [point.tick, point.population])));
    const [names, ...pins] = readTable(await keep(page, 'history-menu', 'pins'));
    expect(names).toEqual(['tick', 'kind', 'text']);
    expect(pins.length).toBe(await page.locator('#pins .pin').count());
    expect(pins.map(([, , text]) => text).join()).toContain('The budget is spent');
  });

  it('by keys alone: each menu is reached, opened and shut, and Escape closes the menu before what lies under it', async () => {
    await inHand(ids()[0]!);
    const activeLabel = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? null);
    const hasOutline = (): Promise<boolean> => page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle !== 'none');
    const walk = async (menu: string, label: string): Promise<void> => {
      expect(await activeLabel()).toBe(`${label}: save and choose`);
      expect(await hasOutline()).toBe(true);
      await page.keyboard.press('Enter');
      await page.locator(`#${menu}:popover-open`).waitFor();
      await expect.poll(() => page.locator(`[popovertarget="${menu}"]`).getAttribute('aria-expanded'), PATIENCE).toBe('true');
      await page.keyboard.press('Tab');
      expect(await activeLabel()).toBe('Picture (PNG)');
      expect(await hasOutline()).toBe(true);
      await page.keyboard.press('Escape');
      await page.locator(`#${menu}`).waitFor({ state: 'hidden' });
      expect(await activeLabel()).toBe(`${label}: save and choose`);
    };
    await page.locator('#card .close').focus();
    await page.keyboard.press('Shift+Tab');
    await walk('card-menu', 'Organism in hand');
    expect(await page.locator('#card').isVisible()).toBe(true);
    await page.locator('#help-button').focus();
    await page.keyboard.press('Tab');
    await walk('history-menu', 'Population over time');
    await page.locator('#writing').focus();
    await page.keyboard.press('Enter');
    await page.locator('#models:popover-open').waitFor();
    await page.locator('#models > header .close').focus();
    await page.keyboard.press('Shift+Tab');
    await walk('models-menu', 'Models');
    expect(await page.locator('#models').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.locator('#models').waitFor({ state: 'hidden' });
    expect(await page.locator('#card').isVisible()).toBe(true);
  });

  it.each(['dark', 'light'] as const)('in the %s theme with menus that lie within the window and are read at AA contrast, from 1280 to 2560 pixels', async (colorScheme) => {
    await tryMenus(page, ['card-menu', 'history-menu', 'log-menu'], colorScheme);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: null });
  });

  it('[V2][V4] with nothing that became an element or ran, and no complaint', async () => {
    expect(await page.evaluate(() => [document.images.length, (window as unknown as { pwned?: number }).pwned ?? null])).toEqual([1, null]);
    expect(complaints).toEqual([]);
  });
});

describe('a world that is looked at by a reader who wants no motion', () => {
  let world: WorldOnPage;
  beforeAll(async () => {
    world = await openWorld({ ticks: 300, page: { reducedMotion: 'reduce' } });
  });
  afterAll(() => world?.close());

  /** What a kind of mark adds to the very picture that is shown, and whether the picture changes while the world stands still. */
  const marked = (mark: string): Promise<{ added: number; isAtRest: boolean }> => world.page.evaluate(async (which) => {
    const box = document.querySelector<HTMLInputElement>(`#choice-${which}`)!;
    const before = window.lichen!.pixels().data.slice();
    for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
    const later = window.lichen!.pixels().data.slice();
    box.click();
    const { data } = window.lichen!.pixels();
    let added = 0;
    for (let i = 0; i < data.length; i += 4) if (Math.abs(later[i]! - data[i]!) > 8) added++;
    box.click();
    return { added, isAtRest: before.every((value, i) => value === later[i]) };
  }, mark);

  it('marks births and deaths in their places, and nothing moves while the world stands still', async () => {
    const { page } = world;
    await page.locator('#choice-births').check();
    await page.locator('#choice-deaths').check();
    for (const mark of ['births', 'deaths']) {
      let seen = { added: 0, isAtRest: true };
      // all of a tick may be born, or die, beyond the edges of the view
      for (let ticks = 0; ticks < 12 && seen.added < 20; ticks++) {
        await page.evaluate(() => window.lichen!.clearFrameCosts());
        await world.pass(1);
        await page.waitForFunction(() => window.lichen!.frameCosts().length > 0);
        await expect.poll(() => world.shownTick(), PATIENCE).toBe(world.tick());
        seen = await marked(mark);
      }
      expect(seen.added, mark).toBeGreaterThanOrEqual(20);
      expect(seen.isAtRest, mark).toBe(true);
    }
  });

  it('[V19] says of one who died childless, and was looked at in the past, that it is dead when the present comes back', async () => {
    const { page, lab, text } = world;
    const { kernel } = lab.simulation;
    const then = world.tick();
    const lived = Array.from({ length: kernel.pop.count }, (_, row) => kernel.pop.columns.id[row]!);
    await world.pass(80);
    const dead = lived.find((id) => kernel.rowOf(id) < 0 && !lab.phylogeny.has(id))!;
    await page.evaluate((at) => window.lichen!.send({ type: 'at', tick: at }), then);
    await expect.poll(() => world.pastTick(), PATIENCE).toBe(then);
    await page.evaluate((id) => window.lichen!.send({ type: 'inspectId', id }), dead);
    await page.locator(`#card[data-kind="past"][data-id="${dead}"] pre`).waitFor();
    expect(await text('#card .author')).toMatch(new RegExp(`^at tick ${then}; it died in tick \\d+`));
    // its files are of the tick that is looked at, and so is the picture of the world
    const [picture] = await Promise.all([page.waitForEvent('download'), page.locator('#world-picture').click()]);
    expect(picture.suggestedFilename()).toBe(`meadow-7-${then}-world.png`);
    expect((await keep(page, 'card-menu', 'png')).name).toBe(`meadow-7-${then}-organism-${dead}.png`);
    const [header, row] = readTable(await keep(page, 'card-menu', 'facts'));
    expect(header!.slice(0, 3)).toEqual(['id', 'tick', 'was']);
    expect(row!.slice(0, 3)).toEqual([String(dead), String(then), 'alive']);
    await page.locator('#to-live').click();
    await expect.poll(() => world.pastTick(), PATIENCE).toBe(null);
    await expect.poll(() => text('#card header p'), PATIENCE).toMatch(/^died at age \d+$/);
    expect(await text('#card .author')).toMatch(new RegExp(`^at tick ${world.tick()}: dead, since tick \\d+`));
    expect(await text('#card .foot:not(.unknown)')).toMatch(/^lineage \d+\s*light its clade$/);
    expect(await page.locator('#follow').isVisible()).toBe(false);
    // it is alive again in its own time
    await page.evaluate((at) => window.lichen!.send({ type: 'at', tick: at }), then);
    await expect.poll(() => text('#card .author'), PATIENCE).toMatch(new RegExp(`^at tick ${then}; it died in tick \\d+`));
    await page.locator('#to-live').click();
    await page.keyboard.press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
    expect(world.complaints).toEqual([]);
  });
});
