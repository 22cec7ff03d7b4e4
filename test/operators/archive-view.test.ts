import { describe, expect, it } from 'vitest';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import type { ArchivedLife } from '../../core/archive/life-archive.ts';
import { viewArchive } from '../../agents/operators/archive-view.ts';
import { shotOf } from '../../agents/operators/plan-child.ts';
import { nicheInWords } from '../../agents/operators/words.ts';

const measures = [
  { name: 'mobility', sentence: 'Steps moved for each tick of life.', lower: 0, upper: 1 },
  { name: 'lifetime', sentence: 'Ticks lived.', lower: 0, upper: 500 },
];

/** Four cells by five, with elites at some (mobility, lifetime). */
function archiveWith(...lives: readonly (readonly [mobility: number, lifetime: number, objective: number])[]) {
  const archive = new GridArchive<ArchivedLife>({ dims: [4, 5], ranges: [[0, 1], [0, 500]] });
  lives.forEach(([mobility, lifetime, objective], i) => { archive.add({ genome: i, organism: i, tick: 1 }, objective, [mobility, lifetime]); });
  return { archive, view: viewArchive(archive, { objective: 'offspring conceived', measures }, ({ genome }) => `genome ${genome}`) };
}

describe('an archive as operators see it', () => {
  it('says in words what a cell holds, and where its edges are open', () => {
    const { archive, view } = archiveWith([0.3, 250, 7]);
    const cell = archive.cellOf([0.3, 250]);
    expect(view.elite(cell)).toEqual({ genome: 'genome 0', life: 'offspring conceived 7, mobility 0.3, lifetime 250' });
    expect(view.elite(0)).toBeNull();
    expect(nicheInWords(view.niche(cell))).toBe('mobility 0.25 to 0.50, lifetime 200 to 300');
    expect(nicheInWords(view.niche(0))).toBe('mobility below 0.25, lifetime below 100');
    expect(nicheInWords(view.niche(19))).toBe('mobility above 0.75, lifetime above 400');
  });

  it('every niche is that of the points that fall in its cell', () => {
    const { archive, view } = archiveWith();
    for (let cell = 0; cell < view.cells; cell++) {
      const middle = view.niche(cell).ranges.map(({ lower, upper }, m) => ((lower ?? measures[m]!.lower) + (upper ?? measures[m]!.upper)) / 2);
      expect(archive.cellOf(middle)).toBe(cell);
    }
  });

  it('knows the edges of uneven bins', () => {
    const archive = new GridArchive<string>({ dims: [4, 2], ranges: [[0, 1], [0, 10]], ticks: [[0.1, 0.5, 0.9], null] });
    archive.add('Peas are fine.', 0.75, [0.6, 2]);
    const view = viewArchive(archive, { objective: 'quality', measures: [measures[0]!, { ...measures[1]!, upper: 10 }] }, (text) => text);
    const cell = archive.cellOf([0.6, 2]);
    expect(view.elite(cell)).toEqual({ genome: 'Peas are fine.', life: 'quality 0.75, mobility 0.6, lifetime 2' });
    expect(nicheInWords(view.niche(cell))).toBe('mobility 0.50 to 0.90, lifetime below 5');
    for (let each = 0; each < view.cells; each++) {
      const middle = view.niche(each).ranges.map(({ lower, upper }, m) => ((lower ?? 0) + (upper ?? [1, 10][m]!)) / 2);
      expect(archive.cellOf(middle)).toBe(each);
    }
  });

  it('finds the nearest elites, of equals the one with the lowest cell', () => {
    const { archive, view } = archiveWith([0.1, 50, 1], [0.6, 250, 2], [0.9, 250, 3], [0.6, 350, 4]);
    const near = (mobility: number, lifetime: number, count: number): string[] => (
      view.neighbours(archive.cellOf([mobility, lifetime]), count).map(({ genome }) => genome));
    expect(near(0.9, 350, 2)).toEqual(['genome 3', 'genome 2']);
    expect(near(0.1, 150, 1)).toEqual(['genome 0']);
    expect(near(0.1, 50, 9)).toEqual(['genome 0', 'genome 1', 'genome 3', 'genome 2']);
    expect(archiveWith().view.neighbours(3, 2)).toEqual([]);
  });

  it('a shot of it parts the filled cells from the empty ones', () => {
    const { archive, view } = archiveWith([0.1, 50, 1], [0.6, 250, 2]);
    const { elites, empty } = shotOf(view);
    expect(elites.map(({ genome }) => genome)).toEqual(['genome 0', 'genome 1']);
    expect(empty.length).toBe(18);
    expect(empty).not.toContain(archive.cellOf([0.6, 250]));
  });
});
