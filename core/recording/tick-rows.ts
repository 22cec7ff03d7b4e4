import type { ArchiveEvent, LabEvent, MeasuresEvent, TickEvent } from '../events/event.ts';
import type { BirthSlices, DeathSlices } from '../kernel/tick-events.ts';
import { NOBODY } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';
import { GenomeKeys } from './genome-keys.ts';
import { TableRows, type RowBatch } from './row-batch.ts';
import { recordTables, tableNames, type RecordTables, type TableName } from './tables.ts';

/** Rows handed over at once: of tables that get many, and of the others. */
const MANY = 16_384;
const FEW = 1024;
const many: readonly TableName[] = ['births', 'deaths', 'positions'];

type Tables = { readonly [N in TableName]: TableRows<RecordTables[N], N> };

/** What a world calls things, for the tables of its record. */
export function tablesOf({ world }: Pick<Simulation, 'world'>): RecordTables {
  return recordTables({ acts: world.vocabulary.acts.map(({ name }) => name), measures: [world.measures[0].name, world.measures[1].name] });
}

/**
 * Makes rows of what a simulation emits, as it is emitted: every slice is copied at once, and nothing is changed. Rows of a
 * table are in the order of the events; those of `positions` as they lie in the population.
 */
export class TickRows {
  private readonly simulation: Simulation;
  private readonly positionsEvery: number;
  private readonly rowsOf: Tables;
  private readonly keys: GenomeKeys;
  /** Place of this tick's row, whose fingerprint goes on while observers answer. */
  private tickRow = 0;
  private founders = 0;
  private current = 0;
  private handed = 0;

  /**
   * Of a simulation that has not made a step yet, founders are rows of tick 0.
   *
   * @param positionsEvery ticks from one sample of `positions` to the next; 0 takes none
   * @param handOver takes rows, once there are enough of them
   */
  constructor({ simulation, tables, positionsEvery, handOver }: { simulation: Simulation; tables: RecordTables; positionsEvery: number; handOver: (batch: RowBatch<TableName>) => void }) {
    this.simulation = simulation;
    this.positionsEvery = positionsEvery;
    const hand = (batch: RowBatch<TableName>): void => {
      this.handed += batch.count;
      handOver(batch);
    };
    this.rowsOf = Object.fromEntries(tableNames.map((name) => [name, new TableRows(name, tables[name], many.includes(name) ? MANY : FEW, hand)])) as unknown as Tables;
    const { genomes } = simulation.kernel;
    this.keys = new GenomeKeys(genomes, (handle, text, low, high) => {
      const rows = this.rowsOf.genomes;
      const at = rows.open(1);
      const { columns: c } = rows;
      c.genome[2 * at] = low;
      c.genome[2 * at + 1] = high;
      c.tick[at] = this.current;
      c.text.push(text);
      c.size[at] = genomes.size?.(handle) ?? NOBODY;
      c.depth[at] = genomes.depth?.(handle) ?? NOBODY;
    });
    this.current = simulation.kernel.tick;
    if (this.current === 0) this.settle();
  }

  /** Rows since the last segment began. */
  get rows(): number {
    return tableNames.reduce((sum, name) => sum + this.rowsOf[name].count, this.handed);
  }

  hear(event: LabEvent): void {
    if (event.kind === 'tick') this.tick(event);
    else if (event.kind === 'archive') this.archive(event);
    else this.measures(event);
  }

  /** Hands over all there is. What comes now stands in another segment. */
  endSegment(): void {
    for (const name of tableNames) this.rowsOf[name].flush();
    this.handed = 0;
    this.keys.beginSegment();
  }

  /** Takes back memory that was handed over. */
  reuse(table: TableName, memory: SharedArrayBuffer): void {
    this.rowsOf[table].reuse(memory);
  }

  private settle(): void {
    const { births, pop } = this.simulation.kernel;
    this.founders = births.count;
    this.births(births, 0, 0);
    this.noteTick(0, pop.count, this.founders, 0, 0, 0, 0, 0);
  }

  private tick(event: TickEvent): void {
    const { tick, births, deaths, thoughts, judgings, conceptions, messages, commands } = event;
    this.current = tick;
    // founders stand in the births of the first tick, too
    const first = tick === 1 ? this.founders : 0;
    this.births(births, first, tick);
    this.deaths(deaths, tick);
    if (commands.length > 0) this.commands(event);
    if (thoughts.count > 0) this.thoughts(event);
    if (judgings.count > 0) this.judgings(event);
    for (const { from, text, hearers } of messages) {
      const rows = this.rowsOf.messages;
      const at = rows.open(1);
      rows.columns.tick[at] = tick;
      rows.columns.from[at] = from;
      rows.columns.text.push(text);
      rows.columns.hearers.push(JSON.stringify(hearers));
    }
    if (this.positionsEvery > 0 && tick % this.positionsEvery === 0) this.positions(tick);
    this.noteTick(tick, event.population, births.count - first, deaths.count, conceptions.count, thoughts.count, judgings.count, event.refused);
  }

  private noteTick(tick: number, population: number, births: number, deaths: number, conceptions: number, thoughts: number, judgings: number, refused: number): void {
    const rows = this.rowsOf.ticks;
    const at = this.tickRow = rows.open(1);
    const { columns: c } = rows;
    c.tick[at] = tick;
    c.fingerprint[at] = this.simulation.fingerprint;
    c.population[at] = population;
    c.births[at] = births;
    c.deaths[at] = deaths;
    c.conceptions[at] = conceptions;
    c.thoughts[at] = thoughts;
    c.judgings[at] = judgings;
    c.refused[at] = refused;
  }

