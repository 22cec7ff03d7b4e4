import type { Code } from './interpret.ts';

const leastWords = 1024;
const leastHandles = 64;

/**
 * Memory for compiled programs: one growing array, programs one after another. What was released is garbage until it
 * is more than half of what is used; then the rest moves together. Jumps are relative, so code can be moved.
 */
export class CodeArena implements Code {
  words = new Int32Array(leastWords);
  numbers = new Float32Array(this.words.buffer);
  starts = new Uint32Array(leastHandles);
  readonly registersPerRow: number;
  private lengths = new Uint16Array(leastHandles);
  private used = 0;
  private garbage = 0;

  constructor(registersPerRow: number) {
    this.registersPerRow = registersPerRow;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.words.byteLength + this.starts.byteLength + this.lengths.byteLength;
  }

  add(handle: number, code: Int32Array): void {
    if (handle >= this.starts.length) this.growHandles(handle + 1);
    if (this.used + code.length > this.words.length) this.resize(this.used + code.length);
    this.words.set(code, this.used);
    this.starts[handle] = this.used;
    this.lengths[handle] = code.length;
    this.used += code.length;
  }

  remove(handle: number): void {
    this.garbage += this.lengths[handle];
    this.lengths[handle] = 0;
    if (this.garbage > leastWords && this.garbage * 2 > this.used) this.compact();
  }

  private growHandles(least: number): void {
    const size = Math.max(least, this.starts.length * 2);
    const starts = new Uint32Array(size);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Uint16Array(size);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }

  private resize(least: number): void {
    const words = new Int32Array(Math.max(leastWords, least * 2));
    words.set(this.words.subarray(0, this.used));
    this.replace(words);
  }

  private compact(): void {
    const words = new Int32Array(Math.max(leastWords, (this.used - this.garbage) * 2));
    let at = 0;
    for (let handle = 0; handle < this.starts.length; handle++) {
      const length = this.lengths[handle];
      if (length === 0) continue;
      const start = this.starts[handle];
      words.set(this.words.subarray(start, start + length), at);
      this.starts[handle] = at;
      at += length;
    }
    this.used = at;
    this.garbage = 0;
    this.replace(words);
  }

  private replace(words: Int32Array<ArrayBuffer>): void {
    this.words = words;
    this.numbers = new Float32Array(words.buffer);
  }
}
