import { readFileSync } from 'node:fs';
import { knownOf } from '../../agents/model/capabilities.ts';
import { knownPrices, readPrices, type PriceTable } from '../../agents/model/prices.ts';
import type { OpenModelService } from '../../agents/model/service.ts';
import type { MethodName } from '../../worlds/salon/methods.ts';
import { runSalon, type SalonSummary } from '../qdaif.ts';
import { Failure, asFailure } from './failure.ts';
import { accessModels, noModel, openService, replayAccess, type ModelAccess } from './model-access.ts';
import { qdaifEstimateWords, rehearseQdaif, type QdaifEstimate } from './qdaif-estimate.ts';
import { QdaifFolder, openQdaif, recordedRun, runName } from './qdaif-folder.ts';
import { heatMap, rasterise } from './qdaif-heat-map.ts';
import { watchDoors, type WatchedDoors } from './qdaif-doors.ts';
import { amendPlan, planQdaif, type QdaifFlags, type QdaifPlan } from './qdaif-plan.ts';
import { createQdaifProgress, type QdaifProgress } from './qdaif-progress.ts';
import { methodRows, runsCsv, tableCsv, tableMarkdown, type RunRow } from './qdaif-table.ts';
import { readyPage, viewQdaif, watchQdaif, type QdaifWatch } from './qdaif-watch.ts';
import { say } from './say.ts';
import { listenForStop, type Stop } from './stop.ts';
import { counted } from './words.ts';

/** Exit code of an experiment that stopped because its budget was spent. */
const SPENT = 3;

/** Does an experiment from beginning to end. Returns the exit code. */
export async function qdaif(flags: QdaifFlags): Promise<number> {
  const { out, replay, resume = false, json = false, view, estimate = false } = flags;
  if (view !== undefined) {
    const { view: _, port: _port, ...others } = flags;
    const [other] = Object.keys(others);
    if (other !== undefined) throw new Failure(`--view looks at the experiment in ${view} and makes nothing; leave out --${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.`);
    return await viewQdaif(view, flags);
  }
  if (replay !== undefined && resume) throw new Failure('--replay makes an experiment again and --resume goes on with it; leave out one of them.');
  if (replay !== undefined && flags.model !== undefined) throw new Failure(`--model is ${flags.model}, but with --replay the recording in ${replay} answers; leave out one of them.`);
  if (replay !== undefined && estimate) throw new Failure(`--estimate says what would be asked, but --replay asks nothing: the recording in ${replay} answers; leave out one of them.`);
  if (resume && out === undefined) throw new Failure('--resume goes on with the experiment in a folder, but no --out names one.');
  const held = replay !== undefined ? openQdaif(replay) : resume ? openQdaif(out!) : null;
  let plan = held === null ? planQdaif(flags) : amendPlan(held.plan, flags);
  const prices = flags.prices === undefined ? knownPrices : readPrices(flags.prices);
  const stop = listenForStop();
  const watched = await readyPage({ ...flags, headless: flags.headless === true || estimate });
  const folder = out === undefined || estimate ? null : new QdaifFolder(out, resume);
  let access: ModelAccess = noModel;
  let service: OpenModelService | null = null;
  let begun = resume;
  let doors: WatchedDoors | null = null;
  let watch: QdaifWatch | null = null;
  const letGo = async (): Promise<void> => { for (const door of access.doors) await door.close(); };
  try {
    access = held !== null && replay !== undefined ? replayAccess(held.cassette, plan.model ?? undefined) : await accessModels(plan.model ?? undefined, {}, stop.signal);
    if (access.replay === null && access.doors.length === 0) throw new Failure('There is no model, and a salon needs one; name one with --model.');
    plan = { ...plan, model: access.replay === null ? access.name : plan.model };
    const foreseen = await foresee(plan, access, prices, flags, held?.path ?? null);
    if (estimate) return tell(foreseen!, json);
    if (foreseen !== null) say(qdaifEstimateWords(foreseen));
    const halt = new AbortController();
    stop.signal.addEventListener('abort', () => halt.abort(), { once: true });
    doors = watchDoors(access.doors, () => halt.abort());
    const budget = { calls: flags.budgetCalls, tokens: flags.budgetTokens, dollars: flags.budgetDollars, policy: 'pause' as const };
    service = await openService({ ...access, doors: doors.doors }, { budget: withoutUndefined(budget), prices, record: folder === null || access.replay !== null ? undefined : { file: folder.cassette, resume } });
    if (service === null) throw new Failure('There is no model, and a salon needs one; name one with --model.');
    folder?.putPlan(plan);
    folder?.putManifest(manifest(access, service, foreseen));
    begun = true;
    watch = watched ? await watchQdaif(plan, access.facts, service, flags) : null;
    const experiment: Experiment = { plan, folder, service, doors, access, stop, halt, watch, spent: false, replayed: replay === undefined ? null : held!.path };
    const rows = await makeRuns(experiment);
    if (rows === null) return stopped(experiment);
    report(experiment, rows, json);
    if (watch !== null) {
      say('All runs are done; the page stays until Ctrl-C.');
      await stop.when;
    }
    return 0;
  } catch (error) {
    if (!begun) folder?.discard();
    if (stop.asked !== null) {
      say('Stopped before anything was written.');
      return stop.code;
    }
    throw error;
  } finally {
    await watch?.close();
    await service?.close();
    await letGo();
  }
}

