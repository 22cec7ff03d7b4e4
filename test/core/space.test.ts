import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellList, packEntry, packLook } from '../../core/kernel/cell-list.ts';
import { Neighbour, Seen, Sight } from '../../core/kernel/sight.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { seeded } from './seeded.ts';

const KIN_WIDTH = 10;
/** Parts of a step in which places are told, for bins of two to five steps. */
const PER_STEP = 64;

interface Scene { width: number; height: number; reach: number; places: { x: number; y: number; tag: number; signal: number; hunting: boolean; id: number }[] }

/** Crowds on a torus, with many on the seams, on the borders of bins, on the same spot and at equal distances. */
const scenes: fc.Arbitrary<Scene> = fc.record({
  width: fc.constantFrom(10, 13, 16, 32), height: fc.constantFrom(10, 14, 17, 40), reach: fc.constantFrom(2, 3),
}).chain(({ width, height, reach }) => {
  const along = (side: number): fc.Arbitrary<number> => fc.oneof(
    fc.integer({ min: 0, max: side * 2 - 1 }).map((n) => n / 2),
    fc.constantFrom(0, reach, side - 0.25, side / 2),
    fc.float({ min: 0, max: Math.fround(side * 0.999), noNaN: true }),
    fc.constant(Math.fround(side - 1e-5)),
  );
  return fc.record({
    width: fc.constant(width), height: fc.constant(height), reach: fc.constant(reach),
    places: fc.uniqueArray(fc.record({
      x: along(width), y: along(height), tag: fc.oneof(fc.constantFrom(0, 5, 10, 11, 246, 255, 128), fc.integer({ min: 0, max: 255 })),
      signal: fc.integer({ min: 0, max: 7 }), hunting: fc.boolean(), id: fc.integer({ min: 0, max: 100_000 }),
    }), { minLength: 1, maxLength: 40, selector: ({ id }) => id }),
  });
});

function build(scene: Scene): { cells: CellList; sight: Sight } {
  const { width, height, reach, places } = scene;
  const size = Math.max(64, places.length);
  const cells = new CellList(width, height, reach + 1 / 32, size);
  const column = <T extends Float32Array | Uint16Array | Uint8Array | Uint32Array>(array: T, read: (place: Scene['places'][number]) => number): T => {
    places.forEach((place, row) => { array[row] = read(place); });
    return array;
  };
  const columns = {
    x: column(new Float32Array(size), ({ x }) => x), y: column(new Float32Array(size), ({ y }) => y),
    tag: column(new Uint8Array(size), ({ tag }) => tag), id: column(new Uint32Array(size), ({ id }) => id),
  };
  cells.build(places.length, columns.x, columns.y, column(new Uint16Array(size), ({ tag, signal, hunting }) => packLook(tag, signal, Number(hunting))));
  const sight = new Sight(cells, columns, { width, height, radius: reach, kinWidth: KIN_WIDTH, signals: 7 });
  sight.blink(places.length);
  return { cells, sight };
}

const inParts = (place: number): number => Math.floor(place * PER_STEP);

/** Distance on a torus of one dimension. */
const gap = (a: number, b: number, side: number): number => Math.min(Math.abs(a - b), side - Math.abs(a - b));

type Seen = Scene['places'][number] & { at: number; distance2: number };

function bruteForce({ width, height, reach, places }: Scene, row: number) {
  const self = places[row]!;
  const seen = places.flatMap((place, at) => {
    const dx = gap(inParts(place.x), inParts(self.x), width * PER_STEP);
    const dy = gap(inParts(place.y), inParts(self.y), height * PER_STEP);
    const distance2 = dx * dx + dy * dy;
    return at === row || distance2 >= (reach * PER_STEP) ** 2 ? [] : [{ ...place, at, distance2 }];
  }).sort((a, b) => a.distance2 - b.distance2 || a.id - b.id);
  const isKin = (tag: number): boolean => gap(tag, self.tag, 256) <= KIN_WIDTH;
  return {
    crowd: seen.length,
    heard: Array.from({ length: 7 }, (_, i) => seen.filter(({ signal }) => signal === i + 1).length),
    nearest: [({ tag }: Seen) => isKin(tag), ({ tag }: Seen) => !isKin(tag), ({ hunting }: Seen) => hunting].map((belongs) => {
      return seen.filter(belongs).slice(0, 1);
    }),
  };
}

