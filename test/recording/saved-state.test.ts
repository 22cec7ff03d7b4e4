import { describe, expect, test } from 'vitest';
import { createInstincts } from '../../agents/instincts/store.ts';
import { archiveLives } from '../../core/archive/life-archive.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { pack, unpack } from '../../core/kernel/packed.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';

function begin(seed: number, parameters: Record<string, number> = {}) {
  const world = findWorld('meadow');
  const given = { founders: 150, capacity: 600, size: 96, mutationRate: 0.6, ...parameters };
  const simulation = new Simulation({ world, parameters: resolveParameters(world.parameters, given), seed, genomes: createInstincts(world.vocabulary) });
  return { simulation, archive: archiveLives(simulation) };
}

/** Fingerprints of each tick from now on. */
function go(simulation: Simulation, ticks: number): string[] {
  return Array.from({ length: ticks }, () => {
    simulation.step();
    return simulation.fingerprint;
  });
}

describe('a simulation that is saved', () => {
  test.each([1, 7, 64, 203])('[R1] goes on from tick %i to the fingerprints of one that was never stopped, its archive with it', (at) => {
    const { simulation, archive } = begin(at);
    go(simulation, at);
    const bytes = pack({ simulation: simulation.save(), archive: archive.lives.save() });
    const never = go(simulation, 120);
    const again = begin(at);
    const state = unpack(bytes) as { simulation: unknown; archive: unknown };
    again.simulation.load(state.simulation);
    again.archive.lives.load(state.archive);
    expect(go(again.simulation, 120)).toEqual(never);
    expect([...again.archive].map(({ cell, objective, solution }) => [cell, objective, solution.organism]))
      .toEqual([...archive].map(({ cell, objective, solution }) => [cell, objective, solution.organism]));
    expect(again.simulation.kernel.genomes.distinct).toBe(simulation.kernel.genomes.distinct);
  });

  test('[R1] saving changes nothing, and parameters turned before it stay turned', () => {
    const [watched, plain] = [begin(3), begin(3)];
    for (const { simulation } of [watched, plain]) {
      go(simulation, 20);
      simulation.submit({ kind: 'set', key: 'scarcity', value: 0.9 });
      simulation.step();
    }
    const bytes = pack(watched.simulation.save());
    expect(go(watched.simulation, 60)).toEqual(go(plain.simulation, 60));
    const again = begin(3);
    again.simulation.load(unpack(bytes));
    expect(again.simulation.kernel.parameters['scarcity']).toBe(0.9);
    go(again.simulation, 60);
    expect(again.simulation.fingerprint).toBe(plain.simulation.fingerprint);
  });

  test('[R1] the state of another seed is refused', () => {
    const { simulation } = begin(4);
    go(simulation, 3);
    expect(() => begin(5).simulation.load(unpack(pack(simulation.save())))).toThrow('The saved state is of the world "meadow" with seed 4; this is "meadow" with seed 5.');
  });
});
