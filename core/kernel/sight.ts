import { packEntry, packLook, type CellList } from './cell-list.ts';
import { NOBODY } from './tick-events.ts';

/** Classes of neighbour that can be nearest. */
export const Neighbour = { kin: 0, other: 1, hunter: 2 } as const;

/** What `seen` says of a row. */
export const Seen = { no: 0, asked: 1, yes: 2 } as const;

// The form of an entry (`CellList`) once more, as constants of this module: engines fold these into loops, but not
// what is imported. A coordinate is brought to the top of a word, where differences wrap as the parts do.
const SHIFT_X = 22;
const SHIFT_Y = 12;
const SHIFT_DOWN = 22;
const SHIFT_HUNTING = 20;
const SHIFT_SIGNAL = 21;
const SHIFT_TAG = 24;
const PLACE_BITS = 10;
const PLACE = 0x3ff;
const PLACES = 0xfffff;
const PLACE_AT_TOP = 0xffc00000 | 0;

/** A hit is one word: squared distance above (two in neighbouring bins are less than 256 parts a bin apart), place in the tile below. */
const TILE_BITS = 15;
const TILE_MASK = 0x7fff;
/** Larger than any hit. */
const FAR = 0x7fffffff;
/** NOBODY as a small integer, which functions pass on without allocating; stored among the nearest it becomes NOBODY. */
const NONE = -1;
/** Counts are kept in 16 bits. */
const MOST_COUNTED = 65535;
/** Rows of the list whose askers are gathered at a time. */
const STRETCH = 2048;

/** Step east that takes an entry out of sight, whoever looks: half a turn. */
const AWAY = 0x200;

// What a look works with, between whose beginning and end nothing else runs. Arrays that are constants of the module
// cost the engine fewer checks than those it finds in an object.
/** Entries of the 3 × 3 bins around, with room for reading on past the end by a few. */
const tile = new Int32Array(TILE_MASK + 16);
const hits = new Int32Array(TILE_MASK + 16);
/** Runs of the cell list that the tile is made of: first index, end in the tile, and turns of the torus they are seen from. */
const runFirst = new Int32Array(6);
const runEnd = new Int32Array(6);
const runTurnX = new Int32Array(6);
const runTurnY = new Int32Array(6);
/** Indices of those in a stretch of the list who asked. */
const lookers = new Uint32Array(STRETCH + 1);
const tally = new Uint32Array(8);

/**
 * What organisms see within a radius: the nearest of each class, how many there are, how many send each signal. Those
 * who ask are marked in `seen` and served all at once by `lookAround`, in the order of the cell list; a single one by
 * `look`. Equal distances are settled by the lower id.
 *
 * A look copies the entries of the 3 × 3 bins around into a small tile, keeps those within the radius, and finds the
 * nearest of them. No branch on the way depends on who stands where: no processor could foresee it.
 */
export class Sight {
  /** Index (into the cell list) of the nearest of each class for each row, or NOBODY; valid where `seen` is `Seen.yes`. */
  readonly nearest: readonly [Uint32Array, Uint32Array, Uint32Array];
  /** How many are in sight of each row; valid where `seen` is `Seen.yes`, as is what follows. */
  readonly crowd: Uint16Array;
  /** How many in sight of each row send signal 1 … ; entry 0 is empty. */
  readonly heard: readonly Uint16Array[];
  /** A `Seen` a row. */
  readonly seen: Uint8Array;
  /** The way in steps, east and south, from the row measured from last to the entry measured to. */
  readonly way = new Float64Array(2);

  /** Length of the tile, its runs, and where the entries of the middle bin begin in it. */
  private tiled = 0;
  private runs = 0;
  private home = 0;
  private count = 0;

  private readonly cells: CellList;
  private readonly x: Float32Array;
  private readonly y: Float32Array;
  private readonly tag: Uint8Array;
  private readonly id: Uint32Array;
  private readonly turnX: number;
  private readonly turnY: number;
  private readonly radius2: number;
  private readonly kinWidth: number;

