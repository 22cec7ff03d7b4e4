import { describe, expect, it } from 'vitest';
import { entropy, evenness } from '../../core/archive/diversity.ts';
import { exactExp, exactLn, integerPower } from '../../core/archive/exact-math.ts';
import { GaussianSource } from '../../core/archive/gaussian.ts';
import { normalCdf } from '../../core/measures/distributions.ts';

const ULP = 2 ** -52;

function source(counter = 0): GaussianSource {
  const gaussian = new GaussianSource();
  gaussian.seek([11, 12], 3, counter);
  return gaussian;
}

describe('plain arithmetic', () => {
  it('[A25] ln and exp are right to two units in the last place', () => {
    for (let i = -3000; i < 3090; i++) {
      const x = i / 4.37;
      expect(Math.abs(exactExp(x) - Math.exp(x))).toBeLessThanOrEqual(2 * ULP * Math.exp(x) + 5e-324);
    }
    for (let i = 1; i < 5000; i++) {
      for (const x of [i / 77, i * 1e-300, i * 1e300]) expect(Math.abs(exactLn(x) - Math.log(x))).toBeLessThanOrEqual(2 * ULP * Math.abs(Math.log(x)));
    }
  });

  it('[A25] and at the ends', () => {
    expect([exactLn(1), exactLn(0), exactLn(-1), exactLn(Infinity), exactLn(NaN)]).toEqual([0, -Infinity, NaN, Infinity, NaN]);
    expect([exactExp(0), exactExp(-Infinity), exactExp(Infinity), exactExp(-800), exactExp(710), exactExp(NaN)]).toEqual([1, 0, Infinity, 0, Infinity, NaN]);
    expect(exactExp(709.75)).toBeCloseTo(Math.exp(709.75), -300);
    expect([integerPower(0.5, 10), integerPower(3, 0), integerPower(-2, 3)]).toEqual([2 ** -10, 1, -8]);
  });
});

describe('normal deviates', () => {
  it('[A25] have the moments and the shares of the normal distribution', () => {
    const n = 400_000;
    const values = new Float64Array(n);
    source().perturb(values, 1);
    const moment = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0) / n;
    // four standard errors each
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    const sorted = values.slice().sort();
    let furthest = 0;
    for (let i = 0; i < n; i += 7) furthest = Math.max(furthest, Math.abs(normalCdf(sorted[i]!) - i / n));
    // Kolmogorov and Smirnov: passed once in a thousand seeds
    expect(furthest).toBeLessThan(1.95 / Math.sqrt(n));
  });

  it('[A25] have the tails of the normal distribution', () => {
    const values = new Float64Array(2_000_000);
    source(1).perturb(values, 1);
    for (const edge of [3, 3.6541528853610088, 4]) {
      const expected = 2 * normalCdf(-edge) * values.length;
      const beyond = values.reduce((count, x) => count + (Math.abs(x) > edge ? 1 : 0), 0);
      expect(Math.abs(beyond - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it('[A25] come one by one as they come together', () => {
    const together = new Float64Array(5000).fill(3);
    source().perturb(together, 2);
    const single = source();
    const singly = Array.from({ length: 5000 }, () => 3 + 2 * single.next());
    expect(singly).toEqual(Array.from(together));
    const pieces = source();
    for (let from = 0, length = 1; from < 5000; from += length, length = length % 7 + 1) pieces.perturb(together.subarray(from, from + length).fill(3), 2);
    expect(Array.from(together)).toEqual(singly);
  });

  it('[A25] are the same everywhere', () => {
    const gaussian = source(7);
    expect([gaussian.word(), gaussian.word()].map((word) => word >>> 0)).toEqual([963323524, 4000359466]);
    expect([gaussian.next(), gaussian.next(), gaussian.next()]).toEqual([-1.9424053491143742, -0.5743713698374149, 2.0095659379872215]);
  });
});

describe('evenness over cells', () => {
  it('[A8] is entropy over its greatest', () => {
    expect(entropy([1, 1, 1, 1])).toBeCloseTo(Math.log(4), 14);
    expect(entropy([5, 0, 0])).toBe(0);
    expect(entropy([1, 3])).toBeCloseTo(-(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 14);
    expect(evenness([2, 0, 2, 2])).toBeCloseTo(1, 14);
    expect(evenness([1, 3])).toBeCloseTo(0.8112781244591328, 14);
    expect([entropy([]), evenness([3]), evenness([])]).toEqual([NaN, NaN, NaN]);
  });
});
