import { AddStatus, type Archive } from './archive.ts';
import type { Emitter } from './emitter.ts';
import { exactLn } from './exact-math.ts';

export interface SchedulerOptions<T> {
  archive: Archive<T>;
  emitters: readonly Emitter<T>[];
  /** How many emitters are asked each round, chosen by UCB1; all of them when left out. */
  active?: number;
  /** Weight of exploring in UCB1; 0.05 when left out, as in multi-emitter MAP-Elites. */
  zeta?: number;
  /** An archive that takes all candidates too, for reporting. */
  resultArchive?: Archive<T>;
}

/** How an emitter has done. */
export interface EmitterRecord { name: string; candidates: number; successes: number }

/**
 * Asks emitters for candidates and tells archive and emitters what became of them. With `active` below their number,
 * which of them are asked is decided each round by UCB1 (Auer, Cesa-Bianchi & Fischer 2002) after multi-emitter MAP-Elites
 * (Cully 2021): those never asked come first, in their order; then those with the highest successes / candidates +
 * ζ·√(ln(all candidates) / candidates), the earlier of equals. A success is a candidate that entered the archive.
 */
export class Scheduler<T> {
  readonly archive: Archive<T>;
  readonly resultArchive: Archive<T> | null;
  readonly emitters: readonly Emitter<T>[];
  readonly active: number;
  readonly zeta: number;
  private readonly candidates: Float64Array;
  private readonly successes: Float64Array;
  private asked: { emitter: number; count: number }[] | null = null;
  private readonly solutions: T[] = [];
  private status = new Uint8Array(0);
  private value = new Float64Array(0);
  /** Which emitter each candidate came from. */
  private owner = new Uint32Array(0);

  constructor({ archive, emitters, active = emitters.length, zeta = 0.05, resultArchive }: SchedulerOptions<T>) {
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
    this.candidates = new Float64Array(emitters.length);
    this.successes = new Float64Array(emitters.length);
  }

  /** The candidates to evaluate next, in the order in which `tell` wants their scores. They stay as they are until the next `ask`. */
  ask(): readonly T[] {
    if (this.asked !== null) throw new Error('ask was called twice: tell the scores of the first candidates before asking for more.');
    const chosen = this.choose();
    const { solutions } = this;
    let count = 0;
    this.asked = chosen.map((emitter) => {
      const list = this.emitters[emitter]!.ask();
      for (const solution of list) solutions[count++] = solution;
      return { emitter, count: list.length };
    });
    solutions.length = count;
    return solutions;
  }

  /** Adds the candidates that were asked for to the archive. */
  tell(objectives: ArrayLike<number>, measures: ArrayLike<number>): void {
    const { asked, solutions, archive } = this;
    if (asked === null) throw new Error('tell was called before ask: there are no candidates that these scores could be of.');
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
      for (let i = from; i < from + n; i++) if (status[i] !== AddStatus.notAdded) this.successes[emitter]!++;
      this.candidates[emitter]! += n;
      const maker = this.emitters[emitter]!;
      if (maker.tell !== undefined) maker.tell(status.subarray(from, from + n) as ArrayLike<AddStatus>, value.subarray(from, from + n));
      from += n;
    }
  }

  /** How each emitter has done, in their order. */
  records(): EmitterRecord[] {
    return this.emitters.map(({ name }, i) => ({ name, candidates: this.candidates[i]!, successes: this.successes[i]! }));
  }

  /** What `restore` needs to go on from here; to be asked for between `tell` and `ask`. */
  state(): { candidates: number[]; successes: number[]; asked: number[] } {
    return { candidates: [...this.candidates], successes: [...this.successes], asked: this.emitters.map(({ asked }) => asked) };
  }

  /** Goes on where `state` was taken; the archives are saved by themselves. */
  restore({ candidates, successes, asked }: ReturnType<Scheduler<T>['state']>): void {
    if (asked.length !== this.emitters.length) throw new RangeError(`The state is of ${asked.length} emitters; this scheduler has ${this.emitters.length}.`);
    this.candidates.set(candidates);
    this.successes.set(successes);
    this.emitters.forEach((emitter, i) => { emitter.asked = asked[i]!; });
  }

  private choose(): number[] {
    const all = this.emitters.map((_, i) => i);
    if (this.active === all.length) return all;
    const total = this.candidates.reduce((sum, n) => sum + n, 0);
    const worth = all.map((i) => {
      const n = this.candidates[i]!;
      return n === 0 ? Infinity : this.successes[i]! / n + this.zeta * Math.sqrt(exactLn(total) / n);
    });
    const chosen = all.sort((a, b) => (worth[a] === worth[b] ? a - b : worth[b]! - worth[a]!)).slice(0, this.active);
    return chosen.sort((a, b) => a - b);
  }
}
