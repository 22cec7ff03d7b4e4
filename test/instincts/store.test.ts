import { describe, expect, it } from 'vitest';
import { GenomeError } from '../../agents/instincts/genome-error.ts';
import { randomProgram } from '../../agents/instincts/random-program.ts';
import { createInstincts, type Instincts } from '../../agents/instincts/store.ts';
import { Variation } from '../../core/kernel/tick-events.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import type { Vocabulary } from '../../core/kernel/genomes.ts';
import { makeRows, readerOf } from './rows.ts';
import { bareVocabulary, vocabulary } from './vocabulary.ts';

const grazer = 'when energy > 50 -> reproduce\notherwise -> climb grass';

/** What one organism with these readings does under a handle. */
function acts(instincts: Instincts, handles: readonly number[]): number[] {
  const rows = makeRows(handles.length, instincts.registersPerRow, vocabulary.senses.map((_, sense) => readerOf(() => sense * 7)));
  rows.genome.set(handles);
  instincts.decide(rows);
  return [...rows.act];
}

describe('genomes held by a world', () => {
  it('[I8] equal genomes have one handle, however they are written', () => {
    const instincts = createInstincts(vocabulary);
    const handle = instincts.intern(grazer);
    expect(instincts.intern('# same\nWHEN energy>50 -> reproduce\notherwise -> climb grass')).toBe(handle);
    expect(instincts.distinct).toBe(1);
    expect(instincts.text(handle)).toBe(grazer);
    expect(instincts.size(handle)).toBe(3);
    expect(instincts.depth(handle)).toBe(2);
    expect(instincts.print(instincts.program(handle))).toBe(grazer);
  });

  it('[I8] a genome goes when the last holder lets go, and its handle is used again', () => {
    const instincts = createInstincts(vocabulary);
    const handle = instincts.intern(grazer);
    instincts.retain(handle);
    instincts.release(handle);
    expect(instincts.text(handle)).toBe(grazer);
    instincts.release(handle);
    expect(instincts.distinct).toBe(0);
    expect(() => instincts.text(handle)).toThrow('Nobody holds a genome 0');
    expect(() => instincts.release(handle)).toThrow('Nobody holds a genome 0');
    expect(instincts.intern('otherwise -> rest')).toBe(handle);
  });

  it('[I8] refuses a text that is no genome and holds nothing of it', () => {
    const instincts = createInstincts(vocabulary);
    expect(() => instincts.intern('otherwise -> fly')).toThrow(GenomeError);
    expect(instincts.distinct).toBe(0);
  });

  it('[L1] the same calls give the same handles', () => {
    const script = (): number[] => {
      const instincts = createInstincts(vocabulary);
      const random = new RandomStream([1, 1], 0);
      const held: number[] = [];
      const given: number[] = [];
      for (let step = 0; step < 500; step++) {
        if (held.length > 20 && random.chance(0.5)) instincts.release(held.splice(random.below(held.length), 1)[0] ?? -1);
        else held.push(instincts.internProgram(randomProgram(vocabulary, random, 2)));
        given.push(held.at(-1) ?? -1);
      }
      return given;
    };
    expect(script()).toEqual(script());
  });

  it('[I8] memory stays bounded over many births and deaths, and code that moved decides as before', () => {
    const instincts = createInstincts(vocabulary);
    const random = new RandomStream([2, 2], 0);
    const kept = Array.from({ length: 50 }, () => instincts.internProgram(randomProgram(vocabulary, random, 5)));
    const before = acts(instincts, kept);
    const texts = kept.map((handle) => instincts.text(handle));
    const living: number[] = [];
    let most = 0;
    let highest = 0;
    for (let step = 0; step < 20_000; step++) {
      const handle = instincts.internProgram(randomProgram(vocabulary, random, 4));
      living.push(handle);
      highest = Math.max(highest, handle);
      if (living.length > 100) instincts.release(living.splice(random.below(living.length), 1)[0] ?? -1);
      most = Math.max(most, instincts.codeBytes);
    }
    expect(most).toBeLessThan(100_000);
    expect(highest).toBeLessThan(160);
    expect(kept.map((handle) => instincts.text(handle))).toEqual(texts);
    expect(acts(instincts, kept)).toEqual(before);
    for (const handle of [...kept, ...living]) instincts.release(handle);
    expect(instincts.distinct).toBe(0);
  });

  it('code decides the same wherever it lies', () => {
    const instincts = createInstincts(vocabulary);
    const random = new RandomStream([3, 3], 0);
    const handles = Array.from({ length: 300 }, () => instincts.internProgram(randomProgram(vocabulary, random, 6)));
    const alone = handles.map((handle) => {
      const single = createInstincts(vocabulary);
      return acts(single, [single.intern(instincts.text(handle))])[0];
    });
    // Chances depend on the id, and the only organism of a run has the first; so each is compared in a run of its own.
    expect(handles.map((handle) => acts(instincts, [handle])[0])).toEqual(alone);
  });
});

