import { statSync } from 'node:fs';
import { knownPrices, readPrices, type PriceTable } from '../../agents/model/prices.ts';
import type { OpenModelService } from '../../agents/model/service.ts';
import { modelFor } from '../../agents/model/task.ts';
import type { OperatorChoice } from '../../core/spec.ts';
import { findWorld } from '../../worlds/index.ts';
import { createLab, summarise, type Lab, type LabOptions, type RunSummary } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import { estimateWords, rehearse, type RunEstimate } from './estimate.ts';
import { Failure, asFailure } from './failure.ts';
import { runHeadless } from './headless.ts';
import { DEFAULT_PORT, DEFAULT_SPEED, checkPort, runLive } from './live.ts';
import { manifestOf } from './manifest.ts';
import { accessModels, noModel, openService, replayAccess, type ModelAccess } from './model-access.ts';
import { buildPage } from './page.ts';
import { planRun } from './plan.ts';
import { RunFolder, checkFolder, openRecorded, type RecordedRun } from './run-folder.ts';
import { listenForStop, type Stop } from './stop.ts';
import { proseWidth, summaryWords, wrap } from './words.ts';

const DEFAULT_TICKS = 1000;
/** Exit code of a run that stopped because its budget was spent. */
const SPENT = 3;

/** What can be said of models wherever they are used. */
export interface ModelFlags {
  with?: string[];
  prices?: string;
  budgetCalls?: number;
  budgetTokens?: number;
  budgetDollars?: number;
  onBudget?: RunSpec['budget']['policy'];
}

export interface RunFlags extends ModelFlags {
  seed?: number;
  ticks?: number;
  operator?: OperatorChoice;
  set: string[];
  model?: string;
  replay?: string;
  /** The older name of `replay`. */
  cassette?: string;
  resume?: boolean;
  cache?: string;
  estimate?: boolean;
  out?: string;
  headless?: boolean;
  json?: boolean;
  port?: number;
  speed?: number;
}

