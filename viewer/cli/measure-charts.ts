import { lineChart, type LineSeries } from '../report/svg-line.ts';
import type { Section } from '../report/page.ts';
import type { Story } from './run-story.ts';

type Points = readonly (readonly [tick: number, value: number])[];

/** A measure that is taken of several things, such as operators: one chart with a line for each. */
interface Chart { readonly name: string; readonly lines: { readonly name: string; readonly points: Points }[] }

/** Measures by their group; those of several things, `group.thing.measure`, together, without things that nothing was measured of. */
export function measureGroups(measures: Story['measures']): Map<string, Chart[]> {
  const groups = new Map<string, Map<string, Chart>>();
  for (const [full, points] of measures) {
    const [group = '', ...rest] = full.split('.');
    const name = rest.at(-1) ?? group;
    const thing = rest.slice(0, -1).join('.');
    if (thing !== '' && points.every(([, value]) => value === 0)) continue;
    const charts = groups.get(group) ?? new Map<string, Chart>();
    groups.set(group, charts);
    const chart = charts.get(name) ?? { name, lines: [] };
    charts.set(name, chart);
    chart.lines.push({ name: thing === '' ? name : thing, points });
  }
  return new Map([...groups].map(([group, charts]) => [group, [...charts.values()]]));
}

/** All that was measured, in small charts over the same ticks. */
export function measureSections(measures: Story['measures'], last: number): Section[] {
  return [...measureGroups(measures)].flatMap(([group, charts]): Section[] => [
    { kind: 'subheading', text: inWords(group) },
    { kind: 'pictures', pictures: charts.map(({ name, lines }, i) => lineChart({
      title: inWords(name), width: 350, height: 150, zero: false, xRange: [0, last],
      series: lines.map((line, k): LineSeries => ({ ...line, colour: lines.length > 1 ? k : i % 7 })),
    })) },
  ]);
}

/** The newest value of each measure, a line for each group. */
export function measureLines(measures: Story['measures']): [group: string, text: string][] {
  const told = (value: number | undefined): string => (value === undefined ? 'none' : String(Number(value.toPrecision(4))));
  return [...measureGroups(measures)].map(([group, charts]) => [group, charts.map(({ name, lines }) =>
    `${inWords(name)} ${lines.map((line) => `${told(line.points.at(-1)?.[1])}${lines.length > 1 || line.name !== name ? ` ${line.name}` : ''}`).join(', ')}`).join('; ')]);
}

/** `genomeShannon` as `genome Shannon`, `qdScore` as `QD-score`. */
export function inWords(name: string): string {
  if (name === 'qdScore') return 'QD-score';
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/ ([A-Z])(?=[a-z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`).replace(/\b(shannon|simpson)\b/g, (word) => word[0]!.toUpperCase() + word.slice(1));
}
