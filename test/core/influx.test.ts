import { describe, expect, it } from 'vitest';
import type { Command, NumberedCommand } from '../../core/events/command.ts';
import { NOBODY, Operator } from '../../core/kernel/tick-events.ts';
import { Phylogeny } from '../../core/measures/phylogeny.ts';
import { countTotals } from '../../core/measures/totals.ts';
import { busyFounders, busyParameters, plainWorld, startPlain, type PlainOptions } from './plain-world.ts';

const enter = (genome: string): Command => ({ kind: 'immigrate', cell: 3, elite: 1, genome });
const reward = (organisms: number[], energies: number[]): Command => ({ kind: 'reward', organisms, energies });

interface Born { tick: number; id: number; parent: number; lineage: number; operator: number; tag: number; x: number; y: number }

function follow(options: PlainOptions = {}) {
  const { simulation, genomes } = startPlain(options);
  const born: Born[] = [];
  const commands: NumberedCommand[] = [];
  const refused: [tick: number, number][] = [];
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    commands.push(...event.commands);
    if (event.refused > 0) refused.push([event.tick, event.refused]);
    const { births } = event;
    for (let i = 0; i < births.count; i++) {
      born.push({
        tick: event.tick, id: births.id[i]!, parent: births.parent[i]!, lineage: births.lineage[i]!, operator: births.operator[i]!, tag: births.tag[i]!, x: births.x[i]!, y: births.y[i]!,
      });
    }
  });
  return { simulation, genomes, born, commands, refused, immigrants: () => born.filter(({ operator }) => operator === Operator.immigrant) };
}

describe('an immigrant', () => {
  it('[K16] is born in the tick after the command, without parents, as the first of its lineage, with a founder\'s energy', () => {
    const { simulation, immigrants, commands } = follow({ founders: ['rest'] });
    for (let tick = 1; tick <= 5; tick++) simulation.step();
    simulation.submit(enter('breed'));
    expect(simulation.kernel.pop.count).toBe(1);
    simulation.step();
    expect(immigrants()).toMatchObject([{ tick: 6, id: 1, parent: NOBODY, lineage: 1 }]);
    expect(commands).toEqual([{ seq: 0, tick: 6, command: enter('breed') }]);
    const { pop } = simulation.kernel;
    const row = simulation.kernel.rowOf(1);
    expect([pop.columns.bornAt[row], pop.columns.lineage[row], pop.columns.operator[row]]).toEqual([6, 1, Operator.immigrant]);
    // 0.4 to 1 of half of what fills a plain organism; it has acted in its first tick already, and conceived
    expect(pop.columns.energy[row]).toBeGreaterThanOrEqual(0.2 * plainWorld.energyFull);
    expect(pop.columns.energy[row]).toBeLessThan(0.5 * plainWorld.energyFull);
    expect(simulation.kernel.influx.immigrated).toBe(pop.columns.energy[row]);
    expect(pop.columns.children[row]).toBe(1);
  });

  it('[K4][K16] has an id after those of all unborn children and before those conceived in its tick, and comes after the newborn', () => {
    const { simulation, born } = follow({ founders: ['breed', 'rest'] });
    for (let tick = 1; tick <= 12; tick++) {
      if (tick === 6) for (const genome of ['rest', 'rest#4']) simulation.submit(enter(genome));
      simulation.step();
    }
    for (let i = 1; i < born.length; i++) expect(born[i]!.tick > born[i - 1]!.tick || born[i]!.id > born[i - 1]!.id).toBe(true);
    const ids = born.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const came = born.filter(({ operator }) => operator === Operator.immigrant);
    expect(came.map(({ tick }) => tick)).toEqual([6, 6]);
    const conceivedBefore = born.filter(({ tick, operator }) => operator !== Operator.immigrant && tick - 3 < 6).map(({ id }) => id);
    const conceivedAfter = born.filter(({ tick, operator }) => operator !== Operator.immigrant && operator !== Operator.founder && tick - 3 >= 6).map(({ id }) => id);
    expect(Math.max(...conceivedBefore)).toBeLessThan(came[0]!.id);
    expect(Math.min(...conceivedAfter)).toBeGreaterThan(came[1]!.id);
  });

  it('[K16] has place, kin mark and energy from seed and tick: the same again, others for another seed or tick, and all over the world', () => {
    const play = (seed: number, at: number): [number, number, number][] => {
      const { simulation, immigrants } = follow({ seed, founders: ['rest'] });
      for (let tick = 1; tick < at; tick++) simulation.step();
      for (let i = 0; i < 40; i++) simulation.submit(enter('rest'));
      simulation.step();
      return immigrants().map(({ x, y, tag }) => [x, y, tag]);
    };
    const first = play(1, 5);
    expect(first).toHaveLength(40);
    expect(play(1, 5)).toEqual(first);
    expect(play(1, 6)).not.toEqual(first);
    expect(play(2, 5)).not.toEqual(first);
    for (const axis of [0, 1] as const) {
      const quarters = new Set(first.map((each) => Math.floor(each[axis] / 4)));
      expect([...quarters].sort()).toEqual([0, 1, 2, 3]);
    }
    expect(new Set(first.map(([, , tag]) => tag)).size).toBeGreaterThan(30);
  });

  it('[K12][K16] finds no room in a full world, unborn children counted, and the event says how many were turned away', () => {
    const { simulation, immigrants, refused, genomes } = follow({ founders: ['breed', ...Array.from({ length: 11 }, () => 'rest')], parameters: { capacity: 16, gestation: 3 } });
    simulation.step();
    simulation.step();
    expect([simulation.kernel.pop.count, simulation.kernel.eggs.count]).toEqual([12, 2]);
    for (const genome of ['rest#1', 'rest#2', 'rest#3', 'rest#4']) simulation.submit(enter(genome));
    simulation.step();
    expect(immigrants()).toHaveLength(2);
    expect(refused).toEqual([[3, 2]]);
    const { pop, eggs, conceptions } = simulation.kernel;
    expect([pop.count, eggs.count, conceptions.count]).toEqual([14, 2, 0]);
    // who was turned away leaves no genome behind
    expect(genomes.distinct).toBe(4);
    simulation.step();
    expect(refused).toHaveLength(1);
  });

  it('[K8][K13][E6] is counted: founders + births − deaths live, genomes are held once for each holder, phylogeny and totals know it', () => {
    const { simulation, genomes } = startPlain({ founders: busyFounders, parameters: busyParameters });
    const totals = countTotals(simulation);
    const phylogeny = new Phylogeny(simulation);
    let entered = 0;
    for (let tick = 1; tick <= 60; tick++) {
      if (tick === 20) simulation.submit({ kind: 'set', key: 'income', value: -1.5 });
      if (tick === 24) simulation.submit({ kind: 'set', key: 'income', value: 0.5 });
      if (tick % 5 === 0) for (const genome of ['breed#7', 'leave', 'rest']) { simulation.submit(enter(genome)); entered++; }
      simulation.step();
      expect(totals.births - totals.deaths).toBe(simulation.kernel.pop.count);
    }
    // the world is full towards the end
    expect(totals.birthsByOperator.immigrant).toBeGreaterThan(5);
    expect(totals.birthsByOperator.immigrant).toBeLessThan(entered);
    const { pop, eggs } = simulation.kernel;
    for (let row = 0; row < pop.count; row++) {
      if (pop.columns.operator[row] !== Operator.immigrant) continue;
      expect(phylogeny.taxon(pop.columns.id[row]!)).toMatchObject({ parents: [], operator: 'immigrant', originTime: pop.columns.bornAt[row] });
    }
    let unborn = 0;
    for (let i = 0; i < eggs.count; i++) unborn += eggs.partner[(eggs.head + i) % eggs.capacity] === NOBODY ? 1 : 2;
    expect(genomes.held).toBe(pop.count + unborn + simulation.kernel.deaths.count + phylogeny.size);
  });

  it('[K16] may be judged as any newborn may', () => {
    const { simulation } = startPlain({ founders: ['rest'], parameters: { judging: 1, judgingTime: 4 } });
    simulation.step();
    simulation.submit(enter('rest#1'));
    simulation.step();
    expect([...simulation.kernel.deliberation.judgings.organism.subarray(0, simulation.kernel.deliberation.judgings.count)]).toEqual([1]);
  });
});

