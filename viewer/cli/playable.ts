import { listCheckpoints, readCheckpoint } from '../../core/recording/checkpoint.ts';
import type { Lab } from '../lab.ts';
import type { PlayableRecord } from '../playback.ts';
import type { CommandLog } from './command-log.ts';
import type { SavedRun } from './recording.ts';
import { openRecorded } from './recorded-run.ts';
import { checkpointFolder } from './run-files.ts';

/**
 * The record of a run that is still going on, or has ended, for playing it back. Reads the folder when it is asked, and
 * not before; throws a failure where the folder cannot be read.
 */
export function playableRecord({ simulation, archiveChoice }: Lab, folder: string): PlayableRecord {
  const { kernel, world, seed, begun } = simulation;
  let read: { log: CommandLog; upTo: number } | null = null;
  return {
    begin: { world: world.name, seed, parameters: begun, archive: archiveChoice },
    commands(upTo) {
      // a tick's commands are on disk before the tick is over
      if (read === null || read.upTo < upTo) read = { log: openRecorded(folder).commands, upTo: kernel.tick };
      return read.log.commands;
    },
    states: () => listCheckpoints(checkpointFolder(folder)).map((checkpoint) => ({ tick: checkpoint.tick, read: () => (readCheckpoint(checkpoint) as SavedRun).run })),
  };
}
