import type { CellList } from '../../core/kernel/cell-list.ts';
import type { Field } from '../../core/kernel/field.ts';
import type { Kernel } from '../../core/kernel/kernel.ts';
import type { ColumnSpec } from '../../core/kernel/population.ts';
import type { RowList } from '../../core/kernel/row-list.ts';
import type { Sight } from '../../core/kernel/sight.ts';

/** What a meadow's organisms have besides the columns that all have. */
export const meadowColumns = {
  /** Steps moved in life. */
  moves: 'u16',
  /** Energy gained in life from grass, and from others by biting. */
  grazed: 'f32',
  preyed: 'f32',
  /** Tick (of 65,536, longer than any life) in which it bit someone, and in which it was bitten; see `ticksSince`. */
  hunted: 'u16',
  hurt: 'u16',
  /** Share of the lifespan it can reach beyond three quarters, in 510ths. */
  vigour: 'u8',
  /** Bites it receives this tick. */
  bites: 'u16',
} as const satisfies ColumnSpec;

export type MeadowKernel = Kernel<typeof meadowColumns>;

/** What a meadow keeps besides its organisms. */
export interface MeadowParts {
  readonly field: Field;
  readonly cells: CellList;
  readonly sight: Sight;
  readonly wanderKey: readonly [number, number];
  /** Who bit whom this tick, who gave to whom, and who wants a child with whom (NOBODY: alone). */
  readonly biters: RowList;
  readonly givers: RowList;
  readonly willing: RowList;
  /**
   * Energy that entered and left all organisms and eggs so far: [grazed, burned by living, bitten away less what the biters
   * gained, left in the dead, spent on bearing]. What is stored = the founders' + [0] − [1] − [2] − [3] − [4].
   */
  readonly ledger: Float64Array;
}

/** What `hunted` and `hurt` hold of those who never bit or were bitten: longer ago than anyone asks. */
export const LONG_AGO = 100;

/** Ticks since one that a column of 16 bits holds. Right, since nobody lives for 65,000. */
export function ticksSince(then: number, now: number): number {
  return (now - then) & 0xffff;
}
