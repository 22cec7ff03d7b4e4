import { describe, expect, it } from 'vitest';
import { advance, type GenomeWriter } from '../../core/advance.ts';
import type { TickEvent } from '../../core/events/event.ts';
import type { Delivery } from '../../core/kernel/delivery.ts';
import { NOBODY, Operator, Outcome } from '../../core/kernel/tick-events.ts';
import { countTotals } from '../../core/measures/totals.ts';
import type { Simulation } from '../../core/simulation.ts';
import { startPlain } from './plain-world.ts';

interface Birth { tick: number; id: number; parent: number; partner: number; operator: number; outcome: number; same: number; genome: string }

function watch(simulation: Simulation): { births: Birth[]; conceptions: { tick: number; child: number; parent: number; byModel: number }[]; ticks: number[] } {
  const seen: ReturnType<typeof watch> = { births: [], conceptions: [], ticks: [] };
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { tick, births, conceptions }: TickEvent = event;
    seen.ticks.push(tick);
    for (let i = 0; i < births.count; i++) {
      seen.births.push({
        tick, id: births.id[i]!, parent: births.parent[i]!, partner: births.partner[i]!, operator: births.operator[i]!,
        outcome: births.outcome[i]!, same: births.same[i]!, genome: simulation.kernel.genomes.text(births.genome[i]!),
      });
    }
    for (let i = 0; i < conceptions.count; i++) {
      seen.conceptions.push({ tick, child: conceptions.child[i]!, parent: conceptions.parent[i]!, byModel: conceptions.byModel[i]! });
    }
  });
  return seen;
}

const never: GenomeWriter = { collect: (child) => Promise.reject(new Error(`Nobody may ask for child ${child}.`)) };
const noteworthy = (child: number): Delivery => ({ child, outcome: 'ok', genome: `rest#${child}`, reason: '' });

