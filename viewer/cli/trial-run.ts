import { z } from 'zod';
import { advance } from '../../core/advance.ts';
import { ARCHIVE_DIMS } from '../../core/archive/life-archive.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { OperatorLedger, type CountedLife } from '../../core/measures/operator-ledger.ts';
import { ledgerGroups } from '../../core/measures/operator-tally.ts';
import { readPrompt } from '../../agents/instincts/prompt-line.ts';
import type { ModelService } from '../../agents/model/task.ts';
import { createLab, type Lab } from '../lab.ts';
import { MOST_AFTER_TICKS, MOST_TICKS, armNames, shareOf, type ArmName, type TrialPlan } from './trial-plan.ts';

const group = z.enum(ledgerGroups);
/** NaN is null in JSON. */
const number = z.number().nullable().transform((value) => value ?? NaN);
const moments = z.object({ n: z.number(), mean: number, deviation: number });
const tally = z.object({
  group, births: z.number(), copies: z.number(), novel: z.number(), asked: z.number(), repaired: z.number(), fallbacks: z.number(),
  objective: moments, measure0: moments, measure1: moments, age: moments, written: z.number(), offspring: z.number(),
  birthsShare: z.number().nullable(), genomesShare: z.number().nullable(), reproductionRatio: z.number().nullable(), livingLineages: z.number(),
});

/** What one run of a trial came to; kept as JSON. */
export const trialRun = z.object({
  format: z.literal('lichen-trial-run'), version: z.literal(2),
  arm: z.enum(armNames), seed: z.number(),
  /** Births counted: as many as planned, unless everyone died before or it took too long. */
  births: z.number(),
  ended: z.enum(['whole', 'died out', 'too slow']),
  /** Ticks before counting began, while births were counted, and until the last of the counted had died. */
  ticks: z.object({ before: z.number(), counting: z.number(), after: z.number() }),
  population: z.object({ start: z.number(), end: z.number() }),
  /** Effective number of programs, exp(H). */
  diversity: z.object({ start: z.number(), end: z.number() }),
  /** Digest of the state in which counting began: the same in every arm of a seed. */
  start: z.number(),
  fingerprint: z.string(),
  tallies: z.array(tally),
  /** Lives of the counted that have ended, by id. */
  lives: z.array(z.object({
    id: z.number(), groups: z.array(group), born: z.number(), age: z.number(), children: z.number(), objective: z.number(), measure0: z.number(), measure1: z.number(),
  })),
  /** An archive of those lives alone. */
  archive: z.object({ coverage: z.number(), qdScore: z.number(), elites: z.number() }),
  /** Genomes of everyone alive when counting began and when it was over, by id. */
  genomes: z.object({ start: z.array(z.string()), end: z.array(z.string()) }),
  /** Of the replies that the run used; `seconds` of those that were waited for, which are `live`, not of recorded ones. */
  model: z.object({
    name: z.string(), where: z.string(), calls: z.number(), promptTokens: z.number(), completionTokens: z.number(), live: z.number(), seconds: z.number(),
    dollars: z.number().nullable(),
  }).nullable(),
  seconds: z.number(),
});
export type TrialRun = z.infer<typeof trialRun>;

export interface TrialRunOptions {
  plan: TrialPlan;
  arm: ArmName;
  seed: number;
  /** Null in an arm without a model. Whoever made it closes it. */
  service: ModelService | null;
  /** Aborted when the run is to be given up. */
  signal: AbortSignal;
  /** Told after each tick how many births have been counted, and before counting begins. */
  onTick(counted: number): void;
  /** Facts of the model for the record; asked at the end. */
  modelFacts(): TrialRun['model'];
}

/** Longest stretch without letting signals and replies in. */
const SLICE_MS = 25;

/**
 * One run of a trial. Up to the moment when counting begins every arm of a seed is the same world: children conceived
 * before are all classical, and the arms differ in those conceived after the burn-in, of which the first is born one
 * gestation later. Then births are counted; the model is asked for none that will not be. In the end the world goes on, with exact copies for
 * children, until the last of the counted has died, so that every life is whole.
 *
 * @returns null when it was given up
 */
