import { describe, expect, it } from 'vitest';
import { createInstincts } from '../../agents/instincts/store.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { ActivityRecord, classifyActivity } from '../../core/measures/activity-class.ts';
import { watchActivity } from '../../core/measures/activity-watch.ts';
import { ACTIVITY_BINS, Activity, activityBin, activityOfBin, crossingBin, normalisedIncrements } from '../../core/measures/activity.ts';
import { EmbeddingSeries } from '../../core/measures/embedding-series.ts';
import { embeddingRows, illumination, openEndedness, vendiOfEmbeddings } from '../../core/measures/embeddings.ts';
import { GenotypePhylogeny } from '../../core/measures/genotypes.ts';
import { fitGrowth } from '../../core/measures/growth.ts';
import { Modes, watchModes, type SnapshotEntry } from '../../core/measures/modes.ts';
import { NeutralShadow } from '../../core/measures/shadow.ts';
import { createSkeletons, drawSituations, keepSituations } from '../../core/measures/skeleton.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';
import { startDrift } from './drift-world.ts';

const entry = (taxon: number, key: string, organisms: number, sites = key.length): SnapshotEntry => ({ taxon, component: { key, sites }, organisms });
const stream = (n: number): RandomStream => new RandomStream(seedKey(n, purpose.sampling), 0x74657374);

