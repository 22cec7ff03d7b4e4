import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simpson } from '../../core/archive/diversity.ts';
import { diversityOf } from '../../core/measures/abundance.ts';
import { clusterTexts, wordEdits } from '../../core/measures/clusters.ts';
import { frequentGenomes } from '../../core/measures/frequent-genomes.ts';
import type { Phylogeny } from '../../core/measures/phylogeny.ts';
import { wordsOf } from '../../core/measures/lexical.ts';
import { seeded } from '../core/seeded.ts';
import { startMeadow } from './small-meadow.ts';
import { quick, watchAll } from './watch-all.ts';

/** The whole table, as the definition has it. */
function editsByDefinition(a: readonly number[], b: readonly number[]): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i]![j] = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
  }
  return table[a.length]![b.length]!;
}

describe('genomes clustered at a distance', () => {
  it('[Q17] counts edits as their definition does, as far as they may matter', () => {
    const text = fc.array(fc.nat(3), { maxLength: 12 });
    fc.assert(fc.property(text, text, fc.nat(14), (a, b, atMost) => {
      expect(wordEdits(a, b, atMost)).toBe(Math.min(editsByDefinition(a, b), atMost + 1));
    }), seeded(2000));
  });

  it('[Q17] gives each text to the nearest centre, the most frequent first', () => {
    const ten = (...changed: [number, string][]): string => {
      const words = Array.from('abcdefghij');
      for (const [at, word] of changed) words[at] = word;
      return words.join(' ');
    };
    const [one, two, three, far] = [ten([0, 'x']), ten([0, 'x'], [1, 'x']), ten([0, 'x'], [1, 'x'], [2, 'x']), 'quite another text'];
    // two words of ten are 0.2: the third is of the first's cluster, the fourth is three words away and a centre itself
    expect([...clusterTexts([ten(), one, two, three, far], 0.2)]).toEqual([0, 0, 0, 1, 2]);
    // now the third is one word from the centre that came before it, and two from the first
    expect([...clusterTexts([ten(), three, two], 0.2)]).toEqual([0, 1, 1]);
    // as near to both: the earlier
    expect([...clusterTexts([ten(), two, one], 0.1)]).toEqual([0, 1, 0]);
    expect([...clusterTexts([ten(), one, `${ten()} `], 0)]).toEqual([0, 1, 0]);
    expect([...clusterTexts([ten(), far, ''], 1)]).toEqual([0, 0, 0]);
    expect([...clusterTexts(['', '', 'a'], 0.5)]).toEqual([0, 0, 1]);
    expect([...clusterTexts([], 0.5)]).toEqual([]);
  });

  it('[Q17] no one in a cluster is further from its centre than the distance, and centres are further from each other', () => {
    const text = fc.array(fc.constantFrom('go', 'eat', 'flee', 'climb'), { maxLength: 9 }).map((words) => words.join(' '));
    fc.assert(fc.property(fc.array(text, { maxLength: 20 }), fc.double({ min: 0, max: 1, noNaN: true }), (texts, distance) => {
      const clusters = clusterTexts(texts, distance);
      const centres = Array.from({ length: Math.max(0, ...clusters.map((cluster) => cluster + 1)) }, (_, cluster) => texts[clusters.indexOf(cluster)]!);
      const between = (a: string, b: string): number => {
        const [x, y] = [a, b].map((each) => wordsOf(each).map((word) => word.length));
        return editsByDefinition(x!, y!) / Math.max(x!.length, y!.length, 1);
      };
      texts.forEach((each, i) => {
        const far = centres.map((centre) => between(each, centre));
        expect(far[clusters[i]!]).toBeLessThanOrEqual(distance);
      });
      centres.forEach((centre, i) => { for (const other of centres.slice(0, i)) expect(between(centre, other)).toBeGreaterThan(distance); });
    }), seeded(200));
  });

  it('[Q17] is measured of the living: at the distance 0 as many clusters as genomes, at 1 one', () => {
    const measured = (clusterDistance: number) => {
      const simulation = startMeadow(5);
      const { events } = watchAll(simulation, { ...quick, wanted: ['clusters'], clusterDistance });
      for (let t = 0; t < 40; t++) simulation.step();
      return { simulation, values: events.at(-1)!.values };
    };
    const { simulation, values } = measured(0);
    const { texts, counts } = frequentGenomes(simulation.kernel, 1000);
    const { richness, shannon } = diversityOf(counts);
    expect(texts.length).toBeGreaterThan(10);
    expect(values).toMatchObject({ 'clusters.richness': richness, 'clusters.shannon': shannon, 'clusters.covered': 1 });
    expect(measured(1).values).toMatchObject({ 'clusters.richness': 1, 'clusters.shannon': 0, 'clusters.simpson': 0, 'clusters.greatest': 1 });
    const between = measured(0.2).values['clusters.richness']!;
    expect([between > 1, between < richness]).toEqual([true, true]);
  });

  it('[Q5] Simpson\'s index over cells has the value that its definition gives', () => {
    expect(simpson([2, 0, 1, 1])).toBe(0.625);
    expect([simpson([3]), simpson([])]).toEqual([0, NaN]);
  });

  it('[Q2] out-degrees and the time of the branchings are told as the tree has them', () => {
    const simulation = startMeadow(5);
    const { events, parts } = watchAll(simulation, { ...quick, wanted: ['phylogeny', 'tree'], every: 5 });
    for (let t = 0; t < 40; t++) simulation.step();
    const { tree } = parts['phylogeny'] as Phylogeny;
    const { values } = events.at(-1)!;
    const slots = [...tree.slots()];
    const children = slots.map((slot) => slots.filter((other) => tree.parent[other] === slot).length);
    const number = (holds: (n: number) => boolean): number => children.filter(holds).length;
    expect(values).toMatchObject({
      'tree.tips': number((n) => n === 0), 'tree.single': number((n) => n === 1), 'tree.forks': number((n) => n === 2), 'tree.fans': number((n) => n > 2), 'tree.widest': Math.max(...children),
    });
    const weights = children.map((n) => Math.max(0, n - 1));
    const weighed = slots.reduce((sum, slot, i) => sum + weights[i]! * tree.origin[slot]!, 0);
    expect(values['phylogeny.normalisedOrigin']).toBeCloseTo(weighed / weights.reduce((a, b) => a + b, 0), 9);
    expect(number((n) => n > 1)).toBeGreaterThan(3);
  });
});
