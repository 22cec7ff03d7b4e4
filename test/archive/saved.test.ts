import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCodec, vectorCodec } from '../../core/archive/codec.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { loadArchive } from '../../core/archive/load.ts';
import { pack, unpack } from '../../core/kernel/packed.ts';
import { seeded } from '../core/seeded.ts';

const codec = jsonCodec<unknown>();

function small(): GridArchive<unknown> {
  const archive = new GridArchive<unknown>({ dims: [3, 3], ranges: [[0, 1], [0, 1]] });
  archive.add('first', 1, [0.1, 0.1]);
  archive.add({ text: 'zwei – 二 – \ud83c\udf31 – half of a pair \ud800', n: [1, 2.5, null] }, -0.5, [0.9, 0.9]);
  return archive;
}

describe('a saved archive', () => {
  it('[A12] gives back whatever its codec has', () => {
    const loaded = loadArchive(small().save(codec), codec);
    expect([...loaded]).toEqual([...small()]);
    expect(loaded.save(codec)).toEqual(small().save(codec));
  });

  it('[A12] keeps vectors to the bit, and one that is held twice once', () => {
    const vectors = vectorCodec(3);
    const archive = new GridArchive<Float64Array>({ dims: [2], ranges: [[0, 1]] });
    const shared = Float64Array.of(0.1 + 0.2, -0, 5e-324);
    archive.add(shared, 1, [0]);
    archive.add(shared, 2, [1]);
    const loaded = loadArchive(archive.save(vectors), vectors);
    expect(loaded.solution(0)).toEqual(shared);
    expect(loaded.solution(1)).toBe(loaded.solution(0));
    expect(loaded.best?.solution).toBe(loaded.solution(1));
    archive.add(Float64Array.of(1), 9, [0]);
    expect(() => archive.save(vectors)).toThrow('Solution 0 has 1 numbers; the codec was made for 3.');
  });

  it('[A12] keeps what rounding has taken from its sums', () => {
    const archive = new GridArchive<unknown>({ dims: [3], ranges: [[0, 3]] });
    [2 ** 53, 0.1, 0.2].forEach((objective, i) => archive.add(i, objective, [i]));
    // 0.1 + 0.2 − 0.1 + 0.7 is 0.9, and 0.7 + 0.2 is 0.8999999999999999
    archive.add(3, 0.7, [1]);
    const loaded = loadArchive(archive.save(codec), codec);
    expect(loaded.qdScore).toBe(archive.qdScore);
    expect(loaded.save(codec)).toEqual(archive.save(codec));
  });

  it('[A12] is read wherever in memory it lies', () => {
    const bytes = small().save(codec);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect([...loadArchive(moved.subarray(3), codec)]).toEqual([...small()]);
    // as files are read
    expect([...loadArchive(Buffer.from(moved).subarray(3), codec)]).toEqual([...small()]);
  });

  it('[A12] is refused when it was cut short or any byte is another', () => {
    const bytes = small().save(codec);
    for (let end = 0; end < bytes.length; end += 7) expect(() => loadArchive(bytes.slice(0, end), codec)).toThrow(/no saved state|damaged or cut short/);
    for (let at = 0; at < bytes.length; at += 5) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      expect(() => loadArchive(damaged, codec)).toThrow(/^(These bytes are no saved state|This machine reads numbers in another byte order|The saved state is (packed in version|damaged))/);
    }
  });

  it.each<[string, Parameters<typeof pack>[0], string]>([
    ['something else that was packed', { hello: 'world' }, 'What was read is not an archive in "lichen archive" version 1: format:'],
    ['a later version', { ...(unpack(small().save(codec)) as object), version: 2 }, 'What was read is not an archive in "lichen archive" version 1: version:'],
    ['another kind', { ...(unpack(small().save(codec)) as object), kind: 'heap' }, 'The archive is of the kind "heap"; this program knows grid, cvt,'],
    ['another codec', { ...(unpack(small().save(codec)) as object), codec: 'vector 3' }, 'The archive was saved with the codec "vector 3" and is read with "json".'],
    ['solutions that are not there', { ...(unpack(small().save(codec)) as object), payloads: 3 }, 'The archive was saved with 3 solutions; the codec made 2 of them.'],
    ['slots that do not fit', { ...(unpack(small().save(codec)) as object), slots: { ...(unpack(small().save(codec)) as { slots: object }).slots, slots: Uint32Array.of(0, 9) } }, 'The saved archive has its elites in cells that do not exist, or two in one.'],
  ])('[A12] is refused with one sentence: %s', (_, value, sentence) => {
    expect(() => loadArchive(pack(value), codec)).toThrow(sentence);
  });

  it('[A12] is packed so that any value comes back', () => {
    const leaf = fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.string({ unit: 'binary' }),
      fc.float64Array({ maxLength: 5 }), fc.uint8Array({ maxLength: 5 }), fc.uint32Array({ maxLength: 5 }), fc.int32Array({ maxLength: 5 }));
    const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })));
    fc.assert(fc.property(value, (each) => { expect(unpack(pack(each))).toEqual({ ...each }); }), seeded(100));
  });
});
