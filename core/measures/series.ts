import type { Kernel } from '../kernel/kernel.ts';

/** One point of a simulation's series. Diversity is exp(H) of genomes, the effective number (Hill number of order 1). */
export interface SeriesPoint { tick: number; population: number; diversity: number; resource: number; energy: number }

let counts = new Uint32Array(1024);

/** Measures the state as it stands: mean energy of organisms, mean amount of resource a cell, genome diversity. */
export function measurePoint(kernel: Kernel): SeriesPoint {
  const { pop, parts } = kernel;
  const { genome, energy } = pop.columns;
  const n = pop.count;
  let highest = 0;
  let total = 0;
  for (let row = 0; row < n; row++) {
    if (genome[row]! > highest) highest = genome[row]!;
    total += energy[row]!;
  }
  if (counts.length <= highest) counts = new Uint32Array(2 * (highest + 1));
  counts.fill(0, 0, highest + 1);
  for (let row = 0; row < n; row++) counts[genome[row]!]!++;
  let entropy = 0;
  for (let handle = 0; handle <= highest; handle++) {
    if (counts[handle]! === 0) continue;
    const share = counts[handle]! / n;
    entropy -= share * Math.log(share);
  }
  const { amount } = parts.field;
  let resource = 0;
  for (let cell = 0; cell < amount.length; cell++) resource += amount[cell]!;
  return { tick: kernel.tick, population: n, diversity: n === 0 ? 0 : Math.exp(entropy), resource: resource / amount.length, energy: n === 0 ? 0 : total / n };
}
