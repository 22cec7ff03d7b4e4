import { z } from 'zod';
import { CellList } from '../../core/kernel/cell-list.ts';
import { Field } from '../../core/kernel/field.ts';
import { commonParameters, parameter, resolveParameters } from '../../core/kernel/parameters.ts';
import { seedKey, uniform } from '../../core/kernel/random.ts';
import { Cause, NOBODY } from '../../core/kernel/tick-events.ts';
import { defineWorld } from '../../core/kernel/world.ts';
import { Simulation } from '../../core/simulation.ts';
import { PlainGenomes } from '../core/plain-genomes.ts';

/** What a genome is worth, from 0 to 1: the number behind its act, in thousandths. */
export const worthOf = (genome: string): number => Number(genome.split('#')[1] ?? 500) / 1000;

/**
 * Births and deaths by lot: a tenth of the organisms dies in a tick, whoever they are, and about as many are born, of parents drawn with a weight
 * exp(selection · worth). With no selection it is neutral in every respect: who breeds and who dies is chance alone.
 */
const driftWorld = defineWorld({
  name: 'drift', title: 'Drift', sentence: 'Births and deaths by lot.',
  parameters: z.object({
    ...commonParameters,
    founders: parameter({ title: 'Founders', sentence: 'Organisms at the start.', min: 0, max: 1_000_000, default: 100, step: 1, live: false }),
    selection: parameter({ title: 'Selection', sentence: 'How much worth pays.', min: 0, max: 20, default: 0, step: 0.1, live: true }),
  }),
  columns: {},
  vocabulary: { senses: [], acts: [{ name: 'breed', sentence: 'To breed.', targets: [] }], signals: [], registers: ['a'] },
  founders: ['breed#100'],
  objective: 'children',
  measures: [{ name: 'age', sentence: 'Ticks lived.', lower: 0, upper: 100 }, { name: 'worth', sentence: 'Its worth.', lower: 0, upper: 1 }],
  energyFull: 10,
  space: () => ({ width: 16, height: 16 }),
  create(kernel) {
    const { pop, dying, genomes } = kernel;
    const { id, children, bornAt, genome } = pop.columns;
    const cells = new CellList(16, 16, 4, pop.capacity);
    const key = seedKey(kernel.seed, 0x64726966);
    return {
      field: new Field(16, 16, 4), cells, readers: [], bytes: cells.bytes,
      save: () => null,
      load: () => undefined,
      begin: () => undefined,
      lifeOf(row, life) {
        life[0] = children[row]!;
        life[1] = kernel.tick - bornAt[row]!;
        life[2] = worthOf(genomes.text(genome[row]!));
      },
      step() {
        const selection = kernel.parameter('selection');
        const weights = Float64Array.from({ length: pop.count }, (_, row) => Math.exp(selection * worthOf(genomes.text(genome[row]!))));
        const mean = weights.reduce((sum, weight) => sum + weight, 0) / pop.count;
        // back to the number of founders
        const births = 0.1 * (kernel.parameter('founders') / pop.count);
        for (let row = 0; row < pop.count; row++) {
          // at most one child a tick, and who breeds may die in the same one
          if (uniform(key[0], key[1], kernel.tick * 2, id[row]!) < (births * weights[row]!) / mean) {
            children[row]!++;
            kernel.gestation.conceive(row, NOBODY);
          }
          if (uniform(key[0], key[1], kernel.tick * 2 + 1, id[row]!) < 0.1) dying[row] = Cause.removed + 1;
        }
        kernel.gestation.layEggs(0);
      },
    };
  },
});

export function startDrift({ seed = 1, selection = 0, organisms = 200, mutationRate = 0.02, founders = driftWorld.founders }: { seed?: number; selection?: number; organisms?: number; mutationRate?: number; founders?: readonly string[] } = {}) {
  const genomes = new PlainGenomes(driftWorld.vocabulary);
  const parameters = resolveParameters(driftWorld.parameters, { founders: organisms, capacity: organisms * 4, gestation: 1, mutationRate, crossoverRate: 0, selection });
  const simulation = new Simulation({ world: driftWorld, parameters, seed, genomes, founders });
  return { simulation: simulation as unknown as Simulation, genomes };
}
