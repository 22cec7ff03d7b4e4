import type { LifeArchive } from '../../archive/life-archive.ts';
import type { Saveable } from '../../kernel/saveable.ts';
import type { WorldDefinition } from '../../kernel/world.ts';
import type { Simulation } from '../../simulation.ts';
import type { GenotypePhylogeny } from '../genotypes.ts';
import type { MeasureOptions } from '../measure-options.ts';
import type { Component } from '../modes.ts';
import type { Phylogeny } from '../phylogeny.ts';
import type { Totals } from '../totals.ts';

/** One number that is measured. Its whole name is `group.name`. */
export interface MeasureFact {
  readonly name: string;
  readonly unit: string;
  readonly sentence: string;
  /** Name of the measure that says the same of a neutral shadow of the population; absent where none does. */
  readonly shadow?: string;
}

/** What of a world's definition says which measures there are. */
export type MeasuredWorld = Pick<WorldDefinition, 'columns' | 'measures'>;

/** Texts that a group embedded in a sample, and how much each counts: organisms that have it, or 1 for an elite. */
export interface TextSample { readonly group: 'embedding' | 'made'; readonly tick: number; readonly texts: readonly string[]; readonly counts: readonly number[] }

/** What measures are made from. */
export interface MeasureContext {
  readonly simulation: Simulation;
  readonly options: MeasureOptions;
  readonly archive: LifeArchive;
  readonly totals: Totals;
  readonly phylogeny: Phylogeny;
  /** What of a genome's text MODES looks at. */
  readonly componentOf: (genome: string) => Component;
  /** Made when it is first asked for, and then one for all. */
  readonly genotypes: () => GenotypePhylogeny;
  /** Hears what is embedded. */
  readonly onTexts: (sample: TextSample) => void;
}

/** A group at work. */
export interface GroupWatch {
  /** At the end of the tick in which it is asked, by name without the group; NaN where a measure is not defined. Called once a sample. */
  values(tick: number): Record<string, number>;
  /** What it keeps from tick to tick. */
  readonly kept?: Saveable;
  /** What it all came to, a sentence each. */
  words?(): string[];
}

/** Option that says how often a group is measured. */
export type Pace = 'every' | 'slowEvery' | 'modesEvery' | 'activityEvery';

/** Measures that are made together. */
export interface MeasureGroup {
  readonly name: string;
  readonly sentence: string;
  /** What it costs, in words. */
  readonly cost: string;
  readonly pace: Pace;
  facts(world: MeasuredWorld, options: MeasureOptions): readonly MeasureFact[];
  create(context: MeasureContext): GroupWatch;
}
