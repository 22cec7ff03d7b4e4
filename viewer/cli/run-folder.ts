import { accessSync, closeSync, constants, existsSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, statSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ModelEvent, ModelService } from '../../agents/model/task.ts';
import { ARCHIVE_DIMS, archiveFacts } from '../../core/archive/life-archive.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import { operatorNames } from '../../core/kernel/tick-events.ts';
import { parsedJson } from '../../core/recording/parsed-json.ts';
import type { Lab, RunSummary } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import { writtenCommands } from './command-log.ts';
import { Failure, fileProblem } from './failure.ts';
import { acquireLock, type Lock } from './lock.ts';
import type { RunToGoOn } from './recorded-run.ts';
import { runFiles, runFolders } from './run-files.ts';
import { writeWhole } from './whole-file.ts';

const VERSION = 1;
/** Organisms written at once. */
const CHUNK = 2000;
/**
 * Says, before anything is made, why a folder cannot take a run: it must be absent or empty. Returns the folders that
 * would have to be made, outermost first.
 */
export function checkFolder(folder: string): string[] {
  const missing: string[] = [];
  try {
    let nearest = resolve(folder);
    while (!existsSync(nearest)) {
      missing.unshift(nearest);
      nearest = dirname(nearest);
    }
    if (!statSync(nearest).isDirectory()) {
      throw new Failure(`--out ${folder} cannot be a folder, because ${nearest} is a file; name a folder that does not exist yet.`);
    }
    if (missing.length === 0 && readdirSync(nearest).length > 0) {
      throw new Failure(`--out ${folder} is not empty; name a folder that does not exist yet, so that no run is written over.`);
    }
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`--out ${folder} cannot be written: ${fileProblem(error)}; name another folder.`);
  }
  return missing;
}

/**
 * The folder of one run. Commands are on disk in the tick that applies them; what the run came to is written at its end,
 * each file under another name first, `summary.json` last: where it stands, the folder is whole.
 */
export class RunFolder {
  readonly path: string;
  /** Where the model's replies are recorded. */
  readonly cassette: string;
  /** The folders that were made for it, innermost first. */
  private readonly made: string[] = [];
  private commands: number | null = null;
  private calls: number | null = null;
  private problem: unknown = null;
  /** No other process records here meanwhile. */
  private lock: Lock | null;
  /** Bytes of commands on disk. */
  private written = 0;
  /** Where a run that is gone on with stood: its commands come again, and are not written again. */
  private readonly earlier: readonly NumberedCommand[];

  /**
   * Makes the folder with the spec in it, or with `resumed` opens that of a run that is gone on with. Throws a failure
   * when it cannot.
   */
  constructor(folder: string, spec: RunSpec, resumed: RunToGoOn | null = null) {
    this.path = resolve(folder);
    this.cassette = join(this.path, runFiles.cassette);
    this.earlier = resumed?.commands.commands ?? [];
    this.lock = resumed?.lock ?? null;
    const missing = resumed === null ? checkFolder(folder) : [];
    try {
      if (resumed !== null) {
        this.commands = openSync(join(this.path, runFiles.commands), 'r+');
        // a line that was cut short was never applied by anyone who could tell
        ftruncateSync(this.commands, resumed.commands.wholeBytes);
        this.written = resumed.commands.wholeBytes;
        this.put(runFiles.spec, `${JSON.stringify(spec, null, 2)}\n`);
        return;
      }
      // one by one: the recursive way never ends where the system says that a parent is missing though it is there
      for (const one of missing) {
        mkdirSync(one);
        this.made.unshift(one);
      }
      this.lock = acquireLock(this.path);
      this.put(runFiles.spec, `${JSON.stringify(spec, null, 2)}\n`);
      this.commands = openSync(join(this.path, runFiles.commands), 'w');
      this.append(writtenCommands.header);
    } catch (error) {
      this.discard();
      throw new Failure(`--out ${folder} cannot be written: ${fileProblem(error)}; name another folder.`);
    }
  }