describe('gestation', () => {
  it.each([1, 2, 7])('[G1] a child conceived at t is born at t + %i, in the order of conception', (gestation) => {
    const { simulation } = startPlain({ founders: ['breed', 'breed', 'rest'], parameters: { gestation, mutationRate: 0 } });
    const { births, conceptions } = watch(simulation);
    for (let i = 0; i < 10; i++) simulation.step();
    const born = births.filter(({ parent }) => parent !== NOBODY);
    expect(born.length).toBeGreaterThan(0);
    for (const { tick, id } of born) expect(tick).toBe(conceptions.find(({ child }) => child === id)!.tick + gestation);
    for (let i = 1; i < births.length; i++) expect(births[i]!.id).toBeGreaterThan(births[i - 1]!.id);
    expect(simulation.kernel.eggs.count).toBe(conceptions.length - born.length);
  });

  it('[G1] the child is born where it was conceived, with its endowment, and founders stand in the births of tick 1', () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 2 } });
    const { births } = watch(simulation);
    const { pop } = simulation.kernel;
    const place = [pop.columns.x[0], pop.columns.y[0]];
    for (let i = 0; i < 3; i++) simulation.step();
    expect(births.map(({ tick, id, parent }) => [tick, id, parent])).toEqual([[1, 0, NOBODY], [3, 1, 0]]);
    expect([pop.columns.x[1], pop.columns.y[1], pop.columns.energy[1], pop.columns.lineage[1], pop.columns.bornAt[1]]).toEqual([...place, 2, 0, 3]);
  });

  it('[G1] an egg outlives its parents', () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 5, mutationRate: 0 } });
    simulation.step();
    simulation.submit({ kind: 'set', key: 'income', value: -5 });
    for (let i = 0; i < 4; i++) simulation.step();
    expect([simulation.kernel.pop.count, simulation.kernel.eggs.count > 0]).toEqual([0, true]);
    simulation.submit({ kind: 'set', key: 'income', value: 0 });
    simulation.step();
    expect(simulation.kernel.pop.count).toBe(1);
    expect(simulation.kernel.genomes.text(simulation.kernel.pop.columns.genome[0]!)).toBe('breed');
  });

  it('[G1] two parents stand in the birth, and the child has the genome of one of them when nothing mutates', () => {
    const { simulation } = startPlain({ founders: ['rest', 'pair'], parameters: { mutationRate: 0 } });
    const { births } = watch(simulation);
    for (let i = 0; i < 9; i++) simulation.step();
    const born = births.filter(({ parent }) => parent !== NOBODY);
    expect(new Set(born.map(({ genome }) => genome))).toEqual(new Set(['rest', 'pair']));
    for (const { partner, same, outcome } of born) expect([partner, same, outcome]).toEqual([0, 1, Outcome.none]);
  });

  it('[G4] a share of 0 asks the model for none, a share of 1 for every child, and 0.3 for about three in ten, the same ones again', async () => {
    const planned = (modelShare: number): number[] => {
      const { simulation } = startPlain({ founders: new Array<string>(200).fill('breed'), parameters: { gestation: 100, modelShare } });
      const { conceptions } = watch(simulation);
      for (let i = 0; i < 4; i++) simulation.step();
      expect(conceptions.length).toBe(800);
      return conceptions.filter(({ byModel }) => byModel === 1).map(({ child }) => child);
    };
    expect(planned(0)).toEqual([]);
    expect(planned(1).length).toBe(800);
    const some = planned(0.3);
    // four standard deviations of a binomial of 800
    expect(Math.abs(some.length - 240)).toBeLessThan(52);
    expect(planned(0.3)).toEqual(some);
    // a larger share asks for those and more: turning it does not redraw the rest
    expect(planned(0.5).filter((child) => some.includes(child))).toEqual(some);
    await Promise.resolve();
  });

  it('[G2] the world does not wait, nor ask, before a birth is due, nor for a child that is not the model\'s', async () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 4, modelShare: 1 } });
    for (let i = 0; i < 4; i++) expect(await advance(simulation, { writer: never })).toBe(false);
    await expect(advance(simulation, { writer: never })).rejects.toThrow('Nobody may ask for child 1.');
    const other = startPlain({ founders: ['breed'], parameters: { gestation: 1, modelShare: 0 } });
    for (let i = 0; i < 5; i++) await advance(other.simulation, { writer: never });
    expect(other.simulation.kernel.tick).toBe(5);
  });

  it('[G2] it waits for what is late and says so, and not for what is there', async () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 1, modelShare: 1 } });
    const ready: GenomeWriter = { collect: (child) => Promise.resolve(noteworthy(child)) };
    const late: GenomeWriter = { collect: (child) => new Promise((resolve) => { setImmediate(() => resolve(noteworthy(child))); }) };
    expect([await advance(simulation, { writer: ready }), await advance(simulation, { writer: ready }), await advance(simulation, { writer: late })]).toEqual([false, false, true]);
    expect(simulation.kernel.tick).toBe(3);
  });

  it('[G2] deliveries are applied by the children\'s ids whatever order they arrive in: the fingerprint is the same', async () => {
    const run = async (turnsFor: (child: number) => number): Promise<{ fingerprint: string; arrived: number[] }> => {
      const { simulation } = startPlain({ founders: new Array<string>(6).fill('breed'), parameters: { gestation: 2, modelShare: 0.7, capacity: 60 } });
      const arrived: number[] = [];
      const writer: GenomeWriter = {
        async collect(child) {
          for (let turn = 0; turn < turnsFor(child); turn++) await new Promise((resolve) => { setImmediate(resolve); });
          arrived.push(child);
          return child % 5 === 0 ? { child, outcome: 'fallback', genome: null, reason: 'tired' } : noteworthy(child);
        },
      };
      for (let i = 0; i < 12; i++) await advance(simulation, { writer });
      return { fingerprint: simulation.fingerprint, arrived };
    };
    const forward = await run(() => 0);
    const backward = await run((child) => 60 - child);
    const mixed = await run((child) => (child * 7) % 5);
    expect(backward.arrived).not.toEqual(forward.arrived);
    expect([...backward.arrived].sort((a, b) => a - b)).toEqual([...forward.arrived].sort((a, b) => a - b));
    expect([backward.fingerprint, mixed.fingerprint]).toEqual([forward.fingerprint, forward.fingerprint]);
  });

  it('[G3][L4] without a writer every child planned for the model is a counted fallback, born by the classical operators', async () => {
    const { simulation } = startPlain({ founders: ['breed', 'breed'], parameters: { gestation: 1, modelShare: 1, mutationRate: 1, capacity: 40 } });
    const totals = countTotals(simulation);
    const { births } = watch(simulation);
    const reasons: string[] = [];
    simulation.events$.subscribe((event) => {
      if (event.kind === 'tick') for (const { command } of event.commands) if (command.kind === 'deliver') reasons.push(command.reason);
    });
    for (let i = 0; i < 8; i++) await advance(simulation);
    const born = births.filter(({ parent }) => parent !== NOBODY);
    expect(born.length).toBeGreaterThan(10);
    expect(totals.fallbacks).toBe(born.length);
    expect(totals.birthsByOperator.llm).toBe(0);
    for (const { operator, outcome } of born) expect([[Operator.classical, Operator.copy].includes(operator as 1), outcome]).toEqual([true, Outcome.fallback]);
    expect(reasons).toEqual(born.map(() => 'no model is at hand'));
  });

  it('[G5][L4] what a model wrote is its birth: repaired ones are counted, and copies of a parent are marked', async () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 1, modelShare: 1 } });
    const totals = countTotals(simulation);
    const { births } = watch(simulation);
    const answers = [noteworthy, (child: number): Delivery => ({ child, outcome: 'repaired', genome: 'breed', reason: 'a word too many' }),
      (child: number): Delivery => ({ child, outcome: 'ok', genome: 'breed', reason: '' })];
    let asked = 0;
    for (let i = 0; i < 4; i++) await advance(simulation, { writer: { collect: (child) => Promise.resolve(answers[Math.min(asked++, 2)]!(child)) } });
    const [first, second, third] = births.filter(({ parent }) => parent !== NOBODY);
    expect(first).toMatchObject({ operator: Operator.llm, outcome: Outcome.ok, same: 0, genome: 'rest#1' });
    expect(second).toMatchObject({ operator: Operator.llm, outcome: Outcome.repaired, same: 1, genome: 'breed' });
    expect(third).toMatchObject({ operator: Operator.llm, outcome: Outcome.ok, same: 1 });
    expect([totals.birthsByOperator.llm, totals.repaired, totals.fallbacks, totals.copies]).toEqual([births.length - 1, 1, 0, births.length - 2]);
  });

  it('[G2] a step without the genome that is due is an error that names the child, not a silent fallback', () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 1, modelShare: 1 } });
    simulation.step();
    expect(simulation.due()).toEqual([1]);
    expect(() => simulation.step()).toThrow('Child 1 is due at tick 2 and its genome has not been delivered.');
  });

  it('[G2] a delivery that comes before its tick is not kept: the child is still to be asked for', () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 2, modelShare: 1 } });
    simulation.step();
    simulation.submit({ kind: 'deliver', ...noteworthy(1) });
    simulation.step();
    expect(simulation.due()).toEqual([1]);
    expect(() => simulation.step()).toThrow('Child 1 is due at tick 3 and its genome has not been delivered.');
  });

  it('[G2] a delivery handed in by a command needs no asking; one for nobody changes nothing but the record', async () => {
    const { simulation } = startPlain({ founders: ['breed'], parameters: { gestation: 2, modelShare: 1 } });
    simulation.step();
    simulation.submit({ kind: 'deliver', ...noteworthy(77) });
    simulation.step();
    simulation.submit({ kind: 'deliver', ...noteworthy(1) });
    expect(simulation.due()).toEqual([]);
    await advance(simulation, { writer: never });
    expect(simulation.kernel.genomes.text(simulation.kernel.pop.columns.genome[1]!)).toBe('rest#1');
  });

  it('[G6] at capacity conceptions are refused, eggs counted, by rising id of the parent, and life goes on', () => {
    const { simulation } = startPlain({ founders: new Array<string>(12).fill('breed'), parameters: { gestation: 3, capacity: 16, mutationRate: 0 } });
    const { conceptions } = watch(simulation);
    for (let i = 0; i < 10; i++) {
      simulation.step();
      expect(simulation.kernel.pop.count + simulation.kernel.eggs.count).toBeLessThanOrEqual(16);
    }
    expect(conceptions.map(({ tick, parent }) => [tick, parent])).toEqual([[1, 0], [1, 1], [1, 2], [1, 3]]);
    expect([simulation.kernel.pop.count, simulation.kernel.tick]).toEqual([16, 10]);
  });
});
