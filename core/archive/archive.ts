import type { Observable } from 'rxjs';
import type { RandomStream } from '../kernel/random.ts';
import type { PayloadCodec } from './codec.ts';

/** What adding a candidate came to, in the order of merit. */
export const AddStatus = { notAdded: 0, improved: 1, new: 2 } as const;
export type AddStatus = (typeof AddStatus)[keyof typeof AddStatus];

/** The best solution found in a cell. */
export interface Elite<T> {
  cell: number;
  solution: T;
  objective: number;
  measures: number[];
}

/** A cell whose elite is another than before. */
export interface Change<T> {
  cell: number;
  /** Position in the batch of the candidate that took the cell; −1 where the archive moved what it had. */
  candidate: number;
  /** `improved`, or `new` where the cell had been empty; `notAdded` where it was emptied. */
  status: AddStatus;
  /** Null where the cell was emptied. */
  elite: Elite<T> | null;
  displaced: Elite<T> | null;
}

/** What came of one call of `add` or `addBatch`. */
export interface Added<T> {
  /** Of each candidate, in order, against the archive as it was before the call. */
  status: Uint8Array;
  value: Float64Array;
  /** By rising cell. */
  changes: readonly Change<T>[];
}

/** Where `addBatch` is to write what came of each candidate; what is left out is not reported. */
export interface Report<T> {
  status?: Uint8Array;
  /** Objective for a new cell without a threshold, else objective − threshold; each container says what its threshold is. */
  value?: Float64Array;
  /** Novelty, in the containers that know it: novelty archive and dominated novelty search. */
  novelty?: Float64Array;
  /** Of the nearest neighbours, how many have a lower objective (novelty archive). */
  competition?: Uint32Array;
  /** Told of each cell that changed, by rising cell: who took it (−1 for none of the batch), and the solution it displaced. */
  onChange?: (cell: number, candidate: number, displaced: T | undefined) => void;
}

export interface ArchiveStats {
  numElites: number;
  cells: number;
  coverage: number;
  qdScore: number;
  normQdScore: number;
  objMax: number;
  objMean: number;
  /** Of the candidates' shares of the cells they fell into, in nats. NaN before the first. */
  entropy: number;
  /** Entropy over its greatest for as many cells (Pielou 1966), 0 to 1. NaN with fewer than two cells visited. */
  evenness: number;
  /** Chance that two candidates, drawn with replacement, fell into different cells (Simpson's 1 − Σ p²). NaN before the first. */
  simpson: number;
}

/** The cells whose elite changed between two revisions, for a viewer that draws them. */
export interface ArchiveDiff {
  from: number;
  to: number;
  /** Rising. */
  cells: Uint32Array;
  /** Of each of these cells; NaN where it was emptied. */
  objectives: Float64Array;
  numElites: number;
  coverage: number;
  qdScore: number;
}

/**
 * A container of quality-diversity: solutions with an objective (the greater the better) and measures, of which it keeps
 * the elites. What it holds of a solution is whatever it is handed: a genome, a handle, a text.
 *
 * A candidate enters if its objective is strictly above the threshold of its cell, so a tie keeps the incumbent. Within
 * a batch the best per cell wins, the first among equals, and everything reported is against the archive before the
 * batch. An objective or measure that is not finite is an error that names the candidate, and nothing of its batch is
 * added. Containers differ in what a cell is; see their own descriptions.
 */
export interface Archive<T> extends Iterable<Elite<T>> {
  readonly kind: string;
  readonly measureCount: number;
  /** Objectives of a candidate: 1, or 2 in the Pareto archive. */
  readonly objectiveCount: number;
  readonly cells: number;

  /** Adds one candidate; returns its status. */
  add(solution: T, objective: number | ArrayLike<number>, measures: ArrayLike<number>): AddStatus;
  /**
   * Adds `count` candidates at once.
   *
   * @param objectives `objectiveCount` numbers a candidate
   * @param measures `measureCount` numbers a candidate, side by side
   * @param solution called for each candidate that the archive takes, and for no other, while it takes it: it has to answer, for
   *   where it throws, what was taken before stays
   * @throws RangeError naming the candidate if a number is not finite
   */
  addBatch(count: number, objectives: ArrayLike<number>, measures: ArrayLike<number>, solution: (candidate: number) => T, report?: Report<T>): void;

  /** Cell of a point in measure space; −1 where an archive without a tessellation is empty. */
  cellOf(measures: ArrayLike<number>, from?: number): number;
  /** The elite of a cell, or null when it is empty. */
  elite(cell: number): Elite<T> | null;
  /** The elite of the cell that a point lies in, or null. */
  retrieve(measures: ArrayLike<number>): Elite<T> | null;
  /** What `elite(cell).solution` is, without making anything; undefined when the cell is empty. */
  solution(cell: number): T | undefined;
  /** A filled cell, each with the same chance. Throws when there is none. */
  sampleCell(random: Pick<RandomStream, 'below'>): number;
  /** Elites drawn with replacement, each with the same chance. */
  sample(count: number, random: Pick<RandomStream, 'below'>): Elite<T>[];
  /** Elites by rising cell. */
  [Symbol.iterator](): Iterator<Elite<T>>;

  /** The best that ever entered, whether or not the archive still has it. */
  readonly best: Elite<T> | null;
  readonly numElites: number;
  /** numElites / cells. */
  readonly coverage: number;
  /** Sum over elites of objective − offset. */
  readonly qdScore: number;
  /** qdScore / cells. */
  readonly normQdScore: number;
  /** Best objective ever seen; −Infinity before the first. */
  readonly objMax: number;
  /** Mean objective of the elites; NaN without any. */
  readonly objMean: number;
  stats(): ArchiveStats;

  /** Rises with every call that changed a cell. */
  readonly revision: number;
  /** What changed since a revision that was seen earlier; everything since 0. Any number of viewers may ask. */
  diff(since: number): ArchiveDiff;
  /** One emission for each call of `add` and `addBatch`. */
  readonly added$: Observable<Added<T>>;

  /** The measures that stand for several evaluations of one solution: their mean, or of categories the commonest. */
  typical(points: readonly (readonly number[])[]): number[];
  /** An archive of the same kind and choices with nothing in it. */
  emptied(): Archive<T>;
  /** Everything that a later `loadArchive` needs to go on to the bit, in a versioned form. */
  save(codec: PayloadCodec<T>): Uint8Array;
}