/** What runs that are not made yet will probably ask, where it can cost something or has caps to meet, or where that was asked for; null in a replay. */
async function foresee(plan: QdaifPlan, { doors, capabilities, replay }: ModelAccess, prices: PriceTable, flags: QdaifFlags, path: string | null): Promise<QdaifEstimate | null> {
  const [door] = doors;
  if (replay !== null || door === undefined) return null;
  const { budgetCalls, budgetTokens, budgetDollars, estimate = false } = flags;
  const free = door.where === 'embedded' || door.local === true;
  if (!estimate && free && budgetCalls === undefined && budgetTokens === undefined && budgetDollars === undefined) return null;
  const runs = runsOf(plan).filter((run) => path === null || recordedRun(path, run)?.iterations !== plan.iterations);
  const known = knownOf(door, capabilities[door.model]);
  return await rehearseQdaif({ plan, runs, model: door.model, can: (_, what) => known[what], prices, free });
}

function tell(estimate: QdaifEstimate, json: boolean): number {
  process.stdout.write(`${json ? JSON.stringify(estimate) : qdaifEstimateWords(estimate)}\n`);
  return 0;
}

/** All runs of an experiment, method by method. */
function runsOf({ methods, seeds }: QdaifPlan): { method: MethodName; seed: number }[] {
  return methods.flatMap((method) => seeds.map((seed) => ({ method, seed })));
}

interface Experiment {
  plan: QdaifPlan;
  folder: QdaifFolder | null;
  service: OpenModelService;
  doors: WatchedDoors;
  access: ModelAccess;
  stop: Stop;
  halt: AbortController;
  watch: QdaifWatch | null;
  spent: boolean;
  /** The folder that is replayed. */
  replayed: string | null;
}

/** Makes all runs, several side by side: none knows of another. Null when they were stopped. */
async function makeRuns(experiment: Experiment): Promise<RunRow[] | null> {
  const { plan, folder, service, access, halt } = experiment;
  const runs = runsOf(plan);
  const progress = createQdaifProgress(runs.length * plan.iterations, () => service.budget);
  progress.note(access.facts.note);
  if (folder === null && access.replay === null) progress.note('Nothing is kept without --out: if this is stopped, it begins anew.');
  service.events$.subscribe((event) => {
    if (event.kind === 'budget' || event.kind === 'stalled') progress.note(event.sentence);
    if (event.kind === 'budget' && event.level === 'spent') {
      experiment.spent = true;
      halt.abort();
    }
  });
  const rows = new Array<RunRow | null>(runs.length).fill(null);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < runs.length && !halt.signal.aborted) {
      const at = next++;
      rows[at] = await makeRun(experiment, runs[at]!, progress);
    }
  };
  try {
    const workers = Array.from({ length: Math.min(runs.length, Math.max(plan.seeds.length, service.slots)) }, worker);
    // one that fails ends the others before anything is closed under them
    await Promise.all(workers.map((one) => one.catch((error: unknown) => {
      halt.abort();
      throw error;
    })));
  } finally {
    progress.stop();
  }
  checkRecords(experiment);
  return rows.every((row) => row !== null) ? rows : null;
}

