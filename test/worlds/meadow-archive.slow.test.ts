import { describe, expect, it } from 'vitest';
import { admitElites } from '../../core/archive/immigration.ts';
import { appraiseLives } from '../../core/archive/appraisal.ts';
import { archiveLives } from '../../core/archive/life-archive.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import { pack, unpack } from '../../core/kernel/packed.ts';
import { Operator } from '../../core/kernel/tick-events.ts';
import { countDiversity } from '../../core/measures/living.ts';
import { countTotals } from '../../core/measures/totals.ts';
import type { Simulation } from '../../core/simulation.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { startMeadow, variedFounders } from './meadow-run.ts';

const pressed = { immigration: 200, novelty: 20, localCompetition: 3, appraisalAge: 15, mutationRate: 0.4 };

function openLab(options: { recorded?: readonly NumberedCommand[]; parameters?: Record<string, number> } = {}): { lab: Lab; record: NumberedCommand[] } {
  const { recorded, parameters = pressed } = options;
  const lab = createLab({
    world: 'meadow', seed: 5, operator: 'classical', service: null, founders: variedFounders(5),
    parameters: { size: 48, founders: 160, capacity: 600, gestation: 8, lifespan: 60, scarcity: 0.2, ...parameters }, ...(recorded === undefined ? {} : { recorded }),
  });
  const record: NumberedCommand[] = [];
  lab.simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
  return { lab, record };
}

/** Fingerprints of each tick from now to another, both turns of a person included. */
async function play(lab: Lab, until: number, byHand: boolean): Promise<string[]> {
  const prints: string[] = [];
  while (lab.simulation.kernel.tick < until) {
    if (byHand && lab.simulation.kernel.tick === 40) lab.simulation.submit({ kind: 'set', key: 'novelty', value: 5 });
    if (byHand && lab.simulation.kernel.tick === 90) lab.simulation.submit({ kind: 'set', key: 'immigration', value: 600 });
    await lab.tick();
    prints.push(`${lab.simulation.fingerprint} ${lab.simulation.kernel.digest()}`);
  }
  return prints;
}

describe('a meadow whose archive acts back', () => {
  it('[E8][L1] is replayed from its turns alone, and from all its commands without anybody who commands', async () => {
    const { lab, record } = openLab();
    const prints = await play(lab, 160, true);
    const kinds = (kind: string): number => record.filter(({ command }) => command.kind === kind).length;
    expect([kinds('set'), kinds('immigrate') > 30, kinds('reward') > 100]).toEqual([2, true, true]);
    const again = openLab({ recorded: record });
    expect(await play(again.lab, 160, false)).toEqual(prints);
    expect(again.record).toEqual(record);

    const { simulation } = startMeadow({ seed: 5, founders: variedFounders(5), parameters: pressed });
    archiveLives(simulation as unknown as Simulation);
    const told = Array.from({ length: 160 }, (_, i) => {
      for (const { tick, command } of record) if (tick === i + 1) simulation.submit(command);
      simulation.step();
      return `${simulation.fingerprint} ${simulation.kernel.digest()}`;
    });
    expect(told).toEqual(prints);
  });

  it.each([16, 41, 77, 120])('[E8][R1] saved at tick %i and loaded, goes on to the fingerprints of one that was never stopped', async (at) => {
    const { lab } = openLab();
    await play(lab, at, true);
    const state = unpack(pack(lab.save()));
    const rest = await play(lab, 160, true);
    const loaded = openLab().lab;
    loaded.load(state);
    expect(await play(loaded, 160, true)).toEqual(rest);
    expect(loaded.simulation.kernel.influx.rewarded).not.toBe(0);
    expect(loaded.simulation.kernel.influx).toMatchObject({ immigrated: lab.simulation.kernel.influx.immigrated, rewarded: lab.simulation.kernel.influx.rewarded });
  });

  it('[E8] gives nothing and admits nobody while its pressures are off', async () => {
    const { lab, record } = openLab({ parameters: {} });
    await play(lab, 80, false);
    expect(record).toEqual([]);
    expect(lab.totals.birthsByOperator.immigrant).toBe(0);
    expect(lab.archive.numElites).toBeGreaterThan(20);
  });
});

describe('immigration into a meadow', () => {
  it('[W9][A26] brings a world back to life that has died out, by elites whose kind had been lost', () => {
    const { simulation: started, genomes } = startMeadow({ seed: 3, founders: variedFounders(3), parameters: { mutationRate: 0.4 } });
    const simulation = started as unknown as Simulation;
    const { kernel } = simulation;
    const archive = archiveLives(simulation);
    admitElites(simulation, archive);
    const totals = countTotals(simulation);
    for (let t = 0; t < 250; t++) simulation.step();
    expect(kernel.pop.count).toBeGreaterThan(100);
    simulation.submit({ kind: 'set', key: 'costOfLiving', value: 5 });
    for (let t = 0; t < 60; t++) simulation.step();
    expect([kernel.pop.count, kernel.eggs.count]).toEqual([0, 0]);
    simulation.submit({ kind: 'set', key: 'costOfLiving', value: 0.4 });
    const elites = new Set([...archive].map(({ solution }) => genomes.text(solution.genome)));
    expect(elites.size).toBeGreaterThan(10);
    const lineages = totals.births;
    // grass grows back meanwhile
    for (let t = 0; t < 100; t++) simulation.step();
    expect(totals.births).toBe(lineages);

    simulation.submit({ kind: 'set', key: 'immigration', value: 150 });
    let came = 0;
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (let i = 0; i < event.births.count; i++) {
        if (event.births.operator[i] !== Operator.immigrant) continue;
        came++;
        if (came <= 5) expect(elites.has(genomes.text(event.births.genome[i]!))).toBe(true);
      }
    });
    for (let t = 0; t < 600; t++) simulation.step();
    expect(came).toBeGreaterThan(40);
    expect(kernel.pop.count).toBeGreaterThan(50);
    // most were born there, of immigrants and their children
    expect(totals.births - lineages).toBeGreaterThan(10 * came);
    const { columns: { operator, lineage } } = kernel.pop;
    const native = Array.from({ length: kernel.pop.count }, (_, row) => row).filter((row) => operator[row] !== Operator.immigrant);
    expect(native.length).toBeGreaterThan(kernel.pop.count / 2);
    for (const row of native) expect(lineage[row]).toBeGreaterThan(160);
  });
});

describe('novelty as a pressure on a meadow', () => {
  it('[W9] makes lives more diverse and fills more of the archive, in the mean over seeds and in most of them', () => {
    const runs = [3, 4, 5, 6].map((seed) => [0, 40].map((novelty) => {
      const { simulation: started } = startMeadow({ seed, founders: variedFounders(seed), parameters: { founders: 120, mutationRate: 0.4, appraisalAge: 15, novelty } });
      const simulation = started as unknown as Simulation;
      const archive = archiveLives(simulation);
      appraiseLives(simulation);
      const diversity = countDiversity(simulation);
      for (let tick = 1; tick <= 700; tick++) {
        simulation.step();
        if (tick === 350) diversity.startPeriod();
      }
      expect(diversity.population).toBeGreaterThan(50);
      return { effective: diversity.phenotypes.effective, elites: archive.numElites };
    }));
    for (const key of ['effective', 'elites'] as const) {
      const mean = (which: 0 | 1): number => runs.reduce((sum, run) => sum + run[which]![key], 0) / runs.length;
      expect(runs.filter(([off, on]) => on![key] > off![key]).length).toBeGreaterThanOrEqual(3);
      expect(mean(1)).toBeGreaterThan(1.2 * mean(0));
    }
  });
});
