/** A list of pairs of rows that is filled anew every tick and follows the most that a tick has seen. */
export class RowList {
  /** Valid [0, count). */
  count = 0;
  rows = new Uint32Array(1024);
  others = new Uint32Array(1024);

  add(row: number, other: number): void {
    if (this.count === this.rows.length) this.lengthen();
    this.rows[this.count] = row;
    this.others[this.count++] = other;
  }

  private lengthen(): void {
    const rows = new Uint32Array(this.rows.length * 2);
    const others = new Uint32Array(rows.length);
    rows.set(this.rows);
    others.set(this.others);
    this.rows = rows;
    this.others = others;
  }
}
