import type { PriceTable } from '../../agents/model/prices.ts';
import type { OpenModelService } from '../../agents/model/service.ts';
import { findWorld } from '../../worlds/index.ts';
import { createLab, summarise, type Lab, type LabOptions, type RunSummary } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import type { RunEstimate } from './estimate.ts';
import { Failure, asFailure } from './failure.ts';
import { manifestOf } from './manifest.ts';
import { openService, type ModelAccess } from './model-access.ts';
import { Recording } from './recording.ts';
import { takeUp, type TakenUp } from './resume.ts';
import type { RecordedRun, RunToGoOn } from './recorded-run.ts';
import { RunFolder } from './run-folder.ts';

/** A run to be performed: all that it depends on, and where its record goes. */
export interface Performance {
  /** With the model that was found and an end, if it is to have one. */
  readonly spec: RunSpec;
  readonly model: ModelAccess;
  readonly prices: PriceTable;
  /** Its record, in a new folder. */
  readonly out?: string | undefined;
  /** A run that is gone on with, in its own folder. */
  readonly resumed?: RunToGoOn | null;
  /** A run whose turns of parameters are given again. */
  readonly played?: RecordedRun | null;
  readonly cache?: string | undefined;
  readonly estimate?: RunEstimate | null;
  /** Hears what a person should know meanwhile. */
  say(line: string): void;
}

/** A run that has begun, for whoever ticks it. */
export interface Stage {
  readonly lab: Lab;
  readonly service: OpenModelService | null;
  readonly spec: RunSpec;
  /** Where it is recorded. */
  readonly folder: string | null;
  /** Throws a failure when the run cannot go on; to be called after ticks. */
  check(): void;
  /** Aborts when the budget is spent and nobody is there to raise it. */
  readonly spent: AbortSignal;
}

export interface Performed { readonly summary: RunSummary; readonly lab: Lab; readonly folder: string | null; readonly spent: boolean }

/**
 * One run, from its spec to its record: the heart of every command that runs a world. Where it goes on with a recorded
 * run, it takes up the newest state that is whole, or begins anew and makes it again. Throws a failure, and leaves no
 * folder of a run that never began.
 *
 * @param go ticks the lab; returns the seconds that the ticks took
 */
export async function perform(performance: Performance, go: (stage: Stage) => Promise<number>): Promise<Performed> {
  const { model, prices, out, resumed = null, played = null, cache, say } = performance;
  let { spec } = performance;
  let folder: RunFolder | null = null;
  let recording: Recording | null = null;
  let lab: Lab | null = null;
  let service: OpenModelService | null = null;
  let worthKeeping = resumed !== null;
  const halt = new AbortController();
  try {
    // a recording that cannot be read is found before anything is made
    if (model.replay !== null) service = await openService(model, { budget: spec.budget, prices });
    folder = resumed !== null ? new RunFolder(resumed.path, spec, resumed) : out === undefined ? null : new RunFolder(out, spec);
    const record = folder === null ? undefined : { file: folder.cassette, resume: resumed !== null };
    service ??= await openService(model, { budget: spec.budget, prices, record, cache });
    spec = knowing(spec, service);
    const taken: TakenUp | null = resumed === null ? null : await takeUp(resumed, { cache, events: spec.record.events, say });
    folder?.putSpec(spec);
    lab = openLab(spec, service, (resumed ?? played)?.commands.commands);
    if (taken?.state !== undefined) lab.load(taken.state);
    if (folder !== null) {
      folder.follow(lab);
      if (service !== null) folder.followCalls(service, lab.simulation.kernel.tick);
      folder.putManifest(manifestOf({ spec, lab, service, capabilities: model.capabilities, prices, estimate: performance.estimate ?? null }));
      recording = await Recording.begin({ lab, folder, options: spec.record, cassetteBytes: () => service?.safeBytes ?? 0 });
    }
    service?.events$.subscribe((event) => {
      if (event.kind === 'budget' || event.kind === 'stalled') say(event.sentence);
      if (event.kind === 'budget' && event.level === 'spent' && spec.budget.policy === 'pause') halt.abort();
    });
    const departed = model.replay === null ? () => null : watchReplay(lab);
    const check = (): void => {
      const missing = departed();
      worthKeeping = resumed !== null || missing === null;
      if (missing !== null) throw new Failure(missing);
      if (service !== null && service.broken !== null) throw new Failure(`The run was stopped because a reply could not be recorded: ${service.broken}`);
      folder?.check();
      recording?.check();
    };
    const before = lab.totals.organismSteps;
    const seconds = await go({ lab, service, spec, folder: folder?.path ?? null, check, spent: halt.signal });
    await recording?.finish();
    const summary = summarise(lab, seconds, before);
    folder?.finish(lab, summary);
    return { summary, lab, folder: folder?.path ?? null, spent: halt.signal.aborted };
  } catch (error) {
    await recording?.abandon();
    if (!worthKeeping) folder?.discard();
    else folder?.leave();
    throw error;
  } finally {
    lab?.close();
    await service?.close();
  }
}

/** The spec with what depends on what the models can do: a replay must ask in the same way. */
function knowing(spec: RunSpec, service: OpenModelService | null): RunSpec {
  if (service === null || spec.judge.way !== undefined) return spec;
  const kind = findWorld(spec.world).question?.name ?? '';
  return { ...spec, judge: { ...spec.judge, way: service.can({ role: 'judge', kind }, 'logprobs') === false ? 'structured' : 'logprobs' } };
}

/** What the world makes of its parameters can still be refused: too little memory, for one. */
export function openLab(spec: RunSpec, service: OpenModelService | null, recorded: LabOptions['recorded']): Lab {
  const { world, seed, operator, parameters, branches, schedules, stop, language, minds, judge, archive, measures } = spec;
  try {
    return createLab({ world, seed, operator, parameters, branches, schedules, stop, language, minds, judge, archive, measures, service, ...(recorded === undefined ? {} : { recorded }) });
  } catch (error) {
    throw error instanceof RangeError ? asFailure(error) : error;
  }
}

/**
 * Watches a replay for answers that the cassette does not hold: from there on it is another run. What is asked and never
 * needed, because the recorded run ended before, is not missed. Call the result to hear what was missing first.
 */
export function watchReplay({ simulation }: Lab): () => string | null {
  let missing: string | null = null;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || missing !== null) return;
    for (const { command } of event.commands) {
      if ('outcome' in command && command.outcome === 'fallback' && command.reason.startsWith('The cassette ')) missing ??= command.reason;
    }
  });
  return () => missing;
}
