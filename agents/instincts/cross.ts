import type { RandomStream } from '../../core/kernel/random.ts';
import { limits, type Program, type Rule } from './program.ts';

/**
 * A recombinant of two programs, valid in its counts. Either one cut at the same place in both lists (the first
 * rules of one, the last of the other), or rule by rule from either at random; so rules keep about their rank, which
 * is what they mean. The rules beyond the shorter list come along if the longer parent gives the end of the list. The
 * mutation prompt is that of either.
 * Its text may be longer than either parent's, which the caller checks.
 */
export function crossPrograms(a: Program, b: Program, random: RandomStream): Program {
  const rules = random.chance(0.5) ? cutOnce(a.rules, b.rules, random) : mixed(a.rules, b.rules, random);
  const otherwise = random.chance(0.5) ? a.otherwise : b.otherwise;
  const prompt = a.prompt === b.prompt || random.chance(0.5) ? a.prompt : b.prompt;
  return { prompt, rules: rules.slice(0, limits.rules), otherwise };
}

function cutOnce(a: readonly Rule[], b: readonly Rule[], random: RandomStream): Rule[] {
  const cut = random.below(Math.max(a.length, b.length) + 1);
  return [...a.slice(0, cut), ...b.slice(cut)];
}

function mixed(a: readonly Rule[], b: readonly Rule[], random: RandomStream): Rule[] {
  const length = random.chance(0.5) ? a.length : b.length;
  return Array.from({ length }, (_, index) => {
    if (index >= a.length) return b[index];
    if (index >= b.length) return a[index];
    return random.chance(0.5) ? a[index] : b[index];
  });
}