describe('cell list', () => {
  it('[K5] holds every row once, in the bin where it stands, with a copy of its looks', () => {
    fc.assert(fc.property(scenes, (scene) => {
      const { cells } = build(scene);
      const n = scene.places.length;
      expect(Array.from(cells.order.subarray(0, n)).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, row) => row));
      const bins = cells.across * cells.down;
      expect([cells.start[0], cells.start[bins]]).toEqual([0, n]);
      for (let bin = 0; bin < bins; bin++) {
        for (let k = cells.start[bin]!; k < cells.start[bin + 1]!; k++) {
          const { x, y, tag, signal, hunting } = scene.places[cells.order[k]!]!;
          const word = cells.entry[k]!;
          expect([word & 1023, (word >>> 10) & 1023, word >>> 20]).toEqual([inParts(x) % 1024, inParts(y) % 1024, packLook(tag, signal, Number(hunting))]);
          expect(word).toBe(packEntry(x, y, cells.perStep, packLook(tag, signal, Number(hunting))));
          // a border belongs to either side of it by rounding; both sides are looked at
          const left = (bin % cells.across) / cells.perWidth;
          const top = Math.floor(bin / cells.across) / cells.perHeight;
          expect(x).toBeGreaterThanOrEqual(left - 1e-9);
          expect(x).toBeLessThanOrEqual(left + 1 / cells.perWidth + 1e-9);
          expect(y).toBeGreaterThanOrEqual(top - 1e-9);
          expect(y).toBeLessThanOrEqual(top + 1 / cells.perHeight + 1e-9);
        }
      }
    }), seeded(80));
  });

  it('[K5] bins are no narrower than anyone looks, and a space too small for that is refused', () => {
    for (const [width, height, reach] of [[12, 12, 4], [13, 50, 4], [9, 10, 3], [1000, 17, 5], [100, 90, 30]] as const) {
      const cells = new CellList(width, height, reach, 1);
      expect(1 / cells.perWidth).toBeGreaterThanOrEqual(reach);
      expect(1 / cells.perHeight).toBeGreaterThanOrEqual(reach);
      expect(cells.binAt(Math.fround(width - 1e-7) >= width ? 0 : Math.fround(width - 1e-7), 0)).toBeLessThan(cells.across);
    }
    expect(() => new CellList(11, 40, 4, 1)).toThrow('A space of 11 x 40 steps is too small to look 4 steps far: it needs at least 12 each way.');
  });
});

function expectSeen(scene: Scene, cells: CellList, sight: Sight, row: number): void {
  sight.look(row);
  const wanted = bruteForce(scene, row);
  expect(sight.crowd[row]).toBe(wanted.crowd);
  expect(sight.heard.slice(1).map((counts) => counts[row])).toEqual(wanted.heard);
  for (const kind of Object.values(Neighbour)) {
    const [nearest] = wanted.nearest[kind]!;
    const k = sight.nearest[kind][row]!;
    expect(k === NOBODY ? undefined : cells.order[k]).toBe(nearest?.at);
    const distances = new Float64Array(1);
    sight.readDistances(Uint32Array.of(row), 1, kind, 99, distances);
    expect(distances[0]).toBe(nearest === undefined ? 99 : Math.sqrt(nearest.distance2) / PER_STEP);
  }
}

describe('sight', () => {
  it('[K3][K5] sees the same whatever rows they are in', () => {
    fc.assert(fc.property(scenes, (scene) => {
      const names = ({ cells, sight }: ReturnType<typeof build>, { places }: Scene): unknown[] => places.map(({ id }, row) => {
        sight.look(row);
        return [id, ...sight.nearest.map((nearest) => (nearest[row] === NOBODY ? null : places[cells.order[nearest[row]!]!]!.id))];
      }).sort((a, b) => Number(a[0]) - Number(b[0]));
      const turned = { ...scene, places: [...scene.places].reverse() };
      expect(names(build(turned), turned)).toEqual(names(build(scene), scene));
    }), seeded(120));
  });

  it('sight that reaches beyond the bins around is refused', () => {
    const columns = { x: new Float32Array(1), y: new Float32Array(1), tag: new Uint8Array(1), id: new Uint32Array(1) };
    expect(() => new Sight(new CellList(40, 40, 4, 1), columns, { width: 40, height: 40, radius: 4, kinWidth: KIN_WIDTH, signals: 2 }))
      .toThrow('Sight reaches 4 steps, but the bins around allow only 3.96875.');
  });

  it.each(['one by one', 'all at once'])('[K5] equals a search through everyone, seams included; of equals the lower id is the nearest (%s)', (way) => {
    fc.assert(fc.property(scenes, (scene) => {
      const { cells, sight } = build(scene);
      if (way === 'all at once') {
        scene.places.forEach((_, row) => { sight.seen[row] = Seen.asked; });
        sight.lookAround();
        expect([...sight.seen.subarray(0, scene.places.length)]).toEqual(scene.places.map(() => Seen.yes));
      }
      scene.places.forEach((_, row) => { expectSeen(scene, cells, sight, row); });
    }), seeded(120));
  });

  it('[K5] holds in a crowd of more than can be told apart in haste', () => {
    const places = Array.from({ length: 33_000 }, (_, id) => ({ x: 5, y: 5, tag: id & 1 ? 0 : 128, signal: 1, hunting: id === 7, id: 40_000 - id }));
    places[32_999] = { x: 5.5, y: 5, tag: 0, signal: 0, hunting: false, id: 50_000 };
    const scene = { width: 16, height: 16, reach: 3, places };
    const { cells, sight } = build(scene);
    sight.seen[32_999] = Seen.asked;
    sight.lookAround();
    expectSeen(scene, cells, sight, 32_999);
  });

  it('[K5] is remembered for the tick and forgotten at a blink', () => {
    const { sight } = build({ width: 13, height: 13, reach: 3, places: [
      { x: 1, y: 1, tag: 0, signal: 0, hunting: false, id: 1 }, { x: 2, y: 1, tag: 0, signal: 3, hunting: true, id: 2 },
    ] });
    sight.look(0);
    expect([sight.seen[0], sight.seen[1], sight.heard[3]![0]]).toEqual([Seen.yes, Seen.no, 1]);
    sight.blink(2);
    expect([sight.seen[0], sight.seen[1]]).toEqual([Seen.no, Seen.no]);
    sight.look(0);
    expect(sight.heard[3]![0]).toBe(1);
  });
});
