import { describe, expect, it } from 'vitest';
import { createInstincts } from '../../agents/instincts/store.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { NOBODY, Operator, Outcome, Variation } from '../../core/kernel/tick-events.ts';
import { OperatorLedger, type CountedLife } from '../../core/measures/operator-ledger.ts';
import { ledgerGroups, type LedgerGroup, type OperatorTally } from '../../core/measures/operator-tally.ts';
import { SeenTexts } from '../../core/measures/seen-texts.ts';
import { mean, standardDeviation } from '../../core/measures/statistics.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';
import { startPlain } from './plain-world.ts';

interface Birth { tick: number; id: number; parent: number; groups: LedgerGroup[]; outcome: number; askedOf: string | undefined; same: boolean; novel: boolean }
interface Death { tick: number; id: number; bornAt: number; objective: number; measure0: number; measure1: number; children: number }

/** All that happens in a simulation, kept, so that the books can be made afresh at the end. */
function keepAll(simulation: Simulation) {
  const births: Birth[] = [];
  const deaths: Death[] = [];
  const conceived = new Map<number, number>();
  const texts = new Set<string>();
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { births: b, deaths: d, conceptions: c } = event;
    const asked = new Map(event.commands.flatMap(({ command }) => (command.kind === 'deliver' ? [[command.child, command.operator] as const] : [])));
    for (let i = 0; i < b.count; i++) {
      const text = simulation.kernel.genomes.text(b.genome[i]!);
      const groups: LedgerGroup[] = b.operator[i] === Operator.founder ? ['founder'] : b.operator[i] === Operator.copy ? ['copy']
        : [b.operator[i] === Operator.llm ? 'llm' : 'blind', ...ledgerGroups.filter((g) => g in Variation && (b.variation[i]! & Variation[g as keyof typeof Variation]) !== 0)];
      births.push({ tick: event.tick, id: b.id[i]!, parent: b.parent[i]!, groups, outcome: b.outcome[i]!, askedOf: asked.get(b.id[i]!), same: b.same[i] === 1, novel: !texts.has(text) });
      texts.add(text);
    }
    for (let i = 0; i < c.count; i++) conceived.set(c.child[i]!, c.parent[i]!);
    for (let i = 0; i < d.count; i++) {
      deaths.push({ tick: event.tick, id: d.id[i]!, bornAt: d.bornAt[i]!, children: d.children[i]!, objective: d.objective[i]!, measure0: d.measure0[i]!, measure1: d.measure1[i]! });
    }
  });
  return { births, deaths, conceived };
}

/** The books made afresh: what a ledger that began after `since` and counted `most` births should say. */
function afresh({ births, deaths, conceived }: ReturnType<typeof keepAll>, since: number, most: number): { tallies: Partial<OperatorTally>[]; lives: number[] } {
  const gone = new Map(deaths.map((death) => [death.id, death]));
  const stock = births.filter(({ tick, id }) => tick <= since && !((gone.get(id)?.tick ?? Infinity) <= since));
  const later = births.filter(({ tick }) => tick > since);
  const counted = later.slice(0, most);
  const writer = new Map<number, LedgerGroup[]>([
    ...stock.map(({ id }): [number, LedgerGroup[]] => [id, ['founder']]),
    ...counted.map(({ id, groups, same }): [number, LedgerGroup[]] => [id, same ? ['copy'] : groups]),
  ]);
  const offspring = later.filter(({ parent }) => parent !== NOBODY && writer.has(parent));
  // every organism, egg included, that still lives, and all its first-parent ancestors
  const surviving = new Set<number>();
  for (const [child, parent] of conceived) if (!births.some(({ id }) => id === child)) mark(parent);
  for (const { id } of births) if (!gone.has(id)) mark(id);
  function mark(from: number): void {
    for (let at = from; at !== NOBODY && !surviving.has(at); at = conceived.get(at) ?? NOBODY) surviving.add(at);
  }
  const ended = counted.flatMap(({ id }) => gone.get(id) ?? []);
  const tallies = ledgerGroups.map((group): Partial<OperatorTally> => {
    const mine = counted.filter(({ groups }) => groups.includes(group));
    const written = [...writer].filter(([, groups]) => groups.includes(group)).map(([id]) => id);
    const children = offspring.filter(({ parent }) => written.includes(parent)).length;
    const lives = ended.filter(({ id }) => written.includes(id));
    const moments = (values: number[]) => ({
      n: values.length, mean: values.length === 0 ? NaN : expect.closeTo(mean(values), 9) as number,
      deviation: values.length < 2 ? NaN : expect.closeTo(standardDeviation(values), 9) as number,
    });
    const planned = counted.filter(({ outcome, askedOf }) => outcome !== Outcome.none && (group === 'llm' || group === askedOf));
    return {
      group, births: mine.length, copies: mine.filter(({ same }) => same).length, novel: mine.filter(({ novel }) => novel).length,
      asked: planned.length, repaired: planned.filter(({ outcome }) => outcome === Outcome.repaired).length,
      fallbacks: planned.filter(({ outcome }) => outcome === Outcome.fallback || outcome === Outcome.budget).length,
      objective: moments(lives.map((life) => life.objective)), measure0: moments(lives.map((life) => life.measure0)),
      measure1: moments(lives.map((life) => life.measure1)), age: moments(lives.map(({ tick, bornAt }) => tick - bornAt)),
      written: written.length, offspring: children,
      birthsShare: offspring.length === 0 ? null : children / offspring.length,
      genomesShare: writer.size === 0 ? null : written.length / writer.size,
      livingLineages: written.filter((id) => surviving.has(id)).length,
    };
  });
  return { tallies, lives: ended.map(({ id }) => id).sort((a, b) => a - b) };
}

