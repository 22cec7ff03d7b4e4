import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listCheckpoints } from '../../core/recording/checkpoint.ts';
import type { RunSpec } from '../run-spec.ts';
import { Failure, fileProblem } from './failure.ts';
import type { RecordedRun } from './recorded-run.ts';
import { checkpointFolder, eventsFolder, runFiles } from './run-files.ts';
import { RunFolder } from './run-folder.ts';

/**
 * Makes a new folder with the history of a recorded run up to a tick, and the spec of a run that parts from it there. The
 * states and tables are shared with it where the disk can, since nobody ever writes into them. Throws a failure
 * when it cannot.
 */
export function branchFolder(parent: RecordedRun, folder: string, spec: RunSpec, at: number): void {
  const made = new RunFolder(folder, spec);
  try {
    made.takeHistory(parent.commands.commands.filter(({ tick }) => tick <= at));
    if (existsSync(parent.cassette)) copyFileSync(parent.cassette, made.cassette);
    const calls = join(parent.path, runFiles.calls);
    if (existsSync(calls)) copyFileSync(calls, join(made.path, runFiles.calls));
    mkdirSync(checkpointFolder(made.path), { recursive: true });
    for (const { tick, file } of listCheckpoints(checkpointFolder(parent.path))) {
      if (tick <= at) share(file, join(checkpointFolder(made.path), basename(file)));
    }
    shareFolder(eventsFolder(parent.path), eventsFolder(made.path));
    made.leave();
  } catch (error) {
    made.discard();
    throw new Failure(`The branch cannot be begun in ${folder}: ${fileProblem(error)}; make room or name another folder.`);
  }
}

/** The same file under one more name, or a copy of it where the disk has no such thing. */
function share(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** What is whole is shared; lists, which grow, are copied. */
function shareFolder(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) shareFolder(join(from, entry.name), join(to, entry.name));
    else if (entry.name.endsWith('.parquet')) share(join(from, entry.name), join(to, entry.name));
    else copyFileSync(join(from, entry.name), join(to, entry.name));
  }
}
