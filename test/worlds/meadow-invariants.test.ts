import { describe, expect, it } from 'vitest';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { answerDue, outsiders, restless, startMeadow, thoughtful, variedFounders } from './meadow-run.ts';

/** Founders are the first births, so they count as born. */
function run(seed: number, ticks: number): void {
  const { simulation, genomes } = startMeadow({ seed, founders: variedFounders(seed), parameters: { modelShare: 0.3, ...thoughtful } });
  const { kernel } = simulation;
  const { pop, eggs, width, height, parts } = kernel;
  const c = pop.columns;
  const ledger = parts.ledger!;
  const interventions = restless(seed);
  const archive = outsiders(seed);
  const alive = new Map<number, number>();
  const unborn = new Map<number, number>();
  let newest = -1;
  let founded = 0;
  for (let row = 0; row < pop.count; row++) founded += c.energy[row]!;
  let deaths = 0;

  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    for (let i = 0; i < event.births.count; i++) {
      const id = event.births.id[i]!;
      expect(alive.has(id)).toBe(false);
      if (event.births.parent[i] !== NOBODY) {
        expect(unborn.get(id)).toBe(event.births.parent[i]);
        unborn.delete(id);
      } else {
        expect(event.tick === 1 || id > newest).toBe(true);
        expect(event.births.lineage[i]).toBe(id);
        newest = Math.max(newest, id);
      }
      alive.set(id, event.births.lineage[i]!);
    }
    for (let i = 0; i < event.conceptions.count; i++) {
      const child = event.conceptions.child[i]!;
      expect(child).toBeGreaterThan(newest);
      newest = child;
      expect(alive.has(event.conceptions.parent[i]!)).toBe(true);
      unborn.set(child, event.conceptions.parent[i]!);
    }
    for (let i = 0; i < event.deaths.count; i++) {
      const id = event.deaths.id[i]!;
      if (i > 0) expect(id).toBeGreaterThan(event.deaths.id[i - 1]!);
      expect(alive.get(id)).toBe(event.deaths.lineage[i]);
      alive.delete(id);
      deaths++;
      for (const measure of [event.deaths.measure0[i]!, event.deaths.measure1[i]!]) expect(measure >= 0 && measure <= 1).toBe(true);
    }
    expect(event.population).toBe(pop.count);
  });

  for (let tick = 1; tick <= ticks; tick++) {
    for (const command of [...interventions(tick), ...archive(tick)]) simulation.submit(command);
    answerDue(simulation);
    simulation.step();
    // [K8]
    expect(pop.count).toBe(alive.size);
    expect(eggs.count).toBe(unborn.size);
    expect(pop.count + eggs.count).toBeLessThanOrEqual(pop.capacity);
    let stored = 0;
    for (let row = 0; row < pop.count; row++) {
      // [K4], [K10]: dense rows with known ids, on the torus, with energy
      if (!alive.has(c.id[row]!)) expect.fail(`row ${row} holds ${c.id[row]}, which is not alive`);
      if (!(c.x[row]! >= 0 && c.x[row]! < width && c.y[row]! >= 0 && c.y[row]! < height)) expect.fail(`${c.id[row]} is at ${c.x[row]}, ${c.y[row]}`);
      if (!(c.energy[row]! > 0)) expect.fail(`${c.id[row]} lives with energy ${c.energy[row]}`);
      if (kernel.dying[row] !== 0 || c.bites[row] !== 0) expect.fail(`${c.id[row]} carries something over into the next tick`);
      genomes.text(c.genome[row]!);
      stored += c.energy[row]!;
    }
    for (let i = 0; i < eggs.count; i++) stored += eggs.energy[(eggs.head + i) % eggs.capacity]!;
    for (const taken of parts.field.takers) if (taken !== 0) expect.fail('a cell has takers between ticks');
    for (const amount of parts.field.amount) if (!(amount >= 0 && amount <= 1.000001)) expect.fail(`a cell bears ${amount}`);
    // [K9]
    const [grazed, burned, bitten, died, bearing] = ledger;
    const { burned: thought, acclaimed } = kernel.deliberation;
    const { immigrated, rewarded } = kernel.influx;
    const flow = founded + grazed! + burned! + Math.abs(bitten!) + Math.abs(died!) + bearing! + thought + immigrated;
    const books = founded + grazed! - burned! - bitten! - died! - bearing! - thought + acclaimed + immigrated + rewarded;
    expect(Math.abs(stored - books)).toBeLessThan(1e-4 * flow);
  }
  expect(kernel.deliberation.burned).toBeGreaterThan(100);
  expect(kernel.deliberation.acclaimed).not.toBe(0);
  expect(kernel.influx.immigrated).toBeGreaterThan(500);
  expect(kernel.influx.rewarded).not.toBe(0);
  expect(deaths).toBeGreaterThan(50);
  // founders are 0 to 159
  expect(newest).toBeGreaterThan(175);
}

