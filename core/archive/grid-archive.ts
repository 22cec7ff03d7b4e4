/** What adding a candidate came to, in the order of merit. */
export const AddStatus = { notAdded: 0, improved: 1, new: 2 } as const;

export interface GridArchiveOptions {
  /** Cells along each measure. */
  dims: readonly number[];
  /** Lower and upper bound of each measure. */
  ranges: readonly (readonly [number, number])[];
  /** Inner ticks for measures with uneven bins, one fewer than cells, rising; null for even bins. */
  ticks?: readonly (readonly number[] | null)[];
  /** Soft thresholds (CMA-MAE): 1 is the plain archive. */
  learningRate?: number;
  /** Threshold of an empty cell; needed with a learning rate below 1. */
  thresholdMin?: number;
  /** Subtracted from every objective in the QD-score. */
  qdScoreOffset?: number;
}

const EPSILON = 1e-6;

/**
 * Grid archive of MAP-Elites (Mouret & Clune 2015), with soft thresholds after CMA-MAE (Fontaine & Nikolaidis 2023). The
 * best solution found in each cell of a grid over the measures is its elite. Cells are numbered row-major; a measure
 * outside its range counts into the edge cell; a candidate enters only if its objective is strictly above the cell's
 * threshold, so a tie keeps the incumbent.
 */
export class GridArchive<T> {
  readonly cells: number;
  readonly dims: readonly number[];
  elites = 0;
  /** Best objective ever seen; -Infinity before the first. */
  objMax = -Infinity;
  private objectiveSum = 0;
  private readonly ranges: readonly (readonly [number, number])[];
  private readonly ticks: readonly (readonly number[] | null)[];
  private readonly learningRate: number;
  private readonly offset: number;
  private readonly objective: Float64Array;
  private readonly threshold: Float64Array;
  private readonly filled: Uint8Array;
  private readonly measures: Float64Array;
  private readonly solutions: (T | undefined)[];
  private readonly winner: Int32Array;
  private readonly above: Uint32Array;
  private readonly aboveSum: Float64Array;

  constructor(options: GridArchiveOptions) {
    const { dims, ranges, learningRate = 1, thresholdMin = -Infinity, qdScoreOffset = 0 } = options;
    if (dims.length === 0 || dims.length !== ranges.length) {
      throw new RangeError(`A grid needs a range for each of its measures; got ${dims.length} dims and ${ranges.length} ranges.`);
    }
    dims.forEach((cells, m) => {
      const [lower, upper] = ranges[m]!;
      if (!Number.isInteger(cells) || cells < 1) throw new RangeError(`Measure ${m} has ${cells} cells; it needs a whole number, at least 1.`);
      if (!(lower < upper)) throw new RangeError(`Measure ${m} has the range ${lower} to ${upper}; its lower bound must be below its upper.`);
      const ticks = options.ticks?.[m];
      if (ticks && (ticks.length !== cells - 1 || ticks.some((tick, i) => i > 0 && tick <= ticks[i - 1]!))) {
        throw new RangeError(`Measure ${m} needs ${cells - 1} rising inner ticks; got ${JSON.stringify(ticks)}.`);
      }
    });
    if (!(learningRate >= 0 && learningRate <= 1)) throw new RangeError(`The learning rate is ${learningRate}; it must lie between 0 and 1.`);
    if (learningRate < 1 && thresholdMin === -Infinity) throw new RangeError('A learning rate below 1 needs a finite thresholdMin.');
    this.dims = dims;
    this.ranges = ranges;
    this.ticks = options.ticks ?? dims.map(() => null);
    this.learningRate = learningRate;
    this.offset = qdScoreOffset;
    this.cells = dims.reduce((product, n) => product * n, 1);
    this.objective = new Float64Array(this.cells);
    this.threshold = new Float64Array(this.cells).fill(thresholdMin);
    this.filled = new Uint8Array(this.cells);
    this.measures = new Float64Array(this.cells * dims.length);
    this.solutions = new Array<T | undefined>(this.cells);
    this.winner = new Int32Array(this.cells).fill(-1);
    this.above = new Uint32Array(this.cells);
    this.aboveSum = new Float64Array(this.cells);
  }

  /** Share of cells that have an elite. */
  get coverage(): number { return this.elites / this.cells; }
  /** Sum over elites of objective − offset. */
  get qdScore(): number { return this.objectiveSum - this.offset * this.elites; }
  get normQdScore(): number { return this.qdScore / this.cells; }
  /** Mean objective of the elites; NaN without any. */
  get objMean(): number { return this.objectiveSum / this.elites; }

