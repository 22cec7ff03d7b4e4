import fc from 'fast-check';
import {
  limits, quantise,
  type Alternative, type Comparison, type Deed, type Effect, type MemoryOperand, type NumberOperand, type Operand, type Program, type Rule,
  type SenseOperand, type Term,
} from '../../agents/instincts/program.ts';
import { fits } from '../../agents/instincts/print.ts';
import { canonicalPrompt, promptFault } from '../../agents/instincts/prompt-line.ts';
import type { Vocabulary } from '../../core/kernel/genomes.ts';

/** Fixed, so that a failure comes again. */
export const seeded = (numRuns: number): { seed: number; numRuns: number } => ({ seed: 20_240_607, numRuns });

function quantised(lower: number, upper: number): fc.Arbitrary<number> {
  return fc.integer({ min: lower * 100, max: upper * 100 }).map((n) => quantise(n / 100));
}

/** Any mutation prompt: plain characters, single spaces, none at the ends. */
export const prompts: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...'ABCXYZabcdefghijklmnopqrstuvwxyz0123456789     .,;:!?\'"()%+/-'), minLength: 1, maxLength: limits.prompt,
}).map(canonicalPrompt).filter((prompt) => prompt !== '');

/** Any valid program over a vocabulary with senses, signals and registers. */
export function programs(vocabulary: Vocabulary): fc.Arbitrary<Program> {
  const number: fc.Arbitrary<NumberOperand> = fc.oneof(fc.integer({ min: -5, max: 100 }), quantised(-limits.magnitude, limits.magnitude))
    .map((value) => ({ kind: 'number', value }));
  const sense: fc.Arbitrary<SenseOperand> = fc.nat(vocabulary.senses.length - 1).map((index) => ({ kind: 'sense', sense: index }));
  const register = fc.nat(vocabulary.registers.length - 1);
  const memory: fc.Arbitrary<MemoryOperand> = register.map((index) => ({ kind: 'memory', register: index }));
  const operand: fc.Arbitrary<Operand> = fc.oneof({ arbitrary: number, weight: 3 }, sense, memory);
  const comparison: fc.Arbitrary<Comparison> = fc.record({
    kind: fc.constant('compare' as const), left: fc.oneof({ arbitrary: sense, weight: 3 }, memory), above: fc.boolean(), right: operand,
  });
  const term: fc.Arbitrary<Term> = fc.oneof(
    { arbitrary: comparison, weight: 5 },
    fc.record({ kind: fc.constant('chance' as const), percent: fc.oneof(fc.constantFrom(0, 50, 100), quantised(0, 100)) }),
  );
  const effect: fc.Arbitrary<Effect> = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), register, source: operand }),
    fc.record({ kind: fc.constant('add' as const), register, amount: quantised(-limits.magnitude, limits.magnitude) }),
  );
  const deed: fc.Arbitrary<Deed> = fc.nat(vocabulary.acts.length - 1).chain((act) => fc.record({
    act: fc.constant(act),
    target: fc.nat(Math.max(0, (vocabulary.acts[act]?.targets.length ?? 0) - 1)),
    signal: fc.option(fc.nat(vocabulary.signals.length - 1)),
    effects: fc.array(effect, { maxLength: limits.effects }),
  })).map((drawn) => ({ ...drawn, effects: drawn.effects.slice(0, limits.effects - (drawn.signal === null ? 0 : 1)) }));
  const alternative: fc.Arbitrary<Alternative> = fc.array(term, { minLength: 1, maxLength: limits.terms });
  const rule: fc.Arbitrary<Rule> = fc.record({
    alternatives: fc.array(alternative, { minLength: 1, maxLength: limits.alternatives }), deed,
  });
  return fc.record({ prompt: fc.option(prompts), rules: fc.array(rule, { maxLength: limits.rules, size: 'max' }), otherwise: deed })
    .filter((program) => fits(program, vocabulary));
}

/** Why a program is not valid, or null; a check of the shape that owes nothing to the parser. */
export function fault(program: Program, vocabulary: Vocabulary): string | null {
  if (program.prompt !== null && (promptFault(program.prompt) !== null || canonicalPrompt(program.prompt) !== program.prompt)) return 'prompt';
  if (program.rules.length > limits.rules) return 'too many rules';
  for (const { alternatives, deed } of [...program.rules, { alternatives: [], deed: program.otherwise }]) {
    if (deed !== program.otherwise && (alternatives.length < 1 || alternatives.length > limits.alternatives)) return 'alternatives';
    for (const terms of alternatives) {
      if (terms.length < 1 || terms.length > limits.terms) return 'terms';
      for (const term of terms) if (!validTerm(term, vocabulary)) return `term ${JSON.stringify(term)}`;
    }
    const act = vocabulary.acts[deed.act];
    if (act === undefined || !(deed.target < Math.max(1, act.targets.length))) return `deed ${JSON.stringify(deed)}`;
    if (deed.signal !== null && vocabulary.signals[deed.signal] === undefined) return 'signal';
    if (deed.effects.length + (deed.signal === null ? 0 : 1) > limits.effects) return 'effects';
    for (const effect of deed.effects) {
      const sound = effect.kind === 'add' ? validNumber(effect.amount) : validOperand(effect.source, vocabulary);
      if (!sound || vocabulary.registers[effect.register] === undefined) return `effect ${JSON.stringify(effect)}`;
    }
  }
  return fits(program, vocabulary) ? null : 'text too long';
}

function validTerm(term: Term, vocabulary: Vocabulary): boolean {
  if (term.kind === 'chance') return validNumber(term.percent) && term.percent >= 0 && term.percent <= 100;
  return validOperand(term.left, vocabulary) && validOperand(term.right, vocabulary);
}

function validOperand(operand: Operand, vocabulary: Vocabulary): boolean {
  if (operand.kind === 'number') return validNumber(operand.value);
  return operand.kind === 'sense' ? vocabulary.senses[operand.sense] !== undefined : vocabulary.registers[operand.register] !== undefined;
}

function validNumber(value: number): boolean {
  return Object.is(quantise(value), value);
}
