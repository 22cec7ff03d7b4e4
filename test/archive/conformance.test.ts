/**
 * What every container keeps, whatever its cells are. To add a container:
 *
 * 1. Write it in `core/archive/`, as a subclass of `BaseArchive` (or of `CellArchive`, when it is a tessellation): `locate`,
 *    `insert`, `choices`, `emptied`, and `state` and `restoreState` if it holds more than slots.
 * 2. Say in its description what its cells, its threshold and its values are, and after whom.
 * 3. Name its kind and how it is made again in `core/archive/load.ts`.
 * 4. Add a line to `containers.ts`: how it is made, points of its measure space, and what may be expected of it.
 * 5. Give its own rules numbers in `core/SPEC.md` and a test file beside this one, with exact values.
 * 6. If it is to be fast, add a line to `test/bench/archive.ts`.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddStatus, type Archive, type Elite } from '../../core/archive/archive.ts';
import { jsonCodec } from '../../core/archive/codec.ts';
import { loadArchive } from '../../core/archive/load.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { seeded } from '../core/seeded.ts';
import { containers, type Container } from './containers.ts';

interface Candidate { f: number; m: number[] }

const codec = jsonCodec<string>();
const stream = (n: number): RandomStream => new RandomStream([4, 2], n);

function batchesOf({ point }: Container): fc.Arbitrary<Candidate[][]> {
  const candidate = fc.record({ f: fc.integer({ min: -20, max: 20 }).map((f) => f / 4), m: point });
  return fc.array(fc.array(candidate, { maxLength: 10 }), { maxLength: 10 });
}

/** Adds a batch whose solutions are named after its number and their positions; gives statuses and values. */
function addAll(container: Container, archive: Archive<string>, batch: readonly Candidate[], name = 'c', asked: number[] = []): { status: number[]; value: number[] } {
  const status = new Uint8Array(batch.length);
  const value = new Float64Array(batch.length);
  const objectives = batch.flatMap(({ f }) => container.objectives?.(f) ?? [f]);
  archive.addBatch(batch.length, objectives, batch.flatMap(({ m }) => m), (i) => { asked.push(i); return `${name}${i}`; }, { status, value });
  return { status: Array.from(status), value: Array.from(value) };
}

function fill(container: Container, list: readonly Candidate[][], archive = container.create()): Archive<string> {
  list.forEach((batch, b) => { addAll(container, archive, batch, `${b}.`); });
  return archive;
}

