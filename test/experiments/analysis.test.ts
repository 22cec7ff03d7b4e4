import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, type RunRow } from '../../core/experiments/analysis.ts';
import { MeasureTally } from '../../core/experiments/measure-tally.ts';
import { pack, unpack } from '../../core/kernel/packed.ts';
import { holm, pairedT } from '../../core/measures/statistics.ts';
import { welchT } from '../../core/measures/comparisons.ts';
import { whatDiffers } from '../../viewer/cli/compare-runs.ts';
import { createLab } from '../../viewer/lab.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { seeded } from '../core/seeded.ts';

/** Numbers in [0, 1) that are the same every time. */
function noiseOf(seed: number): () => number {
  const stream = new RandomStream(seedKey(seed, purpose.sampling), 1);
  return () => stream.next();
}

/** Runs of a grid whose outcome is a function of its levels, with noise that belongs to the seed. */
function grid(value: (a: number, b: number) => number, seeds = 4): RunRow[] {
  const noise = noiseOf(3);
  const ofSeed = Array.from({ length: seeds }, () => noise() * 5);
  return [0, 1].flatMap((a) => [0, 1, 2].flatMap((b) => ofSeed.map((extra, seed) => ({ point: { a, b }, seed, outcomes: { y: value(a, b) + extra + noise() * 0.1, z: null } }))));
}

describe('the analysis of an experiment', () => {
  it('[X8] pairs runs that differ in one factor alone, and finds what Welch\'s t cannot', () => {
    const { levels } = analyse(grid((a, b) => a + 10 * b), ['a', 'b'], ['y']);
    const [first, second] = levels.filter(({ factor }) => factor === 'a');
    expect(first!.contrast).toBeNull();
    expect(second!.values).toHaveLength(12);
    expect(second!.contrast).toMatchObject({ test: 'paired t' });
    expect(second!.contrast!.difference).toBeCloseTo(1, 0);
    const differences = second!.values.map((value, i) => value - first!.values[i]!);
    expect(second!.contrast!.p).toBe(pairedT(differences)!.p);
    expect(second!.contrast!.p).toBeLessThan(1e-6);
    expect(welchT(second!.values, first!.values)!.p).toBeGreaterThan(0.1);
    expect(levels.filter(({ factor }) => factor === 'b').map(({ contrast }) => Math.round(contrast?.difference ?? 0))).toEqual([0, 10, 20]);
  });

  it('[X8] takes Welch\'s t where runs have no partners, and leaves out what a run has not', () => {
    const rows = grid((a) => a * 10).filter(({ point, seed }) => point['a'] === 0 || seed !== 2);
    const { levels } = analyse(rows, ['a'], ['y', 'z']);
    expect(levels[1]!.contrast).toMatchObject({ test: 'Welch t' });
    expect(levels.filter(({ outcome }) => outcome === 'z').every(({ values, contrast }) => values.length === 0 && contrast === null)).toBe(true);
  });

  it('[X8] corrects p for all comparisons together', () => {
    const { levels } = analyse(grid((_, b) => b * 0.05), ['a', 'b'], ['y']);
    const tested = levels.flatMap(({ contrast }) => (contrast === null ? [] : [contrast]));
    expect(tested).toHaveLength(3);
    expect(tested.map(({ pAdjusted }) => pAdjusted)).toEqual(holm(tested.map(({ p }) => p!)));
  });

  it('[X8] is the same whatever else is in the table, and errs as often as it says where nothing differs', () => {
    let found = 0;
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const noise = noiseOf(seed);
      const rows = [0, 1, 2].flatMap((a) => [1, 2, 3, 4].map((s): RunRow => ({ point: { a }, seed: s, outcomes: { y: noise() } })));
      const tested = analyse(rows, ['a'], ['y']).levels.flatMap(({ contrast }) => contrast?.pAdjusted ?? []);
      if (tested.some((p) => p < 0.05)) found++;
    }), seeded(40));
    expect(found).toBeLessThan(8);
  });

  it('[X8] tells by rank how outcomes go with sampled factors, runs of a sample being one', () => {
    const noise = noiseOf(9);
    const rows = Array.from({ length: 20 }, () => ({ a: noise(), b: noise() })).flatMap((point) => [1, 2].map((seed): RunRow => ({ point, seed, outcomes: { y: Math.exp(-5 * point.a) + noise() * 1e-3 } })));
    const { correlations, levels } = analyse(rows, ['a', 'b'], ['y'], true);
    expect(levels).toEqual([]);
    expect(correlations.map(({ pairs }) => pairs.length)).toEqual([20, 20]);
    expect(correlations[0]!.rho!.estimate).toBeLessThan(-0.95);
    expect(correlations[0]!.pAdjusted).toBeLessThan(1e-6);
    expect(correlations[1]!.pAdjusted).toBeGreaterThan(0.05);
  });

  it('[X8] compares recorded runs by the fields in which their specs differ, those that change together as one', () => {
    const spec = (scarcity: number, crowding: number, style: string, seed: number): object => ({ seed, ticks: seed * 10, parameters: { scarcity, crowding, size: 64 }, language: { style }, record: { every: seed } });
    expect(whatDiffers([spec(0.1, 1, 'a', 1), spec(0.2, 2, 'a', 2), spec(0.2, 2, 'b', 3)])).toEqual([
      { 'scarcity + crowding': '0.1 + 1', 'language.style': 'a' }, { 'scarcity + crowding': '0.2 + 2', 'language.style': 'a' }, { 'scarcity + crowding': '0.2 + 2', 'language.style': 'b' },
    ]);
    expect(whatDiffers([spec(0.1, 1, 'a', 1), spec(0.1, 1, 'a', 2)])).toEqual([{}, {}]);
  });
});

describe('the tally of measures', () => {
  const { simulation } = createLab({ world: 'meadow', seed: 1, operator: 'classical', parameters: { size: 16, founders: 0 }, service: null });
  const emit = (tick: number, values: Record<string, number>): void => simulation.emit({ kind: 'measures', tick, values });

  it('[X9] keeps what each measure came to over all samples in bounded room, and goes on from a saved one', () => {
    const whole = new MeasureTally(simulation);
    for (let tick = 1; tick <= 700; tick++) emit(tick, { a: tick, b: tick % 7 === 0 ? NaN : -tick });
    const gone = new MeasureTally(simulation);
    gone.load(unpack(pack(whole.save())));
    for (let tick = 701; tick <= 1000; tick++) emit(tick, { a: tick, b: NaN, late: 1 });
    expect(whole.figures['a']).toEqual({ last: 1000, mean: 500.5, least: 1, greatest: 1000, samples: 1000 });
    expect(whole.figures['b']).toMatchObject({ last: NaN, least: -699, greatest: -1, samples: 600 });
    const { ticks, values } = whole.series;
    expect(ticks.length).toBeLessThanOrEqual(400);
    expect(new Set(ticks.slice(1).map((tick, i) => tick - ticks[i]!)).size).toBe(1);
    expect(values['a']).toEqual(ticks);
    expect(values['late']!.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(50);
    expect(gone.figures).toEqual(whole.figures);
    expect(gone.series).toEqual(whole.series);
  });
});
