import { describe, expect, it } from 'vitest';
import { CategoricalArchive } from '../../core/archive/categorical-archive.ts';
import { GaussianSource } from '../../core/archive/gaussian.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { noiseOf, reevaluate } from '../../core/archive/noise.ts';

describe('an archive judged with noise', () => {
  it('[A23] is rebuilt from the means of its elites; illusion is the share that was luck', async () => {
    const archive = new GridArchive<string>({ dims: [4], ranges: [[0, 4]] });
    ['a', 'b', 'c'].forEach((name, i) => archive.add(name, 10, [i + 0.5]));
    const answers: Record<string, [number, number][]> = { a: [[4, 0.5], [6, 0.5]], b: [[8, 1.25], [8, 1.75]], c: [[2, 2.5], [0, 1.1]] };
    const report = await reevaluate(archive, (elites, repeat) => elites.map(({ solution }) => {
      const [objective, measure] = answers[solution]![repeat]!;
      return { objective, measures: [measure] };
    }), { repeats: 2 });
    // c's measures average 1.8, where b is better
    expect([...report.correctedArchive].map(({ solution, objective }) => [solution, objective])).toEqual([['a', 5], ['b', 8]]);
    expect(report.reported).toEqual({ qdScore: 30, coverage: 0.75 });
    expect(report.corrected).toEqual({ qdScore: 13, coverage: 0.5 });
    expect(report.illusion.qdScore).toBeCloseTo(1 - 13 / 30, 14);
    expect(report.illusion.coverage).toBeCloseTo(1 / 3, 14);
    expect(Array.from(report.reproducibility.objective)).toEqual([Math.SQRT2, 0, Math.SQRT2]);
    expect(report.reproducibility.measures[0]![1]).toBeCloseTo(0.5 / Math.SQRT2, 14);
    expect(report.spread.objective).toBeCloseTo(2 * Math.SQRT2 / 3, 14);
    expect(Array.from(report.reproducibility.cells)).toEqual([0, 1, 2]);
    // the archive itself is as it was
    expect(archive.qdScore).toBe(30);
  });

  it('[A23] tells a noisy judge from a true one', async () => {
    const run = async (sigma: number): Promise<number> => {
      const chance = new GaussianSource();
      chance.seek([1, 2], 3, 0);
      const archive = new GridArchive<number>({ dims: [20], ranges: [[0, 20]] });
      for (let i = 0; i < 2000; i++) archive.add(5, 5 + sigma * chance.next(), [(i % 20) + 0.5]);
      const report = await reevaluate(archive, (elites) => Promise.resolve(elites.map(({ solution, measures }) => ({ objective: solution + sigma * chance.next(), measures }))), { repeats: 10 });
      return report.illusion.qdScore;
    };
    expect(await run(0)).toBe(0);
    // the best of a hundred tries lies 2.5 standard deviations up: (5 + 2.5) / 5 of the truth
    expect(await run(1)).toBeGreaterThan(0.28);
    expect(await run(1)).toBeLessThan(0.38);
  });

  it('[A23] categories are not averaged: the commonest stands, the first of equals', () => {
    const archive = new CategoricalArchive<string>({ categories: [['x', 'y', 'z']] });
    archive.add('a', 1, [0]);
    const of = (...codes: number[]): number[] => noiseOf(archive, [...archive], [codes.map((code) => ({ objective: 1, measures: [code] }))]).correctedArchive.best!.measures;
    expect([of(0, 2, 2), of(2, 0), of(1)]).toEqual([[2], [0], [1]]);
  });

  it('[A23] is refused where an answer is missing or makes no sense', async () => {
    const archive = new GridArchive<string>({ dims: [4], ranges: [[0, 4]] });
    archive.add('a', 1, [0]);
    await expect(reevaluate(archive, () => [])).rejects.toThrow('1 elites were evaluated again and 0 answers came.');
    await expect(reevaluate(archive, () => [{ objective: NaN, measures: [0] }])).rejects.toThrow('Candidate 0 has objective NaN');
    await expect(reevaluate(archive, () => [], { repeats: 0 })).rejects.toThrow('Elites are to be evaluated 0 times; it must be a whole number, at least 1.');
    const empty = await reevaluate(archive.emptied(), () => []);
    expect([empty.illusion.qdScore, empty.reported.qdScore, empty.corrected.qdScore]).toEqual([NaN, 0, 0]);
  });
});
