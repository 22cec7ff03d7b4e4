import type { Simulation } from '../simulation.ts';
import { Operator, Outcome, operatorNames, type OperatorName } from '../kernel/tick-events.ts';

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

/** Counts as the events come. The returned object is updated in place. */
export function countTotals(simulation: Simulation): Totals {
  const totals: Totals = {
    births: 0, deaths: 0, lineages: 0, organismSteps: 0, birthsByOperator: { founder: 0, copy: 0, classical: 0, llm: 0, immigrant: 0 },
    repaired: 0, fallbacks: 0, overBudget: 0, copies: 0,
  };
  const alive = new Map<number, number>();
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { births, deaths } = event;
    for (let i = 0; i < births.count; i++) {
      const operator = births.operator[i]!;
      const outcome = births.outcome[i]!;
      totals.birthsByOperator[operatorNames[operator]!]++;
      if (outcome === Outcome.repaired) totals.repaired++;
      else if (outcome === Outcome.fallback) totals.fallbacks++;
      else if (outcome === Outcome.budget) totals.overBudget++;
      if (operator === Operator.llm && births.same[i] === 1) totals.copies++;
      const lineage = births.lineage[i]!;
      alive.set(lineage, (alive.get(lineage) ?? 0) + 1);
    }
    for (let i = 0; i < deaths.count; i++) {
      const lineage = deaths.lineage[i]!;
      const left = alive.get(lineage)! - 1;
      if (left === 0) alive.delete(lineage);
      else alive.set(lineage, left);
    }
    totals.births += births.count;
    totals.deaths += deaths.count;
    totals.lineages = alive.size;
    totals.organismSteps += event.population;
  });
  return totals;
}
