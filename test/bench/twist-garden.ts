import { fileURLToPath } from 'node:url';
import { createInstincts } from '../../agents/instincts/store.ts';
import { commonGarden } from '../../core/experiments/common-garden.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';

const world = findWorld('moire');
const SAMPLE = 300;

export interface TwistGardens {
  /** Degrees at which the two populations are kept. */
  angles: readonly [number, number];
  /** Parameters of all runs. */
  parameters: Record<string, number>;
  evolveTicks: number;
  gardenTicks: number;
}

/** Steps a tick, and genomes, of those who live when a population has been kept at an angle. */
function keptAt(twist: number, seed: number, { parameters, evolveTicks }: TwistGardens): { mobility: number; genomes: string[] } {
  const store = createInstincts(world.vocabulary);
  const simulation = new Simulation({ world, seed, genomes: store, observed: false, parameters: resolveParameters(world.parameters, { ...parameters, twist }) });
  for (let t = 0; t < evolveTicks; t++) simulation.step();
  const { pop, parts } = simulation.kernel;
  // by id, so that the sample does not depend on the order of rows
  const rows = Array.from({ length: pop.count }, (_, row) => row).sort((a, b) => pop.columns.id[a]! - pop.columns.id[b]!);
  const life = new Float32Array(3);
  let mobility = 0;
  for (const row of rows) {
    parts.lifeOf(row, life);
    mobility += life[1]!;
  }
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0);
  const genomes = rows.length === 0 ? [] : Array.from({ length: SAMPLE }, () => store.text(pop.columns.genome[random.pick(rows)]!));
  return { mobility: mobility / Math.max(1, rows.length), genomes };
}

/** Of one seed: how much each kind moves where it was kept, and its share of the garden there (½ is neutral; null where one has died out). */
export function twistGardens(seed: number, options: TwistGardens): { mobility: [number, number]; atHome: [number | null, number | null] } {
  const { angles, parameters, gardenTicks } = options;
  const [first, second] = [keptAt(angles[0], seed, options), keptAt(angles[1], seed, options)];
  const shareOfSecond = angles.map((twist) => commonGarden({
    world, createGenomes: () => createInstincts(world.vocabulary), parameters: { ...parameters, twist }, seed: seed + 1_000_003,
    first: first.genomes, second: second.genomes, each: SAMPLE, ticks: gardenTicks,
  }));
  const [atFirst, atSecond] = shareOfSecond as [number | null, number | null];
  return { mobility: [first.mobility, second.mobility], atHome: [atFirst === null ? null : 1 - atFirst, atSecond] };
}

/** Steps cost more than by default, so that it matters how far apart domains are. */
const standard: TwistGardens = {
  angles: [2, 20], parameters: { size: 192, founders: 600, capacity: 8000, mutationRate: 0.5, costOfMoving: 0.6 }, evolveTicks: 7000, gardenTicks: 1000,
};

/**
 * Prints a row a seed, and in how many seeds each kind did better at home than the other kind did there ("local against foreign"), and
 * better at home than it did away ("home against away"; Kawecki & Ebert 2004): that is so where the two shares at home sum to more than 1.
 */
function benchTwistGarden(seeds: readonly number[], options: TwistGardens): void {
  const [a, b] = options.angles;
  console.log(`moire, ${JSON.stringify(options.parameters)}: populations kept at ${a}° and at ${b}° for ${options.evolveTicks} ticks, then ${SAMPLE} of each in a garden at either angle`);
  console.log(`for ${options.gardenTicks} ticks without variation; steps a tick where they were kept, and the share of those who are at home`);
  console.log(`seed   steps ${a}°   steps ${b}°   at home, ${a}°   at home, ${b}°`);
  const wins = [0, 0, 0];
  let nearer = 0;
  for (const seed of seeds) {
    const { mobility, atHome } = twistGardens(seed, options);
    const better = atHome.map((share) => share !== null && share > 0.5);
    better.forEach((won, i) => { if (won) wins[i]!++; });
    if (better.every(Boolean)) wins[2]!++;
    if (atHome[0] !== null && atHome[1] !== null && atHome[0] + atHome[1] > 1) nearer++;
    console.log([String(seed).padStart(4), ...mobility.map((steps) => steps.toFixed(3).padStart(10)), ...atHome.map((share) => (share?.toFixed(3) ?? '-').padStart(14))].join(' '));
  }
  console.log(`better at home: at ${a}° in ${wins[0]} of ${seeds.length} seeds, at ${b}° in ${wins[1]}, at both in ${wins[2]}; better at home than away: in ${nearer}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv[2] === undefined ? {} : JSON.parse(process.argv[2]) as Partial<TwistGardens> & { seeds?: number[] };
  benchTwistGarden(given.seeds ?? Array.from({ length: 10 }, (_, i) => i + 1), { ...standard, ...given });
}
