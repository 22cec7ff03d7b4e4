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
  /** Elites of the filled cells nearest to a cell, in steps from cell to cell; of equals those with the lowest numbers. */
  neighbours(cell: number, count: number): ParentExample[];
}

/**
 * A grid archive of lives as operators see it. `text` gives the genome behind a handle; `objective` is the name of what
 * the archive's elites are best at. The bins must be even.
 */
export function viewArchive(archive: GridArchive<ArchivedLife>, facts: { objective: string; measures: readonly MeasureFacts[] },
  text: (genome: number) => string): ArchiveView {
  const { measures, objective: best } = facts;
  const { dims, cells } = archive;
  /** The bins of a cell, one for each measure. */
  function binsOf(cell: number): number[] {
    const bins = dims.map(() => 0);
    for (let m = dims.length - 1, rest = cell; m >= 0; m--) {
      bins[m] = rest % dims[m]!;
      rest = Math.floor(rest / dims[m]!);
    }
    return bins;
  }

  function elite(cell: number): ParentExample | null {
    const found = archive.elite(cell);
    if (found === null) return null;
    const life = [`${best} ${rounded(found.objective)}`, ...measures.map(({ name }, m) => `${name} ${rounded(found.measures[m] ?? 0)}`)];
    return { genome: text(found.solution.genome), life: life.join(', ') };
  }

  return {
    measures, cells, elite,
    niche(cell) {
      const bins = binsOf(cell);
      return {
        ranges: measures.map(({ name, lower, upper }, m) => {
          const width = (upper - lower) / dims[m]!;
          const edge = (index: number): number => lower + index * width;
          return { name, lower: bins[m] === 0 ? null : edge(bins[m]!), upper: bins[m] === dims[m]! - 1 ? null : edge(bins[m]! + 1) };
        }),
      };
    },
    neighbours(cell, count) {
      const here = binsOf(cell);
      const filled: { other: number; far: number }[] = [];
      for (let other = 0; other < cells; other++) {
        if (archive.elite(other) === null) continue;
        filled.push({ other, far: binsOf(other).reduce((sum, bin, m) => sum + (bin - here[m]!) * (bin - here[m]!), 0) });
      }
      return filled.sort((a, b) => a.far - b.far || a.other - b.other).slice(0, count).map(({ other }) => elite(other)!);
    },
  };
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
