import type { z } from 'zod';
import type { CellList } from './cell-list.ts';
import type { Field } from './field.ts';
import type { SenseReader, Survey, Vocabulary } from './genomes.ts';
import type { Kernel } from './kernel.ts';
import type { ColumnSpec } from './population.ts';
import type { Saveable } from './saveable.ts';

/** A schema of numbers, each with default, range and a sentence: `z.object({ scarcity: pressure({...}) })`. */
export type ParameterSchema = z.ZodObject<Record<string, z.ZodDefault<z.ZodNumber>>>;
export type Parameters<P extends ParameterSchema = ParameterSchema> = z.output<P>;

export interface MeasureFacts { readonly name: string; readonly sentence: string; readonly lower: number; readonly upper: number }

/** A question with two answers, for whoever judges. `name` is a word for records and accounts. */
export interface JudgeQuestion { readonly name: string; readonly text: string; readonly labels: readonly [string, string] }

/** What a world is: data first, then the verbs of a tick. */
export interface WorldDefinition<S extends ColumnSpec = ColumnSpec, P extends ParameterSchema = ParameterSchema> {
  readonly name: string;
  readonly title: string;
  /** One sentence for lists and prompts. */
  readonly sentence: string;
  readonly parameters: P;
  readonly columns: S;
  readonly vocabulary: Vocabulary;
  /** Genomes of the first organisms, as text; founders take them in turn. */
  readonly founders: readonly string[];
  /** What a life came to: `lifeOf` fills these, objective first. */
  readonly objective: string;
  readonly measures: readonly [MeasureFacts, MeasureFacts];
  /** What a judge is asked about an organism's genome; the first label is the worthy one. */
  readonly question?: JudgeQuestion;
  /** How far a spoken message is heard, in steps; 0 when not given: nobody hears. */
  readonly hearing?: number;
  /** Energy at which a viewer shows an organism as full. */
  readonly energyFull: number;
  /** Width and height of the torus, in steps. */
  space(parameters: Parameters<P>): { width: number; height: number };
  /** Builds what the world keeps besides its organisms. */
  create(kernel: Kernel<S>): WorldParts<S>;
}

/** The living parts of one simulation of a world; what they save is all that is kept from tick to tick besides the population. */
export interface WorldParts<S extends ColumnSpec = ColumnSpec> extends Saveable {
  /** The resource that viewers draw; where there are several, `fields` names all of them and this is the first. */
  readonly field: Field;
  readonly fields?: readonly { readonly name: string; readonly title: string; readonly field: Field }[];
  /** The parameter that says most about the world as it is, by key, and its value now, which may have gone on from where it was set. */
  readonly headline?: { readonly key: string; value(): number };
  readonly cells: CellList;
  /** One reader a sense, in the order of the vocabulary. */
  readonly readers: readonly SenseReader[];
  /** For senses and acts that are prepared for many organisms at once. */
  readonly survey?: Survey;
  /** Bytes held besides the population's columns. */
  readonly bytes: number;
  /** Energy that entered and left all organisms so far, where the world keeps books; what each entry is, the world says. */
  readonly ledger?: Float64Array;
  /** One tick, after births and before deaths are taken out. */
  step(kernel: Kernel<S>): void;
  /** Sets up a founder or newborn in an open row; place, genome and energy are already in its columns. */
  begin(row: number): void;
  /** Writes objective and measures of the life in `row` into `life`: [objective, measure0, measure1]. */
  lifeOf(row: number, life: Float32Array): void;
}

/** Gives a world's columns and parameters their types while it is written. */
export function defineWorld<S extends ColumnSpec, P extends ParameterSchema>(world: WorldDefinition<S, P>): WorldDefinition<S, P> {
  return world;
}
