/**
 * Selection by twist: populations of one ancestry are kept where domains are wide and where they are narrow, and meet in gardens at both
 * angles (Kawecki & Ebert 2004, "local against foreign"). The control has two populations kept at the same angle meet there: neither should win.
 */
import { fileURLToPath } from 'node:url';
import { createInstincts } from '../../agents/instincts/store.ts';
import { commonGarden } from '../../core/experiments/common-garden.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { bootstrapMean } from '../../core/measures/statistics.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';
import { traitNames, traitsOf, type Traits } from './twist-traits.ts';

const world = findWorld('moire');

interface TwistGardens {
  /** Degrees at which populations are kept. */
  angles: readonly [number, number];
  /** Degrees at which traits are measured: home of neither. */
  between: number;
  /** Programs that all populations begin with, in turns. */
  ancestors: readonly string[];
  /** Parameters of all runs. */
  parameters: Record<string, number>;
  keepTicks: number;
  gardenTicks: number;
  /** Organisms of each kind at the start of a garden, and genomes drawn for it. */
  each: number;
  seeds: readonly number[];
}

const eatsAmber = 'when energy > 45 -> reproduce\nwhen amber.here > 8% -> eat amber\nwhen amber.near > 8% -> climb amber\notherwise -> wander';

/**
 * Steps are dear and food grows slowly, so that it matters how far it is to the next domain. Wide domains have a period of 57 steps, 4.5 of which the
 * torus holds, narrow ones of 11.5. The ancestors live at both angles, one of amber and one of jade. These seeds had no part in the choice of all this.
 */
const standard: TwistGardens = {
  angles: [4, 20], between: 9, ancestors: [eatsAmber, eatsAmber.replaceAll('amber', 'jade')],
  parameters: { size: 256, founders: 1200, capacity: 12_000, mutationRate: 0.5, costOfMoving: 1, scarcity: 0.8, digestion: 1 },
  keepTicks: 5000, gardenTicks: 1000, each: 400, seeds: Array.from({ length: 10 }, (_, i) => 101 + i),
};

/** Genomes of those who live when a population has been kept at an angle, drawn from all with replacement; none where it died out. */
function keptAt(twist: number, seed: number, { parameters, ancestors, keepTicks, each }: TwistGardens): string[] {
  const store = createInstincts(world.vocabulary);
  const simulation = new Simulation({
    world, seed, genomes: store, founders: Array.from({ length: parameters['founders']! }, (_, i) => ancestors[i % ancestors.length]!), observed: false,
    parameters: resolveParameters(world.parameters, { ...parameters, twist }),
  });
  for (let t = 0; t < keepTicks; t++) simulation.step();
  const { pop } = simulation.kernel;
  // by id, so that the sample does not depend on the order of rows
  const rows = Array.from({ length: pop.count }, (_, row) => row).sort((a, b) => pop.columns.id[a]! - pop.columns.id[b]!);
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0);
  return rows.length === 0 ? [] : Array.from({ length: each }, () => store.text(pop.columns.genome[random.pick(rows)]!));
}

/** What came of one seed. Shares are null where a kind had died out before, or everyone did in the garden. */
interface Outcome {
  /** Share of the natives in a garden with those of the other angle, at either angle. */
  atHome: [number | null, number | null];
  /** Share of a second population of the same angle in a garden with the first, at either angle. */
  control: [number | null, number | null];
  traits: [Traits, Traits] | null;
}

function twistGardens(seed: number, options: TwistGardens): Outcome {
  const { angles, parameters, gardenTicks, each, between } = options;
  const garden = (twist: number, first: string[], second: string[]): number | null => commonGarden({
    world, createGenomes: () => createInstincts(world.vocabulary), parameters: { ...parameters, twist }, seed: seed + 1_000_003, first, second, each, ticks: gardenTicks,
  });
  const [wide, narrow] = [keptAt(angles[0], seed, options), keptAt(angles[1], seed, options)];
  const [wideAgain, narrowAgain] = [keptAt(angles[0], seed + 10_000, options), keptAt(angles[1], seed + 10_000, options)];
  const measured = (genomes: string[]): Traits => traitsOf(genomes, { ...parameters, twist: between }, seed + 2_000_003);
  return {
    atHome: [garden(angles[0], narrow, wide), garden(angles[1], wide, narrow)],
    control: [garden(angles[0], wide, wideAgain), garden(angles[1], narrow, narrowAgain)],
    traits: wide.length > 0 && narrow.length > 0 ? [measured(wide), measured(narrow)] : null,
  };
}

/** Mean and 95 % bootstrap interval over seeds. */
function spread(values: readonly number[]): string {
  const found = bootstrapMean(values, { seed: 1 });
  return found === null ? `${values[0]?.toFixed(3) ?? '-'} (too few seeds for an interval)` : `${found.estimate.toFixed(3)} (${found.lower.toFixed(3)} to ${found.upper.toFixed(3)})`;
}

const isNumber = (value: number | null): value is number => value !== null;

/** Prints a row a seed, traits with intervals over seeds, and in how many seeds natives won. */
function benchTwistGarden(options: TwistGardens): void {
  const { angles: [a, b], seeds, parameters, keepTicks, each, gardenTicks, between } = options;
  console.log(`moire, ${JSON.stringify(parameters)}: populations of the same ancestors kept at ${a}° and at ${b}° for ${keepTicks} ticks,`);
  console.log(`then ${each} of each in a garden for ${gardenTicks} ticks without variation. Share of the natives among the living at its end; control: share of`);
  console.log('a second population of that angle in a garden with the first. Neutral: 0.5');
  console.log(`seed   at home, ${a}°   at home, ${b}°   control, ${a}°   control, ${b}°`);
  const outcomes = seeds.map((seed) => {
    const outcome = twistGardens(seed, options);
    console.log([String(seed).padStart(4), ...[...outcome.atHome, ...outcome.control].map((share) => (share?.toFixed(3) ?? '-').padStart(14))].join(' '));
    return outcome;
  });
  const traits = outcomes.flatMap((outcome) => outcome.traits === null ? [] : [outcome.traits]);
  console.log(`traits of both kinds, measured at ${between}°, and by how much those of ${b}° have more: means with 95 % bootstrap intervals over seeds`);
  for (const name of traitNames) {
    const [wide, narrow] = [traits.map(([kind]) => kind[name]), traits.map(([, kind]) => kind[name])];
    console.log(`${name.padEnd(14)} ${a}°: ${spread(wide)}   ${b}°: ${spread(narrow)}   more: ${spread(narrow.map((value, i) => value - wide[i]!))}`);
  }
  const won = (shares: (number | null)[]): number => shares.filter((share) => share !== null && share > 0.5).length;
  const [homeA, homeB] = [outcomes.map(({ atHome }) => atHome[0]), outcomes.map(({ atHome }) => atHome[1])];
  const both = outcomes.filter(({ atHome }) => atHome.every((share) => share !== null && share > 0.5)).length;
  const control = outcomes.flatMap(({ control: shares }) => shares);
  console.log(`natives won at ${a}° in ${won(homeA)} of ${seeds.length} seeds, share ${spread(homeA.filter(isNumber))}; at ${b}° in ${won(homeB)}, ${spread(homeB.filter(isNumber))}; at both in ${both}; ` +
    `control: the second population won in ${won(control)} of ${control.length}, ${spread(control.filter(isNumber))}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv[2] === undefined ? {} : JSON.parse(process.argv[2]) as Partial<TwistGardens>;
  benchTwistGarden({ ...standard, ...given });
}
