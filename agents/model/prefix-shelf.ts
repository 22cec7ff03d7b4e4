import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** The states of prefixes, outside the slots: what one slot has read, another need not read again. */
export interface PrefixShelf {
  /** Puts the state of a sequence that has read exactly `prefix` onto the shelf. */
  keep(sequence: LlamaContextSequence, prefix: readonly Token[]): Promise<void>;
  /** Gives a sequence the state of `prefix` if the shelf has it. The sequence is left empty when its file cannot be read. */
  restore(sequence: LlamaContextSequence, prefix: readonly Token[]): Promise<void>;
  has(prefix: readonly Token[]): boolean;
}

/** Operators, minds and judges each have a few kinds of prompt. */
const MOST_PREFIXES = 12;
const MOST_BYTES = 512 * 2 ** 20;

/**
 * A shelf in a folder, because files are the library's only way to copy a state from one sequence to another. The state of
 * 250 tokens of the default model has 6 MB; reading it takes milliseconds where the model takes a second. What was not
 * used for longest goes first. A shelf that cannot be written is an empty one.
 */
export function createPrefixShelf(folder: string): PrefixShelf {
  const shelved = new Map<string, { path: string; bytes: number }>();

  const key = (prefix: readonly Token[]) => createHash('sha256').update(Uint32Array.from(prefix)).digest('hex').slice(0, 32);

  function drop(name: string): void {
    const one = shelved.get(name);
    shelved.delete(name);
    if (one !== undefined) rmSync(one.path, { force: true });
  }

  return {
    has: (prefix) => shelved.has(key(prefix)),
    async keep(sequence, prefix) {
      const name = key(prefix);
      if (shelved.has(name)) return;
      const path = join(folder, `${name}.state`);
      try {
        const { fileSize } = await sequence.saveStateToFile(path);
        shelved.set(name, { path, bytes: fileSize });
      } catch {
        rmSync(path, { force: true });
        return;
      }
      const total = () => [...shelved.values()].reduce((sum, { bytes }) => sum + bytes, 0);
      for (const [oldest] of shelved) {
        if (shelved.size <= MOST_PREFIXES && total() <= MOST_BYTES) break;
        drop(oldest);
      }
    },
    async restore(sequence, prefix) {
      const name = key(prefix);
      const one = shelved.get(name);
      if (one === undefined) return;
      try {
        // This process wrote the file, with the same model.
        await sequence.loadStateFromFile(one.path, { acceptRisk: true });
        shelved.delete(name);
        shelved.set(name, one);
      } catch {
        drop(name);
        await sequence.clearHistory();
      }
    },
  };
}
