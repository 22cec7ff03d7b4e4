import { createInstincts, parseProgram } from '../../agents/instincts/index.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';

/** What programs are told apart by, and what is wanted of them. */
export const facts = {
  objective: 'offspring conceived',
  measures: [
    { name: 'mobility', sentence: 'Steps moved for each tick of life.', lower: 0, upper: 1 },
    { name: 'rules', sentence: 'Rules before the last line.', lower: 0, upper: 6 },
  ],
};

export const programArchive = (): GridArchive<string> => new GridArchive<string>({ dims: [8, 6], ranges: facts.measures.map(({ lower, upper }) => [lower, upper] as const) });

/** The meadow's own founders, to begin with. */
export const { founders } = meadow;

export interface Score { objective: number; measures: [number, number] }

const parameters = resolveParameters(meadow.parameters, { size: 32, founders: 12, capacity: 96, gestation: 4, lifespan: 60, mutationRate: 0, crossoverRate: 0 });
const known = new Map<string, Score>();

/** A program's score, reckoned once: it is a function of the program. */
export function scoreProgram(genome: string): Score {
  const score = known.get(genome) ?? live(genome);
  known.set(genome, score);
  return score;
}

/** Twelve organisms with one program in a small meadow: what the lives of the founders and of their unchanged children come to on average. */
function live(genome: string): Score {
  const simulation = new Simulation({ world: meadow, parameters, seed: 11, genomes: createInstincts(meadow.vocabulary), founders: [genome], observed: false });
  let lives = 0;
  let children = 0;
  let mobility = 0;
  const count = (conceived: number, moved: number): void => {
    lives++;
    children += conceived;
    mobility += moved;
  };
  simulation.events$.subscribe((event) => {
    if (event.kind === 'tick') for (let i = 0; i < event.deaths.count; i++) count(event.deaths.objective[i]!, event.deaths.measure0[i]!);
  });
  for (let tick = 0; tick < 60; tick++) simulation.step();
  const { kernel } = simulation;
  const life = new Float32Array(3);
  for (let row = 0; row < kernel.pop.count; row++) {
    kernel.parts.lifeOf(row, life);
    count(life[0]!, life[1]!);
  }
  return { objective: children / lives, measures: [mobility / lives, parseProgram(genome, meadow.vocabulary).rules.length] };
}
