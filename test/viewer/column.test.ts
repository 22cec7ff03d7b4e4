import { describe, expect, it } from 'vitest';
import { ArchiveMap, cellRanges, neighbour, NO_CELL } from '../../viewer/app/archive-map.ts';
import { toCsv } from '../../viewer/app/csv.ts';
import { cladeAt, layMuller, REST, sampleAt, withDescendants } from '../../viewer/app/muller-plot.ts';
import { fileName, originOf } from '../../viewer/app/save-file.ts';
import { curvePoints, horizon, scheduleInWords } from '../../viewer/app/schedule-curve.ts';
import { firstParts, nextStep, partsOf, readSchedule, SCHEDULE_FIELDS, type ScheduleKind } from '../../viewer/app/schedule-fields.ts';
import { valueAt, type Schedule } from '../../core/schedules/schedule.ts';
import { allLines, drawnLines, tabulate, titleOf, valueBefore } from '../../viewer/app/series-lines.ts';
import { mullerBands, MULLER_ROOT } from '../../core/measures/muller.ts';
import type { MullerFacts, ParameterFacts, WorldFacts } from '../../viewer/protocol.ts';

const archive: WorldFacts['archive'] = { dims: [4, 3], objective: 'children', measures: [{ name: 'mobility', sentence: '', lower: 0, upper: 1 }, { name: 'diet', sentence: '', lower: 0, upper: 6 }] };

describe('the archive as a map', () => {
  it('puts each cell where a click on it finds it again, without gaps or overlaps', () => {
    const map = new ArchiveMap(archive.dims, 101, 50);
    let covered = 0;
    for (let cell = 0; cell < 12; cell++) {
      const [left, top, width, height] = map.rect(cell);
      covered += width * height;
      expect(map.cellAt(left + width / 2, top + height / 2)).toBe(cell);
    }
    expect(covered).toBe(101 * 50);
    expect(map.cellAt(-1, 3)).toBe(NO_CELL);
    expect(map.cellAt(3, 50.5)).toBe(NO_CELL);
  });

  it('says which measures a cell stands for, and which is beside it', () => {
    expect(cellRanges(archive, 7)).toEqual([{ name: 'mobility', from: 0.5, to: 0.75 }, { name: 'diet', from: 2, to: 4 }]);
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'x'];
    expect(keys.map((key) => neighbour(archive.dims, 7, key))).toEqual([4, 10, 8, 6, 1, 10, 7]);
    expect(keys.slice(0, 4).map((key) => neighbour(archive.dims, 0, key))).toEqual([0, 3, 1, 0]);
    expect(keys.slice(0, 4).map((key) => neighbour(archive.dims, 11, key))).toEqual([8, 11, 11, 10]);
  });
});

describe('tables for other tools', () => {
  it('[V16] quotes as RFC 4180 has it, and what a model wrote is no formula and hides nothing', () => {
    expect(toCsv(['a', 'b "c"'], [[1, null], [-0.5, 'x, y'], [Number.NaN, '=HYPERLINK("http://x")'], [0, 'left\u202eright'], [7, '-1+1']]))
      .toBe('a,"b ""c"""\r\n1,\r\n-0.5,"x, y"\r\n,"\'=HYPERLINK(""http://x"")"\r\n0,left\\u202eright\r\n7,\'-1+1\r\n');
  });

  it('[V16] names a file after its world, seed and tick: of the past the past one', () => {
    const state = { world: { name: 'Moiré World', title: 'Moiré' }, seed: 7, totals: { tick: 48_210 } } as Parameters<typeof originOf>[0];
    expect(fileName(originOf(state), 'archive', 'png')).toBe('moire-world-7-48210-archive.png');
    expect(originOf({ ...state, past: { tick: 300, played: false } })).toEqual({ name: 'moire-world-7-300', words: 'Moiré, seed 7, tick 300' });
  });
});

