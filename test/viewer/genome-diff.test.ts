import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff, diffGenomes, differencesInWords, linesOf } from '../../viewer/app/genome-diff.ts';

const PARENT = 'when hunter.near < 4 -> flee hunter\nwhen energy > 24 and kin.near < 6 -> reproduce\notherwise -> climb grass\n';

describe('the differences of a genome from its parent', () => {
  it('[V18] finds the changed word, the new rule and the one that is gone', () => {
    const child = 'when energy > 18 and kin.near < 6 -> reproduce\nwhen hear.red > 0 -> follow red\notherwise -> climb grass\n';
    const rules = diffGenomes(PARENT, child);
    expect(rules.map(({ kind, text }) => [kind, text])).toEqual([
      ['gone', 'when hunter.near < 4 -> flee hunter'], ['changed', 'when energy > 18 and kin.near < 6 -> reproduce'], ['new', 'when hear.red > 0 -> follow red'], ['same', 'otherwise -> climb grass'],
    ]);
    const [, changed] = rules;
    expect(changed?.kind === 'changed' && changed.words.filter(({ fate }) => fate !== 'same')).toEqual([{ fate: 'gone', item: '24' }, { fate: 'new', item: '18' }]);
    expect(differencesInWords(rules)).toBe('since its parent 1 rule changed, 1 new, 1 gone');
    expect(differencesInWords(diffGenomes(PARENT, PARENT))).toBe('the same genome as its parent');
  });

  it('[V18] tells the whole of both texts, in order, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(fc.property(text, text, (before, after) => {
      const steps = diff(before, after);
      expect(steps.filter(({ fate }) => fate !== 'new').map(({ item }) => item)).toEqual(before);
      expect(steps.filter(({ fate }) => fate !== 'gone').map(({ item }) => item)).toEqual(after);
    }));
    const genome = fc.array(fc.constantFrom('when energy > 1 -> eat', 'when energy > 2 -> eat', 'otherwise -> rest', 'when a < 3 and b > 4 -> flee'), { minLength: 1, maxLength: 6 }).map((rules) => rules.join('\n'));
    fc.assert(fc.property(genome, genome, (before, after) => {
      const rules = diffGenomes(before, after);
      expect(rules.filter(({ kind }) => kind !== 'gone').map(({ text: rule }) => rule)).toEqual(linesOf(after));
      for (const rule of rules) if (rule.kind === 'changed') expect(rule.words.filter(({ fate }) => fate !== 'gone').map(({ item }) => item).join(' ')).toBe(rule.text);
    }));
  });
});