export async function runTrial({ plan, arm, seed, service, signal, onTick, modelFacts }: TrialRunOptions): Promise<TrialRun | null> {
  const lab = createLab({ world: plan.world, seed, operator: 'mixed', parameters: { ...plan.parameters, modelShare: 0 }, service, language: plan.language });
  const { simulation } = lab;
  const { kernel, world } = simulation;
  const lives: CountedLife[] = [];
  const archive = new GridArchive<number>({ dims: ARCHIVE_DIMS, ranges: world.measures.map(({ lower, upper }) => [lower, upper] as const) });
  let counting = false;
  const ledger = new OperatorLedger(simulation, {
    bodyOf: withoutPrompt,
    onLife(life) {
      // those who were born and died before are none of the trial's
      if (!counting) return;
      lives.push(life);
      archive.add(life.id, life.objective, [life.measure0, life.measure1]);
    },
  });
  let conceived = 0;
  simulation.events$.subscribe((event) => {
    if (event.kind === 'tick' && event.tick > plan.burnIn) conceived += event.conceptions.count;
  });

  const set = (key: string, value: number): void => { simulation.submit({ kind: 'set', key, value }); };
  let wake: () => void = () => undefined;
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  /** Waits for a tick, or until we are to stop. (A race with one long-lived promise would hold on to every tick.) */
  const orStop = (tick: Promise<unknown>): Promise<void> => new Promise((resolve, reject) => {
    wake = resolve;
    tick.then(() => resolve(), reject);
  });
  const started = performance.now();
  let breath = started;
  /** Steps until `over`, everyone is gone, or the tick is reached; says whether to go on at all. */
  async function until(over: () => boolean, lastTick: number): Promise<boolean> {
    while (!over() && kernel.tick < lastTick && !isOver(lab) && !signal.aborted) {
      await orStop(advance(simulation, lab));
      if (signal.aborted) return false;
      onTick(ledger.counted);
      if (performance.now() - breath < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      breath = performance.now();
    }
    return !signal.aborted;
  }

  try {
    const share = shareOf(arm, plan);
    const before = plan.burnIn + kernel.parameter('gestation');
    if (!await until(() => false, plan.burnIn)) return null;
    let asking = share > 0;
    if (asking) set('modelShare', share);
    /** Whoever is conceived after the last that will be counted is none of the model's business. */
    const askNoMore = (): void => {
      if (!asking || conceived < plan.births) return;
      asking = false;
      set('modelShare', 0);
    };
    if (!await until(() => { askNoMore(); return false; }, before)) return null;

    ledger.begin(plan.births);
    counting = true;
    const start = { digest: kernel.digest(), ...census(lab) };
    set('mutationRate', plan.mutationRate);
    if (!await until(() => { askNoMore(); return ledger.counted >= plan.births; }, before + MOST_TICKS)) return null;
    const end = { tick: kernel.tick, ...census(lab) };
    const ended = ledger.counted >= plan.births ? 'whole' : isOver(lab) ? 'died out' : 'too slow';

    for (const key of ['modelShare', 'mutationRate', 'crossoverRate']) set(key, 0);
    if (!await until(() => ledger.countedAlive === 0, end.tick + MOST_AFTER_TICKS)) return null;
    return {
      format: 'lichen-trial-run', version: 2, arm, seed, births: ledger.counted, ended,
      ticks: { before, counting: end.tick - before, after: kernel.tick - end.tick },
      population: { start: start.population, end: end.population }, diversity: { start: start.diversity, end: end.diversity },
      start: start.digest, fingerprint: simulation.fingerprint, tallies: ledger.report(), lives: lives.sort((a, b) => a.id - b.id),
      archive: { coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites },
      genomes: { start: start.genomes, end: end.genomes },
      model: share > 0 ? modelFacts() : null, seconds: (performance.now() - started) / 1000,
    };
  } finally {
    signal.removeEventListener('abort', onAbort);
    lab.close();
  }
}

/** Nobody lives and nobody is to be born. */
function isOver({ simulation: { kernel } }: Lab): boolean {
  return kernel.pop.count === 0 && kernel.eggs.count === 0;
}

/** Genomes of everyone alive, by id, so that the list does not depend on the order of rows; and how many they are in effect. */
function census({ simulation: { kernel } }: Lab): { population: number; diversity: number; genomes: string[] } {
  const { id, genome } = kernel.pop.columns;
  const rows = Array.from({ length: kernel.pop.count }, (_, row) => row).sort((a, b) => id[a]! - id[b]!);
  const genomes = rows.map((row) => kernel.genomes.text(genome[row]!));
  const counts = new Map<string, number>();
  for (const body of genomes.map(withoutPrompt)) counts.set(body, (counts.get(body) ?? 0) + 1);
  let entropy = 0;
  for (const n of counts.values()) entropy -= (n / genomes.length) * Math.log(n / genomes.length);
  return { population: genomes.length, diversity: genomes.length === 0 ? 0 : Math.exp(entropy), genomes };
}

/** A program without the instruction that it carries for a model: what its bearer does is the same. */
function withoutPrompt(genome: string): string {
  return genome.slice(readPrompt(genome).end).trimStart();
}