/** Plain world: half the children planned for a model, which copies, repairs, fails or writes something new in turn. */
function plainRun(ticks: number, begin: { at: number; most: number } | null) {
  const { simulation } = startPlain({ founders: ['breed', 'rest', 'pair', 'breed', 'leave'], parameters: { gestation: 3, capacity: 120, mutationRate: 0.5, modelShare: 0.5 } });
  const lives: CountedLife[] = [];
  const ledger = new OperatorLedger(simulation, { onLife: (life) => lives.push(life) });
  const all = keepAll(simulation);
  for (let tick = 1; tick <= ticks; tick++) {
    // two waves of hunger
    if (tick === 20 || tick === 36) simulation.submit({ kind: 'set', key: 'income', value: -1.5 });
    if (tick === 24 || tick === 39) simulation.submit({ kind: 'set', key: 'income', value: 0.5 });
    for (const child of simulation.due()) {
      const operator = (['llm-mutate', 'llm-crossover', 'llm-invent'] as const)[child % 3]!;
      if (child % 5 === 0) simulation.submit({ kind: 'deliver', child, outcome: child % 2 === 0 ? 'fallback' : 'budget', operator, genome: null, reason: 'it was silent' });
      else simulation.submit({ kind: 'deliver', child, outcome: child % 7 === 0 ? 'repaired' : 'ok', operator, genome: child % 4 === 0 ? 'breed' : `breed#${child % 40}`, reason: '' });
    }
    simulation.step();
    if (tick === begin?.at) ledger.begin(begin.most);
  }
  return { ledger, all, lives };
}

