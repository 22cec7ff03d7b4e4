import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { layOut, packInto, signing, unpack, type Packable } from '../kernel/packed.ts';

const FORMAT = 'lichen-checkpoint';
/** Of the form of the state within. A reader refuses what it does not know: its run can still be made again from its commands. */
const VERSION = 1;
/** Bytes that are signed, and written, at a time. */
const SLICE = 4 << 20;
/** A tick in the name of a file, so that names are in the order of ticks. */
const DIGITS = 10;

/** What was written by another version, whole as it may be. */
export class OtherVersion extends Error {}

/** A state of a run that is on disk. */
export interface Checkpoint { readonly tick: number; readonly file: string }

/** The checkpoints in a folder, the newest first; none where there is no such folder. What is half-written has another name. */
export function listCheckpoints(folder: string): Checkpoint[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const found = names.flatMap((name): Checkpoint[] => {
    const [, tick] = /^(\d{10})\.lichen$/.exec(name) ?? [];
    return tick === undefined ? [] : [{ tick: Number(tick), file: join(folder, name) }];
  });
  return found.sort((a, b) => b.tick - a.tick);
}

/** The state in a checkpoint. Throws an error with one sentence for a file that is damaged or cut short, `OtherVersion` for one of another version. */
export function readCheckpoint({ tick, file }: Checkpoint): unknown {
  let saved: { format?: unknown; version?: unknown; tick?: unknown; state?: unknown };
  try {
    saved = unpack(new Uint8Array(readFileSync(file))) as typeof saved;
  } catch (error) {
    throw new Error(`The checkpoint ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (saved.format !== FORMAT || saved.version !== VERSION) {
    throw new OtherVersion(`The checkpoint ${file} is of version ${String(saved.version)} and this program reads version ${VERSION}: go on with the program that wrote it, or delete it and the run is made again from its commands.`);
  }
  if (saved.tick !== tick) throw new Error(`The checkpoint ${file} is of tick ${String(saved.tick)}, which its name does not say.`);
  return saved.state;
}

/**
 * Writes states of a run while it goes on: the world stands still only while its columns are copied. One is written at a
 * time, under another name until it is whole; of more than `kept` those are let go whose neighbours in time are nearest.
 */
export class CheckpointWriter {
  private readonly folder: string;
  private readonly kept: number;
  private readonly breathe: () => Promise<void>;
  /** Reused: fresh memory costs more than copying into it. */
  private arena = new ArrayBuffer(0);

  /** The folder must exist. `breathe` lets others have their turn. */
  constructor(folder: string, { kept, breathe }: { kept: number; breathe: () => Promise<void> }) {
    this.folder = folder;
    this.kept = Math.max(1, kept);
    this.breathe = breathe;
  }

  /** Gets memory for a state of so many bytes ready before it is needed. */
  async prepare(bytes: number): Promise<void> {
    const arena = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
    for (let at = 0; at < arena.byteLength; at += SLICE) {
      // a page that was never written to is not there yet
      new Uint8Array(arena, at, Math.min(SLICE, arena.byteLength - at)).fill(1);
      await this.breathe();
    }
    if (arena.byteLength > this.arena.byteLength) this.arena = arena;
  }

  /**
   * Copies the state at once and returns what writes it: call that when what must be on disk before is there. The next
   * state is not to be copied before it has ended. It rejects when the disk does not take it; what stood there stands.
   */
  copy(tick: number, state: Packable): () => Promise<void> {
    const layout = layOut({ format: FORMAT, version: VERSION, tick, state });
    if (layout.bytes > this.arena.byteLength) this.arena = new ArrayBuffer(Math.ceil((layout.bytes * 1.25) / 8) * 8);
    const packed = new Uint8Array(this.arena, 0, layout.bytes);
    packInto(packed, layout);
    return () => this.write(tick, packed);
  }

  private async write(tick: number, packed: Uint8Array): Promise<void> {
    for (const _ of signing(packed, SLICE)) await this.breathe();
    const file = join(this.folder, `${String(tick).padStart(DIGITS, '0')}.lichen`);
    const beside = `${file}.tmp`;
    try {
      const handle = await open(beside, 'w');
      try {
        for (let at = 0; at < packed.length;) at += (await handle.write(packed, at, Math.min(SLICE, packed.length - at), at)).bytesWritten;
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, file);
    } catch (error) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw error;
    }
    this.thin();
  }

  private thin(): void {
    const all = listCheckpoints(this.folder);
    while (all.length > this.kept) {
      // the newest stays, and the oldest of a run's history
      let least = all.length - 1;
      let gap = Infinity;
      for (let i = 1; i < all.length - 1; i++) {
        const between = all[i - 1]!.tick - all[i + 1]!.tick;
        if (between <= gap) [least, gap] = [i, between];
      }
      rmSync(all[least]!.file, { force: true });
      all.splice(least, 1);
    }
  }
}
