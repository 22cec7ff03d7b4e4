import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { Archive } from './archive.ts';
import { noiseOf } from './noise.ts';

/** What an archive comes to when its elites are judged by other lives than those that brought them in. */
export interface Corrected { qdScore: number; coverage: number; /** Elites whose genome has been lived again. */ elites: number }

/**
 * Lives that were lived, to their end, with an elite's genome after the elite had entered: evaluations of it that nobody chose for being
 * high, as Flageat & Cully (2020, "Fast and stable MAP-Elites in noisy domains using deep grids") make them by hand. Sums only, so memory is that of the cells.
 */
export class Relived implements Saveable {
  /** Of each cell: lives, and sums of objective and of both measures. */
  private readonly sums: Float64Array;
  private readonly cellsOf = new Map<number, Set<number>>();

  constructor(cells: number) {
    this.sums = new Float64Array(cells * 4);
  }

  /** A life with this genome has ended; to be told before it enters the archive. */
  note(genome: number, objective: number, measure0: number, measure1: number): void {
    for (const cell of this.cellsOf.get(genome) ?? []) {
      this.sums[4 * cell]!++;
      this.sums[4 * cell + 1]! += objective;
      this.sums[4 * cell + 2]! += measure0;
      this.sums[4 * cell + 3]! += measure1;
    }
  }

  /** A cell has another elite: what was lived before says nothing of it. */
  replace(cell: number, before: number | undefined, genome: number): void {
    if (before !== undefined) {
      const cells = this.cellsOf.get(before);
      cells?.delete(cell);
      if (cells?.size === 0) this.cellsOf.delete(before);
    }
    const cells = this.cellsOf.get(genome);
    if (cells === undefined) this.cellsOf.set(genome, new Set([cell]));
    else cells.add(cell);
    this.sums.fill(0, 4 * cell, 4 * cell + 4);
  }

  /**
   * The archive that elites fill, each by the mean of the lives of its genome since it entered; one whose genome nobody has lived
   * again is left out. Null where none has been.
   */
  corrected<T>(archive: Archive<T>): Corrected | null {
    const elites = [...archive].filter(({ cell }) => this.sums[4 * cell]! > 0);
    if (elites.length === 0) return null;
    const means = elites.map(({ cell }) => {
      const [lives = 1, objective = 0, measure0 = 0, measure1 = 0] = this.sums.subarray(4 * cell, 4 * cell + 4);
      return [{ objective: objective / lives, measures: [measure0 / lives, measure1 / lives] }];
    });
    return { ...noiseOf(archive, elites, means).corrected, elites: elites.length };
  }

  /** As before the first elite. */
  clear(): void {
    this.cellsOf.clear();
    this.sums.fill(0);
  }

  save(): Packable {
    return this.sums;
  }

  /** Sums; which genome is where is told by `replace`, cell by cell, before. */
  load(saved: unknown): void {
    this.sums.set(saved as Float64Array);
  }
}
