import type { Packable } from '../kernel/packed.ts';
import type { RandomStream } from '../kernel/random.ts';
import type { Saveable } from '../kernel/saveable.ts';

/**
 * A neutral shadow (Bedau & Packard 1992): as many births and deaths as in the real population and at the same times,
 * but whose falls on whom is chance. Each birth takes a uniformly random parent and, where the real child was a mutant,
 * mutates to a component that never was; each death takes a uniformly random individual.
 */
export class NeutralShadow implements Saveable {
  private individuals: number[];
  private nextComponent: number;
  private readonly random: RandomStream;

  /** Components of the individuals at the start. Those that arise later have numbers from `firstNew` on, which must be unused. */
  constructor(components: Iterable<number>, firstNew: number, random: RandomStream) {
    this.individuals = [...components];
    this.nextComponent = firstNew;
    this.random = random;
  }

  get population(): number {
    return this.individuals.length;
  }

  /** A founder, who has the same component as in the real population. */
  arrive(component: number): void {
    this.individuals.push(component);
  }

  /** One that is born when nobody lives has a component of its own. */
  birth(mutates: boolean): void {
    const { individuals } = this;
    individuals.push(mutates || individuals.length === 0 ? this.nextComponent++ : individuals[this.random.below(individuals.length)]!);
  }

  death(): void {
    const { individuals } = this;
    if (individuals.length === 0) return;
    const gone = this.random.below(individuals.length);
    individuals[gone] = individuals[individuals.length - 1]!;
    individuals.pop();
  }

  /** Channon's form: begins again from the real population. */
  reset(components: Iterable<number>): void {
    this.individuals = [...components];
  }

  save(): Packable {
    return { individuals: Float64Array.from(this.individuals), nextComponent: this.nextComponent, position: this.random.position };
  }

  load(saved: unknown): void {
    const { individuals, nextComponent, position } = saved as { individuals: Float64Array; nextComponent: number; position: number };
    this.individuals = [...individuals];
    this.nextComponent = nextComponent;
    this.random.position = position;
  }

  /** Individuals of each component. */
  counts(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const component of this.individuals) counts.set(component, (counts.get(component) ?? 0) + 1);
    return counts;
  }
}
