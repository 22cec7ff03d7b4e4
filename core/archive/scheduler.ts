import { AddStatus, type Archive } from './archive.ts';
import type { Asked, Emitter } from './emitter.ts';
import { exactLn } from './exact-math.ts';

export interface SchedulerOptions<T, A extends Asked<T> = readonly T[]> {
  archive: Archive<T>;
  emitters: readonly Emitter<T, A>[];
  /** How many emitters are asked each round, chosen by UCB1; all of them when left out. */
  active?: number;
  /** Weight of exploring in UCB1; 0.05 when left out, as in multi-emitter MAP-Elites. */
  zeta?: number;
  /** An archive that takes all candidates too, for reporting. */
  resultArchive?: Archive<T>;
}

/** What became of an emitter's candidates. */
export interface Tally {
  /** Those that it was asked for, whatever came. */
  candidates: number;
  /** Those of its own that entered the archive. */
  successes: number;
  /** Those that did not come, and those that something else stood in for. */
  empty: number;
  standIns: number;
}

/** How an emitter has done. */
export interface EmitterRecord extends Tally { name: string }

/** What is known of an emitter, as plain JSON. */
export interface EmitterState extends Tally { asked: number }

/** What was asked: by which emitter, and how many candidates came. */
interface Batch { emitter: number; count: number }

/**
 * Asks emitters for candidates and tells archive and emitters what became of them. With `active` below their number,
 * which of them are asked is decided each round by UCB1 (Auer, Cesa-Bianchi & Fischer 2002) after multi-emitter MAP-Elites
 * (Cully 2021): those never asked come first, in their order; then those with the highest successes / candidates +
 * ζ·√(ln(all candidates) / candidates), the earlier of equals. A success is a candidate that entered the archive; one that did not come,
 * or that something else stood in for, is a candidate without success.
 *
 * With emitters that need time `A` is `Asked<T>`: `ask` then gives a promise where one of those chosen does. All of them are asked at once,
 * and their candidates come in the order of the emitters, whichever is ready first.
 */
export class Scheduler<T, A extends Asked<T> = readonly T[]> {
  readonly archive: Archive<T>;
  readonly resultArchive: Archive<T> | null;
  readonly emitters: readonly Emitter<T, A>[];
  readonly active: number;
  readonly zeta: number;
  private tallies: Tally[];
  /** Null between `tell` and `ask`; empty while candidates are on their way. */
  private asked: Batch[] | null = null;
  private readonly solutions: T[] = [];
  private status = new Uint8Array(0);
  private value = new Float64Array(0);
  /** Which emitter each candidate came from. */
  private owner = new Uint32Array(0);

  constructor({ archive, emitters, active = emitters.length, zeta = 0.05, resultArchive }: SchedulerOptions<T, A>) {
    if (emitters.length === 0) throw new RangeError('A scheduler needs at least one emitter.');
    if (new Set(emitters).size !== emitters.length) throw new RangeError('An emitter was given to a scheduler twice; each keeps its own count.');
    if (!Number.isInteger(active) || active < 1 || active > emitters.length) throw new RangeError(`${active} of ${emitters.length} emitters are to be active; it must be a whole number from 1 to ${emitters.length}.`);
    if (!(zeta >= 0 && zeta < Infinity)) throw new RangeError(`zeta is ${zeta}; it must be 0 or a finite number above.`);
    if (resultArchive === archive) throw new RangeError('The result archive is the archive itself; leave it out.');
    this.archive = archive;
    this.resultArchive = resultArchive ?? null;
    this.emitters = emitters;
    this.active = active;
    this.zeta = zeta;
    this.tallies = emitters.map(() => ({ candidates: 0, successes: 0, empty: 0, standIns: 0 }));
  }

  /** The candidates to evaluate next, in the order in which `tell` wants their scores. They stay as they are until the next `ask`. */
  ask(): A {
    if (this.asked !== null) throw new Error('ask was called twice: tell the scores of the first candidates before asking for more.');
    const chosen = this.choose();
    const lists = chosen.map((emitter) => this.emitters[emitter]!.ask());
    if (!lists.some(isPromise)) return this.gather(chosen, lists as readonly (readonly T[])[]) as A;
    this.asked = [];
    return Promise.all(lists).then((come) => this.gather(chosen, come), (error: unknown) => {
      this.asked = null;
      throw error;
    }) as A;
  }