/** As `expect(actual).toEqual(expected)`, which is asked only where the two differ: it is slow with bytes and lists, and thousands of cases are tried. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function expectSame(a: Archive<string>, b: Archive<string>): void {
  expectEqual([...a], [...b]);
  expectEqual(a.stats(), b.stats());
  expectEqual(a.best, b.best);
  expectEqual(a.diff(0), b.diff(0));
}

describe.each(containers)('$name archive', (container) => {
  const shown = container.shown ?? ((f: number): number => f);
  const objectives = container.objectives ?? ((f: number): readonly number[] => [f]);
  const [here, there] = container.apart;
  const batches = batchesOf(container);

  it('[A11] begins with nothing', () => {
    const archive = container.create();
    expect(archive).toMatchObject({ numElites: 0, coverage: 0, qdScore: 0, normQdScore: 0, objMax: -Infinity, objMean: NaN, best: null, revision: 0 });
    expect(archive.stats()).toMatchObject({ entropy: NaN, evenness: NaN });
    expect([...archive]).toEqual([]);
    expect(archive.retrieve(here)).toBeNull();
    expect(archive.elite(0)).toBeNull();
    expect(archive.elite(-1)).toBeNull();
    expect(() => archive.sample(1, stream(0))).toThrow('Nothing can be sampled from an archive that is empty.');
  });

  it('[A11] takes a first candidate, and a second elsewhere, as new', () => {
    const archive = container.create();
    expect(archive.add('a', objectives(1), here)).toBe(AddStatus.new);
    expect(archive.add('b', objectives(2), there)).toBe(AddStatus.new);
    expect(archive.retrieve(here)).toMatchObject({ solution: 'a', objective: shown(1), measures: here });
    expect(archive.retrieve(there)).toMatchObject({ solution: 'b', objective: shown(2) });
    expect(archive.solution(archive.cellOf(there))).toBe('b');
    expect(archive.best).toMatchObject({ solution: 'b', objective: shown(2), measures: there });
    expect([archive.numElites, archive.objMax, archive.objMean]).toEqual([2, shown(2), (shown(1) + shown(2)) / 2]);
  });

  it('[A4] of equals in a batch the first stands in their place', () => {
    const archive = container.create();
    addAll(container, archive, [{ f: 1, m: here }, { f: 1, m: here }]);
    const newest = container.name.includes('newest');
    expect(archive.retrieve(here)?.solution).toBe(newest ? 'c1' : 'c0');
  });

  it.each([NaN, Infinity, -Infinity])('[A5] refuses a batch with %d in it, whole, and goes on undisturbed', (bad) => {
    const archive = container.create();
    archive.add('kept', objectives(1), here);
    const before = archive.save(codec);
    expect(() => { addAll(container, archive, [{ f: 5, m: there }, { f: bad, m: here }]); }).toThrow(/^Candidate 1 has objective .* all must be finite\.$/);
    expect(() => { addAll(container, archive, [{ f: 5, m: there }, { f: 7, m: [here[0]!, bad] }]); }).toThrow(/^Candidate 1 has objective .* all must be finite\.$/);
    expect(archive.save(codec)).toEqual(before);
    addAll(container, archive, [{ f: 2, m: there }]);
    expect(archive.retrieve(there)?.solution).toBe('c0');
    expect(archive.objMax).toBe(shown(2));
  });

  it('[A11] refuses a candidate with too few measures or objectives', () => {
    const archive = container.create();
    expect(() => archive.add('a', objectives(1), [0])).toThrow(/with \d objectives? and 1 measures?; the archive has/);
    expect(() => archive.add('a', [], here)).toThrow('with 0 objectives and 2 measures; the archive has');
    expect(() => { archive.addBatch(-1, [], [], () => 'a'); }).toThrow('A batch has -1 candidates; it needs a whole number of them.');
    expect(() => { archive.addBatch(2, objectives(1), here, () => 'a'); }).toThrow('Candidate 1 has');
  });

  it('[A3] lets no cell get worse or empty where it promises so, and its best is never forgotten', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = container.create();
      const before = new Map<number, number>();
      let best = -Infinity;
      for (const batch of list) {
        addAll(container, archive, batch);
        if (container.elitist) expectEqual([...before].filter(([cell, objective]) => !((archive.elite(cell)?.objective ?? -Infinity) >= objective)), []);
        for (const { cell, objective } of archive) {
          before.set(cell, objective);
          best = Math.max(best, objective);
        }
        expectEqual(archive.best?.objective ?? -Infinity, best);
        expect(archive.objMax).toBeGreaterThanOrEqual(best);
      }
    }), seeded(40));
  });

  it('[A8] keeps statistics that equal those counted afresh', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = fill(container, list);
      const elites = [...archive];
      const total = elites.reduce((sum, { objective }) => sum + objective, 0);
      const qdScore = total - (container.offset ?? 0) * elites.length;
      expectEqual(archive.numElites, elites.length);
      expectEqual(archive.coverage, elites.length === 0 ? 0 : elites.length / archive.cells);
      expect(archive.qdScore).toBeCloseTo(qdScore, 9);
      expect(archive.normQdScore).toBeCloseTo(elites.length === 0 ? 0 : qdScore / archive.cells, 9);
      if (elites.length > 0) expect(archive.objMean).toBeCloseTo(total / elites.length, 9);
      expectEqual(elites.map(({ cell }) => cell), elites.map(({ cell }) => cell).sort((a, b) => a - b));
      expectEqual(elites.map(({ measures }) => archive.retrieve(measures)?.measures), elites.map(({ measures }) => measures));
      const { entropy, evenness } = archive.stats();
      if (list.flat().length > 0 && elites.length > 0) expect(entropy).toBeGreaterThanOrEqual(0);
      if (Number.isFinite(evenness)) expect(evenness).toBeLessThanOrEqual(1 + 1e-12);
    }), seeded(40));
  });

  it('[A11] tells by rising cell of all that changed, with what was displaced', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = container.create();
      const mirror = new Map<number, Elite<string>>();
      let statuses: number[] = [];
      const subscription = archive.added$.subscribe(({ status, value, changes }) => {
        statuses = Array.from(status);
        expectEqual(value.length, status.length);
        expectEqual(changes.map(({ cell }) => cell), changes.map(({ cell }) => cell).sort((a, b) => a - b));
        for (const { cell, elite, displaced, status: change, candidate } of changes) {
          expectEqual(displaced, mirror.get(cell) ?? null);
          expectEqual(change, elite === null ? AddStatus.notAdded : displaced === null ? AddStatus.new : AddStatus.improved);
          if (candidate >= 0) expect(status[candidate]).not.toBe(AddStatus.notAdded);
          if (elite === null) mirror.delete(cell);
          else mirror.set(cell, elite);
        }
      });
      for (const batch of list) {
        const revision = archive.revision;
        const before = [...archive];
        const { status } = addAll(container, archive, batch);
        expectEqual(statuses, status);
        expectEqual([...mirror.values()].sort((a, b) => a.cell - b.cell), [...archive]);
        if (archive.revision === revision) expectEqual([...archive], before);
      }
      subscription.unsubscribe();
    }), seeded(40));
  });

  it('[A11] its diffs, applied one after the other, give what it shows', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = container.create();
      const mirror = new Map<number, number>();
      let seen = 0;
      for (const batch of list) {
        addAll(container, archive, batch);
        const diff = archive.diff(seen);
        expectEqual([diff.from, diff.to, diff.numElites, diff.qdScore], [seen, archive.revision, archive.numElites, archive.qdScore]);
        diff.cells.forEach((cell, i) => {
          if (Number.isNaN(diff.objectives[i])) mirror.delete(cell);
          else mirror.set(cell, diff.objectives[i]!);
        });
        seen = diff.to;
        expectEqual([...mirror].sort(([a], [b]) => a - b), [...archive].map(({ cell, objective }) => [cell, objective]));
        expectEqual(archive.diff(seen).cells.length, 0);
      }
    }), seeded(40));
  });

  it('[A11] who listens changes nothing', () => {
    fc.assert(fc.property(batches, (list) => {
      const watched = container.create();
      watched.added$.subscribe(() => undefined);
      expectEqual(fill(container, list, watched).save(codec), fill(container, list).save(codec));
    }), seeded(20));
  });

  it('[A12] saved and loaded it is the same, and goes on the same', () => {
    fc.assert(fc.property(batches, batches, (list, later) => {
      const archive = fill(container, list);
      const bytes = archive.save(codec);
      const loaded = loadArchive(bytes, codec);
      expectEqual(loaded.kind, archive.kind);
      expect(Object.getPrototypeOf(loaded)).toBe(Object.getPrototypeOf(archive));
      expectSame(loaded, archive);
      expectEqual(loaded.save(codec), bytes);
      fill(container, later, archive);
      fill(container, later, loaded);
      expectSame(loaded, archive);
      if (archive.numElites > 0) expectEqual(loaded.sample(20, stream(1)), archive.sample(20, stream(1)));
      expectEqual(loaded.save(codec), archive.save(codec));
    }), seeded(30));
  });

  it('[A11] emptied, it is one of its kind that starts over', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = fill(container, list);
      const again = archive.emptied();
      expectEqual([again.kind, again.numElites, again.revision], [archive.kind, 0, 0]);
      expectSame(fill(container, list, again), archive);
    }), seeded(20));
  });

  it('[A11] one candidate is a batch of one', () => {
    fc.assert(fc.property(batches, (list) => {
      const single = container.create();
      const batch = container.create();
      for (const candidate of list.flat()) {
        const status = single.add('c0', objectives(candidate.f), candidate.m);
        expectEqual(addAll(container, batch, [candidate]).status, [status]);
      }
      expectSame(single, batch);
    }), seeded(20));
  });

  it('[A11] says what came of a candidate, also where whoever listens adds more meanwhile', () => {
    const archive = container.create();
    let told = 0;
    archive.added$.subscribe(() => {
      if (told++ === 0) archive.add('worse', objectives(0), here);
    });
    expect(archive.add('better', objectives(1), here)).toBe(AddStatus.new);
    expect(told).toBe(2);
  });

  it.runIf(container.sparing)('[A11] asks no candidate that it does not take for its solution', () => {
    fc.assert(fc.property(batches, (list) => {
      const archive = container.create();
      for (const batch of list) {
        const asked: number[] = [];
        const { status } = addAll(container, archive, batch, 'c', asked);
        expectEqual(new Set(asked).size, asked.length);
        for (const i of asked) expect(status[i]).not.toBe(AddStatus.notAdded);
      }
    }), seeded(20));
  });

  it('[A24] draws each elite with the same chance, by the seed', () => {
    const archive = container.create();
    for (let n = 0; n < 40; n++) addAll(container, archive, [{ f: (n * 7) % 11, m: [there, here][n % 2]!.map((x, i) => (container.name === 'categorical' ? (n >> i) % 3 : x + (n % 5) / 7 - 0.3)) }]);
    const elites = [...archive];
    expect(elites.length).toBeGreaterThan(1);
    const draws = 400 * elites.length;
    const counts = new Map<number, number>();
    for (const { cell } of archive.sample(draws, stream(2))) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    expect(archive.sample(20, stream(3))).toEqual(archive.sample(20, stream(3)));
    const chi = elites.reduce((sum, { cell }) => sum + ((counts.get(cell) ?? 0) - 400) ** 2 / 400, 0);
    // chi-squared of at most 11 degrees of freedom: 31.3 is passed once in a thousand seeds
    expect(elites.length).toBeLessThanOrEqual(12);
    expect(chi).toBeLessThan(31.3);
  });
});
