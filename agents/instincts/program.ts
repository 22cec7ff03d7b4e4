/**
 * The shape of a genome of the kind "instincts": a list of rules, the first whose condition holds acts. Programs are
 * plain immutable data; everything that a world names is an index into its `Vocabulary`.
 */

/** What every valid program keeps to. `characters` bounds the text as given and as printed canonically. */
export const limits = {
  characters: 4096,
  /** Rules that begin with `when`; one `otherwise` follows them. */
  rules: 12,
  /** Alternatives of a condition, joined by `or`. */
  alternatives: 3,
  /** Terms of an alternative, joined by `and`. */
  terms: 4,
  /** Effects of a deed: at most one signal, the rest are changes of registers. */
  effects: 3,
  /** Magnitude of a number in a program, and of what a register can hold. */
  magnitude: 9999,
  /** Characters of the mutation prompt. */
  prompt: 120,
} as const;

export interface NumberOperand { readonly kind: 'number'; readonly value: number }
export interface SenseOperand { readonly kind: 'sense'; readonly sense: number }
export interface MemoryOperand { readonly kind: 'memory'; readonly register: number }
export type Operand = NumberOperand | SenseOperand | MemoryOperand;

/** `left < right`, or `left > right` when `above`. */
export interface Comparison {
  readonly kind: 'compare';
  readonly left: SenseOperand | MemoryOperand;
  readonly above: boolean;
  readonly right: Operand;
}

/** Holds with the given probability, in percent from 0 to 100, drawn anew each time it is asked. */
export interface Chance { readonly kind: 'chance'; readonly percent: number }

export type Term = Comparison | Chance;

/** Terms that must all hold; 1 to `limits.terms`, asked in order until one fails. */
export type Alternative = readonly Term[];

/** `set register to source`. */
export interface SetEffect { readonly kind: 'set'; readonly register: number; readonly source: Operand }
/** `add amount to register`. */
export interface AddEffect { readonly kind: 'add'; readonly register: number; readonly amount: number }
/** A change of a register; registers saturate at `limits.magnitude` either way. */
export type Effect = SetEffect | AddEffect;

/** What a rule does. With a signal there is room for one effect fewer. */
export interface Deed {
  readonly act: number;
  /** Index into the act's targets; 0 when it takes none. */
  readonly target: number;
  /** Index into `Vocabulary.signals`, or null to be silent. */
  readonly signal: number | null;
  /** Applied in order: a later one sees what an earlier one wrote. */
  readonly effects: readonly Effect[];
}

/** The deed is done when any alternative holds; 1 to `limits.alternatives`, asked in order until one holds. */
export interface Rule { readonly alternatives: readonly Alternative[]; readonly deed: Deed }

export interface Program {
  /** How a model is to change the children of its bearer, in plain words; null where it carries no such wish. */
  readonly prompt: string | null;
  /** Asked in order; at most `limits.rules`. */
  readonly rules: readonly Rule[];
  /** Done when no rule holds. */
  readonly otherwise: Deed;
}

/** A number as programs hold it: two decimals, within the limit of magnitude, never -0. */
export function quantise(value: number): number {
  const bounded = Math.min(limits.magnitude, Math.max(-limits.magnitude, value));
  return Math.round(bounded * 100) / 100 + 0;
}
