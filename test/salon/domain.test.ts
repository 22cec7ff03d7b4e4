import { describe, expect, it } from 'vitest';
import { readDomain, usualTicks, type DomainSource } from '../../worlds/salon/domain.ts';
import { domains } from '../../worlds/salon/domains.ts';
import { dimsOf, emptyArchive, mostQdScore, qualityRange } from '../../worlds/salon/niches.ts';

const plain: DomainSource = {
  name: 'own', noun: 'text', template: 'T:', seeds: ['one text', 'two texts', 'three texts'], quality: { question: 'Good?' },
  measures: [{ name: 'mood', question: 'Mood?', labels: ['happy', 'sad'] }],
};
const mood = plain.measures[0]!;
const refusal = (change: object): string => {
  try {
    readDomain({ ...plain, ...change });
    return 'it was taken';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a domain', () => {
  it('[S1] is refused with one sentence that names the field and what is there', () => {
    const cases: [object, string][] = [
      [{ seeds: [] }, 'seeds: a salon begins with 3 texts or more, found none'],
      [{ seeds: ['one', 'two'] }, 'seeds: a salon begins with 3 texts or more, found 2'],
      [{ seeds: ['one', 'two', 'one'] }, 'seeds.2: this text is the same as number 0'],
      [{ seeds: ['one', 'two @@@', 'three'] }, 'seeds.1: a text must not hold "@@@", which stands between texts'],
      [{ seeds: ['one', 'two\nlines', 'three'] }, 'seeds.1: a text is one paragraph without line breaks'],
      [{ seeds: ['one', 'two', 'x'.repeat(901)] }, 'seeds.2: a text has at most 900 characters, this one 901'],
      [{ template: 'a ### b' }, 'template: it must not hold "###", which stands between texts'],
      [{ measures: [] }, 'measures: at least one measure is needed'],
      [{ measures: [{ ...mood, labels: ['happy'] }] }, 'measures.0.labels: two labels are needed, found 1'],
      [{ measures: [{ ...mood, labels: ['a', 'b', 'c'] }] }, 'measures.0.labels: two labels are needed, found 3; name them as categories if there are more'],
      [{ measures: [{ ...mood, labels: ['same', 'Same'] }] }, 'measures.0.labels: the two labels must differ, but both are "same"'],
      [{ measures: [{ ...mood, ticks: [0.1, 0.3, 0.3] }] }, 'measures.0.ticks: the bin edges must rise, but 0.3 is followed by 0.3: bins must not overlap'],
      [{ measures: [{ ...mood, ticks: [0.1, 1] }] }, 'measures.0.ticks: the bin edges must lie between 0 and 1, but one is 1'],
      [{ measures: [mood, mood] }, 'measures: two questions have the name "mood"'],
      [{ measures: [mood, { name: 'kind', question: 'Kind?', categories: ['a', 'b'] }] }, 'measures: all have labels or all have categories; they cannot be mixed'],
      [{ measures: [{ name: 'kind', question: 'Kind?', categories: ['a', 'A'] }] }, 'measures.0.categories: the category "a" is there twice'],
      [{ measures: [{ name: 'kind', question: 'Kind?' }] }, 'measures.0: a measure has name, question and either two labels (with ticks, if you like) or categories'],
      [{ ties: 'newest' }, 'ties: "newest" needs a depth of 1, but depth is 100'],
      [{ depth: 1000, measures: [{ ...mood, ticks: Array.from({ length: 999 }, (_, i) => (i + 1) / 1000) }, { ...mood, name: 'other', ticks: [0.5] }] },
        'depth: 1000 texts in each of 2000 cells are 2000000; at most 1000000 are possible'],
      [{ name: '../up' }, 'name: must be small letters, digits and hyphens, at most 60'],
    ];
    for (const [change, sentence] of cases) expect(refusal(change)).toBe(sentence);
    expect(refusal({ colour: 'green' })).toContain('colour');
    expect(() => readDomain('text')).toThrow(/object/);
  });

  it('has the bins of the reference: 20 of one measure, 10 × 10 of two, 5 × 5 categories', () => {
    expect(Object.fromEntries(domains.map((domain) => [domain.name, dimsOf(domain)]))).toEqual({
      opinions: [20], 'stories-genre': [20], 'stories-ending': [20], 'stories-genre-ending': [10, 10], poetry: [5, 5],
    });
    expect(domains.map(mostQdScore)).toEqual([20, 20, 20, 100, 250]);
    expect(usualTicks.one).toHaveLength(19);
    expect(emptyArchive(readDomain(plain)).cellOf([0.5])).toBe(10);
    expect(qualityRange(domains[4]!)).toEqual([1, 10]);
  });
});
