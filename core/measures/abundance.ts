import { exactExp, exactLn } from '../archive/exact-math.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';

/** How many kinds there are and how evenly individuals fall on them. */
export interface Diversity {
  /** Individuals. */
  total: number;
  /** Kinds. */
  richness: number;
  /** Shannon's H in nats, and exp(H), the effective number of kinds (Hill 1973, order 1). 0 of nothing. */
  shannon: number;
  effective: number;
  /** Simpson's index 1 − Σ p² (Gini–Simpson): chance that two drawn with replacement differ. 0 of nothing. */
  simpson: number;
  /** H / ln(richness) (Pielou 1966); NaN of fewer than two kinds. */
  evenness: number;
}

/**
 * How many kinds have how many individuals, kept as kinds grow and shrink. All sums are of whole numbers, and the
 * entropy is summed over the abundances in rising order, so that what was kept is to the last bit what a fresh count would give.
 */
export class Abundances implements Saveable {
  total = 0;
  richness = 0;
  /** Σ n² over kinds; exact below 2^53. */
  squares = 0;
  /** Kinds with this many individuals. */
  private spectrum = new Uint32Array(64);
  /** No kind has more. */
  private most = 0;

  /** A kind that had `before` individuals has `after`. */
  move(before: number, after: number): void {
    if (after >= this.spectrum.length) {
      const longer = new Uint32Array(2 ** Math.ceil(Math.log2(after + 1)));
      longer.set(this.spectrum);
      this.spectrum = longer;
    }
    if (before > 0) { this.spectrum[before]!--; this.richness--; }
    if (after > 0) { this.spectrum[after]!++; this.richness++; }
    this.total += after - before;
    this.squares += after * after - before * before;
    if (after > this.most) this.most = after;
    while (this.most > 0 && this.spectrum[this.most] === 0) this.most--;
  }

  save(): Packable {
    const { total, richness, squares, most } = this;
    return { total, richness, squares, most, spectrum: this.spectrum.subarray(0, most + 1) };
  }

  load(saved: unknown): void {
    const { total, richness, squares, most, spectrum } = saved as { total: number; richness: number; squares: number; most: number; spectrum: Uint32Array };
    this.spectrum = new Uint32Array(Math.max(64, 2 ** Math.ceil(Math.log2(most + 1))));
    this.spectrum.set(spectrum);
    Object.assign(this, { total, richness, squares, most });
  }

  get diversity(): Diversity {
    const { total, richness, squares, spectrum, most } = this;
    if (total === 0) return { total, richness, shannon: 0, effective: 0, simpson: 0, evenness: NaN };
    let sum = 0;
    for (let n = 2; n <= most; n++) if (spectrum[n]! > 0) sum += spectrum[n]! * n * exactLn(n);
    const shannon = richness === 1 ? 0 : exactLn(total) - sum / total;
    return {
      total, richness, shannon, effective: exactExp(shannon), simpson: 1 - squares / (total * total),
      evenness: richness < 2 ? NaN : shannon / exactLn(richness),
    };
  }
}

/** Diversity of counts, a kind each. */
export function diversityOf(counts: Iterable<number>): Diversity {
  const abundances = new Abundances();
  for (const n of counts) abundances.move(0, n);
  return abundances.diversity;
}

/** Counts of kinds with their diversity, kept one by one. */
export class Census<K extends string | number> implements Saveable {
  private readonly abundances = new Abundances();
  private readonly counts = new Map<K, number>();

  add(kind: K): void {
    const before = this.counts.get(kind) ?? 0;
    this.counts.set(kind, before + 1);
    this.abundances.move(before, before + 1);
  }

  /** Takes one out that is in. */
  remove(kind: K): void {
    const before = this.counts.get(kind);
    if (before === undefined) throw new Error(`There is no ${String(kind)} to be taken out of the census.`);
    if (before === 1) this.counts.delete(kind);
    else this.counts.set(kind, before - 1);
    this.abundances.move(before, before - 1);
  }

  count(kind: K): number {
    return this.counts.get(kind) ?? 0;
  }

  clear(): void {
    this.counts.clear();
    this.abundances.load(new Abundances().save());
  }

  save(): Packable {
    return { kinds: [...this.counts.keys()], counts: Uint32Array.from(this.counts.values()) };
  }

  load(saved: unknown): void {
    const { kinds, counts } = saved as { kinds: K[]; counts: Uint32Array };
    this.clear();
    kinds.forEach((kind, i) => {
      this.counts.set(kind, counts[i]!);
      this.abundances.move(0, counts[i]!);
    });
  }

  entries(): IterableIterator<[K, number]> {
    return this.counts.entries();
  }

  get diversity(): Diversity {
    return this.abundances.diversity;
  }
}
