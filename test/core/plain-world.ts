import { z } from 'zod';
import { CellList } from '../../core/kernel/cell-list.ts';
import { Field } from '../../core/kernel/field.ts';
import { commonParameters, parameter, pressure, resolveParameters } from '../../core/kernel/parameters.ts';
import { Cause, NOBODY } from '../../core/kernel/tick-events.ts';
import { defineWorld } from '../../core/kernel/world.ts';
import { Simulation } from '../../core/simulation.ts';
import { PlainGenomes } from './plain-genomes.ts';

const acts = ['rest', 'breed', 'pair', 'leave'] as const;

/** A world as small as worlds can be: organisms stand still, gain an income, breed alone or with the lowest id, or leave. */
export const plainWorld = defineWorld({
  name: 'plain', title: 'Plain', sentence: 'Nothing but births and deaths.',
  parameters: z.object({
    ...commonParameters,
    founders: parameter({ title: 'Founders', sentence: 'Organisms at the start.', min: 0, max: 1_000_000, default: 3, step: 1, live: false }),
    income: pressure({ title: 'Income', sentence: 'Energy gained in a tick.', min: -5, max: 5, default: 0, step: 0.5 }),
  }),
  columns: { steps: 'u16' },
  vocabulary: { senses: [], acts: acts.map((name) => ({ name, sentence: `To ${name}.`, targets: [] })), signals: [], registers: ['a'] },
  founders: ['breed', 'rest'],
  objective: 'children',
  measures: [{ name: 'age', sentence: 'Ticks lived.', lower: 0, upper: 100 }, { name: 'ways', sentence: 'Its act.', lower: 0, upper: 4 }],
  energyFull: 10,
  space: () => ({ width: 16, height: 16 }),
  create(kernel) {
    const { pop, dying } = kernel;
    const { x, y, act, energy, id, children, bornAt, steps } = pop.columns;
    const cells = new CellList(16, 16, 4, pop.capacity);
    const look = new Uint16Array(pop.capacity);
    return {
      field: new Field(16, 16, 4), cells, readers: [], bytes: cells.bytes,
      save: () => null,
      load: () => undefined,
      begin: (row) => { steps[row] = 0; },
      lifeOf(row, life) {
        life[0] = children[row]!;
        life[1] = kernel.tick - bornAt[row]!;
        life[2] = act[row]!;
      },
      step() {
        cells.build(pop.count, x, y, look);
        kernel.decide();
        let eldest = 0;
        for (let row = 1; row < pop.count; row++) if (id[row]! < id[eldest]!) eldest = row;
        for (let row = 0; row < pop.count; row++) {
          steps[row]!++;
          energy[row]! += kernel.parameter('income');
          const chosen = acts[act[row]!];
          if (chosen === 'breed') kernel.gestation.conceive(row, NOBODY);
          else if (chosen === 'pair' && row !== eldest) kernel.gestation.conceive(row, eldest);
          else if (chosen === 'leave') dying[row] = Cause.removed + 1;
          if (energy[row]! <= 0) dying[row] = Cause.starved + 1;
        }
        const granted = kernel.gestation.layEggs(2);
        for (let i = 0; i < granted; i++) children[kernel.gestation.conceivers[i]!]!++;
      },
    };
  },
});

export interface PlainOptions { seed?: number; founders?: readonly string[]; parameters?: Record<string, number> }

export function startPlain({ seed = 1, founders = plainWorld.founders, parameters = {} }: PlainOptions = {}) {
  const genomes = new PlainGenomes(plainWorld.vocabulary);
  const given = { founders: founders.length, capacity: 1000, gestation: 3, ...parameters };
  const simulation = new Simulation({ world: plainWorld, parameters: resolveParameters(plainWorld.parameters, given), seed, genomes, founders });
  return { simulation: simulation as unknown as Simulation, genomes };
}

/** Founders and parameters under which `keepBusy` has births of every kind. */
export const busyFounders = ['breed', 'rest', 'pair', 'breed', 'leave'];
export const busyParameters = { gestation: 3, capacity: 120, mutationRate: 0.5 };

/** A run with births of every kind, and then a wave of hunger. */
export function keepBusy(simulation: Simulation, check: (tick: number) => void): void {
  for (let tick = 1; tick <= 40; tick++) {
    if (tick === 20) simulation.submit({ kind: 'set', key: 'income', value: -1.5 });
    if (tick === 24) simulation.submit({ kind: 'set', key: 'income', value: 0.5 });
    simulation.step();
    check(tick);
  }
}