  private gather(chosen: readonly number[], lists: readonly (readonly T[])[]): readonly T[] {
    const { solutions } = this;
    let count = 0;
    this.asked = chosen.map((emitter, i) => {
      for (const solution of lists[i]!) solutions[count++] = solution;
      return { emitter, count: lists[i]!.length };
    });
    solutions.length = count;
    return solutions;
  }

  /** Adds the candidates that were asked for to the archive. */
  tell(objectives: ArrayLike<number>, measures: ArrayLike<number>): void {
    const { asked, solutions, archive } = this;
    if (asked === null || asked.length === 0) throw new Error(`tell was called before ${asked === null ? 'ask' : 'the candidates had come'}: there are none that these scores could be of.`);
    const count = solutions.length;
    if (objectives.length !== count * archive.objectiveCount || measures.length !== count * archive.measureCount) {
      throw new RangeError(`${count} candidates came back with ${objectives.length} objectives and ${measures.length} measures; ${count * archive.objectiveCount} and ${count * archive.measureCount} are needed.`);
    }
    if (this.status.length !== count) {
      this.status = new Uint8Array(count);
      this.value = new Float64Array(count);
      this.owner = new Uint32Array(count);
    }
    const { status, value, owner } = this;
    let from = 0;
    for (const { emitter, count: n } of asked) {
      owner.fill(emitter, from, from + n);
      from += n;
    }
    const keep = (i: number): T => this.emitters[owner[i]!]!.keep(solutions[i]!);
    archive.addBatch(count, objectives, measures, keep, { status, value });
    this.resultArchive?.addBatch(count, objectives, measures, keep);
    this.asked = null;
    from = 0;
    for (const { emitter, count: n } of asked) {
      const maker = this.emitters[emitter]!;
      const { empty = 0, standIns = [] } = maker;
      const tally = this.tallies[emitter]!;
      tally.candidates += n + empty;
      tally.empty += empty;
      tally.standIns += standIns.length;
      for (let i = from; i < from + n; i++) if (status[i] !== AddStatus.notAdded) tally.successes++;
      for (const i of standIns) if (status[from + i] !== AddStatus.notAdded) tally.successes--;
      if (maker.tell !== undefined) maker.tell(status.subarray(from, from + n) as ArrayLike<AddStatus>, value.subarray(from, from + n));
      from += n;
    }
  }

  /** How each emitter has done, in their order. */
  records(): EmitterRecord[] {
    return this.emitters.map(({ name }, i) => ({ name, ...this.tallies[i]! }));
  }

  /** What `restore` needs to go on from here, of each emitter; to be asked for between `tell` and `ask`. */
  state(): EmitterState[] {
    return this.emitters.map(({ asked }, i) => ({ asked, ...this.tallies[i]! }));
  }

  /** Goes on where `state` was taken; the archives are saved by themselves. */
  restore(state: readonly EmitterState[]): void {
    if (state.length !== this.emitters.length) throw new RangeError(`The state is of ${state.length} emitters; this scheduler has ${this.emitters.length}.`);
    this.tallies = state.map(({ asked: _, ...tally }) => tally);
    this.emitters.forEach((emitter, i) => { emitter.asked = state[i]!.asked; });
  }

  private choose(): number[] {
    const all = this.emitters.map((_, i) => i);
    if (this.active === all.length) return all;
    const total = this.tallies.reduce((sum, { candidates }) => sum + candidates, 0);
    const worth = this.tallies.map(({ candidates: n, successes }) => {
      return n === 0 ? Infinity : successes / n + this.zeta * Math.sqrt(exactLn(total) / n);
    });
    const chosen = all.sort((a, b) => (worth[a] === worth[b] ? a - b : worth[b]! - worth[a]!)).slice(0, this.active);
    return chosen.sort((a, b) => a - b);
  }
}

function isPromise<T>(asked: Asked<T>): asked is Promise<readonly T[]> {
  return asked instanceof Promise;
}
