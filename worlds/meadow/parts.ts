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
  /** Ticks for which others still see a hunter in it. */
  hunting: 'u8',
  /** Ticks since it was bitten, at most 99. */
  hurt: 'u8',
  /** Share of the lifespan it can reach beyond three quarters, in 510ths. */
  vigour: 'u8',
  /** Bites and gifts it receives this tick. */
  bites: 'u16',
  gifts: 'u16',
} as const satisfies ColumnSpec;

export type MeadowKernel = Kernel<typeof meadowColumns>;

/** What a meadow keeps besides its organisms. */
export interface MeadowParts {
  readonly field: Field;
  readonly cells: CellList;
  readonly sight: Sight;
  readonly wanderKey: readonly [number, number];
  /** Who bit whom this tick, and who wants a child with whom (NOBODY: alone). */
  readonly biters: RowList;
  readonly willing: RowList;
  /**
   * Energy that entered and left all organisms and eggs so far: [grazed, burned by living, bitten away less what the biters
   * gained, left in the dead, spent on bearing]. What is stored = the founders' + [0] − [1] − [2] − [3] − [4].
   */
  readonly ledger: Float64Array;
}
