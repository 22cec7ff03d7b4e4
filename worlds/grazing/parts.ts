import type { CellList } from '../../core/kernel/cell-list.ts';
import type { Field } from '../../core/kernel/field.ts';
import type { Kernel } from '../../core/kernel/kernel.ts';
import type { ColumnSpec } from '../../core/kernel/population.ts';
import type { RowList } from '../../core/kernel/row-list.ts';
import type { Sight } from '../../core/kernel/sight.ts';

/** What grazers have besides the columns that all organisms have. */
export const grazingColumns = {
  /** Steps moved in life. */
  moves: 'u16',
  /** Energy gained in life from the ground, and from others by biting. */
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

export type GrazingKernel = Kernel<typeof grazingColumns>;

/** What a world of grazers keeps besides its organisms. */
export interface GrazingParts {
  /** What is grazed, in the order of the targets of eating and climbing; all of the same cells. */
  readonly grounds: readonly Field[];
  /** Most that one organism grazes in a tick, of the most a piece of ground can bear. */
  readonly bite: number;
  /** What has been taken from each ground so far, in full pieces of it. */
  readonly taken: Float64Array;
  /** Says what comes of the bites that were taken: writes into `meals` for the rows in places `from` up to `to` of a list, who all ate. */
  digest(rows: Uint32Array, from: number, to: number): void;
  /** Energy that each row gained by grazing this tick. */
  readonly meals: Float32Array;
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
