import { describe, expect, it } from 'vitest';
import { ModelError, type ModelDoor } from '../../agents/model/contract.ts';
import { knownPrices } from '../../agents/model/prices.ts';
import type { Task } from '../../agents/model/task.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { commonGarden } from '../../core/experiments/common-garden.ts';
import { compare, type Question } from '../../core/experiments/compare.ts';
import { mean } from '../../core/measures/statistics.ts';
import { markdown, plainText } from '../../viewer/cli/trial-blocks.ts';
import { planTrial, readArms, type ArmName } from '../../viewer/cli/trial-plan.ts';
import { contrasts, delivered, tallyOf, validShare, type GardenResult, type TrialResults } from '../../viewer/cli/trial-questions.ts';
import { trialReport } from '../../viewer/cli/trial-report.ts';
import { trialRun, type TrialRun } from '../../viewer/cli/trial-run.ts';
import { trialModel } from '../../viewer/cli/trial-model.ts';
import { duration } from '../../viewer/cli/trial-progress.ts';
import { findWorld } from '../../worlds/index.ts';
import { author, copied, flags, goodProgram, planOf, run, sterileProgram, type Author } from './trial-runs.ts';

const meadow = findWorld('meadow');

describe('a run of a trial', () => {
  it('[P2] begins as every other arm of its seed, counts as many births, and sees every counted life to its end', async () => {
    const runs = await Promise.all((['blind', 'llm', 'mixed'] as const).map((arm) => run(arm, 3)));
    const [blind, llm, mixed] = runs as [TrialRun, TrialRun, TrialRun];
    for (const one of [blind, llm, mixed]) {
      expect(one).toMatchObject({ births: 60, ended: 'whole', start: blind.start, ticks: { before: 140 }, population: { start: blind.population.start } });
      expect(one.genomes.start).toEqual(blind.genomes.start);
      expect(one.lives).toHaveLength(60);
      expect(one.population.start).toBe(one.genomes.start.length);
      expect(one.population.end).toBe(one.genomes.end.length);
      const made = (['copy', 'blind', 'llm'] as const).map((group) => tallyOf(one, group));
      expect(made.reduce((sum, { births }) => sum + births, 0)).toBe(60);
      expect(mean(one.lives.map(({ objective }) => objective))).toBeCloseTo(
        made.reduce((sum, { objective }) => sum + (objective.n === 0 ? 0 : objective.n * objective.mean), 0) / 60, 9);
      // what is kept is read back as it was
      expect(trialRun.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
    }
    expect(new Set(runs.map((one) => one!.fingerprint)).size).toBe(3);
    expect([tallyOf(blind, 'llm').asked, tallyOf(llm, 'llm').asked]).toEqual([0, 60]);
    expect(tallyOf(mixed, 'llm').asked).toBeGreaterThan(15);
    expect(tallyOf(mixed, 'llm').asked).toBeLessThan(45);
    expect(blind.model).toBeNull();
    expect(llm.model).toMatchObject({ name: 'author', dollars: 0 });
    expect((await run('llm', 4))!.start).not.toBe(blind.start);
  });

  it('[L1][P2] is the same every time, and the model is asked for no child that does not count, but in the tick of the last', async () => {
    const [first, second] = [author(goodProgram), author(goodProgram)];
    const [one, again] = [await run('llm', 2, first), await run('llm', 2, second)];
    expect({ ...again, seconds: 0 }).toEqual({ ...one, seconds: 0 });
    expect(first.asked.length).toBeGreaterThanOrEqual(60);
    expect(first.asked.length).toBeLessThan(66);
    expect(one!.model!.calls).toBe(first.asked.length);
  });

  it('[L4] counts what is no program as not valid and the blind child in its place as blind; what came of it the second time as repaired', async () => {
    const faulty = author((request, nth) => (nth % 4 === 0 || (nth > 20 && nth < 40) ? 'I would rather not.' : goodProgram(request)));
    const result = (await run('llm', 1, faulty))!;
    const { asked, fallbacks, repaired, births } = tallyOf(result, 'llm');
    expect(fallbacks).toBeGreaterThan(2);
    expect(repaired).toBeGreaterThan(5);
    expect(births).toBe(asked - fallbacks);
    expect(tallyOf(result, 'blind').births + tallyOf(result, 'copy').births).toBe(fallbacks);
    expect(validShare(result)).toBeCloseTo((60 - fallbacks) / 60, 12);
  });

  it('gives no credit for a parent returned unchanged', async () => {
    const result = (await run('llm', 1, author(copied)))!;
    const { births, copies, novel } = delivered(result, 'llm');
    // but where it is shown an elite of the archive first, which is no parent
    expect(copies).toBeGreaterThan(0.9 * births);
    expect(novel).toBe(0);
    expect(births).toBeGreaterThan(50);
    expect(tallyOf(result, 'llm').written).toBe(births - copies);
    expect(tallyOf(result, 'copy').written).toBeGreaterThanOrEqual(copies);
  });

  it('ends when everyone has died, with the births that there were', async () => {
    const result = (await run('llm', 1, author(sterileProgram), planOf({ budgetBirths: 300 })))!;
    expect(result.ended).toBe('died out');
    expect(result.births).toBeGreaterThan(10);
    expect(result.births).toBeLessThan(300);
    expect(result.genomes.end).toEqual([]);
    expect(result.lives).toHaveLength(result.births);
  });

  it('is given up at once when it is to stop', async () => {
    const stop = new AbortController();
    const silent = author(goodProgram);
    const door = { ...silent.door, complete: () => new Promise<never>(() => { setTimeout(() => stop.abort(), 5); }) };
    expect(await run('llm', 1, { ...silent, door }, planOf(), stop.signal)).toBeNull();
    expect(await run('blind', 1, silent, planOf(), AbortSignal.abort())).toBeNull();
  });
});

describe('a model that serves a trial', () => {
  const task = (n: number): Task<string> => ({
    role: 'operator', kind: 'llm-mutate', due: n, request: { messages: [{ role: 'user', content: String(n) }], maxTokens: 5, temperature: 1, seed: n }, read: ({ text }) => ({ value: text }),
  });

  it('[P5] is given up after five children in a row that it failed to answer for, even where the scheduler leaves it alone', async () => {
    let lost = 0;
    let silent = true;
    const { door } = author(() => 'here');
    const complete: ModelDoor['complete'] = (request) => (silent ? Promise.reject(new ModelError('refused', 'The key is wrong (401).', { status: 401 })) : door.complete(request));
    const model = trialModel({ door: { ...door, complete }, prices: knownPrices, onLost: () => { lost++; } });
    const service = model.serve(null);
    for (let n = 0; n < 4; n++) await service.perform(task(n));
    silent = false;
    expect((await service.perform(task(4))).outcome).toBe('ok');
    silent = true;
    for (let n = 5; n < 9; n++) await service.perform(task(n));
    expect([model.lost, lost]).toEqual([null, 0]);
    for (let n = 9; n < 12; n++) await service.perform(task(n));
    expect(lost).toBe(1);
    expect(model.lost).toMatch(/^The model has failed 5 children in a row, the last time so: .*The key is wrong/);
    await service.close();
  });

  it('knows what a run has cost, and its pace once it has been asked a few times', async () => {
    const model = trialModel({ door: author(() => 'here').door, prices: knownPrices, onLost: () => undefined });
    const service = model.serve(null);
    expect(model.pace).toBeNull();
    for (let n = 0; n < 6; n++) await service.perform(task(n));
    expect(model.pace!.callsPerTask).toBe(1);
    expect(model.pace!.callsPerSecond).toBeGreaterThan(1);
    expect(model.facts(service)).toMatchObject({ name: 'author', calls: 6, promptTokens: 600, completionTokens: 120, live: 6, dollars: 0 });
    await service.close();
    expect(model.facts(model.serve(null))).toMatchObject({ calls: 0, live: 0, seconds: 0 });
    const priced = trialModel({ door: { ...author(() => 'here').door, local: false }, prices: { date: '2026-01-01', models: { author: { input: 10, output: 100 } } }, onLost: () => undefined });
    const dear = priced.serve(null);
    await dear.perform(task(1));
    expect(priced.facts(dear)!.dollars).toBeCloseTo((10 * 100 + 100 * 20) / 1e6, 12);
    await dear.close();
    const unknown = trialModel({ door: { ...author(() => 'here').door, local: false }, prices: knownPrices, onLost: () => undefined });
    expect(unknown.facts(unknown.serve(null))!.dollars).toBeNull();
  });
});

describe('a common garden', () => {
  const { parameters } = planOf();
  const garden = (first: readonly string[], second: readonly string[], seed: number): number | null =>
    commonGarden({ world: meadow, createGenomes: () => createInstincts(meadow.vocabulary), parameters, seed, first, second, each: 40, ticks: 200 });
  const good = 'when energy > 20 -> reproduce\nwhen grass.here > 30% -> eat\notherwise -> climb grass';
  const sterile = 'otherwise -> eat';

  it('[W8] is won by who breeds, whichever side it is on, and by nobody among equals', () => {
    const seeds = Array.from({ length: 20 }, (_, i) => i);
    expect(seeds.slice(0, 4).map((seed) => garden([sterile], [good], seed))).toEqual([1, 1, 1, 1]);
    expect(seeds.slice(0, 4).map((seed) => garden([good], [sterile], seed))).toEqual([0, 0, 0, 0]);
    const equal = mean(seeds.map((seed) => garden(meadow.founders, meadow.founders, seed)!));
    expect(equal).toBeGreaterThan(0.38);
    expect(equal).toBeLessThan(0.62);
    expect(garden([good], [], 1)).toBeNull();
  });
});

describe('a comparison', () => {
  const question = (pairs: [number, number][], more: Partial<Question> = {}): Question =>
    ({ key: 'q', title: 'q', form: 'number', better: 'more', margin: 0.1, pairs, ...more });
  const verdict = (pairs: [number, number][], more: Partial<Question> = {}): string => compare([question(pairs, more)], { resamples: 2000 })[0]!.verdict;

  it('[P3] helps or harms only where both intervals leave out nothing, and says which way is better', () => {
    const up: [number, number][] = [[1, 2], [1.1, 2.2], [0.9, 1.8], [1, 2.1]];
    expect(verdict(up)).toBe('helps');
    expect(verdict(up, { better: 'less' })).toBe('harms');
    expect(verdict(up.map(([a, b]) => [b, a]))).toBe('harms');
    // all four rise, which bootstrap alone would believe; the spread says it may be chance
    const doubtful: [number, number][] = [[1, 1.01], [1, 1.02], [1, 1.03], [1, 3]];
    const [answer] = compare([question(doubtful)]);
    expect(answer!.difference!.lower).toBeGreaterThan(0);
    expect(answer!.p).toBeGreaterThan(0.05);
    expect(answer!.verdict).toBe('unclear');
    expect(answer!.pExact).toBe(2 / 16);
  });

  it('[P3] does not help where no gain worth having is left, and is unclear where one may be', () => {
    const same: [number, number][] = [[1, 1.01], [1, 0.99], [1, 1.02], [1, 0.98]];
    expect(verdict(same)).toBe('no gain');
    expect(verdict(same, { margin: 0.001 })).toBe('unclear');
    expect(verdict([[1, 1], [1, 1], [1, 1]])).toBe('no gain');
  });

  it('[P3] says nothing from fewer than three seeds, leaves out pairs with a part missing, and corrects for the number of questions', () => {
    expect(verdict([[1, 2], [1, 2.001]])).toBe('unclear');
    expect(verdict([])).toBe('unclear');
    const [answer] = compare([question([[1, 2], [NaN, 2], [1, 2.1], [1, NaN], [1, 1.9]])]);
    expect(answer).toMatchObject({ seeds: 3, verdict: 'helps', control: { mean: 1 }, treated: { mean: 2 } });
    const borderline: [number, number][] = [[1, 1.6], [1, 1.9], [1, 2.1], [1, 1.5]];
    expect(compare([question(borderline)])[0]!.verdict).toBe('helps');
    const noise = Array.from({ length: 5 }, (_, i) => question([[1, 1.5], [1, 0.4], [1, 1.1], [1, 0.9 + i / 10]], { key: `noise ${i}` }));
    expect(compare([question(borderline), ...noise])[0]!.verdict).toBe('unclear');
  });
});

/** A whole trial in memory; gardens are asked as the command asks them, only fewer. */
async function trialOf(model: Author, arms: ArmName[], seeds: number[], budgetBirths = 60): Promise<TrialResults> {
  const plan = planOf({ budgetBirths });
  const runs: TrialRun[] = [];
  for (const seed of seeds) for (const arm of arms) runs.push((await run(arm, seed, model, plan))!);
  const gardens = seeds.flatMap((seed) => arms.flatMap((arm): GardenResult[] => {
    const of = (name: ArmName): TrialRun => runs.find((one) => one.arm === name && one.seed === seed)!;
    const rivals: [GardenResult['first'], string[]][] = [['start', of(arm).genomes.start], ...(arm === 'blind' ? [] : [['blind', of('blind').genomes.end] as ['blind', string[]]])];
    return rivals.map(([first, genomes]) => {
      const shares = [1, 2, 3].flatMap((g) => commonGarden({
        world: meadow, createGenomes: () => createInstincts(meadow.vocabulary), parameters: plan.parameters, seed: seed * 1000 + g,
        first: genomes, second: of(arm).genomes.end, each: 30, ticks: 120,
      }) ?? []);
      return { seed, first, second: arm, shares, share: shares.length === 0 ? 0 : mean(shares) };
    });
  }));
  return { plan, arms, seeds, runs, gardens };
}

const seeds = [1, 2, 3];

describe('a report', () => {
  it('says that a model helps when it writes what lives better', async () => {
    const results = await trialOf(author(goodProgram), ['blind', 'llm', 'mixed'], [1, 2, 3, 4]);
    const text = plainText(trialReport(results), 100);
    expect(text).toMatch(/In this trial the model helped\./);
    const found = contrasts(results, 2000);
    expect(found.map(({ title }) => title)).toEqual(['mixed, within', 'llm against blind', 'mixed against blind']);
    const verdicts = Object.fromEntries(found.flatMap(({ comparisons }) => comparisons.map(({ key, verdict }) => [key, verdict])));
    expect(verdicts).toMatchObject({ 'mixed, within: ratio': 'helps', 'llm against blind: garden': 'helps' });
  });

  it('says plainly that a model does not help when what it writes has no children', async () => {
    const results = await trialOf(author(sterileProgram), ['blind', 'llm', 'mixed'], seeds);
    const blocks = trialReport(results);
    const text = markdown(blocks);
    expect(text).toMatch(/\*\*In this trial the model did not help: what it wrote did worse than blind variation\*\*/);
    expect(text).toMatch(/It does not help, it is worse\*\* in: .*reproduction ratio \(0 against/);
    expect(text).toMatch(/\| llm \| model, all \| \d+ \| 100 % \| 0 % \| /);
    expect(text).toMatch(/In the run llm, seed 1, everyone had died after \d+ of 60 births/);
  });

  it('cautions where the model leaves parents as they are, and tells nothing from one seed', async () => {
    const idle = plainText(trialReport(await trialOf(author(copied), ['blind', 'llm'], [1, 2, 3])), 200);
    expect(idle).toMatch(/A caution: the model returns a parent unchanged/);
    expect(idle).toMatch(/is worse in: .*children equal to a parent \((100|9\d\.\d) % against/);
    const single = plainText(trialReport(await trialOf(author(goodProgram), ['blind', 'llm'], [1])), 200);
    expect(single).toMatch(/Whether the model helps cannot be told from 1 seed .*Fewer than 3 seeds never tell/);
    expect(single).not.toMatch(/In this trial the model helped/);
    expect(single).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is made of one arm too, and says what is unequal', async () => {
    const blind = plainText(trialReport(await trialOf(author(goodProgram), ['blind'], [1, 2])), 200);
    expect(blind).toMatch(/There was no arm with a model/);
    expect(blind).not.toMatch(/NaN|undefined|Infinity/);
    const whole = await trialOf(author(goodProgram), ['blind', 'llm'], [1]);
    expect(plainText(trialReport(whole), 400)).toMatch(/There were only [01]\.\d\d births for each one alive at the start/);
    expect(plainText(trialReport({ ...whole, runs: whole.runs.slice(0, 1) }), 400)).toMatch(/1 run is missing/);
  });

  it('is Markdown with whole tables, and lines up for a terminal', () => {
    const table = { kind: 'table', left: 1, head: ['name', 'n'], rows: [['a|b', '1'], ['long', '200']] } as const;
    expect(markdown([table])).toBe('| name | n |\n| --- | ---: |\n| a\\|b | 1 |\n| long | 200 |\n');
    expect(plainText([table, { kind: 'paragraph', text: '**Bold** words `here`' }], 80)).toBe('name    n\n----  ---\na|b     1\nlong  200\n\nBold words here\n');
  });
});

describe('the plan of a trial', () => {
  it('[E3] refuses in one sentence what makes no sense', () => {
    const refused: [Partial<typeof flags> & { model?: string; out?: string; replay?: boolean }, RegExp][] = [
      [{ arms: 'blind,moon' }, /--arms has "moon", but an arm is blind, llm or mixed/],
      [{ arms: '' }, /--arms has ""/],
      [{ set: ['modelShare=0.5'] }, /--set modelShare is 0\.5, but in a trial the arms decide it/],
      [{ set: ['judging=0.5'] }, /--set judging is 0\.5, but a trial is about the children/],
      [{ set: ['size=2'] }, /size is 2, but must be/],
      [{ set: ['capacity=20'] }, /founders is 40, but capacity is only 20/],
      [{ with: ['minds.archetypes=true'] }, /--with is "minds\.archetypes=true", but a trial takes only fields of language/],
      [{ with: ['language.style=odd'] }, /language\.style/],
      [{ model: 'none' }, /--model is none, but the arm llm needs a model/],
      [{ replay: true }, /--replay needs the folder/],
      [{ replay: true, out: 'x', model: 'embedded' }, /--model is embedded, but with --replay/],
    ];
    for (const [changed, sentence] of refused) expect(() => planTrial('meadow', { ...flags, ...changed })).toThrow(sentence);
    expect(() => planTrial('mars', flags)).toThrow(/no world "mars"/);
  });

  it('takes arms in any order, and settings over the small world that it has by default', () => {
    expect(readArms(' mixed, blind ')).toEqual(['blind', 'mixed']);
    const { plan, seeds: planned } = planTrial('meadow', { ...flags, seeds: 3, firstSeed: 7, set: ['size=64'], with: ['language.style=few-shot'] });
    expect(plan).toMatchObject({ parameters: { size: 64, lifespan: 120, modelShare: 0 }, language: { style: 'few-shot' }, model: null });
    expect(planned).toEqual([7, 8, 9]);
  });

  it('tells the time that is left in words', () => {
    expect([3, 100, 3600, 6000].map(duration)).toEqual(['less than a minute', 'about 2 min', 'about 60 min', 'about 1 h 40 min']);
  });
});
