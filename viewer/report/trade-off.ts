import type { RunRow } from '../../core/experiments/analysis.ts';
import type { FactorValue } from '../../core/experiments/design.ts';
import type { Section } from './page.ts';
import { scatter } from './svg-scatter.ts';
import { trail } from './svg-trail.ts';

type Course = readonly (readonly [tick: number, value: number])[];
/** What a run's measures came to last, by name. */
export type LastValues = Readonly<Record<string, { readonly last: number | null } | undefined>>;

/** How good what was made is beside how various it is (Havrilla et al. 2024, arXiv 2412.02980), in the ways in which that is measured. */
const ways = [
  { title: 'Quality and attributes', quality: 'archive.objective', diversity: 'archive.coverage', says: 'coverage of the archive' },
  { title: 'Quality and words', quality: 'made.quality', diversity: 'made.distinct2', says: 'different pairs of words over all pairs' },
  { title: 'Quality and embeddings', quality: 'made.quality', diversity: 'made.vendi', says: 'Vendi score of the elites\' genomes' },
] as const;
const QUALITY = 'mean objective of the elites';
/** Points on one way; more would hide each other. */
const MOST_POINTS = 60;
/** More levels nobody tells apart by colour. */
const MOST_LEVELS = 7;

/** Quality against diversity on the way of one run, `words` naming its ticks. */
export function tradeOffOverTime(measures: ReadonlyMap<string, Course>, words: (tick: number) => string): string[] {
  return ways.flatMap(({ title, quality, diversity, says }) => {
    const various = new Map(measures.get(diversity) ?? []);
    const points = (measures.get(quality) ?? []).flatMap(([tick, y]) => (various.has(tick) ? [{ x: various.get(tick)!, y, name: words(tick) }] : []));
    const every = Math.ceil(points.length / MOST_POINTS);
    const shown = points.filter((_, i) => (points.length - 1 - i) % every === 0);
    return shown.length < 2 ? [] : [trail({ title, note: 'each sample, the later the stronger', xTitle: says, yTitle: QUALITY, points: shown })];
  });
}

/** Quality against diversity at the end of each run, a picture for each factor whose levels can be told apart; nothing where they were not measured. */
export function tradeOffOfRuns(runs: readonly { readonly row: RunRow; readonly figures: LastValues }[], factors: readonly string[]): Section[] {
  const levelsOf = (factor: string): FactorValue[] => [...new Set(runs.map(({ row }) => row.point[factor]!))];
  const coloured = factors.filter((factor) => levelsOf(factor).length <= MOST_LEVELS);
  const pictures = ways.flatMap(({ title, quality, diversity, says }) => {
    const points = runs.flatMap(({ row, figures }) => {
      const [x, y] = [figures[diversity]?.last ?? null, figures[quality]?.last ?? null];
      return x === null || y === null ? [] : [{ row, x, y, name: `${Object.entries(row.point).map(([key, value]) => `${key} ${value}`).join(', ')}, seed ${row.seed}` }];
    });
    if (points.length < 2) return [];
    const axes = { title, xTitle: says, yTitle: QUALITY };
    if (coloured.length === 0) return [scatter({ ...axes, points })];
    return coloured.map((factor) => scatter({ ...axes, kinds: { title: factor, names: levelsOf(factor).map(String) }, points: points.map((point) => ({ ...point, kind: levelsOf(factor).indexOf(point.row.point[factor]!) })) }));
  });
  return pictures.length === 0 ? [] : [
    { kind: 'heading', text: 'Quality and diversity' },
    { kind: 'small', text: 'What was made at the end of each run: how good it is against how various. The elites of the archive are meant, and those who found no room in it are not there.' },
    { kind: 'pictures', pictures },
  ];
}
