import { knownPrices, readPrices, type PriceTable } from '../../agents/model/prices.ts';
import { modelFor } from '../../agents/model/task.ts';
import type { Lab, RunSummary } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import { estimateWords, rehearse, type RunEstimate } from './estimate.ts';
import { runHeadless } from './headless.ts';
import { noModel, type ModelAccess } from './model-access.ts';
import { buildPage } from './page.ts';
import { perform, type Performed } from './perform.ts';
import { DEFAULT_PORT, checkPort } from './port.ts';
import type { RecordedRun, RunToGoOn } from './recorded-run.ts';
import { checkFolder } from './run-folder.ts';
import { say } from './say.ts';
import { listenForStop, type Stop } from './stop.ts';
import { summaryWords } from './run-words.ts';
import { proseWidth, wrap } from './words.ts';

const DEFAULT_TICKS = 1000;
/** Ticks a second that a person watches. */
const DEFAULT_SPEED = 30;
/** Exit code of a run that stopped because its budget was spent. */
const SPENT = 3;

export interface Errand {
  spec: RunSpec;
  out?: string;
  headless?: boolean;
  /** Prints the summary as one line of JSON; nobody watches then. */
  json?: boolean;
  port?: number;
  speed?: number;
  /** A run that is gone on with, in its own folder. */
  resumed?: RunToGoOn | null;
  /** A run whose turns of parameters are given again. */
  played?: RecordedRun | null;
  cache?: string;
  /** A file with prices. */
  prices?: string;
  /** Says what the run would cost, and runs nothing. */
  estimate?: boolean;
}

/**
 * Does a run from beginning to end, for a person at a terminal. Whatever can be wrong with what was asked is found before
 * anything is made.
 *
 * @param findModel opens the models, once all else is known to be right
 */
export async function carryOut(errand: Errand, findModel: (stop: Stop) => Promise<ModelAccess>): Promise<number> {
  const { out, json = false, port = DEFAULT_PORT, speed = DEFAULT_SPEED, resumed = null, played = null, cache } = errand;
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
  const spec = settle(errand.spec, model, headless);
  let performed: Performed;
  try {
    const estimate = await foresee(spec, model, prices, errand.estimate === true);
    if (errand.estimate === true) return tellEstimate(estimate, json);
    if (estimate !== null) say(estimateWords(estimate));
    performed = await perform({ spec, model, prices, out, resumed, played, cache, estimate, say }, async ({ lab, service, spec: known, folder, check, spent }) => {
      if (spec.operator !== 'classical' || service !== null) {
        say(service === null ? 'No model: the children planned for it come from the classical operators.' : model.facts.note);
      }
      const { tick } = lab.simulation.kernel;
      if (tick > 0) say(`The run goes on from tick ${tick}.`);
      const lastTick = headless ? spec.ticks ?? DEFAULT_TICKS : spec.ticks;
      if (headless) return await runHeadless({ lab, lastTick: lastTick!, stop, halt: spent, afterTick: check });
      // a run that nobody watches needs no server
      const { runLive } = await import('./live.ts');
      return await runLive({ lab, spec: known, folder, model: model.facts, service, port, speed, lastTick, stop, check });
    });
  } finally {
    await letGo();
  }
  const { summary, lab, folder, spent } = performed;
  report(summary, lab, model, folder, json);
  if (headless && spent && stop.asked === null) {
    say(`The run stopped at tick ${summary.ticks}, because its budget is spent.${folder === null ? '' : ` Go on with: lichen run ${folder} --resume, and a larger budget or --on-budget blind.`}`);
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

function report(summary: RunSummary, lab: Lab, model: ModelAccess, folder: string | null, json: boolean): void {
  const stream = json ? process.stderr : process.stdout;
  stream.write(`${wrap(summaryWords(summary, lab, model.facts.name), proseWidth(stream))}\n`);
  if (folder !== null) stream.write(`The run is recorded in ${folder}\n`);
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
}
