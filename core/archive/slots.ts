/**
 * Elites in typed arrays, one a slot, with their statistics kept as they come and go. The slots that are filled are also
 * listed, so that one of them is drawn in constant time.
 */
export class Slots<T> {
  readonly width: number;
  capacity: number;
  objective: Float64Array;
  /** `width` measures a slot. */
  measures: Float64Array;
  readonly solutions: (T | undefined)[];
  /** Revision at which a slot last changed. */
  changedAt: Uint32Array;
  /** Filled slots are [0, count), in no particular order, and `place` is where a slot stands among them, −1 when empty. */
  filled: Uint32Array;
  place: Int32Array;
  count = 0;
  revision = 0;
  /** Sum of objectives and what rounding has taken from it (Neumaier 1974), so that it does not drift. */
  private total = 0;
  private lost = 0;

  constructor(capacity: number, width: number) {
    this.width = width;
    this.capacity = capacity;
    this.objective = new Float64Array(capacity);
    this.measures = new Float64Array(capacity * width);
    this.solutions = new Array<T | undefined>(capacity).fill(undefined);
    this.changedAt = new Uint32Array(capacity);
    this.filled = new Uint32Array(capacity);
    this.place = new Int32Array(capacity).fill(-1);
  }

  get objectiveSum(): number { return this.total + this.lost; }

  has(slot: number): boolean { return this.place[slot]! >= 0; }

  /** Fills a slot, or replaces what is in it; its measures are `measures[from…]`. */
  put(slot: number, solution: T, objective: number, measures: ArrayLike<number>, from: number): void {
    if (this.place[slot]! < 0) {
      this.place[slot] = this.count;
      this.filled[this.count++] = slot;
    } else this.account(-this.objective[slot]!);
    this.account(objective);
    this.objective[slot] = objective;
    const { width } = this;
    for (let m = 0; m < width; m++) this.measures[slot * width + m] = measures[from + m]!;
    this.solutions[slot] = solution;
    this.changedAt[slot] = this.revision;
  }

  /** Empties a slot. */
  remove(slot: number): void {
    const place = this.place[slot]!;
    if (place < 0) return;
    this.account(-this.objective[slot]!);
    const last = this.filled[--this.count]!;
    this.filled[place] = last;
    this.place[last] = place;
    this.place[slot] = -1;
    this.solutions[slot] = undefined;
    this.changedAt[slot] = this.revision;
  }

  /** Makes room for at least so many slots. */
  reserve(capacity: number): void {
    if (capacity <= this.capacity) return;
    const room = Math.max(capacity, this.capacity * 2);
    const { objective, measures, changedAt, filled, place } = this;
    this.objective = new Float64Array(room);
    this.objective.set(objective);
    this.measures = new Float64Array(room * this.width);
    this.measures.set(measures);
    this.changedAt = new Uint32Array(room);
    this.changedAt.set(changedAt);
    this.filled = new Uint32Array(room);
    this.filled.set(filled);
    this.place = new Int32Array(room).fill(-1);
    this.place.set(place);
    for (let slot = this.capacity; slot < room; slot++) this.solutions.push(undefined);
    this.capacity = room;
  }

  private account(change: number): void {
    const sum = this.total + change;
    this.lost += Math.abs(this.total) >= Math.abs(change) ? (this.total - sum) + change : (change - sum) + this.total;
    this.total = sum;
  }

  /** What `restore` needs: the filled slots in their order, and what is in them, side by side. */
  state(): { slots: Uint32Array; objective: Float64Array; measures: Float64Array; changedAt: Uint32Array; sums: Float64Array; solutions: T[] } {
    const { count, width } = this;
    const slots = this.filled.slice(0, count);
    const objective = new Float64Array(count);
    const measures = new Float64Array(count * width);
    const solutions: T[] = [];
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!;
      objective[i] = this.objective[slot]!;
      for (let m = 0; m < width; m++) measures[i * width + m] = this.measures[slot * width + m]!;
      solutions.push(this.solutions[slot] as T);
    }
    return { slots, objective, measures, changedAt: this.changedAt.slice(), sums: Float64Array.of(this.total, this.lost, this.revision), solutions };
  }

  /** Takes over what `state` gave. These slots must be empty. */
  restore({ slots, objective, measures, changedAt, sums, solutions }: ReturnType<Slots<T>['state']>): void {
    const n = slots.length;
    const fits = objective.length === n && measures.length === n * this.width && solutions.length === n && sums.length === 3;
    const taken = new Uint8Array(changedAt.length);
    if (!fits || slots.some((slot) => slot >= changedAt.length || taken[slot]!++ > 0)) {
      throw new Error('The saved archive has its elites in cells that do not exist, or two in one.');
    }
    this.reserve(changedAt.length);
    for (let i = 0; i < slots.length; i++) this.put(slots[i]!, solutions[i]!, objective[i]!, measures, i * this.width);
    this.changedAt.fill(0);
    this.changedAt.set(changedAt);
    this.total = sums[0]!;
    this.lost = sums[1]!;
    this.revision = sums[2]!;
  }
}
