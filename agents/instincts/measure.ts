import type { Program } from './program.ts';

/** How much a program says: its terms, acts, signals and effects, counted. The smallest program has size 1. */
export function programSize(program: Program): number {
  let size = deedSize(program.otherwise);
  for (const rule of program.rules) {
    size += deedSize(rule.deed);
    for (const alternative of rule.alternatives) size += alternative.length;
  }
  return size;
}

function deedSize(deed: Program['otherwise']): number {
  return 1 + (deed.signal === null ? 0 : 1) + deed.effects.length;
}

/**
 * How deeply a program nests: 1 with nothing but `otherwise`, 2 when a `when` asks a single term, 3 when a condition
 * joins terms by `and` or by `or`, 4 when some condition does both (an `or` over an `and`).
 */
export function programDepth(program: Program): number {
  let depth = 1;
  for (const { alternatives } of program.rules) {
    const joined = alternatives.some((alternative) => alternative.length > 1);
    depth = Math.max(depth, 2 + (alternatives.length > 1 ? 1 : 0) + (joined ? 1 : 0));
  }
  return depth;
}