  /** Cell of a point in measure space. */
  cellOf(measures: ArrayLike<number>, from = 0): number {
    let cell = 0;
    for (let m = 0; m < this.dims.length; m++) {
      const dim = this.dims[m]!;
      const value = measures[from + m]!;
      const ticks = this.ticks[m];
      let index = 0;
      if (ticks) {
        while (index < ticks.length && ticks[index]! <= value) index++;
      } else {
        const [lower, upper] = this.ranges[m]!;
        index = Math.trunc((dim * (value - lower) + EPSILON) / (upper - lower));
        if (index < 0) index = 0;
        else if (index >= dim) index = dim - 1;
      }
      cell = cell * dim + index;
    }
    return cell;
  }

  /**
   * Adds `count` candidates at once. Within a batch the best per cell wins, the first among equals; `status` and `value`
   * (objective for a new cell, else objective − threshold) are against the archive as it was before the batch.
   *
   * @param measures `dims.length` numbers a candidate, side by side
   * @param solution called for each winner, to build or keep what the archive holds
   * @param onChange told of each cell that has a new elite, by rising cell, with what it displaced
   * @throws RangeError naming the candidate if an objective or measure is not finite; nothing of the batch is added then
   */
  addBatch(count: number, objectives: ArrayLike<number>, measures: ArrayLike<number>, solution: (candidate: number) => T,
    onChange?: (cell: number, candidate: number, displaced: T | undefined) => void,
    status?: Uint8Array, value?: Float64Array): void {
    const width = this.dims.length;
    for (let i = 0; i < count; i++) {
      let finite = Number.isFinite(objectives[i]);
      for (let m = 0; m < width; m++) finite = finite && Number.isFinite(measures[i * width + m]);
      if (!finite) {
        const given = Array.from({ length: width }, (_, m) => measures[i * width + m]);
        throw new RangeError(`Candidate ${i} has objective ${objectives[i]} and measures ${given.join(', ')}; all must be finite.`);
      }
    }
    const touched: number[] = [];
    const { winner, above, aboveSum } = this;
    for (let i = 0; i < count; i++) {
      const f = objectives[i]!;
      if (f > this.objMax) this.objMax = f;
      const cell = this.cellOf(measures, i * width);
      const empty = this.filled[cell] === 0;
      const threshold = this.threshold[cell]!;
      const enters = f > threshold;
      if (status) status[i] = enters ? (empty ? AddStatus.new : AddStatus.improved) : AddStatus.notAdded;
      if (value) value[i] = empty && threshold === -Infinity ? f : f - threshold;
      if (!enters) continue;
      if (winner[cell] === -1) { touched.push(cell); winner[cell] = i; }
      else if (f > objectives[winner[cell]!]!) winner[cell] = i;
      above[cell]!++;
      aboveSum[cell]! += f;
    }
    touched.sort((a, b) => a - b);
    for (const cell of touched) {
      const i = winner[cell]!;
      const f = objectives[i]!;
      const k = above[cell]!;
      if (this.learningRate === 1) this.threshold[cell] = f;
      else {
        const keep = (1 - this.learningRate) ** k;
        this.threshold[cell] = keep * this.threshold[cell]! + (aboveSum[cell]! / k) * (1 - keep);
      }
      const displaced = this.solutions[cell];
      if (this.filled[cell] === 0) { this.filled[cell] = 1; this.elites++; }
      else this.objectiveSum -= this.objective[cell]!;
      this.objectiveSum += f;
      this.objective[cell] = f;
      for (let m = 0; m < width; m++) this.measures[cell * width + m] = measures[i * width + m]!;
      this.solutions[cell] = solution(i);
      winner[cell] = -1;
      above[cell] = 0;
      aboveSum[cell] = 0;
      onChange?.(cell, i, displaced);
    }
  }

  /** Adds one candidate; returns its status. */
  add(solution: T, objective: number, measures: readonly number[]): number {
    const status = new Uint8Array(1);
    this.addBatch(1, [objective], measures, () => solution, undefined, status);
    return status[0]!;
  }

  /** The elite of a cell, or null when it is empty. */
  elite(cell: number): { solution: T; objective: number; measures: number[] } | null {
    if (this.filled[cell] !== 1) return null;
    const width = this.dims.length;
    return { solution: this.solutions[cell] as T, objective: this.objective[cell]!,
      measures: Array.from(this.measures.subarray(cell * width, (cell + 1) * width)) };
  }
}
