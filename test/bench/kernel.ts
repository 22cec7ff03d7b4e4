import { fileURLToPath } from 'node:url';
import { archiveLives } from '../../core/archive/life-archive.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { countTotals } from '../../core/measures/totals.ts';
import { Simulation } from '../../core/simulation.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { moire } from '../../worlds/moire/moire.ts';
import { findWorld } from '../../worlds/index.ts';
import { median } from './statistics.ts';

const DISTINCT = 1000;
/** Organisms a square step at which an evolved meadow holds itself. */
export const DENSITY = 0.085;
/** The same of an evolved moiré. */
const MOIRE_DENSITY = 0.075;
/** A moiré that bears its founders: first they are fewer by half, and after so many ticks as many as they were. */
const RICH = { scarcity: 0.2 };
const LUSH = 100_000;
const SETTLED_TICKS = 250;

/** The most common genomes of a world that has evolved for a while: programs as they really are, not as we imagine them. */
export function evolvedGenomes(count: number, ticks: number, seed: number, name = meadow.name): string[] {
  const world = findWorld(name);
  const genomes = createInstincts(world.vocabulary);
  const simulation = new Simulation({ world, parameters: resolveParameters(world.parameters, {}), seed, genomes });
  for (let t = 0; t < ticks; t++) simulation.step();
  const tally = new Map<number, number>();
  const { pop } = simulation.kernel;
  for (let row = 0; row < pop.count; row++) tally.set(pop.columns.genome[row]!, (tally.get(pop.columns.genome[row]!) ?? 0) + 1);
  return [...tally].sort(([a, n], [b, m]) => m - n || a - b).slice(0, count).map(([handle]) => genomes.text(handle));
}

/** A world of about `organisms`, warmed up, with its archive and counts listening or with nobody. */
function startCrowded(name: string, density: number, organisms: number, founders: readonly string[], observed: boolean, warmUp: number, more: Record<string, number>): Simulation {
  const world = findWorld(name);
  const size = Math.max(16, Math.round(Math.sqrt(organisms / density)));
  const simulation = new Simulation({
    world, seed: 11, genomes: createInstincts(world.vocabulary), founders, observed,
    parameters: resolveParameters(world.parameters, { size, founders: organisms, capacity: Math.ceil(organisms * 1.6), mutationRate: 0, ...more }),
  });
  if (observed) {
    countTotals(simulation);
    archiveLives(simulation);
  }
  for (let t = 0; t < warmUp; t++) simulation.step();
  return simulation;
}

/** Organism-steps a second of processor time, over so many ticks. */
function rate(simulation: Simulation, ticks: number): number {
  let steps = 0;
  const from = process.cpuUsage();
  for (let t = 0; t < ticks; t++) {
    simulation.step();
    steps += simulation.kernel.pop.count;
  }
  const { user, system } = process.cpuUsage(from);
  return (steps * 1e6) / (user + system);
}

/** Organism-steps a second of processor time, bytes an organism, and what the event stream and archive cost. */
function benchKernel(name: string, density: number, sizes: readonly number[], more: Record<string, number> = {}, leastWarmUp = 25): void {
  console.log(`${name}, ${DISTINCT} genomes taken from a ${name} evolved for 1,200 ticks, senses included; millions of organism-steps a second of`);
  console.log('processor time in one thread; with and without the events (fingerprint, counts, archive) in turn, the cost from the medians of pairs');
  const founders = evolvedGenomes(DISTINCT, 1200, 5, name);
  console.log('organisms   alive  genomes   median    least     best   bytes each   with events   cost of events');
  const medians: number[] = [];
  for (const size of sizes) {
    const ticks = Math.max(4, Math.round(1_500_000 / size));
    const warmUp = Math.max(leastWarmUp, Math.round(ticks / 2));
    const bare = startCrowded(name, density, size, founders, false, warmUp, more);
    const heard = startCrowded(name, density, size, founders, true, warmUp, more);
    const bareRates: number[] = [];
    const heardRates: number[] = [];
    for (let run = 0; run < 9; run++) {
      bareRates.push(rate(bare, ticks));
      heardRates.push(rate(heard, ticks));
    }
    const cost = median(bareRates.map((each, run) => 1 - heardRates[run]! / each));
    medians.push(median(bareRates));
    const { kernel } = bare;
    console.log([
      String(size).padStart(9), String(kernel.pop.count).padStart(7), String(kernel.genomes.distinct).padStart(8),
      (median(bareRates) / 1e6).toFixed(2).padStart(8), (Math.min(...bareRates) / 1e6).toFixed(2).padStart(8),
      (Math.max(...bareRates) / 1e6).toFixed(2).padStart(8), (kernel.bytes / kernel.pop.capacity).toFixed(0).padStart(12),
      (median(heardRates) / 1e6).toFixed(2).padStart(13), `${(100 * cost).toFixed(1)} %`.padStart(16),
    ].join(' '));
  }
  const hundred = medians[sizes.indexOf(100_000)];
  const million = medians[sizes.indexOf(1_000_000)];
  if (hundred && million) console.log(`the rate at 1,000,000 is ${(100 * million / hundred).toFixed(0)} % of that at 100,000`);
}

/** The row of a moiré of 100,000 alone. */
export function benchLush(): void {
  console.log(`\nthe same with ground so rich (scarcity ${RICH.scarcity}) that ${LUSH.toLocaleString('en')} live all along`);
  benchKernel(moire.name, MOIRE_DENSITY, [LUSH], RICH, SETTLED_TICKS);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  benchKernel(meadow.name, DENSITY, [1000, 10_000, 100_000, 1_000_000]);
  console.log('');
  benchKernel(moire.name, MOIRE_DENSITY, [10_000, 100_000]);
  benchLush();
}
