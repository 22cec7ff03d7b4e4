/** The cells that a batch has candidates for, and the best candidate of each. */
export class TouchedCells {
  /** Of each cell, one more than the number of the candidate that leads; 0 for none. */
  winner: Uint32Array;
  private cells = new Uint32Array(64);
  private count = 0;

  constructor(cells: number) {
    this.winner = new Uint32Array(cells);
  }

  /** Makes room for cells up to a number. */
  reserve(cells: number): void {
    if (cells > this.winner.length) this.winner = new Uint32Array(cells);
  }

  /** Notes the first candidate of a cell. A better one is written to `winner`. */
  add(cell: number, candidate: number): void {
    if (this.count === this.cells.length) {
      const { cells } = this;
      this.cells = new Uint32Array(this.count * 2);
      this.cells.set(cells);
    }
    this.cells[this.count++] = cell;
    this.winner[cell] = candidate + 1;
  }

  /** Visits all of them by rising cell, and forgets them. */
  each(visit: (cell: number, candidate: number) => void): void {
    const { winner, count } = this;
    if (count === 0) return;
    this.count = 0;
    // a few are sorted, many are looked for
    if (count * 32 < winner.length) {
      const cells = count === 1 ? this.cells : this.cells.subarray(0, count).sort();
      for (let i = 0; i < count; i++) this.take(cells[i]!, visit);
    } else for (let cell = 0; cell < winner.length; cell++) if (winner[cell] !== 0) this.take(cell, visit);
  }

  private take(cell: number, visit: (cell: number, candidate: number) => void): void {
    const candidate = this.winner[cell]! - 1;
    this.winner[cell] = 0;
    visit(cell, candidate);
  }
}
