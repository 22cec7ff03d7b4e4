import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incompleteBeta, lnGamma } from '../../core/measures/beta.ts';
import { studentTwoSided } from '../../core/measures/distributions.ts';
import { correlation, ranks, spearman, spearmanP, welchT } from '../../core/measures/comparisons.ts';
import { seeded } from './seeded.ts';

/** Hours of sleep gained on two drugs (Student 1908). */
const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
/** Anscombe's first set (1973). */
const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];

describe('comparisons', () => {
  it('[P1] give Welch\'s t of Student\'s sleepers as R\'s manual prints it', () => {
    const { t, df, p, lower, upper } = welchT(drug1, drug2)!;
    expect(t).toBeCloseTo(-1.8608, 4);
    expect(df).toBeCloseTo(17.776, 3);
    expect(p).toBeCloseTo(0.07939, 5);
    expect([lower, upper].map((bound) => bound.toFixed(6))).toEqual(['-3.365483', '0.205483']);
    expect(welchT([1, 1], [1, 1])).toMatchObject({ t: 0, p: 1 });
    expect(welchT([2, 2], [1, 1])).toMatchObject({ t: Infinity, p: 0, lower: 1, upper: 1 });
    expect(welchT([1], [1, 2])).toBeNull();
  });

  it('[P1] give the rank correlation of hours of television and intelligence of the textbook example, and Anscombe\'s r', () => {
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    expect(spearman(iq, hours)).toBeCloseTo(-29 / 165, 12);
    expect(spearmanP(-29 / 165, 10)).toBeCloseTo(0.627188, 6);
    expect(correlation(x, y)).toBeCloseTo(0.81642, 5);
    expect(spearman(x, y)).toBeCloseTo(0.8181818, 7);
    expect([...ranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
    expect(spearman([1, 1], [1, 2])).toBeNaN();
    expect([spearmanP(1, 5), spearmanP(0.5, 2)]).toEqual([0, NaN]);
  });

  it('[P1] reckon with degrees of freedom that are not whole as with whole ones beside them', () => {
    for (const df of [1, 2, 3, 7, 30, 200]) {
      for (const t of [0.1, 1, 2.5, 8]) expect(incompleteBeta(df / (df + t * t), df / 2, 0.5)).toBeCloseTo(studentTwoSided(t, df), 12);
    }
    expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
    expect(lnGamma(11)).toBeCloseTo(Math.log(3628800), 12);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    expect(incompleteBeta(0.5, 4, 4)).toBeCloseTo(0.5, 13);
    expect(incompleteBeta(0.3, 2, 3)).toBeCloseTo(0.3483, 12);
  });

  it('[P1] turn with the signs and do not mind the scale', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), { minLength: 3, maxLength: 12 }), (pairs) => {
      const [a, b] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
      const rho = spearman(a, b);
      if (Number.isNaN(rho)) return;
      expect(spearman(a.map((value) => value ** 3 + value), b)).toBeCloseTo(rho, 12);
      expect(spearman(a.map((value) => -value), b)).toBeCloseTo(-rho, 12);
      if (new Set(a).size + new Set(b).size > 2) expect(welchT(a, b)!.t).toBeCloseTo(-welchT(b, a)!.t, 12);
    }), seeded(100));
  });
});
