import type { Packable } from '../../core/kernel/packed.ts';
import type { DecisionRows, Genomes, VariedGenome, Vocabulary } from '../../core/kernel/genomes.ts';
import type { RandomStream } from '../../core/kernel/random.ts';
import { Variation } from '../../core/kernel/tick-events.ts';
import { CodeArena } from './code-arena.ts';
import { compileProgram } from './compile.ts';
import { crossPrograms } from './cross.ts';
import { Interpreter } from './interpret.ts';
import { programDepth, programSize } from './measure.ts';
import { drawMutant } from './mutate.ts';
import { parseProgram } from './parse.ts';
import { printProgram } from './print.ts';
import { limits, type Program } from './program.ts';
import { splitGenome } from './prompt-line.ts';
import { checkVocabulary } from './vocabulary.ts';

/** Most mutations that one birth adds to the first. */
const moreMutations = 3;

/** Stands between the texts of saved genomes, and in none of them. */
const BETWEEN = '\0';

/** Programs kept as they were read last: parents of many children are read once, and memory stays bounded. */
const rememberedPrograms = 2048;

/** The genomes of a world whose organisms run on instincts. */
export class Instincts implements Genomes {
  readonly vocabulary: Vocabulary;
  readonly registersPerRow: number;
  private readonly handles = new Map<string, number>();
  private readonly texts: string[] = [];
  private readonly holders: number[] = [];
  private readonly sizes: number[] = [];
  private readonly depths: number[] = [];
  /** Released handles, the last released on top: it is the next to be used again. */
  private readonly free: number[] = [];
  private readonly read = new Map<number, Program>();
  private readonly code: CodeArena;
  private readonly interpreter = new Interpreter();

  constructor(vocabulary: Vocabulary) {
    checkVocabulary(vocabulary);
    this.vocabulary = vocabulary;
    this.registersPerRow = vocabulary.registers.length;
    this.code = new CodeArena(this.registersPerRow);
  }

  get distinct(): number {
    return this.handles.size;
  }

  /** Memory of the compiled programs, in bytes. */
  get codeBytes(): number {
    return this.code.bytes;
  }

  /** Throws a `GenomeError` when the text is no program. */
  parse(text: string): Program {
    return parseProgram(text, this.vocabulary);
  }

  print(program: Program): string {
    return printProgram(program, this.vocabulary);
  }

  /** The handle of the genome that `text` writes, held once more. Throws a `GenomeError` when it writes none. */
  intern(text: string): number {
    const known = this.handles.get(text);
    if (known === undefined) return this.internProgram(this.parse(text));
    this.holders[known]++;
    return known;
  }

  /** The handle of a valid program, held once more. */
  internProgram(program: Program): number {
    const text = this.print(program);
    const known = this.handles.get(text);
    if (known !== undefined) {
      this.holders[known]++;
      return known;
    }
    const handle = this.free.pop() ?? this.texts.length;
    this.put(handle, program, text, 1);
    return handle;
  }

  retain(handle: number): void {
    this.check(handle);
    this.holders[handle]++;
  }

  release(handle: number): void {
    this.check(handle);
    if (--this.holders[handle] > 0) return;
    this.handles.delete(this.texts[handle]);
    this.texts[handle] = '';
    this.read.delete(handle);
    this.code.remove(handle);
    this.free.push(handle);
  }

  /** The text of a handle that is free is empty. */
  save(): Packable {
    const { texts, holders, free } = this;
    return { texts: texts.join(BETWEEN), holders: Uint32Array.from(holders), free: Uint32Array.from(free) };
  }

  load(saved: unknown): void {
    const { texts, holders, free } = saved as { texts: string; holders: Uint32Array; free: Uint32Array };
    for (const handle of this.handles.values()) this.code.remove(handle);
    this.handles.clear();
    this.read.clear();
    const all = holders.length === 0 ? [] : texts.split(BETWEEN);
    this.texts.length = this.holders.length = this.sizes.length = this.depths.length = this.free.length = 0;
    for (const [handle, text] of all.entries()) {
      if (holders[handle] === 0) {
        this.texts[handle] = '';
        this.holders[handle] = this.sizes[handle] = this.depths[handle] = 0;
      } else this.put(handle, this.parse(text), text, holders[handle]);
    }
    this.free.push(...free);
  }

  text(handle: number): string {
    this.check(handle);
    return this.texts[handle];
  }

  program(handle: number): Program {
    const text = this.text(handle);
    let program = this.read.get(handle);
    if (program === undefined) {
      if (this.read.size === rememberedPrograms) this.read.clear();
      program = this.parse(text);
      this.read.set(handle, program);
    }
    return program;
  }

  /** As `programSize`. */
  size(handle: number): number {
    this.check(handle);
    return this.sizes[handle];
  }

  /** As `programDepth`. */
  depth(handle: number): number {
    this.check(handle);
    return this.depths[handle];
  }

  /**
   * A child: recombined when there is a second parent unlike the first; then, with probability `mutationRate`, mutated
   * once and as often again as a fair coin falls heads, at most three times. No bit of `variation` is set when it is the
   * first parent's equal.
   */
  vary(first: number, second: number | null, random: RandomStream, mutationRate: number): VariedGenome {
    this.check(first);
    if (second !== null) this.check(second);
    let child: Program | null = null;
    let variation = 0;
    if (second !== null && second !== first) {
      const recombined = this.recombined(first, second, random);
      if (recombined !== null) {
        child = recombined;
        variation |= Variation.crossover;
      }
    }
    if (random.chance(mutationRate)) {
      let more = 0;
      do {
        const mutant = drawMutant(child ?? this.program(first), this.vocabulary, random);
        child = mutant.program;
        variation |= Variation[mutant.operator];
      } while (more++ < moreMutations && random.chance(0.5));
    }
    if (child === null) {
      this.holders[first]++;
      return { handle: first, variation: 0 };
    }
    const handle = this.internProgram(child);
    return { handle, variation: handle === first ? 0 : variation };
  }

  /** A recombinant that does not equal the first parent in all but the mutation prompt; where it equals the second in that way, it is the second. */
  private recombined(first: number, second: number, random: RandomStream): Program | null {
    const recombined = crossPrograms(this.program(first), this.program(second), random);
    const text = this.print(recombined);
    const { body } = splitGenome(text);
    if (text.length > limits.characters || body === splitGenome(this.texts[first]).body) return null;
    return body === splitGenome(this.texts[second]).body ? this.program(second) : recombined;
  }

  /** Fills a handle. */
  private put(handle: number, program: Program, text: string, holders: number): void {
    this.handles.set(text, handle);
    this.texts[handle] = text;
    this.holders[handle] = holders;
    this.sizes[handle] = programSize(program);
    this.depths[handle] = programDepth(program);
    this.code.add(handle, compileProgram(program));
  }

  decide(rows: DecisionRows): void {
    this.interpreter.decide(rows, this.code);
  }

  private check(handle: number): void {
    if (!(this.holders[handle] > 0)) throw new Error(`Nobody holds a genome ${handle}; use handles that were interned and not released.`);
  }
}

/** Genomes over what a world declares. Throws one sentence when the vocabulary cannot be written in the language. */
export function createInstincts(vocabulary: Vocabulary): Instincts {
  return new Instincts(vocabulary);
}
