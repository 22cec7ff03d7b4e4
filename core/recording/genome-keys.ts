import { Fingerprint } from '../kernel/fingerprint.ts';
import type { Genomes } from '../kernel/genomes.ts';

/** The 64-bit hash of a genome's canonical text, in hexadecimal digits: how the tables of a record name it. */
export function genomeHash(text: string): string {
  const print = new Fingerprint();
  print.text(text);
  return print.digest();
}

/**
 * The hashes of genomes by handle, each reckoned once. A handle is used again for another genome, so what is remembered
 * of it goes by its text. Tells of each genome that is asked for the first time in a segment.
 */
export class GenomeKeys {
  private readonly genomes: Pick<Genomes, 'text'>;
  private readonly onNew: (handle: number, text: string, low: number, high: number) => void;
  private readonly texts: string[] = [];
  private low = new Uint32Array(1024);
  private high = new Uint32Array(1024);
  /** The segment in which a handle's genome was last told of. */
  private told = new Uint32Array(1024);
  private segment = 1;
  private readonly seen = new Set<string>();

  constructor(genomes: Pick<Genomes, 'text'>, onNew: (handle: number, text: string, low: number, high: number) => void) {
    this.genomes = genomes;
    this.onNew = onNew;
  }

  /** From here on everything is new again. */
  beginSegment(): void {
    this.segment++;
    this.seen.clear();
  }

  /** Writes the hashes of `count` genomes into `into`, a pair of words each, from pair `at` on. Handles must be held. */
  write(handles: Uint32Array, count: number, into: Uint32Array, at: number, first = 0): void {
    for (let i = first; i < count; i++) {
      const handle = handles[i]!;
      this.note(handle);
      const pair = 2 * (at + i - first);
      into[pair] = this.low[handle]!;
      into[pair + 1] = this.high[handle]!;
    }
  }

  /** Sees to it that a genome stands in this segment. */
  note(handle: number): void {
    const text = this.genomes.text(handle);
    if (this.texts[handle] !== text) this.remember(handle, text);
    if (this.told[handle] === this.segment) return;
    this.told[handle] = this.segment;
    if (this.seen.has(text)) return;
    this.seen.add(text);
    this.onNew(handle, text, this.low[handle]!, this.high[handle]!);
  }

  private remember(handle: number, text: string): void {
    while (handle >= this.low.length) {
      this.low = longer(this.low);
      this.high = longer(this.high);
      this.told = longer(this.told);
    }
    const digits = genomeHash(text);
    this.texts[handle] = text;
    this.high[handle] = Number.parseInt(digits.slice(0, 8), 16);
    this.low[handle] = Number.parseInt(digits.slice(8), 16);
    this.told[handle] = 0;
  }
}

function longer(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(words.length * 2);
  more.set(words);
  return more;
}