describe('a child by the classical operators', () => {
  const random = (): RandomStream => new RandomStream([4, 4], 0);

  it('is a copy, held once more, without mutation and without a second parent', () => {
    const instincts = createInstincts(vocabulary);
    const parent = instincts.intern(grazer);
    expect(instincts.vary(parent, null, random(), 0)).toEqual({ handle: parent, variation: 0 });
    expect(instincts.vary(parent, parent, random(), 0)).toEqual({ handle: parent, variation: 0 });
    for (let holder = 0; holder < 3; holder++) instincts.release(parent);
    expect(instincts.distinct).toBe(0);
  });

  it('is mutated as often as the rate says', () => {
    const instincts = createInstincts(vocabulary);
    const parent = instincts.intern(grazer);
    const stream = random();
    let changed = 0;
    for (let birth = 0; birth < 2000; birth++) if (instincts.vary(parent, null, stream, 0.3).variation !== 0) changed++;
    expect(Math.abs(changed - 600)).toBeLessThan(80);
  });

  it('[I10] says which operators made it, and nothing of a copy', () => {
    const instincts = createInstincts(vocabulary);
    const first = instincts.intern('when age < 1 -> eat\nwhen age < 2 -> eat, set a to 3\notherwise -> rest');
    const second = instincts.intern('when age > 3 -> wander\nwhen age > 4 -> wander\notherwise -> rest');
    const stream = random();
    let seen = 0;
    for (let birth = 0; birth < 1000; birth++) {
      const { handle, variation } = instincts.vary(first, birth % 2 === 0 ? second : null, stream, 0.7);
      expect(variation === 0).toBe(handle === first);
      // only a second parent can be crossed with
      if (birth % 2 === 1) expect(variation & Variation.crossover).toBe(0);
      seen |= variation;
      instincts.release(handle);
    }
    expect(seen).toBe(Variation.point | Variation.insert | Variation.delete | Variation.duplicate | Variation.swap | Variation.crossover);
    const crossed = Array.from({ length: 50 }, () => instincts.vary(first, second, stream, 0).variation);
    expect(new Set(crossed)).toEqual(new Set([0, Variation.crossover]));
  });

  it('[I9] a recombinant that equals a parent but for the mutation prompt is that parent\'s copy', () => {
    const instincts = createInstincts(vocabulary);
    const [one, two] = ['be bold', 'be shy'].map((prompt) => instincts.intern(`mutation prompt: ${prompt}\n${grazer}`)) as [number, number];
    const stream = random();
    for (let birth = 0; birth < 30; birth++) expect(instincts.vary(one, two, stream, 0)).toEqual({ handle: one, variation: 0 });
    const other = instincts.intern('mutation prompt: be quick\nwhen age > 3 -> wander\notherwise -> rest');
    const handles = Array.from({ length: 60 }, () => instincts.vary(one, other, stream, 0).handle);
    expect(handles).toContain(one);
    expect(handles).toContain(other);
    for (const text of handles.filter((handle) => handle !== one && handle !== other).map((handle) => instincts.text(handle))) {
      expect(text).toMatch(/^mutation prompt: be (bold|quick)\n/);
    }
  });

  it('has rules of both parents when there are two', () => {
    const instincts = createInstincts(vocabulary);
    const first = instincts.intern('when age < 1 -> eat\nwhen age < 2 -> eat\notherwise -> rest');
    const second = instincts.intern('when age > 3 -> wander\nwhen age > 4 -> wander\notherwise -> rest');
    const stream = random();
    const children = Array.from({ length: 60 }, () => instincts.text(instincts.vary(first, second, stream, 0).handle));
    expect(children.some((text) => text.includes('eat') && text.includes('wander'))).toBe(true);
    const parental = /^(when age < [12] ticks -> eat|when age > [34] ticks -> wander|otherwise -> rest)$/;
    expect(children.join('\n').split('\n').filter((line) => !parental.test(line))).toEqual([]);
  });

  it('[I8] holds every child exactly once', () => {
    const instincts = createInstincts(vocabulary);
    const stream = random();
    const first = instincts.intern(grazer);
    const second = instincts.internProgram(randomProgram(vocabulary, stream, 12));
    const born = Array.from({ length: 500 }, (_, birth) => instincts.vary(first, birth % 2 === 0 ? second : null, stream, 0.5).handle);
    for (const handle of [...born, first, second]) instincts.release(handle);
    expect(instincts.distinct).toBe(0);
  });
});

describe('a vocabulary the language cannot write', () => {
  const withSense = (name: string, lower = 0, upper = 1): Vocabulary => (
    { ...bareVocabulary, senses: [{ name, sentence: '', unit: '', lower, upper }] });

  it.each([
    [withSense('when'), 'The vocabulary\'s senses hold "when", which is a word of the language; choose another name.'],
    [withSense('memory.a'), 'The vocabulary\'s senses hold "memory.a", which is a word of the language; choose another name.'],
    [withSense('Grass'), 'The vocabulary\'s senses hold "Grass"; a name is lower-case letters and digits, in parts joined by dots.'],
    [withSense('grass', 1, 1), 'The sense "grass" ranges from 1 to 1; it needs two finite bounds, the lower one first.'],
    [{ ...bareVocabulary, acts: [] }, 'The vocabulary has no acts; a program needs at least one.'],
    [{ ...bareVocabulary, signals: ['red', 'red'] }, 'The vocabulary\'s signals hold "red" twice; names must differ.'],
  ])('is refused in one sentence (%#)', (words, message) => {
    expect(() => createInstincts(words)).toThrow(message);
  });
});
