import { PER_STEP, type CellList } from './cell-list.ts';
import { NOBODY } from './tick-events.ts';

/** What a neighbour can see of an organism, packed for the cell list: tag in bits 0-7, signal in 8-10, hunting in 11. */
export function packLook(tag: number, signal: number, hunting: boolean): number {
  return tag | (signal << 8) | (hunting ? 0x800 : 0);
}

/** A squared distance larger than any. */
const FAR = 0x7fffffff;

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
  private found = { index: new Int32Array(1024), distance2: new Int32Array(1024) };
  private readonly cells: CellList;
  private readonly x: Float32Array;
  private readonly y: Float32Array;
  private readonly tag: Uint8Array;
  private readonly id: Uint32Array;
  private readonly width: number;
  private readonly height: number;
  private readonly radius2: number;
  private readonly kinWidth: number;

  constructor(cells: CellList, columns: { x: Float32Array; y: Float32Array; tag: Uint8Array; id: Uint32Array },
    width: number, height: number, radius: number, kinWidth: number) {
    this.cells = cells;
    this.x = columns.x;
    this.y = columns.y;
    this.tag = columns.tag;
    this.id = columns.id;
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
    const { cells, width, height, kinWidth, heard, best } = this;
    const { across, down, start, order } = cells;
    const x = (this.x[row] * PER_STEP) | 0;
    const y = (this.y[row] * PER_STEP) | 0;
    const bx = Math.min(across - 1, (this.x[row] * cells.perWidth) | 0);
    const by = Math.min(down - 1, (this.y[row] * cells.perHeight) | 0);
    let n = 0;
    // three lines of bins, each one run of the list, or two where it crosses the seam
    for (let j = by - 1; j <= by + 1; j++) {
      // neighbours across the seam are seen from a place shifted by a whole turn of the torus
      const yy = j < 0 ? y + height : j >= down ? y - height : y;
      const line = (j < 0 ? j + down : j >= down ? j - down : j) * across;
      if (bx > 0 && bx < across - 1) {
        n = this.collect(start[line + bx - 1], start[line + bx + 2], x, yy, n);
      } else if (bx === 0) {
        n = this.collect(start[line], start[line + 2], x, yy, n);
        n = this.collect(start[line + across - 1], start[line + across], x + width, yy, n);
      } else {
        n = this.collect(start[line + across - 2], start[line + across], x, yy, n);
        n = this.collect(start[line], start[line + 1], x - width, yy, n);
      }
    }
    const looks = cells.look;
    const firstKin = this.tag[row] - kinWidth;
    const widest = 2 * kinWidth;
    const { index, distance2: distances } = this.found;
    // stores one by one: a call of `fill` would cost more than a short look
    heard[0] = heard[1] = heard[2] = heard[3] = heard[4] = heard[5] = heard[6] = heard[7] = 0;
    best[0] = best[1] = best[2] = FAR;
    let kin = NOBODY;
    let other = NOBODY;
    let hunter = NOBODY;
    for (let i = 0; i < n; i++) {
      const k = index[i];
      if (order[k] === row) continue;
      const distance2 = distances[i];
      const look = looks[k];
      // 0 for kin, 1 for others, again without a branch
      const kind = (widest - ((look - firstKin) & 255)) >>> 31;
      if (distance2 <= best[kind]) {
        const rival = kind === 0 ? kin : other;
        if (distance2 < best[kind] || this.lowerId(k, rival)) {
          best[kind] = distance2;
          if (kind === 0) kin = k; else other = k;
        }
      }
      if (look > 255) {
        heard[(look >> 8) & 7]++;
        if (look >= 0x800 && (distance2 < best[2] || (distance2 === best[2] && this.lowerId(k, hunter)))) {
          best[2] = distance2;
          hunter = k;
        }
      }
    }
    this.crowd = n - 1;
    this.nearest[0][row] = kin;
    this.nearest[1][row] = other;
    this.nearest[2][row] = hunter;
    this.seen[row] = 1;
  }

  /** Notes those of a run of the list that are within the radius, behind the `n` already noted. */
  private collect(from: number, to: number, x: number, y: number, n: number): number {
    const { cells, radius2, found } = this;
    if (n + to - from > found.index.length) this.makeRoom(n + to - from);
    const { index, distance2 } = found;
    const xs = cells.x;
    const ys = cells.y;
    let last = n;
    for (let k = from; k < to; k++) {
      const dx = xs[k] - x;
      const dy = ys[k] - y;
      const squared = dx * dx + dy * dy;
      // kept without a branch, which no processor could foresee: an entry out of sight is overwritten by the next
      index[last] = k;
      distance2[last] = squared;
      last += (squared - radius2) >>> 31;
    }
    return last;
  }

  private makeRoom(needed: number): void {
    const index = new Int32Array(2 * needed);
    const distance2 = new Int32Array(2 * needed);
    index.set(this.found.index);
    distance2.set(this.found.distance2);
    this.found = { index, distance2 };
  }

  /** Equal distances are settled by id, because the order within a bin must not matter. */
  private lowerId(k: number, than: number): boolean {
    return this.id[this.cells.order[k]] < this.id[this.cells.order[than]];
  }
}
