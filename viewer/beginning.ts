import { resolveParameters } from '../core/kernel/parameters.ts';
import { Simulation } from '../core/simulation.ts';
import { createInstincts } from '../agents/instincts/store.ts';
import { findWorld } from '../worlds/index.ts';

/** What a world begins with. */
export interface Beginning {
  readonly world: string;
  readonly seed: number;
  /** Those that differ from the world's defaults. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Genomes of the first organisms instead of the world's own. */
  readonly founders?: readonly string[];
}

/** A world with its founders, at tick 0, that nobody listens to yet. Throws an error with one sentence for an unknown world or a bad parameter. */
export function beginWorld({ world: name, seed, parameters, founders }: Beginning): Simulation {
  const world = findWorld(name);
  return new Simulation({
    world, seed, parameters: resolveParameters(world.parameters, parameters), genomes: createInstincts(world.vocabulary), ...(founders === undefined ? {} : { founders }),
  });
}
