import { join } from 'node:path';

/** Files of a recorded run, in its folder. */
export const runFiles = {
  spec: 'spec.json', manifest: 'manifest.json', commands: 'commands.jsonl', cassette: 'cassette.jsonl', calls: 'calls.jsonl', population: 'population.jsonl', archive: 'archive.json', bandit: 'bandit.json', measures: 'measures.json', summary: 'summary.json',
} as const;

/** Folders within: states to go on from, and what happened, in tables. */
export const runFolders = { checkpoints: 'checkpoints', events: 'events' } as const;
export const checkpointFolder = (run: string): string => join(run, runFolders.checkpoints);
export const eventsFolder = (run: string): string => join(run, runFolders.events);
