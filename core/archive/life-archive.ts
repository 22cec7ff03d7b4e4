import { z } from 'zod';
import type { TickEvent } from '../events/event.ts';
import type { MeasureFacts, WorldDefinition } from '../kernel/world.ts';
import type { Simulation } from '../simulation.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { jsonCodec } from './codec.ts';
import { GridArchive } from './grid-archive.ts';
import { restoreArchive } from './load.ts';
import { Relived, type Corrected } from './relived.ts';

/** An elite's genome (a handle the archive holds on to), and whose it was. */
export interface ArchivedLife { genome: number; organism: number; tick: number }

const codec = jsonCodec<ArchivedLife>();

/** An archive of lives; `lives` saves with it what judges said of those who still live. */
export class LifeArchive extends GridArchive<ArchivedLife> {
  readonly lives: Saveable;
  readonly relived: Relived;

  constructor(ranges: readonly (readonly [number, number])[], worth: Map<number, number>) {
    super({ dims: ARCHIVE_DIMS, ranges });
    this.relived = new Relived(this.cells);
    this.lives = {
      save: () => ({ archive: this.save(codec), worth: [...worth], relived: this.relived.save() }),
      load: (saved) => {
        const { archive, worth: said, relived } = saved as { archive: Uint8Array; worth: [number, number][]; relived?: Float64Array };
        restoreArchive(this, archive, codec);
        this.relived.clear();
        for (const { cell, solution } of this) this.relived.replace(cell, undefined, solution.genome);
        // states that were saved before anybody counted go on from nothing
        if (relived !== undefined) this.relived.load(relived);
        worth.clear();
        for (const [organism, value] of said) worth.set(organism, value);
      },
    };
  }

  /** What it comes to by later lives of its elites' genomes; null where there are none. */
  get corrected(): Corrected | null {
    return this.relived.corrected(this);
  }
}

export const ARCHIVE_DIMS: readonly [number, number] = [20, 20];

/** What a judge said of an organism, as an objective or a measure. */
const judged: MeasureFacts = { name: 'judged', sentence: 'What a judge said of it, from 0 to 1; only judged lives enter.', lower: 0, upper: 1 };

/** What an archive of lives goes by: the world's own objective and measures, or the judge's word in the place of any. */
export const archiveChoice = z.strictObject({
  objective: z.enum(['life', 'judged']).default('life'),
  /** Names of two of the world's measures or `judged`; the world's two when left out. */
  measures: z.tuple([z.string(), z.string()]).optional(),
});
export type ArchiveChoice = z.infer<typeof archiveChoice>;

/** The objective and the measures of a choice, for a viewer. Throws an error with one sentence for a measure that the world has not. */
export function archiveFacts(world: Pick<WorldDefinition, 'name' | 'objective' | 'measures'>, choice: ArchiveChoice): { objective: string; measures: [MeasureFacts, MeasureFacts] } {
  const [first, second] = choice.measures ?? [world.measures[0].name, world.measures[1].name];
  const known = [...world.measures, judged];
  const find = (name: string): MeasureFacts => {
    const facts = known.find((each) => each.name === name);
    if (facts === undefined) throw new Error(`The archive is to measure "${name}", but ${world.name} has ${known.map((each) => each.name).join(', ')}.`);
    return facts;
  };
  return { objective: choice.objective === 'judged' ? 'judged worth' : world.objective, measures: [find(first), find(second)] };
}

/**
 * Feeds an archive with the lives of a simulation as they end, one batch a tick, and answers with an archive event.
 * Where the judge's word is part of the choice, lives that were not judged do not enter.
 */
export function archiveLives(simulation: Simulation, choice: ArchiveChoice = { objective: 'life' }): LifeArchive {
  const { genomes } = simulation.kernel;
  const { world } = simulation;
  const { measures: facts } = archiveFacts(world, choice);
  const byJudge = choice.objective === 'judged' || facts.includes(judged);
  /** Which of the world's measures each dimension is; -1 is the judge's. */
  const sources = facts.map(({ name }) => (name === judged.name ? -1 : world.measures.findIndex((each) => each.name === name)));
  const worth = new Map<number, number>();
  const archive = new LifeArchive(facts.map(({ lower, upper }) => [lower, upper] as const), worth);
  let objectives = new Float32Array(256);
  let measures = new Float32Array(512);
  let rows = new Uint32Array(256);

  function take({ deaths }: TickEvent): number {
    if (rows.length < deaths.count) {
      rows = new Uint32Array(deaths.count * 2);
      objectives = new Float32Array(rows.length);
      measures = new Float32Array(rows.length * 2);
    }
    let n = 0;
    for (let i = 0; i < deaths.count; i++) {
      const said = byJudge ? worth.get(deaths.id[i]!) : 0;
      if (said === undefined) continue;
      worth.delete(deaths.id[i]!);
      rows[n] = i;
      objectives[n] = choice.objective === 'judged' ? said : deaths.objective[i]!;
      for (let dim = 0; dim < 2; dim++) {
        measures[n * 2 + dim] = sources[dim] === -1 ? said : sources[dim] === 0 ? deaths.measure0[i]! : deaths.measure1[i]!;
      }
      n++;
    }
    return n;
  }

  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { deaths, tick } = event;
    if (byJudge) {
      for (const { command } of event.commands) {
        if (command.kind !== 'judge' || command.worth === null) continue;
        // of one who died before the judge had spoken nothing is kept
        const { organism } = command;
        if (simulation.kernel.rowOf(organism) >= 0 || deaths.id.subarray(0, deaths.count).includes(organism)) worth.set(organism, command.worth);
      }
    }
    if (deaths.count === 0) return;
    const cells: number[] = [];
    const improved: number[] = [];
    const organisms: number[] = [];
    const candidates = take(event);
    for (let i = 0; i < candidates; i++) archive.relived.note(deaths.genome[rows[i]!]!, objectives[i]!, measures[2 * i]!, measures[2 * i + 1]!);
    archive.addBatch(candidates, objectives, measures, (i) => {
      const row = rows[i]!;
      genomes.retain(deaths.genome[row]!);
      return { genome: deaths.genome[row]!, organism: deaths.id[row]!, tick };
    }, { onChange: (cell, i, displaced) => {
      archive.relived.replace(cell, displaced?.genome, deaths.genome[rows[i]!]!);
      if (displaced !== undefined) genomes.release(displaced.genome);
      cells.push(cell);
      improved.push(objectives[i]!);
      organisms.push(deaths.id[rows[i]!]!);
    } });
    if (cells.length === 0) return;
    simulation.emit({ kind: 'archive', tick, cells, objectives: improved, organisms, coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites });
  });
  return archive;
}
