import { changeForm, changeShift, deedShift, STEP_LIMIT, testForm, testShift, wordsPerStep } from './bytecode.ts';
import type { Comparison, Deed, Effect, Program, Term } from './program.ts';

/** Words of the longest code there is. */
export const longestCode = STEP_LIMIT * wordsPerStep;

const scratchWords = new Int32Array(longestCode);
const scratchNumbers = new Float32Array(scratchWords.buffer);

/**
 * The flat form of a program, as described in `bytecode.ts`. The result is a copy of its own; numbers lie in it as the
 * bits of 32-bit floats.
 */
export function compileProgram(program: Program): Int32Array {
  let at = 0;
  let chances = 0;
  for (let fired = 0; fired < program.rules.length; fired++) {
    const { alternatives, deed } = program.rules[fired];
    const terms = alternatives.reduce((sum, alternative) => sum + alternative.length, 0);
    const deedAt = at + terms * wordsPerStep;
    const nextRule = deedAt + (1 + deed.effects.length) * wordsPerStep;
    alternatives.forEach((alternative, index) => {
      const lastAlternative = index === alternatives.length - 1;
      const ifFails = lastAlternative ? nextRule : at + alternative.length * wordsPerStep;
      alternative.forEach((term, position) => {
        // The last term of an alternative that is not the last decides for the deed; all others decide against the alternative.
        const decidesFor = !lastAlternative && position === alternative.length - 1;
        writeTest(at, term, term.kind === 'chance' ? chances++ : 0, decidesFor, (decidesFor ? deedAt : ifFails) - at);
        at += wordsPerStep;
      });
    });
    at = writeDeed(at, deed, fired);
  }
  at = writeDeed(at, program.otherwise, program.rules.length);
  return scratchWords.slice(0, at);
}

function writeTest(at: number, term: Term, chance: number, jumpWhen: boolean, skip: number): void {
  let form: number = testForm.chance;
  let left = chance;
  let above = false;
  if (term.kind === 'chance') scratchNumbers[at + 1] = term.percent / 100;
  else {
    form = formOf(term);
    left = term.left.kind === 'sense' ? term.left.sense : term.left.register;
    above = term.above;
    writeOperand(at + 1, term.right);
  }
  scratchWords[at] = left | (form << testShift.form) | (Number(above) << testShift.above)
    | (Number(jumpWhen) << testShift.jumpWhen) | ((skip - wordsPerStep) << testShift.skip);
}

function formOf({ left, right }: Comparison): number {
  if (left.kind === 'sense') {
    return right.kind === 'number' ? testForm.senseNumber : right.kind === 'sense' ? testForm.senseSense : testForm.senseMemory;
  }
  return right.kind === 'number' ? testForm.memoryNumber : right.kind === 'sense' ? testForm.memorySense : testForm.memoryMemory;
}

function writeOperand(at: number, operand: Comparison['right']): void {
  if (operand.kind === 'number') scratchNumbers[at] = operand.value;
  else scratchWords[at] = operand.kind === 'sense' ? operand.sense : operand.register;
}

/** Returns where the next instruction goes. */
function writeDeed(at: number, deed: Deed, fired: number): number {
  const signal = deed.signal === null ? 0 : deed.signal + 1;
  scratchWords[at] = (1 << 31) | deed.act | (deed.target << deedShift.target) | (signal << deedShift.signal)
    | (fired << deedShift.fired) | (deed.effects.length << deedShift.changes);
  scratchWords[at + 1] = 0;
  let next = at + wordsPerStep;
  for (const effect of deed.effects) {
    writeChange(next, effect);
    next += wordsPerStep;
  }
  return next;
}

function writeChange(at: number, effect: Effect): void {
  let form: number = changeForm.add;
  if (effect.kind === 'add') scratchNumbers[at + 1] = effect.amount;
  else {
    const { source } = effect;
    form = source.kind === 'number' ? changeForm.setNumber : source.kind === 'sense' ? changeForm.setSense : changeForm.setMemory;
    writeOperand(at + 1, source);
  }
  scratchWords[at] = effect.register | (form << changeShift.form);
}
