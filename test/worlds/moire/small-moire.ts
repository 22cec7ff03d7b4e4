import { createInstincts, printProgram, randomProgram } from '../../../agents/instincts/index.ts';
import { resolveParameters } from '../../../core/kernel/parameters.ts';
import { RandomStream, purpose, seedKey } from '../../../core/kernel/random.ts';
import { Simulation } from '../../../core/simulation.ts';
import { moire } from '../../../worlds/moire/moire.ts';
import type { MoireParts, moireColumns } from '../../../worlds/moire/parts.ts';

export type MoireSimulation = Simulation<typeof moireColumns>;

/** Genomes that among them sense and do all that a moiré offers, and some that fend for themselves. */
export function variedGrazers(seed: number, count = 30): string[] {
  const random = new RandomStream(seedKey(seed, purpose.founder), 78);
  const hardy = [
    'when energy > 40 -> reproduce\nwhen amber.here > 10% -> eat amber\notherwise -> climb amber',
    'when energy > 40 -> mate other\nwhen other.near < 2 steps -> attack other\nwhen jade.here > 10% -> eat jade\notherwise -> climb jade',
    'when gut > 50% -> eat amber\notherwise -> eat jade',
  ];
  return Array.from({ length: count }, (_, i) => [printProgram(randomProgram(moire.vocabulary, random, 4), moire.vocabulary), hardy[i % 3]!]).flat();
}

/** A small moiré, its pattern fitting four times. */
export function startMoire({ seed, founders, parameters = {} }: { seed: number; founders?: readonly string[]; parameters?: Record<string, number> }): MoireSimulation {
  const given = { size: 64, twist: 14, founders: 200, capacity: 800, gestation: 8, lifespan: 60, scarcity: 0.2, ...parameters };
  return new Simulation({
    world: moire, parameters: resolveParameters(moire.parameters, given), seed, genomes: createInstincts(moire.vocabulary), ...(founders ? { founders } : {}),
  });
}

export function partsOf(simulation: MoireSimulation): MoireParts {
  return simulation.kernel.parts as MoireParts;
}

/** What stands of amber and of jade, in full pieces of ground. */
export function standing(simulation: MoireSimulation): [number, number] {
  const [amber, jade] = partsOf(simulation).grounds.map(({ amount }) => amount.reduce((sum, each) => sum + each, 0));
  return [amber!, jade!];
}

/** Energy in organisms and eggs. */
export function storedEnergy({ kernel: { pop, eggs } }: MoireSimulation): number {
  let sum = 0;
  for (let row = 0; row < pop.count; row++) sum += pop.columns.energy[row]!;
  for (let i = 0; i < eggs.count; i++) sum += eggs.energy[(eggs.head + i) % eggs.capacity]!;
  return sum;
}
