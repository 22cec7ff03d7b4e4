import type { TickEvent } from '../events/event.ts';
import type { Genomes } from '../kernel/genomes.ts';
import type { Simulation } from '../simulation.ts';
import { GridArchive } from './grid-archive.ts';

/** An elite's genome (a handle the archive holds on to), and whose it was. */
export interface ArchivedLife { genome: number; organism: number; tick: number }

export const ARCHIVE_DIMS: readonly [number, number] = [20, 20];

/**
 * Feeds an archive with the lives of a simulation as they end, one batch a tick, and answers with an archive event. The
 * objective and measures are the world's.
 */
export function archiveLives(simulation: Simulation): GridArchive<ArchivedLife> {
  const { genomes } = simulation.kernel;
  const archive = new GridArchive<ArchivedLife>({
    dims: ARCHIVE_DIMS, ranges: simulation.world.measures.map(({ lower, upper }) => [lower, upper] as const),
  });
  let measures = new Float32Array(512);
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || event.deaths.count === 0) return;
    const { count, measure0, measure1 } = event.deaths;
    if (measures.length < count * 2) measures = new Float32Array(count * 4);
    for (let i = 0; i < count; i++) {
      measures[i * 2] = measure0[i]!;
      measures[i * 2 + 1] = measure1[i]!;
    }
    addLives(simulation, archive, event, measures, genomes);
  });
  return archive;
}

function addLives(simulation: Simulation, archive: GridArchive<ArchivedLife>, event: TickEvent, measures: Float32Array, genomes: Genomes): void {
  const { deaths, tick } = event;
  const cells: number[] = [];
  const objectives: number[] = [];
  archive.addBatch(deaths.count, deaths.objective, measures, (i) => {
    genomes.retain(deaths.genome[i]!);
    return { genome: deaths.genome[i]!, organism: deaths.id[i]!, tick };
  }, (cell, i, displaced) => {
    if (displaced !== undefined) genomes.release(displaced.genome);
    cells.push(cell);
    objectives.push(deaths.objective[i]!);
  });
  if (cells.length === 0) return;
  simulation.emit({ kind: 'archive', tick, cells, objectives, coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites });
}
