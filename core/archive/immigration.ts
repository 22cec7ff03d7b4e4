import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import type { Simulation } from '../simulation.ts';
import type { Archive } from './archive.ts';
import type { ArchivedLife } from './life-archive.ts';

/** `immigration` is told as elites in so many ticks. */
const PER_TICKS = 1000;

/**
 * Has elites of an archive enter the world, by command: in each tick with the chance that `immigration` says, and each elite with the
 * same chance. Both are drawn from seed and tick, so that there is nothing to save beside the archive; an empty one sends nobody.
 * Listens behind the archive, whose elites are then those of the same tick.
 */
export function admitElites(simulation: Simulation, archive: Pick<Archive<ArchivedLife>, 'numElites' | 'sampleCell' | 'solution'>): void {
  const { kernel } = simulation;
  const key = seedKey(simulation.seed, purpose.immigration);
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const chance = kernel.parameter('immigration') / PER_TICKS;
    if (chance === 0 || archive.numElites === 0) return;
    const random = new RandomStream(key, event.tick);
    if (!random.chance(chance)) return;
    const cell = archive.sampleCell(random);
    const { organism, genome } = archive.solution(cell)!;
    simulation.submit({ kind: 'immigrate', cell, elite: organism, genome: kernel.genomes.text(genome) });
  });
}
