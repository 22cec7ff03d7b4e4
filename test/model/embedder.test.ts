import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedder } from '../../agents/model/embedder.ts';
import { writeTinyGguf } from './tiny-gguf.ts';

interface Asked { model: string; input: string[] }
/** A text's letters, counted: what a server on the loopback says its embedding is. */
const letters = (text: string): number[] => [...'abcdefghij'].map((letter) => [...text].filter((each) => each === letter).length + 0.5);

describe('an embedder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-embedder-'));
  const asked: Asked[] = [];
  let answer = (given: Asked): object => ({ object: 'list', model: given.model, data: given.input.map((text, index) => ({ object: 'embedding', index, embedding: letters(text) })).reverse() });
  const usual = answer;
  let env: NodeJS.ProcessEnv = {};
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.url !== '/v1/embeddings') { response.writeHead(404).end(); return; }
      const given = JSON.parse(Buffer.concat(parts).toString()) as Asked;
      asked.push(given);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(given)));
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    env = { OPENAI_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, LICHEN_CACHE: folder };
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('[Q11] asks for each text once, in batches, and what was said is found again', async () => {
    const texts = Array.from({ length: 100 }, (_, i) => `abc ${'d'.repeat(i)}`);
    const embedder = await openEmbedder({ model: 'letters', env });
    const rows = await embedder.embed([...texts, texts[0]!]);
    expect(rows.map((row) => [...row])).toEqual([...texts, texts[0]!].map(letters));
    expect([embedder.asked, asked.map(({ input }) => input.length), asked[0]!.model]).toEqual([100, [64, 36], 'letters']);
    await embedder.embed(texts);
    const later = await openEmbedder({ model: 'letters', env });
    expect((await later.embed(texts)).map((row) => [...row])).toEqual(texts.map(letters));
    expect([asked.length, later.asked]).toEqual([2, 0]);
    expect(embedder.name).toMatch(/^letters at the endpoint http:\/\/127/);
    // another model has another memory
    await (await openEmbedder({ model: 'others', env })).embed(['abc']);
    expect(asked).toHaveLength(3);
  });

  it('[Q11] a memory that was cut short is gone on with', async () => {
    const [file] = readdirSync(join(folder, 'embeddings')).map((name) => join(folder, 'embeddings', name)).filter((name) => readFileSync(name, 'utf8').length > 2000);
    truncateSync(file!, readFileSync(file!).length - 5);
    const before = asked.length;
    const last = `abc ${'d'.repeat(99)}`;
    expect([...(await (await openEmbedder({ model: 'letters', env })).embed([last, 'abc ']))[0]!]).toEqual(letters(last));
    expect(asked.slice(before).map(({ input }) => input)).toEqual([[last]]);
    expect([...(await (await openEmbedder({ model: 'letters', env })).embed([last]))[0]!]).toEqual(letters(last));
    expect(asked.length).toBe(before + 1);
  });

  it('[Q11] refuses in one sentence what is no embedding', async () => {
    const said = async (given: typeof answer, model: string): Promise<string> => {
      answer = given;
      try {
        await (await openEmbedder({ model, env })).embed(['one', 'two']);
        return 'nothing';
      } catch (error) {
        return (error as Error).message;
      } finally {
        answer = usual;
      }
    };
    expect(await said(() => ({ data: [{ index: 0, embedding: [1] }] }), 'a')).toMatch(/^The reply of the endpoint .* holds no embedding for each of 2 texts\.$/);
    expect(await said(() => ({ data: [{ index: 0, embedding: [1] }, { index: 0, embedding: [2] }] }), 'b')).toMatch(/^The reply of the endpoint .* holds no embedding for each of 2 texts\.$/);
    expect(await said(() => ({ data: [{ index: 0, embedding: [1] }, { index: 1, embedding: [0] }] }), 'c')).toMatch(/is nothing but zeros\.$/);
    expect(await said(() => ({ data: [{ index: 0, embedding: [1] }, { index: 1, embedding: [1, 2] }] }), 'd')).toMatch(/differ in length: 2 and 1\.$/);
    expect(await said(() => ({ no: 'data' }), 'e')).toMatch(/holds no embedding/);
    await expect(openEmbedder({ model: 'x', env: {} })).rejects.toThrow(/needs an endpoint: set OPENAI_BASE_URL/);
  });
});

describe('an embedder of our own process, on a tiny model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-embedder-'));
  const model = join(folder, 'tiny.gguf');
  beforeAll(() => writeTinyGguf(model));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('[Q11] embeds each text once, however long, the same again in another process, and texts apart', async () => {
    const texts = ['when energy > 1 -> eat', 'otherwise -> rest', 'word '.repeat(6000), ''];
    const embed = async (): Promise<{ rows: number[][]; asked: number; name: string }> => {
      const embedder = await openEmbedder({ model, cacheDir: folder, env: {} });
      const rows = await embedder.embed(texts);
      embedder.close();
      return { rows: rows.map((row) => [...row]), asked: embedder.asked, name: embedder.name };
    };
    const first = await embed();
    expect(first).toMatchObject({ asked: texts.length, name: 'the embedded model tiny' });
    expect(new Set(first.rows.map((row) => row.length)).size).toBe(1);
    expect(new Set(first.rows.map((row) => row.join())).size).toBe(texts.length);
    expect(await embed()).toEqual({ ...first, asked: 0 });
    rmSync(join(folder, 'embeddings'), { recursive: true });
    expect(await embed()).toEqual(first);
  });

  it('[Q11] is given up at once by whoever cancels, and a file that is no model is one sentence', async () => {
    const embedder = await openEmbedder({ model, cacheDir: folder, env: {} });
    const stop = new AbortController();
    const asked = embedder.embed(Array.from({ length: 8 }, (_, i) => `${i} ${'long '.repeat(1000)}`), stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await embedder.embed(['after that'])).toHaveLength(1);
    embedder.close();
    await expect(openEmbedder({ model: join(folder, 'none.gguf'), env: {} })).rejects.toThrow(/none\.gguf/);
  });
});