  constructor(cells: CellList, columns: { x: Float32Array; y: Float32Array; tag: Uint8Array; id: Uint32Array },
    { width, height, radius, kinWidth, signals }: { width: number; height: number; radius: number; kinWidth: number; signals: number }) {
    const { perStep } = cells;
    this.radius2 = radius * radius * perStep * perStep;
    // places are rounded down, so two may be a part farther from each other than they seem
    const farthest = 1 / Math.max(cells.perWidth, cells.perHeight) - 1 / perStep;
    if (!(radius <= farthest)) throw new RangeError(`Sight reaches ${radius} steps, but the bins around allow only ${farthest}.`);
    this.cells = cells;
    this.x = columns.x;
    this.y = columns.y;
    this.tag = columns.tag;
    this.id = columns.id;
    this.turnX = width * perStep;
    this.turnY = height * perStep;
    this.kinWidth = kinWidth;
    const capacity = this.x.length;
    this.nearest = [new Uint32Array(capacity), new Uint32Array(capacity), new Uint32Array(capacity)];
    this.crowd = new Uint16Array(capacity);
    this.heard = Array.from({ length: signals + 1 }, (_, signal) => new Uint16Array(signal === 0 ? 0 : capacity));
    this.seen = new Uint8Array(capacity);
  }

  get bytes(): number {
    return this.seen.byteLength + this.nearest[0].byteLength * 3 + this.crowd.byteLength
      + this.heard.reduce((sum, each) => sum + each.byteLength, 0);
  }

  /** Forgets what was seen. Call once a tick, after the cell list is built. */
  blink(count: number): void {
    this.seen.fill(Seen.no, 0, count);
    this.count = count;
  }

  /** Looks around from `row`, unless it has looked before this tick. */
  look(row: number): void {
    if (this.seen[row] === Seen.yes) return;
    const { cells, x, y, tag } = this;
    const bin = cells.binAt(x[row], y[row]);
    this.lookInto(bin);
    const first = cells.start[bin];
    let k = first;
    while (k < cells.start[bin + 1] && cells.order[k] !== row) k++;
    // one that has left the place where it stood finds no entry of its own there, and takes out what lies behind the tile
    const self = k < cells.start[bin + 1] ? this.home + k - first : this.tiled;
    this.scan(row, packEntry(x[row], y[row], cells.perStep, packLook(tag[row], 0, 0)), self);
  }

  /** Serves all who asked. */
  lookAround(): void {
    const { cells, seen, x, y, count } = this;
    const { order, start, entry } = cells;
    let last = -1;
    for (let from = 0; from < count; from += STRETCH) {
      const to = Math.min(count, from + STRETCH);
      let n = 0;
      for (let k = from; k < to; k++) {
        lookers[n] = k;
        n = (n + (seen[order[k]] & Seen.asked)) | 0;
      }
      for (let i = 0; i < n; i++) {
        const k = lookers[i];
        const row = order[k];
        const bin = cells.binAt(x[row], y[row]);
        if (bin !== last) this.lookInto(bin);
        last = bin;
        this.scan(row, entry[k], (this.home + k - start[bin]) | 0);
      }
    }
  }

