/** What has a place in a queue: the soonest due goes first, equals in the order in which they came. */
export interface Waiting { due: number; readonly order: number; /** Where it stands in the queue; -1 when it is not in it. Kept by the queue. */ place: number }

/** A binary heap that knows where everyone stands, so that one who becomes more urgent moves up in place. */
export class DueQueue<T extends Waiting> {
  private readonly heap: T[] = [];

  get size(): number {
    return this.heap.length;
  }

  get first(): T | undefined {
    return this.heap[0];
  }

  push(one: T): void {
    this.heap.push(one);
    this.rise(this.heap.length - 1);
  }

  shift(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    first.place = -1;
    if (last !== first) {
      heap[0] = last;
      this.sink(0);
    }
    return first;
  }

  /** Makes one more urgent, whether or not it is waiting here. */
  hasten(one: T, due: number): void {
    if (due >= one.due) return;
    one.due = due;
    if (this.heap[one.place] === one) this.rise(one.place);
  }

  /** Takes all out, in no order. */
  clear(): T[] {
    const all = this.heap.splice(0);
    for (const one of all) one.place = -1;
    return all;
  }

  private rise(from: number): void {
    const { heap } = this;
    const one = heap[from]!;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(one, heap[above]!)) break;
      heap[at] = heap[above]!;
      heap[at]!.place = at;
      at = above;
    }
    heap[at] = one;
    one.place = at;
  }

  private sink(from: number): void {
    const { heap } = this;
    const one = heap[from]!;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, one)) break;
      heap[at] = heap[below]!;
      heap[at]!.place = at;
      at = below;
    }
    heap[at] = one;
    one.place = at;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