async function makeRun(experiment: Experiment, run: { method: MethodName; seed: number }, progress: QdaifProgress): Promise<RunRow | null> {
  const { plan: { domain, iterations, init, temperature, rejudge, repeats }, service, halt, folder, replayed, watch } = experiment;
  const began = performance.now();
  let made: Awaited<ReturnType<typeof runSalon>>;
  try {
    made = await runSalon({ domain, ...run, iterations, init, temperature, rejudge, judging: { repeats } }, {
      service, signal: halt.signal, watcher: watch?.session,
      onSettled(text, salon) {
        checkRecords(experiment);
        progress.settled(text, salon);
      },
      onRejudged: (done, total, salon) => progress.rejudged(done, total, salon),
    });
  } catch (error) {
    checkRecords(experiment);
    if (error instanceof Failure) throw error;
    throw error instanceof RangeError || error instanceof TypeError ? error : new Failure(`The run ${runName(run)} was stopped: ${asFailure(error).message.replace(/\.$/, '')}.`);
  }
  if (made === null) return null;
  checkRecords(experiment);
  const { salon, summary } = made;
  const seconds = (performance.now() - began) / 1000;
  const recorded = replayed === null ? null : recordedRun(replayed, run);
  if (recorded !== null && recorded.iterations === iterations && recorded.fingerprint !== summary.fingerprint) {
    throw new Failure(`The run ${runName(run)} came to the fingerprint ${summary.fingerprint} in the replay, but ${recorded.fingerprint} is recorded in ${replayed!}: it was recorded by another version, or its files were changed.`);
  }
  watch?.session.ended(summary);
  if (folder !== null) {
    const svg = heatMap({ domain, title: `${domain.name}, ${run.method}, seed ${run.seed}`, archive: salon.archive, maxQdScore: salon.maxQdScore });
    folder.putRun({ salon, summary, seconds, svg, png: await rasterise(svg) });
  }
  return { summary, seconds };
}

/** Throws where a reply is missing from a replay or could not be recorded: what follows would be another run. */
function checkRecords({ service, access, folder }: Experiment): void {
  if (access.replay !== null && service.missing !== null) throw new Failure(service.missing);
  if (service.broken === null) return;
  const goOn = folder === null ? '.' : `; make room and go on with: lichen qdaif --out ${folder.path} --resume`;
  throw new Failure(`The experiment was stopped because a reply could not be recorded: ${service.broken.replace(/\.$/, '')}${goOn}`);
}

function stopped({ stop, spent, doors, folder, plan }: Experiment): number {
  const goOn = folder === null ? 'Nothing was kept, because no --out was given.' : `Go on with: lichen qdaif --out ${folder.path} --resume`;
  if (doors.lost !== null) throw new Failure(`${doors.lost} ${goOn}`);
  if (stop.asked === null && spent) {
    say(`The experiment in ${plan.domain.name} stopped, because its budget is spent. ${goOn}${folder === null ? '' : ', and a larger budget.'}`);
    return SPENT;
  }
  say(`Stopped. ${goOn}`);
  return stop.code;
}

function report({ plan, folder, access, service, replayed }: Experiment, runs: readonly RunRow[], json: boolean): void {
  const rows = methodRows(runs);
  const model = service.header.models.map((one) => one.model).join(', ');
  const table = tableMarkdown(rows, runs[0]!.summary, { model, rejudge: plan.rejudge });
  if (folder !== null) {
    folder.putText('table.csv', tableCsv(rows));
    folder.putText('runs.csv', runsCsv(runs));
    folder.putText('table.md', table);
    folder.putText('summary.json', `${JSON.stringify(outcome(plan, model, runs), null, 2)}\n`);
  }
  const stream = json ? process.stderr : process.stdout;
  stream.write(table);
  if (replayed !== null) stream.write(`${counted(runs.length, 'run')} made again from the replies in ${access.replay!}\n`);
  if (folder !== null) stream.write(`The experiment is kept in ${folder.path}\n`);
  if (json) process.stdout.write(`${JSON.stringify(outcome(plan, model, runs))}\n`);
}

/** All that was found, as plain JSON. */
export interface QdaifOutcome { plan: Omit<QdaifPlan, 'domain'> & { domain: string }; model: string; methods: ReturnType<typeof methodRows>; runs: (Omit<SalonSummary, 'curve'> & { seconds: number })[] }

function outcome(plan: QdaifPlan, model: string, runs: readonly RunRow[]): QdaifOutcome {
  return {
    plan: { ...plan, domain: plan.domain.name }, model, methods: methodRows(runs),
    runs: runs.map(({ summary: { curve: _curve, ...summary }, seconds }) => ({ ...summary, seconds })),
  };
}

function manifest({ capabilities }: ModelAccess, { header }: OpenModelService, estimate: QdaifEstimate | null): object {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return { format: 'lichen-manifest', version: 1, lichen: version, node: process.version, begun: new Date().toISOString(), models: header.models, capabilities, estimate };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