  /** Records a lab's commands from now on. */
  follow({ simulation }: Lab): void {
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick' || event.commands.length === 0 || this.commands === null || this.problem !== null) return;
      try {
        const fresh = event.commands.filter((command) => this.isNew(command));
        if (fresh.length > 0) this.append(fresh.map((command) => `${JSON.stringify(command)}\n`).join(''));
      } catch (error) {
        // an observer has nobody to throw to: whoever runs the ticks asks
        this.problem = error;
      }
    });
  }

  /**
   * Records what becomes of everything that models are asked. Of a run that is taken up at `from` what was due by then
   * stays; the rest is asked, or played, again.
   */
  followCalls(service: ModelService, from: number): void {
    const file = join(this.path, runFiles.calls);
    if (existsSync(file)) this.put(runFiles.calls, keptCalls(readFileSync(file, 'utf8'), from));
    this.calls = openSync(file, 'a');
    service.events$.subscribe((event: ModelEvent) => {
      if (this.calls === null || this.problem !== null) return;
      try {
        writeSync(this.calls, `${JSON.stringify(event)}\n`);
      } catch (error) {
        this.problem = error;
      }
    });
  }

  putSpec(spec: RunSpec): void {
    this.put(runFiles.spec, `${JSON.stringify(spec, null, 2)}\n`);
  }

  /** Writes what is known of the circumstances: versions, machine, models, prices, budget. */
  putManifest(manifest: object): void {
    this.put(runFiles.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** Whether a command is not on disk yet. Throws a failure when the run that is gone on with was another. */
  private isNew(command: NumberedCommand): boolean {
    const before = this.earlier[command.seq];
    if (before === undefined) return true;
    if (JSON.stringify(before) !== JSON.stringify(command)) {
      throw new Failure(`The run in ${this.path} cannot be gone on with: at tick ${command.tick} its command ${command.seq} was another; it was recorded by another version or its files were changed.`);
    }
    return false;
  }

  private append(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(this.commands!, bytes, at, bytes.length - at, this.written + at);
    this.written += bytes.length;
  }

  /** Throws a failure when the record could not be kept. */
  check(): void {
    if (this.problem instanceof Failure) throw this.problem;
    if (this.problem !== null) throw new Failure(`The run was stopped because ${this.path} cannot be written: ${fileProblem(this.problem)}; make room and run it again.`);
  }

  /** Writes what the run came to, and records nothing from now on. */
  finish(lab: Lab, summary: RunSummary): void {
    try {
      this.writePopulation(lab);
      this.put(runFiles.archive, archiveText(lab));
      if (lab.writer?.bandit) this.put(runFiles.bandit, `${JSON.stringify(lab.writer.bandit.state)}\n`);
      this.put(runFiles.measures, `${JSON.stringify({ figures: lab.tally.figures, series: lab.tally.series })}\n`);
      this.put(runFiles.summary, `${JSON.stringify(summary, null, 2)}\n`);
    } catch (error) {
      throw new Failure(`The end of the run cannot be written to ${this.path}: ${fileProblem(error)}; make room and run it again.`);
    } finally {
      this.close();
    }
  }

  /** Begins with the commands of another run. */
  takeHistory(commands: readonly NumberedCommand[]): void {
    this.append(commands.map((command) => `${JSON.stringify(command)}\n`).join(''));
  }

  /** Sees to it that the commands so far are on the disk. */
  sync(): void {
    if (this.commands !== null) fdatasyncSync(this.commands);
  }

  /** Records nothing from now on, and leaves what is there. */
  leave(): void {
    this.close();
  }

  /** Takes back what was made for a run that never began. */
  discard(): void {
    this.close();
    for (const name of Object.values(runFolders)) rmSync(join(this.path, name), { recursive: true, force: true });
    for (const name of Object.values(runFiles)) rmSync(join(this.path, name), { force: true });
    for (const folder of this.made) rmdirSync(folder);
  }

  private close(): void {
    for (const fd of [this.commands, this.calls]) if (fd !== null) closeSync(fd);
    this.commands = this.calls = null;
    this.lock?.release();
    this.lock = null;
  }

  private put(name: string, text: string): void {
    writeWhole(join(this.path, name), text);
  }

  /** One living organism a line, by id. */
  private writePopulation({ simulation: { kernel } }: Lab): void {
    const { columns: c, count } = kernel.pop;
    const rows = Uint32Array.from({ length: count }, (_, row) => row).sort((a, b) => c.id[a]! - c.id[b]!);
    const file = join(this.path, runFiles.population);
    const fd = openSync(`${file}.tmp`, 'w');
    for (let from = 0; from < count; from += CHUNK) {
      const lines: string[] = [];
      for (const row of rows.subarray(from, from + CHUNK)) {
        lines.push(JSON.stringify({
          id: c.id[row], lineage: c.lineage[row], tag: c.tag[row], age: kernel.tick - c.bornAt[row]!, energy: c.energy[row], children: c.children[row],
          operator: operatorNames[c.operator[row]!], genome: kernel.genomes.text(c.genome[row]!),
        }));
      }
      writeSync(fd, `${lines.join('\n')}\n`);
    }
    closeSync(fd);
    renameSync(`${file}.tmp`, file);
  }
}

function archiveText({ simulation: { kernel, world }, archive, archiveChoice }: Lab): string {
  const cells: object[] = [];
  for (let cell = 0; cell < archive.cells; cell++) {
    const elite = archive.elite(cell);
    if (elite === null) continue;
    const { genome, organism, tick } = elite.solution;
    cells.push({ cell, objective: elite.objective, measures: elite.measures, genome: kernel.genomes.text(genome), organism, tick });
  }
  const head = { lichen: VERSION, dims: ARCHIVE_DIMS, ...archiveFacts(world, archiveChoice) };
  return `${JSON.stringify(head).slice(0, -1)},"cells":[\n${cells.map((cell) => JSON.stringify(cell)).join(',\n')}\n]}\n`;
}

/** The lines of what became of calls that were due by a tick. */
function keptCalls(text: string, from: number): string {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter((line) => {
    const event = parsedJson(line) as Partial<ModelEvent> | null | undefined;
    return event?.kind === 'task' && event.due! <= from;
  });
  return lines.map((line) => `${line}\n`).join('');
}
