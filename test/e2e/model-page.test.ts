import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../agents/model/contract.ts';
import { createModelService, type OpenModelService } from '../../agents/model/service.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { scriptedDoor } from '../minds/plain-service.ts';
import { launchBrowser } from './browser.ts';
import { buildPageAside, goLive, openPage, type BuiltPage, type LiveLab } from './live-page.ts';

const PATIENCE = { timeout: 60_000 };
const CALLS = 400;
const image = '<img src=x onerror="window.pwned=1">';
const child = 'when energy > 45 -> reproduce\nwhen grass.here > 20% -> eat\notherwise -> climb grass';
/** Prose around a program: markup, a turned reading direction, a tag character and a line that looks like ours. */
const written = `Sure! ${image}\u202e\u{e0041}\n\`\`\`\n${child}\n\`\`\`\nmutation prompt: none`;
const thought = `do: rest for 4 ticks\nsay: ${image} come\u2066 here`;

/** Writes children, thinks and judges, all with hostile words around the answer. */
function say({ messages }: ModelRequest): string {
  const asked = messages.at(-1)!.content;
  if (asked.includes('Rating:')) return '8';
  return asked.startsWith('Your instincts') ? thought : written;
}

let built: BuiltPage;
let browser: Browser;
let service: OpenModelService;
let lab: Lab;
let live: LiveLab;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  built = await buildPageAside();
  browser = await launchBrowser();
  service = createModelService({ doors: [scriptedDoor(say)], retry: { tries: 1 }, whenSpent: 'hold', budget: { calls: CALLS, tokens: 10_000_000 } });
  lab = createLab({
    world: 'meadow', seed: 9, operator: 'llm', service, judge: { way: 'structured', repeats: 1 },
    parameters: { size: 64, founders: 80, capacity: 400, gestation: 4, scarcity: 0.1, deliberation: 0.01, reactionTime: 4, judging: 0.5, judgingTime: 4 },
  });
  live = await goLive({
    lab, dist: built.dist, ticksPerSecond: 0, pauseWhenSpent: true, raise: (caps) => service.raise(caps),
    model: { state: 'ready', name: 'scripted', note: 'A script answers.' },
  });
  ({ page, complaints } = await openPage(browser, live.server.url));
});
afterAll(async () => {
  await browser?.close();
  await live?.close();
  await service?.close();
  await built?.remove();
});

const inHand = async (id: number): Promise<void> => {
  await page.evaluate((x) => window.lichen!.send({ type: 'inspectId', id: x }), id);
  await page.locator(`#card[data-id="${id}"]`).waitFor();
};
const quotes = (fold: string): Promise<string[]> => page.locator(`#card [data-fold^="${fold}"] blockquote`).evaluateAll((nodes) => nodes.map((node) => node.textContent ?? ''));
const visible = (text: string): string => text.replaceAll('\u202e', '\\u202e').replaceAll('\u2066', '\\u2066').replaceAll('\u{e0041}', '\\u{e0041}');
const over = (): Promise<unknown> => page.evaluate(() => window.lichen!.state().totals!.budget!.over);

