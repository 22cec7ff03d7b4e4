const KEPT = 300;

/** Time of the page's main thread that one frame took, in milliseconds. */
export interface FrameCost {
  /** Taking the message apart. */
  decodeMs: number;
  /** Handing the views to the layers, uniforms, marks. */
  updateMs: number;
  /** `renderer.render`: uploads and draw calls. */
  submitMs: number;
  totalMs: number;
}

/** Keeps the cost of the last 300 frames that brought new organisms. */
export class FrameCosts {
  readonly #kept: FrameCost[] = [];

  add(decodeMs: number, updateMs: number, submitMs: number): void {
    this.#kept.push({ decodeMs, updateMs, submitMs, totalMs: decodeMs + updateMs + submitMs });
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  list(): FrameCost[] {
    return [...this.#kept];
  }

  clear(): void {
    this.#kept.length = 0;
  }
}
