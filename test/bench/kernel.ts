import { archiveLives } from '../../core/archive/life-archive.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { countTotals } from '../../core/measures/totals.ts';
import { Simulation } from '../../core/simulation.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { findWorld } from '../../worlds/index.ts';
import { median } from './statistics.ts';

const DISTINCT = 1000;
/** Organisms a square step at which an evolved meadow holds itself. */
const DENSITY = 0.085;

/** The most common genomes of a meadow that has evolved for a while: programs as they really are, not as we imagine them. */
export function evolvedGenomes(count: number, ticks: number, seed: number): string[] {
  const world = findWorld(meadow.name);
  const genomes = createInstincts(world.vocabulary);
  const simulation = new Simulation({ world, parameters: resolveParameters(world.parameters, {}), seed, genomes });
  for (let t = 0; t < ticks; t++) simulation.step();
  const tally = new Map<number, number>();
  const { pop } = simulation.kernel;
  for (let row = 0; row < pop.count; row++) tally.set(pop.columns.genome[row]!, (tally.get(pop.columns.genome[row]!) ?? 0) + 1);
  return [...tally].sort(([a, n], [b, m]) => m - n || a - b).slice(0, count).map(([handle]) => genomes.text(handle));
}

interface Measured { rates: number[]; bytes: number; distinct: number; population: number }

/** Runs a meadow of about `organisms`, with the archive and counts listening or with nobody. */
function measure(organisms: number, founders: readonly string[], observed: boolean, runs: number): Measured {
  const world = findWorld(meadow.name);
  const size = Math.max(16, Math.round(Math.sqrt(organisms / DENSITY)));
  const genomes = createInstincts(world.vocabulary);
  const simulation = new Simulation({
    world, seed: 11, genomes, founders, observed,
    parameters: resolveParameters(world.parameters, { size, founders: organisms, capacity: Math.ceil(organisms * 1.5), mutationRate: 0 }),
  });
  if (observed) {
    countTotals(simulation);
    archiveLives(simulation);
  }
  const { kernel } = simulation;
  const ticks = Math.max(6, Math.round(2_000_000 / organisms));
  for (let t = 0; t < Math.max(30, ticks); t++) simulation.step();
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    let steps = 0;
    const from = process.cpuUsage();
    for (let t = 0; t < ticks; t++) {
      simulation.step();
      steps += kernel.pop.count;
    }
    const { user, system } = process.cpuUsage(from);
    rates.push((steps * 1e6) / (user + system));
  }
  return { rates, bytes: kernel.bytes / kernel.pop.capacity, distinct: genomes.distinct, population: kernel.pop.count };
}

/** Organism-steps a second of processor time, bytes an organism, and what the event stream and archive cost. */
export function benchKernel(sizes: readonly number[]): void {
  console.log(`meadow, ${DISTINCT} genomes taken from a meadow evolved for 1,200 ticks, senses included; per second of one core's time`);
  const founders = evolvedGenomes(DISTINCT, 1200, 5);
  console.log('organisms   alive  genomes   median M/s   least M/s   best M/s   bytes each   with events and archive   cost');
  for (const size of sizes) {
    const bare = measure(size, founders, false, size >= 1_000_000 ? 5 : 9);
    const heard = measure(size, founders, true, size >= 1_000_000 ? 5 : 9);
    const m = median(bare.rates);
    const cost = 1 - median(heard.rates) / m;
    console.log([
      String(size).padStart(9), String(bare.population).padStart(7), String(bare.distinct).padStart(8), (m / 1e6).toFixed(2).padStart(12),
      (Math.min(...bare.rates) / 1e6).toFixed(2).padStart(11), (Math.max(...bare.rates) / 1e6).toFixed(2).padStart(10),
      bare.bytes.toFixed(0).padStart(12), `${(median(heard.rates) / 1e6).toFixed(2)} M/s`.padStart(25), `${(100 * cost).toFixed(1)} %`.padStart(6),
    ].join(' '));
  }
}
