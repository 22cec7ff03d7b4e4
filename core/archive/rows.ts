/**
 * The candidates of a batch, checked and copied into typed arrays, with room for what comes of each. The room is used
 * again by the next batch.
 */
export class Rows {
  readonly objectiveCount: number;
  readonly width: number;
  count = 0;
  capacity = 0;
  /** `objectiveCount` a candidate. */
  objective = new Float64Array(0);
  /** `width` a candidate. */
  measures = new Float64Array(0);
  cell = new Int32Array(0);
  status = new Uint8Array(0);
  value = new Float64Array(0);

  constructor(objectiveCount: number, width: number) {
    this.objectiveCount = objectiveCount;
    this.width = width;
  }

  /** Takes a batch. Throws a RangeError that names the first candidate with a number that is not finite. */
  take(count: number, objectives: ArrayLike<number>, measures: ArrayLike<number>): void {
    if (!Number.isInteger(count) || count < 0) throw new RangeError(`A batch has ${count} candidates; it needs a whole number of them.`);
    if (count > this.capacity) this.grow(count);
    this.count = count;
    // what is not finite, or not there, makes its difference to itself NaN, and the sum with it
    const sum = copy(objectives, this.objective, count * this.objectiveCount) + copy(measures, this.measures, count * this.width);
    if (sum !== 0) this.refuse();
  }

  /** Takes a batch of one that has one objective. */
  takeOne(objective: number, measures: ArrayLike<number>): void {
    if (this.capacity === 0) this.grow(1);
    this.count = 1;
    this.objective[0] = objective;
    if (objective - objective + copy(measures, this.measures, this.width) !== 0) this.refuse();
  }

  private refuse(): never {
    const { objectiveCount, width } = this;
    for (let i = 0; i < this.count; i++) {
      const f = this.objective.subarray(i * objectiveCount, (i + 1) * objectiveCount);
      const m = this.measures.subarray(i * width, (i + 1) * width);
      if (f.every(Number.isFinite) && m.every(Number.isFinite)) continue;
      throw new RangeError(`Candidate ${i} has objective ${f.join(', ')} and measures ${m.join(', ')}; all must be finite.`);
    }
    throw new Error('A batch was refused without a reason.');
  }

  private grow(count: number): void {
    this.capacity = Math.max(count, this.capacity * 2, 16);
    this.objective = new Float64Array(this.capacity * this.objectiveCount);
    this.measures = new Float64Array(this.capacity * this.width);
    this.cell = new Int32Array(this.capacity);
    this.status = new Uint8Array(this.capacity);
    this.value = new Float64Array(this.capacity);
  }
}

/**
 * Copies numbers and sums their differences to themselves. A function of its own with nothing behind its loop: the engine compiles a
 * long loop while it runs, before it has seen what comes behind, and would throw the compiled loop away at the end of every batch.
 */
function copy(from: ArrayLike<number>, to: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = from[i]!;
    to[i] = value;
    sum += value - value;
  }
  return sum;
}
