import type { ArchivedLife } from '../../core/archive/life-archive.ts';
import type { GridArchive } from '../../core/archive/grid-archive.ts';
import type { MeasureFacts } from '../../core/kernel/world.ts';
import type { ParentExample } from './words.ts';

/** A part of the space of measures: one range for each, the outermost of which are open. */
export interface Niche { readonly ranges: readonly { readonly name: string; readonly lower: number | null; readonly upper: number | null }[] }

/** What operators see of an archive. Read while a conception's event is heard, it is the same in every replay. */
export interface ArchiveView {
  /** What the measures mean, in words. */
  readonly measures: readonly { readonly name: string; readonly sentence: string }[];
  readonly cells: number;
  /** The elite of a cell as an example, or null when the cell is empty. */
  elite(cell: number): ParentExample | null;
  niche(cell: number): Niche;
}

/**
 * A grid archive of lives as operators see it. `text` gives the genome behind a handle; `objective` is the name of what
 * the archive's elites are best at. The bins must be even.
 */
export function viewArchive(archive: GridArchive<ArchivedLife>, facts: { objective: string; measures: readonly MeasureFacts[] },
  text: (genome: number) => string): ArchiveView {
  const { measures, objective: best } = facts;
  const { dims, cells } = archive;
  return {
    measures, cells,
    elite(cell) {
      const elite = archive.elite(cell);
      if (elite === null) return null;
      const life = [`${best} ${rounded(elite.objective)}`, ...measures.map(({ name }, m) => `${name} ${rounded(elite.measures[m] ?? 0)}`)];
      return { genome: text(elite.solution.genome), life: life.join(', ') };
    },
    niche(cell) {
      let rest = cell;
      const at = dims.map(() => 0);
      for (let m = dims.length - 1; m >= 0; m--) {
        at[m] = rest % dims[m]!;
        rest = Math.floor(rest / dims[m]!);
      }
      return {
        ranges: measures.map(({ name, lower, upper }, m) => {
          const width = (upper - lower) / dims[m]!;
          const edge = (index: number): number => lower + index * width;
          return { name, lower: at[m] === 0 ? null : edge(at[m]!), upper: at[m] === dims[m]! - 1 ? null : edge(at[m]! + 1) };
        }),
      };
    },
  };
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
