import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fingerprint } from '../../core/kernel/fingerprint.ts';
import { seeded } from './seeded.ts';

const lane = (seed: number, words: readonly number[]): string => {
  const print = new Fingerprint(seed, seed);
  for (const word of words) print.word(word);
  return print.digest();
};
const littleEndian = (text: string): number[] => Array.from(new Uint32Array(new Uint8Array(Buffer.from(text, 'latin1')).buffer));

describe('fingerprint', () => {
  // published answers of MurmurHash3_x86_32 for inputs of whole 32-bit words; each lane is one such hash
  it.each([
    ['nothing, seed 0', 0, [], '00000000'],
    ['nothing, seed 1', 1, [], '514e28b7'],
    ['nothing, the highest seed', 0xffffffff, [], '81f16f39'],
    ['ff ff ff ff', 0, [0xffffffff], '76293b50'],
    ['21 43 65 87', 0, [0x87654321], 'f55b516b'],
    ['21 43 65 87 with a seed', 0x5082edee, [0x87654321], '2362f9de'],
    ['four zeros', 0, [0], '2362f9de'],
    ['aaaa', 0x9747b28c, littleEndian('aaaa'), '5a97808a'],
    ['abcd', 0x9747b28c, littleEndian('abcd'), 'f0478627'],
    ['256 letters a', 0x9747b28c, littleEndian('a'.repeat(256)), '37405bdc'],
    ['fourteen words', 0, littleEndian('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'), 'ee925b90'],
  ])('[E5] a lane is MurmurHash3: %s', (_, seed, words, known) => {
    expect(lane(seed, words)).toBe(known + known);
  });

  it('[E5] every word and the order of words count', () => {
    const words = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 2, maxLength: 12 });
    fc.assert(fc.property(words, fc.nat(), fc.integer({ min: 0, max: 31 }), (list, at, bit) => {
      const changed = [...list];
      changed[at % list.length] = (changed[at % list.length]! ^ (1 << bit)) >>> 0;
      expect(lane(5, changed)).not.toBe(lane(5, list));
      if (list[0] !== list[1]) expect(lane(5, [list[1]!, list[0]!, ...list.slice(2)])).not.toBe(lane(5, list));
      expect(lane(5, [...list, 0])).not.toBe(lane(5, list));
    }), seeded(100));
  });

  it('[E5] numbers count by their bits, texts by their length and letters, and reading the digest changes nothing', () => {
    const digest = (fill: (print: Fingerprint) => void): string => {
      const print = new Fingerprint();
      fill(print);
      return print.digest();
    };
    expect(digest((print) => print.number(0))).not.toBe(digest((print) => print.number(-0)));
    expect(digest((print) => print.number(0.1 + 0.2))).not.toBe(digest((print) => print.number(0.3)));
    expect(digest((print) => { print.text('ab'); print.text('c'); })).not.toBe(digest((print) => { print.text('a'); print.text('bc'); }));
    expect(digest((print) => { print.word(1); print.digest(); print.word(2); })).toBe(digest((print) => { print.word(1); print.word(2); }));
    expect(digest(() => undefined)).toMatch(/^[0-9a-f]{16}$/);
  });
});