describe('MODES', () => {
  it('[Q8] reports what has persisted, by hand: change, novelty, complexity and ecology', () => {
    const modes = new Modes({ interval: 20, resolution: 10 });
    // taxa 1 (aaa) and 2 (b) and 3 (b again); nothing is told before the third snapshot
    expect(modes.snapshot(10, [entry(1, 'aaa', 6), entry(2, 'b', 1), entry(3, 'b', 1)], () => true)).toBeNull();
    expect(modes.snapshot(20, [entry(1, 'aaa', 2), entry(4, 'cc', 1), entry(5, 'dddd', 1)], () => true)).toBeNull();
    // at 30 all of the first snapshot have descendants: shares 3/4 and 1/4
    expect(modes.snapshot(30, [entry(2, 'b', 8)], (taxon) => taxon <= 3)).toEqual({
      tick: 30, snapshot: 10, components: 2, change: 2, novelty: 2, complexity: 3, ecology: expect.closeTo(2 - 0.75 * Math.log2(3), 12),
    });
    // of the second, 5 has died out: aaa was there before, cc is new; dddd counts for nothing
    expect(modes.snapshot(40, [entry(4, 'cc', 3), entry(1, 'aaa', 1)], (taxon) => taxon !== 5)).toEqual({
      tick: 40, snapshot: 20, components: 2, change: 1, novelty: 1, complexity: 3, ecology: expect.closeTo(Math.log2(3) - 2 / 3, 12),
    });
    // b comes back: a change, but nothing new
    expect(modes.snapshot(50, [], () => true)).toEqual({ tick: 50, snapshot: 30, components: 1, change: 1, novelty: 0, complexity: 1, ecology: 0 });
    expect(modes.snapshot(60, [], () => false)).toEqual({ tick: 60, snapshot: 40, components: 0, change: 0, novelty: 0, complexity: 0, ecology: 0 });
    expect(modes.reports).toHaveLength(4);
    expect(() => new Modes({ interval: 15, resolution: 10 })).toThrow('MODES is to filter over 15 ticks with a snapshot every 10; the first must be a whole multiple of the second, at least 1.');
  });

  it('[Q8] of a run counts only what the complete record says has persisted', () => {
    const { simulation, genomes } = startDrift({ organisms: 80, mutationRate: 0.1, selection: 2 });
    const genotypes = new GenotypePhylogeny(simulation);
    const modes = watchModes(simulation, genotypes, { interval: 20, resolution: 10 });
    const parentOf = new Map<number, number>();
    const textOf = new Map<number, string>();
    const snapshots = new Map<number, number[]>();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (let i = 0; i < event.births.count; i++) {
        parentOf.set(event.births.id[i]!, event.births.parent[i]!);
        textOf.set(event.births.id[i]!, genomes.text(event.births.genome[i]!));
      }
      const { pop, eggs } = simulation.kernel;
      for (let i = 0; i < event.conceptions.count; i++) parentOf.set(event.conceptions.child[i]!, event.conceptions.parent[i]!);
      if (event.tick % 10 !== 0) return;
      snapshots.set(event.tick, [...pop.columns.id.subarray(0, pop.count)]);
      const report = modes.reports.find(({ tick }) => tick === event.tick);
      const then = snapshots.get(event.tick - 20);
      if (then === undefined) { expect(report).toBeUndefined(); return; }
      const unborn = Array.from({ length: eggs.count }, (_, i) => eggs.child[(eggs.head + i) % eggs.capacity]!);
      const forebears = new Set<number>();
      for (const id of [...snapshots.get(event.tick)!, ...unborn]) for (let at: number | undefined = id; at !== undefined && !forebears.has(at); at = parentOf.get(at)) forebears.add(at);
      // a genotype persists when any of its line does, even if this bearer left nobody
      const line = (id: number): number => { let at = id; while (textOf.get(parentOf.get(at)!) === textOf.get(at)) at = parentOf.get(at)!; return textOf.get(at) === 'breed#100' ? -1 : at; };
      const lines = new Set([...forebears].filter((id) => textOf.has(id)).map(line));
      const kept = then.filter((id) => lines.has(line(id)));
      const shares = new Map<string, number>();
      for (const id of kept) shares.set(textOf.get(id)!, (shares.get(textOf.get(id)!) ?? 0) + 1 / kept.length);
      expect(report).toMatchObject({ snapshot: event.tick - 20, components: shares.size, ecology: expect.closeTo([...shares.values()].reduce((sum, p) => sum - p * Math.log2(p), 0), 9) as number });
    });
    for (let t = 0; t < 150; t++) simulation.step();
    expect(modes.reports.length).toBe(13);
    expect(Math.max(...modes.reports.map(({ novelty }) => novelty))).toBeGreaterThan(2);
  });

  it('[Q8] a skeleton holds the rules that matter in the situations given, and no others', () => {
    const { vocabulary } = findWorld('meadow');
    const genomes = createInstincts(vocabulary);
    const sense = vocabulary.senses.findIndex(({ name }) => name === 'energy');
    const senses = vocabulary.senses.length;
    const readings = new Float32Array(3 * senses);
    [5, 20, 60].forEach((energy, i) => { readings[i * senses + sense] = energy; });
    const skeletonOf = createSkeletons({ genomes, vocabulary, situations: { count: 3, readings } });
    const text = (lines: string[]): string => { const handle = genomes.intern(lines.join('\n')); const canonical = genomes.text(handle); genomes.release(handle); return canonical; };
    // the second rule never holds; the third holds only where the first one already did
    const genome = text(['when energy > 50 -> reproduce', 'when energy > 90 -> rest', 'when energy > 55 -> rest', 'otherwise -> eat']);
    expect(skeletonOf(genome)).toEqual({ key: text(['when energy > 50 -> reproduce', 'otherwise -> eat']), sites: 2 });
    expect(skeletonOf(text(['when energy > 50 -> reproduce', 'otherwise -> eat']))).toEqual(skeletonOf(genome));
    expect(genomes.distinct).toBe(0);
    expect(() => skeletonOf('no genome')).toThrow('A skeleton is asked for of what is no genome: "no genome".');
    expect(() => createSkeletons({ genomes, vocabulary, situations: { count: 4, readings } })).toThrow(/^4 situations of \d+ senses need \d+ readings; got \d+\.$/);
  });

  it('[Q8] situations are drawn from the ranges of senses, or kept from thoughts as they begin', () => {
    const world = findWorld('meadow');
    const { vocabulary } = world;
    const drawn = drawSituations(vocabulary, 200, 4);
    expect(drawSituations(vocabulary, 200, 4)).toEqual(drawn);
    expect(drawSituations(vocabulary, 200, 5)).not.toEqual(drawn);
    drawn.readings.forEach((value, i) => {
      const { lower, upper } = vocabulary.senses[i % vocabulary.senses.length]!;
      expect(value >= Math.fround(lower) && value <= Math.fround(upper)).toBe(true);
    });
    const genomes = createInstincts(vocabulary);
    const simulation = new Simulation({ world, seed: 2, genomes, parameters: resolveParameters(world.parameters, { size: 32, deliberation: 0.02, capacity: 2000 }) });
    const few = keepSituations(simulation, 8);
    const all: string[] = [];
    const rowsOf = (readings: Float32Array, count: number): string[] => Array.from({ length: count }, (_, i) => readings.subarray(i * vocabulary.senses.length, (i + 1) * vocabulary.senses.length).join());
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') all.push(...rowsOf(event.thoughts.readings, event.thoughts.count)); });
    for (let t = 0; t < 20; t++) {
      simulation.step();
      for (const organism of simulation.unanswered('thoughts')) simulation.submit({ kind: 'think', organism, outcome: 'fallback', tokens: 0, intent: null, message: null, genome: null, reason: 'it was silent' });
    }
    expect(all.length).toBeGreaterThan(8);
    expect(few.count).toBe(8);
    for (const row of rowsOf(few.readings, 8)) expect(all).toContain(row);
    // not just the first ones
    expect(rowsOf(few.readings, 8).some((row) => !all.slice(0, 8).includes(row))).toBe(true);
  });
});

