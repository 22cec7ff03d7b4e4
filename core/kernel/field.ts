import type { Packable } from './packed.ts';
import { uniform } from './random.ts';
import type { Saveable } from './saveable.ts';

/**
 * An amount of something in every cell of a toroidal grid: it regrows towards what the place can bear and diffuses to
 * the four neighbours. Cells are squares of `grain` steps, a power of two so that finding one is exact; `amount` and `richness` are row-major, `cols` × `rows`.
 */
export class Field implements Saveable {
  readonly cols: number;
  readonly rows: number;
  readonly grain: number;
  private readonly perGrain: number;
  /** Amount now, [0, 1]. */
  readonly amount: Float32Array;
  /** What the place can bear, in 255ths: a byte, since there are more cells than organisms. */
  readonly richness: Uint8Array;
  /** How many take from the cell this tick; zero between ticks. */
  readonly takers: Uint16Array;
  /** What each of them got at the last harvest; stale where nobody took. */
  readonly share: Float32Array;
  private readonly rowAbove: Float32Array;
  private readonly firstRow: Float32Array;

  constructor(width: number, height: number, grain: number) {
    this.cols = Math.round(width / grain);
    this.rows = Math.round(height / grain);
    this.grain = grain;
    this.perGrain = 1 / grain;
    const cells = this.cols * this.rows;
    this.amount = new Float32Array(cells);
    this.richness = new Uint8Array(cells);
    this.takers = new Uint16Array(cells);
    this.share = new Float32Array(cells);
    this.rowAbove = new Float32Array(this.cols);
    this.firstRow = new Float32Array(this.cols);
  }

  get bytes(): number {
    return this.amount.byteLength + this.richness.byteLength + this.takers.byteLength + this.share.byteLength;
  }

  save(): Packable {
    return { amount: this.amount, richness: this.richness };
  }

  load(saved: unknown): void {
    const { amount, richness } = saved as Pick<Field, 'amount' | 'richness'>;
    this.amount.set(amount);
    this.richness.set(richness);
  }

  /** Index of the cell that holds a place on the torus. */
  cellAt(x: number, y: number): number {
    return ((y * this.perGrain) | 0) * this.cols + ((x * this.perGrain) | 0);
  }

  /** Lets every cell bear as much as it can. */
  fill(): void {
    for (let i = 0; i < this.amount.length; i++) this.amount[i] = this.richness[i] / 255;
  }

  /** Takes what the takers of each cell eat, at most `bite` each, shared equally where there is less; says it in `share`, and returns what is gone from all cells. */
  harvest(bite: number): number {
    const { amount, takers, share } = this;
    let taken = 0;
    for (let i = 0; i < takers.length; i++) {
      const n = takers[i];
      if (n === 0) continue;
      const before = amount[i];
      const each = Math.min(bite, before / n);
      share[i] = each;
      amount[i] = Math.max(0, before - n * each);
      taken += before - amount[i];
      takers[i] = 0;
    }
    return taken;
  }

  /**
   * One tick: `amount += rate · (richness − amount)`, and a share `spread` of the difference to the mean of the four
   * neighbours flows in. What diffusion moves it neither makes nor loses (up to rounding).
   */
  regrow(rate: number, spread: number): void {
    const { cols, rows, amount, richness, rowAbove, firstRow } = this;
    if (spread <= 0) {
      for (let i = 0; i < amount.length; i++) amount[i] += rate * (richness[i] / 255 - amount[i]);
      return;
    }
    const quarter = spread / 4;
    const lastStart = (rows - 1) * cols;
    // in place: the old values of the row above (and, for the last row, of the first row) are kept aside
    for (let c = 0; c < cols; c++) { rowAbove[c] = amount[lastStart + c]; firstRow[c] = amount[c]; }
    for (let r = 0; r < rows; r++) {
      const start = r * cols;
      const wrapped = r === rows - 1;
      const first = amount[start];
      let left = amount[start + cols - 1];
      for (let c = 0; c < cols; c++) {
        const i = start + c;
        const here = amount[i];
        const right = c === cols - 1 ? first : amount[i + 1];
        const below = wrapped ? firstRow[c] : amount[i + cols];
        const flow = quarter * (left + right + rowAbove[c] + below - 4 * here);
        amount[i] = here + flow + rate * (richness[i] / 255 - here);
        rowAbove[c] = here;
        left = here;
      }
    }
  }

  /**
   * Fills `richness` with patches: value noise of three octaves on the torus, smoothed by 3t² − 2t³ and stretched so
   * that `bare` of the range below is empty ground. Plain arithmetic only, the same on every engine.
   */
  paintPatches(key0: number, key1: number, patchSize: number, bare: number): void {
    const { cols, rows, richness } = this;
    const octaves = [1, 2, 4].map((finer) => {
      const across = Math.max(2, Math.round((cols * this.grain * finer) / patchSize));
      const down = Math.max(2, Math.round((rows * this.grain * finer) / patchSize));
      return { across, down, finer, weight: 1 / finer };
    });
    const total = octaves.reduce((sum, octave) => sum + octave.weight, 0);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) {
        let sum = 0;
        for (const { across, down, finer, weight } of octaves) {
          const u = (c / cols) * across;
          const v = (r / rows) * down;
          const u0 = Math.floor(u);
          const v0 = Math.floor(v);
          const fu = smooth(u - u0);
          const fv = smooth(v - v0);
          const u1 = (u0 + 1) % across;
          const v1 = (v0 + 1) % down;
          const top = mix(uniform(key0, key1, finer * 65536 + v0, u0), uniform(key0, key1, finer * 65536 + v0, u1), fu);
          const bottom = mix(uniform(key0, key1, finer * 65536 + v1, u0), uniform(key0, key1, finer * 65536 + v1, u1), fu);
          sum += weight * mix(top, bottom, fv);
        }
        const raised = (sum / total - bare) / (1 - bare);
        richness[r * cols + c] = Math.round(255 * Math.min(1, Math.max(0, raised * 2.2)));
      }
    }
  }
}

const smooth = (t: number): number => t * t * (3 - 2 * t);
const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