  /** Distances in steps from rows that have not moved yet to their nearest of a class, or `none`; they look if they have not. */
  readDistances(rows: Uint32Array, count: number, neighbour: number, none: number, distances: Float64Array): void {
    const { way } = this;
    const nearest = this.nearest[neighbour];
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      this.look(row);
      const k = nearest[row];
      if (k === NOBODY) distances[i] = none;
      else {
        this.measure(row, k);
        distances[i] = Math.sqrt(way[0] * way[0] + way[1] * way[1]);
      }
    }
  }

  /** Sets `way` to the way from a row that has not moved yet to the entry `k` in sight of it. */
  measure(row: number, k: number): void {
    const { cells } = this;
    const { across, down, perStep } = cells;
    const x = this.x[row];
    const y = this.y[row];
    const bx = Math.min(across - 1, (x * cells.perWidth) | 0);
    const by = Math.min(down - 1, (y * cells.perHeight) | 0);
    const atSeam = bx === 0 || by === 0 || bx === across - 1 || by === down - 1;
    const word = atSeam ? this.entryFrom(by * across + bx, k) : cells.entry[k];
    // its own place rounded like the other's, or those on one spot would not be so
    this.way[0] = (((word << SHIFT_X) - (((x * perStep) | 0) << SHIFT_X)) >> SHIFT_DOWN) / perStep;
    this.way[1] = (((word << SHIFT_Y) - (((y * perStep) | 0) << SHIFT_X)) >> SHIFT_DOWN) / perStep;
  }

  /** Entry `k` as it is seen from a bin: from across the seam, shifted by a whole turn of the torus. */
  private entryFrom(bin: number, k: number): number {
    this.lookInto(bin);
    for (let run = 0, begin = 0; run < this.runs; begin = runEnd[run++]) {
      if (k >= runFirst[run] && begin + k - runFirst[run] < runEnd[run]) return shiftedEntry(this.cells.entry[k], runTurnX[run], runTurnY[run]);
    }
    return this.cells.entry[k];
  }

  /** Copies the entries of the 3 × 3 bins around into the tile: three lines, each one run of the list, or two at the seam. */
  private lookInto(bin: number): void {
    const { cells } = this;
    const { across, down, start, entry } = cells;
    const by = (bin / across) | 0;
    const bx = bin - by * across;
    if (bx === 0 || by === 0 || bx === across - 1 || by === down - 1) {
      this.lookOverSeam(bx, by);
      return;
    }
    const first0 = start[bin - across - 1];
    const first1 = start[bin - 1];
    const first2 = start[bin + across - 1];
    const end0 = (start[bin - across + 2] - first0) | 0;
    const end1 = (end0 + start[bin + 2] - first1) | 0;
    const end2 = (end1 + start[bin + across + 2] - first2) | 0;
    runFirst[0] = first0;
    runFirst[1] = first1;
    runFirst[2] = first2;
    runEnd[0] = end0;
    runEnd[1] = end1;
    runEnd[2] = end2;
    runTurnX[0] = runTurnX[1] = runTurnX[2] = runTurnY[0] = runTurnY[1] = runTurnY[2] = 0;
    this.runs = 3;
    this.tiled = end2;
    this.home = end0 + start[bin] - first1;
    if (end2 > TILE_MASK) return;
    // four at a time: what is copied too much is overwritten by the next run
    copyRun(entry, first0, 0, end0);
    copyRun(entry, first1, end0, end1);
    copyRun(entry, first2, end1, end2);
  }

  private lookOverSeam(bx: number, by: number): void {
    const { across, down, start } = this.cells;
    this.runs = 0;
    this.tiled = 0;
    for (let j = by - 1; j <= by + 1; j++) {
      // neighbours across the seam are seen a whole turn of the torus from where they stand
      const turnY = j < 0 ? -this.turnY : j >= down ? this.turnY : 0;
      const line = (j < 0 ? j + down : j >= down ? j - down : j) * across;
      const west = Math.max(0, bx - 1);
      const east = Math.min(across - 1, bx + 1);
      if (j === by) this.home = this.tiled + start[line + bx] - start[line + west];
      this.addRun(line + west, line + east, 0, turnY);
      if (bx === 0) this.addRun(line + across - 1, line + across - 1, -this.turnX, turnY);
      else if (bx === across - 1) this.addRun(line, line, this.turnX, turnY);
    }
  }

  private addRun(fromBin: number, toBin: number, turnX: number, turnY: number): void {
    const { cells, runs } = this;
    const first = cells.start[fromBin];
    const end = this.tiled + cells.start[toBin + 1] - first;
    if (end <= TILE_MASK) {
      for (let k = first, place = this.tiled; place < end; k++, place++) tile[place] = shiftedEntry(cells.entry[k], turnX, turnY);
    }
    runFirst[runs] = first;
    runEnd[runs] = this.tiled = end;
    runTurnX[runs] = turnX;
    runTurnY[runs] = turnY;
    this.runs = runs + 1;
  }

  /** Looks through the tile for a row, whose entry is `own` and lies in the tile at `self`. */
  private scan(row: number, own: number, self: number): void {
    const { tiled, radius2, kinWidth, nearest } = this;
    if (tiled > TILE_MASK) {
      this.scanCrowd(row, own);
      return;
    }
    const kept = tile[self];
    const away = own ^ AWAY;
    // nobody sees itself, nor what lies behind the end
    tile[self] = tile[tiled] = tile[tiled + 1] = tile[tiled + 2] = away;
    const x = own << SHIFT_X;
    const y = (own << SHIFT_Y) & PLACE_AT_TOP;
    let n = 0;
    for (let place = 0; place < tiled; place += 4) {
      // kept without a branch: an entry out of sight is overwritten by the next
      const first = squaredFrom(tile[place], x, y);
      hits[n] = (first << TILE_BITS) | place;
      n = (n + ((first - radius2) >>> 31)) | 0;
      const second = squaredFrom(tile[place + 1], x, y);
      hits[n] = (second << TILE_BITS) | (place + 1);
      n = (n + ((second - radius2) >>> 31)) | 0;
      const third = squaredFrom(tile[place + 2], x, y);
      hits[n] = (third << TILE_BITS) | (place + 2);
      n = (n + ((third - radius2) >>> 31)) | 0;
      const fourth = squaredFrom(tile[place + 3], x, y);
      hits[n] = (fourth << TILE_BITS) | (place + 3);
      n = (n + ((fourth - radius2) >>> 31)) | 0;
    }
    const firstKin = (own >>> SHIFT_TAG) - kinWidth;
    const widest = 2 * kinWidth;
    // The nearest of each class is the least hit; masks turn the hit of whoever is not of the class into FAR.
    let kin = FAR;
    let other = FAR;
    let hunter = FAR;
    let loud = 0;
    let kinTies = 0;
    let otherTies = 0;
    let hunterTies = 0;
    for (let i = 0; i < n; i++) {
      const hit = hits[i];
      const word = tile[hit & TILE_MASK];
      loud |= word;
      const stranger = (widest - (((word >>> SHIFT_TAG) - firstKin) & 255)) >> 31;
      const peaceful = ((word >>> SHIFT_HUNTING) & 1) - 1;
      const asKin = hit | (stranger & FAR);
      const asOther = hit | (~stranger & FAR);
      const asHunter = hit | (peaceful & FAR);
      // below 0 where one of the class is as far as the nearest so far
      kinTies |= (((asKin ^ kin) >>> TILE_BITS) - 1) & ~stranger;
      otherTies |= (((asOther ^ other) >>> TILE_BITS) - 1) & stranger;
      hunterTies |= (((asHunter ^ hunter) >>> TILE_BITS) - 1) & ~peaceful;
      // the lesser of two words is the first plus their difference where that is below 0
      const byKin = (asKin - kin) | 0;
      const byOther = (asOther - other) | 0;
      const byHunter = (asHunter - hunter) | 0;
      kin = (kin + (byKin & (byKin >> 31))) | 0;
      other = (other + (byOther & (byOther >> 31))) | 0;
      hunter = (hunter + (byHunter & (byHunter >> 31))) | 0;
    }
    nearest[0][row] = kinTies < 0 ? this.lowestAt(kin, Neighbour.kin, own, n) : this.indexOf(kin);
    nearest[1][row] = otherTies < 0 ? this.lowestAt(other, Neighbour.other, own, n) : this.indexOf(other);
    nearest[2][row] = hunterTies < 0 ? this.lowestAt(hunter, Neighbour.hunter, own, n) : this.indexOf(hunter);
    this.crowd[row] = n;
    this.countHeard(row, n, loud);
    tile[self] = kept;
    this.seen[row] = Seen.yes;
  }

  /** How many in sight send each signal; mostly nobody does. */
  private countHeard(row: number, n: number, loud: number): void {
    const { heard } = this;
    if (((loud >>> SHIFT_SIGNAL) & 7) === 0) {
      for (let signal = 1; signal < heard.length; signal++) heard[signal][row] = 0;
      return;
    }
    tally.fill(0);
    for (let i = 0; i < n; i++) tally[(tile[hits[i] & TILE_MASK] >>> SHIFT_SIGNAL) & 7]++;
    for (let signal = 1; signal < heard.length; signal++) heard[signal][row] = tally[signal];
  }

  /** Index into the cell list of a hit, or NONE. */
  private indexOf(hit: number): number {
    if (hit === FAR) return NONE;
    const place = hit & TILE_MASK;
    let run = 0;
    let begin = 0;
    while (place >= runEnd[run]) begin = runEnd[run++];
    return runFirst[run] + place - begin;
  }

  /** Of the hits of a class that are as far as this one, the index of that with the lowest id, or NONE. */
  private lowestAt(nearest: number, neighbour: number, own: number, n: number): number {
    if (nearest === FAR) return NONE;
    const { id, kinWidth } = this;
    const { order } = this.cells;
    let best = NONE;
    let lowest = NOBODY;
    for (let i = 0; i < n; i++) {
      const hit = hits[i];
      if ((hit ^ nearest) >>> TILE_BITS !== 0 || !belongs(tile[hit & TILE_MASK], own, neighbour, kinWidth)) continue;
      const k = this.indexOf(hit);
      const name = id[order[k]];
      if (name >= lowest) continue;
      best = k;
      lowest = name;
    }
    return best;
  }

  /** The same without any haste, for crowds that have more places than a hit can name; the runs are set. */
  private scanCrowd(row: number, own: number): void {
    const { radius2, kinWidth, cells, id, heard, nearest } = this;
    const { entry, order } = cells;
    let crowd = 0;
    tally.fill(0);
    for (let neighbour = 0; neighbour < 3; neighbour++) {
      let least = radius2;
      let best = NOBODY;
      let lowest = NOBODY;
      for (let run = 0, begin = 0; run < this.runs; begin = runEnd[run++]) {
        const end = runFirst[run] + runEnd[run] - begin;
        for (let k = runFirst[run]; k < end; k++) {
          const word = shiftedEntry(entry[k], runTurnX[run], runTurnY[run]);
          const squared = squaredFrom(word, own << SHIFT_X, (own << SHIFT_Y) & PLACE_AT_TOP);
          if (order[k] === row || squared >= radius2) continue;
          if (neighbour === 0) {
            crowd++;
            tally[(word >>> SHIFT_SIGNAL) & 7]++;
          }
          if (squared > least || !belongs(word, own, neighbour, kinWidth)) continue;
          const name = id[order[k]];
          if (squared === least && name >= lowest) continue;
          least = squared;
          best = k;
          lowest = name;
        }
      }
      nearest[neighbour][row] = best;
    }
    this.crowd[row] = Math.min(crowd, MOST_COUNTED);
    for (let signal = 1; signal < heard.length; signal++) heard[signal][row] = Math.min(tally[signal], MOST_COUNTED);
    this.seen[row] = Seen.yes;
  }
}