  private births(births: Readonly<BirthSlices>, first: number, tick: number): void {
    const n = births.count;
    if (n === first) return;
    const rows = this.rowsOf.births;
    const at = rows.open(n - first);
    const { columns: c } = rows;
    c.tick.fill(tick, at, at + n - first);
    c.id.set(births.id.subarray(first, n), at);
    c.parent.set(births.parent.subarray(first, n), at);
    c.partner.set(births.partner.subarray(first, n), at);
    c.operator.set(births.operator.subarray(first, n), at);
    c.outcome.set(births.outcome.subarray(first, n), at);
    c.variation.set(births.variation.subarray(first, n), at);
    c.same.set(births.same.subarray(first, n), at);
    c.lineage.set(births.lineage.subarray(first, n), at);
    c.tag.set(births.tag.subarray(first, n), at);
    c.x.set(births.x.subarray(first, n), at);
    c.y.set(births.y.subarray(first, n), at);
    this.keys.write(births.genome, n, c.genome, at, first);
  }

  private deaths(deaths: Readonly<DeathSlices>, tick: number): void {
    const n = deaths.count;
    if (n === 0) return;
    const rows = this.rowsOf.deaths;
    const at = rows.open(n);
    const { columns: c } = rows;
    c.tick.fill(tick, at, at + n);
    c.id.set(deaths.id.subarray(0, n), at);
    c.cause.set(deaths.cause.subarray(0, n), at);
    c.born_at.set(deaths.bornAt.subarray(0, n), at);
    c.children.set(deaths.children.subarray(0, n), at);
    c.lineage.set(deaths.lineage.subarray(0, n), at);
    c.operator.set(deaths.operator.subarray(0, n), at);
    c.objective.set(deaths.objective.subarray(0, n), at);
    c.measure0.set(deaths.measure0.subarray(0, n), at);
    c.measure1.set(deaths.measure1.subarray(0, n), at);
    this.keys.write(deaths.genome, n, c.genome, at);
  }

  private commands({ tick, commands }: TickEvent): void {
    const { kernel } = this.simulation;
    const rows = this.rowsOf.commands;
    for (const { seq, command } of commands) {
      const at = rows.open(1);
      rows.columns.tick[at] = tick;
      rows.columns.seq[at] = seq;
      rows.columns.kind.push(command.kind);
      rows.columns.command.push(JSON.stringify(command));
      if (command.kind !== 'think' || command.genome === null) continue;
      // of one who has died by now the rewritten genome stands among the deaths
      const row = kernel.rowOf(command.organism);
      if (row >= 0) this.keys.note(kernel.pop.columns.genome[row]!);
    }
  }

  private thoughts({ tick, thoughts }: TickEvent): void {
    const n = thoughts.count;
    const rows = this.rowsOf.thoughts;
    const at = rows.open(n);
    const { columns: c } = rows;
    c.tick.fill(tick, at, at + n);
    c.organism.set(thoughts.organism.subarray(0, n), at);
    c.due_at.set(thoughts.dueAt.subarray(0, n), at);
    c.age.set(thoughts.age.subarray(0, n), at);
    c.energy.set(thoughts.energy.subarray(0, n), at);
    c.children.set(thoughts.children.subarray(0, n), at);
    c.fired.set(thoughts.fired.subarray(0, n), at);
    this.keys.write(thoughts.genome, n, c.genome, at);
  }

  private judgings({ tick, judgings }: TickEvent): void {
    const n = judgings.count;
    const rows = this.rowsOf.judgings;
    const at = rows.open(n);
    const { columns: c } = rows;
    c.tick.fill(tick, at, at + n);
    c.organism.set(judgings.organism.subarray(0, n), at);
    c.due_at.set(judgings.dueAt.subarray(0, n), at);
    this.keys.write(judgings.genome, n, c.genome, at);
  }

  private positions(tick: number): void {
    const { count: n, columns: now } = this.simulation.kernel.pop;
    const rows = this.rowsOf.positions;
    const at = rows.open(n);
    const { columns: c } = rows;
    c.tick.fill(tick, at, at + n);
    c.id.set(now.id.subarray(0, n), at);
    c.x.set(now.x.subarray(0, n), at);
    c.y.set(now.y.subarray(0, n), at);
    c.energy.set(now.energy.subarray(0, n), at);
    c.act.set(now.act.subarray(0, n), at);
    c.lineage.set(now.lineage.subarray(0, n), at);
  }

  /** Elites are lives that ended in this tick, whose genomes can still be read. */
  private archive({ tick, cells, objectives, organisms }: ArchiveEvent): void {
    this.rowsOf.ticks.columns.fingerprint[this.tickRow] = this.simulation.fingerprint;
    const { deaths } = this.simulation.kernel;
    const rows = this.rowsOf.archive;
    const at = rows.open(cells.length);
    const { columns: c } = rows;
    for (let i = 0; i < cells.length; i++) {
      c.tick[at + i] = tick;
      c.cell[at + i] = cells[i]!;
      c.objective[at + i] = objectives[i]!;
      c.organism[at + i] = organisms[i]!;
      const died = deaths.id.subarray(0, deaths.count).indexOf(organisms[i]!);
      this.keys.write(deaths.genome, died + 1, c.genome, at + i, died);
    }
  }

  private measures({ tick, values }: MeasuresEvent): void {
    const names = Object.keys(values);
    if (names.length === 0) return;
    const rows = this.rowsOf.measures;
    const at = rows.open(names.length);
    const { columns: c } = rows;
    c.tick.fill(tick, at, at + names.length);
    for (let i = 0; i < names.length; i++) c.value[at + i] = values[names[i]!]!;
    c.measure.push(...names);
  }
}