/** `lichen run`: one run, watched or not. Returns the exit code. */
export async function run(target: string, flags: RunFlags): Promise<number> {
  const { replay = flags.cassette, resume = false, model, out } = flags;
  if (replay !== undefined && model !== undefined) throw new Failure(`--model is ${model}, but with --replay the recording ${replay} answers; leave out one of them.`);
  if (replay !== undefined && resume) throw new Failure('--replay plays a run again and --resume goes on with it; leave out one of them.');
  if (resume && out !== undefined) throw new Failure(`--out is ${out}, but --resume goes on in the run's own folder; leave out --out.`);
  const resumed = resume ? openRecorded(target) : null;
  const spec = planRun(isFolder(target) ? openRecorded(target).spec : target, flags);
  const played = replay !== undefined && isFolder(replay) ? openRecorded(replay) : null;
  const cassette = played?.cassette ?? replay;
  return await carryOut({ spec, ...flags, resumed, played }, async (stop) => {
    if (cassette !== undefined) return replayAccess(cassette, spec.model);
    if (asksNobody(spec)) return noModel;
    return await accessModels(spec.model, spec.models, stop.signal);
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether a run without a model of its own choice needs none. */
function asksNobody({ model, operator, parameters }: RunSpec): boolean {
  return model === undefined && operator === 'classical' && !(parameters['deliberation']! > 0) && !(parameters['judging']! > 0);
}

export interface Errand {
  spec: RunSpec;
  out?: string;
  headless?: boolean;
  /** Prints the summary as one line of JSON; nobody watches then. */
  json?: boolean;
  port?: number;
  speed?: number;
  /** A run that is gone on with, in its own folder. */
  resumed?: RecordedRun | null;
  /** A run whose turns of parameters are given again. */
  played?: RecordedRun | null;
  cache?: string;
  /** A file with prices. */
  prices?: string;
  /** Says what the run would cost, and runs nothing. */
  estimate?: boolean;
}

/**
 * Does a run from beginning to end. Whatever can be wrong with what was asked is found before anything is made.
 *
 * @param findModel opens the models, once all else is known to be right
 */
export async function carryOut(errand: Errand, findModel: (stop: Stop) => Promise<ModelAccess>): Promise<number> {
  const { out, json = false, port = DEFAULT_PORT, speed = DEFAULT_SPEED, resumed = null, played = null } = errand;
  const headless = errand.headless === true || json || errand.estimate === true;
  const stop = listenForStop();
  const prices = errand.prices === undefined ? knownPrices : readPrices(errand.prices);
  if (out !== undefined) checkFolder(out);
  if (!headless) await checkPort(port);
  let model = noModel;
  const letGo = async (): Promise<void> => { for (const door of model.doors) await door.close(); };
  try {
    model = await findModel(stop);
    if (!headless) await buildPage(say);
  } catch (error) {
    await letGo();
    if (stop.asked === null) throw error;
  }
  if (stop.asked !== null) {
    await letGo();
    say('Stopped before the run began.');
    return stop.code;
  }
  let spec = settle(errand.spec, model, headless);
  let folder: RunFolder | null = null;
  let lab: Lab | null = null;
  let service: OpenModelService | null = null;
  let worthKeeping = false;
  const halt = new AbortController();
  let seconds: number;
  try {
    const estimate = await foresee(spec, model, prices, errand.estimate === true);
    if (errand.estimate === true) return tellEstimate(estimate, json);
    if (estimate !== null) say(estimateWords(estimate));
    // a recording that cannot be read is found before anything is made
    if (model.replay !== null) service = await openService(model, { budget: spec.budget, prices });
    folder = resumed !== null ? new RunFolder(resumed.path, spec, resumed.commands) : out === undefined ? null : new RunFolder(out, spec);
    const record = folder === null ? undefined : { file: folder.cassette, resume: resumed !== null };
    service ??= await openService(model, { budget: spec.budget, prices, record, cache: errand.cache });
    spec = knowing(spec, service);
    folder?.putSpec(spec);
    lab = openLab(spec, service, (resumed ?? played)?.commands.commands);
    folder?.follow(lab);
    if (service !== null) {
      folder?.followCalls(service);
      service.events$.subscribe((event) => {
        if (event.kind === 'budget' || event.kind === 'stalled') say(event.sentence);
        if (event.kind === 'budget' && event.level === 'spent' && spec.budget.policy === 'pause' && headless) halt.abort();
      });
    }
    folder?.putManifest(manifestOf({ spec, lab, service, capabilities: model.capabilities, prices, estimate }));
    const departed = model.replay === null ? () => null : watchReplay(lab);
    const check = (): void => {
      const missing = departed();
      worthKeeping = missing === null;
      if (missing !== null) throw new Failure(missing);
      if (service !== null && service.broken !== null) throw new Failure(`The run was stopped because a reply could not be recorded: ${service.broken}`);
      folder?.check();
    };
    if (spec.operator !== 'classical' || service !== null) {
      say(service === null ? 'No model: the children planned for it come from the classical operators.' : model.facts.note);
    }
    const lastTick = headless ? spec.ticks ?? DEFAULT_TICKS : spec.ticks;
    seconds = headless
      ? await runHeadless({ lab, lastTick: lastTick!, stop, halt: halt.signal, afterTick: check })
      : await runLive({ lab, model: model.facts, service, policy: spec.budget.policy, port, speed, lastTick, stop, check });
    const summary = summarise(lab, seconds);
    folder?.finish(lab, summary);
    report(summary, lab, model, folder, json);
  } catch (error) {
    if (!worthKeeping && resumed === null) folder?.discard();
    throw error;
  } finally {
    lab?.close();
    await service?.close();
    await letGo();
  }
  if (halt.signal.aborted && stop.asked === null) {
    say(`The run stopped at tick ${lab.simulation.kernel.tick}, because its budget is spent.${folder === null ? '' : ` Go on with: lichen run ${folder.path} --resume, and a larger budget or --on-budget blind.`}`);
    return SPENT;
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

/** The spec with what depends on what the models can do: a replay must ask in the same way. */
function knowing(spec: RunSpec, service: OpenModelService | null): RunSpec {
  if (service === null || spec.judge.way !== undefined) return spec;
  const kind = findWorld(spec.world).question?.name ?? '';
  return { ...spec, judge: { ...spec.judge, way: service.can({ role: 'judge', kind }, 'logprobs') === false ? 'structured' : 'logprobs' } };
}

/** An estimate where the run can cost something or has caps to meet, or was asked for. */
async function foresee(spec: RunSpec, { doors, routes }: ModelAccess, prices: PriceTable, asked: boolean): Promise<RunEstimate | null> {
  const first = doors[0];
  if (first === undefined) return null;
  const { calls, tokens, dollars } = spec.budget;
  const free = doors.filter(({ where, local }) => where === 'embedded' || local === true).map(({ model }) => model);
  if (!asked && calls === undefined && tokens === undefined && dollars === undefined && free.length === doors.length) return null;
  return await rehearse(spec, spec.ticks ?? DEFAULT_TICKS, (task) => modelFor(task, routes, first.model), prices, free);
}

function tellEstimate(estimate: RunEstimate | null, json: boolean): number {
  process.stdout.write(json ? `${JSON.stringify(estimate)}\n` : estimate === null ? 'This run asks no model.\n' : `${estimateWords(estimate)}\n`);
  return 0;
}

/**
 * Watches a replay for answers that the cassette does not hold: from there on it is another run. What is asked and never
 * needed, because the recorded run ended before, is not missed. Call the result to hear what was missing first.
 */
function watchReplay({ simulation }: Lab): () => string | null {
  let missing: string | null = null;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || missing !== null) return;
    for (const { command } of event.commands) {
      if ('outcome' in command && command.outcome === 'fallback' && command.reason.startsWith('The cassette ')) missing ??= command.reason;
    }
  });
  return () => missing;
}

/** What the world makes of its parameters can still be refused: too little memory, for one. */
function openLab(spec: RunSpec, service: OpenModelService | null, recorded: LabOptions['recorded']): Lab {
  const { world, seed, operator, parameters, language, minds, judge, archive } = spec;
  try {
    return createLab({ world, seed, operator, parameters, language, minds, judge, archive, service, ...(recorded === undefined ? {} : { recorded }) });
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
