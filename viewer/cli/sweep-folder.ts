import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Experiment } from '../../core/experiments/experiment.ts';
import { parsedJson } from '../../core/recording/parsed-json.ts';
import { Failure, fileProblem } from './failure.ts';
import { acquireLock, type Lock } from './lock.ts';
import { checkFolder } from './run-folder.ts';
import { writeWhole } from './whole-file.ts';

/** Files of a sweep, in its folder. */
const sweepFiles = { head: 'sweep.json', rows: 'results.csv', results: 'results.json', report: 'report.html' } as const;

const VERSION = 1;

/** What a sweep's folder says of itself, as it stands there; null where it says nothing that can be read. */
export function readSweepHead(path: string): { version?: unknown; experiment?: { name?: unknown } } | null {
  const file = join(path, sweepFiles.head);
  return existsSync(file) ? (parsedJson(readFileSync(file, 'utf8')) as ReturnType<typeof readSweepHead> | undefined) ?? null : null;
}

/**
 * The folder of a sweep: `sweep.json` with the experiment, in `runs/` a folder for each run named by its hash, and in the
 * end `results.csv`, `results.json` and `report.html`. Runs that are there already serve whatever experiment asks for them.
 */
export class SweepFolder {
  readonly path: string;
  private lock: Lock | null = null;

  constructor(folder: string) {
    this.path = resolve(folder);
  }

  /** Makes it or takes it up, for this process alone. Throws a failure when it holds something else, or somebody else is at work in it. */
  begin(experiment: Experiment): void {
    const isOurs = existsSync(join(this.path, sweepFiles.head)) || (existsSync(this.path) && readdirSync(this.path).every((name) => name.startsWith('lock')));
    if (!isOurs) checkFolder(this.path);
    try {
      mkdirSync(join(this.path, 'runs'), { recursive: true });
    } catch (error) {
      throw new Failure(`--out ${this.path} cannot be written: ${fileProblem(error)}; name another folder.`);
    }
    this.lock = acquireLock(this.path, 'a sweep');
    const version = readSweepHead(this.path)?.version;
    if ((typeof version === 'number' || typeof version === 'string') && version !== VERSION) {
      this.end();
      throw new Failure(`The sweep in ${this.path} is of version ${version} and this program reads version ${VERSION}: use the program that wrote it, or name another folder.`);
    }
    this.put('head', `${JSON.stringify({ format: 'lichen-sweep', version: VERSION, experiment }, null, 2)}\n`);
  }

  run(name: string): string {
    return join(this.path, 'runs', name);
  }

  put(file: keyof typeof sweepFiles, text: string): void {
    const path = join(this.path, sweepFiles[file]);
    try {
      writeWhole(path, text);
    } catch (error) {
      throw new Failure(`${path} cannot be written: ${fileProblem(error)}; make room and start the sweep again, it goes on from here.`);
    }
  }

  end(): void {
    this.lock?.release();
  }
}