describe('a meadow that someone keeps meddling with', () => {
  it.each([1, 2, 3, 4])('[K4][K8][K9][K10] keeps ids, rows, counts, places and the books of energy in order (seed %i)', (seed) => {
    run(seed, 150);
  });
});

describe('a meadow at its limits', () => {
  it('[K12] full: conceptions are refused and the world goes on', () => {
    const { simulation } = startMeadow({ seed: 5, parameters: { size: 32, founders: 190, capacity: 200, costOfLiving: 0, crowding: 0, lifespan: 10_000, scarcity: 0 } });
    let refusedTicks = 0;
    for (let tick = 0; tick < 150; tick++) {
      simulation.step();
      const { pop, eggs, conceptions, gestation: { conceiving } } = simulation.kernel;
      expect(pop.count + eggs.count).toBeLessThanOrEqual(200);
      if (conceiving > conceptions.count) refusedTicks++;
    }
    expect(refusedTicks).toBeGreaterThan(20);
  });

  it('[K12] empty: with no organism, or after the last has died, ticks go on, grass grows, and no birth comes of nothing', () => {
    const empty = startMeadow({ seed: 6, parameters: { founders: 0 } }).simulation;
    for (let tick = 0; tick < 30; tick++) empty.step();
    expect([empty.kernel.tick, empty.kernel.pop.count, empty.kernel.births.count]).toEqual([30, 0, 0]);

    const dying = startMeadow({ seed: 6, founders: ['otherwise -> rest'], parameters: { costOfLiving: 5 } }).simulation;
    for (let tick = 0; tick < 30; tick++) dying.step();
    expect(dying.kernel.pop.count).toBe(0);
    const grass = dying.kernel.parts.field.amount.reduce((sum, amount) => sum + amount, 0);
    for (let tick = 0; tick < 30; tick++) dying.step();
    expect(dying.kernel.tick).toBe(60);
    expect(dying.kernel.parts.field.amount.reduce((sum, amount) => sum + amount, 0)).toBeGreaterThanOrEqual(grass * 0.999);
  });

  it('[K12] alone: one organism sees nobody, finds no mate, and founds a population by itself', () => {
    const start = (genome: string) => startMeadow({ seed: 8, founders: [genome], parameters: { founders: 1, crowding: 0, scarcity: 0, costOfLiving: 0.1, bareGround: 0 } }).simulation;
    const single = start('when energy > 30 and crowd < 1 -> reproduce\notherwise -> eat');
    const lonely = start('when energy > 30 -> mate other\nwhen crowd > 0 -> rest\notherwise -> eat');
    for (let tick = 0; tick < 40; tick++) { single.step(); lonely.step(); }
    expect(single.kernel.pop.count).toBeGreaterThan(1);
    expect([lonely.kernel.pop.count, lonely.kernel.eggs.count, lonely.kernel.pop.columns.children[0]]).toEqual([1, 0, 0]);
  });

  it('[K12] thousands conceive and thousands die in one tick, and the books stay right', () => {
    const { simulation } = startMeadow({
      seed: 9, founders: ['when energy > 19 -> reproduce\notherwise -> rest'], parameters: { size: 256, founders: 5000, capacity: 16_000, crowding: 0, lifespan: 10_000 },
    });
    const { kernel } = simulation;
    const { pop, eggs } = kernel;
    const total = (): number => {
      let sum = 0;
      for (let row = 0; row < pop.count; row++) sum += pop.columns.energy[row]!;
      for (let i = 0; i < eggs.count; i++) sum += eggs.energy[(eggs.head + i) % eggs.capacity]!;
      return sum;
    };
    const before = total();
    simulation.step();
    expect(kernel.conceptions.count).toBeGreaterThan(2500);
    const parents = kernel.conceptions.parent.subarray(0, kernel.conceptions.count);
    for (let i = 1; i < parents.length; i++) if (parents[i]! <= parents[i - 1]!) expect.fail('parents are not in the order of their ids');
    for (let row = 0; row < pop.count; row++) if (pop.columns.children[row]! > 1) expect.fail('conceived twice in a tick');
    const [grazed, burned, , died, bearing] = kernel.parts.ledger!;
    expect(Math.abs(total() - (before + grazed! - burned! - died! - bearing!))).toBeLessThan(1e-4 * before);
    simulation.submit({ kind: 'set', key: 'costOfLiving', value: 5 });
    let deaths = 0;
    for (let tick = 0; tick < 12; tick++) { simulation.step(); deaths = Math.max(deaths, kernel.deaths.count); }
    expect(deaths).toBeGreaterThan(1024);
  });
});
