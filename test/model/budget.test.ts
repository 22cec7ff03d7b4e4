import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { Purse } from '../../agents/model/budget.ts';
import { ModelError, type ModelDoor } from '../../agents/model/contract.ts';
import { estimate, guessPromptTokens } from '../../agents/model/estimate.ts';
import { dollarsFor, findPrice, knownPrices, priceOf, readPrices } from '../../agents/model/prices.ts';
import { createModelService } from '../../agents/model/service.ts';
import type { Answer, ModelEvent, Task } from '../../agents/model/task.ts';

interface Tested extends ModelDoor { readonly open: (() => void)[]; asked: number; most: number }

/** A door that answers at once, or when it is told to, and writes as much as it may. */
function doorOf(model: string, { local = false, slots = 8, waits = false, promptTokens = 20 } = {}): Tested {
  let inFlight = 0;
  const door: Tested = {
    model, where: 'endpoint', local, slots, open: [], asked: 0, most: 0,
    complete: ({ maxTokens }) => new Promise((resolve) => {
      door.asked += 1;
      door.most = Math.max(door.most, ++inFlight);
      const answer = (): void => {
        inFlight -= 1;
        resolve({ text: 'x', finish: 'length', promptTokens, completionTokens: maxTokens, model });
      };
      if (waits) door.open.push(answer);
      else setImmediate(answer);
    }),
    close: () => Promise.resolve(),
  };
  return door;
}

const task = (i: number): Task<string> => ({
  role: 'operator', kind: 'write', due: i, request: { messages: [{ role: 'user', content: `${i}`.padEnd(40, '.') }], maxTokens: 10, temperature: 1, seed: i },
  read: ({ text }) => ({ value: text }),
});
const outcomes = (answers: Answer<string>[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { outcome } of answers) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};

describe('[M13] caps are hard', () => {
  test.each([
    ['calls', { calls: 7 }, 7], ['tokens', { tokens: 300 }, 10], ['dollars', { dollars: 0.0015 }, 10],
  ])('in %s, with many in flight', async (_, budget, most) => {
    const door = doorOf('gpt-4o');
    const events: ModelEvent[] = [];
    const service = createModelService({ doors: [door], budget });
    service.events$.subscribe((event) => { if (event.kind === 'budget') events.push(event); });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => service.perform(task(i))));
    const { spent, caps, used } = service.budget;
    expect(caps).toEqual(budget);
    expect(used).toBeLessThanOrEqual(1);
    expect(used).toBeGreaterThan(0.8);
    for (const [unit, cap] of Object.entries(budget) as ['calls', number][]) expect(spent[unit]).toBeLessThanOrEqual(cap);
    expect(outcomes(answers)['ok']).toBeLessThanOrEqual(most);
    expect(outcomes(answers)['budget']).toBe(40 - outcomes(answers)['ok']!);
    expect(service.accounts).toMatchObject([{ calls: door.asked, budget: 40 - door.asked }]);
    expect(events.map((event) => event.kind === 'budget' && event.level)).toEqual(['warning', 'spent']);
    await service.close();
  });

  test('what is in flight is held back at its worst, and goes on when it has ended for less', async () => {
    const door = doorOf('mine', { local: true, waits: true, promptTokens: 1 });
    // two at worst (28 guessed and 10 to write each), many more in truth (11 each)
    const service = createModelService({ doors: [door], budget: { tokens: 80 } });
    const all = Array.from({ length: 6 }, (_, i) => service.perform(task(i)));
    expect(door.asked).toBe(2);
    while (door.open.length > 0) {
      door.open.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(outcomes(await Promise.all(all))).toEqual({ ok: 4, budget: 2 });
    expect(service.budget.spent.tokens).toBe(44);
    await service.close();
  });

  test('when it is spent tasks may be held instead, until there is more', async () => {
    const door = doorOf('mine', { local: true });
    const service = createModelService({ doors: [door], budget: { calls: 2 }, whenSpent: 'hold' });
    const told = new Promise<string>((resolve) => service.events$.subscribe((event) => { if (event.kind === 'budget' && event.level === 'spent') resolve(event.sentence); }));
    const all = Array.from({ length: 5 }, (_, i) => service.perform(task(i)));
    expect(await told).toBe('The budget is spent: 2 of 2 calls.');
    expect(door.asked).toBe(2);
    expect(service.inFlight).toBeGreaterThanOrEqual(3);
    service.raise({ calls: 4 });
    while (door.asked < 4) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all(all.slice(0, 4));
    await service.close();
    expect(await all[4]).toMatchObject({ outcome: 'fallback', reason: 'The run was stopped.' });
  });

  test('a cap in dollars wants a price, unless the model runs here', () => {
    expect(() => createModelService({ doors: [doorOf('unheard-of')], budget: { dollars: 1 } }))
      .toThrow(new ModelError('refused', 'The price of unheard-of is not known, so a cap of $1 cannot be kept: give its price with --prices, or cap calls or tokens.'));
    createModelService({ doors: [doorOf('unheard-of', { local: true })], budget: { dollars: 1 } });
    createModelService({ doors: [doorOf('unheard-of')], budget: { dollars: 1 }, prices: { date: '2026-01-01', models: { 'unheard-of': { input: 1, output: 1 } } } });
  });

  test('a model that writes denser tokens than guessed raises the guess', async () => {
    const door = doorOf('dense', { local: true, promptTokens: 2000, slots: 1 });
    const service = createModelService({ doors: [door], budget: { tokens: 5500 } });
    const long = (i: number): Task<string> => ({ ...task(i), request: { ...task(i).request, messages: [{ role: 'user', content: String(i).padEnd(900, '界') }] } });
    const answers = [await service.perform(long(1)), await service.perform(long(2)), await service.perform(long(3))];
    expect(outcomes(answers)).toEqual({ ok: 2, budget: 1 });
    await service.close();
  });

  test('whatever is held and settled, no cap is passed, and what is held is given back', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(100)), { maxLength: 60 }), fc.nat(500), (jobs, cap) => {
      const levels: string[] = [];
      const purse = new Purse({ tokens: cap }, (level) => levels.push(level), () => 0);
      const out: { calls: number; tokens: number; dollars: number }[] = [];
      for (const [tokens, share] of jobs) {
        const worst = { calls: 1, tokens, dollars: 0 };
        if (purse.admits(worst) === 'now') {
          purse.hold(worst);
          out.push(worst);
        } else if (out.length > 0) {
          const one = out.shift()!;
          purse.settle(one, { ...one, tokens: Math.floor(one.tokens * share / 100) });
        }
        expect(purse.state.spent.tokens).toBeLessThanOrEqual(cap);
      }
      for (const one of out) purse.settle(one, one);
      expect(purse.state.spent.tokens).toBeLessThanOrEqual(cap);
      const left = cap - purse.state.spent.tokens;
      expect(purse.admits({ calls: 1, tokens: left, dollars: 0 })).toBe('now');
      expect(levels.length).toBeLessThanOrEqual(2);
    }));
  });

  test('the rate is that of the last two minutes', () => {
    let now = 0;
    const purse = new Purse({ calls: 100 }, () => undefined, () => now);
    now = 60_000;
    for (let i = 0; i < 10; i++) purse.spend({ calls: 1, tokens: 100, dollars: 0.5 });
    expect(purse.state.perMinute).toEqual({ calls: 10, tokens: 1000, dollars: 5 });
    now = 120_000;
    expect(purse.state.perMinute.calls).toBe(5);
    now = 600_000;
    expect(purse.state.perMinute.calls).toBe(0);
    expect(purse.state.used).toBe(0.1);
  });
});

