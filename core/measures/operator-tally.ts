import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { Operator, Variation } from '../kernel/tick-events.ts';

/**
 * Whom a child is counted under. `founder`: alive when counting began; `immigrant`: an elite of the archive that entered; `copy`: no operator changed it. A child that blind
 * edits made counts under each kind of edit and once under `blind`; the model's under the operator it was asked for and
 * once under `llm`.
 */
export const ledgerGroups = [
  'founder', 'immigrant', 'copy', 'blind', 'point', 'insert', 'delete', 'duplicate', 'swap', 'crossover', 'llm', 'llm-mutate', 'llm-crossover', 'llm-invent',
] as const;
export type LedgerGroup = (typeof ledgerGroups)[number];

const bit = (group: LedgerGroup): number => 1 << ledgerGroups.indexOf(group);
export const founder = bit('founder');
const immigrant = bit('immigrant');
export const copy = bit('copy');
const llm = bit('llm');
const edits = Object.entries(Variation).map(([name, mask]): [number, number] => [mask, bit(name as keyof typeof Variation)]);

/** The groups of a birth, a bit each in the order of `ledgerGroups`. */
export function groupsOf(operator: number, variation: number): number {
  if (operator === Operator.founder) return founder;
  if (operator === Operator.immigrant) return immigrant;
  if (operator === Operator.copy) return copy;
  let groups = operator === Operator.llm ? llm : bit('blind');
  for (const [mask, group] of edits) if ((variation & mask) !== 0) groups |= group;
  return groups;
}

/** Number, mean and sample standard deviation of what came so far; the last is NaN for fewer than two. */
export interface Moments { n: number; mean: number; deviation: number }

/** What an operator has done, and what came of it. */
export interface OperatorTally {
  group: LedgerGroup;
  /** Births that were counted. */
  births: number;
  /** Of them: equal to a parent, and never seen before in this run. */
  copies: number;
  novel: number;
  /** Under `llm` and its operators: births planned for them; of these repaired ones, and those that blind operators served instead. */
  asked: number;
  repaired: number;
  fallbacks: number;
  /** Lives that have ended, of the children that it changed: objective, the world's two measures, age in ticks. */
  objective: Moments;
  measure0: Moments;
  measure1: Moments;
  age: Moments;
  /** Organisms whose genome it wrote, and births whose first parent is one of them. */
  written: number;
  offspring: number;
  /** Its share of all births, by first parent, and of all organisms; null without any. */
  birthsShare: number | null;
  genomesShare: number | null;
  /** The one divided by the other: above 1, what it writes breeds more than its share. Null without organisms or births. */
  reproductionRatio: number | null;
  /** Organisms whose genome it wrote that live, or have a living or unborn descendant. */
  livingLineages: number;
}

class Sums implements Saveable {
  n = 0;
  private middle = 0;
  private squares = 0;

  /** Welford's update (1962). */
  add(value: number): void {
    this.n++;
    const step = value - this.middle;
    this.middle += step / this.n;
    this.squares += step * (value - this.middle);
  }

  save(): Packable {
    return [this.n, this.middle, this.squares];
  }

  load(saved: unknown): void {
    [this.n, this.middle, this.squares] = saved as [number, number, number];
  }

  get moments(): Moments {
    return { n: this.n, mean: this.n === 0 ? NaN : this.middle, deviation: this.n < 2 ? NaN : Math.sqrt(this.squares / (this.n - 1)) };
  }
}

const COUNTED = ['births', 'copies', 'novel', 'asked', 'repaired', 'fallbacks', 'written', 'offspring'] as const;
const MEASURED = ['objective', 'measure0', 'measure1', 'age'] as const;

/** What is counted of one group. */
export class Tally implements Saveable {
  births = 0;
  copies = 0;
  novel = 0;
  asked = 0;
  repaired = 0;
  fallbacks = 0;
  written = 0;
  offspring = 0;
  readonly objective = new Sums();
  readonly measure0 = new Sums();
  readonly measure1 = new Sums();
  readonly age = new Sums();

  save(): Packable {
    return [COUNTED.map((name) => this[name]), MEASURED.map((name) => this[name].save())];
  }

  load(saved: unknown): void {
    const [counts, moments] = saved as [number[], unknown[]];
    COUNTED.forEach((name, i) => { this[name] = counts[i]!; });
    MEASURED.forEach((name, i) => this[name].load(moments[i]));
  }
}
