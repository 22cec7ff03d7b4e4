import { archiveFacts, archiveLives, type ArchiveChoice, type ArchivedLife } from '../core/archive/life-archive.ts';
import type { GridArchive } from '../core/archive/grid-archive.ts';
import { advance } from '../core/advance.ts';
import type { NumberedCommand } from '../core/events/command.ts';
import { Prompter } from '../core/events/prompter.ts';
import { resolveParameters } from '../core/kernel/parameters.ts';
import type { OperatorName } from '../core/kernel/tick-events.ts';
import { Phylogeny } from '../core/measures/phylogeny.ts';
import { countTotals, type Totals } from '../core/measures/totals.ts';
import { Simulation } from '../core/simulation.ts';
import type { OperatorChoice } from '../core/spec.ts';
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

/** Share of conceptions that go to the model in a `mixed` run unless it is set. */
export const MIXED_SHARE = 0.1;

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
  /** Genomes of the first organisms instead of the world's own. */
  founders?: readonly string[];
  /** Commands of a recorded run, whose turns of parameters are given again. */
  recorded?: readonly NumberedCommand[];
}

/** A simulation with everyone who listens to it. The one place where world, genomes, models and measures meet. */
export interface Lab {
  readonly operator: OperatorChoice;
  readonly simulation: Simulation;
  readonly archive: GridArchive<ArchivedLife>;
  readonly archiveChoice: ArchiveChoice;
  readonly totals: Totals;
  readonly phylogeny: Phylogeny;
  readonly service: ModelService | null;
  /** Those who answer for models; null without a service. */
  readonly writer: Writer | null;
  readonly thinker: Minds | null;
  readonly judging: Judging | null;
  readonly prompter: Prompter;
  /** One tick, waiting first for what models owe it; returns whether it had to wait. */
  tick(): Promise<boolean>;
  /** Stops asking; what is unanswered ends as fallbacks. */
  close(): void;
}

/** Throws an error with one sentence for an unknown world or a bad parameter. */
export function createLab(options: LabOptions): Lab {
  const { world: name, seed, operator, parameters, service, archive: archiveChoice = { objective: 'life' }, founders } = options;
  const world = findWorld(name);
  const share = operator === 'classical' ? 0 : operator === 'llm' ? 1 : parameters['modelShare'] ?? MIXED_SHARE;
  const resolved = resolveParameters(world.parameters, { ...parameters, modelShare: share });
  const simulation = new Simulation({
    world, parameters: resolved, seed, genomes: createInstincts(world.vocabulary), ...(founders === undefined ? {} : { founders }),
  });
  const totals = countTotals(simulation);
  const archive = archiveLives(simulation, archiveChoice);
  const phylogeny = new Phylogeny(simulation);
  const view = viewArchive(archive, archiveFacts(world, archiveChoice), (genome) => simulation.kernel.genomes.text(genome));
  const writer = service === null ? null : createWriter({ simulation, service, archive: view, language: options.language ?? {} });
  const thinker = service === null ? null : createMinds({ simulation, service, options: options.minds ?? {} });
  const judging = service === null || world.question === undefined ? null : createJudging({ simulation, service, options: options.judge ?? {} });
  const prompter = new Prompter(options.recorded ?? []);
  const answerers = { writer, thinker, judging };
  return {
    operator, simulation, archive, archiveChoice, totals, phylogeny, service, writer, thinker, judging, prompter,
    tick() {
      prompter.prompt(simulation);
      return advance(simulation, answerers);
    },
    close() {
      writer?.close();
      thinker?.close();
      judging?.close();
    },
  };
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

/** `seconds`: the time that the ticks took. */
export function summarise(lab: Lab, seconds: number): RunSummary {
  const { simulation, archive, totals } = lab;
  return {
    world: simulation.world.name, seed: simulation.seed, ticks: simulation.kernel.tick, fingerprint: simulation.fingerprint,
    population: simulation.kernel.pop.count, births: totals.births, deaths: totals.deaths, birthsByOperator: { ...totals.birthsByOperator },
    archive: { coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites },
    organismStepsPerSecond: seconds > 0 ? Math.round(totals.organismSteps / seconds) : 0,
    model: modelTotals(lab),
  };
}

export function modelTotals({ totals, service }: Pick<Lab, 'totals' | 'service'>): ModelTotals {
  const accounts = service === null ? [] : service.accounts.map((account) => ({ ...account }));
  const { calls, promptTokens, completionTokens, dollars } = sumOf(accounts);
  const { repaired, fallbacks, overBudget, copies } = totals;
  return { calls, tokens: promptTokens + completionTokens, dollars, repaired, fallbacks, overBudget, copies, accounts };
}
