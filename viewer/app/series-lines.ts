import type { MeasureInfo, MeasuredPoint, SeriesPoint } from '../protocol.ts';

/** Something that can be drawn over time. `of`: where its values are. */
export interface SeriesLine {
  name: string;
  title: string;
  unit: string;
  sentence: string;
  /** Name of the line that is its neutral shadow. */
  shadow: string | null;
  /** Title of the line whose neutral shadow this is. */
  shadowOf: string | null;
  of: { kind: 'state'; key: Exclude<keyof SeriesPoint, 'tick'> } | { kind: 'measured'; index: number };
}

/** What every world has. */
const OF_STATE: readonly SeriesLine[] = [
  { name: 'population', title: 'population', unit: 'organisms', sentence: 'Organisms alive.', shadow: null, shadowOf: null, of: { kind: 'state', key: 'population' } },
  { name: 'diversity', title: 'diversity', unit: 'kinds', sentence: 'The effective number of genomes among the living, exp(H): how many equally common kinds would be as diverse.', shadow: null, shadowOf: null, of: { kind: 'state', key: 'diversity' } },
  { name: 'resource', title: 'resource', unit: 'a cell', sentence: 'Mean amount of the resource in a cell of the field.', shadow: null, shadowOf: null, of: { kind: 'state', key: 'resource' } },
  { name: 'energy', title: 'energy', unit: 'an organism', sentence: 'Mean energy of the living.', shadow: null, shadowOf: null, of: { kind: 'state', key: 'energy' } },
];

export const FIRST_LINES: readonly string[] = ['population', 'diversity'];

/** All lines there are, those of every world first. */
export function allLines(measures: readonly MeasureInfo[]): SeriesLine[] {
  const casters = new Map(measures.flatMap(({ title, shadow }) => (shadow === null ? [] : [[shadow, title]])));
  return [...OF_STATE, ...measures.map(({ name, title, unit, sentence, shadow }, index): SeriesLine => (
    { name, title, unit, sentence, shadow, shadowOf: casters.get(name) ?? null, of: { kind: 'measured', index } }))];
}

/** The lines of these names that there are, and behind them, from `shadowsFrom` on, their neutral shadows, which are nowhere without them. */
export function drawnLines(all: readonly SeriesLine[], wanted: readonly string[]): { lines: SeriesLine[]; shadowsFrom: number } {
  const named = new Map(all.map((line) => [line.name, line]));
  const chosen = wanted.flatMap((name) => named.get(name) ?? []).filter(({ shadowOf }) => shadowOf === null);
  return { lines: [...chosen, ...chosen.flatMap(({ shadow }) => (shadow === null ? [] : named.get(shadow) ?? []))], shadowsFrom: chosen.length };
}

/** What a line is called where it is drawn. */
export function titleOf({ title, shadowOf }: SeriesLine): string {
  return shadowOf === null ? title : `${shadowOf}, neutral shadow`;
}

/** Values of some lines, tick by tick; null where there is none. */
export interface SeriesTable { ticks: number[]; values: (number | null)[][] }

/**
 * The lines side by side by rising tick. With more points than `most`, every second, third … is left out, but for the last.
 */
export function tabulate(lines: readonly SeriesLine[], series: readonly SeriesPoint[], measured: readonly MeasuredPoint[], most = Infinity): SeriesTable {
  const ticks: number[] = [];
  const values = lines.map((): (number | null)[] => []);
  const isMeasured = lines.some(({ of }) => of.kind === 'measured');
  const isOfState = lines.some(({ of }) => of.kind === 'state');
  const [points, others] = [isOfState ? series : [], isMeasured ? measured : []];
  const stride = Math.max(1, Math.ceil(Math.max(points.length, others.length) / most));
  const keep = (index: number, length: number): boolean => index % stride === 0 || index === length - 1;
  let [a, b] = [0, 0];
  while (a < points.length || b < others.length) {
    if (a < points.length && !keep(a, points.length)) { a++; continue; }
    if (b < others.length && !keep(b, others.length)) { b++; continue; }
    const point = points[a];
    const other = others[b];
    const tick = Math.min(point?.tick ?? Infinity, other?.tick ?? Infinity);
    ticks.push(tick);
    lines.forEach(({ of }, line) => {
      const value = of.kind === 'state' ? (point?.tick === tick ? point[of.key] : null) : (other?.tick === tick ? other.values[of.index] ?? null : null);
      values[line]!.push(value);
    });
    if (point?.tick === tick) a++;
    if (other?.tick === tick) b++;
  }
  return { ticks, values };
}

/** The last value at or before an index. */
export function valueBefore(values: readonly (number | null)[], index: number): number | null {
  for (let i = Math.min(index, values.length - 1); i >= 0; i--) if (values[i] !== null) return values[i] ?? null;
  return null;
}
