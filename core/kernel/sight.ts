import { PER_STEP, type CellList } from './cell-list.ts';
import { NOBODY } from './tick-events.ts';

/** What a neighbour can see of an organism, packed for the cell list: tag in bits 0-7, signal in 8-10, hunting in 11. */
export function packLook(tag: number, signal: number, hunting: boolean): number {
  return tag | (signal << 8) | (hunting ? 0x800 : 0);
}

/** Larger than any packed distance. */
const FAR = 0x7fffffff;

/** How many in sight are told apart; a crowd larger than that is counted, and the rest of it not looked at. */
const MOST_IN_DETAIL = 2047;
/** Squared distances have 20 bits. */
const FARTHEST = Math.sqrt(1 << 20) / PER_STEP;

/** Classes of neighbour that can be nearest. */
export const Neighbour = { kin: 0, other: 1, hunter: 2 } as const;

/**
 * What one organism sees within a radius: the nearest of each class, how many there are, how many send each signal.
 * One pass over the 3 × 3 bins around; remembered for the tick, because several senses and the act ask for it.
 */
export class Sight {
  /** Sorted index (into the cell list) of the nearest of each class for each row, or NOBODY; valid where `seen` is 1. */
  readonly nearest: readonly [Uint32Array, Uint32Array, Uint32Array];
  readonly seen: Uint8Array;
  /** Of the row looked at last: how many are in sight. */
  crowd = 0;
  /** Neighbours that send signal 1 … 7; entry 0 means nothing. */
  readonly heard = new Uint32Array(8);

  private current = -1;
  /** Squared distances to the nearest of each class, in squared 256ths of a step. */
  private readonly best = new Int32Array(3);
  /** Sorted index and squared distance of those in sight. */
  private index: Int32Array = new Int32Array(1024);
  private distances: Int32Array = new Int32Array(1024);
  /** Runs of the list that a look goes through: from, to, and the place to measure from. */
  private readonly runs = new Int32Array(24);
  private readonly cells: CellList;
  private readonly x: Float32Array;
  private readonly y: Float32Array;
  private readonly tag: Uint8Array;
  private readonly width: number;
  private readonly height: number;
  private readonly radius2: number;
  private readonly kinWidth: number;

  constructor(cells: CellList, columns: { x: Float32Array; y: Float32Array; tag: Uint8Array },
    width: number, height: number, radius: number, kinWidth: number) {
    if (!(radius < FARTHEST)) throw new RangeError(`Sight reaches ${radius} steps, but must be below ${FARTHEST}.`);
    this.cells = cells;
    this.x = columns.x;
    this.y = columns.y;
    this.tag = columns.tag;
    this.width = width * PER_STEP;
    this.height = height * PER_STEP;
    this.radius2 = radius * radius * PER_STEP * PER_STEP;
    this.kinWidth = kinWidth;
    const capacity = this.x.length;
    this.nearest = [new Uint32Array(capacity), new Uint32Array(capacity), new Uint32Array(capacity)];
    this.seen = new Uint8Array(capacity);
  }

  get bytes(): number {
    return this.seen.byteLength + this.nearest[0].byteLength * 3;
  }

  /** Forgets what was seen. Call once a tick, after the cell list is built. */
  blink(count: number): void {
    this.seen.fill(0, 0, count);
    this.current = -1;
  }

  /** Looks around from `row`, unless that was the last row looked from. */
  look(row: number): void {
    if (row !== this.current) this.scan(row);
  }

  /** Distance in steps from the row looked at last to its nearest of a class, or `none`. */
  distance(neighbour: number, none: number): number {
    const squared = this.best[neighbour];
    return squared === FAR ? none : Math.sqrt(squared) / PER_STEP;
  }

