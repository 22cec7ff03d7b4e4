/** Most rows that go through a program together. */
export const LANES = 1024;

/** Those that jumped to a place in the program and wait there until the others come by. */
interface Landing { target: number; count: number; readonly rows: Uint32Array }

/**
 * The rows that go through one program together: some are at the same instruction (`active`), others wait further on.
 * A split decides for each without a branch: it is written both to those who stay and to those who jump, and only one
 * of the two lists grows.
 */
export class Lanes {
  /** Rows at the instruction, [0, count). */
  readonly active = new Uint32Array(LANES + 1);
  count = 0;
  private readonly landings: Landing[] = [];

  begin(list: Uint32Array, first: number, end: number): void {
    const { active } = this;
    for (let from = first, to = 0; from < end; from++, to++) active[to] = list[from];
    this.count = end - first;
  }

  /** Takes in those who wait at a place. */
  arrive(at: number): void {
    const { active, landings } = this;
    for (let i = 0; i < landings.length; i++) {
      const { target, count, rows } = landings[i];
      if (count === 0 || target !== at) continue;
      let to = this.count;
      for (let from = 0; from < count; from++, to++) active[to] = rows[from];
      this.count = to;
      landings[i].count = 0;
    }
  }

  /** The first place where anyone waits, or -1. */
  next(): number {
    const { landings } = this;
    let first = -1;
    for (let i = 0; i < landings.length; i++) {
      const { target, count } = landings[i];
      if (count > 0 && (first < 0 || target < first)) first = target;
    }
    return first;
  }

  /** Sends on to `target` those for whom `left < right` is `jumpWhen` (1 or 0). */
  splitBelow(left: Float64Array, right: Float64Array, jumpWhen: number, target: number): void {
    const landing = this.landingAt(target);
    this.settle(landing, below(this.active, this.count, left, right, jumpWhen, landing.rows, landing.count));
  }

  splitBelowNumber(left: Float64Array, right: number, jumpWhen: number, target: number): void {
    const landing = this.landingAt(target);
    this.settle(landing, belowNumber(this.active, this.count, left, right, jumpWhen, landing.rows, landing.count));
  }

  splitAboveNumber(left: Float64Array, right: number, jumpWhen: number, target: number): void {
    const landing = this.landingAt(target);
    this.settle(landing, aboveNumber(this.active, this.count, left, right, jumpWhen, landing.rows, landing.count));
  }

  private settle(landing: Landing, stayed: number): void {
    landing.count += this.count - stayed;
    this.count = stayed;
  }

  private landingAt(target: number): Landing {
    const { landings } = this;
    let free = -1;
    for (let i = 0; i < landings.length; i++) {
      if (landings[i].count === 0) free = i;
      else if (landings[i].target === target) return landings[i];
    }
    // programs as they are compiled have two places to land on at most
    if (free < 0) free = landings.push({ target, count: 0, rows: new Uint32Array(LANES + 1) }) - 1;
    landings[free].target = target;
    return landings[free];
  }
}

// `+(a < b)` becomes the processor's answer itself, 1 or 0, and no branch. Each returns how many stay.

function below(active: Uint32Array, count: number, left: Float64Array, right: Float64Array, jumpWhen: number, away: Uint32Array, gone: number): number {
  let stayed = 0;
  for (let i = 0; i < count; i++) {
    const row = active[i];
    active[stayed] = row;
    away[(gone + i - stayed) | 0] = row;
    stayed = (stayed + (+(left[i] < right[i]) ^ jumpWhen)) | 0;
  }
  return stayed;
}

function belowNumber(active: Uint32Array, count: number, left: Float64Array, right: number, jumpWhen: number, away: Uint32Array, gone: number): number {
  let stayed = 0;
  for (let i = 0; i < count; i++) {
    const row = active[i];
    active[stayed] = row;
    away[(gone + i - stayed) | 0] = row;
    stayed = (stayed + (+(left[i] < right) ^ jumpWhen)) | 0;
  }
  return stayed;
}

function aboveNumber(active: Uint32Array, count: number, left: Float64Array, right: number, jumpWhen: number, away: Uint32Array, gone: number): number {
  let stayed = 0;
  for (let i = 0; i < count; i++) {
    const row = active[i];
    active[stayed] = row;
    away[(gone + i - stayed) | 0] = row;
    stayed = (stayed + (+(left[i] > right) ^ jumpWhen)) | 0;
  }
  return stayed;
}
