import { createInstincts } from '../../agents/instincts/store.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';

/** A meadow with a few hundred organisms, much mutation and short lives. */
export function startMeadow(seed: number, parameters: Record<string, number> = {}): Simulation {
  const world = findWorld('meadow');
  const given = { founders: 120, capacity: 500, size: 80, gestation: 2, lifespan: 40, bareGround: 0.1, mutationRate: 0.6, crossoverRate: 0.3, ...parameters };
  return new Simulation({ world, parameters: resolveParameters(world.parameters, given), seed, genomes: createInstincts(world.vocabulary) });
}
