import { uniform } from '../../core/kernel/random.ts';
import { limits, type Comparison, type Effect, type Operand, type Program, type Term } from '../../agents/instincts/program.ts';

/** What a row is before it decides; registers are changed in place. */
export interface Situation {
  readonly readings: readonly number[];
  readonly registers: Float32Array;
  readonly id: number;
  readonly key0: number;
  readonly key1: number;
}

export interface Decision { act: number; target: number; nextSignal: number; fired: number; reads: number }

/** What a program means, said by walking over it: slow, plain and the measure of the interpreter. */
export function evaluate(program: Program, { readings, registers, id, key0, key1 }: Situation): Decision {
  const terms = program.rules.flatMap(({ alternatives }) => alternatives.flat());
  const chances = terms.filter(({ kind }) => kind === 'chance');
  let reads = 0;

  function valueOf(operand: Operand | Comparison['left']): number {
    if (operand.kind === 'number') return Math.fround(operand.value);
    if (operand.kind === 'memory') return registers[operand.register] ?? NaN;
    reads++;
    return readings[operand.sense] ?? NaN;
  }

  function holds(term: Term): boolean {
    if (term.kind === 'chance') return uniform(key0, key1, id, chances.indexOf(term)) < Math.fround(term.percent / 100);
    const left = valueOf(term.left);
    const right = valueOf(term.right);
    return term.above ? left > right : left < right;
  }

  function apply(effect: Effect): void {
    const value = effect.kind === 'add' ? (registers[effect.register] ?? NaN) + Math.fround(effect.amount) : valueOf(effect.source);
    registers[effect.register] = Math.max(-limits.magnitude, Math.min(limits.magnitude, value));
  }

  const found = program.rules.findIndex(({ alternatives }) => alternatives.some((terms) => terms.every(holds)));
  const fired = found < 0 ? program.rules.length : found;
  const deed = program.rules[fired]?.deed ?? program.otherwise;
  deed.effects.forEach(apply);
  return { act: deed.act, target: deed.target, nextSignal: deed.signal === null ? 0 : deed.signal + 1, fired, reads };
}
