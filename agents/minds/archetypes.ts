import type { Vocabulary } from '../../core/kernel/genomes.ts';

interface Begun<T> { readonly tick: number; readonly by: number; readonly deliberation: T }

/**
 * Deliberations that organisms in the same situation share. Which are shared is decided by tick and id when a thought begins, never by
 * what has been answered.
 */
export class Archetypes<T> {
  private readonly begun = new Map<string, Begun<T>>();
  private readonly vocabulary: Vocabulary;
  private readonly levels: number;
  private readonly ticks: number;

  /** `levels` of each sense between its lower and upper; 0 shares nothing. Shared for `ticks` ticks. */
  constructor(vocabulary: Vocabulary, levels: number, ticks: number) {
    this.vocabulary = vocabulary;
    this.levels = levels;
    this.ticks = ticks;
  }

  get size(): number {
    return this.begun.size;
  }

  /** Names the situation of an organism; null where nothing is shared. */
  nameOf(genome: string, readings: ArrayLike<number>): string | null {
    if (this.levels === 0) return null;
    const levels = this.vocabulary.senses.map(({ lower, upper }, i) => {
      const reading = readings[i] ?? 0;
      // what lies outside the range (99 for "none in sight") is a level of its own, or nobody would be near at the far end
      if (reading > upper) return this.levels;
      return reading < lower ? -1 : Math.min(this.levels - 1, Math.floor(((reading - lower) / (upper - lower)) * this.levels));
    });
    return `${levels.join(' ')}\n${genome}`;
  }

  /** The deliberation of this archetype that was begun not longer ago than they are shared; undefined when there is none. */
  shared(name: string, tick: number): T | undefined {
    const found = this.begun.get(name);
    return found !== undefined && tick - found.tick <= this.ticks ? found.deliberation : undefined;
  }

  begin(name: string, tick: number, by: number, deliberation: T): void {
    // taken out first, so that the order of the map is that of the ticks
    this.begun.delete(name);
    this.begun.set(name, { tick, by, deliberation });
  }

  /** What is shared now, in the order in which it was begun. */
  *[Symbol.iterator](): Generator<{ readonly name: string } & Begun<T>> {
    for (const [name, one] of this.begun) yield { name, ...one };
  }

  /** Nothing came of what this organism began: the next of the archetype begins afresh. */
  failed(by: number): void {
    for (const [name, each] of this.begun) if (each.by === by) this.begun.delete(name);
  }

  /** Lets go of what is shared no longer. */
  prune(tick: number): void {
    for (const [name, { tick: then }] of this.begun) {
      if (tick - then <= this.ticks) return;
      this.begun.delete(name);
    }
  }
}
