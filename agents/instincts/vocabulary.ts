import type { Vocabulary } from '../../core/kernel/genomes.ts';

/** Words of the language itself, which a world cannot use for what it declares. */
export const keywords: readonly string[] = [
  'when', 'otherwise', 'and', 'or', 'chance', 'signal', 'set', 'add', 'to', 'memory', 'step', 'steps', 'tick', 'ticks',
];

/** The bytecode keeps an index in eight bits. */
const most = { senses: 256, acts: 256, targets: 256, signals: 255, registers: 64 } as const;

const wordForm = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*$/;

function checkNames(what: string, names: readonly string[], limit: number): void {
  if (names.length > limit) throw new Error(`The vocabulary has ${names.length} ${what}; at most ${limit} are possible.`);
  const seen = new Set<string>();
  for (const name of names) {
    if (!wordForm.test(name)) {
      throw new Error(`The vocabulary's ${what} hold "${name}"; a name is lower-case letters and digits, in parts joined by dots.`);
    }
    if (keywords.includes(name) || name.startsWith('memory.')) {
      throw new Error(`The vocabulary's ${what} hold "${name}", which is a word of the language; choose another name.`);
    }
    if (seen.has(name)) throw new Error(`The vocabulary's ${what} hold "${name}" twice; names must differ.`);
    seen.add(name);
  }
}

/** Refuses, in one sentence, a vocabulary that the language could not write down without ambiguity. */
export function checkVocabulary(vocabulary: Vocabulary): void {
  checkNames('senses', vocabulary.senses.map((sense) => sense.name), most.senses);
  checkNames('acts', vocabulary.acts.map((act) => act.name), most.acts);
  checkNames('signals', vocabulary.signals, most.signals);
  checkNames('registers', vocabulary.registers, most.registers);
  if (vocabulary.acts.length === 0) throw new Error('The vocabulary has no acts; a program needs at least one.');
  for (const register of vocabulary.registers) {
    if (register.includes('.')) throw new Error(`The register "${register}" has a dot in its name; use a single word.`);
  }
  for (const act of vocabulary.acts) checkNames(`targets of ${act.name}`, act.targets, most.targets);
  for (const { name, lower, upper } of vocabulary.senses) {
    if (!(Number.isFinite(lower) && Number.isFinite(upper) && lower < upper)) {
      throw new Error(`The sense "${name}" ranges from ${lower} to ${upper}; it needs two finite bounds, the lower one first.`);
    }
  }
}
