import type { TickEvent } from '../events/event.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { NOBODY, Operator, operatorNames, type OperatorName } from '../kernel/tick-events.ts';
import { IdMap } from './id-map.ts';

/** Since the run began, but for `births`. */
export interface OperatorShare {
  /** Since the last `take`. */
  births: number;
  /** Of all children conceived, those whose first parent's genome it wrote; of all genomes of the born, those it wrote. NaN of none. */
  birthsShare: number;
  genomesShare: number;
  /** The one divided by the other: above 1, what it writes breeds more than its share. */
  ratio: number;
}

/**
 * Who writes the genomes and whose are bred, by operator: a light companion of `OperatorLedger`, which tells far more.
 * A genome that equals a parent's is a copy, whoever was asked. Keeps a number for everyone alive.
 */
export class OperatorShares implements Saveable {
  private readonly writers = new IdMap(1024);
  private readonly born = new Float64Array(operatorNames.length);
  private readonly written = new Float64Array(operatorNames.length);
  private readonly offspring = new Float64Array(operatorNames.length);

  count({ births, conceptions, deaths }: TickEvent): void {
    const { writers, born, written, offspring } = this;
    for (let i = 0; i < births.count; i++) {
      const operator = births.operator[i]!;
      const by = births.same[i] === 1 && operator !== Operator.founder && operator !== Operator.immigrant ? Operator.copy : operator;
      born[by]!++;
      written[by]!++;
      writers.set(births.id[i]!, by);
    }
    for (let i = 0; i < conceptions.count; i++) {
      const by = writers.get(conceptions.parent[i]!);
      if (by !== NOBODY) offspring[by]!++;
    }
    for (let i = 0; i < deaths.count; i++) writers.delete(deaths.id[i]!);
  }

  /** How it stands; counts births anew from now on. */
  take(): Record<OperatorName, OperatorShare> {
    const sum = (counts: Float64Array): number => counts.reduce((a, b) => a + b, 0);
    const [children, genomes] = [sum(this.offspring), sum(this.written)];
    const shares = Object.fromEntries(operatorNames.map((name, by): [OperatorName, OperatorShare] => {
      const [birthsShare, genomesShare] = [this.offspring[by]! / children, this.written[by]! / genomes];
      return [name, { births: this.born[by]!, birthsShare, genomesShare, ratio: birthsShare / genomesShare }];
    }));
    this.born.fill(0);
    return shares as Record<OperatorName, OperatorShare>;
  }

  save(): Packable {
    return { writers: this.writers.save(), born: this.born, written: this.written, offspring: this.offspring };
  }

  load(saved: unknown): void {
    const { writers, born, written, offspring } = saved as { writers: unknown } & Record<'born' | 'written' | 'offspring', Float64Array>;
    this.writers.load(writers);
    this.born.set(born);
    this.written.set(written);
    this.offspring.set(offspring);
  }
}