describe('prices', () => {
  let folder: string;
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-prices-')); });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are found by name, before a date or after a vendor, and never by likeness', () => {
    const { models } = knownPrices;
    expect(findPrice(knownPrices, 'gpt-4o-mini')).toBe(models['gpt-4o-mini']);
    expect(findPrice(knownPrices, 'gpt-4o-2024-08-06')).toBe(models['gpt-4o']);
    expect(findPrice(knownPrices, 'claude-3-5-haiku-20241022')).toBe(models['claude-3-5-haiku']);
    expect(findPrice(knownPrices, 'openai/gpt-4o')).toBe(models['gpt-4o']);
    for (const name of ['gpt-4o-realtime', 'gpt', 'toString', '__proto__', 'my-gpt-4o']) expect(findPrice(knownPrices, name)).toBeUndefined();
    expect(priceOf({ model: 'any', where: 'embedded' }, knownPrices)).toEqual({ input: 0, output: 0 });
    expect(priceOf({ model: 'any', where: 'endpoint' }, knownPrices)).toBeNull();
    expect(dollarsFor({ input: 2, output: 8 }, 500_000, 250_000)).toBe(3);
  });

  test('are read from a file that is checked', () => {
    const file = join(folder, 'prices.json');
    writeFileSync(file, '{"date": "2026-01-31", "models": {"m": {"input": 0.5, "output": 1.5}}}');
    expect(readPrices(file).models['m']).toEqual({ input: 0.5, output: 1.5 });
    for (const [text, sentence] of [
      ['{"date": "yesterday", "models": {}}', /is wrong at date: a day such as 2025-08-01 is expected/],
      ['{"date": "2026-01-31", "models": {"m": {"input": -1, "output": 1}}}', /is wrong at models\.m\.input/],
      ['{"date": "2026-01-31", "models": {"m": {"input": 1}}}', /is wrong at models\.m\.output/],
      ['not json', /cannot be read/],
    ] as const) {
      writeFileSync(file, text);
      expect(() => readPrices(file)).toThrow(sentence);
    }
    expect(() => readPrices(join(folder, 'none.json'))).toThrow(/cannot be read/);
  });

  test('make an estimate of what is expected', () => {
    const found = estimate([
      { kind: 'llm-mutate', model: 'gpt-4o', count: 100, promptTokens: 1000, completionTokens: 100, repairs: 0 },
      { kind: 'deliberate', model: 'mine', count: 10, promptTokens: 100, completionTokens: 10, repairs: 0.5 },
      { kind: 'interesting', model: 'other', count: 1, promptTokens: 5, completionTokens: 1, repairs: 0 },
    ], knownPrices, ['mine']);
    expect(found).toMatchObject({ calls: 116, promptTokens: 100_000 + 1550 + 5, completionTokens: 10_000 + 150 + 1, unpriced: ['other'] });
    expect(found.dollars).toBeCloseTo(0.35, 9);
    expect(found.byKind[1]).toEqual({ kind: 'deliberate', model: 'mine', calls: 15, tokens: 1700, dollars: 0 });
    expect(guessPromptTokens({ messages: [{ role: 'user', content: 'x'.repeat(400) }] })).toBe(108);
  });
});