  private scan(row: number): void {
    this.current = row;
    const { cells, width, height, kinWidth, radius2, heard, best, runs } = this;
    const { across, down, start, order, x: xs, y: ys, look: looks } = cells;
    const placeX = (this.x[row] * PER_STEP) | 0;
    const placeY = (this.y[row] * PER_STEP) | 0;
    const bx = Math.min(across - 1, (this.x[row] * cells.perWidth) | 0);
    const by = Math.min(down - 1, (this.y[row] * cells.perHeight) | 0);
    // three lines of bins, each one run of the list, or two where it crosses the seam
    let lastRun = 0;
    let most = 0;
    for (let j = by - 1; j <= by + 1; j++) {
      // neighbours across the seam are seen from a place shifted by a whole turn of the torus
      const shiftY = j < 0 ? height : j >= down ? -height : 0;
      const line = (j < 0 ? j + down : j >= down ? j - down : j) * across;
      const west = bx === 0 ? 0 : bx - 1;
      const east = bx === across - 1 ? bx : bx + 1;
      runs[lastRun] = start[line + west];
      runs[lastRun + 1] = start[line + east + 1];
      runs[lastRun + 2] = placeX;
      runs[lastRun + 3] = placeY + shiftY;
      most += runs[lastRun + 1] - runs[lastRun];
      lastRun += 4;
      if (bx === 0 || bx === across - 1) {
        const wrapped = bx === 0 ? across - 1 : 0;
        runs[lastRun] = start[line + wrapped];
        runs[lastRun + 1] = start[line + wrapped + 1];
        runs[lastRun + 2] = bx === 0 ? placeX + width : placeX - width;
        runs[lastRun + 3] = placeY + shiftY;
        most += runs[lastRun + 1] - runs[lastRun];
        lastRun += 4;
      }
    }
    if (most >= this.index.length) this.makeRoom(most);
    const { index, distances } = this;
    let n = 0;
    for (let run = 0; run < lastRun; run += 4) {
      const to = runs[run + 1];
      const x = runs[run + 2];
      const y = runs[run + 3];
      for (let k = runs[run]; k < to; k++) {
        // `| 0` and `imul` say that these are 32-bit words; the engine then leaves out its checks for more
        const dx = (xs[k] - x) | 0;
        const dy = (ys[k] - y) | 0;
        const squared = (Math.imul(dx, dx) + Math.imul(dy, dy)) | 0;
        // kept without a branch, which no processor could foresee: an entry out of sight is overwritten by the next
        index[n] = k;
        distances[n] = squared;
        n = (n + ((squared - radius2) >>> 31)) | 0;
      }
    }
    const firstKin = this.tag[row] - kinWidth;
    const widest = 2 * kinWidth;
    // The nearest of each class by the least of (distance, place in the list), packed in a word; masks turn the word of
    // whoever is not of the class into FAR. No branch depends on who stands where: no processor could foresee it.
    let kin = FAR;
    let other = FAR;
    let hunter = FAR;
    let loud = 0;
    const detailed = Math.min(n, MOST_IN_DETAIL);
    for (let i = 0; i < detailed; i++) {
      const k = index[i];
      const look = looks[k];
      loud |= look;
      const self = ((order[k] ^ row) - 1) >> 31;
      const stranger = (widest - ((look - firstKin) & 255)) >> 31;
      const peaceful = ((look >> 11) & 1) - 1;
      const word = (distances[i] << 11) | i;
      const asKin = word | ((stranger | self) & FAR);
      const asOther = word | ((~stranger | self) & FAR);
      const asHunter = word | ((peaceful | self) & FAR);
      // the lesser of two words is the first plus their difference where that is below 0
      const byKin = (asKin - kin) | 0;
      const byOther = (asOther - other) | 0;
      const byHunter = (asHunter - hunter) | 0;
      kin = (kin + (byKin & (byKin >> 31))) | 0;
      other = (other + (byOther & (byOther >> 31))) | 0;
      hunter = (hunter + (byHunter & (byHunter >> 31))) | 0;
    }
    // stores one by one: a call of `fill` would cost more than a short look
    heard[0] = heard[1] = heard[2] = heard[3] = heard[4] = heard[5] = heard[6] = heard[7] = 0;
    if ((loud & 0x700) !== 0) {
      for (let i = 0; i < detailed; i++) if (order[index[i]] !== row) heard[(looks[index[i]] >> 8) & 7]++;
    }
    best[0] = kin === FAR ? FAR : kin >> 11;
    best[1] = other === FAR ? FAR : other >> 11;
    best[2] = hunter === FAR ? FAR : hunter >> 11;
    this.nearest[0][row] = kin === FAR ? NOBODY : index[kin & MOST_IN_DETAIL];
    this.nearest[1][row] = other === FAR ? NOBODY : index[other & MOST_IN_DETAIL];
    this.nearest[2][row] = hunter === FAR ? NOBODY : index[hunter & MOST_IN_DETAIL];
    this.crowd = n - 1;
    this.seen[row] = 1;
  }

  private makeRoom(needed: number): void {
    this.index = new Int32Array(2 * needed);
    this.distances = new Int32Array(2 * needed);
  }
}
