import { describe, expect, it } from 'vitest';
import { AddStatus, type Archive } from '../../core/archive/archive.ts';
import type { Asked, Emitter } from '../../core/archive/emitter.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { Scheduler } from '../../core/archive/scheduler.ts';
import { GaussianEmitter, IsoLineEmitter } from '../../core/archive/vector-emitter.ts';
import { runSphere } from '../bench/sphere.ts';

const grid = (): GridArchive<Float64Array> => new GridArchive<Float64Array>({ dims: [4], ranges: [[0, 4]] });
const zeros = (n: number): Float64Array => new Float64Array(n);
const copy = (list: readonly Float64Array[]): number[][] => list.map((each) => Array.from(each));

function moments(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

describe('vector emitters', () => {
  it('[A21] begin around x0, and go on around elites', () => {
    const archive = grid();
    const emitter = new GaussianEmitter(archive, { batchSize: 2000, x0: [10, -10], sigma: 0.5, seed: 1 });
    const first = copy(emitter.ask());
    for (const [d, centre] of [10, -10].entries()) {
      const { mean, sd } = moments(first.map((each) => each[d]!));
      expect(Math.abs(mean - centre)).toBeLessThan(0.05);
      expect(Math.abs(sd - 0.5)).toBeLessThan(0.03);
    }
    archive.add(Float64Array.of(100, 0), 1, [0]);
    archive.add(Float64Array.of(200, 0), 1, [1]);
    const near = copy(emitter.ask()).map(([x]) => Math.round(x! / 100));
    expect(near.filter((n) => n === 1).length).toBeGreaterThan(900);
    expect(near.filter((n) => n === 2).length).toBeGreaterThan(900);
  });

  it('[A21] iso-line steps along the line to another elite', () => {
    const archive = grid();
    archive.add(Float64Array.of(0, 0, 5), 1, [0]);
    archive.add(Float64Array.of(10, 20, 5), 1, [1]);
    const emitter = new IsoLineEmitter(archive, { batchSize: 4000, x0: zeros(3), isoSigma: 0, lineSigma: 0.1, seed: 1 });
    const steps = copy(emitter.ask());
    for (const [x, y, z] of steps) {
      expect(y).toBeCloseTo(2 * x!, 9);
      expect(z).toBe(5);
    }
    // half of the pairs are twice the same elite: they do not move
    const still = steps.filter(([x]) => x === 0 || x === 10).length;
    expect(still / 4000).toBeCloseTo(0.5, 1);
    const { sd } = moments(steps.filter(([x]) => x !== 0 && x !== 10).map(([x]) => (Math.abs(x!) < 5 ? x! : x! - 10)));
    expect(Math.abs(sd - 1)).toBeLessThan(0.08);
  });

  it('[A21] keep within their bounds', () => {
    const emitter = new GaussianEmitter(grid(), { batchSize: 100, x0: zeros(3), sigma: 5, seed: 1, lower: -1, upper: [1, 2, 3] });
    for (const solution of emitter.ask()) for (const [i, value] of solution.entries()) {
      expect(value).toBeGreaterThanOrEqual(-1);
      expect(value).toBeLessThanOrEqual(i + 1);
    }
  });

  it('[A21] draw from seed, stream and count alone', () => {
    const make = (seed: number, streamNumber: number): GaussianEmitter => new GaussianEmitter(grid(), { batchSize: 3, x0: zeros(2), sigma: 1, seed, stream: streamNumber });
    const emitter = make(1, 0);
    const [first, second] = [copy(emitter.ask()), copy(emitter.ask())];
    expect(first).not.toEqual(second);
    expect(copy(make(1, 0).ask())).toEqual(first);
    expect(copy(make(2, 0).ask())).not.toEqual(first);
    expect(copy(make(1, 1).ask())).not.toEqual(first);
    const later = make(1, 0);
    later.asked = 1;
    expect(copy(later.ask())).toEqual(second);
  });

  it.each([
    [{ batchSize: 0 }, 'An emitter has batches of 0; it must be a whole number, at least 1.'],
    [{ x0: [] }, 'An emitter needs x0 with at least one number.'],
    [{ sigma: -1 }, 'sigma is -1; a standard deviation is 0 or a finite number above.'],
    [{ lower: [1, 2, 3] }, 'Bounds for 3 numbers were given to an emitter of 2.'],
  ])('[A21] refuse senseless options: %j', (options, sentence) => {
    expect(() => new GaussianEmitter(grid(), { batchSize: 3, x0: [0, 0], sigma: 1, seed: 1, ...options })).toThrow(sentence);
  });
});

/** Says the numbers it is given, a batch a time; succeeds where the archive says so. */
function speaker(name: string, objective: () => number, batch = 2): Emitter<number> & { told: number[][] } {
  const told: number[][] = [];
  return { name, asked: 0, told, ask() { this.asked++; return Array.from({ length: batch }, objective); }, keep: (n) => n, tell: (status) => { told.push(Array.from(status)); } };
}

describe('a scheduler', () => {
  const archive = (): GridArchive<number> => new GridArchive<number>({ dims: [1], ranges: [[0, 1]] });
  const round = (scheduler: Scheduler<number>, into: Archive<number>): void => {
    const asked = scheduler.ask();
    scheduler.tell([...asked], asked.map(() => 0.5));
    expect(into.objectiveCount).toBe(1);
  };

  it('[A22] asks all emitters and tells each what became of its own', () => {
    const into = archive();
    const [a, b] = [speaker('a', () => 1), speaker('b', () => 2, 3)];
    const result = archive();
    const scheduler = new Scheduler({ archive: into, emitters: [a, b], resultArchive: result });
    round(scheduler, into);
    expect([a.told, b.told]).toEqual([[[AddStatus.new, AddStatus.new]], [[AddStatus.new, AddStatus.new, AddStatus.new]]]);
    round(scheduler, into);
    expect([a.told[1], b.told[1]]).toEqual([[AddStatus.notAdded, AddStatus.notAdded], [AddStatus.notAdded, AddStatus.notAdded, AddStatus.notAdded]]);
    expect(scheduler.records()).toEqual([{ name: 'a', candidates: 4, successes: 2, empty: 0, standIns: 0 }, { name: 'b', candidates: 6, successes: 3, empty: 0, standIns: 0 }]);
    expect([into.elite(0)?.solution, result.elite(0)?.solution]).toEqual([2, 2]);
  });

  it('[A22] chooses by UCB1: the untried first, then whoever succeeds, and now and then the others', () => {
    const into = archive();
    let rising = 0;
    const emitters = [speaker('dull', () => -1), speaker('good', () => ++rising), speaker('dull too', () => -1)];
    const scheduler = new Scheduler({ archive: into, emitters, active: 1, zeta: 1 });
    round(scheduler, into);
    expect(emitters.map(({ asked }) => asked)).toEqual([1, 0, 0]);
    round(scheduler, into);
    round(scheduler, into);
    expect(emitters.map(({ asked }) => asked)).toEqual([1, 1, 1]);
    for (let i = 0; i < 200; i++) round(scheduler, into);
    const [dull, good, other] = emitters.map(({ asked }) => asked) as [number, number, number];
    expect(good).toBeGreaterThan(150);
    expect(dull).toBeGreaterThan(1);
    expect(other).toBeGreaterThan(1);
  });

  it('[A22] decides as the formula says', () => {
    const into = archive();
    const emitters = ['a', 'b', 'c'].map((name) => speaker(name, () => 0));
    const scheduler = new Scheduler({ archive: into, emitters, active: 1, zeta: 0.3 });
    scheduler.restore([[20, 40], [3, 10], [9, 20]].map(([successes, candidates]) => ({ candidates: candidates!, successes: successes!, empty: 0, standIns: 0, asked: 0 })));
    const worth = [[20, 40], [3, 10], [9, 20]].map(([s, n]) => s! / n! + 0.3 * Math.sqrt(Math.log(70) / n!));
    const best = worth.indexOf(Math.max(...worth));
    scheduler.ask();
    expect(emitters.map(({ asked }) => asked)).toEqual([0, 1, 2].map((i) => (i === best ? 1 : 0)));
  });

  it('[A21] is refused out of turn, or with another number of scores', () => {
    const into = archive();
    const scheduler = new Scheduler({ archive: into, emitters: [speaker('a', () => 1)] });
    expect(() => { scheduler.tell([], []); }).toThrow('tell was called before ask');
    scheduler.ask();
    expect(() => scheduler.ask()).toThrow('ask was called twice');
    expect(() => { scheduler.tell([1], [0.5]); }).toThrow('2 candidates came back with 1 objectives and 1 measures; 2 and 2 are needed.');
    scheduler.tell([1, 2], [0.5, 0.5]);
    expect(into.numElites).toBe(1);
  });

  it('[A29] waits for emitters that need time, and takes all in the order of the emitters, whichever is ready first', async () => {
    const run = async (order: readonly number[]): Promise<unknown> => {
      const into = archive();
      const ready: (() => void)[] = [];
      const late = (name: string, say: number): Emitter<number, Promise<readonly number[]>> => ({
        name, asked: 0, keep: (n) => n,
        ask: () => new Promise((resolve) => { ready.push(() => resolve([say, say])); }),
      });
      const scheduler = new Scheduler<number, Asked<number>>({ archive: into, emitters: [late('a', 7), speaker('b', () => 5, 1), late('c', 7)] });
      const coming = scheduler.ask();
      expect(() => { scheduler.tell([], []); }).toThrow('tell was called before the candidates had come');
      expect(() => scheduler.ask()).toThrow('ask was called twice');
      for (const i of order) ready[i]!();
      const asked = await coming;
      expect(asked).toEqual([7, 7, 5, 7, 7]);
      scheduler.tell([...asked], [0.5, 0.5, 0.5, 0.5, 0.5]);
      return [[...into], scheduler.records()];
    };
    expect(await run([0, 1])).toEqual(await run([1, 0]));
  });

  it('[A29] is at rest again after an emitter that fails', async () => {
    const into = archive();
    let fails = true;
    const moody: Emitter<number, Promise<readonly number[]>> = { name: 'moody', asked: 0, keep: (n) => n, ask: () => (fails ? Promise.reject(new Error('not today')) : Promise.resolve([1])) };
    const scheduler = new Scheduler<number, Asked<number>>({ archive: into, emitters: [speaker('b', () => 5, 2), moody] });
    await expect(scheduler.ask()).rejects.toThrow('not today');
    fails = false;
    expect(await scheduler.ask()).toEqual([5, 5, 1]);
  });

  it('[A30] counts what did not come, and what stood in for it, as no success: an emitter that never delivers is left for others', () => {
    const into = archive();
    let rising = 0;
    const silent: Emitter<number> = { name: 'silent', asked: 0, empty: 2, keep: (n) => n, ask() { this.asked++; return []; } };
    const borrowed: Emitter<number> = { ...speaker('borrowed', () => ++rising, 3), standIns: [0, 2] };
    const good = speaker('good', () => ++rising);
    const scheduler = new Scheduler({ archive: into, emitters: [silent, borrowed, good], active: 1, zeta: 0.2 });
    for (let i = 0; i < 60; i++) round(scheduler, into);
    const [a, b, c] = scheduler.records();
    expect(a).toEqual({ name: 'silent', candidates: 2 * silent.asked, successes: 0, empty: 2 * silent.asked, standIns: 0 });
    expect(b).toEqual({ name: 'borrowed', candidates: 3 * borrowed.asked, successes: borrowed.asked, empty: 0, standIns: 2 * borrowed.asked });
    expect(c).toEqual({ name: 'good', candidates: 2 * good.asked, successes: 2 * good.asked, empty: 0, standIns: 0 });
    expect(good.asked).toBeGreaterThan(40);
    expect(silent.asked).toBeLessThan(borrowed.asked + 5);
    const again = new Scheduler({ archive: into, emitters: [silent, borrowed, good], active: 1, zeta: 0.2 });
    again.restore(JSON.parse(JSON.stringify(scheduler.state())) as ReturnType<typeof scheduler.state>);
    expect(again.records()).toEqual(scheduler.records());
  });

  it.each([
    [[], undefined, 'A scheduler needs at least one emitter.'], [['a'], 2, '2 of 1 emitters are to be active; it must be a whole number from 1 to 1.'],
  ])('[A22] refuses senseless choices: %j', (names, active, sentence) => {
    expect(() => new Scheduler({ archive: archive(), emitters: names.map((name) => speaker(name, () => 0)), ...(active === undefined ? {} : { active }) })).toThrow(sentence);
  });

  it('[A21] goes on after a rest as if there had been none', () => {
    const run = (rests: boolean): unknown => {
      const into = grid();
      const make = (): Scheduler<Float64Array> => new Scheduler({
        archive: into, active: 1,
        emitters: [new GaussianEmitter(into, { batchSize: 4, x0: zeros(2), sigma: 1, seed: 3 }), new IsoLineEmitter(into, { batchSize: 4, x0: zeros(2), isoSigma: 1, lineSigma: 0.5, seed: 3, stream: 1 })],
      });
      let scheduler = make();
      for (let i = 0; i < 30; i++) {
        const asked = scheduler.ask();
        scheduler.tell(asked.map(([x]) => x!), asked.map((each) => each[1]! + 2));
        if (!rests) continue;
        const state = scheduler.state();
        scheduler = make();
        scheduler.restore(state);
      }
      return [[...into], scheduler.records()];
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe('on the sphere function', () => {
  // pyribs' figures for 20 dimensions after 2,000 iterations of 540 evaluations on 100×100 cells
  it.each([['map-elites', 62.5, 0.799], ['iso-line', 62.0, 0.790]] as const)('[A21] %s comes within a point of the published QD-score', (method, qdScore, coverage) => {
    const run = runSphere({ method, dimensions: 20, iterations: 2000, seed: 1 });
    expect(Math.abs(run.normQdScore - qdScore)).toBeLessThan(1);
    expect(Math.abs(run.coverage - coverage)).toBeLessThan(0.015);
  });
});