describe('a reward', () => {
  it('[K17] gives and takes by id, never below nothing, passes over the dead, and is booked', () => {
    const { simulation } = startPlain({ founders: ['rest', 'leave', 'rest', 'rest', 'rest'], parameters: { income: 0.5 } });
    simulation.step();
    const { kernel } = simulation;
    const energyOf = (id: number): number => kernel.pop.columns.energy[kernel.rowOf(id)]!;
    const before = [0, 2, 3, 4].map(energyOf);
    simulation.submit(reward([0, 1, 2, 3, 99], [2.5, 7, -0.25, -100, 4]));
    expect([0, 2, 3, 4].map(energyOf)).toEqual(before);
    simulation.step();
    expect(energyOf(0)).toBeCloseTo(before[0]! + 3, 5);
    expect(energyOf(2)).toBeCloseTo(before[1]! + 0.25, 5);
    // all of it, and then the income of the tick
    expect(energyOf(3)).toBe(0.5);
    expect(energyOf(4)).toBeCloseTo(before[3]! + 0.5, 5);
    expect(kernel.influx.rewarded).toBeCloseTo(2.5 - 0.25 - before[2]!, 5);
  });

  it('[K17] can be the end of a life', () => {
    const { simulation } = startPlain({ founders: ['rest', 'rest'] });
    simulation.submit(reward([1], [-50]));
    simulation.step();
    expect([...simulation.kernel.pop.columns.id.subarray(0, simulation.kernel.pop.count)]).toEqual([0]);
  });
});

describe('what is no command of an archive', () => {
  it.each<[string, unknown, RegExp]>([
    ['an immigrant that is no genome', enter('dance'), /^"dance" names no act/],
    ['an immigrant from nowhere', { ...enter('rest'), cell: -1 }, /cell/],
    ['an immigrant with a place of its own', { ...enter('rest'), x: 3 }, /x/],
    ['rewards without energies', reward([1, 2], [1]), /each organism has one/],
    ['rewards in disorder', reward([2, 1], [1, 1]), /ids rise/],
    ['two rewards for one', reward([2, 2], [1, 1]), /ids rise/],
    ['an infinite reward', reward([1], [Infinity]), /energies/],
  ])('[E3] %s is refused with one sentence, and nothing is taken', (_, bad, sentence) => {
    const { simulation, commands } = follow();
    expect(() => simulation.submit(bad as Command)).toThrow(sentence);
    simulation.step();
    expect(commands).toEqual([]);
  });
});
