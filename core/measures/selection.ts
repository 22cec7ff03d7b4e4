import type { Kernel } from '../kernel/kernel.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { NOBODY } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';
import { IdMap } from './id-map.ts';
import { rowsById } from './living.ts';

/**
 * Price's equation (1970) over a period: the mean of a trait changed by `change` = `selection` + `transmission` + `unknown`. `selection` is
 * Cov(w, z) / w̄, `transmission` E(w Δz) / w̄: what operators do, and what a life changes. `unknown` is the part of descendants whose
 * ancestor was no organism at the start: children of parents who had died by then (Kerr & Godfrey-Smith 2009). NaN where
 * there are no ancestors, or none with descendants.
 */
export interface PriceTerms {
  ancestors: number;
  descendants: number;
  before: number;
  after: number;
  change: number;
  selection: number;
  transmission: number;
  unknown: number;
  /** Cov(w, z), and mean fitness: descendants with an ancestor, per ancestor. */
  covariance: number;
  meanFitness: number;
  /** Selection differential in standard deviations of the trait among the ancestors (Lande & Arnold 1983). */
  intensity: number;
}

/**
 * The terms from traits. `ancestorOf[i]` is the index of the ancestor of descendant i, or −1 where it is not among them.
 * One who lived through the period is its own descendant.
 */
export function priceTerms(ancestors: ArrayLike<number>, descendants: ArrayLike<number>, ancestorOf: ArrayLike<number>): PriceTerms {
  const n = ancestors.length;
  const fitness = new Float64Array(n);
  let before = 0;
  let after = 0;
  let known = 0;
  let knownSum = 0;
  let changes = 0;
  for (let i = 0; i < n; i++) before += ancestors[i]! / n;
  for (let i = 0; i < descendants.length; i++) {
    after += descendants[i]! / descendants.length;
    const from = ancestorOf[i]!;
    if (from < 0) continue;
    known++;
    fitness[from]!++;
    knownSum += descendants[i]!;
    changes += descendants[i]! - ancestors[from]!;
  }
  const meanFitness = known / n;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    covariance += ((fitness[i]! - meanFitness) * (ancestors[i]! - before)) / n;
    variance += ((ancestors[i]! - before) * (ancestors[i]! - before)) / n;
  }
  const selection = covariance / meanFitness;
  return {
    ancestors: n, descendants: descendants.length, before: n === 0 ? NaN : before, after: descendants.length === 0 ? NaN : after,
    change: n === 0 || descendants.length === 0 ? NaN : after - before, selection, transmission: changes / known,
    unknown: known === 0 ? NaN : after - knownSum / known, covariance: n === 0 ? NaN : covariance, meanFitness,
    intensity: selection / Math.sqrt(variance),
  };
}

/** A number for the organism in a live row. */
export type Trait = (kernel: Kernel, row: number) => number;

/** A column of the population as a trait. Throws an error with one sentence when there is none of that name. */
export function columnTrait(kernel: Kernel, name: string): Trait {
  const column = (kernel.pop.columns as Readonly<Record<string, ArrayLike<number>>>)[name];
  if (column === undefined) throw new Error(`There is no column "${name}"; there are ${Object.keys(kernel.pop.columns).join(', ')}.`);
  return (_, row) => column[row]!;
}

/** A number of a genome's text as a trait; read once a genome. */
export function genomeTrait(read: (genome: string) => number): Trait {
  const known = new Map<string, number>();
  return ({ pop, genomes }, row) => {
    const text = genomes.text(pop.columns.genome[row]!);
    let value = known.get(text);
    if (value === undefined) {
      if (known.size >= 1 << 16) known.clear();
      known.set(text, value = read(text));
    }
    return value;
  };
}

/** How traits are selected and passed on, period by period. Holds an entry for everyone born in the period, so periods must end. */
export class SelectionDifferentials implements Saveable {
  private readonly kernel: Kernel;
  private readonly traits: Readonly<Record<string, Trait>>;
  /** Index of the ancestor of everyone who has lived since the period began, dead parents of the unborn too, plus 1; 0 for those without. */
  private readonly ancestor = new IdMap(1024);
  private before = new Map<string, Float64Array>();

  /** A period begins at once, with those that live now. */
  constructor(simulation: Simulation, traits: Readonly<Record<string, Trait>>) {
    this.kernel = simulation.kernel;
    this.traits = traits;
    this.begin();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { births } = event;
      for (let i = 0; i < births.count; i++) {
        const id = births.id[i]!;
        if (this.ancestor.get(id) !== NOBODY) continue;
        const parent = births.parent[i]! === NOBODY ? NOBODY : this.ancestor.get(births.parent[i]!);
        this.ancestor.set(id, parent === NOBODY ? 0 : parent);
      }
    });
  }

  /** Ends the period with the state as it stands, after a tick, and begins the next. */
  take(): Record<string, PriceTerms> {
    const { kernel } = this;
    const rows = rowsById(kernel);
    const ids = kernel.pop.columns.id;
    const ancestorOf = Int32Array.from(rows, (row) => {
      const ancestor = this.ancestor.get(ids[row]!);
      return ancestor === NOBODY ? -1 : ancestor - 1;
    });
    const terms = Object.fromEntries(Object.entries(this.traits).map(([name, read]) => [
      name, priceTerms(this.before.get(name)!, Float64Array.from(rows, (row) => read(kernel, row)), ancestorOf),
    ]));
    this.begin();
    return terms;
  }

  save(): Packable {
    return { ancestor: this.ancestor.save(), before: Object.fromEntries(this.before) };
  }

  load(saved: unknown): void {
    const { ancestor, before } = saved as { ancestor: unknown; before: Record<string, Float64Array> };
    this.ancestor.load(ancestor);
    this.before = new Map(Object.entries(before));
  }

  private begin(): void {
    const { kernel, ancestor } = this;
    const rows = rowsById(kernel);
    ancestor.clear();
    rows.forEach((row, i) => ancestor.set(kernel.pop.columns.id[row]!, i + 1));
    this.before = new Map(Object.entries(this.traits).map(([name, read]) => [name, Float64Array.from(rows, (row) => read(kernel, row))]));
  }
}
