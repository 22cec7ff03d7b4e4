import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossPrograms } from '../../agents/instincts/cross.ts';
import { programDepth, programSize } from '../../agents/instincts/measure.ts';
import { blindOperators, drawMutant, mutateBy, mutateProgram } from '../../agents/instincts/mutate.ts';
import { parseProgram } from '../../agents/instincts/parse.ts';
import { fits, printProgram } from '../../agents/instincts/print.ts';
import { limits, type Program } from '../../agents/instincts/program.ts';
import { randomProgram } from '../../agents/instincts/random-program.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { fault, programs, seeded } from './arbitraries.ts';
import { bareVocabulary, vocabulary } from './vocabulary.ts';

const streams = fc.nat().map((seed) => new RandomStream([seed, 7], 0));

function expectValid(program: Program, words = vocabulary): void {
  expect(fault(program, words)).toBeNull();
  expect(parseProgram(printProgram(program, words), words)).toEqual(program);
}

describe('classical operators', () => {
  it('[I6] a mutant is valid, reads back as itself and differs from its parent', () => {
    fc.assert(fc.property(programs(vocabulary), streams, (program, random) => {
      const mutant = mutateProgram(program, vocabulary, random);
      expectValid(mutant);
      expect(printProgram(mutant, vocabulary)).not.toBe(printProgram(program, vocabulary));
    }), seeded(1500));
  });

  describe.each(blindOperators)('[I10] %s, asked for alone', (operator) => {
    it('makes a valid mutant unlike its parent, or says that there is nothing to change', () => {
      let made = 0;
      fc.assert(fc.property(programs(vocabulary), streams, (program, random) => {
        const mutant = mutateBy(operator, program, vocabulary, random);
        if (mutant === null) return;
        made++;
        expectValid(mutant);
        expect(printProgram(mutant, vocabulary)).not.toBe(printProgram(program, vocabulary));
        expect(mutant.prompt).toBe(program.prompt);
      }), seeded(300));
      expect(made).toBeGreaterThan(150);
    });

    it('does what its name says', () => {
      const count = (program: Program): [rules: number, size: number] => [program.rules.length, programSize(program)];
      fc.assert(fc.property(programs(vocabulary), streams, (program, random) => {
        const mutant = mutateBy(operator, program, vocabulary, random);
        if (mutant === null) return;
        const [rules, size] = count(program);
        const [rulesAfter, sizeAfter] = count(mutant);
        // a deletion may take a rule's last reason to be
        const expected = {
          point: () => expect([rulesAfter, sizeAfter]).toEqual([rules, size]),
          insert: () => expect(sizeAfter >= size && rulesAfter >= rules).toBe(true),
          delete: () => expect(sizeAfter < size && rulesAfter <= rules).toBe(true),
          duplicate: () => expect([rulesAfter, sizeAfter > size]).toEqual([rules + 1, true]),
          swap: () => expect([rulesAfter, sizeAfter]).toEqual([rules, size]),
        };
        expected[operator]();
      }), seeded(200));
    });
  });

  it('[I10] an operator that finds nothing to do says so', () => {
    const least = parseProgram('otherwise -> rest', bareVocabulary);
    for (const operator of ['point', 'delete', 'duplicate', 'swap'] as const) {
      expect(mutateBy(operator, least, bareVocabulary, new RandomStream([1, 1], 0))).toBeNull();
    }
    expect(mutateBy('insert', least, bareVocabulary, new RandomStream([1, 1], 0))?.rules.length).toBe(1);
  });

  it('[I10] the dice choose every operator, point mutation most often', () => {
    const random = new RandomStream([7, 7], 0);
    const program = parseProgram('when energy > 50 -> eat\nwhen crowd > 5 -> wander, set a to 1\notherwise -> climb grass', vocabulary);
    const counts = new Map<string, number>();
    for (let step = 0; step < 2000; step++) {
      const { operator } = drawMutant(program, vocabulary, random);
      counts.set(operator, (counts.get(operator) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([...blindOperators].sort());
    expect(counts.get('point')).toBeGreaterThan(900);
  });

  it('[I9] hands the mutation prompt on: a mutant its parent\'s, a recombinant that of either', () => {
    fc.assert(fc.property(programs(vocabulary), programs(vocabulary), streams, (a, b, random) => {
      expect(mutateProgram(a, vocabulary, random).prompt).toBe(a.prompt);
      expect([a.prompt, b.prompt]).toContain(crossPrograms(a, b, random).prompt);
    }), seeded(300));
  });

  it('mutation leaves its parent as it was', () => {
    fc.assert(fc.property(programs(vocabulary), streams, (program, random) => {
      const before = structuredClone(program);
      mutateProgram(program, vocabulary, random);
      expect(program).toEqual(before);
    }), seeded(200));
  });

  it('[I6] a long line of mutants stays valid and does not swell', () => {
    const random = new RandomStream([1, 2], 0);
    let program = randomProgram(vocabulary, random, 5);
    let total = 0;
    for (let step = 0; step < 4000; step++) {
      program = mutateProgram(program, vocabulary, random);
      if (step % 50 === 0) expectValid(program);
      total += programSize(program);
    }
    expect(total / 4000).toBeLessThan(30);
    expect(total / 4000).toBeGreaterThan(4);
  });

  it('reaches every part of the language', () => {
    const random = new RandomStream([3, 4], 0);
    const seen = new Set<string>();
    let program = parseProgram('otherwise -> rest', vocabulary);
    for (let step = 0; step < 5000; step++) {
      program = mutateProgram(program, vocabulary, random);
      for (const word of printProgram(program, vocabulary).split(/[\s,]+/)) if (!/\d/.test(word)) seen.add(word);
    }
    const words = [
      ...vocabulary.senses.map(({ name }) => name), ...vocabulary.acts.flatMap(({ name, targets }) => [name, ...targets]),
      ...vocabulary.signals, ...vocabulary.registers.flatMap((name) => [name, `memory.${name}`]), 
      'and', 'or', 'chance', 'set', 'add', 'signal', '<', '>',
    ];
    expect(words.filter((word) => !seen.has(word))).toEqual([]);
  });

  it('changes one number or word more often than anything else', () => {
    const random = new RandomStream([5, 6], 0);
    const program = parseProgram('when energy > 50 -> eat\nwhen crowd > 5 -> wander\notherwise -> climb grass', vocabulary);
    let sameSize = 0;
    for (let step = 0; step < 1000; step++) {
      if (programSize(mutateProgram(program, vocabulary, random)) === programSize(program)) sameSize++;
    }
    expect(sameSize).toBeGreaterThan(500);
  });

  it('[I6] draws only from the stream it is given', () => {
    fc.assert(fc.property(programs(vocabulary), programs(vocabulary), fc.nat(), (a, b, seed) => {
      const child = (): Program => {
        const random = new RandomStream([seed, 1], 3);
        return mutateProgram(crossPrograms(a, b, random), vocabulary, random);
      };
      if (fits(crossPrograms(a, b, new RandomStream([seed, 1], 3)), vocabulary)) expect(child()).toEqual(child());
    }), seeded(100));
  });

  it('[I6] a recombinant is valid where its text is not too long, and made of its parents', () => {
    fc.assert(fc.property(programs(vocabulary), programs(vocabulary), streams, (a, b, random) => {
      const child = crossPrograms(a, b, random);
      if (fits(child, vocabulary)) expectValid(child);
      for (const rule of child.rules) expect([...a.rules, ...b.rules]).toContain(rule);
      expect([a.otherwise, b.otherwise]).toContain(child.otherwise);
      expect(child.rules.length).toBeLessThanOrEqual(limits.rules);
    }), seeded(400));
  });

  it('[I6] founders are valid and have the rules asked for', () => {
    fc.assert(fc.property(streams, fc.integer({ min: 0, max: limits.rules }), (random, rules) => {
      const program = randomProgram(vocabulary, random, rules);
      expectValid(program);
      expect(program.rules.length).toBe(rules);
    }), seeded(400));
  });

  it('[I6] works with a vocabulary of one act', () => {
    const random = new RandomStream([8, 9], 0);
    let program = parseProgram('otherwise -> rest', bareVocabulary);
    for (let step = 0; step < 200; step++) {
      program = mutateProgram(program, bareVocabulary, random);
      expectValid(program, bareVocabulary);
    }
  });
});

describe('measures of a program', () => {
  const measured = (text: string): [number, number] => {
    const program = parseProgram(text, vocabulary);
    return [programSize(program), programDepth(program)];
  };

  it('counts terms, acts, signals and effects, and nests four deep at most', () => {
    expect(measured('otherwise -> rest')).toEqual([1, 1]);
    expect(measured('when energy > 1 -> eat, signal red\notherwise -> rest, set a to 1')).toEqual([5, 2]);
    expect(measured('when energy > 1 and age > 2 -> eat\notherwise -> rest')).toEqual([4, 3]);
    expect(measured('when energy > 1 or age > 2 -> eat\notherwise -> rest')).toEqual([4, 3]);
    expect(measured('when energy > 1 or age > 2 and chance 5% -> eat\notherwise -> rest')).toEqual([5, 4]);
  });
});
