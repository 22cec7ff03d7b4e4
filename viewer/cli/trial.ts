import { existsSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { createInstincts } from '../../agents/instincts/store.ts';
import { knownPrices, readPrices, type PriceTable } from '../../agents/model/prices.ts';
import { replayModelService, type OpenModelService } from '../../agents/model/service.ts';
import { commonGarden } from '../../core/experiments/common-garden.ts';
import { mean } from '../../core/measures/statistics.ts';
import { findWorld } from '../../worlds/index.ts';
import { Failure, asFailure } from './failure.ts';
import { accessModels, type ModelAccess } from './model-access.ts';
import { say } from './say.ts';
import { listenForStop, type Stop } from './stop.ts';
import { markdown, plainText } from './trial-blocks.ts';
import { TrialFolder, type TrialHead } from './trial-folder.ts';
import { serviceFacts, trialModel, type TrialModel } from './trial-model.ts';
import { armNames, planTrial, shareOf, type ArmName, type TrialFlags, type TrialPlan } from './trial-plan.ts';
import { createTrialProgress, type TrialProgress } from './trial-progress.ts';
import { contrasts as contrastsOf, type Contrast, type GardenResult, type TrialResults } from './trial-questions.ts';
import { trialReport } from './trial-report.ts';
import { runTrial, type TrialRun } from './trial-run.ts';
import { operatorsCsv, runsCsv } from './trial-tables.ts';
import { counted, proseWidth } from './words.ts';

/** A trial that is carried out: what is asked for, where it is kept, and how it is stopped. */
interface Trial { plan: TrialPlan; arms: ArmName[]; seeds: number[]; folder: TrialFolder | null; prices: PriceTable; replay: boolean; stop: Stop }

/**
 * `lichen trial`: the same births with and without the model over several seeds, and a report that says whether it
 * helps. Returns the exit code.
 */
export async function trial(worldName: string, flags: TrialFlags): Promise<number> {
  const asked = planTrial(worldName, flags);
  const prices = flags.prices === undefined ? knownPrices : readPrices(flags.prices);
  const folder = flags.out === undefined ? null : new TrialFolder(flags.out);
  const held = folder?.read() ?? null;
  const replay = flags.replay === true;
  if (replay && (held === null || held.plan.world !== worldName)) {
    throw new Failure(`--out ${flags.out!} holds no trial in the ${worldName}${held === null ? '' : `, but one in the ${held.plan.world}`}; there is nothing to replay.`);
  }
  const { plan, arms, seeds } = replay ? held! : joined(held, asked);
  const stop = listenForStop();
  const runs = await makeRuns({ plan, arms, seeds, folder, prices, replay, stop });
  if (runs === null) {
    say(folder === null ? 'Stopped; nothing was kept, because no --out was given.' : `Stopped; the same command goes on from what is in ${folder.path}.`);
    return stop.code;
  }
  const results: TrialResults = { plan, arms, seeds, runs, gardens: await growGardens(plan, arms, seeds, runs) };
  const contrasts = contrastsOf(results);
  const blocks = trialReport(results, contrasts);
  if (folder !== null && !replay) {
    const command = `lichen trial ${plan.world} --out ${flags.out!} --replay`;
    folder.put('runs.csv', runsCsv(runs));
    folder.put('operators.csv', operatorsCsv(runs));
    folder.put('report.md', markdown([...blocks, { kind: 'heading', text: 'Again' }, { kind: 'paragraph', text: 'From the recorded replies, without a model, to the same figures:' }, { kind: 'code', text: command }]));
    folder.put('trial.json', `${JSON.stringify({ ...outcome(results, contrasts) }, null, 2)}\n`);
  }
  const stream = flags.json === true ? process.stderr : process.stdout;
  stream.write(plainText(blocks, proseWidth(stream)));
  if (folder !== null) stream.write(replay ? `\nAll ${counted(runs.length, 'run')} came to the fingerprints that are recorded in ${folder.path}\n` : `\nThe trial is kept in ${folder.path}\n`);
  if (flags.json === true) process.stdout.write(`${JSON.stringify(outcome(results, contrasts))}\n`);
  return 0;
}

/** What a folder holds and what is asked for now, together: a trial may be given more arms and seeds later. */
function joined(held: TrialHead | null, asked: TrialHead): TrialHead {
  if (held === null) return asked;
  return {
    plan: { ...asked.plan, model: asked.plan.model ?? held.plan.model },
    arms: armNames.filter((arm) => held.arms.includes(arm) || asked.arms.includes(arm)),
    seeds: [...new Set([...held.seeds, ...asked.seeds])].sort((a, b) => a - b),
  };
}

/** All that was found but for the single lives and genomes, which stand in the runs' records. */
function outcome({ plan, arms, seeds, runs, gardens }: TrialResults, contrasts: readonly Contrast[]): object {
  return { plan, arms, seeds, runs: runs.map(({ lives: _lives, genomes: _genomes, ...run }) => run), gardens, contrasts };
}

/** Makes the runs that are not made yet; null when it was stopped before the last. */
async function makeRuns({ plan, arms, seeds, folder, prices, replay, stop }: Trial): Promise<TrialRun[] | null> {
  const all = seeds.flatMap((seed) => arms.map((arm) => ({ arm, seed, kept: folder?.run(arm, seed) ?? null })));
  const todo = all.filter(({ kept }) => replay || kept === null);
  const giveUp = new AbortController();
  stop.signal.addEventListener('abort', () => giveUp.abort(), { once: true });
  const needsModel = !replay && todo.some(({ arm }) => shareOf(arm, plan) > 0);
  const access = needsModel ? await openModel(plan, stop) : null;
  if (stop.asked !== null) return null;
  const [door] = access?.doors ?? [];
  const progress = createTrialProgress(plan, todo.map(({ arm }) => arm));
  try {
    if (needsModel && door === undefined) throw new Failure('There is no model, but an arm of this trial needs one; name one with --model, or choose --arms blind.');
    folder?.begin({ plan, arms, seeds });
    if (access !== null) progress.note(access.facts.note);
    if (todo.length < all.length) progress.note(`${counted(all.length - todo.length, 'run')} of ${all.length} ${all.length - todo.length === 1 ? 'is' : 'are'} there already.`);
    if (folder === null && needsModel) progress.note('Nothing is kept without --out: if this is stopped, it begins anew.');
    const model = door === undefined ? null : trialModel({ door, prices, capabilities: access?.capabilities ?? {}, onLost: () => giveUp.abort() });
    const made: TrialRun[] = [];
    for (const { arm, seed, kept } of all) {
      if (!replay && kept !== null) {
        made.push(kept);
        continue;
      }
      const run = await makeRun({ plan, arm, seed, folder, replay, kept, model, progress, signal: giveUp.signal });
      if (model !== null && model.lost !== null) throw new Failure(`${model.lost} The trial was stopped in the run ${arm}, seed ${seed}${folder === null ? '' : '; the same command goes on from there'}.`);
      if (run === null) return null;
      if (!replay) folder?.keep(run);
      made.push(run);
    }
    return made;
  } finally {
    progress.stop();
    for (const one of access?.doors ?? []) await one.close();
  }
}

async function openModel(plan: TrialPlan, stop: Stop): Promise<ModelAccess | null> {
  try {
    return await accessModels(plan.model ?? undefined, {}, stop.signal);
  } catch (error) {
    if (stop.asked === null) throw error;
    return null;
  }
}

interface RunErrand { plan: TrialPlan; arm: ArmName; seed: number; folder: TrialFolder | null; replay: boolean; kept: TrialRun | null; model: TrialModel | null; progress: TrialProgress; signal: AbortSignal }

async function makeRun({ plan, arm, seed, folder, replay, kept, model, progress, signal }: RunErrand): Promise<TrialRun | null> {
  const cassette = folder?.cassette(arm, seed) ?? null;
  let service: OpenModelService | null = null;
  if (shareOf(arm, plan) > 0) {
    if (replay && !existsSync(cassette!)) throw new Failure(`There is no recording ${cassette!}, so the run ${arm}, seed ${seed}, cannot be replayed.`);
    service = replay ? replayModelService(cassette!) : model!.serve(cassette);
  }
  progress.begin(arm, seed, model);
  try {
    const run = await runTrial({
      plan, arm, seed, service, signal,
      onTick(births) {
        const broken = service?.broken ?? service?.missing ?? null;
        if (broken !== null) throw new Failure(broken);
        progress.update(births);
      },
      // a replay took no time of a model's: what stands in the record is what it took
      modelFacts: () => (replay ? serviceFacts(service!, kept?.model ?? { live: 0, seconds: 0 }) : model!.facts(service!)),
    }).catch((error: unknown) => { throw error instanceof RangeError ? asFailure(error) : error; });
    if (run !== null && replay && kept !== null && kept.fingerprint !== run.fingerprint) {
      throw new Failure(`The run ${arm}, seed ${seed}, came to the fingerprint ${run.fingerprint}, but ${kept.fingerprint} is recorded: it was made by another version.`);
    }
    return run;
  } finally {
    progress.end();
    await service?.close();
  }
}

/** Each arm's genomes against those that it began with, and against the blind arm's, in gardens of each seed. */
async function growGardens(plan: TrialPlan, arms: readonly ArmName[], seeds: readonly number[], runs: readonly TrialRun[]): Promise<GardenResult[]> {
  const world = findWorld(plan.world);
  const results: GardenResult[] = [];
  if (plan.garden.gardens === 0) return results;
  for (const seed of seeds) {
    const of = (arm: ArmName): TrialRun | undefined => runs.find((run) => run.arm === arm && run.seed === seed);
    for (const arm of arms) {
      const run = of(arm);
      if (run === undefined) continue;
      const blind = arm === 'blind' ? undefined : of('blind');
      const rivals: [GardenResult['first'], string[]][] = [['start', run.genomes.start], ...(blind === undefined ? [] : [['blind', blind.genomes.end] as [ArmName, string[]]])];
      for (const [first, genomes] of rivals) {
        const shares: number[] = [];
        for (let g = 0; g < plan.garden.gardens; g++) {
          const share = commonGarden({
            world, createGenomes: () => createInstincts(world.vocabulary), parameters: plan.parameters, seed: seed * 1000 + g,
            first: genomes, second: run.genomes.end, each: plan.garden.each, ticks: plan.garden.ticks,
          });
          if (share !== null) shares.push(share);
          await breathe();
        }
        // where one side has died out no garden can be grown, and it has lost
        const lost = run.genomes.end.length === 0 ? (genomes.length === 0 ? null : 0) : genomes.length === 0 ? 1 : null;
        results.push({ seed, first, second: arm, shares, share: shares.length > 0 ? mean(shares) : lost });
      }
    }
  }
  return results;
}
