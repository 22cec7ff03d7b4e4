import { archiveLives, type ArchivedLife } from '../core/archive/life-archive.ts';
import type { GridArchive } from '../core/archive/grid-archive.ts';
import { resolveParameters } from '../core/kernel/parameters.ts';
import type { OperatorName } from '../core/kernel/tick-events.ts';
import { Phylogeny } from '../core/measures/phylogeny.ts';
import { countTotals, type Totals } from '../core/measures/totals.ts';
import { Simulation } from '../core/simulation.ts';
import type { OperatorChoice } from '../core/spec.ts';
import { createInstincts } from '../agents/instincts/store.ts';
import type { ModelDoor } from '../agents/model/contract.ts';
import { createModelWriter, type ModelWriter } from '../agents/operators/model-writer.ts';
import { findWorld } from '../worlds/index.ts';

/** Share of conceptions that go to the model in a `mixed` run unless it is set. */
export const MIXED_SHARE = 0.1;

export interface LabOptions {
  world: string;
  seed: number;
  operator: OperatorChoice;
  /** Parameters that differ from the world's defaults. */
  parameters: Record<string, number>;
  /** Null when there is no model; children planned for it are then classical, and counted as fallbacks. */
  door: ModelDoor | null;
}

/** A simulation with everyone who listens to it. The one place where world, genomes, operators and measures meet. */
export interface Lab {
  readonly operator: OperatorChoice;
  readonly simulation: Simulation;
  readonly archive: GridArchive<ArchivedLife>;
  readonly totals: Totals;
  readonly phylogeny: Phylogeny;
  readonly door: ModelDoor | null;
  readonly writer: ModelWriter | null;
}

/** Throws an error with one sentence for an unknown world or a bad parameter. */
export function createLab({ world: name, seed, operator, parameters, door }: LabOptions): Lab {
  const world = findWorld(name);
  const share = operator === 'classical' ? 0 : operator === 'llm' ? 1 : parameters['modelShare'] ?? MIXED_SHARE;
  const resolved = resolveParameters(world.parameters, { ...parameters, modelShare: share });
  const simulation = new Simulation({ world, parameters: resolved, seed, genomes: createInstincts(world.vocabulary) });
  const totals = countTotals(simulation);
  const archive = archiveLives(simulation);
  const phylogeny = new Phylogeny(simulation);
  const writer = door === null ? null : createModelWriter({ simulation, door });
  return { operator, simulation, archive, totals, phylogeny, door, writer };
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
  model: { calls: number; tokens: number; repaired: number; fallbacks: number; copies: number };
}

/** `seconds`: the time that the ticks took. */
export function summarise({ simulation, archive, totals, writer }: Lab, seconds: number): RunSummary {
  return {
    world: simulation.world.name, seed: simulation.seed, ticks: simulation.kernel.tick, fingerprint: simulation.fingerprint,
    population: simulation.kernel.pop.count, births: totals.births, deaths: totals.deaths, birthsByOperator: { ...totals.birthsByOperator },
    archive: { coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites },
    organismStepsPerSecond: seconds > 0 ? Math.round(totals.organismSteps / seconds) : 0,
    model: modelTotals({ totals, writer }),
  };
}

export function modelTotals({ totals, writer }: Pick<Lab, 'totals' | 'writer'>): RunSummary['model'] {
  const usage = writer?.usage;
  return {
    calls: usage?.calls ?? 0, tokens: usage ? usage.promptTokens + usage.completionTokens : 0,
    repaired: totals.repaired, fallbacks: totals.fallbacks, copies: totals.copies,
  };
}
