import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { page } from '../../viewer/report/page.ts';
import { heatMap } from '../../viewer/report/svg-heat.ts';
import { intervalPlot } from '../../viewer/report/svg-interval.ts';
import { lineChart } from '../../viewer/report/svg-line.ts';
import { scaleOver } from '../../viewer/report/svg-scale.ts';
import { scatter } from '../../viewer/report/svg-scatter.ts';
import { trail } from '../../viewer/report/svg-trail.ts';
import { figure } from '../../viewer/report/svg-text.ts';
import { tradeOffOfRuns, tradeOffOverTime } from '../../viewer/report/trade-off.ts';
import { seeded } from '../core/seeded.ts';

const strange = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e300, 5e-324));
const anyText = fc.oneof(fc.string(), fc.constantFrom('<script>alert(1)</script>', '" onload="x', '&lt;', '\u0000'));

/** All tags are closed in their order, and no text stands outside them as markup. */
function isWellFormed(markup: string): boolean {
  const open: string[] = [];
  for (const [, close, name, rest] of markup.replace(/<!doctype html>|<meta [^>]*>/g, '').matchAll(/<(\/?)([a-z0-9]+)((?:\s+[a-zA-Z-]+="[^"<>]*")*\s*\/?)>/g)) {
    if (close === '/') {
      if (open.pop() !== name) return false;
    } else if (!rest!.endsWith('/')) open.push(name!);
  }
  return open.length === 0;
}

describe('pictures of a report', () => {
  it('[X2] are whole markup without a place that is no number, whatever the values and names', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), strange), { maxLength: 12 }), anyText, (points, name) => {
      const values = points.map(([, y]) => y);
      const pictures = [
        lineChart({ title: name, xTitle: name, yTitle: name, series: [{ name, points }, { name, points: [], dashed: true }] }),
        intervalPlot({ title: name, groups: [{ name, values, estimate: values[0] ?? NaN, lower: null, upper: null, marked: true }, { name, values: [], estimate: NaN, lower: 1, upper: 2 }] }),
        heatMap({ title: name, columns: values.map(String), rows: [name], values: [values] }),
        scatter({ title: name, points: points.map(([x, y]) => ({ x, y, name })) }),
        scatter({ title: name, yTitle: name, kinds: { title: name, names: [name, name] }, points: points.map(([x, y], i) => ({ x, y, kind: i % 2 })) }),
        trail({ title: name, note: name, points: points.map(([x, y]) => ({ x, y, name })) }),
      ];
      const html = page(name, [{ kind: 'pictures', pictures }, { kind: 'code', text: name, title: name }, { kind: 'table', head: [name], rows: [[name]], left: 1 }]);
      expect(isWellFormed(html)).toBe(true);
      expect(html).not.toMatch(/<script|(cx|cy|x|y|width|height| d)="[^"]*(NaN|Infinity|undefined)/);
    }), seeded(200));
  });

  it('[X2] show each point where its value is: a line through two points, a cell the stronger the greater', () => {
    const svg = lineChart({ title: 't', series: [{ name: 'a', points: [[0, 0], [10, 100], [20, NaN], [30, 50]] }], width: 400, height: 200 });
    const [, path] = /d="([^"]*)" class="line c0"/.exec(svg)!;
    // a point of its own after the gap
    expect(path!.match(/M/g)).toHaveLength(2);
    const heat = heatMap({ title: 't', columns: ['a', 'b'], rows: ['r'], values: [[1, 3]] });
    expect([...heat.matchAll(/heat-high\) (\d+)%/g)].map(([, share]) => share)).toEqual(['0', '100']);
    expect(scatter({ title: 't', points: [{ x: 1, y: NaN }, { x: 1, y: 1 }] }).match(/<circle/g)).toHaveLength(1);
  });

  it('[X2] have axes with few round values that hold all of the data', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1024), { minLength: 1, maxLength: 20 }), (values) => {
      const { low, high, ticks, place } = scaleOver(values, { from: 0, to: 100 });
      expect(low).toBeLessThanOrEqual(Math.min(...values) + 1e-6);
      expect(high).toBeGreaterThanOrEqual(Math.max(...values) - 1e-6);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(9);
      for (const tick of ticks) expect(place(tick)).toBeGreaterThanOrEqual(-1e-6);
    }), seeded(100));
    expect(scaleOver([3, 97], { from: 0, to: 1 }).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(scaleOver([], { from: 0, to: 1 }).ticks.length).toBeGreaterThan(1);
  });

  it('[X2] show quality against diversity on the way of a run, and of several runs by the levels of their factors', () => {
    const course = (value: (tick: number) => number): [number, number][] => Array.from({ length: 200 }, (_, i) => [10 * i, value(10 * i)]);
    const [way, ...others] = tradeOffOverTime(new Map([['archive.objective', course((tick) => tick)], ['archive.coverage', course((tick) => 1 / (1 + tick))]]), (tick) => `tick ${tick}`);
    expect(others).toEqual([]);
    // few enough to be seen, the last among them
    expect(way!.match(/<circle/g)!.length).toBeLessThanOrEqual(60);
    expect(way).toContain('tick 1990: 5.02e−4, 1,990');
    const runs = [0.2, 0.2, 0.8].map((scarcity, i) => ({ row: { point: { scarcity }, seed: i, outcomes: {} }, figures: { 'archive.objective': { last: i + 1 }, 'archive.coverage': { last: i === 1 ? null : 0.5 } } }));
    const [picture] = tradeOffOfRuns(runs, ['scarcity']).flatMap((section) => (section.kind === 'pictures' ? section.pictures : []));
    expect([...picture!.matchAll(/class="dot (c\d)"><title>([^<]*)/g)].map(([, colour, name]) => [colour, name])).toEqual([['c0', 'scarcity 0.2, seed 0'], ['c1', 'scarcity 0.8, seed 2']]);
    expect(tradeOffOfRuns(runs.map((run) => ({ ...run, figures: {} })), ['scarcity'])).toEqual([]);
  });

  it('[X2] write numbers with four digits, a true minus and thousands apart', () => {
    expect([0, 1234567, -0.45678, 12.5, 0.00001234, 99.995, 1e12, NaN, null, -Infinity, 1000.4, -0.0004].map(figure))
      .toEqual(['0', '1,234,567', '−0.4568', '12.5', '1.23e−5', '100', '1.00e12', '–', '–', '−∞', '1,000', '−4.00e−4']);
  });
});
