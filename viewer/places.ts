import { FRAME_MOST_PLACES } from './frame-layout.ts';

/**
 * Where something happened, as frames carry it: the newest places only, each watcher keeping count of those it has seen.
 */
export class Places {
  /** How many there ever were. */
  total = 0;
  private readonly shorts = new Uint16Array(2 * FRAME_MOST_PLACES);

  /** `perX` and `perY` take steps to 65536ths of the whole. */
  add(count: number, x: Float32Array, y: Float32Array, perX: number, perY: number): void {
    const { shorts } = this;
    for (let i = Math.max(0, count - FRAME_MOST_PLACES); i < count; i++) {
      const at = 2 * ((this.total + i) % FRAME_MOST_PLACES);
      shorts[at] = x[i]! * perX;
      shorts[at + 1] = y[i]! * perY;
    }
    this.total += count;
  }

  /** Places to show to whoever has seen `seen` of them. */
  since(seen: number): number {
    return Math.min(this.total - seen, FRAME_MOST_PLACES);
  }

  /** Writes the newest `count` places, the oldest first, from `shorts[at]` on. */
  write(into: Uint16Array, at: number, count: number): void {
    const { shorts, total } = this;
    for (let i = total - count; i < total; i++) {
      const from = 2 * (i % FRAME_MOST_PLACES);
      into[at++] = shorts[from]!;
      into[at++] = shorts[from + 1]!;
    }
  }
}
