import type { BudgetFacts, Costs } from '../protocol.ts';
import { compact, count, money, percent } from './words.ts';

export type Unit = keyof Costs;
export const UNITS: readonly Unit[] = ['calls', 'tokens', 'dollars'];

/** From this share on a budget is worth a warning. */
const NEARLY_SPENT = 0.8;

export function cappedUnits({ caps }: BudgetFacts): Unit[] {
  return UNITS.filter((unit) => caps[unit] !== undefined);
}

export function amount(unit: Unit, value: number): string {
  return unit === 'dollars' ? money(value) : count(value);
}

/** A rate of spending, for a minute. */
export function rate(unit: Unit, value: number): string {
  return unit === 'dollars' ? money(value) : value > 0 && value < 9.5 ? value.toFixed(1) : compact(value);
}

export function isNearlySpent({ used, over }: BudgetFacts): boolean {
  return over !== null || used >= NEARLY_SPENT;
}

/** For the top line: `budget 83 %`; empty without caps. */
export function budgetBrief(budget: BudgetFacts): string {
  if (cappedUnits(budget).length === 0) return '';
  if (budget.over !== null) return 'budget spent';
  return `budget ${percent(Math.min(budget.used, 1))}`;
}

/** Spent, left and the rate of each cap, a line each. */
export function budgetLines(budget: BudgetFacts): string[] {
  return cappedUnits(budget).map((unit) => {
    const cap = budget.caps[unit] ?? 0;
    const spent = budget.spent[unit];
    return `${unit}: ${amount(unit, spent)} of ${amount(unit, cap)} spent, ${amount(unit, Math.max(0, cap - spent))} left, ${rate(unit, budget.perMinute[unit])} a minute`;
  });
}

const LEAST: Costs = { calls: 100, tokens: 10_000, dollars: 1 };

/** A cap that gives as much again, in round numbers. */
export function raisedCap(unit: Unit, cap: number): number {
  const doubled = Math.max(cap * 2, LEAST[unit]);
  if (unit === 'dollars') return Number(doubled.toPrecision(2));
  return Math.round(doubled);
}

/** The caps worth raising: those that are spent, or nearly; else the nearest. */
export function spentUnits(budget: BudgetFacts): Unit[] {
  const share = (unit: Unit): number => {
    const cap = budget.caps[unit] ?? 0;
    return cap > 0 ? budget.spent[unit] / cap : 1;
  };
  const capped = cappedUnits(budget);
  const most = Math.max(...capped.map(share));
  return capped.filter((unit) => share(unit) >= Math.min(NEARLY_SPENT, most));
}
