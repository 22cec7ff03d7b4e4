import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentKey, repairKey, type Entry } from '../../agents/model/cassette.ts';
import type { ModelRequest } from '../../agents/model/contract.ts';
import { openRecord, openShelf } from '../../agents/model/source.ts';
import { isBarelyBegun, Shelf, Tape } from '../../agents/model/tape.ts';
import { TapeWriter } from '../../agents/model/tape-writer.ts';

const header = { models: [{ model: 'm', where: 'endpoint' as const, slots: 4, price: null, can: {} }], routes: {} };
const ask = (content: string): ModelRequest => ({ messages: [{ role: 'user', content }], maxTokens: 5, temperature: 1, seed: 3 });
const entry = (key: string, text: string, more: Partial<Entry> = {}): Entry => ({
  key, due: 0, nth: 0, model: 'm', role: 'operator', kind: 'k', via: 'call', paid: [1, 7, 3], retries: 0,
  reply: { text, finish: 'stop', promptTokens: 7, completionTokens: 3, model: 'm' }, ...more,
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-cassette-'));
  file = join(folder, 'cassette.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('[M10] any part of a request, the model, and what is repaired make it another one', () => {
  const changes: Partial<ModelRequest>[] = [
    {}, { seed: 4 }, { temperature: 0 }, { maxTokens: 6 }, { grammar: 'root ::= "x"' }, { messages: [{ role: 'system', content: 'a' }] }, { topLogprobs: 2 },
    { schema: { name: 's', schema: {} } }, { schema: { name: 's', schema: { type: 'object' } } }, { messages: [{ role: 'user', content: 'a' }, { role: 'user', content: '' }] },
  ];
  const keys = changes.map((change) => contentKey('m', { ...ask('a'), ...change }));
  keys.push(contentKey('n', ask('a')), repairKey(keys[0]!, 'm', ask('a')), repairKey(keys[1]!, 'm', ask('a')));
  expect(new Set(keys).size).toBe(keys.length);
  expect(contentKey('m', { seed: 3, temperature: 1, maxTokens: 5, messages: [{ content: 'a', role: 'user' }] })).toBe(keys[0]);
});

test('[M10] what is written is read again, long texts that many share once', async () => {
  const writer = new TapeWriter(file, header);
  const system = 'The language of instincts. '.repeat(30);
  const error = { kind: 'refused' as const, message: 'no', status: 403 };
  for (let i = 0; i < 5; i++) void writer.append(entry(`key${i}`, `text ${i} \u2028 "\\" é`), { ...ask(`state ${i}`), messages: [{ role: 'system', content: system }, { role: 'user', content: `state ${i}` }] });
  const { reply: _, ...noReply } = entry('failed', '');
  void writer.append({ ...noReply, error });
  await writer.close();
  const text = readFileSync(file, 'utf8');
  expect(text.split('The language of instincts. ').length - 1).toBe(30);
  expect(text).toContain('"state 4"');
  const tape = new Tape(file);
  expect(tape).toMatchObject({ header, size: 6, wholeBytes: Buffer.byteLength(text) });
  expect(tape.at({ key: 'key3', due: 0, nth: 0 })).toEqual(entry('key3', 'text 3 \u2028 "\\" é'));
  expect(tape.at({ key: 'failed', due: 0, nth: 0 })).toEqual({ ...noReply, error });
  for (const place of [{ key: 'key3', due: 1, nth: 0 }, { key: 'key3', due: 0, nth: 1 }, { key: 'none', due: 0, nth: 0 }]) expect(tape.at(place)).toBeUndefined();
  expect(tape.paid.get('m')).toEqual({ calls: 6, promptTokens: 42, completionTokens: 18 });
  tape.close();
});

test('[L3] a recording that was killed is continued after its last whole line, wherever it was cut', async () => {
  const writer = new TapeWriter(file, header);
  for (let i = 0; i < 3; i++) await writer.append(entry(`key${i}`, `text ${i}`), ask('x'));
  await writer.close();
  const bytes = readFileSync(file);
  const ends = [...bytes].flatMap((byte, i) => (byte === 0x0a ? [i + 1] : []));
  for (let cut = 0; cut <= bytes.length; cut += 7) {
    writeFileSync(file, bytes.subarray(0, cut));
    const more = openRecord(file, true, (earlier) => earlier ?? header);
    await more.writer.append(entry('more', 'more'));
    await more.writer.close();
    const tape = new Tape(file);
    const whole = Math.max(0, ends.filter((end) => end <= cut).length - 1);
    expect(tape.size).toBe(whole + 1);
    expect(tape.at({ key: 'more', due: 0, nth: 0 })?.reply?.text).toBe('more');
    for (let i = 0; i < 3; i++) expect(tape.at({ key: `key${i}`, due: 0, nth: 0 }) !== undefined).toBe(i < whole);
    more.tape?.close();
    tape.close();
  }
});

test('a file that is only the beginning of a header is taken as none, anything else is not', () => {
  for (const [text, expected] of [['', true], ['{"for', true], ['{"format":"lichen-cassette","version":2', true], ['{"format":"lichen-cassette"}\n', false], ['dear diary', false]] as const) {
    writeFileSync(file, text);
    expect(isBarelyBegun(file)).toBe(expected);
  }
});

test('[M11] a shared one gives replies in the order in which they were asked, and lines that were torn are passed over', async () => {
  const shared = openShelf(file);
  expect(shared.held).toBeNull();
  await shared.writer.append(entry('a', 'second', { due: 5, nth: 1 }), ask('a'));
  await shared.writer.append(entry('a', 'first', { due: 5, nth: 0 }), ask('a'));
  await shared.writer.append(entry('a', 'shared', { due: 1, via: 'twin' }));
  const { reply: _, ...noReply } = entry('b', '');
  await shared.writer.append({ ...noReply, budget: 'spent' });
  await shared.writer.close();
  appendFileSync(file, '{"key":"a","due":0,"re');
  const again = openShelf(file);
  await again.writer.append(entry('c', 'after the tear'), ask('c'));
  await again.writer.close();
  const shelf = new Shelf(file);
  expect([0, 1, 2, 3].map((nth) => shelf.take('a', nth)?.reply?.text)).toEqual(['first', 'second', 'second', 'second']);
  expect(shelf.take('b', 0)).toBeUndefined();
  expect(shelf.take('c', 0)?.reply?.text).toBe('after the tear');
  expect([shelf.occurrence('a'), shelf.occurrence('a'), shelf.occurrence('b'), shelf.occurrence('b')]).toEqual([0, 1, 0, 0]);
  shelf.close();
  again.held?.close();
});
