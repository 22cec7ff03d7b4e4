import type { CellList } from './cell-list.ts';
import { NOBODY } from './tick-events.ts';

/** What a neighbour can see of an organism, packed for the cell list: tag in bits 0-7, signal in 8-10, hunting in 11. */
export function packLook(tag: number, signal: number, hunting: boolean): number {
  return tag | (signal << 8) | (hunting ? 0x800 : 0);
}

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
  /** Of the row looked at last: squared distances to the nearest (Infinity when there is none), and the counts. */
  kinDistance2 = Infinity;
  otherDistance2 = Infinity;
  hunterDistance2 = Infinity;
  crowd = 0;
  /** Neighbours that send signal 1 … 7; entry 0 counts the silent. */
  readonly heard = new Uint32Array(8);

  private current = -1;
  private kin = NOBODY;
  private other = NOBODY;
  private hunter = NOBODY;
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
    this.width = width;
    this.height = height;
    this.radius2 = radius * radius;
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
    if (row === this.current) return;
    this.current = row;
    this.kin = this.other = this.hunter = NOBODY;
    this.kinDistance2 = this.otherDistance2 = this.hunterDistance2 = Infinity;
    this.crowd = 0;
    this.heard.fill(0);
    const { cells, width, height } = this;
    const { across, down, start } = cells;
    const x = this.x[row];
    const y = this.y[row];
    const bx = Math.min(across - 1, (x / cells.binWidth) | 0);
    const by = Math.min(down - 1, (y / cells.binHeight) | 0);
    for (let j = by - 1; j <= by + 1; j++) {
      // neighbours across the seam are seen from a place shifted by a whole turn of the torus
      const yy = j < 0 ? y + height : j >= down ? y - height : y;
      const line = (j < 0 ? j + down : j >= down ? j - down : j) * across;
      if (bx > 0 && bx < across - 1) {
        this.scan(row, start[line + bx - 1], start[line + bx + 2], x, yy);
      } else if (bx === 0) {
        this.scan(row, start[line], start[line + 2], x, yy);
        this.scan(row, start[line + across - 1], start[line + across], x + width, yy);
      } else {
        this.scan(row, start[line + across - 2], start[line + across], x, yy);
        this.scan(row, start[line], start[line + 1], x - width, yy);
      }
    }
    this.nearest[0][row] = this.kin;
    this.nearest[1][row] = this.other;
    this.nearest[2][row] = this.hunter;
    this.seen[row] = 1;
  }

  private scan(row: number, from: number, to: number, x: number, y: number): void {
    const { cells, radius2, kinWidth, heard } = this;
    const { order } = cells;
    const xs = cells.x;
    const ys = cells.y;
    const looks = cells.look;
    const ownTag = this.tag[row];
    for (let k = from; k < to; k++) {
      const dx = xs[k] - x;
      const dy = ys[k] - y;
      const distance2 = dx * dx + dy * dy;
      if (distance2 > radius2 || order[k] === row) continue;
      const look = looks[k];
      this.crowd++;
      heard[(look >> 8) & 7]++;
      const apart = (look - ownTag) & 255;
      if (apart <= kinWidth || apart >= 256 - kinWidth) {
        if (distance2 < this.kinDistance2 || (distance2 === this.kinDistance2 && this.lowerId(k, this.kin))) {
          this.kinDistance2 = distance2;
          this.kin = k;
        }
      } else if (distance2 < this.otherDistance2 || (distance2 === this.otherDistance2 && this.lowerId(k, this.other))) {
        this.otherDistance2 = distance2;
        this.other = k;
      }
      if ((look & 0x800) !== 0
        && (distance2 < this.hunterDistance2 || (distance2 === this.hunterDistance2 && this.lowerId(k, this.hunter)))) {
        this.hunterDistance2 = distance2;
        this.hunter = k;
      }
    }
  }

  /** Equal distances are settled by id, because the order within a bin must not matter. */
  private lowerId(k: number, than: number): boolean {
    return this.id[this.cells.order[k]] < this.id[this.cells.order[than]];
  }
}
