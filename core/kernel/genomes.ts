import type { RandomStream } from './random.ts';
import type { Saveable } from './saveable.ts';

/** A sense as a world declares it: name, sentence, unit and range are data; the reading function is bound at run time. */
export interface SenseFacts {
  /** e.g. `grass.here`: lower-case words joined by a dot. */
  readonly name: string;
  /** One sentence for help, prompt and tooltip. */
  readonly sentence: string;
  /** Printed after a number compared with this sense: `%`, `steps`, `ticks`, or nothing. */
  readonly unit: '' | '%' | 'steps' | 'ticks';
  /** Range of readings, inclusive; founders and mutation draw constants from it. */
  readonly lower: number;
  readonly upper: number;
}

export interface ActFacts {
  readonly name: string;
  readonly sentence: string;
  /** What may follow the act (`flee hunter`); empty when it takes nothing. */
  readonly targets: readonly string[];
}

/** All that a genome can speak of. Parser, printer, mutation, help, prompt and decoding grammar are generated from it. */
export interface Vocabulary {
  readonly senses: readonly SenseFacts[];
  readonly acts: readonly ActFacts[];
  /** Signals an organism can send; hearing them is a sense like any other. */
  readonly signals: readonly string[];
  /** Memory registers, one letter each; numbers that stay from tick to tick. */
  readonly registers: readonly string[];
}

/** Reads one sense of the organisms in the first `count` of `rows`, into as many readings. Reading changes nothing that anyone reads. */
export type SenseReader = (rows: Uint32Array, count: number, readings: Float64Array) => void;

/**
 * Readings that cost much less when they are made for many at once, in an order that suits the world. Who needs one asks
 * for it, and waits until all are served; rows that are not asked for are not served.
 */
export interface Survey {
  /** 1 for each sense that needs it, and for each act that does, by index in the vocabulary. */
  readonly senses: Uint8Array;
  readonly acts: Uint8Array;
  /** Set to 1 for each row that asks; the world clears it. */
  readonly asked: Uint8Array;
  /** Serves all that have asked. */
  serve(): void;
}

/**
 * What the genomes need to decide a tick: live rows are [0, count). Readings are of the state at the start of the phase;
 * writes go only to the organism's own row, so the order of visits cannot matter.
 */
export interface DecisionRows {
  count: number;
  id: Uint32Array;
  genome: Uint32Array;
  /** Registers, `registers.length` a row, side by side. */
  memory: Float32Array;
  /** Chosen act (index into `Vocabulary.acts`), its target (index into that act's targets, 0 when it takes none). */
  act: Uint8Array;
  target: Uint8Array;
  /** Signal sent from now on: 0 silent, else 1 + index into `Vocabulary.signals`. */
  nextSignal: Uint8Array;
  /** Index of the rule that acted. */
  fired: Uint8Array;
  readers: readonly SenseReader[];
  survey: Survey | null;
  /** Room for a word a row, whose contents nobody needs. */
  scratch: Uint32Array;
  /** Key for this tick's chances; the counter is (id, number of the chance within the genome). */
  key0: number;
  key1: number;
}

/** A child's genome, and what was done to the first parent's to get it: bits of `Variation`, 0 where it is a copy. */
export interface VariedGenome { handle: number; variation: number }

/**
 * The genomes of a world, handed to the kernel by whoever knows how to read them. A handle is a small integer that is
 * the same for equal genomes and may be used again once nobody holds it.
 */
export interface Genomes extends Saveable {
  /** Registers a row needs in `DecisionRows.memory`. */
  readonly registersPerRow: number;
  /** Distinct genomes held now. */
  readonly distinct: number;
  /** The handle of a genome given as text, held once more. Throws an error with one sentence when the text is no genome. */
  intern(text: string): number;
  retain(handle: number): void;
  release(handle: number): void;
  /** Canonical text. */
  text(handle: number): string;
  /** How large it is and how deeply it nests, where that makes sense. */
  size?(handle: number): number;
  depth?(handle: number): number;
  /** A child by the classical operators, held once: a copy, a mutant or (given a second parent) a recombinant. */
  vary(first: number, second: number | null, random: RandomStream, mutationRate: number): VariedGenome;
  decide(rows: DecisionRows): void;
}