describe('evolutionary activity', () => {
  const at = (...components: number[]): Map<number, number> => new Map(components.map((each) => [each, 1]));

  it('[Q9] has the published values of three components, and forgets those that are gone', () => {
    const activity = new Activity();
    for (const sample of [at(1), at(1, 2), at(1, 2, 3), at(1, 2, 3)]) activity.observe(sample);
    expect([...activity.values]).toEqual([2, 3, 4]);
    expect(activity.diversity).toBe(3);
    expect(activity.cumulative).toEqual({ total: 9, mean: 3, median: 3 });
    // of the strip from 2 to 3: (2 + 3) / 3
    expect(activity.newActivity(2, 3)).toBeCloseTo(5 / 3, 14);
    activity.observe(at(2, 3));
    expect([activity.of(1), activity.of(2), activity.diversity, activity.cumulative.median]).toEqual([0, 4, 2, 3.5]);
    const shares = new Activity('share');
    shares.observe(new Map([[1, 3], [2, 1]]));
    shares.observe(new Map([[1, 1], [2, 1]]));
    expect([shares.of(1), shares.of(2)]).toEqual([1.25, 0.75]);
    shares.copyFrom(activity);
    expect(shares.of(2)).toBe(4);
    shares.observe(new Map([[5, 0], [6, 2]]));
    expect([shares.diversity, shares.of(6)]).toEqual([1, 1]);
    expect(new Activity().cumulative).toEqual({ total: 0, mean: 0, median: 0 });
  });

  it('[Q9] Channon\'s increments are real less shadow, of the components that both began with', () => {
    expect([...normalisedIncrements([1, 2, 3, 4], at(1, 2, 9), at(2, 3, 8))]).toEqual([[1, 1], [2, 0], [3, -1], [4, 0]]);
    expect([...normalisedIncrements([1, 2], new Map([[1, 3], [2, 1]]), new Map([[1, 1], [2, 1]]), 'share')]).toEqual([[1, 0.25], [2, -0.25]]);
  });

  it('[Q9] distributions cross where the first has the most more above', () => {
    const bins = (entries: Record<number, number>): Float64Array => { const list = new Float64Array(ACTIVITY_BINS); for (const [bin, n] of Object.entries(entries)) list[Number(bin)] = n; return list; };
    expect(crossingBin(bins({ 10: 6, 40: 4 }), bins({ 10: 9, 40: 1 }))).toBe(40);
    expect(crossingBin(bins({ 10: 9, 40: 1 }), bins({ 10: 6, 40: 4 }))).toBe(ACTIVITY_BINS);
    expect(crossingBin(bins({ 10: 1 }), bins({}))).toBe(10);
    for (const a of [0.001, 1, 3, 1000]) expect([activityOfBin(activityBin(a)) <= a, activityOfBin(activityBin(a) + 1) > a]).toEqual([true, true]);
  });

  it('[Q9] a shadow has the births, deaths and mutations of the real population, and no memory of who is who', () => {
    const shadow = new NeutralShadow([1, 1, 2], 100, stream(1));
    shadow.birth(false);
    shadow.birth(true);
    shadow.death();
    expect(shadow.population).toBe(4);
    shadow.reset([7, 7]);
    expect(shadow.counts()).toEqual(new Map([[7, 2]]));
    for (let i = 0; i < 3; i++) shadow.death();
    shadow.birth(false);
    expect([...shadow.counts().values()]).toEqual([1]);
    // chance of fixation is the share at the start (Moran 1958), here 0.3 of ten
    let fixed = 0;
    for (let run = 0; run < 1000; run++) {
      const moran = new NeutralShadow([1, 1, 1, 2, 2, 2, 2, 2, 2, 2], 100, stream(run + 2));
      while (moran.counts().size > 1) { moran.birth(false); moran.death(); }
      if (moran.counts().has(1)) fixed++;
    }
    expect(Math.abs(fixed / 1000 - 0.3)).toBeLessThan(0.05);
  });

  /** A drifting world with its watch. */
  function watched(selection: number, seed: number, ticks = 500) {
    const { simulation } = startDrift({ seed, selection, organisms: 300 });
    const watch = watchActivity(simulation, new GenotypePhylogeny(simulation), { every: 10 });
    let live = 0;
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') live = event.population; });
    for (let t = 0; t < ticks; t++) simulation.step();
    return { watch, live };
  }

  it('[Q10] a neutral world is class 1, without adaptive activity, and so are shadows taken for real', () => {
    for (const seed of [1, 2, 3]) {
      const { watch } = watched(0, seed);
      expect(watch.verdict()).toMatchObject({ class: '1', label: 'none', samples: 50, shadows: 39 });
      // at this level one of forty may come out otherwise
      const classes = Array.from({ length: 39 }, (_, i) => watch.verdict(1 / 39, i).class);
      expect(classes.filter((each) => each !== '1').length).toBeLessThanOrEqual(3);
    }
  });

  it('[Q10] a world with selection is not class 1, and the numbers behind it are told', () => {
    for (const seed of [1, 2, 3]) {
      const verdict = watched(4, seed).watch.verdict();
      expect(verdict.class).not.toBe('1');
      expect(verdict.newActivity.p).toBe(1 / 40);
      expect(verdict.newActivity.real).toBeGreaterThan(2 * verdict.newActivity.highest);
      expect([Number.isFinite(verdict.threshold), verdict.medianGrowth?.points, verdict.diversityGrowth?.points]).toEqual([true, 32, 32]);
    }
    expect(() => classifyActivity(new ActivityRecord(), [], 0.05)).toThrow('0 shadows cannot tell at the level 0.05; there must be at least 19.');
  });

  it('[Q10] the label follows from the series: made populations of each class', () => {
    const shadows = Array.from({ length: 39 }, () => new ActivityRecord('existence'));
    const made = (counts: (t: number) => Map<number, number>): ActivityRecord => {
      const record = new ActivityRecord('existence');
      for (let t = 1; t <= 64; t++) record.observe(t, counts(t), (component) => component >= 10);
      return record;
    };
    // shadows: ten components, each of which lasts for two samples
    shadows.forEach((shadow, i) => { for (let t = 1; t <= 64; t++) shadow.observe(t, at(...Array.from({ length: 10 }, (_, k) => 100 + i + 50 * (((t + k) >> 1) * 10 + k))), (component) => component >= 10); });
    const span = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
    // the same ten for ever, all old: nothing new, median without bound
    expect(classifyActivity(made(() => at(...span(10))), shadows)).toMatchObject({ class: '2', label: 'uncreative' });
    // ten that last for sixteen samples each
    const turnover = (t: number): number[] => span(10).map((k) => 1000 + Math.floor((t + k) / 16) * 10 + k);
    expect(classifyActivity(made((t) => at(...turnover(t))), shadows)).toMatchObject({ class: '3', label: 'bounded' });
    // more and more of them
    expect(classifyActivity(made((t) => at(...span(10 + 3 * t).map((k) => 1000 + Math.floor((t + k) / 16) * 1000 + k))), shadows)).toMatchObject({ class: '4a', label: 'unbounded' });
    // new ones that last for ever, as many as there were at first, and more and more
    expect(classifyActivity(made((t) => at(...span(10).map((k) => 1000 + k + (t < 8 ? 100 : 0)))), shadows).class).toBe('4b');
    expect(classifyActivity(made((t) => at(...span(2 + t).map((k) => 1000 + k))), shadows).class).toBe('4c');
  });

  it('[Q10] bounded is told from unbounded by the better fit', () => {
    const times = Array.from({ length: 200 }, (_, i) => 10 * i);
    const random = stream(9);
    const noise = (): number => 0.3 * (random.next() + random.next() + random.next() - 1.5);
    const fit = (f: (t: number) => number) => fitGrowth(times, times.map((t) => f(t) + noise()))!;
    expect(fit(() => 4)).toMatchObject({ unbounded: false });
    expect(fit((t) => 5 - t / 500)).toMatchObject({ best: { model: 'linear' }, unbounded: false });
    expect(fit((t) => 2 + t / 300)).toMatchObject({ best: { model: 'linear' }, unbounded: true });
    expect(fit((t) => 2 + 5 * (1 - Math.exp(-t / 400)))).toMatchObject({ best: { model: 'saturating' }, unbounded: false });
    expect(fit((t) => 2 * Math.log(1 + t))).toMatchObject({ best: { model: 'logarithmic' }, unbounded: false });
    expect(fitGrowth(times, times.map((t) => 3 + 2 * t))!.best).toMatchObject({ model: 'linear', coefficients: [expect.closeTo(3, 6), expect.closeTo(2, 9)] });
    // a slope that noise all but hides is no growth: the line must be better by 2
    const hidden = Array.from({ length: 30 }, (_, i) => fit((t) => 4 + (i * t) / 600_000));
    expect(hidden.map(({ margin }) => margin >= 2)).toEqual(hidden.map(({ unbounded }) => unbounded));
    expect(hidden.filter(({ margin }) => Math.abs(margin) < 2).length).toBeGreaterThan(0);
    expect(fitGrowth([1, 2, 3], [1, 2, 3])).toBeNull();
    expect(fitGrowth(times, times.map(() => 0))!.unbounded).toBe(false);
  });
});

