import type { GridArchive } from '../../core/archive/grid-archive.ts';
import type { GridCells } from '../../core/archive/grid-cells.ts';
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
 * A grid archive as operators see it. `text` gives the genome of a solution; `objective` is the name of what the archive's
 * elites are best at, and the measures are in the order of its dimensions.
 */
export function viewArchive<T>(archive: GridArchive<T>, facts: { objective: string; measures: readonly MeasureFacts[] },
  text: (solution: T) => string): ArchiveView {
  const { measures, objective: best } = facts;
  const { dims, cells } = archive;
  const grid = archive.tessellation as GridCells;
  const binsOf = (cell: number): number[] => grid.binsOf(cell);

  /** The lower edge of a bin. */
  function edge(measure: number, bin: number): number {
    const ticks = grid.options.ticks?.[measure];
    const [lower, upper] = grid.options.ranges[measure]!;
    return ticks ? ticks[bin - 1]! : lower + bin * ((upper - lower) / dims[measure]!);
  }

  function elite(cell: number): ParentExample | null {
    const found = archive.elite(cell);
    if (found === null) return null;
    const life = [`${best} ${rounded(found.objective)}`, ...measures.map(({ name }, m) => `${name} ${rounded(found.measures[m] ?? 0)}`)];
    return { genome: text(found.solution), life: life.join(', ') };
  }

  return {
    measures, cells, elite,
    niche(cell) {
      const bins = binsOf(cell);
      return {
        ranges: measures.map(({ name }, m) => {
          const bin = bins[m]!;
          return { name, lower: bin === 0 ? null : edge(m, bin), upper: bin === dims[m]! - 1 ? null : edge(m, bin + 1) };
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
