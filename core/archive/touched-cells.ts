/** The cells that a batch has candidates for, and the best candidate of each. */
export class TouchedCells {
  /** Of each cell, one more than the number of the candidate that leads; 0 for none. */
  winner: Uint32Array;
  /** Valid up to what `take` answers, until the next cell is added: cells in the order in which they were first touched, and who leads in each. */
  cells = new Uint32Array(64);
  leaders = new Uint32Array(64);
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
      this.leaders = new Uint32Array(this.count * 2);
    }
    this.cells[this.count++] = cell;
    this.winner[cell] = candidate + 1;
  }

  /** How many cells were touched, which are forgotten: what becomes of them is the caller's, whatever happens on the way. */
  take(): number {
    const { winner, cells, leaders, count } = this;
    this.count = 0;
    for (let i = 0; i < count; i++) {
      const cell = cells[i]!;
      leaders[i] = winner[cell]! - 1;
      winner[cell] = 0;
    }
    return count;
  }
}
