/** What became of a piece on the way from one text to another. */
export type Fate = 'same' | 'new' | 'gone';
export interface Step<T> { readonly fate: Fate; readonly item: T }

/** A rule of the younger genome, or of the older one where it is gone; of a changed one the words, too. */
export type RuleDiff =
  | { readonly kind: Fate; readonly text: string }
  | { readonly kind: 'changed'; readonly text: string; readonly words: readonly Step<string>[] };

/** Rules that share less than this of their words are not one changed rule, but two. */
const LEAST_LIKENESS = 0.4;

/** The shortest way from one list to another by leaving out and putting in: longest common subsequence, O(n m). */
export function diff<T>(before: readonly T[], after: readonly T[]): Step<T>[] {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const steps: Step<T>[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      steps.push({ fate: 'same', item: after[j]! });
      i++;
      j++;
    } else if (j === after.length || (i < before.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) steps.push({ fate: 'gone', item: before[i++]! });
    else steps.push({ fate: 'new', item: after[j++]! });
  }
  return steps;
}

export function linesOf(genome: string): string[] {
  return genome.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** The words of a rule: all that lies between spaces. */
export function wordsOf(rule: string): string[] {
  return rule.split(/\s+/).filter((word) => word !== '');
}

/** Share of the words of two rules that they have in common, in order: 1 for the same rule. */
function likeness(words: readonly Step<string>[]): number {
  const same = words.filter(({ fate }) => fate === 'same').length;
  return 2 * same / Math.max(1, words.length + same);
}

/** Rules that went and rules that came in one place: those that are most alike are taken for one rule that has changed. */
function pairUp(gone: readonly string[], fresh: readonly string[]): RuleDiff[] {
  const pairs = gone.map((old) => fresh.map((young) => diff(wordsOf(old), wordsOf(young))));
  const width = fresh.length + 1;
  const best = new Float64Array((gone.length + 1) * width);
  const gain = (i: number, j: number): number => {
    const alike = likeness(pairs[i]![j]!);
    return alike < LEAST_LIKENESS ? -1 : alike + best[(i + 1) * width + j + 1]!;
  };
  for (let i = gone.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) best[i * width + j] = Math.max(gain(i, j), best[(i + 1) * width + j]!, best[i * width + j + 1]!);
  }
  const rules: RuleDiff[] = [];
  let [i, j] = [0, 0];
  while (i < gone.length || j < fresh.length) {
    const here = best[i * width + j]!;
    if (i < gone.length && j < fresh.length && here > 0 && gain(i, j) === here) {
      rules.push({ kind: 'changed', text: fresh[j]!, words: pairs[i]![j]! });
      i++;
      j++;
    } else if (j === fresh.length || (i < gone.length && best[(i + 1) * width + j] === here)) rules.push({ kind: 'gone', text: gone[i++]! });
    else rules.push({ kind: 'new', text: fresh[j++]! });
  }
  return rules;
}

/** A genome's rules beside those of another that it came from, in the order of reading. */
export function diffGenomes(before: string, after: string): RuleDiff[] {
  const rules: RuleDiff[] = [];
  let gone: string[] = [];
  let fresh: string[] = [];
  const settle = (): void => {
    rules.push(...pairUp(gone, fresh));
    gone = [];
    fresh = [];
  };
  for (const { fate, item } of diff(linesOf(before), linesOf(after))) {
    if (fate === 'gone') gone.push(item);
    else if (fate === 'new') fresh.push(item);
    else {
      settle();
      rules.push({ kind: 'same', text: item });
    }
  }
  settle();
  return rules;
}

/** The differences in a few words. */
export function differencesInWords(rules: readonly RuleDiff[]): string {
  const kinds = (['changed', 'new', 'gone'] as const).map((kind) => [rules.filter((rule) => rule.kind === kind).length, kind] as const).filter(([n]) => n > 0);
  if (kinds.length === 0) return 'the same genome as its parent';
  const [first, ...rest] = kinds.map(([n, kind], index) => (index === 0 ? `${n} ${n === 1 ? 'rule' : 'rules'} ${kind}` : `${n} ${kind}`));
  return `since its parent ${[first, ...rest].join(', ')}`;
}
