import type { DecisionRows, Survey } from '../../core/kernel/genomes.ts';
import { uniforms } from '../../core/kernel/random.ts';
import { changeForm, changeShift, deedShift, STEP_LIMIT, testForm, testShift, wordsPerStep } from './bytecode.ts';
import { LANES, Lanes } from './lanes.ts';
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

const longestRun = STEP_LIMIT * wordsPerStep;
const { senseNumber, senseSense, senseMemory, memoryNumber, memorySense, chance } = testForm;
const { setNumber, setSense, add } = changeForm;
const formShift = testShift.form;
const aboveBit = 1 << testShift.above;
const jumpWhenBit = 1 << testShift.jumpWhen;
const skipShift = testShift.skip;
const { target: targetShift, signal: signalShift, fired: firedShift, changes: changesShift } = deedShift;
const changeFormShift = changeShift.form;
const most = limits.magnitude;

/** Rows are taken this many at a time: so many find company of their kind, and their columns stay in the cache. */
const BLOCK = 1 << 16;

/**
 * Decides for every row: runs its program on its readings and registers, and writes act, target, signal and the rule
 * that fired. Registers change as the deed says; a reading is set as it stands when the deed is done.
 *
 * Rows of one genome go through its program together, instruction by instruction: each is looked up once for all of
 * them, and what it does to them is a loop without branches that depend on the row. Those that jump wait where
 * they land until the others come by; jumps go forward only, so one way through the program serves all. Those that ask
 * for a reading which the world makes for many at once wait until everyone has come to that or to a deed.
 */
export class Interpreter {
  private readonly lanes = new Lanes();
  private readonly left = new Float64Array(LANES);
  private readonly right = new Float64Array(LANES);
  /** How many rows of the block have each genome, then where the next of them goes. */
  private places = new Uint32Array(64);
  /** Those who wait for the survey: where in the program, where in the scratch they begin, and how many. */
  private halts = new Uint32Array(3 * 256);
  private halted = 0;
  /** Rows in the scratch that wait. */
  private waiting = 0;
  private rows!: DecisionRows;
  private code!: Code;
  private survey: Survey | null = null;

  decide(rows: DecisionRows, code: Code): void {
    this.rows = rows;
    this.code = code;
    this.survey = rows.survey;
    this.halted = 0;
    this.waiting = 0;
    for (let from = 0; from < rows.count; from += BLOCK) this.decideBlock(from, Math.min(rows.count, from + BLOCK));
    if (this.survey === null) return;
    this.survey.serve();
    this.survey = null;
    const { scratch } = rows;
    for (let halt = 0; halt < this.halted; halt += 3) {
      const first = this.halts[halt + 1];
      this.run(this.halts[halt], scratch, first, first + this.halts[halt + 2]);
    }
  }

  /** Sorts the rows of a block by genome and runs each genome for its rows. */
  private decideBlock(from: number, to: number): void {
    const { genome, scratch } = this.rows;
    const { starts } = this.code;
    if (this.places.length < starts.length + 1) this.places = new Uint32Array(2 * starts.length);
    const { places } = this;
    const handles = starts.length;
    places.fill(0, 0, handles + 1);
    for (let row = from; row < to; row++) places[genome[row] + 1]++;
    places[0] = from;
    for (let handle = 1; handle <= handles; handle++) places[handle] += places[handle - 1];
    // those who wait from blocks before lie below `from`, because every block leaves at most as many as it has
    for (let row = from; row < to; row++) scratch[places[genome[row]]++] = row;
    let first = from;
    for (let handle = 0; handle < handles; handle++) {
      const end = places[handle];
      for (; first < end; first += LANES) this.run(starts[handle], scratch, first, Math.min(end, first + LANES));
      first = end;
    }
  }

  /** Runs the program from `at` for the rows in list[first, end), at most `LANES` of them. */
  private run(at: number, list: Uint32Array, first: number, end: number): void {
    const { lanes, left, right } = this;
    const { words, numbers } = this.code;
    const { readers, id, key0, key1 } = this.rows;
    // Whatever the words say, a step goes forward by a pair at least; so this bound on the place bounds the number of steps.
    const last = at + longestRun;
    lanes.begin(list, first, end);
    for (;;) {
      if (lanes.count === 0) {
        at = lanes.next();
        if (at < 0) return;
      }
      lanes.arrive(at);
      const word = words[at];
      if (word < 0 || at >= last) {
        if (!this.haltsAtDeed(at)) this.deed(at);
        lanes.count = 0;
        continue;
      }
      const form = (word >> formShift) & 7;
      const index = word & 255;
      const operand = words[at + 1];
      if (this.survey !== null && this.needsSurvey(form, index, operand)) {
        this.halt(at);
        continue;
      }
      const jumpWhen = (word & jumpWhenBit) === 0 ? 0 : 1;
      const target = at + wordsPerStep + (word >> skipShift);
      if (form === chance) uniforms(key0, key1, id, lanes.active, lanes.count, index, left);
      else if (form <= senseMemory) readers[index](lanes.active, lanes.count, left);
      else this.recall(index, left);
      if (form === senseNumber || form === memoryNumber || form === chance) {
        if ((word & aboveBit) === 0) lanes.splitBelowNumber(left, numbers[at + 1], jumpWhen, target);
        else lanes.splitAboveNumber(left, numbers[at + 1], jumpWhen, target);
      } else {
        if (form === senseSense || form === memorySense) readers[operand](lanes.active, lanes.count, right);
        else this.recall(operand, right);
        if ((word & aboveBit) === 0) lanes.splitBelow(left, right, jumpWhen, target);
        else lanes.splitBelow(right, left, jumpWhen, target);
      }
      at += wordsPerStep;
    }
  }

