import { describe, expect, test } from 'vitest';
import type { MeasureFact } from '../../core/measures/groups/group.ts';
import { inWords, measureGroups, measureLines, measureSections } from '../../viewer/cli/measure-charts.ts';

const measures = new Map<string, [number, number][]>([
  ['archive.qdScore', [[10, 5], [20, 2684.4]]],
  ['operators.classical.birthsShare', [[10, 0.5], [20, 0.25]]],
  ['operators.copy.birthsShare', [[10, 0.5], [20, 0.75]]],
  ['operators.llm.birthsShare', [[10, 0], [20, 0]]],
  ['diversity.genomeShannon', [[10, 1], [20, 1.23456]]],
]);

describe('measures of a recorded run', () => {
  test('[R9] are told by group, those of several things together and without things that nothing was measured of', () => {
    expect(measureLines(measures)).toEqual([
      ['archive', 'QD-score 2684'], ['operators', 'births share 0.25 classical, 0.75 copy'], ['diversity', 'genome Shannon 1.235'],
    ]);
    expect([...measureGroups(measures)].map(([group, charts]) => [group, charts.map(({ name, lines }) => [name, lines.length])]))
      .toEqual([['archive', [['qdScore', 1]]], ['operators', [['birthsShare', 2]]], ['diversity', [['genomeShannon', 1]]]]);
  });

  test('[R9] stand on axes that they share: what is told of one trait, and a shadow with what it is the shadow of', () => {
    const fact = (name: string, unit: string, shadow?: string): [string, MeasureFact] => [name, { name, unit, sentence: '', ...(shadow === undefined ? {} : { shadow }) }];
    const facts = new Map([fact('activity.median', 'shares', 'activity.shadowMedian'), fact('activity.shadowMedian', 'shares')]);
    const given = new Map<string, [number, number][]>(['columns.x.mean', 'columns.x.least', 'columns.energy.mean', 'selection.size.before', 'selection.size.change', 'activity.median', 'activity.shadowMedian'].map((name, i) => [name, [[1, i]]]));
    expect(Object.fromEntries([...measureGroups(given, facts)].map(([group, charts]) => [group, charts.map(({ name, lines }) => [name, ...lines.map((line) => line.name)])]))).toEqual({
      columns: [['x', 'mean', 'least'], ['energy', 'mean']], selection: [['size before', 'size before'], ['size', 'change']], activity: [['median', 'real', 'shadow']],
    });
    expect(measureLines(given, facts)).toContainEqual(['activity', 'median 5 real, 6 shadow']);
    const drawn = measureSections(new Map([['activity.median', [[1, 2], [2, 3]]], ['activity.shadowMedian', [[1, 2], [2, 4]]]]), 2, facts);
    expect(drawn.flatMap((section) => (section.kind === 'pictures' ? section.pictures : []))).toEqual([expect.stringMatching(/median \(shares\).*class="line c0 dashed"/)]);
  });

  test('[R9] are all drawn, a chart each, over the ticks of the whole run', () => {
    const sections = measureSections(measures, 2000);
    expect(sections.filter(({ kind }) => kind === 'subheading')).toHaveLength(3);
    const pictures = sections.flatMap((section) => (section.kind === 'pictures' ? section.pictures : []));
    expect(pictures).toHaveLength(3);
    for (const picture of pictures) expect(picture).toContain('2,000</text>');
    expect(inWords('birthsShare')).toBe('births share');
  });
});
