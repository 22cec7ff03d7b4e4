interface Segment {
  readonly tick: number;
  /** Ids by row, as they were at the segment's tick. */
  readonly ids: Uint32Array;
  /** Row and id of each change since, side by side; as many as the last mark says. */
  changes: Uint32Array;
  readonly marks: { readonly tick: number; readonly changes: number; readonly count: number }[];
}

/**
 * Which organism was in which row, at every tick that was noted: all rows now and then, and between these only the rows that
 * changed hands, which are few (whoever is born is the last, and the last takes the place of who dies).
 */
export class IdLog {
  private segments: Segment[] = [];
  private last = new Uint32Array(0);

  get bytes(): number {
    return this.segments.reduce((sum, { ids, changes, marks }) => sum + ids.byteLength + changes.byteLength + marks.length * 40, this.last.byteLength);
  }

  /** Notes the first `count` of `ids`; ticks rise from call to call. */
  note(tick: number, ids: Uint32Array, count: number): void {
    if (this.last.length < count) {
      const longer = new Uint32Array(Math.max(count, this.last.length * 2));
      longer.set(this.last);
      this.last = longer;
    }
    const { last } = this;
    const segment = this.segments.at(-1);
    const before = segment?.marks.at(-1);
    if (segment === undefined || before === undefined || before.changes > count + 64) {
      last.set(ids.subarray(0, count));
      this.segments.push({ tick, ids: ids.slice(0, count), changes: new Uint32Array(64), marks: [{ tick, changes: 0, count }] });
      return;
    }
    let { changes } = before;
    for (let row = 0; row < count; row++) {
      if (row < before.count && last[row] === ids[row]) continue;
      if (2 * changes + 2 > segment.changes.length) {
        const longer = new Uint32Array(segment.changes.length * 2);
        longer.set(segment.changes);
        segment.changes = longer;
      }
      segment.changes[2 * changes] = row;
      segment.changes[2 * changes++ + 1] = last[row] = ids[row]!;
    }
    segment.marks.push({ tick, changes, count });
  }

  /** Ids by row after a tick, or after the last before it that was noted; nobody where none was. */
  at(tick: number): Uint32Array {
    const segment = this.segments.findLast((each) => each.tick <= tick);
    const mark = segment?.marks.findLast((each) => each.tick <= tick);
    if (segment === undefined || mark === undefined) return new Uint32Array(0);
    const most = segment.marks.reduce((longest, { count }) => Math.max(longest, count), 0);
    const ids = new Uint32Array(most);
    ids.set(segment.ids);
    for (let i = 0; i < mark.changes; i++) ids[segment.changes[2 * i]!] = segment.changes[2 * i + 1]!;
    return ids.subarray(0, mark.count);
  }

  /** Lets go of what only ticks before this one need. */
  forget(before: number): void {
    let past = 0;
    while (past + 1 < this.segments.length && this.segments[past + 1]!.tick <= before) past++;
    if (past > 0) this.segments.splice(0, past);
  }
}