  /** Readings of a register. */
  private recall(register: number, readings: Float64Array): void {
    const { active, count } = this.lanes;
    const { memory } = this.rows;
    const { registersPerRow } = this.code;
    for (let i = 0; i < count; i++) readings[i] = memory[active[i] * registersPerRow + register];
  }

  private needsSurvey(form: number, left: number, right: number): boolean {
    const { senses } = this.survey!;
    return (form <= senseMemory && senses[left] === 1) || ((form === senseSense || form === memorySense) && senses[right] === 1);
  }

  /** Whether a deed sets a register to a reading that the survey has to make first; if so, all halt. */
  private haltsAtDeed(at: number): boolean {
    if (this.survey === null) return false;
    const { words } = this.code;
    const last = at + wordsPerStep * ((words[at] >> changesShift) & 3);
    for (let change = at + wordsPerStep; change <= last; change += wordsPerStep) {
      if (((words[change] >> changeFormShift) & 3) === setSense && this.survey.senses[words[change + 1]] === 1) {
        this.halt(at);
        return true;
      }
    }
    return false;
  }

  /** Everyone at this place asks for the survey, and waits in the scratch. */
  private halt(at: number): void {
    const { active, count } = this.lanes;
    const { scratch } = this.rows;
    const { asked } = this.survey!;
    if (this.halted + 3 > this.halts.length) {
      const longer = new Uint32Array(this.halts.length * 2);
      longer.set(this.halts);
      this.halts = longer;
    }
    this.halts[this.halted] = at;
    this.halts[this.halted + 1] = this.waiting;
    this.halts[this.halted + 2] = count;
    this.halted += 3;
    for (let i = 0; i < count; i++) {
      const row = active[i];
      asked[row] = 1;
      // those who wait are never more than those who have been read, so nobody who is still to come is overwritten
      scratch[this.waiting + i] = row;
    }
    this.waiting += count;
    this.lanes.count = 0;
  }

  /** What everyone at this place does. */
  private deed(at: number): void {
    const { active, count } = this.lanes;
    const { words } = this.code;
    const { act, target, nextSignal, fired } = this.rows;
    const word = words[at];
    const chosen = word & 255;
    const aim = (word >> targetShift) & 255;
    const signal = (word >> signalShift) & 255;
    const rule = (word >> firedShift) & 15;
    for (let i = 0; i < count; i++) {
      const row = active[i];
      act[row] = chosen;
      target[row] = aim;
      nextSignal[row] = signal;
      fired[row] = rule;
    }
    if (this.survey !== null && this.survey.acts[chosen] === 1) {
      const { asked } = this.survey;
      for (let i = 0; i < count; i++) asked[active[i]] = 1;
    }
    const changes = word < 0 ? (word >> changesShift) & 3 : 0;
    for (let change = 1; change <= changes; change++) this.change(at + change * wordsPerStep);
  }

  /** One change of a register, for everyone at this place. */
  private change(at: number): void {
    const { lanes, left } = this;
    const { active, count } = lanes;
    const { words, numbers, registersPerRow } = this.code;
    const { memory, readers } = this.rows;
    const register = words[at] & 255;
    const form = (words[at] >> changeFormShift) & 3;
    if (form === setNumber) left.fill(numbers[at + 1], 0, count);
    else if (form === setSense) readers[words[at + 1]](active, count, left);
    else this.recall(form === add ? register : words[at + 1], left);
    // what is set is left as it is, even a 0 below 0
    const added = form === add ? numbers[at + 1] : -0;
    for (let i = 0; i < count; i++) {
      const value = left[i] + added;
      // Written so that even a reading that is not a number ends as one.
      memory[active[i] * registersPerRow + register] = value >= -most ? (value <= most ? value : most) : -most;
    }
  }
}
