import { Subject, type Observable } from 'rxjs';
import type { RandomStream } from '../kernel/random.ts';
import { AddStatus, type Added, type Archive, type ArchiveDiff, type ArchiveStats, type Change, type Elite, type Report } from './archive.ts';
import type { PayloadCodec } from './codec.ts';
import { entropy, evenness, simpson } from './diversity.ts';
import { pack, type Packable } from '../kernel/packed.ts';
import { FORMAT, VERSION, PayloadTable, type SavedArchive } from './saved.ts';
import { Slots } from './slots.ts';
import { Rows } from './rows.ts';
import { meanPoint } from './tessellation.ts';

/** What the containers have in common: elites in slots, one a cell, their statistics, and word of what changed. */
export abstract class BaseArchive<T> implements Archive<T> {
  abstract readonly kind: string;
  readonly measureCount: number;
  readonly objectiveCount: number;
  readonly qdScoreOffset: number;
  objMax = -Infinity;
  best: Elite<T> | null = null;
  readonly added$: Observable<Added<T>>;
  protected readonly slots: Slots<T>;
  protected readonly rows: Rows;
  /** Candidates that fell into each cell. */
  protected visits: Uint32Array;
  private readonly added = new Subject<Added<T>>();
  /** What stood in the cells that this call has touched, and who took them; null when nobody wants to know. */
  private log: Map<number, { displaced: Elite<T> | null; candidate: number }> | null = null;
  private changed = false;

  protected constructor(capacity: number, measureCount: number, { qdScoreOffset = 0, objectiveCount = 1 }: { qdScoreOffset?: number | undefined; objectiveCount?: number } = {}) {
    if (!Number.isFinite(qdScoreOffset)) throw new RangeError(`The offset of the QD-score is ${qdScoreOffset}; it must be finite.`);
    this.measureCount = measureCount;
    this.objectiveCount = objectiveCount;
    this.qdScoreOffset = qdScoreOffset;
    this.slots = new Slots<T>(capacity, measureCount);
    this.visits = new Uint32Array(capacity);
    this.rows = new Rows(objectiveCount, measureCount);
    this.added$ = this.added.asObservable();
  }

  abstract cellOf(measures: ArrayLike<number>, from?: number): number;
  abstract emptied(): Archive<T>;
  /** Finds the cells of the candidates in `rows`. Throws, and changes nothing, where one has none. */
  protected abstract locate(): void;
  /** Adds the candidates in `rows` and says in `status` and `value` what came of each. */
  protected abstract insert(solution: (candidate: number) => T, status: Uint8Array, value: Float64Array, report: Report<T>): void;
  /** What makes an archive of the same kind and choices. */
  protected abstract choices(): Packable;
  /** What a container holds beyond slots and statistics; solutions by their number in the table. */
  protected state(_table: PayloadTable<T>): Packable { return null; }
  protected restoreState(_state: unknown, _solutions: readonly T[]): void { /* as a rule there is nothing more */ }

  get cells(): number { return this.slots.capacity; }
  get numElites(): number { return this.slots.count; }
  get coverage(): number { return this.numElites === 0 ? 0 : this.numElites / this.cells; }
  get qdScore(): number { return this.slots.objectiveSum - this.qdScoreOffset * this.numElites; }
  get normQdScore(): number { return this.numElites === 0 ? 0 : this.qdScore / this.cells; }
  get objMean(): number { return this.slots.objectiveSum / this.numElites; }
  get revision(): number { return this.slots.revision; }

  stats(): ArchiveStats {
    const { numElites, cells, coverage, qdScore, normQdScore, objMax, objMean, visits } = this;
    return { numElites, cells, coverage, qdScore, normQdScore, objMax, objMean, entropy: entropy(visits), evenness: evenness(visits), simpson: simpson(visits) };
  }

  add(solution: T, objective: number | ArrayLike<number>, measures: ArrayLike<number>): AddStatus {
    const objectives = typeof objective === 'number' ? 1 : objective.length;
    if (objectives !== this.objectiveCount || measures.length !== this.measureCount) {
      throw new RangeError(`A candidate came with ${objectives} objectives and ${measures.length} measures; the archive has ${this.objectiveCount} and ${this.measureCount}.`);
    }
    if (typeof objective === 'number') this.rows.takeOne(objective, measures);
    else this.rows.take(1, objective, measures);
    return this.enter(1, () => solution, {});
  }

  addBatch(count: number, objectives: ArrayLike<number>, measures: ArrayLike<number>, solution: (candidate: number) => T, report: Report<T> = {}): void {
    this.rows.take(count, objectives, measures);
    this.enter(count, solution, report);
  }

