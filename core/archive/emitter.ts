import type { AddStatus } from './archive.ts';

/** What an emitter gives: its candidates, or the promise of them where others write them, as models do. */
export type Asked<T> = readonly T[] | Promise<readonly T[]>;

/**
 * Makes candidates of any kind from what an archive holds: vectors at once (`A` is a list), programs and texts as soon as a model has
 * written them (`A` is the promise of one). What it asks for is settled when `ask` returns, by its options, the archive as it is then and
 * the count alone, so that nothing depends on what comes first.
 */
export interface Emitter<T, A extends Asked<T> = readonly T[]> {
  readonly name: string;
  /** New candidates. They stay as they are until the next `ask`; who keeps one longer keeps `keep` of it. */
  ask(): A;
  /** A candidate in a form that may be held on to. */
  keep(candidate: T): T;
  /** What the archive made of the candidates of the last `ask`, in their order. */
  tell?(status: ArrayLike<AddStatus>, value: ArrayLike<number>): void;
  /** How often it has been asked: with its options, the whole of its state. */
  asked: number;
  /** Candidates that the last `ask` should have had and for which nothing came; none when left out. */
  readonly empty?: number;
  /** Which candidates of the last `ask` stand in for those that did not come. They enter an archive as any do, but not by the emitter's merit. */
  readonly standIns?: readonly number[];
}
