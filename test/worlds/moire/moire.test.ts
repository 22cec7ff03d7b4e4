import { describe, expect, it } from 'vitest';
import { FOOD_ENERGY, gutAfter, yieldOf } from '../../../worlds/moire/digestion.ts';
import { moire } from '../../../worlds/moire/moire.ts';
import { resources } from '../../../worlds/moire/parts.ts';
import { partsOf, standing, startMoire, storedEnergy, variedGrazers, type MoireSimulation } from './small-moire.ts';

interface Placed { genome: string; x: number; y: number; energy?: number; tag?: number }

/** A moiré without founders but these; ids are their positions in the list. Nothing grows, living is free. */
function place(list: readonly Placed[], parameters: Record<string, number> = {}): MoireSimulation {
  const simulation = startMoire({
    seed: 1, parameters: { founders: 0, scarcity: 1, costOfLiving: 0, costOfMoving: 0, crowding: 0, mutationRate: 0, lifespan: 10_000, ...parameters },
  });
  for (const { genome, x, y, energy = 30, tag = 0 } of list) simulation.kernel.found(genome, x, y, energy, tag);
  return simulation;
}

function read(simulation: MoireSimulation, name: string, id: number): number {
  const { kernel } = simulation;
  const readings = new Float64Array(1);
  kernel.parts.readers[moire.vocabulary.senses.findIndex((sense) => sense.name === name)]!(Uint32Array.of(kernel.rowOf(id)), 1, readings);
  return readings[0]!;
}

const always = (act: string): string => `otherwise -> ${act}`;

describe('the books of a moiré', () => {
  it.each([1, 2, 3])('[Y1] of each resource what stood, and grew, less what withered and was grazed, is what stands, while the ground turns (seed %i)', (seed) => {
    const simulation = startMoire({ seed, founders: variedGrazers(seed), parameters: { turning: 0.02 } });
    const before = standing(simulation);
    const energy = storedEnergy(simulation);
    for (let tick = 0; tick < 150; tick++) simulation.step();
    const { books, ledger } = partsOf(simulation);
    const now = standing(simulation);
    for (const i of [0, 1]) {
      const [grown, withered, grazed] = books.subarray(3 * i, 3 * i + 3);
      expect([grown! > 10, withered! > 10, grazed! > 10]).toEqual([true, true, true]);
      expect(Math.abs(before[i]! + grown! - withered! - grazed! - now[i]!)).toBeLessThan(1e-8 * grown!);
    }
    const [gained, burned, bitten, died, bearing] = ledger!;
    expect(gained).toBeGreaterThan(500);
    expect(gained).toBeLessThan((books[2]! + books[5]!) * FOOD_ENERGY);
    expect(Math.abs(storedEnergy(simulation) - (energy + gained! - burned! - bitten! - died! - bearing!))).toBeLessThan(1e-4 * gained!);
  });

  it('[Y1] who asks no habit of a gut gets all the energy that is in what was grazed', () => {
    const simulation = startMoire({ seed: 4, founders: variedGrazers(4), parameters: { digestion: 0 } });
    for (let tick = 0; tick < 60; tick++) simulation.step();
    const { books, ledger } = partsOf(simulation);
    const energy = (books[2]! + books[5]!) * FOOD_ENERGY;
    expect(Math.abs(ledger![0]! - energy)).toBeLessThan(1e-5 * energy);
  });
});

describe('a gut', () => {
  it('[Y4] gains by what it is used to, and gets used to what it is given', () => {
    expect([yieldOf(255, 1), yieldOf(0, 1), yieldOf(255, 0.8), yieldOf(0, 0.75), yieldOf(7, 0)]).toEqual([1, 0, 1, 0.25, 1]);
    let gut = 128;
    for (let bite = 0; bite < 40; bite++) gut = gutAfter(gut, true);
    expect(gut).toBe(255);
    for (let bite = 0; bite < 60; bite++) gut = gutAfter(gut, false);
    expect(gut).toBe(0);
  });

  it('[Y4] of a generalist yields less in the long run than that of one who keeps to either', () => {
    const gainOf = (choose: (bite: number) => boolean): number => {
      let gut = 128;
      let gained = 0;
      for (let bite = 0; bite < 200; bite++) {
        const ofAmber = choose(bite);
        gained += yieldOf(ofAmber ? gut : 255 - gut, 0.8);
        gut = gutAfter(gut, ofAmber);
      }
      return gained;
    };
    const [amber, jade, both] = [gainOf(() => true), gainOf(() => false), gainOf((bite) => bite % 2 === 0)];
    // 128 of 255 is a little nearer to amber
    expect(Math.abs(amber - jade)).toBeLessThan(0.2);
    expect(both).toBeLessThan(0.5 * amber);
  });

  it('[Y4] an organism gains what its gut makes of its bite, its child begins used to neither', () => {
    const simulation = place([{ genome: always('eat amber'), x: 9, y: 9 }, { genome: always('eat jade'), x: 21, y: 21 }, { genome: always('reproduce'), x: 41, y: 41, energy: 60 }], { gestation: 1, digestion: 1 });
    const { kernel } = simulation;
    const c = kernel.pop.columns;
    for (const ground of partsOf(simulation).grounds) ground.amount.fill(0.8);
    c.gut[0] = 255;
    c.gut[1] = 255;
    c.gut[2] = 255;
    simulation.step();
    const row = [0, 1, 2].map((id) => kernel.rowOf(id));
    expect([c.energy[row[0]!], c.energy[row[1]!]]).toEqual([34, 30]);
    expect([c.gut[row[0]!], c.gut[row[1]!], c.gut[row[2]!]]).toEqual([255, 223, 255]);
    simulation.step();
    expect(kernel.births.count).toBe(1);
    expect(c.gut[kernel.rowOf(kernel.births.id[0]!)]).toBe(128);
  });
});

