import type { RandomStream } from '../../core/kernel/random.ts';
import type { Vocabulary } from '../../core/kernel/genomes.ts';
import { quantise, type Comparison, type Effect } from './program.ts';

/** Where the numbers of some place in a program are drawn from, and in what grain they are written. */
export interface NumberRange { readonly lower: number; readonly upper: number }

/** Registers mean what evolution makes of them; numbers compared with them or put in them start out small. */
export const registerRange: NumberRange = { lower: -10, upper: 10 };
/** What one decision adds to a register. */
export const amountRange: NumberRange = { lower: -5, upper: 5 };
export const percentRange: NumberRange = { lower: 0, upper: 100 };

/** The range of a number compared with the left side of a comparison. */
export function rangeOfComparison({ left }: Pick<Comparison, 'left'>, vocabulary: Vocabulary): NumberRange {
  return left.kind === 'sense' ? vocabulary.senses[left.sense] : registerRange;
}

export function rangeOfEffect(effect: Effect): NumberRange {
  return effect.kind === 'add' ? amountRange : registerRange;
}

/** Whole numbers where the range is wide enough for them to matter: people read these programs. */
function grainOf({ lower, upper }: NumberRange): number {
  const span = upper - lower;
  return span >= 10 ? 1 : span >= 1 ? 0.1 : 0.01;
}

/** A number of the range, every grain of it about as likely. */
export function drawNumber(range: NumberRange, random: RandomStream): number {
  return grained(range.lower + random.next() * (range.upper - range.lower), range);
}

/** A number near `value`: bell-shaped, nearly always within a fifth of the range, and never `value` itself. */
export function nudgeNumber(value: number, range: NumberRange, random: RandomStream): number {
  const grain = grainOf(range);
  const bell = (random.next() + random.next() + random.next()) / 1.5 - 1;
  const steps = Math.round(bell * 0.2 * (range.upper - range.lower) / grain) || (bell < 0 ? -1 : 1);
  const moved = bounded(quantise(value + steps * grain), range);
  return moved === value ? bounded(quantise(value - steps * grain), range) : moved;
}

/** The number at the same place of another range. */
export function rescaleNumber(value: number, from: NumberRange, to: NumberRange): number {
  const share = (value - from.lower) / (from.upper - from.lower);
  return grained(to.lower + Math.min(1, Math.max(0, share)) * (to.upper - to.lower), to);
}

function grained(value: number, range: NumberRange): number {
  const grain = grainOf(range);
  return bounded(quantise(Math.round(value / grain) * grain), range);
}

/** Within the range where its bounds can be written; a world may declare bounds finer or larger than programs hold. */
function bounded(value: number, { lower, upper }: NumberRange): number {
  return quantise(Math.min(upper, Math.max(lower, value)));
}
