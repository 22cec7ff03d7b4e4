import type { TickEvent } from '../events/event.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { Operator, Outcome, operatorNames, type OperatorName } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';
import { IdMap } from './id-map.ts';

/** Running counts of a simulation; the same live or from a record, since they come from events alone. */
export interface Totals {
  births: number;
  deaths: number;
  /** Founders' lineages that still have someone alive. */
  lineages: number;
  /** Organism-steps: the sum over ticks of the number of organisms. */
  organismSteps: number;
  birthsByOperator: Record<OperatorName, number>;
  /** Of the children planned for the model: repaired ones, those that a classical operator served instead, and copies of a parent. */
  repaired: number;
  fallbacks: number;
  /** Not asked for, because the budget was spent. */
  overBudget: number;
  copies: number;
}

/** Totals that are kept up as the events come. */
export class RunningTotals implements Totals, Saveable {
  readonly #simulation: Simulation;
  births = 0;
  deaths = 0;
  organismSteps = 0;
  readonly birthsByOperator: Record<OperatorName, number> = { founder: 0, copy: 0, classical: 0, llm: 0, immigrant: 0 };
  repaired = 0;
  fallbacks = 0;
  overBudget = 0;
  copies = 0;
  /** Living organisms of each founder's lineage. */
  #alive = new IdMap();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') this.count(event); });
  }

  get lineages(): number {
    return this.#alive.size;
  }

  private count({ births, deaths, population }: TickEvent): void {
    const alive = this.#alive;
    for (let i = 0; i < births.count; i++) {
      const operator = births.operator[i]!;
      const outcome = births.outcome[i]!;
      this.birthsByOperator[operatorNames[operator]!]++;
      if (outcome === Outcome.repaired) this.repaired++;
      else if (outcome === Outcome.fallback) this.fallbacks++;
      else if (outcome === Outcome.budget) this.overBudget++;
      if (operator === Operator.llm && births.same[i] === 1) this.copies++;
      alive.add(births.lineage[i]!, 1);
    }
    for (let i = 0; i < deaths.count; i++) alive.add(deaths.lineage[i]!, -1);
    this.births += births.count;
    this.deaths += deaths.count;
    this.organismSteps += population;
  }

  save(): Packable {
    const { births, deaths, organismSteps, birthsByOperator, repaired, fallbacks, overBudget, copies } = this;
    return { births, deaths, organismSteps, birthsByOperator: { ...birthsByOperator }, repaired, fallbacks, overBudget, copies };
  }

  load(saved: unknown): void {
    const { birthsByOperator, ...counts } = saved as Pick<Totals, 'birthsByOperator'>;
    Object.assign(this, counts);
    Object.assign(this.birthsByOperator, birthsByOperator);
    // who lives is in the simulation
    this.#alive = new IdMap();
    const { count, columns: { lineage } } = this.#simulation.kernel.pop;
    for (let row = 0; row < count; row++) this.#alive.add(lineage[row]!, 1);
  }
}

/** Counts as the events come. */
export function countTotals(simulation: Simulation): RunningTotals {
  return new RunningTotals(simulation);
}
