import { appraiseLives } from '../core/archive/appraisal.ts';
import { admitElites } from '../core/archive/immigration.ts';
import { archiveFacts, archiveLives, type ArchiveChoice, type LifeArchive } from '../core/archive/life-archive.ts';
import { advance } from '../core/advance.ts';
import { MeasureTally } from '../core/experiments/measure-tally.ts';
import { StopWatch, type Ending, type StopConditions } from '../core/experiments/stop.ts';
import type { NumberedCommand } from '../core/events/command.ts';
import { Prompter } from '../core/events/prompter.ts';
import type { Packable } from '../core/kernel/packed.ts';
import type { Saveable } from '../core/kernel/saveable.ts';
import type { OperatorName } from '../core/kernel/tick-events.ts';
import type { MeasureOptions } from '../core/measures/measure-options.ts';
import { createMeasures, type Measures } from '../core/measures/measures.ts';
import { Phylogeny } from '../core/measures/phylogeny.ts';
import { createSkeletons, drawSituations } from '../core/measures/skeleton.ts';
import { countTotals, type Totals } from '../core/measures/totals.ts';
import { ScheduleDriver } from '../core/schedules/driver.ts';
import type { Schedules } from '../core/schedules/schedule.ts';
import type { Simulation } from '../core/simulation.ts';
import type { BranchSpec, OperatorChoice } from '../core/spec.ts';
import { createInstincts } from '../agents/instincts/store.ts';
import type { JudgeOptions } from '../agents/judges/judge.ts';
import { createJudging, type Judging } from '../agents/judges/judging.ts';
import { createMinds, type Minds } from '../agents/minds/mind.ts';
import type { MindOptions } from '../agents/minds/options.ts';
import { sumOf } from '../agents/model/cost.ts';
import type { Account, ModelService } from '../agents/model/task.ts';
import { viewArchive } from '../agents/operators/archive-view.ts';
import type { LanguageOptions } from '../agents/operators/options.ts';
import { createWriter, type Writer } from '../agents/operators/writer.ts';
import { findWorld } from '../worlds/index.ts';
import { beginWorld } from './beginning.ts';
import { MIXED_SHARE } from './mixed-share.ts';

export interface LabOptions {
  world: string;
  seed: number;
  operator: OperatorChoice;
  /** Parameters that differ from the world's defaults. */
  parameters: Record<string, number>;
  /** Null when there is no model; what is planned for it then ends as fallbacks. Who makes the service closes it. */
  service: ModelService | null;
  language?: Partial<LanguageOptions>;
  minds?: Partial<MindOptions>;
  judge?: JudgeOptions;
  archive?: ArchiveChoice;
  /** What is measured; nothing when left out. */
  measures?: MeasureOptions;
  /** Genomes of the first organisms instead of the world's own. */
  founders?: readonly string[];
  /** Where this run parts from others. */
  branches?: readonly BranchSpec[];
  /** Parameters that change while it runs. */
  schedules?: Schedules;
  /** What ends it; whoever runs the ticks looks at `stopWatch`. */
  stop?: StopConditions;
  /** Commands of a recorded run, whose turns of parameters are given again. */
  recorded?: readonly NumberedCommand[];
}

/**
 * A simulation with everyone who listens to it. The one place where world, genomes, models and measures meet.
 *
 * Saved between two ticks and loaded into one made with the same options, it goes on to the bit; what models still owe is
 * asked for again.
 */
export interface Lab extends Saveable {
  readonly operator: OperatorChoice;
  readonly simulation: Simulation;
  readonly archive: LifeArchive;
  readonly archiveChoice: ArchiveChoice;
  readonly totals: Totals;
  readonly phylogeny: Phylogeny;
  /** Null when nothing is wanted. */
  readonly measures: Measures | null;
  readonly service: ModelService | null;
  /** Those who answer for models; null without a service. */
  readonly writer: Writer | null;
  readonly thinker: Minds | null;
  readonly judging: Judging | null;
  readonly prompter: Prompter;
  readonly schedules: ScheduleDriver;
  readonly stopWatch: StopWatch;
  /** What the measures that were taken came to. */
  readonly tally: MeasureTally;
  /** One tick, waiting first for what models owe it, and last for whoever keeps a record; returns whether it had to wait for models. */
  tick(): Promise<boolean>;
  /** Called at the end of each tick; what it returns is waited for. */
  afterTick: (() => Promise<void> | undefined) | null;
  /** Stops asking; what is unanswered ends as fallbacks. */
  close(): void;
}