describe('senses and acts of a moiré', () => {
  it('[Y5] read and take the resource that they name', () => {
    const simulation = place([{ genome: always('eat jade'), x: 11, y: 11 }, { genome: always('climb amber'), x: 31, y: 31 }, { genome: always('climb jade'), x: 31, y: 31 }]);
    const { grounds: [amber, jade] } = partsOf(simulation);
    amber.amount.fill(0.25);
    jade.amount.fill(0.75);
    amber.amount[amber.cellAt(13, 11)] = 0.5;
    amber.amount[amber.cellAt(33, 31)] = 1;
    jade.amount[jade.cellAt(29, 31)] = 1;
    expect(['amber.here', 'amber.near', 'jade.here', 'jade.near'].map((name) => read(simulation, name, 0))).toEqual([25, 50, 75, 75]);
    expect(read(simulation, 'gut', 0)).toBeCloseTo(50, 0);
    simulation.step();
    expect([amber.amount[amber.cellAt(11, 11)], jade.amount[jade.cellAt(11, 11)]]).toEqual([0.25, expect.closeTo(0.55, 6)]);
    const { columns } = simulation.kernel.pop;
    expect([1, 2].map((id) => columns.x[simulation.kernel.rowOf(id)])).toEqual([32, 30]);
  });

  it('[Y5] a life that ended is measured by what it ate', () => {
    const simulation = place([{ genome: always('eat amber'), x: 9, y: 9 }, { genome: always('eat jade'), x: 21, y: 21 }, { genome: always('rest'), x: 41, y: 41 }]);
    for (const ground of partsOf(simulation).grounds) ground.amount.fill(0.8);
    simulation.step();
    const life = new Float32Array(3);
    const diets = [0, 1, 2].map((id) => { simulation.kernel.parts.lifeOf(simulation.kernel.rowOf(id), life); return life[2]; });
    expect(diets).toEqual([1, 0, 0.5]);
  });

  it('[Y5] what viewers show is both grounds and the angle as it is', () => {
    const simulation = startMoire({ seed: 1, parameters: { turning: 0.25 } });
    for (let tick = 0; tick < 4; tick++) simulation.step();
    const { fields, headline, field } = simulation.kernel.parts;
    expect(fields!.map(({ name }) => name)).toEqual([...resources]);
    expect(fields![0]!.field).toBe(field);
    expect([headline!.key, headline!.value()]).toEqual(['twist', 15]);
  });
});

describe('a moiré at its limits', () => {
  it('[Y6] without organisms, and after the last has died, resources grow to what the ground bears', () => {
    const simulation = startMoire({ seed: 6, founders: [always('eat amber')], parameters: { costOfLiving: 5, scarcity: 0 } });
    for (let tick = 0; tick < 150; tick++) simulation.step();
    expect([simulation.kernel.tick, simulation.kernel.pop.count]).toEqual([150, 0]);
    for (const { amount, richness } of partsOf(simulation).grounds) amount.forEach((each, i) => { if (Math.abs(each - richness[i]! / 255) > 1e-4) expect.fail(`cell ${i} has ${each}`); });
  });

  it('[Y6] full, conceptions are refused and the world goes on', () => {
    const simulation = startMoire({ seed: 5, parameters: { founders: 190, capacity: 200, costOfLiving: 0, crowding: 0, lifespan: 10_000, scarcity: 0 } });
    let refused = 0;
    for (let tick = 0; tick < 200; tick++) {
      simulation.step();
      const { pop, eggs, conceptions, gestation: { conceiving } } = simulation.kernel;
      expect(pop.count + eggs.count).toBeLessThanOrEqual(200);
      if (conceiving > conceptions.count) refused++;
    }
    expect(refused).toBeGreaterThan(20);
  });
});
