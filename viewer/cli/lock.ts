import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Failure, fileProblem } from './failure.ts';
import { isAlive, startOf } from './process-identity.ts';

/** A folder that is ours until it is let go, or until we end, however we end. */
export interface Lock {
  readonly folder: string;
  /** Lets go; again, it does nothing. */
  release(): void;
}

const NAME = 'lock';
const holder = z.object({ format: z.literal('lichen-lock'), pid: z.int().min(1), started: z.string(), host: z.string(), holds: z.string() });
type Holder = z.infer<typeof holder>;

/**
 * Takes an existing folder for this process. The lock is a file with pid, start time and host of whoever holds it: a pid
 * alone may be somebody else's by now. What a process that has ended left behind is taken over.
 *
 * @param holds what is at work there, for whoever is refused: `a sweep`, `a run`
 * @throws a failure naming the process when a living one holds it, or when it cannot be told whether it lives
 */
export function acquireLock(folder: string, holds = 'a run'): Lock {
  const path = resolve(folder);
  const file = join(path, NAME);
  const mine = `${JSON.stringify({ format: 'lichen-lock', pid: process.pid, started: startOf(process.pid) ?? '', host: hostname(), holds } satisfies Holder)}\n`;
  try {
    take(file, mine, path);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path} cannot be locked: ${fileProblem(error)}; name another folder.`);
  }
  return { folder: path, release: () => letGo(file, mine) };
}

/** Whether a living process of this machine holds a folder. */
export function isHeld(folder: string): boolean {
  const text = read(join(resolve(folder), NAME));
  const found = text === null ? null : parse(text);
  return found !== null && found.host === hostname() && isAlive(found.pid, found.started);
}

/**
 * Who may write over a stale lock is settled by a lock of its own: two that see the same stale one would else take it one
 * after the other, each sure of it.
 */
function take(file: string, mine: string, folder: string): void {
  for (;;) {
    if (place(file, mine)) return;
    const found = read(file);
    if (found === null) continue;
    refuseLiving(found, file, folder);
    const heir = `${file}.heir`;
    take(heir, mine, folder);
    try {
      if (read(file) !== found) continue;
      writeFileSync(`${file}.${process.pid}`, mine);
      renameSync(`${file}.${process.pid}`, file);
      return;
    } finally {
      letGo(heir, mine);
    }
  }
}

/** Puts a file there, whole, unless there is one. */
function place(file: string, text: string): boolean {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, text, { flush: true });
  try {
    linkSync(beside, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

function refuseLiving(text: string, file: string, folder: string): void {
  const found = parse(text);
  if (found === null) throw new Failure(`${file} is not a lock that this version reads; if nothing is at work in ${folder}, delete it.`);
  if (found.host !== hostname()) {
    throw new Failure(`${folder} is held by ${found.holds}, process ${found.pid} on the machine ${found.host}; wait for it, or, if it has ended, delete ${file}.`);
  }
  if (isAlive(found.pid, found.started)) throw new Failure(`${folder} is held by ${found.holds}, process ${found.pid}; wait until it has ended, or name another folder.`);
}

function letGo(file: string, mine: string): void {
  if (read(file) === mine) rmSync(file, { force: true });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): Holder | null {
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
