/** Bits for one coordinate of an entry. */
const PLACE_BITS = 10;
/** Places are kept modulo this many parts: enough to tell how far apart any two in neighbouring bins are. */
const TURN = 1024;

/** Where the parts of a look lie in an entry. */
const LOOK = 20;

/** What a neighbour can see of an organism besides its place, `hunting` being 1 or 0: 12 bits. */
export function packLook(tag: number, signal: number, hunting: number): number {
  return (tag << 4) | (signal << 1) | hunting;
}

/** An entry of the list, as said there. */
export function packEntry(x: number, y: number, perStep: number, look: number): number {
  return (((x * perStep) | 0) & (TURN - 1)) | ((((y * perStep) | 0) & (TURN - 1)) << PLACE_BITS) | (look << LOOK);
}

/**
 * Cell list for neighbour queries on a torus: rows sorted by the square bin they stand in, with a copy of what a
 * neighbour can see of them. The copy is the state at the start of the tick, so while organisms move, everyone still
 * sees where the others were. Built by counting sort, O(rows + bins); in which order the rows of a bin come is not said.
 *
 * An entry is one word, since looking around reads many and this is most of what it costs:
 *
 *     bits   31-24   23-21    20        19-10   9-0
 *            tag     signal   hunting   y       x      (places in `perStep` parts of a step, modulo 1024)
 */
export class CellList {
  readonly across: number;
  readonly down: number;
  /** Bins a step. */
  readonly perWidth: number;
  readonly perHeight: number;
  /** Places in entries are whole numbers of this many parts of a step, a power of two, so that rounding is exact. */
  readonly perStep: number;
  /** First sorted index of each bin, then the number of rows, then one entry that sorting needs. Bins are row-major. */
  readonly start: Uint32Array;
  /** Rows in bin order. */
  readonly order: Uint32Array;
  /** Place and look of `order[k]`. */
  readonly entry: Int32Array;

  /** `reach`: the farthest that anyone looks; bins are at least as wide, so the 3 × 3 bins around hold all there is to see. */
  constructor(width: number, height: number, reach: number, capacity: number) {
    this.across = Math.max(1, Math.floor(width / reach));
    this.down = Math.max(1, Math.floor(height / reach));
    if (this.across < 3 || this.down < 3) {
      throw new RangeError(`A space of ${width} x ${height} steps is too small to look ${reach} steps far: it needs at least ${3 * reach} each way.`);
    }
    this.perWidth = this.across / width;
    this.perHeight = this.down / height;
    // two in neighbouring bins are less than two bins apart, and that must be less than half a turn
    let perStep = 256;
    while (2 * perStep / Math.min(this.perWidth, this.perHeight) >= TURN / 2) perStep /= 2;
    this.perStep = perStep;
    this.start = new Uint32Array(this.across * this.down + 2);
    this.order = new Uint32Array(capacity);
    // looks read on past the end by a few
    this.entry = new Int32Array(capacity + 4);
  }

  get bytes(): number {
    return this.start.byteLength + this.order.byteLength + this.entry.byteLength;
  }

  binAt(x: number, y: number): number {
    // a coordinate just under the edge can round up to the number of bins
    const bx = Math.min(this.across - 1, (x * this.perWidth) | 0);
    const by = Math.min(this.down - 1, (y * this.perHeight) | 0);
    return by * this.across + bx;
  }

  /** Sorts the rows and copies what neighbours can see of them; `look` holds a `packLook` a row. */
  build(count: number, x: Float32Array, y: Float32Array, look: Uint16Array): void {
    this.countBins(count, x, y);
    const { start, order, entry, across, down, perWidth, perHeight, perStep } = this;
    const lastX = across - 1;
    const lastY = down - 1;
    for (let row = 0; row < count; row++) {
      const placeX = x[row];
      const placeY = y[row];
      const bx = Math.min(lastX, (placeX * perWidth) | 0);
      const k = start[Math.min(lastY, (placeY * perHeight) | 0) * across + bx + 1]++;
      order[k] = row;
      entry[k] = packEntry(placeX, placeY, perStep, look[row]);
    }
  }

  /** Fills `start` and `order` only. */
  sort(count: number, x: Float32Array, y: Float32Array): void {
    this.countBins(count, x, y);
    const { start, order, across, down, perWidth, perHeight } = this;
    const lastX = across - 1;
    const lastY = down - 1;
    for (let row = 0; row < count; row++) {
      const bx = Math.min(lastX, (x[row] * perWidth) | 0);
      order[start[Math.min(lastY, (y[row] * perHeight) | 0) * across + bx + 1]++] = row;
    }
  }

  /**
   * Counts two places on, so that after summing, start[bin + 1] is where the bin's next row goes, and in the end where the
   * following bin begins; a row's bin is worked out twice: cheaper than a word a row to remember it.
   */
  private countBins(count: number, x: Float32Array, y: Float32Array): void {
    const { start, across, down, perWidth, perHeight } = this;
    const lastX = across - 1;
    const lastY = down - 1;
    start.fill(0);
    for (let row = 0; row < count; row++) {
      const bx = Math.min(lastX, (x[row] * perWidth) | 0);
      start[Math.min(lastY, (y[row] * perHeight) | 0) * across + bx + 2]++;
    }
    let sum = 0;
    for (let bin = 2; bin < start.length; bin++) {
      sum = (sum + start[bin]) | 0;
      start[bin] = sum;
    }
  }
}
