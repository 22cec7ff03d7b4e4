import { statSync } from 'node:fs';
import { OtherVersion, listCheckpoints, readCheckpoint } from '../../core/recording/checkpoint.ts';
import { openRecord, type OpenedRecord } from '../../core/recording/segments.ts';
import { Failure } from './failure.ts';
import type { SavedRun } from './recording.ts';
import type { RecordedRun } from './recorded-run.ts';
import { checkpointFolder, eventsFolder } from './run-files.ts';

/** Where a recorded run is taken up: its state, or nothing where it is made again from its commands. */
export interface TakenUp { readonly tick: number; readonly state: unknown }

export interface TakeUpOptions {
  /** A cassette shared with other runs: which of its replies are used depends on all that was asked before. */
  cache?: string | undefined;
  /** Whether what happens is recorded. */
  events: boolean;
  say(line: string): void;
}

/**
 * Finds the newest state of a recorded run that is whole and has all that happened before it on record, and cuts the
 * record to it. Where a state is damaged it says so and takes an earlier one, and where there is none the run begins
 * anew. Throws a failure where commands or replies are missing that a state says were there: what follows would be
 * another run.
 */
export async function takeUp(run: RecordedRun, { cache, events, say }: TakeUpOptions): Promise<TakenUp | null> {
  for (const checkpoint of cache === undefined ? listCheckpoints(checkpointFolder(run.path)) : []) {
    let saved: SavedRun & { run: { parts: { simulation: { nextSeq: number } } } };
    try {
      saved = readCheckpoint(checkpoint) as typeof saved;
    } catch (error) {
      if (error instanceof OtherVersion) throw new Failure(error.message);
      say(`${error instanceof Error ? error.message : String(error)} An earlier state is taken.`);
      continue;
    }
    const { nextSeq } = saved.run.parts.simulation;
    if (run.commands.commands.length < nextSeq) {
      throw new Failure(`The run in ${run.path} cannot be gone on with: its commands end after ${run.commands.commands.length}, and there were ${nextSeq} by tick ${checkpoint.tick}; restore commands.jsonl from a copy.`);
    }
    const cassetteBytes = statSync(run.cassette, { throwIfNoEntry: false })?.size ?? 0;
    if (cassetteBytes < saved.cassetteBytes) {
      throw new Failure(`The run in ${run.path} cannot be gone on with: its cassette has ${cassetteBytes} bytes, and had ${saved.cassetteBytes} by tick ${checkpoint.tick}; restore cassette.jsonl from a copy.`);
    }
    const opened: Pick<OpenedRecord, 'tick' | 'problem' | 'otherVersion'> = events ? await openRecord(eventsFolder(run.path), { upTo: checkpoint.tick }) : { problem: null, tick: checkpoint.tick };
    const problem = opened.problem ?? (opened.tick < checkpoint.tick ? `The tables in ${eventsFolder(run.path)} are missing.` : null);
    if (problem === null) return { tick: checkpoint.tick, state: saved.run };
    // made by another program, it is not ours to make anew
    if (opened.otherVersion === true) throw new Failure(problem);
    say(`${problem} An earlier state is taken.`);
  }
  if (events) await openRecord(eventsFolder(run.path), { upTo: -1 });
  return null;
}
