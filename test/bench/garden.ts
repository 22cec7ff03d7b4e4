import { resolveParameters } from '../../core/kernel/parameters.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { Simulation } from '../../core/simulation.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { findWorld } from '../../worlds/index.ts';

export interface GardenOptions {
  world: string;
  seed: number;
  /** Side of the torus, for evolution and garden alike. */
  size: number;
  evolveTicks: number;
  gardenTicks: number;
  /** Organisms of each kind at the start of the garden. */
  each: number;
}

export interface GardenResult {
  seed: number;
  /** Share of the evolved among the living at the end of the garden. */
  evolvedShare: number;
  /** The same births and deaths, falling on anyone at random. */
  neutralShare: number;
  alive: number;
}

/**
 * A common garden: genomes sampled from a meadow that has evolved, and the founders they came from, in equal numbers in
 * a fresh meadow with another seed, where children are exact copies. Lineages are marked by their founder: even ids are
 * founders' kind, odd ids the evolved kind. Beside it runs a neutral shadow (Bedau & Packard 1992): the same number of
 * births and deaths at the same times, but each birth copies a random mark and each death removes one.
 */
export function commonGarden({ world: name, seed, size, evolveTicks, gardenTicks, each }: GardenOptions): GardenResult {
  const world = findWorld(name);
  const evolved = sampleEvolved(name, seed, size, evolveTicks, each);
  const mixed = Array.from({ length: 2 * each }, (_, i) => (i % 2 === 0 ? world.founders[(i / 2) % world.founders.length]! : evolved[(i - 1) / 2]!));
  const garden = new Simulation({
    world, seed: seed + 1_000_003, genomes: createInstincts(world.vocabulary), founders: mixed,
    parameters: resolveParameters(world.parameters, { size, founders: 2 * each, mutationRate: 0, crossoverRate: 0 }),
  });
  const shadow = Array.from({ length: 2 * each }, (_, i) => i % 2);
  const random = new RandomStream(seedKey(seed, purpose.sampling), 1);
  garden.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const founded = event.tick === 1 ? 2 * each : 0;
    for (let i = founded; i < event.births.count; i++) shadow.push(random.pick(shadow));
    for (let i = 0; i < event.deaths.count; i++) {
      const gone = random.below(shadow.length);
      shadow[gone] = shadow[shadow.length - 1]!;
      shadow.pop();
    }
  });
  for (let t = 0; t < gardenTicks && garden.kernel.pop.count > 0; t++) garden.step();
  const { pop } = garden.kernel;
  let odd = 0;
  for (let row = 0; row < pop.count; row++) odd += pop.columns.lineage[row]! & 1;
  return {
    seed, alive: pop.count, evolvedShare: odd / pop.count,
    neutralShare: shadow.reduce((sum, mark) => sum + mark, 0) / shadow.length,
  };
}

function sampleEvolved(name: string, seed: number, size: number, ticks: number, count: number): string[] {
  const world = findWorld(name);
  const genomes = createInstincts(world.vocabulary);
  const simulation = new Simulation({ world, seed, genomes, parameters: resolveParameters(world.parameters, { size }) });
  for (let t = 0; t < ticks; t++) simulation.step();
  const { pop } = simulation.kernel;
  if (pop.count === 0) throw new Error(`The ${name} with seed ${seed} died out before tick ${ticks}; there is nothing to compare.`);
  // by id, so that the sample does not depend on the order of rows
  const rows = Array.from({ length: pop.count }, (_, row) => row).sort((a, b) => pop.columns.id[a]! - pop.columns.id[b]!);
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0);
  return Array.from({ length: count }, () => genomes.text(pop.columns.genome[random.pick(rows)]!));
}

/** Prints a row a seed and the verdict. */
export function benchGarden(seeds: readonly number[]): void {
  console.log('common garden: 200 evolved (3,000 ticks, classical operator) against 200 founders, 1,000 ticks, 128 x 128 steps, no variation');
  console.log('seed   evolved share   neutral shadow   alive');
  const results = seeds.map((seed) => {
    const result = commonGarden({ world: 'meadow', seed, size: 128, evolveTicks: 3000, gardenTicks: 1000, each: 200 });
    console.log(`${String(seed).padStart(4)} ${result.evolvedShare.toFixed(3).padStart(15)} ${result.neutralShare.toFixed(3).padStart(16)} ${String(result.alive).padStart(7)}`);
    return result;
  });
  const wins = results.filter(({ evolvedShare }) => evolvedShare > 0.5).length;
  const neutral = results.reduce((sum, { neutralShare }) => sum + neutralShare, 0) / results.length;
  console.log(`the evolved won in ${wins} of ${results.length} seeds; mean share of the neutral shadow ${neutral.toFixed(3)}`);
}
