/** Places in the cell list are whole numbers of this many to a step: exact, and faster to compare than floats. */
export const PER_STEP = 256;

/**
 * Cell list for neighbour queries on a torus: rows sorted by the square bin they stand in, with a copy of what a
 * neighbour can see of them. The copy is the state at the start of the tick, so while organisms move, everyone still
 * sees where the others were. Built by counting sort, O(rows + bins), and by id within a bin.
 */
export class CellList {
  readonly across: number;
  readonly down: number;
  /** Bins a step. */
  readonly perWidth: number;
  readonly perHeight: number;
  /** First sorted index of each bin, then the number of rows, then one entry that sorting needs. Bins are row-major. */
  readonly start: Uint32Array;
  /** Rows in bin order. */
  readonly order: Uint32Array;
  /** Place (in 256ths of a step) and look of `order[k]`. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly look: Uint16Array;

  /** `reach`: the farthest that anyone looks; bins are at least as wide, so the 3 × 3 bins around hold all there is to see. */
  constructor(width: number, height: number, reach: number, capacity: number) {
    this.across = Math.max(1, Math.floor(width / reach));
    this.down = Math.max(1, Math.floor(height / reach));
    if (this.across < 3 || this.down < 3) {
      throw new RangeError(`A space of ${width} x ${height} steps is too small to look ${reach} steps far: it needs at least ${3 * reach} each way.`);
    }
    this.perWidth = this.across / width;
    this.perHeight = this.down / height;
    this.start = new Uint32Array(this.across * this.down + 2);
    this.order = new Uint32Array(capacity);
    this.x = new Int32Array(capacity);
    this.y = new Int32Array(capacity);
    this.look = new Uint16Array(capacity);
  }

  get bytes(): number {
    return this.start.byteLength + this.order.byteLength
      + this.x.byteLength + this.y.byteLength + this.look.byteLength;
  }

  binAt(x: number, y: number): number {
    // a coordinate just under the edge can round up to the number of bins
    const bx = Math.min(this.across - 1, (x * this.perWidth) | 0);
    const by = Math.min(this.down - 1, (y * this.perHeight) | 0);
    return by * this.across + bx;
  }

  /** Sorts the rows and copies what neighbours can see of them. */
  build(count: number, x: Float32Array, y: Float32Array, look: Uint16Array, id: Uint32Array): void {
    this.sort(count, x, y);
    this.settleBins(id);
    const { order, x: xs, y: ys, look: looks } = this;
    for (let k = 0; k < count; k++) {
      const row = order[k];
      xs[k] = x[row] * PER_STEP;
      ys[k] = y[row] * PER_STEP;
      looks[k] = look[row];
    }
  }

  /** Within a bin by id, so that the list is a function of who stands where and not of the order of rows. */
  private settleBins(id: Uint32Array): void {
    const { start, order } = this;
    const bins = this.across * this.down;
    for (let bin = 0; bin < bins; bin++) {
      const first = start[bin];
      const end = start[bin + 1];
      for (let i = first + 1; i < end; i++) {
        const row = order[i];
        const key = id[row];
        let j = i - 1;
        while (j >= first && id[order[j]] > key) { order[j + 1] = order[j]; j--; }
        order[j + 1] = row;
      }
    }
  }

  /** Fills `start` and `order` only. */
  sort(count: number, x: Float32Array, y: Float32Array): void {
    const { start, order, across, down, perWidth, perHeight } = this;
    const lastX = across - 1;
    const lastY = down - 1;
    start.fill(0);
    // counted two places on, so that after summing, start[bin + 1] is where the bin's next row goes, and in the end where
    // the following bin begins; a row's bin is worked out twice: cheaper than a word a row to remember it
    for (let row = 0; row < count; row++) {
      const bx = Math.min(lastX, (x[row] * perWidth) | 0);
      start[Math.min(lastY, (y[row] * perHeight) | 0) * across + bx + 2]++;
    }
    for (let bin = 2; bin < start.length; bin++) start[bin] += start[bin - 1];
    for (let row = 0; row < count; row++) {
      const bx = Math.min(lastX, (x[row] * perWidth) | 0);
      order[start[Math.min(lastY, (y[row] * perHeight) | 0) * across + bx + 1]++] = row;
    }
  }
}