  /** Adds what `rows` has taken. Returns what came of the first candidate, which `rows` no longer says when whoever listens has added something meanwhile. */
  private enter(count: number, solution: (candidate: number) => T, report: Report<T>): AddStatus {
    const { rows } = this;
    this.locate();
    const { observed } = this.added;
    this.log = observed || report.onChange !== undefined ? new Map() : null;
    this.changed = false;
    this.insert(solution, rows.status, rows.value, report);
    report.status?.set(rows.status.subarray(0, count));
    report.value?.set(rows.value.subarray(0, count));
    const first = rows.status[0]! as AddStatus;
    if (this.log === null) return first;
    const log = [...this.log].sort(([a], [b]) => a - b);
    this.log = null;
    if (report.onChange !== undefined) for (const [cell, { candidate, displaced }] of log) report.onChange(cell, candidate, displaced?.solution);
    if (!observed) return first;
    const changes = log.map(([cell, { candidate, displaced }]): Change<T> => {
      const elite = this.elite(cell);
      return { cell, candidate, displaced, elite, status: elite === null ? AddStatus.notAdded : displaced === null ? AddStatus.new : AddStatus.improved };
    });
    this.added.next({ status: rows.status.slice(0, count), value: rows.value.slice(0, count), changes });
    return first;
  }

  elite(cell: number): Elite<T> | null {
    const { slots, measureCount } = this;
    if (!(cell >= 0 && cell < slots.capacity && slots.has(cell))) return null;
    const measures = Array.from(slots.measures.subarray(cell * measureCount, (cell + 1) * measureCount));
    return { cell, solution: slots.solutions[cell] as T, objective: slots.objective[cell]!, measures };
  }

  solution(cell: number): T | undefined {
    return this.slots.solutions[cell];
  }

  retrieve(measures: ArrayLike<number>): Elite<T> | null {
    return this.elite(this.cellOf(measures));
  }

  typical(points: readonly (readonly number[])[]): number[] {
    return meanPoint(points, this.measureCount);
  }

  sampleCell(random: Pick<RandomStream, 'below'>): number {
    const { count, filled } = this.slots;
    if (count === 0) throw new Error('Nothing can be sampled from an archive that is empty.');
    return filled[random.below(count)]!;
  }

  sample(count: number, random: Pick<RandomStream, 'below'>): Elite<T>[] {
    return Array.from({ length: count }, () => this.elite(this.sampleCell(random)) as Elite<T>);
  }

  *[Symbol.iterator](): Generator<Elite<T>, undefined> {
    for (let cell = 0; cell < this.slots.capacity; cell++) {
      const elite = this.elite(cell);
      if (elite !== null) yield elite;
    }
  }

  diff(since: number): ArchiveDiff {
    const { slots, numElites, coverage, qdScore, revision } = this;
    const { changedAt, objective } = slots;
    const cells: number[] = [];
    for (let cell = 0; cell < slots.capacity; cell++) if (changedAt[cell]! > since) cells.push(cell);
    return {
      from: since, to: revision, cells: Uint32Array.from(cells),
      objectives: Float64Array.from(cells, (cell) => (slots.has(cell) ? objective[cell]! : NaN)),
      numElites, coverage, qdScore,
    };
  }

  save(codec: PayloadCodec<T>): Uint8Array {
    const table = new PayloadTable<T>();
    const { solutions, ...slots } = this.slots.state();
    const best = this.best === null ? null : { ...this.best, solution: table.number(this.best.solution) };
    const saved = {
      format: FORMAT, version: VERSION, kind: this.kind, codec: codec.name, choices: this.choices(),
      slots: { ...slots, solutions: table.numbers(solutions) },
      visits: this.visits, objMax: this.objMax, best, state: this.state(table),
    };
    return pack({ ...saved, payloads: table.size, payload: codec.encode(table.list) });
  }

  /** Takes over what was saved; for `loadArchive`, which makes the archive it belongs to. */
  restore(saved: SavedArchive, solutions: readonly T[]): void {
    const list = Array.from(saved.slots.solutions, (number) => solutions[number]!);
    this.slots.restore({ ...saved.slots, solutions: list });
    this.visits = saved.visits.slice();
    this.objMax = saved.objMax;
    this.best = saved.best === null ? null : { ...saved.best, solution: solutions[saved.best.solution]! };
    this.restoreState(saved.state, solutions);
  }

  /** Puts a solution into a cell. `measures[from…]` are its measures. */
  protected put(cell: number, candidate: number, solution: T, objective: number, measures: ArrayLike<number>, from: number): void {
    this.touch(cell, candidate);
    this.slots.put(cell, solution, objective, measures, from);
    if (this.best === null || objective > this.best.objective) this.best = this.elite(cell);
  }

  /** Empties a cell. */
  protected clear(cell: number): void {
    this.touch(cell, -1);
    this.slots.remove(cell);
  }

  /** Makes room for cells up to a number. */
  protected reserve(cells: number): void {
    this.slots.reserve(cells);
    if (this.visits.length >= this.slots.capacity) return;
    const { visits } = this;
    this.visits = new Uint32Array(this.slots.capacity);
    this.visits.set(visits);
  }

  private touch(cell: number, candidate: number): void {
    if (!this.changed) {
      this.changed = true;
      this.slots.revision++;
    }
    if (this.log === null) return;
    const entry = this.log.get(cell);
    if (entry === undefined) this.log.set(cell, { displaced: this.elite(cell), candidate });
    else entry.candidate = candidate;
  }
}