/** Copies a run into the tile four at a time: what is copied too much is overwritten by the next run, or cut off. */
function copyRun(entry: Int32Array, first: number, from: number, end: number): void {
  for (let k = first, place = from; place < end; k += 4, place += 4) {
    tile[place] = entry[k];
    tile[place + 1] = entry[k + 1];
    tile[place + 2] = entry[k + 2];
    tile[place + 3] = entry[k + 3];
  }
}

/** Squared distance of an entry from x, y (each at the top of a word), in parts. */
function squaredFrom(word: number, x: number, y: number): number {
  // `| 0` and `imul` say that these are 32-bit words; the engine then leaves out its checks for more
  const dx = (((word << SHIFT_X) - x) | 0) >> SHIFT_DOWN;
  const dy = (((word << SHIFT_Y) - y) | 0) >> SHIFT_DOWN;
  return (Math.imul(dx, dx) + Math.imul(dy, dy)) | 0;
}

function belongs(word: number, own: number, neighbour: number, kinWidth: number): boolean {
  if (neighbour === Neighbour.hunter) return ((word >>> SHIFT_HUNTING) & 1) === 1;
  const apart = ((word >>> SHIFT_TAG) - (own >>> SHIFT_TAG) + kinWidth) & 255;
  return (apart <= 2 * kinWidth) === (neighbour === Neighbour.kin);
}

/** An entry seen a whole turn of the torus away. */
function shiftedEntry(entry: number, turnX: number, turnY: number): number {
  const x = (entry + turnX) & PLACE;
  const y = ((entry >>> PLACE_BITS) + turnY) & PLACE;
  return (entry & ~PLACES) | x | (y << PLACE_BITS);
}