describe('the page of a world with a model', () => {
  it('[V6] says that the budget is spent, where everybody sees it, and the world waits', async () => {
    await expect.poll(over, PATIENCE).toBe('paused');
    const notice = page.locator('#budget-notice');
    await notice.waitFor();
    expect(await notice.locator('p').textContent()).toContain(`The model's budget is spent: ${CALLS} of ${CALLS} calls. The world waits`);
    expect(await page.locator('#budget').textContent()).toBe('budget spent');
    expect(await page.locator('#budget').getAttribute('class')).toContain('amber');
    expect(await page.locator('#budget').getAttribute('title')).toContain(`calls: ${CALLS} of ${CALLS} spent, 0 left`);
    expect(await page.evaluate(() => window.lichen!.state().playing)).toBe(false);
    expect(service.budget.spent.calls).toBe(CALLS);
  });

  it('shows who was asked for what, what came of it and what it cost', async () => {
    await expect.poll(() => page.evaluate(() => window.lichen!.state().totals!.model.accounts), PATIENCE).toEqual(service.accounts);
    await page.locator('#writing').click();
    await page.locator('#models tbody tr').first().waitFor();
    const shown = await page.locator('#models table').first().locator('tbody tr').evaluateAll((rows) => rows.map((row) => Object.fromEntries(
      [['kind', row.firstElementChild!.firstChild!.textContent], ...Array.from(row.querySelectorAll('td[data-column]'), (cell) => [(cell as HTMLElement).dataset['column'], cell.textContent])],
    ) as Record<string, string>));
    const kinds = shown.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['llm-mutate', 'deliberate', 'interesting', 'all together']));
    for (const { role, kind, ok, repaired, fallback, calls } of service.accounts) {
      const row = shown.find((each) => each['kind'] === kind);
      expect(row, `${role} ${kind}`).toMatchObject({ ok: String(ok), repaired: String(repaired), fallback: String(fallback), calls: String(calls) });
    }
    expect(shown.at(-1)).toMatchObject({ kind: 'all together', calls: String(CALLS) });
    expect(await page.locator('#models .costs [data-unit="calls"] td').allTextContents()).toEqual([String(CALLS), String(CALLS), '0', expect.any(String), '']);
    await page.keyboard.press('Escape');
    await page.locator('#models').waitFor({ state: 'hidden' });
  });

  it('[V4][L2] the card says why this child: what was asked and replied, letter for letter, and it stays text', async () => {
    const { columns, count } = lab.simulation.kernel.pop;
    const ids = Array.from({ length: count }, (_, row) => columns.id[row]!);
    const id = ids.find((each) => lab.writer!.storyOf(each)?.outcome === 'ok')!;
    const story = lab.writer!.storyOf(id)!;
    await inHand(id);
    expect(story.replies).toEqual([written]);
    expect(await quotes('why')).toEqual([visible(story.asked.at(-1)!.content), visible(written)]);
    expect(await page.locator('#card [data-fold="why"] blockquote').first().isVisible()).toBe(false);
    await page.locator('#card [data-fold="why"] > summary').click();
    expect(await page.locator('#card [data-fold="why"] blockquote').first().isVisible()).toBe(true);
    expect(await page.locator('#card [data-fold="why"] > summary').textContent()).toContain(`${story.operator} · by scripted · as asked`);
    if (story.instruction !== null) expect(await page.locator('#card .fold .instruction').textContent()).toContain(story.instruction);
    const carrier = ids.find((each) => lab.simulation.kernel.genomes.text(columns.genome[lab.simulation.kernel.rowOf(each)]!).startsWith('mutation prompt: '))!;
    await inHand(carrier);
    const genome = lab.simulation.kernel.genomes.text(columns.genome[lab.simulation.kernel.rowOf(carrier)]!);
    expect(await page.locator('#card pre .prompt .instruction').textContent()).toBe(genome.slice('mutation prompt:'.length, genome.indexOf('\n')));
    expect((await page.locator('#card pre').textContent())?.trimEnd()).toBe(genome.trimEnd());
  });

  it('[V4][L2] a thought is in the log, and on the card with its prompt and reply', async () => {
    const { columns, count } = lab.simulation.kernel.pop;
    const ids = Array.from({ length: count }, (_, row) => columns.id[row]!);
    const id = ids.find((each) => lab.thinker!.storyOf(each)?.thoughts.at(-1)?.outcome === 'ok')!;
    const thoughts = [...lab.thinker!.storyOf(id)!.thoughts].reverse();
    await inHand(id);
    expect(await quotes('thought ')).toEqual(thoughts.flatMap(({ messages, reply }) => [visible(messages.at(-1)!.content), ...reply === '' ? [] : [visible(reply)]]));
    expect(await page.locator('#card [data-fold="thoughts"] > summary').textContent()).toContain(`rest for 4 ticks, says “${image} come here”`);
    const lines = await page.locator('#log li[data-kind="thought"]').allTextContents();
    expect(lines.some((line) => /rest for 4 ticks, says “<img src=x|\d+ thought \(\d+ tokens\): \d+ intend to act/.test(line))).toBe(true);
    expect(await page.locator('#log li[data-kind="judgement"]').first().textContent()).toMatch(/judged interesting: 0\.78/);
  });

  it('[V4][L2] nothing that the model said became an element or ran', async () => {
    const found = await page.evaluate(() => ({
      images: document.images.length, scripts: document.scripts.length, pwned: (window as unknown as { pwned?: number }).pwned ?? null, text: document.body.textContent ?? '',
    }));
    expect(found).toMatchObject({ images: 1, scripts: 1, pwned: null });
    expect(found.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/u);
    expect(found.text).toContain(`Sure! ${image}\\u202e\\u{e0041}`);
  });

  it('shows of the log what is chosen, by keyboard too', async () => {
    await page.locator('#log-all').focus();
    for (const name of ['people', 'model', 'births', 'thoughts']) {
      await page.keyboard.press('ArrowRight');
      expect(await page.locator(`#log-${name}`).isChecked()).toBe(true);
      const kinds = await page.locator('#log li').evaluateAll((items) => [...new Set(items.filter((item) => (item as HTMLElement).offsetParent !== null).map((item) => (item as HTMLElement).dataset['group']))]);
      expect(kinds.filter((group) => group !== 'notice'), name).toEqual(name === 'people' ? [] : [name]);
    }
    await page.locator('label:has(#log-all)').click();
  });

  it('has a switch for what is on or off, among those of the model', async () => {
    const box = page.locator('.group input[role="switch"][data-key="inheritRewrites"]');
    expect(await box.isChecked()).toBe(false);
    expect(await page.locator('.group input[data-key]').count()).toBe(6);
    await box.check();
    // a world that waits takes it up when it goes on
    expect(lab.simulation.kernel.parameter('inheritRewrites')).toBe(0);
  });

  it('[V6] a typed cap is a cap: raised by hand, the world goes on until that is spent too', async () => {
    const tick = lab.simulation.kernel.tick;
    const field = page.locator('#budget-notice input[name="calls"]');
    expect(await field.inputValue()).toBe(String(2 * CALLS));
    await field.fill('');
    await field.pressSequentially('460');
    await page.locator('#budget-notice button[type="submit"]').click();
    await expect.poll(() => service.budget.caps, PATIENCE).toEqual({ calls: 460, tokens: 10_000_000 });
    await expect.poll(() => service.budget.spent.calls, PATIENCE).toBe(460);
    await expect.poll(over, PATIENCE).toBe('paused');
    expect(lab.simulation.kernel.tick).toBeGreaterThan(tick);
    expect(lab.simulation.kernel.parameter('inheritRewrites')).toBe(1);
    await page.locator('#budget-notice').waitFor();
    await expect.poll(() => page.locator('#log li[data-kind="model"]').allTextContents(), PATIENCE).toEqual(expect.arrayContaining([expect.stringContaining('The budget was set by hand: 460 calls, 10000000 tokens.')]));
    await expect.poll(() => field.inputValue(), PATIENCE).toBe('920');
    await page.locator('#budget-notice button[type="submit"]').click();
    await expect.poll(() => service.budget.caps.calls, PATIENCE).toBe(920);
    await page.locator('#budget-notice').waitFor({ state: 'hidden' });
    await expect.poll(() => lab.simulation.kernel.tick, PATIENCE).toBeGreaterThan(tick + 1);
  });

  it('[V2] complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
