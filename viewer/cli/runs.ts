import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listCheckpoints } from '../../core/recording/checkpoint.ts';
import { inspectRecord } from '../../core/recording/segments.ts';
import { Failure, fileProblem } from './failure.ts';
import { isHeld } from './lock.ts';
import { planRun } from './plan.ts';
import { openRecorded, summaryOf } from './recorded-run.ts';
import { checkpointFolder, eventsFolder, runFiles } from './run-files.ts';
import { readSweepHead } from './sweep-folder.ts';
import { count, counted, megabytes } from './words.ts';

export interface ListedRun {
  readonly name: string;
  readonly state: 'finished' | 'running' | 'cut short' | 'damaged';
  /** Why it is damaged. */
  readonly problem?: string;
  readonly world?: string;
  readonly seed?: number;
  /** Ticks at its end, or of its newest checkpoint. */
  readonly ticks?: number;
  readonly population?: number;
  readonly fingerprint?: string;
  readonly bytes: number;
}

/** `lichen runs`: the recorded runs in a folder. Returns the exit code. */
export async function listRuns(folder: string, { json = false }: { json?: boolean }): Promise<number> {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  } catch (error) {
    throw new Failure(`The folder ${folder} cannot be read: ${fileProblem(error)}; name one that holds recorded runs.`);
  }
  const runs: ListedRun[] = [];
  for (const name of names) if (existsSync(join(folder, name, runFiles.spec)) && existsSync(join(folder, name, runFiles.commands))) runs.push(await look(folder, name));
  const sweeps = [folder, ...names.map((name) => join(folder, name))].flatMap((path) => sweepIn(path) ?? []);
  const aside = sweeps.map(({ path, name, runs: many }) => `${path} is a sweep, ${name}, with ${counted(many, 'run')}: lichen runs ${join(path, 'runs')}`).join('\n');
  if (json) process.stdout.write(`${JSON.stringify({ folder, runs, sweeps })}\n`);
  else if (runs.length === 0 && aside !== '') process.stdout.write(`${aside}\n`);
  else if (runs.length === 0) process.stdout.write(`There are no recorded runs in ${folder}; record one with lichen run meadow --out ${join(folder, 'first')}.\n`);
  else process.stdout.write(`${table(runs)}${aside === '' ? '' : `\n\n${aside}`}\n`);
  return 0;
}

interface ListedSweep { readonly path: string; readonly name: string; readonly runs: number }

/** The sweep in a folder, and how many of its runs were begun; null where there is none. */
function sweepIn(path: string): ListedSweep | null {
  const name = readSweepHead(path)?.experiment?.name;
  if (typeof name !== 'string' || !existsSync(join(path, 'runs'))) return null;
  return { path, name, runs: readdirSync(join(path, 'runs'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).length };
}

async function look(folder: string, name: string): Promise<ListedRun> {
  const path = join(folder, name);
  const bytes = bytesOf(path);
  try {
    const run = openRecorded(path);
    const { world, seed } = planRun(run.spec, { set: [] });
    const summary = summaryOf(run);
    if (isHeld(path)) return { name, state: 'running', world, seed, ticks: newestTick(path), bytes };
    const { problem } = await inspectRecord(eventsFolder(path), { contents: false });
    if (problem !== null) throw new Error(problem);
    if (summary === null) return { name, state: 'cut short', world, seed, ticks: newestTick(path), bytes };
    const { ticks, population, fingerprint } = summary;
    return { name, state: 'finished', world, seed, ticks, population, fingerprint, bytes };
  } catch (error) {
    return { name, state: 'damaged', problem: error instanceof Error ? error.message : String(error), bytes };
  }
}

const newestTick = (path: string): number => listCheckpoints(checkpointFolder(path))[0]?.tick ?? 0;

function bytesOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce((sum, entry) => {
    if (!entry.isFile()) return sum;
    return sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

function table(runs: readonly ListedRun[]): string {
  const head = ['run', 'world', 'seed', 'ticks', 'alive', 'fingerprint', 'size', 'state'];
  const rows = runs.map(({ name, state, problem, world, seed, ticks, population, fingerprint, bytes }) => [
    name, world ?? '', seed === undefined ? '' : String(seed), ticks === undefined ? '' : count(ticks), population === undefined ? '' : count(population),
    fingerprint ?? '', megabytes(bytes), problem === undefined ? state : `${state}: ${problem}`,
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const right = new Set([2, 3, 4, 6]);
  const line = (row: readonly string[]): string => row.map((cell, i) => (i === row.length - 1 ? cell : right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ').trimEnd();
  return [head, ...rows].map(line).join('\n');
}
