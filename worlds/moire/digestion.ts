import type { Field } from '../../core/kernel/field.ts';
import type { MoireKernel } from './parts.ts';

/** Energy in one full piece of ground. */
export const FOOD_ENERGY = 20;
/** Most that one organism grazes in a tick, of the most a piece of ground can bear. */
export const BITE = 0.2;
/** A bite brings the gut nearer to what was eaten by an eighth of what is missing, and by one at least. */
const HABIT = 8;
/** What a newborn's gut is used to: neither. */
export const UNUSED = 128;

/**
 * Share of its energy that a bite yields to a gut that is used to it by `used` of 255. It falls with the square, so that one who eats of
 * both by turns gets less of each than one who keeps to either: `digestion` of 1 leaves nothing to who is used to the other, 0 asks no habit.
 */
export function yieldOf(used: number, digestion: number): number {
  const habit = used / 255;
  return 1 - digestion * (1 - habit * habit);
}

/** What the gut is used to after a bite of amber, or of jade. */
export function gutAfter(gut: number, ofAmber: boolean): number {
  return ofAmber ? gut + Math.floor((255 - gut + HABIT - 1) / HABIT) : gut - Math.floor((gut + HABIT - 1) / HABIT);
}

/** What bites have been taken becomes energy, and habit. */
export function digester({ pop, parameters }: MoireKernel, grounds: readonly [Field, Field], meals: () => Float32Array): (rows: Uint32Array, from: number, to: number) => void {
  const { x, y, target, gut, amber } = pop.columns;
  const yields = new Float64Array(256);
  return (rows, from, to) => {
    const meal = meals();
    const digestion = parameters['digestion']!;
    for (let used = 0; used < yields.length; used++) yields[used] = FOOD_ENERGY * yieldOf(used, digestion);
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const chosen = target[row];
      const ground = grounds[chosen];
      const used = gut[row];
      const gained = Math.fround(ground.share[ground.cellAt(x[row], y[row])] * yields[chosen === 0 ? used : 255 - used]);
      meal[row] = gained;
      gut[row] = gutAfter(used, chosen === 0);
      if (chosen === 0) amber[row] += gained;
    }
  };
}
