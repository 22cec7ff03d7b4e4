import type { MeasureFact } from '../../core/measures/groups/group.ts';
import { lineChart, type LineSeries } from '../report/svg-line.ts';
import type { Section } from '../report/page.ts';
import type { Story } from './run-story.ts';

type Points = readonly (readonly [tick: number, value: number])[];
type Facts = ReadonlyMap<string, MeasureFact>;

/** What stands on one pair of axes. */
interface Chart { readonly name: string; readonly unit: string; readonly lines: { readonly name: string; readonly points: Points; readonly dashed?: boolean }[] }

/** Groups whose things, traits, have units of their own: all that is told of one stands together, but for what has another size. */
const ofTraits: readonly string[] = ['columns', 'selection'];
const ofOtherSize: readonly string[] = ['before', 'intensity'];

/** Group, chart and line of a measure: one of several things, `group.thing.measure`, stands with those of the other things. */
function placeOf(name: string): { group: string; chart: string; line: string } {
  const [group = '', ...rest] = name.split('.');
  const measure = rest.at(-1) ?? group;
  const thing = rest.slice(0, -1).join('.');
  if (thing === '') return { group, chart: measure, line: measure };
  if (!ofTraits.includes(group)) return { group, chart: measure, line: thing };
  const chart = ofOtherSize.includes(measure) ? `${thing} ${measure}` : thing;
  return { group, chart, line: chart === thing ? measure : chart };
}

/**
 * Measures by their group, in charts: without things such as operators that nothing was measured of, and a neutral shadow
 * beside what it is the shadow of.
 */
export function measureGroups(measures: Story['measures'], facts: Facts = new Map()): Map<string, Chart[]> {
  const groups = new Map<string, Map<string, Chart>>();
  const shadows = new Map([...facts.values()].flatMap(({ name, shadow }) => (shadow !== undefined && measures.has(name) && measures.has(shadow) ? [[shadow, name]] : [])));
  const shadowed = new Set(shadows.values());
  const put = (name: string, points: Points, shadow: boolean): void => {
    const { group, chart, line } = placeOf(name);
    if (line !== chart && !ofTraits.includes(group) && points.every(([, value]) => value === 0)) return;
    const charts = groups.get(group) ?? new Map<string, Chart>();
    groups.set(group, charts);
    const found = charts.get(chart) ?? { name: chart, unit: facts.get(name)?.unit ?? '', lines: [] };
    charts.set(chart, found);
    found.lines.push({ name: shadow ? 'shadow' : shadowed.has(name) ? 'real' : line, points, ...(shadow ? { dashed: true } : {}) });
  };
  for (const [name, points] of measures) if (!shadows.has(name)) put(name, points, false);
  for (const [shadow, name] of shadows) put(name, measures.get(shadow)!, true);
  return new Map([...groups].map(([group, charts]) => [group, [...charts.values()]]));
}

/** All that was measured, in small charts over the same ticks. */
export function measureSections(measures: Story['measures'], last: number, facts: Facts = new Map()): Section[] {
  return [...measureGroups(measures, facts)].flatMap(([group, charts]): Section[] => [
    { kind: 'subheading', text: inWords(group) },
    { kind: 'pictures', pictures: charts.map(({ name, unit, lines }, i) => lineChart({
      title: withUnit(inWords(name), unit), width: 350, height: 150, zero: false, xRange: [0, last],
      series: lines.map((line, k): LineSeries => ({ ...line, colour: line.dashed === true ? 0 : lines.length > 1 ? k : i % 7 })),
    })) },
  ]);
}

/** The newest value of each measure, a line for each group. */
export function measureLines(measures: Story['measures'], facts: Facts = new Map()): [group: string, text: string][] {
  const told = (value: number | undefined): string => (value === undefined ? 'none' : String(Number(value.toPrecision(4))));
  return [...measureGroups(measures, facts)].map(([group, charts]) => [group, charts.map(({ name, lines }) =>
    `${inWords(name)} ${lines.map((line) => `${told(line.points.at(-1)?.[1])}${lines.length > 1 || line.name !== name ? ` ${line.name}` : ''}`).join(', ')}`).join('; ')]);
}

/** A unit that the name does not say. */
function withUnit(words: string, unit: string): string {
  return unit === '' || words.toLowerCase().includes(unit) ? words : `${words} (${unit})`;
}

/** Names that are people's, or a method's, and are written so. */
const written: Readonly<Record<string, string>> = {
  qdScore: 'QD-score', correctedQdScore: 'corrected QD-score', selfBleu: 'self-BLEU', rougeL: 'ROUGE-L', distinct1: 'distinct-1', distinct2: 'distinct-2',
  sackin: 'Sackin\'s index', collessLike: 'Colless-like index', vendi: 'Vendi score', openEndedness: 'open-endedness',
};

/** `genomeShannon` as `genome Shannon`, `qdScore` as `QD-score`. */
export function inWords(name: string): string {
  return written[name] ?? name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/ ([A-Z])(?=[a-z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`).replace(/\b(shannon|simpson)\b/g, (word) => word[0]!.toUpperCase() + word.slice(1));
}
