import { createInstincts } from '../../agents/instincts/store.ts';
import { appraiseLives } from '../../core/archive/appraisal.ts';
import { admitElites } from '../../core/archive/immigration.ts';
import { archiveLives } from '../../core/archive/life-archive.ts';
import { compare, type Question } from '../../core/experiments/compare.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { countDiversity } from '../../core/measures/living.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';

const TICKS = 2500;
const world = { size: 96, founders: 150, capacity: 4000 };
const arms: Record<string, Record<string, number>> = {
  'novelty 40': { novelty: 40 }, 'local competition 20': { localCompetition: 20 }, 'immigration 20': { immigration: 20 },
};

/** What a meadow came to in its second half: how diverse the lives were that ended, how fruitful those that came to the age of appraisal, by then; what the archive holds. */
interface Outcome { effective: number; early: number; cells: number; qdScore: number; population: number }

function outcome(seed: number, pressures: Record<string, number>): Outcome {
  const meadow = findWorld('meadow');
  const simulation = new Simulation({ world: meadow, seed, genomes: createInstincts(meadow.vocabulary), parameters: resolveParameters(meadow.parameters, { ...world, ...pressures }) });
  const archive = archiveLives(simulation);
  admitElites(simulation, archive);
  appraiseLives(simulation);
  const diversity = countDiversity(simulation);
  const { kernel } = simulation;
  const age = kernel.parameter('appraisalAge');
  let lives = 0;
  let early = 0;
  let population = 0;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || event.tick <= TICKS / 2) return;
    const { count, columns: { bornAt, children } } = kernel.pop;
    for (let row = 0; row < count; row++) {
      if (bornAt[row] !== event.tick - age) continue;
      early += children[row]!;
      lives++;
    }
    population += event.population / (TICKS / 2);
  });
  for (let tick = 1; tick <= TICKS; tick++) {
    simulation.step();
    if (tick === TICKS / 2) diversity.startPeriod();
  }
  return { effective: diversity.phenotypes.effective, early: early / lives, cells: archive.numElites, qdScore: archive.qdScore, population };
}

const questions: readonly Omit<Question, 'pairs'>[] = [
  { key: 'effective', title: 'effective number of phenotypes', form: 'number', better: 'more', margin: 1 },
  { key: 'cells', title: 'cells of the archive filled', form: 'number', better: 'more', margin: 4 },
  { key: 'qdScore', title: 'QD-score', form: 'number', better: 'more', margin: 10 },
  { key: 'early', title: 'children by the age of appraisal', form: 'number', better: 'more', margin: 0.05 },
  { key: 'population', title: 'living', form: 'number', better: 'more', margin: 20 },
];

/** What it does to a meadow that its archive acts back: each way alone against none, over the same seeds. */
export function benchArchiveBack(seeds: readonly number[]): void {
  console.log(`a meadow of ${world.size} x ${world.size} steps, ${TICKS} ticks, ${seeds.length} seeds; lives that ended in the second half; difference with its 95 % interval over seeds, p after correction`);
  const off = seeds.map((seed) => outcome(seed, {}));
  for (const [arm, pressures] of Object.entries(arms)) {
    const on = seeds.map((seed) => outcome(seed, pressures));
    console.log(`${arm}\n${''.padEnd(34)}${'off'.padStart(9)}${'on'.padStart(9)}${'difference'.padStart(26)}${'p'.padStart(8)}  more in`);
    const found = compare(questions.map((question) => ({ ...question, pairs: off.map((one, i) => [one[question.key as keyof Outcome], on[i]![question.key as keyof Outcome]] as const) })));
    for (const { key, title, control, treated, difference, p, verdict } of found) {
      const more = off.filter((one, i) => on[i]![key as keyof Outcome] > one[key as keyof Outcome]).length;
      const [d, low, high] = [difference!.estimate, difference!.lower, difference!.upper].map((value) => value.toFixed(2));
      console.log(`  ${title.padEnd(32)}${control.mean.toFixed(2).padStart(9)}${treated.mean.toFixed(2).padStart(9)}${`${d} [${low}, ${high}]`.padStart(26)}${p!.toFixed(3).padStart(8)}  ${more} of ${seeds.length}  ${verdict}`);
    }
  }
}
