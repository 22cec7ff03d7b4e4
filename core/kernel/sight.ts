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
  /** Pairs of sorted index and squared distance of those in sight. */
  private hits: Int32Array = new Int32Array(1024);
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
    const { cells, radius2, kinWidth, heard, best } = this;
    let hits: Int32Array = this.hits;
    const { across, down, start, order } = cells;
    const xs = cells.x;
    const ys = cells.y;
    const x = (this.x[row] * PER_STEP) | 0;
    const y = (this.y[row] * PER_STEP) | 0;
    const bx = Math.min(across - 1, (this.x[row] * cells.perWidth) | 0);
    const by = Math.min(down - 1, (this.y[row] * cells.perHeight) | 0);
    const inside = bx > 0 && bx < across - 1;
    let found = 0;
    // three lines of bins, each one run of the list, or two where it crosses the seam
    for (let part = 0; part < 6; part++) {
      if (inside && (part & 1) === 1) continue;
      const j = by - 1 + (part >> 1);
      // neighbours across the seam are seen from a place shifted by a whole turn of the torus
      const yy = j < 0 ? y + this.height : j >= down ? y - this.height : y;
      const line = (j < 0 ? j + down : j >= down ? j - down : j) * across;
      let first = line + bx - 1;
      let last = line + bx + 2;
      let xx = x;
      if (!inside) {
        const wrapped = (part & 1) === 1;
        if (bx === 0) {
          first = wrapped ? line + across - 1 : line;
          last = wrapped ? line + across : line + 2;
          if (wrapped) xx = x + this.width;
        } else {
          first = wrapped ? line : line + across - 2;
          last = wrapped ? line + 1 : line + across;
          if (wrapped) xx = x - this.width;
        }
      }
      const from = start[first];
      const to = start[last];
      if (2 * (found + to - from) >= hits.length) hits = this.roomierHits(found + to - from, hits);
      for (let k = from; k < to; k++) {
        const dx = xs[k] - xx;
        const dy = ys[k] - yy;
        const distance2 = dx * dx + dy * dy;
        // kept without a branch, which no processor could foresee: an entry out of sight is overwritten by the next
        hits[2 * found] = k;
        hits[2 * found + 1] = distance2;
        found += (distance2 - radius2) >>> 31;
      }
    }
    const looks = cells.look;
    const ownTag = this.tag[row];
    // stores one by one: a call of `fill` would cost more than a short look
    heard[0] = heard[1] = heard[2] = heard[3] = heard[4] = heard[5] = heard[6] = heard[7] = 0;
    best[0] = best[1] = best[2] = FAR;
    let kin = NOBODY;
    let other = NOBODY;
    let hunter = NOBODY;
    for (let i = 0; i < found; i++) {
      const k = hits[2 * i];
      if (order[k] === row) continue;
      const distance2 = hits[2 * i + 1];
      const look = looks[k];
      const apart = (look - ownTag) & 255;
      if (apart <= kinWidth || apart >= 256 - kinWidth) {
        if (distance2 < best[0] || (distance2 === best[0] && this.lowerId(k, kin))) { best[0] = distance2; kin = k; }
      } else if (distance2 < best[1] || (distance2 === best[1] && this.lowerId(k, other))) { best[1] = distance2; other = k; }
      if (look > 255) {
        heard[(look >> 8) & 7]++;
        if (look >= 0x800 && (distance2 < best[2] || (distance2 === best[2] && this.lowerId(k, hunter)))) {
          best[2] = distance2;
          hunter = k;
        }
      }
    }
    this.crowd = found - 1;
    this.nearest[0][row] = kin;
    this.nearest[1][row] = other;
    this.nearest[2][row] = hunter;
    this.seen[row] = 1;
  }

  private roomierHits(needed: number, old: Int32Array): Int32Array {
    this.hits = new Int32Array(4 * (needed + 1));
    this.hits.set(old);
    return this.hits;
  }

  /** Equal distances are settled by id, because the order within a bin must not matter. */
  private lowerId(k: number, than: number): boolean {
    return this.id[this.cells.order[k]] < this.id[this.cells.order[than]];
  }
}
