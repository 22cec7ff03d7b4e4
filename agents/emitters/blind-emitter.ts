import type { Archive } from '../../core/archive/archive.ts';
import type { Emitter } from '../../core/archive/emitter.ts';
import type { Vocabulary } from '../../core/kernel/genomes.ts';
import type { RandomStream } from '../../core/kernel/random.ts';
import { createInstincts } from '../instincts/store.ts';
import { checkDraws, drawsOf, type DrawOptions } from './draws.ts';

/** Blind variation of genomes as texts: a child of one parent or of two, by the stream it is given and nothing else. */
export type Vary = (first: string, second: string | null, random: RandomStream) => string;

/** Blind variation of instincts as in a world: recombination where there are two parents, then mutation, `mutationRate` of the time. */
export function blindPrograms(vocabulary: Vocabulary, mutationRate = 1): Vary {
  const genomes = createInstincts(vocabulary);
  return (first, second, random) => {
    const held = [genomes.intern(first), ...(second === null ? [] : [genomes.intern(second)])];
    const { handle } = genomes.vary(held[0]!, held[1] ?? null, random, mutationRate);
    const child = genomes.text(handle);
    for (const each of [...held, handle]) genomes.release(each);
    return child;
  };
}

export interface BlindOptions extends DrawOptions {
  /** Name in reports. */
  name?: string;
  archive: Archive<string>;
  /** Parents while the archive has no elite. */
  initial: readonly string[];
  vary: Vary;
  /** Share of candidates with two parents; 0.5 when left out. */
  crossover?: number;
}

/** Candidates of elites by blind variation. */
export class BlindEmitter implements Emitter<string> {
  readonly name: string;
  asked = 0;
  private readonly options: BlindOptions;

  constructor(options: BlindOptions) {
    checkDraws(options, options.initial);
    const { crossover = 0.5 } = options;
    if (!(crossover >= 0 && crossover <= 1)) throw new RangeError(`The share of candidates with two parents is ${crossover}; it must lie between 0 and 1.`);
    this.name = options.name ?? 'blind';
    this.options = options;
  }

  ask(): readonly string[] {
    const { vary, crossover = 0.5 } = this.options;
    return drawsOf(this.options, this.asked++).map((random) => {
      const first = this.parent(random);
      return vary(first, random.chance(crossover) ? this.parent(random) : null, random);
    });
  }

  keep(genome: string): string {
    return genome;
  }

  private parent(random: RandomStream): string {
    const { archive, initial } = this.options;
    return archive.numElites === 0 ? random.pick(initial) : archive.solution(archive.sampleCell(random))!;
  }
}
