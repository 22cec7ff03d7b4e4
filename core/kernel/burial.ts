import type { Kernel } from './kernel.ts';
import type { Packable } from './packed.ts';
import type { ColumnSpec } from './population.ts';
import type { Saveable } from './saveable.ts';
import { sortRowsById } from './sort.ts';
import { open } from './tick-events.ts';

/** The end of a tick for those whom it killed: their lives stand in `deaths` until the next, and their rows are given up. */
export class Burial<S extends ColumnSpec> implements Saveable {
  private readonly kernel: Kernel<S>;
  private rows = new Uint32Array(1024);
  private spare = new Uint32Array(1024);
  private readonly life = new Float32Array(3);

  constructor(kernel: Kernel<S>) {
    this.kernel = kernel;
  }

  get bytes(): number {
    return this.rows.byteLength + this.spare.byteLength;
  }

  /** Genomes of the dead are let go one tick late, so that observers of a death can still read them. */
  release(): void {
    const { deaths, genomes } = this.kernel;
    for (let i = 0; i < deaths.count; i++) genomes.release(deaths.genome[i]);
  }

  /** Those who are to die are gone, by rising id in the log. */
  bury(): void {
    const { kernel, life } = this;
    const { pop, dying, deaths, parts, deliberation } = kernel;
    const c = pop.columns;
    let n = 0;
    for (let row = 0; row < pop.count; row++) {
      if (dying[row] === 0) continue;
      if (n === this.rows.length) this.lengthen();
      this.rows[n++] = row;
    }
    if (n === 0) return;
    const list = this.rows;
    sortRowsById(list, n, c.id, this.spare);
    for (let i = 0; i < n; i++) {
      const row = list[i];
      const d = open(deaths);
      parts.lifeOf(row, life);
      deaths.id[d] = c.id[row];
      deaths.cause[d] = dying[row] - 1;
      deaths.bornAt[d] = c.bornAt[row];
      deaths.children[d] = c.children[row];
      deaths.genome[d] = c.genome[row];
      deaths.lineage[d] = c.lineage[row];
      deaths.operator[d] = c.operator[row];
      deaths.objective[d] = life[0];
      deaths.measure0[d] = life[1];
      deaths.measure1[d] = life[2];
      deaths.x[d] = c.x[row];
      deaths.y[d] = c.y[row];
      deliberation.buried(c.id[row]);
    }
    // from the last row down, so that a row moved into a gap is never itself about to go
    for (let row = pop.count - 1; row >= 0; row--) {
      if (dying[row] === 0) continue;
      dying[row] = 0;
      pop.remove(row);
    }
  }

  /** The genomes of those who died in the last tick, which are let go in the next. */
  save(): Packable {
    const { deaths } = this.kernel;
    return deaths.genome.subarray(0, deaths.count);
  }

  load(saved: unknown): void {
    const { deaths } = this.kernel;
    deaths.count = 0;
    for (const handle of saved as Uint32Array) deaths.genome[open(deaths)] = handle;
  }

  /** The lists of rows follow the most deaths a tick has seen. */
  private lengthen(): void {
    const longer = new Uint32Array(this.rows.length * 2);
    longer.set(this.rows);
    this.rows = longer;
    this.spare = new Uint32Array(longer.length);
  }
}
