import type { Genomes } from '../kernel/genomes.ts';
import { resolveParameters } from '../kernel/parameters.ts';
import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import type { WorldDefinition } from '../kernel/world.ts';
import { Simulation } from '../simulation.ts';

export interface GardenOptions {
  world: WorldDefinition;
  /** A store of genomes for each garden, empty. */
  createGenomes(): Genomes;
  /** Of the world; founders, operators and models are set here. */
  parameters: Record<string, number>;
  seed: number;
  /** Genomes of the two kinds, as text. */
  first: readonly string[];
  second: readonly string[];
  /** Organisms of each kind at the start, drawn from those genomes with replacement. */
  each: number;
  ticks: number;
}

/** What becomes of everything that varies genomes or asks a model, in a garden. */
const still = { mutationRate: 0, crossoverRate: 0, modelShare: 0, deliberation: 0, judging: 0 };

/**
 * A common garden: genomes of two kinds in equal numbers in a fresh world in which children are exact copies. Kinds take
 * turns among the founders, and which begins is drawn from the seed, so that neither has the lower ids throughout.
 * Neutral expectation ½.
 *
 * @returns the share of the second kind among the living at the end; null when nobody lives, or one kind has no genomes
 */
export function commonGarden({ world, createGenomes, parameters, seed, first, second, each, ticks }: GardenOptions): number | null {
  if (first.length === 0 || second.length === 0) return null;
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x67617264);
  const begins = random.below(2);
  const founders = Array.from({ length: 2 * each }, (_, i) => random.pick((i + begins) % 2 === 0 ? first : second));
  const off = Object.fromEntries(Object.entries(still).filter(([key]) => key in world.parameters.shape));
  const simulation = new Simulation({
    world, seed, genomes: createGenomes(), founders, observed: false,
    parameters: resolveParameters(world.parameters, { ...parameters, ...off, founders: 2 * each }),
  });
  for (let t = 0; t < ticks && simulation.kernel.pop.count > 0; t++) simulation.step();
  const { pop } = simulation.kernel;
  if (pop.count === 0) return null;
  let ofSecond = 0;
  // lineages are marked by their founder, whose id is its place in the list
  for (let row = 0; row < pop.count; row++) ofSecond += (pop.columns.lineage[row]! + begins) % 2;
  return ofSecond / pop.count;
}