describe('what is seen over time', () => {
  it('[Q11] kept sample by sample it is what all of them together give', () => {
    const random = stream(12);
    const series = new EmbeddingSeries();
    const seen: Float32Array[] = [];
    for (let t = 0; t < 12; t++) {
      const rows = Array.from({ length: 1 + random.below(4) }, () => Float32Array.from({ length: 5 }, () => random.next() - 0.4));
      const weights = rows.map(() => 1 + random.below(9));
      const told = series.observe(rows, weights);
      // the weighted mean of directions
      const lengths = rows.map((row) => Math.hypot(...row));
      seen.push(Float32Array.from({ length: 5 }, (_, k) => rows.reduce((sum, row, i) => sum + (weights[i]! * row[k]!) / lengths[i]!, 0)));
      const afresh = openEndedness(embeddingRows(seen));
      if (t === 0) expect(told.openEndedness).toBeNaN();
      else expect(told.openEndedness).toBeCloseTo(afresh, 6);
      expect([told.texts, told.illumination, told.vendi]).toEqual([rows.length, illumination(embeddingRows(rows)), vendiOfEmbeddings(embeddingRows(rows))]);
    }
    expect(new EmbeddingSeries().observe([], [])).toEqual({ texts: 0, vendi: 0, cosineDistance: NaN, illumination: NaN, openEndedness: NaN });
    // what cancels is taken for its first
    const opposed = new EmbeddingSeries();
    opposed.observe([Float32Array.of(1, 0), Float32Array.of(-1, 0)], [1, 1]);
    expect(opposed.observe([Float32Array.of(1, 0)], [1]).openEndedness).toBe(1);
  });

  it('[Q11] open-endedness and illumination by hand', () => {
    // directions at 0°, 60°, 90° and again 0°
    const rows = embeddingRows([[2, 0], [1, Math.sqrt(3)], [0, 5], [3, 0]]);
    const [c60, c30] = [0.5, Math.sqrt(3) / 2];
    expect(openEndedness(rows)).toBeCloseTo((c60 + c30 + 1) / 3, 6);
    expect(illumination(rows)).toBeCloseTo((1 + c30 + c30 + 1) / 4, 6);
    expect(openEndedness(embeddingRows([[1, 0]]))).toBeNaN();
    expect(illumination(embeddingRows([]))).toBeNaN();
    expect(() => openEndedness(embeddingRows([[1, 0], [0, 0]]))).toThrow('Embedding 1 has no direction: the sum of its squares is 0.');
    expect(() => embeddingRows([[1, 0], [1]])).toThrow('Embedding 1 has 1 numbers, but the first has 2.');
  });
});
