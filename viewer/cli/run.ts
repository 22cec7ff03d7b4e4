import type { OperatorChoice, RunSpec } from '../../core/spec.ts';
import { createLab, summarise, type Lab, type RunSummary } from '../lab.ts';
import { Failure, asFailure } from './failure.ts';
import { runHeadless } from './headless.ts';
import { DEFAULT_PORT, DEFAULT_SPEED, checkPort, runLive } from './live.ts';
import { accessModel, noModel, recorded, replayModel, watchReplay, type ModelAccess } from './model-access.ts';
import { buildPage } from './page.ts';
import { planRun } from './plan.ts';
import { RunFolder, checkFolder } from './run-folder.ts';
import { listenForStop, type Stop } from './stop.ts';
import { proseWidth, summaryWords, wrap } from './words.ts';

const DEFAULT_TICKS = 1000;

export interface RunFlags {
  seed?: number;
  ticks?: number;
  operator?: OperatorChoice;
  set: string[];
  model?: string;
  cassette?: string;
  out?: string;
  headless?: boolean;
  json?: boolean;
  port?: number;
  speed?: number;
}

/** `lichen run`: one run, watched or not. Returns the exit code. */
export async function run(target: string, flags: RunFlags): Promise<number> {
  if (flags.cassette !== undefined && flags.model !== undefined) {
    throw new Failure(`--model is ${flags.model}, but with --cassette the recording ${flags.cassette} answers; leave out one of them.`);
  }
  const spec = planRun(target, flags);
  return await carryOut({ spec, ...flags }, async (stop) => {
    if (flags.cassette !== undefined) return replayModel(flags.cassette, spec.model);
    if (spec.model === undefined && spec.operator === 'classical') return noModel;
    return await accessModel(spec.model, stop.signal);
  });
}

export interface Errand {
  spec: RunSpec;
  out?: string;
  headless?: boolean;
  /** Prints the summary as one line of JSON; nobody watches then. */
  json?: boolean;
  port?: number;
  speed?: number;
}

/**
 * Does a run from beginning to end. Whatever can be wrong with what was asked is found before anything is made.
 *
 * @param findModel opens the model, once all else is known to be right
 */
export async function carryOut(errand: Errand, findModel: (stop: Stop) => Promise<ModelAccess>): Promise<number> {
  const { out, json = false, port = DEFAULT_PORT, speed = DEFAULT_SPEED } = errand;
  const headless = errand.headless === true || json;
  const stop = listenForStop();
  if (out !== undefined) checkFolder(out);
  if (!headless) await checkPort(port);
  let model = noModel;
  try {
    model = await findModel(stop);
    if (!headless) await buildPage(say);
  } catch (error) {
    await model.door?.close();
    if (stop.asked === null) throw error;
  }
  if (stop.asked !== null) {
    await model.door?.close();
    say('Stopped before the run began.');
    return stop.code;
  }
  const spec = settle(errand.spec, model, headless);
  const folder = out === undefined ? null : new RunFolder(out, spec);
  let lab: Lab | null = null;
  let worthKeeping = false;
  try {
    if (folder !== null) model = recorded(model, folder.cassette);
    const { world, seed, operator, parameters } = spec;
    lab = openLab({ world, seed, operator, parameters, door: model.door });
    folder?.follow(lab);
    const departed = watchReplay(lab.simulation, model);
    const check = (): void => {
      const missing = departed();
      worthKeeping = missing === null;
      if (missing !== null) throw new Failure(missing);
      folder?.check();
    };
    if (spec.operator !== 'classical') say(model.door === null ? 'No model: the children planned for it come from the classical operators.' : model.facts.note);
    const seconds = headless
      ? await runHeadless({ lab, lastTick: spec.ticks ?? DEFAULT_TICKS, stop, afterTick: check })
      : await runLive({ lab, model, port, speed, lastTick: spec.ticks, stop, check });
    const summary = summarise(lab, seconds);
    folder?.finish(lab, summary);
    report(summary, lab, model, folder, json);
  } catch (error) {
    if (!worthKeeping) folder?.discard();
    throw error;
  } finally {
    lab?.writer?.close();
    await model.door?.close();
  }
  // a run that nobody watches was to go to its end; one that is watched ends when the person has seen enough
  return headless ? stop.code : 0;
}

/** The spec as it is carried out: with the model that was found, and an end where nobody watches. */
function settle(spec: RunSpec, model: ModelAccess, headless: boolean): RunSpec {
  const settled: RunSpec = { ...spec, model: model.name, ...(headless ? { ticks: spec.ticks ?? DEFAULT_TICKS } : {}) };
  if (model.facts.state !== 'absent') return settled;
  return { ...settled, operator: 'classical', parameters: { ...spec.parameters, modelShare: 0 } };
}

/** What the world makes of its parameters can still be refused: too little memory, for one. */
function openLab(options: Parameters<typeof createLab>[0]): Lab {
  try {
    return createLab(options);
  } catch (error) {
    throw error instanceof RangeError ? asFailure(error) : error;
  }
}

function report(summary: RunSummary, lab: Lab, model: ModelAccess, folder: RunFolder | null, json: boolean): void {
  const stream = json ? process.stderr : process.stdout;
  stream.write(`${wrap(summaryWords(summary, lab, model.facts.name), proseWidth(stream))}\n`);
  if (folder !== null) stream.write(`The run is recorded in ${folder.path}\n`);
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
}

/** A line for the person at the terminal. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
