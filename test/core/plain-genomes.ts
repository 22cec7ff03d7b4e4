import type { DecisionRows, Genomes, VariedGenome, Vocabulary } from '../../core/kernel/genomes.ts';
import type { Packable } from '../../core/kernel/packed.ts';
import type { RandomStream } from '../../core/kernel/random.ts';
import { Variation } from '../../core/kernel/tick-events.ts';

/**
 * The least that can be a genome: the name of an act, which its bearer does in every tick, and a number that tells
 * mutants apart (`breed`, `breed#17`). For tests of the kernel that no language should matter to.
 */
export class PlainGenomes implements Genomes {
  readonly registersPerRow = 1;
  private readonly acts: readonly string[];
  private readonly texts: string[] = [];
  private readonly holders: number[] = [];

  constructor(vocabulary: Vocabulary) {
    this.acts = vocabulary.acts.map(({ name }) => name);
  }

  get distinct(): number {
    return this.holders.filter((count) => count > 0).length;
  }

  /** How often genomes are held, all handles together. */
  get held(): number {
    return this.holders.reduce((sum, count) => sum + count, 0);
  }

  intern(text: string): number {
    const [, name] = /^([a-z]+)(?:#\d+)?$/.exec(text) ?? [];
    if (name === undefined || !this.acts.includes(name)) throw new Error(`"${text}" names no act; the acts are ${this.acts.join(', ')}.`);
    const known = this.texts.indexOf(text);
    if (known >= 0 && this.holders[known]! > 0) {
      this.holders[known]!++;
      return known;
    }
    const handle = this.holders.includes(0) ? this.holders.indexOf(0) : this.texts.length;
    this.texts[handle] = text;
    this.holders[handle] = 1;
    return handle;
  }

  retain(handle: number): void {
    this.check(handle);
    this.holders[handle]!++;
  }

  release(handle: number): void {
    this.check(handle);
    this.holders[handle]!--;
  }

  text(handle: number): string {
    this.check(handle);
    return this.texts[handle]!;
  }

  vary(first: number, second: number | null, random: RandomStream, mutationRate: number): VariedGenome {
    const parent = second !== null && random.chance(0.5) ? second : first;
    const text = this.text(parent);
    const handle = this.intern(random.chance(mutationRate) ? `${text.split('#')[0]!}#${random.below(1000)}` : text);
    return { handle, variation: handle === first ? 0 : Variation.point };
  }

  decide({ count, genome, act, memory }: DecisionRows): void {
    for (let row = 0; row < count; row++) {
      act[row] = this.acts.indexOf(this.text(genome[row]!).split('#')[0]!);
      memory[row]!++;
    }
  }

  save(): Packable {
    return { texts: this.texts, holders: this.holders };
  }

  load(saved: unknown): void {
    const { texts, holders } = saved as { texts: string[]; holders: number[] };
    this.texts.splice(0, Infinity, ...texts);
    this.holders.splice(0, Infinity, ...holders);
  }

  private check(handle: number): void {
    if (!(this.holders[handle]! > 0)) throw new Error(`Nobody holds a genome ${handle}.`);
  }
}
