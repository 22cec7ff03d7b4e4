import { SEPARATOR, type Domain } from './domain.ts';

/** The template, each example after it and a separator between, and the template once more to be gone on with. */
export function fewShotPrompt({ template }: Domain, examples: readonly string[]): string {
  return [...examples.map((text) => `${template} ${text}\n${SEPARATOR}\n`), template].join('');
}

/**
 * Asks for a text to be written anew, towards other labels (LMX-Rewrite).
 *
 * @param measures where the text stands, or null where that is not known
 * @param target a label or category for each measure
 */
export function rewritePrompt({ noun, measures: facts }: Domain, text: string, measures: readonly number[] | null, target: readonly string[]): string {
  const from = measures === null ? [] : facts.map((each, m) => ('categories' in each ? each.categories[measures[m]!]! : each.labels[measures[m]! >= 0.5 ? 0 : 1]!));
  const what = (labels: readonly string[]): string => [...[...labels].reverse(), noun].join(' ');
  return `${text}\n\nTurn this ${what(from)} into a ${what(target)} of the very highest quality, one that would win a prize.`;
}