describe('the Muller plot of the page', () => {
  /** 5 comes from 1, 9 from 5, 2 stands alone; a tenth is nobody's. */
  const facts: MullerFacts = {
    ticks: [0, 10, 30],
    totals: [100, 100, 200],
    clades: [
      { id: 1, parent: null, hue: 10, bornAt: 0, counts: [90, 40, 20] },
      { id: 5, parent: 1, hue: 20, bornAt: 4, counts: [0, 30, 60] },
      { id: 9, parent: 5, hue: 30, bornAt: 12, counts: [0, 0, 60] },
      { id: 2, parent: null, hue: 200, bornAt: 0, counts: [0, 20, 40] },
    ],
  };
  const layout = layMuller(facts);

  it('[Q4] lays clades within those they come from, as wide as their shares, where the measure of the core has them', () => {
    expect(layout.order).toEqual([REST, 0, 1, 2, 2, 1, 0, 3, 3, REST]);
    const row = layout.order.length + 1;
    const bands = mullerBands({
      edges: facts.clades.map(({ id, parent }) => ({ identity: id, parent: parent ?? MULLER_ROOT })),
      population: facts.ticks.flatMap((generation, i) => [
        ...facts.clades.map(({ id, counts }) => ({ generation, identity: id, population: counts[i]! })),
        { generation, identity: MULLER_ROOT, population: facts.totals[i]! - facts.clades.reduce((sum, { counts }) => sum + counts[i]!, 0) },
      ]),
    });
    facts.ticks.forEach((tick, sample) => {
      layout.order.forEach((index, band) => {
        const side = layout.order.indexOf(index) === band ? 'lower' : 'upper';
        const identity = index === REST ? MULLER_ROOT : facts.clades[index]!.id;
        // the core lays children by rising identity under one root; here a parent's founder may come first
        const theirs = bands.find((each) => each.identity === identity && each.side === side)!;
        const at = theirs.generations.indexOf(tick);
        expect(layout.edges[sample * row + band + 1]! - layout.edges[sample * row + band]!).toBeCloseTo(theirs.to[at]! - theirs.from[at]!, 6);
      });
      expect(layout.edges[sample * row + layout.order.length]).toBe(1);
    });
  });

  it('finds the clade and the sample under a pointer', () => {
    expect([0, 0.1, 0.2, 0.5, 0.7, 1].map((x) => sampleAt(facts.ticks, x))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(cladeAt(layout, 0, 0.5)).toBe(0);
    // at the last sample from below: rest 5 %, 1: 5 %, 5: 15 %, 9: 30 %, 5: 15 %, 1: 5 %, 2: 20 %, rest 5 %
    expect([0.02, 0.07, 0.2, 0.4, 0.6, 0.72, 0.85, 0.97].map((y) => cladeAt(layout, 2, y))).toEqual([REST, 0, 1, 2, 1, 0, 3, REST]);
    expect([...withDescendants(facts, 1)]).toEqual([1, 2]);
    expect([...withDescendants(facts, 0)]).toEqual([0, 1, 2]);
  });

  it('is empty while nothing is known', () => {
    const none = layMuller({ ticks: [], totals: [], clades: [] });
    expect(cladeAt(none, sampleAt([], 0.5), 0.5)).toBe(REST);
  });
});

describe('series', () => {
  const measures = [{ name: 'modes.change', title: 'change', unit: '', sentence: '', shadow: 'modes.neutral' }, { name: 'modes.neutral', title: 'neutral', unit: '', sentence: '', shadow: null }];
  const series = [0, 10, 20, 30].map((tick) => ({ tick, population: tick * 2, diversity: 1, resource: 0.5, energy: 3 }));
  const measured = [{ tick: 5, values: [0.1, 0.2] }, { tick: 20, values: [null, 0.4] }, { tick: 40, values: [0.5] }];
  const lines = allLines(measures);

  it('puts what is measured at different ticks side by side, and lets no value be taken for another', () => {
    const some = ['population', 'modes.change', 'modes.neutral'].map((name) => lines.find((line) => line.name === name)!);
    expect(tabulate(some, series, measured)).toEqual({
      ticks: [0, 5, 10, 20, 30, 40],
      values: [[0, null, 20, 40, 60, null], [null, 0.1, null, null, null, 0.5], [null, 0.2, null, 0.4, null, null]],
    });
    expect(valueBefore([null, 0.1, null], 2)).toBe(0.1);
    expect(valueBefore([null, null], 1)).toBeNull();
  });

  it('[Q16] draws a neutral shadow behind what it is the shadow of, named so, and never by itself', () => {
    const drawn = drawnLines(lines, ['modes.neutral', 'modes.change', 'population', 'no.more']);
    expect(drawn.lines.map(({ name }) => name)).toEqual(['modes.change', 'population', 'modes.neutral']);
    expect(drawn.shadowsFrom).toBe(2);
    expect(drawn.lines.map(titleOf)).toEqual(['change', 'population', 'change, neutral shadow']);
    expect(drawnLines(lines, ['modes.neutral'])).toEqual({ lines: [], shadowsFrom: 0 });
  });

  it('thins many points evenly and keeps the last', () => {
    const many = Array.from({ length: 1000 }, (_, tick) => ({ tick, population: tick, diversity: 1, resource: 0, energy: 0 }));
    const { ticks } = tabulate(lines.slice(0, 1), many, [], 200);
    expect(ticks.length).toBeLessThanOrEqual(201);
    expect(ticks.slice(0, 3)).toEqual([0, 5, 10]);
    expect(ticks.at(-1)).toBe(999);
  });
});

describe('schedules in words', () => {
  it('says what is to come, and how far ahead that is', () => {
    expect(scheduleInWords({ kind: 'ramp', from: 0.2, to: 0.8, start: 100, ticks: 1000 })).toBe('ramp from 0.20 to 0.80, tick 100 to 1\u202f100');
    expect(horizon({ kind: 'shock', at: 300, value: 1, ticks: 200 }, 100)).toEqual({ from: 100, to: 580 });
    expect(horizon({ kind: 'season', mean: 1, amplitude: 0.5, period: 400, phase: 0 }, 100)).toEqual({ from: 100, to: 1100 });
    expect(horizon({ kind: 'ramp', from: 0, to: 1, start: 0, ticks: 10 }, 500)).toEqual({ from: 500, to: 524 });
  });
});

describe('the form of a schedule', () => {
  const facts: ParameterFacts = { key: 'scarcity', title: 'Scarcity', sentence: '', unit: '', min: 0, max: 1, step: 0.01, initial: 0.3, value: 0.3, pressure: true, live: true, ofModel: false, schedule: null };
  const several: Schedule[] = [
    { kind: 'constant', value: 0.4 }, { kind: 'ramp', from: 0.1, to: 0.7, start: 250, ticks: 300 }, { kind: 'season', mean: 0.5, amplitude: 0.25, period: 80, phase: 0.375 },
    { kind: 'step', values: [{ at: 205, value: 0.9 }, { at: 310, value: 0.2 }, { at: 311, value: 0.6 }] }, { kind: 'shock', at: 1100, value: 0.8, ticks: 2 },
  ];

  it('[V20] has every part of a schedule, and gives it back as it was', () => {
    for (const given of several) expect(readSchedule(given.kind, partsOf(given), facts)).toEqual(given);
    expect(readSchedule('step', [{ at: 310, value: 0.2 }, { at: 205, value: 0.9 }], facts)).toEqual({ kind: 'step', values: [{ at: 205, value: 0.9 }, { at: 310, value: 0.2 }] });
    for (const kind of Object.keys(SCHEDULE_FIELDS) as ScheduleKind[]) expect(readSchedule(kind, firstParts(kind, facts, 0.3, 1000), facts)).toMatchObject({ kind });
    const steps = firstParts('step', facts, 0.3, 1000);
    for (let i = 0; i < 4; i++) steps.push(nextStep(steps, facts, 0.3, 1000));
    expect(steps).toEqual([0.8, 0.3, 0.8, 0.3, 0.8].map((value, i) => ({ at: 1100 + 100 * i, value })));
  });

  it('[V20] says in a sentence what is wrong', () => {
    expect(readSchedule('step', [{ at: 5, value: 0.2 }, { at: 5, value: 0.3 }], facts)).toBe('Two steps are at tick 5; each needs a tick of its own.');
    expect(readSchedule('step', [{ at: 5, value: 0.2 }, { at: 7.5, value: 0.3 }], facts)).toBe('“at tick” is 7.5, but must be a whole number, 0 or more.');
    expect(readSchedule('ramp', [{ from: 0, to: NaN, start: 0, ticks: 10 }], facts)).toBe('“to” needs a number.');
    expect(readSchedule('ramp', [{ from: 0, to: 1, start: 0, ticks: 0 }], facts)).toBe('“for ticks” is 0, but must be a whole number, 1 or more.');
    expect(readSchedule('season', [{ mean: 0.5, amplitude: 0.2, period: 10, phase: 1.5 }], facts)).toBe('“phase, 0 to 1” is 1.5, but must be from 0 to 1.');
    expect(readSchedule('season', [{ mean: 0.5, amplitude: 0.6, period: 10, phase: 0 }], facts)).toBe('It would reach -0.1, but Scarcity goes from 0 to 1.');
    expect(readSchedule('season', [{ mean: 0.5, amplitude: -0.6, period: 10, phase: 0 }], facts)).toMatch(/^“amplitude” cannot be that; .*amplitude is 0 or more\.$/);
    expect(readSchedule('constant', [{ value: 2.5 }], { ...facts, max: 9, step: 1 })).toBe('It would be 2.5, but Scarcity is a whole number.');
  });

  it('[V20] draws what will be: at each of its ticks the value that the parameter then has, however short a shock is', () => {
    for (const given of several) {
      const { from, to } = horizon(given, 200);
      const points = curvePoints(given, from, to, 0.3, 0.01);
      expect(points.map(({ tick }) => tick)).toEqual([...points.map(({ tick }) => tick)].sort((a, b) => a - b));
      for (const { tick, value } of points) expect(value).toBe(valueAt(given, tick, 0.3));
      // a straight line between two points passes no jump
      for (let i = 1; i < points.length; i++) {
        for (let tick = points[i - 1]!.tick; tick <= points[i]!.tick; tick++) {
          const share = (tick - points[i - 1]!.tick) / (points[i]!.tick - points[i - 1]!.tick);
          expect(Math.abs(points[i - 1]!.value + share * (points[i]!.value - points[i - 1]!.value) - valueAt(given, tick, 0.3)), `${given.kind} at ${tick}`).toBeLessThan(0.02);
        }
      }
    }
    expect(new Set(curvePoints({ kind: 'ramp', from: 0, to: 3, start: 0, ticks: 90 }, 0, 100, 0, 1).map(({ value }) => value))).toEqual(new Set([0, 1, 2, 3]));
  });
});
