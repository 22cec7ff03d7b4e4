import type { Vocabulary } from '../../core/kernel/genomes.ts';
import type { RandomStream } from '../../core/kernel/random.ts';
import { amountRange, drawNumber, percentRange, rangeOfComparison, registerRange } from './numbers.ts';
import { fits } from './print.ts';
import {
  limits, type Alternative, type Comparison, type Deed, type Effect, type Operand, type Program, type Rule, type Term,
} from './program.ts';

/** Shares by which random parts are drawn. Most of a random program is plain: a sense against a number, an act. */
const share = {
  secondTerm: 0.3, thirdTerm: 0.1, secondAlternative: 0.1, chanceTerm: 0.08, memoryLeft: 0.08, memoryRight: 0.05, senseRight: 0.05,
  signal: 0.08, effect: 0.1, secondEffect: 0.1, addRatherThanSet: 0.5, senseSource: 0.3, memorySource: 0.1,
} as const;

/** A program of `rules` rules (at most `limits.rules`) and an `otherwise`, each part drawn from the vocabulary. */
export function randomProgram(vocabulary: Vocabulary, random: RandomStream, rules: number): Program {
  const wanted = Math.max(0, Math.min(limits.rules, Math.floor(rules)));
  const drawn = Array.from({ length: wanted }, () => randomRule(vocabulary, random));
  let program: Program = { prompt: null, rules: drawn, otherwise: randomDeed(vocabulary, random) };
  // Only a vocabulary of very long names can make this necessary.
  while (!fits(program, vocabulary) && program.rules.length > 0) program = { ...program, rules: program.rules.slice(1) };
  return program;
}

export function randomRule(vocabulary: Vocabulary, random: RandomStream): Rule {
  const alternatives: Alternative[] = [randomAlternative(vocabulary, random)];
  if (random.chance(share.secondAlternative)) alternatives.push(randomAlternative(vocabulary, random));
  return { alternatives, deed: randomDeed(vocabulary, random) };
}

function randomAlternative(vocabulary: Vocabulary, random: RandomStream): Alternative {
  const terms = [randomTerm(vocabulary, random)];
  if (random.chance(share.secondTerm)) terms.push(randomTerm(vocabulary, random));
  if (terms.length > 1 && random.chance(share.thirdTerm)) terms.push(randomTerm(vocabulary, random));
  return terms;
}

export function randomTerm(vocabulary: Vocabulary, random: RandomStream): Term {
  const left = random.chance(share.chanceTerm) ? null : randomLeft(vocabulary, random);
  if (left === null) return { kind: 'chance', percent: drawNumber(percentRange, random) };
  const above = random.chance(0.5);
  return { kind: 'compare', left, above, right: randomRight(left, vocabulary, random) };
}

/** A sense or, less often, a register; null when the vocabulary has neither. */
export function randomLeft(vocabulary: Vocabulary, random: RandomStream): Comparison['left'] | null {
  const { senses, registers } = vocabulary;
  const memory = senses.length === 0 || random.chance(share.memoryLeft);
  if (memory && registers.length > 0) return { kind: 'memory', register: random.below(registers.length) };
  return senses.length === 0 ? null : { kind: 'sense', sense: random.below(senses.length) };
}

/** What `left` is compared with: a number of its range, or a register, or another sense of the same unit. */
export function randomRight(left: Comparison['left'], vocabulary: Vocabulary, random: RandomStream): Operand {
  const kind = random.next();
  if (kind < share.memoryRight && vocabulary.registers.length > 0) {
    return { kind: 'memory', register: random.below(vocabulary.registers.length) };
  }
  if (kind >= 1 - share.senseRight) {
    const alike = vocabulary.senses.flatMap((sense, index) => {
      if (left.kind === 'memory') return [index];
      return index !== left.sense && sense.unit === vocabulary.senses[left.sense].unit ? [index] : [];
    });
    if (alike.length > 0) return { kind: 'sense', sense: random.pick(alike) };
  }
  return { kind: 'number', value: drawNumber(rangeOfComparison({ left }, vocabulary), random) };
}

export function randomDeed(vocabulary: Vocabulary, random: RandomStream): Deed {
  const act = random.below(vocabulary.acts.length);
  const signal = vocabulary.signals.length > 0 && random.chance(share.signal) ? random.below(vocabulary.signals.length) : null;
  const effects: Effect[] = [];
  if (vocabulary.registers.length > 0 && random.chance(share.effect)) {
    effects.push(randomEffect(vocabulary, random));
    if (random.chance(share.secondEffect)) effects.push(randomEffect(vocabulary, random));
  }
  return { act, target: randomTarget(act, vocabulary, random), signal, effects };
}

export function randomTarget(act: number, vocabulary: Vocabulary, random: RandomStream): number {
  const { targets } = vocabulary.acts[act];
  return targets.length === 0 ? 0 : random.below(targets.length);
}

/** A change of a register; the vocabulary must have one. */
export function randomEffect(vocabulary: Vocabulary, random: RandomStream): Effect {
  const register = random.below(vocabulary.registers.length);
  if (random.chance(share.addRatherThanSet)) return { kind: 'add', register, amount: drawNumber(amountRange, random) };
  const kind = random.next();
  if (kind < share.senseSource && vocabulary.senses.length > 0) {
    return { kind: 'set', register, source: { kind: 'sense', sense: random.below(vocabulary.senses.length) } };
  }
  if (kind >= 1 - share.memorySource) {
    return { kind: 'set', register, source: { kind: 'memory', register: random.below(vocabulary.registers.length) } };
  }
  return { kind: 'set', register, source: { kind: 'number', value: drawNumber(registerRange, random) } };
}
