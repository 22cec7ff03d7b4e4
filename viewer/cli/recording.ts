import { mkdirSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { CheckpointWriter } from '../../core/recording/checkpoint.ts';
import { createRecorder, type Recorder } from '../../core/recording/recorder.ts';
import type { Packable } from '../../core/kernel/packed.ts';
import type { Lab } from '../lab.ts';
import type { RecordOptions } from '../run-spec.ts';
import { Failure, fileProblem } from './failure.ts';
import { checkpointFolder, eventsFolder } from './run-files.ts';
import type { RunFolder } from './run-folder.ts';

/** Rows that are waiting for the disk when they are written without a checkpoint. */
const MOST_ROWS = 500_000;

export interface RecordingOptions {
  lab: Lab;
  folder: RunFolder;
  options: RecordOptions;
  /** Bytes of the cassette that are on disk. */
  cassetteBytes(): number;
}

/**
 * Keeps the record of a run beside its commands: what happened, in segments, and from time to time the state, so that
 * whoever goes on need not begin anew. A state is there only when all that happened before it is.
 */
export class Recording {
  private readonly lab: Lab;
  private readonly folder: RunFolder;
  private readonly every: number;
  private readonly cassetteBytes: () => number;
  private readonly recorder: Recorder | null;
  private readonly checkpoints: CheckpointWriter;
  /** What is being written. */
  private writing: Promise<void> | null = null;
  private problem: unknown = null;
  /** Tick of the newest state that is on its way or on disk. */
  private latest = 0;

  /** Begins to record a lab that stands at tick 0, or where a recorded run is taken up. */
  static async begin(given: RecordingOptions): Promise<Recording> {
    const { lab, folder, options } = given;
    const states = checkpointFolder(folder.path);
    try {
      mkdirSync(states, { recursive: true });
      const checkpoints = new CheckpointWriter(states, { kept: options.checkpoints, breathe: () => breathe() });
      const { kernel } = lab.simulation;
      if (options.every > 0) await checkpoints.prepare(Math.min(kernel.bytes, PREPARED_BYTES));
      const recorder = options.events ? await createRecorder({ simulation: lab.simulation, folder: eventsFolder(folder.path), positionsEvery: options.positions }) : null;
      return new Recording(given, recorder, checkpoints);
    } catch (error) {
      throw new Failure(`The record in ${folder.path} cannot be begun: ${fileProblem(error)}; make room or name another folder.`);
    }
  }

  private constructor({ lab, folder, options, cassetteBytes }: RecordingOptions, recorder: Recorder | null, checkpoints: CheckpointWriter) {
    this.lab = lab;
    this.folder = folder;
    this.every = options.every;
    this.cassetteBytes = cassetteBytes;
    this.recorder = recorder;
    this.checkpoints = checkpoints;
    this.latest = lab.simulation.kernel.tick;
    lab.afterTick = () => this.afterTick();
  }

  /** Throws a failure when the record could not be kept. */
  check(): void {
    const problem = this.problem ?? this.recorder?.problem ?? null;
    if (problem !== null) throw new Failure(`The run was stopped because its record in ${this.folder.path} cannot be written: ${fileProblem(problem)}; make room and go on with --resume.`);
  }

  /** Writes all that happened and the last state. Throws a failure when it cannot. */
  async finish(): Promise<void> {
    await this.writing;
    if (this.problem === null && this.every > 0 && this.lab.simulation.kernel.tick > this.latest) await this.begin();
    else await this.recorder?.seal();
    this.lab.afterTick = null;
    await this.recorder?.close();
    this.check();
  }

  /** Lets go of everything, written or not. */
  async abandon(): Promise<void> {
    this.lab.afterTick = null;
    await this.writing?.catch(() => undefined);
    await this.recorder?.close().catch(() => undefined);
  }

  private afterTick(): Promise<void> | undefined {
    if (this.problem !== null) return undefined;
    const { tick } = this.lab.simulation.kernel;
    if (this.every > 0 && tick % this.every === 0) return this.inTurn(() => { void this.begin(); });
    if (this.recorder === null) return undefined;
    if (this.recorder.rows > MOST_ROWS) return this.inTurn(() => { this.writing = this.note(this.recorder!.seal()); });
    return this.recorder.ready();
  }

  /** At once, or when what is being written is written: the world waits for a disk that cannot follow. */
  private inTurn(begin: () => void): Promise<void> | undefined {
    if (this.writing !== null) return this.writing.then(begin);
    begin();
    return undefined;
  }

  private begin(): Promise<void> {
    const { tick } = this.lab.simulation.kernel;
    this.latest = tick;
    const write = this.checkpoints.copy(tick, { run: this.lab.save(), cassetteBytes: this.cassetteBytes() } satisfies SavedRun);
    const sealed = this.recorder?.seal();
    this.writing = this.note((async () => {
      await sealed;
      this.folder.sync();
      await write();
    })());
    return this.writing;
  }

  private async note(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.problem ??= error;
    } finally {
      this.writing = null;
    }
  }
}

/** Memory that is got ready for states; what is larger is got when it is needed. */
const PREPARED_BYTES = 512 << 20;

/** What a checkpoint holds: the run, and how much of its cassette was on disk by then. */
export type SavedRun = { readonly run: Packable; readonly cassetteBytes: number };
