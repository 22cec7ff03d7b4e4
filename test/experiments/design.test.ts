import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../core/experiments/canonical.ts';
import { levelsOf, pointsOf } from '../../core/experiments/design.ts';
import { seeded } from '../core/seeded.ts';

describe('designs', () => {
  it('[X6] of a grid have each level of a factor with each of all others, the last changing fastest', () => {
    const points = pointsOf([{ key: 'a', values: [1, 2] }, { key: 'b', from: 0, to: 0.3, levels: 4 }], { kind: 'grid' });
    expect(points).toHaveLength(8);
    expect(points.slice(0, 5)).toEqual([{ a: 1, b: 0 }, { a: 1, b: 0.1 }, { a: 1, b: 0.2 }, { a: 1, b: 0.3 }, { a: 2, b: 0 }]);
    expect(pointsOf([], { kind: 'grid' })).toEqual([{}]);
    expect(levelsOf({ key: 'a', from: 1, to: 2, levels: 1 })).toEqual([1]);
  });

  it('[X6] of a list set the first levels together, then the second, and refuse lists of different lengths', () => {
    expect(pointsOf([{ key: 'a', values: [1, 2] }, { key: 'b', values: ['x', 'y'] }], { kind: 'list' })).toEqual([{ a: 1, b: 'x' }, { a: 2, b: 'y' }]);
    expect(() => pointsOf([{ key: 'a', values: [1] }, { key: 'b', values: [1, 2] }], { kind: 'list' })).toThrow('a has 1 and b has 2');
  });

  it('[X6] of a Latin hypercube have one sample in each stratum of each factor, and are a function of the seed', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.integer({ min: 1, max: 5 }), (samples, seed, many) => {
      const factors = Array.from({ length: many }, (_, i) => ({ key: `f${i}`, from: -i, to: i + 1 }));
      const design = { kind: 'latinHypercube', samples, seed } as const;
      const points = pointsOf(factors, design);
      for (const { key, from, to } of factors) {
        const strata = points.map((point) => Math.floor((((point[key] as number) - from) / (to - from)) * samples + 1e-9));
        expect([...new Set(strata)].sort((a, b) => a - b)).toEqual(Array.from({ length: samples }, (_, i) => i));
      }
      expect(pointsOf(factors, design)).toEqual(points);
    }), seeded(100));
    const both = pointsOf([{ key: 'a', from: 0, to: 1 }, { key: 'b', from: 0, to: 1 }], { kind: 'latinHypercube', samples: 30, seed: 1 });
    expect(both.map(({ a }) => a)).not.toEqual(both.map(({ b }) => b));
    expect(both).not.toEqual(pointsOf([{ key: 'a', from: 0, to: 1 }, { key: 'b', from: 0, to: 1 }], { kind: 'latinHypercube', samples: 30, seed: 2 }));
  });

  it('[X6] of a Latin hypercube give words and whole numbers their even share', () => {
    const points = pointsOf([{ key: 'w', values: ['x', 'y', 'z'] }, { key: 'n', from: 1, to: 10 }], { kind: 'latinHypercube', samples: 30, seed: 4 }, (key) => key === 'n');
    for (const word of ['x', 'y', 'z']) expect(points.filter(({ w }) => w === word)).toHaveLength(10);
    expect(points.every(({ n }) => Number.isInteger(n))).toBe(true);
  });

  it('[X7] canonical JSON is the same in whatever order keys were written, and another for another value', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }), seeded(100));
    expect(canonicalJson({ b: [2, { d: 1, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[2,{"d":1}]}');
  });
});
