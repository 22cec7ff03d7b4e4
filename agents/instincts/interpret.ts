import type { DecisionRows } from '../../core/kernel/genomes.ts';
import { uniform } from '../../core/kernel/random.ts';
import { changeForm, changeShift, deedShift, STEP_LIMIT, testForm, testShift, wordsPerStep } from './bytecode.ts';
import { limits } from './program.ts';

/** Compiled programs side by side, as the interpreter reads them. */
export interface Code {
  readonly words: Int32Array;
  /** The same memory, for the operands that are numbers. */
  readonly numbers: Float32Array;
  /** Where the program of each handle begins. */
  readonly starts: Uint32Array;
  readonly registersPerRow: number;
}

// Constants of this module: engines fold these into the loop, but not the properties of objects that are imported.
const longestRun = STEP_LIMIT * wordsPerStep;
const pair = wordsPerStep;
const { senseNumber, senseSense, senseMemory, memoryNumber, memorySense, chance } = testForm;
const { setNumber, setSense, add } = changeForm;
const formShift = testShift.form;
const aboveBit = 1 << testShift.above;
const jumpWhenBit = 1 << testShift.jumpWhen;
const skipShift = testShift.skip;
const { target: targetShift, signal: signalShift, fired: firedShift, changes: changesShift } = deedShift;
const changeFormShift = changeShift.form;
const most = limits.magnitude;

/**
 * Decides for every row: runs its program on its readings and registers, and writes act, target, signal and the rule
 * that fired. Registers change as the deed says; a reading is set as it stands when the deed is done. Chances are
 * counted within the decision, so each has a draw of its own.
 */
export function decide(rows: DecisionRows, code: Code): void {
  const { count, id, genome, memory, act, target, nextSignal, fired, readers } = rows;
  const { words, numbers, starts, registersPerRow } = code;
  // As signed words they are small integers to the engine, and passing them on allocates nothing.
  const key0 = rows.key0 | 0;
  const key1 = rows.key1 | 0;
  const r0 = readers[0], r1 = readers[1], r2 = readers[2], r3 = readers[3], r4 = readers[4], r5 = readers[5];
  const r6 = readers[6], r7 = readers[7], r8 = readers[8], r9 = readers[9], r10 = readers[10], r11 = readers[11];
  const r12 = readers[12], r13 = readers[13], r14 = readers[14], r15 = readers[15];
  for (let row = 0; row < count; row++) {
    const cells = row * registersPerRow;
    let at = starts[genome[row]];
    // Whatever the words say, a step goes forward by a pair at least; so this bound on the place bounds the number of steps.
    const end = at + longestRun;
    let chances = 0;
    let word = words[at];
    while (word >= 0 && at < end) {
      const form = (word >> formShift) & 7;
      const index = word & 255;
      let left: number;
      let right: number;
      if (form === senseNumber) {
        // A place of call of its own for each of the first senses: only there can the engine inline a reader, and a
        // reader that is not inlined allocates for every fraction it returns.
        switch (index) {
          case 0: left = r0(row); break;
          case 1: left = r1(row); break;
          case 2: left = r2(row); break;
          case 3: left = r3(row); break;
          case 4: left = r4(row); break;
          case 5: left = r5(row); break;
          case 6: left = r6(row); break;
          case 7: left = r7(row); break;
          case 8: left = r8(row); break;
          case 9: left = r9(row); break;
          case 10: left = r10(row); break;
          case 11: left = r11(row); break;
          case 12: left = r12(row); break;
          case 13: left = r13(row); break;
          case 14: left = r14(row); break;
          case 15: left = r15(row); break;
          default: left = readers[index](row);
        }
        right = numbers[at + 1];
      } else if (form === chance) {
        left = uniform(key0, key1, id[row] | 0, chances++);
        right = numbers[at + 1];
      } else {
        left = form <= senseMemory ? readers[index](row) : memory[cells + index];
        if (form === memoryNumber) right = numbers[at + 1];
        else if (form === senseSense || form === memorySense) right = readers[words[at + 1]](row);
        else right = memory[cells + words[at + 1]];
      }
      const holds = (word & aboveBit) === 0 ? left < right : left > right;
      at += holds === ((word & jumpWhenBit) !== 0) ? pair + (word >> skipShift) : pair;
      word = words[at];
    }
    act[row] = word;
    target[row] = word >> targetShift;
    nextSignal[row] = word >> signalShift;
    fired[row] = (word >> firedShift) & 15;
    for (let left = (word >> changesShift) & 3; left > 0; left--) {
      at += pair;
      const change = words[at];
      const cell = cells + (change & 255);
      const form = (change >> changeFormShift) & 3;
      const value = form === setNumber ? numbers[at + 1]
        : form === add ? memory[cell] + numbers[at + 1]
          : form === setSense ? readers[words[at + 1]](row)
            : memory[cells + words[at + 1]];
      // Written so that even a reading that is not a number ends as one.
      memory[cell] = value >= -most ? (value <= most ? value : most) : -most;
    }
  }
}