describe('the ledger of operators', () => {
  it.each<[string, { at: number; most: number } | null]>([
    ['a whole run', null], ['from a tick on', { at: 8, most: Infinity }], ['the next forty births', { at: 15, most: 40 }],
  ])('[E6] agrees with books made afresh from every event: %s', (_, begin) => {
    const { ledger, all, lives } = plainRun(45, begin);
    const { tallies, lives: ended } = afresh(all, begin?.at ?? 0, begin?.most ?? Infinity);
    const report = ledger.report();
    report.forEach((tally, g) => expect(tally, tally.group).toMatchObject(tallies[g]!));
    const of = (group: LedgerGroup): OperatorTally => report[ledgerGroups.indexOf(group)]!;
    expect(ledger.counted).toBe(of('founder').births + of('copy').births + of('blind').births + of('llm').births);
    if (begin !== null && begin.most < Infinity) expect(ledger.counted).toBe(begin.most);
    // after a restart whoever died was born before or counted: only the counted are told of
    expect(ended.length).toBeGreaterThan(5);
    expect(lives.slice(-ended.length).map(({ id }) => id).sort((a, b) => a - b)).toEqual(ended);
    expect(of('llm').asked).toBe(of('llm').births + of('llm').fallbacks);
    for (const group of ['copy', 'llm', 'llm-mutate', 'llm-crossover', 'llm-invent'] as const) expect(of(group).births, group).toBeGreaterThan(0);
    expect(of('llm').copies).toBeGreaterThan(0);
    expect(of('llm').novel).toBeLessThan(of('llm').births - of('llm').copies);
    for (const { birthsShare, genomesShare, reproductionRatio } of report) {
      if (birthsShare !== null && genomesShare !== null && genomesShare > 0) expect(reproductionRatio).toBeCloseTo(birthsShare / genomesShare, 12);
    }
  });

  it('[E6] agrees with books made afresh in a meadow, where a blind child counts under each of its edits and once under blind', () => {
    const world = findWorld('meadow');
    const parameters = resolveParameters(world.parameters, { size: 32, patchSize: 8, founders: 40, lifespan: 60, mutationRate: 0.8 });
    const simulation = new Simulation({ world, parameters, seed: 5, genomes: createInstincts(world.vocabulary) });
    const ledger = new OperatorLedger(simulation);
    const all = keepAll(simulation);
    for (let tick = 1; tick <= 260; tick++) {
      simulation.step();
      if (tick === 80) ledger.begin(150);
    }
    const { tallies } = afresh(all, 80, 150);
    const report = ledger.report();
    report.forEach((tally, g) => expect(tally, tally.group).toMatchObject(tallies[g]!));
    const of = (group: LedgerGroup): OperatorTally => report[ledgerGroups.indexOf(group)]!;
    expect(of('blind').births).toBeGreaterThan(80);
    expect(of('point').births + of('insert').births + of('delete').births + of('duplicate').births + of('swap').births).toBeGreaterThan(of('blind').births);
    expect(of('llm').births).toBe(0);
    expect(of('llm').reproductionRatio).toBeNull();
    expect(of('blind').novel / of('blind').births).toBeGreaterThan(0.7);
    // the ratio is the mean number of children, relative to everyone's
    const everyone = report.filter(({ group }) => ['founder', 'copy', 'blind'].includes(group));
    const meanOf = (rows: OperatorTally[]): number => rows.reduce((sum, row) => sum + row.offspring, 0) / rows.reduce((sum, row) => sum + row.written, 0);
    expect(of('blind').reproductionRatio).toBeCloseTo(meanOf([of('blind')]) / meanOf(everyone), 12);
  });

  it('[E6] takes children for copies whose bodies are alike, whatever else their genomes say', () => {
    const { simulation } = startPlain({ founders: ['breed', 'breed#1'], parameters: { gestation: 2, capacity: 60, mutationRate: 0.5 } });
    // the number behind the act is no part of the body, so nothing is ever new but the first
    const ledger = new OperatorLedger(simulation, { bodyOf: (genome) => genome.split('#')[0]! });
    for (let tick = 0; tick < 12; tick++) simulation.step();
    const report = ledger.report();
    const born = report.filter(({ group }) => group === 'copy' || group === 'blind');
    expect(born.every(({ births, copies, novel }) => births > 0 && copies === births && novel === 0)).toBe(true);
    expect(report[ledgerGroups.indexOf('founder')]).toMatchObject({ births: 2, novel: 1 });
    // and nobody but the founders and copies wrote anything
    expect(report[ledgerGroups.indexOf('blind')]).toMatchObject({ written: 0, offspring: 0, livingLineages: 0 });
  });

  it('[E7] changes nothing: the fingerprint is the same with and without it', () => {
    const run = (watch: boolean): string => {
      const { simulation } = startPlain({ parameters: { mutationRate: 0.5 } });
      if (watch) new OperatorLedger(simulation).begin(10);
      for (let tick = 0; tick < 15; tick++) simulation.step();
      return simulation.fingerprint;
    };
    expect(run(true)).toBe(run(false));
  });
});

describe('texts that were seen', () => {
  it('[E6] are known again, however many; beyond the bound the oldest pass for new and it is said', () => {
    const seen = new SeenTexts();
    const texts = Array.from({ length: 5000 }, (_, i) => `when energy > ${i} -> eat`);
    expect(texts.every((text) => seen.add(text))).toBe(true);
    expect(texts.some((text) => seen.add(text))).toBe(false);
    expect(seen.forgets).toBe(false);

    const small = new SeenTexts(3);
    expect(['a', 'b', 'c', 'a'].map((text) => small.add(text))).toEqual([true, true, true, false]);
    expect(['d', 'b', 'e'].map((text) => small.add(text))).toEqual([true, false, true]);
    expect(small.forgets).toBe(true);
    // the last three are always known
    for (let i = 0; i < 40; i++) {
      small.add(String(i));
      for (const recent of [i, i - 1, i - 2]) if (recent >= 0) expect(small.add(String(recent))).toBe(false);
    }
    expect(() => new SeenTexts(0)).toThrow('to hold 0 texts');
  });
});
