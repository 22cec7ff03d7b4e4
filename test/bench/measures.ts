import { defaultGroups, groupNames } from '../../core/measures/group-names.ts';
import { measureOptions } from '../../core/measures/measure-options.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { DENSITY, evolvedGenomes } from './kernel.ts';
import { median } from './statistics.ts';

const ORGANISMS = 100_000;
const WANTED = 0.05;

/** A lab with a large meadow as it really is: births with mutants, deaths, an archive and a phylogeny. */
async function begin(wanted: readonly string[], founders: readonly string[]): Promise<Lab> {
  const lab = createLab({
    world: 'meadow', seed: 11, operator: 'classical', founders, service: null, measures: measureOptions.parse({ wanted: [...wanted] }),
    parameters: { size: Math.round(Math.sqrt(ORGANISMS / DENSITY)), founders: ORGANISMS, capacity: Math.ceil(ORGANISMS * 1.6) },
  });
  for (let t = 0; t < 50; t++) await lab.tick();
  return lab;
}

/** Milliseconds of processor time of each of so many ticks. */
async function cost(lab: Lab, ticks: number): Promise<number> {
  const from = process.cpuUsage();
  for (let t = 0; t < ticks; t++) await lab.tick();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000 / ticks;
}

/** Groups beside none, in turn over the same ticks of the same run: milliseconds of a tick without, and what they add, as medians. */
async function beside(wanted: readonly string[], founders: readonly string[], pairs: number, ticks: number): Promise<{ bare: number; share: number }> {
  const [bare, measured] = [await begin([], founders), await begin(wanted, founders)];
  const costs: [number, number][] = [];
  for (let run = 0; run < pairs; run++) costs.push([await cost(bare, ticks), await cost(measured, ticks)]);
  if (bare.simulation.fingerprint !== measured.simulation.fingerprint) throw new Error('What is measured has changed the run.');
  return { bare: median(costs.map(([without]) => without)), share: median(costs.map(([without, withThem]) => withThem / without - 1)) };
}

async function benchMeasures(founders: readonly string[]): Promise<void> {
  const { bare, share } = await beside(defaultGroups, founders, 12, 20);
  console.log(`meadow of about ${ORGANISMS} organisms; a tick without measures ${bare.toFixed(1)} ms`);
  console.log(`cost of the default set (${defaultGroups.join(', ')}; every 10 ticks) ${(100 * share).toFixed(1)} % of a tick, median of 12 pairs; wanted: at most ${100 * WANTED} %`);
  if (share > WANTED) process.exitCode = 1;
  console.log('each group alone at its own pace, pairs of 100 ticks');
  for (const name of groupNames) {
    const each = await beside([name], founders, 2, 100);
    console.log(`${name.padEnd(11)} ${(each.share * each.bare).toFixed(2).padStart(8)} ms a tick ${(100 * each.share).toFixed(1).padStart(7)} %`);
  }
}

await benchMeasures(evolvedGenomes(1000, 1200, 5));
