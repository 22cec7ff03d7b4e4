import type { Vocabulary } from '../../core/kernel/genomes.ts';
import type { RandomStream } from '../../core/kernel/random.ts';
import {
  addEffect, addTerm, changeNumber, deleteRule, dropEffect, dropTerm, duplicateRule, flipComparison, insertRule, rejoinTerms, replaceAct,
  replaceEffect, replaceSide, replaceTarget, swapDeeds, swapRules, type Draft, type Edit,
} from './edits.ts';
import { printProgram } from './print.ts';
import { limits, type Program } from './program.ts';
import { randomRule } from './random-program.ts';

/** Blind operators that need one parent; `crossPrograms` is the one that needs two. */
export const blindOperators = ['point', 'insert', 'delete', 'duplicate', 'swap'] as const;
export type BlindOperator = (typeof blindOperators)[number];

/** A mutant, and the operator that made it. */
export interface Mutant { readonly program: Program; readonly operator: BlindOperator }

type Weighted = readonly [weight: number, edit: Edit];

/**
 * What each operator does, and how often each edit is tried. Changes of one number, word or comparison come first: most
 * children should be near their parents. What deletes outweighs what adds, so that programs do not grow by drift alone.
 */
const editsOf: Readonly<Record<BlindOperator, readonly Weighted[]>> = {
  point: [[30, changeNumber], [8, replaceSide], [5, flipComparison], [8, replaceAct], [6, replaceTarget], [3, rejoinTerms], [3, replaceEffect]],
  insert: [[7, insertRule], [5, addTerm], [4, addEffect]],
  delete: [[11, deleteRule], [8, dropTerm], [5, dropEffect]],
  duplicate: [[3, duplicateRule]],
  swap: [[5, swapRules], [1, swapDeeds]],
};

/** Every edit there is, with the operator that it belongs to. */
const all = blindOperators.flatMap((operator) => editsOf[operator].map(([weight, edit]): readonly [number, Edit, BlindOperator] => [weight, edit, operator]));

/** Draws before the dice are taken to have nothing to offer. */
const patience = 20;

/** A mutant: valid, within the limits, and different from `program`. Its mutation prompt is its parent's. */
export function mutateProgram(program: Program, vocabulary: Vocabulary, random: RandomStream): Program {
  return drawMutant(program, vocabulary, random).program;
}

/** As `mutateProgram`, saying which operator it was that the dice chose. */
export function drawMutant(program: Program, vocabulary: Vocabulary, random: RandomStream): Mutant {
  const before = printProgram(program, vocabulary);
  for (let tries = 0; tries < patience; tries++) {
    const [, edit, operator] = drawn(all, random);
    const mutant = edited(program, before, edit, vocabulary, random);
    if (mutant !== null) return { program: mutant, operator };
  }
  // One of the two is always possible: one rule fewer, or a first rule.
  if (program.rules.length > 0) return { program: { ...program, rules: program.rules.slice(0, -1) }, operator: 'delete' };
  return { program: { ...program, rules: [randomRule(vocabulary, random)] }, operator: 'insert' };
}

/** A mutant by one operator alone, or null where the program has nothing that it could change. */
export function mutateBy(operator: BlindOperator, program: Program, vocabulary: Vocabulary, random: RandomStream): Program | null {
  const before = printProgram(program, vocabulary);
  for (let tries = 0; tries < patience; tries++) {
    const [, edit] = drawn(editsOf[operator], random);
    const mutant = edited(program, before, edit, vocabulary, random);
    if (mutant !== null) return mutant;
  }
  return null;
}

/** The program with one edit, or null where that changes nothing or makes too much of it. */
function edited(program: Program, before: string, edit: Edit, vocabulary: Vocabulary, random: RandomStream): Program | null {
  const draft: Draft = { prompt: program.prompt, rules: [...program.rules], otherwise: program.otherwise };
  if (!edit(draft, vocabulary, random)) return null;
  const after = printProgram(draft, vocabulary);
  return after !== before && after.length <= limits.characters ? draft : null;
}

/** One of the entries, each as often as its weight says. */
function drawn<T extends readonly [weight: number, ...rest: unknown[]]>(entries: readonly T[], random: RandomStream): T {
  let left = random.next() * entries.reduce((sum, [weight]) => sum + weight, 0);
  for (const entry of entries) {
    left -= entry[0];
    if (left < 0) return entry;
  }
  return entries[0];
}
