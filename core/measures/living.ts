import { GridCells } from '../archive/grid-cells.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { NOBODY } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';
import { Abundances, Census, diversityOf, type Diversity } from './abundance.ts';
import { IdMap } from './id-map.ts';
import { lengthened } from './taxon-table.ts';

/** Mean and standard deviation (with n, it is the whole population) of a column, least and greatest; NaN of nobody. */
export interface ColumnMoments { mean: number; deviation: number; least: number; greatest: number }

/**
 * Mean and spread of every column of the population, by name, common columns and the world's own. The rows are read in the order of ids,
 * so that the order in which they lie decides nothing, not even the last bit.
 */
export function columnMoments(kernel: Kernel): Record<string, ColumnMoments> {
  const { pop } = kernel;
  const n = pop.count;
  const order = rowsById(kernel);
  return Object.fromEntries(Object.entries(pop.columns as Readonly<Record<string, ArrayLike<number>>>).map(([name, column]) => {
    let sum = 0;
    let least = n === 0 ? NaN : Infinity;
    let greatest = n === 0 ? NaN : -Infinity;
    for (const row of order) {
      const value = column[row]!;
      sum += value;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    const mean = sum / n;
    let squares = 0;
    for (const row of order) squares += (column[row]! - mean) * (column[row]! - mean);
    return [name, { mean, deviation: Math.sqrt(squares / n), least, greatest }];
  }));
}

/** Live rows by rising id. */
export function rowsById({ pop }: Pick<Kernel, 'pop'>): Uint32Array {
  const { id } = pop.columns;
  return Uint32Array.from({ length: pop.count }, (_, row) => row).sort((a, b) => id[a]! - id[b]!);
}

/** Cells of the world's two measures, evenly cut: what counts as one phenotype. */
export function phenotypeCells(world: Kernel['world'], dims: readonly [number, number] = [20, 20]): GridCells {
  return new GridCells({ dims, ranges: world.measures.map(({ lower, upper }) => [lower, upper] as const) });
}

/** Diversity of the phenotypes of everyone alive: what each life has come to so far, by cell of the measures. Reads the state. */
export function livingPhenotypes(kernel: Kernel, cells = phenotypeCells(kernel.world)): Diversity {
  const counts = new Map<number, number>();
  const life = new Float32Array(3);
  for (let row = 0; row < kernel.pop.count; row++) {
    kernel.parts.lifeOf(row, life);
    const cell = cells.cellOf(life, 1);
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return diversityOf(counts.values());
}

export interface LivingDiversity extends Saveable {
  population: number;
  /** Of the genomes that the living were born with. */
  readonly genomes: Diversity;
  /** Of the lives that ended since the last `startPeriod`, by cell of the measures. */
  readonly phenotypes: Diversity;
  startPeriod(): void;
}

/**
 * Diversity of genomes and of phenotypes from the events alone, kept birth by birth and death by death; equal to a fresh count at every
 * tick. A genome is held while someone lives who was born with it, so that its handle stands for nothing else.
 * Listens from the first tick on: whoever lived before is not counted.
 */
export function countDiversity(simulation: Simulation, cells = phenotypeCells(simulation.world)): LivingDiversity {
  const { genomes } = simulation.kernel;
  const abundances = new Abundances();
  let counts = new Uint32Array(1024);
  const bornWith = new IdMap(1024);
  const ended = new Census<number>();
  let population = 0;
  const move = (handle: number, by: 1 | -1): void => {
    if (handle >= counts.length) {
      counts = lengthened(counts, new Uint32Array(2 * (handle + 1)));
    }
    const before = counts[handle]!;
    counts[handle] = before + by;
    abundances.move(before, before + by);
    if (by > 0 && before === 0) genomes.retain(handle);
    if (by < 0 && before === 1) genomes.release(handle);
  };
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { births, deaths } = event;
    for (let i = 0; i < births.count; i++) {
      bornWith.set(births.id[i]!, births.genome[i]!);
      move(births.genome[i]!, 1);
    }
    for (let i = 0; i < deaths.count; i++) {
      ended.add(cells.cellOf([deaths.measure0[i]!, deaths.measure1[i]!]));
      const handle = bornWith.get(deaths.id[i]!);
      if (handle === NOBODY) continue;
      bornWith.delete(deaths.id[i]!);
      move(handle, -1);
    }
    population = event.population;
  });
  return {
    get population() { return population; },
    get genomes() { return abundances.diversity; },
    get phenotypes() { return ended.diversity; },
    startPeriod() { ended.clear(); },
    save: () => ({ population, bornWith: bornWith.save(), ended: ended.save() }),
    load(saved) {
      const { population: living, bornWith: handles, ended: cells } = saved as { population: number; bornWith: { values: Uint32Array }; ended: unknown };
      population = living;
      bornWith.load(handles);
      ended.load(cells);
      counts.fill(0);
      for (const handle of handles.values) {
        if (handle >= counts.length) counts = lengthened(counts, new Uint32Array(2 * (handle + 1)));
        counts[handle]!++;
      }
      abundances.load(new Abundances().save());
      for (const n of counts) if (n > 0) abundances.move(0, n);
    },
  };
}
