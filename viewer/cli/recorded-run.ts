import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../../core/recording/parsed-json.ts';
import type { RunSummary } from '../lab.ts';
import { readCommands, type CommandLog } from './command-log.ts';
import { Failure } from './failure.ts';
import { acquireLock, type Lock } from './lock.ts';
import { runFiles } from './run-files.ts';

/** By what a summary is known. */
const ended = z.object({ ticks: z.int().min(0) });

/** A recorded run: its spec's file, its commands as far as they are whole, its cassette. */
export interface RecordedRun { readonly path: string; readonly spec: string; readonly commands: CommandLog; readonly cassette: string }

/** A run that is gone on with; nobody else does. */
export interface RunToGoOn extends RecordedRun { readonly lock: Lock }

/** As `openRecorded`, for going on. Throws a failure, too, while another process records there. */
export function openToGoOn(folder: string): RunToGoOn {
  const path = resolve(folder);
  checkRecorded(folder);
  const lock = acquireLock(path);
  try {
    return { ...openRecorded(folder), lock };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Finds a recorded run in a folder. Throws a failure with one sentence when there is none, or it is damaged. */
export function openRecorded(folder: string): RecordedRun {
  checkRecorded(folder);
  const path = resolve(folder);
  return { path, spec: join(path, runFiles.spec), commands: readCommands(join(path, runFiles.commands)), cassette: join(path, runFiles.cassette) };
}

/** The summary of a run that came to its end; null of one that was cut short. */
export function summaryOf({ path }: Pick<RecordedRun, 'path'>): RunSummary | null {
  const file = join(path, runFiles.summary);
  const read = existsSync(file) ? parsedJson(readFileSync(file, 'utf8')) : undefined;
  return ended.safeParse(read).success ? read as RunSummary : null;
}

/** The tick at which a recorded run came to its end; null of one that was cut short. */
export function finishedAt(run: RecordedRun): number | null {
  return summaryOf(run)?.ticks ?? null;
}

/** The circumstances of a recorded run; empty where they are not on record. */
export function manifestOf({ path }: RecordedRun): Readonly<Record<string, unknown>> {
  const file = join(path, runFiles.manifest);
  return (existsSync(file) ? parsedJson(readFileSync(file, 'utf8')) ?? {} : {}) as Record<string, unknown>;
}

function checkRecorded(folder: string): void {
  for (const name of [runFiles.spec, runFiles.commands]) {
    if (!existsSync(join(resolve(folder), name))) throw new Failure(`${folder} does not hold a recorded run: there is no ${name} in it; name a folder that was made with --out.`);
  }
}