/** Throws an error with one sentence for an unknown world or a bad parameter. */
export function createLab(options: LabOptions): Lab {
  const { world: name, seed, operator, parameters, service, archive: archiveChoice = { objective: 'life' }, founders } = options;
  const world = findWorld(name);
  const share = operator === 'classical' ? 0 : operator === 'llm' ? 1 : parameters['modelShare'] ?? MIXED_SHARE;
  const simulation = beginWorld({ world: name, seed, parameters: { ...parameters, modelShare: share }, ...(founders === undefined ? {} : { founders }) });
  const schedules = new ScheduleDriver(simulation, options.schedules ?? {});
  const totals = countTotals(simulation);
  const archive = archiveLives(simulation, archiveChoice);
  admitElites(simulation, archive);
  const appraiser = appraiseLives(simulation);
  const phylogeny = new Phylogeny(simulation);
  const { measures: wanted } = options;
  // few groups ask for them
  let skeletons: ReturnType<typeof createSkeletons> | null = null;
  const measures = wanted === undefined || wanted.wanted.length === 0 ? null : createMeasures({
    simulation, archive, totals, phylogeny,
    componentOf: (text) => (skeletons ??= createSkeletons({ genomes: createInstincts(world.vocabulary), vocabulary: world.vocabulary, situations: drawSituations(world.vocabulary, wanted!.situations) }))(text),
  }, wanted);
  const view = viewArchive(archive, archiveFacts(world, archiveChoice), ({ genome }) => simulation.kernel.genomes.text(genome));
  const writer = service === null ? null : createWriter({ simulation, service, archive: view, language: options.language ?? {} });
  const thinker = service === null ? null : createMinds({ simulation, service, options: options.minds ?? {} });
  const judging = service === null || world.question === undefined ? null : createJudging({ simulation, service, options: options.judge ?? {} });
  const stopWatch = new StopWatch(simulation, options.stop ?? {});
  const tally = new MeasureTally(simulation);
  const prompter = new Prompter(options.recorded ?? []);
  const answerers = { writer, thinker, judging };
  // the simulation first: it gives meaning to the handles that the others hold
  const kept: Record<string, Saveable> = {
    simulation, schedules, stopWatch, tally, archive: archive.lives, appraiser, totals, phylogeny, ...(measures === null ? {} : { measures }),
    ...(writer === null ? {} : { writer }), ...(thinker === null ? {} : { thinker }), ...(judging === null ? {} : { judging }),
  };
  const lab: Lab = {
    operator, simulation, archive, archiveChoice, totals, phylogeny, measures, service, writer, thinker, judging, prompter, schedules, stopWatch, tally,
    afterTick: null,
    async tick() {
      for (const { at, set } of options.branches ?? []) {
        if (at !== simulation.kernel.tick) continue;
        for (const [key, value] of Object.entries(set)) simulation.submit({ kind: 'set', key, value, by: 'branch' });
      }
      prompter.prompt(simulation);
      const waited = await advance(simulation, answerers);
      const more = lab.afterTick?.();
      if (more !== undefined) await more;
      return waited;
    },
    save() {
      const parts = Object.fromEntries(Object.entries(kept).map(([name, one]) => [name, one.save()]));
      return { parts, accounts: (service?.accountsUpTo(simulation.kernel.tick) ?? []) as unknown as Packable };
    },
    load(saved) {
      const { parts, accounts } = saved as { parts: Record<string, unknown>; accounts: Account[] };
      const strange = [...Object.keys(kept).filter((name) => !(name in parts)), ...Object.keys(parts).filter((name) => !(name in kept))];
      if (strange.length > 0) throw new Error(`The saved state is of a run with other parts than this one: ${strange.join(', ')}.`);
      service?.carryOver(accounts);
      for (const [name, one] of Object.entries(kept)) one.load(parts[name]);
      prompter.skip(simulation.kernel.tick);
    },
    close() {
      writer?.close();
      thinker?.close();
      judging?.close();
    },
  };
  return lab;
}

/** What a run came to: the object that `--json` prints. */
export interface RunSummary {
  world: string;
  seed: number;
  ticks: number;
  fingerprint: string;
  population: number;
  births: number;
  deaths: number;
  birthsByOperator: Record<OperatorName, number>;
  archive: { coverage: number; qdScore: number; elites: number };
  organismStepsPerSecond: number;
  /** The stop condition that ended it; null where none did: it came to its last tick, or somebody stopped it. */
  ended: Ending | null;
  model: ModelTotals;
}

/** `repaired`, `fallbacks`, `overBudget` and `copies` are of children; `accounts` of everything that was asked. */
export interface ModelTotals {
  calls: number;
  tokens: number;
  dollars: number;
  repaired: number;
  fallbacks: number;
  overBudget: number;
  copies: number;
  accounts: Account[];
}

/** `seconds`: the time that the ticks took since there had been `before` organism-steps. */
export function summarise(lab: Lab, seconds: number, before = 0): RunSummary {
  const { simulation, archive, totals } = lab;
  return {
    world: simulation.world.name, seed: simulation.seed, ticks: simulation.kernel.tick, fingerprint: simulation.fingerprint,
    population: simulation.kernel.pop.count, births: totals.births, deaths: totals.deaths, birthsByOperator: { ...totals.birthsByOperator },
    archive: { coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites },
    organismStepsPerSecond: seconds > 0 ? Math.round((totals.organismSteps - before) / seconds) : 0,
    ended: lab.stopWatch.ended,
    model: modelTotals(lab),
  };
}

export function modelTotals({ totals, service }: Pick<Lab, 'totals' | 'service'>): ModelTotals {
  const accounts = service === null ? [] : service.accounts.map((account) => ({ ...account }));
  const { calls, promptTokens, completionTokens, dollars } = sumOf(accounts);
  const { repaired, fallbacks, overBudget, copies } = totals;
  return { calls, tokens: promptTokens + completionTokens, dollars, repaired, fallbacks, overBudget, copies, accounts };
}
