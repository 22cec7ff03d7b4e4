import { limits } from './program.ts';

/**
 * The flat form a program runs in: pairs of words. The first word of a pair is an instruction, the second its operand,
 * a 32-bit float or an index. An instruction is a test (not negative), which either goes on to the next pair or skips
 * forward, or it is the deed (negative), followed by one pair for each change of a register.
 *
 *     bits     31   30-28    27-24   23-16    15-8     7-0
 *     test     0    skip, bits 30-16         flags    left      (flags: form 8-10, above 11, jump when 12)
 *     deed     1    changes  fired   signal   target   act
 *     change   0    0        0       0        form     register
 *
 * Left of a chance is its number within the program, which its draw is known by. A skip counts words beyond the next pair and is never negative, so every step goes forward and every program halts.
 */
export const wordsPerStep = 2;

/**
 * Pairs of the longest program there is, with every rule, term and effect it may have. As each step goes forward by a
 * pair at least, no program takes more steps; the interpreter stops there in any case.
 */
export const STEP_LIMIT = limits.rules * (limits.alternatives * limits.terms + 1 + limits.effects) + 1 + limits.effects;

/** What a test compares; the form of the left side and of the right. */
export const testForm = {
  senseNumber: 0, senseSense: 1, senseMemory: 2, memoryNumber: 3, memorySense: 4, memoryMemory: 5, chance: 6,
} as const;

export const testShift = { form: 8, above: 11, jumpWhen: 12, skip: 16 } as const;

export const deedShift = { target: 8, signal: 16, fired: 24, changes: 28 } as const;

export const changeForm = { setNumber: 0, setSense: 1, setMemory: 2, add: 3 } as const;

export const changeShift = { form: 8 } as const;
