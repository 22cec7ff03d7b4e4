import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile, studentQuantile, studentTwoSided } from '../../core/measures/distributions.ts';
import {
  benjaminiHochberg, bootstrap, bootstrapMean, cliffsDelta, cohensD, hedgesG, holm, mean, median, pairedT, quantile, signFlipTest,
  standardDeviation, standardError, variance, varghaDelaneyA,
} from '../../core/measures/statistics.ts';
import { seeded } from './seeded.ts';

const numbers = (minLength: number): fc.Arbitrary<number[]> => fc.array(fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8), { minLength, maxLength: 40 });

/** Hours of sleep gained on two drugs by ten patients (Student 1908). */
const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
const gained = drug1.map((hours, i) => hours - drug2[i]!);
/** Crossed less self-fertilised maize in eighths of an inch (Darwin 1876, as Fisher 1935 took them). */
const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
/** Spatial perception of 26 children (Efron & Tibshirani 1993, table 14.1, test A). */
const spatial = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

describe('statistics', () => {
  it('[P1] describe a sample as the textbooks do', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(variance(values)).toBeCloseTo(32 / 7, 12);
    expect(standardDeviation(values)).toBeCloseTo(2.138089935, 9);
    expect(standardError(values)).toBeCloseTo(2.138089935 / Math.sqrt(8), 9);
    expect(median(values)).toBe(4.5);
    expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([1, 1.75, 2.5, 3.7, 4]);
    expect([mean([]), variance([3]), standardError([3]), median([])]).toEqual([NaN, NaN, NaN, NaN]);
    expect(() => quantile([1], 1.5)).toThrow('at 1.5; it must be between 0 and 1');
  });

  it('[P1] know the normal and Student’s distribution as tables give them', () => {
    expect(normalCdf(1.96)).toBeCloseTo(0.9750021048517795, 14);
    expect(normalCdf(-3)).toBeCloseTo(0.0013498980316301, 14);
    expect([normalCdf(-50), normalCdf(50)]).toEqual([0, 1]);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect([0, 1].map(normalQuantile)).toEqual([-Infinity, Infinity]);
    const table: [df: number, t: number][] = [[1, 12.7062047364], [2, 4.30265272975], [3, 3.18244630528], [4, 2.7764451052], [9, 2.26215716], [10, 2.22813885196], [120, 1.97993040505]];
    for (const [df, t] of table) {
      expect(studentQuantile(0.975, df)).toBeCloseTo(t, 7);
      expect(studentQuantile(0.025, df)).toBeCloseTo(-t, 7);
      expect(studentTwoSided(t, df)).toBeCloseTo(0.05, 9);
    }
    expect(() => studentTwoSided(1, 0)).toThrow('0 degrees of freedom');
    expect(() => studentQuantile(1, 3)).toThrow('asked for at 1');
  });

  it('[P1] give the paired t of Student’s sleepers', () => {
    const { df, t, p, lower, upper } = pairedT(gained)!;
    expect(df).toBe(9);
    expect(t).toBeCloseTo(-4.0621, 4);
    expect(p).toBeCloseTo(0.002833, 6);
    expect([lower, upper].map((bound) => bound.toFixed(4))).toEqual(['-2.4599', '-0.7001']);
    expect(pairedT([2, 2, 2])).toMatchObject({ t: Infinity, p: 0, lower: 2, upper: 2 });
    expect(pairedT([0, 0])).toMatchObject({ t: 0, p: 1, lower: 0, upper: 0 });
    expect(pairedT([1])).toBeNull();
  });

  it('[P1] give Fisher’s exact test of Darwin’s maize: 863 of 32,768 on either side', () => {
    expect(signFlipTest(maize)).toBe((2 * 863) / 32_768);
    expect(signFlipTest([1, 2, 3, 4])).toBe(2 / 16);
    expect(signFlipTest([0, 0])).toBe(1);
    // more pairs than can all be flipped: the same data twice, and a shift that no flip undoes
    expect(signFlipTest([...maize, ...maize, -40, -40])).toBeLessThan(0.05);
    expect(signFlipTest(Array.from({ length: 20 }, () => 1), { resamples: 999 })).toBe(0.001);
  });

  it('[P1] give the bootstrap intervals of Efron & Tibshirani’s example: percentile (100.8, 233.9), bca (115.8, 259.6)', () => {
    const plugIn = (drawn: Uint32Array): number => {
      const values = Array.from(drawn, (i) => spatial[i]!);
      return (variance(values) * (values.length - 1)) / values.length;
    };
    const percentile = bootstrap(spatial.length, plugIn, { level: 0.9, method: 'percentile' })!;
    const bca = bootstrap(spatial.length, plugIn, { level: 0.9 })!;
    expect(bca.estimate).toBeCloseTo(171.5, 1);
    // theirs are of 2,000 resamples, so their ends are uncertain by two or three
    const apart = [percentile.lower - 100.8, percentile.upper - 233.9, bca.lower - 115.8, bca.upper - 259.6];
    expect(Math.max(...apart.map(Math.abs))).toBeLessThan(5);
    expect(bca.method).toBe('bca');
  });

  it('[P1] bootstrap from a seed, keep pairs together, and say when there is no interval', () => {
    const values = [3, 1, 4, 1, 5];
    expect(bootstrapMean(values, { seed: 2, resamples: 50 })).toEqual(bootstrapMean(values, { seed: 2, resamples: 50 }));
    expect(bootstrapMean(values, { seed: 2, resamples: 50 })).not.toEqual(bootstrapMean(values, { resamples: 50 }));
    // 5^5 = 3,125 ways to draw five: all are taken, whatever the seed
    expect(bootstrapMean(values, { seed: 2 })).toEqual(bootstrapMean(values));
    expect(bootstrapMean([0, 1], { level: 0.5, method: 'percentile' })).toEqual({ estimate: 0.5, lower: 0.375, upper: 0.625, method: 'percentile' });
    // both measurements are of the same replicate, so their difference never changes
    const shifted = values.map((value) => value + 7);
    const sum = (of: readonly number[], drawn: Uint32Array): number => drawn.reduce((all, i) => all + of[i]!, 0);
    expect(bootstrap(5, (drawn) => (sum(shifted, drawn) - sum(values, drawn)) / 5)).toEqual({ estimate: 7, lower: 7, upper: 7, method: 'percentile' });
    expect(bootstrapMean([])).toBeNull();
    expect(bootstrapMean([1, NaN])).toBeNull();
    expect(bootstrap(2, (drawn) => (drawn[0] === drawn[1] ? NaN : 1), { resamples: 1000 })).toMatchObject({ lower: 1, upper: 1 });
    expect(() => bootstrapMean(values, { level: 1 })).toThrow('level of an interval is 1');
  });

  it('[P1] bootstrap intervals of a normal mean cover it about as often as they say', () => {
    let covered = 0;
    for (let seed = 1; seed <= 200; seed++) {
      // sums of twelve evenly drawn numbers are near enough to normal
      const sample = Array.from({ length: 30 }, (_, i) => {
        let sum = -6;
        for (let k = 0; k < 12; k++) sum += (Math.imul(seed * 1013 + i * 31 + k, 0x9e3779b1) >>> 0) * 2 ** -32;
        return sum;
      });
      const { lower, upper } = bootstrapMean(sample, { resamples: 400, seed })!;
      if (lower <= 0 && upper >= 0) covered++;
    }
    expect(covered).toBeGreaterThan(175);
    expect(covered).toBeLessThanOrEqual(200);
  });

  it('[P1] give the effect sizes of worked examples', () => {
    // means 103 and 100, deviations 5.5 and 4.5, fifty each (Borenstein et al. 2009, chapter 4): d 0.5970, g 0.5924
    const group = (middle: number, deviation: number): number[] =>
      Array.from({ length: 50 }, (_, i) => middle + (i % 2 === 0 ? 1 : -1) * deviation * Math.sqrt(49 / 50));
    expect(cohensD(group(103, 5.5), group(100, 4.5))).toBeCloseTo(0.597, 4);
    expect(hedgesG(group(103, 5.5), group(100, 4.5))).toBeCloseTo(0.5924, 4);
    const treated = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50];
    const control = [10, 20, 30, 40, 40, 50];
    expect(cliffsDelta(treated, control)).toBe(-0.25);
    expect(varghaDelaneyA(treated, control)).toBe(0.375);
    expect([cliffsDelta([2], [1]), cliffsDelta([], [1])]).toEqual([1, NaN]);
  });

  it('[P1] adjust for many questions as Holm and as Benjamini & Hochberg do', () => {
    const rounded = (values: number[]): number[] => values.map((value) => Math.round(value * 1e6) / 1e6);
    expect(rounded(holm([0.01, 0.02, 0.03, 0.04, 0.05]))).toEqual([0.05, 0.08, 0.09, 0.09, 0.09]);
    expect(rounded(benjaminiHochberg([0.05, 0.01, 0.02, 0.04, 0.03]))).toEqual([0.05, 0.05, 0.05, 0.05, 0.05]);
    // the example of Benjamini & Hochberg 1995: four are found at 0.05, of which the familywise method finds three
    const thrombolysis = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];
    expect(benjaminiHochberg(thrombolysis).filter((p) => p <= 0.05)).toHaveLength(4);
    expect(holm(thrombolysis).filter((p) => p <= 0.05)).toHaveLength(3);
    expect([holm([]), benjaminiHochberg([])]).toEqual([[], []]);
  });

  it('[P1] keep their laws whatever the numbers', () => {
    fc.assert(fc.property(numbers(2), numbers(2), fc.integer({ min: -50, max: 50 }), (a, b, shift) => {
      expect(cliffsDelta(a, b)).toBeCloseTo(-cliffsDelta(b, a), 12);
      let above = 0;
      for (const x of a) for (const y of b) above += x > y ? 1 : x === y ? 0.5 : 0;
      expect(varghaDelaneyA(a, b)).toBeCloseTo(above / (a.length * b.length), 12);
      expect(median(a.map((x) => x + shift))).toBeCloseTo(median(a) + shift, 9);
      expect(variance(a.map((x) => x + shift))).toBeCloseTo(variance(a), 6);
      expect(quantile(a, 0)).toBe(Math.min(...a));
      expect(quantile(a, 1)).toBe(Math.max(...a));
      const { lower, upper, estimate } = bootstrapMean(a, { resamples: 60 })!;
      expect(lower).toBeLessThanOrEqual(upper);
      expect(lower).toBeGreaterThanOrEqual(Math.min(...a) - 1e-9);
      expect(upper).toBeLessThanOrEqual(Math.max(...a) + 1e-9);
      expect(estimate).toBeCloseTo(mean(a), 9);
    }), seeded(80));
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000), { maxLength: 20 }), (p) => {
      const [familywise, discovery] = [holm(p), benjaminiHochberg(p)];
      p.forEach((value, i) => {
        expect(discovery[i]).toBeGreaterThanOrEqual(value - 1e-12);
        expect(familywise[i]).toBeGreaterThanOrEqual(discovery[i]! - 1e-12);
        expect(familywise[i]).toBeLessThanOrEqual(1);
        p.forEach((other, k) => { if (value < other) expect(discovery[i]).toBeLessThanOrEqual(discovery[k]!); });
      });
    }), seeded(80));
    fc.assert(fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 9 }), (differences) => {
      const p = signFlipTest(differences);
      expect(p).toBeGreaterThanOrEqual(2 / 2 ** differences.length - 1e-12);
      expect(p).toBeLessThanOrEqual(1);
      expect(signFlipTest(differences.map((d) => -d))).toBe(p);
    }), seeded(60));
  });
});
