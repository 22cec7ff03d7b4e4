import type { Field } from '../../core/kernel/field.ts';
import type { Kernel } from '../../core/kernel/kernel.ts';
import type { ColumnSpec } from '../../core/kernel/population.ts';
import type { WorldParts } from '../../core/kernel/world.ts';
import { grazingColumns } from '../grazing/parts.ts';
import type { Landscape } from './landscape.ts';

/** What grows on the two stackings, in the order of the landscape's resources. */
export const resources = ['amber', 'jade'] as const;

export const moireColumns = {
  ...grazingColumns,
  /** What the gut is used to: 0 all jade, 255 all amber. */
  gut: 'u8',
  /** Energy gained in life from amber. */
  amber: 'f32',
} as const satisfies ColumnSpec;

export type MoireKernel = Kernel<typeof moireColumns>;

/** What a moiré has beside what all worlds have. */
export interface MoireParts extends WorldParts<typeof moireColumns> {
  readonly grounds: readonly [Field, Field];
  readonly landscape: Landscape;
  /**
   * Of amber, then of jade, in full pieces of ground so far: [grown, withered, grazed]. What stands = what stood at first + [0] − [1] − [2],
   * and + [3] − [4] − [5].
   */
  readonly books: Float64Array;
}
