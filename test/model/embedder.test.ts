import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedder } from '../../agents/model/embedder.ts';

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
    const embedder = openEmbedder({ model: 'letters', env });
    const rows = await embedder.embed([...texts, texts[0]!]);
    expect(rows.map((row) => [...row])).toEqual([...texts, texts[0]!].map(letters));
    expect([embedder.asked, asked.map(({ input }) => input.length), asked[0]!.model]).toEqual([100, [64, 36], 'letters']);
    await embedder.embed(texts);
    const later = openEmbedder({ model: 'letters', env });
    expect((await later.embed(texts)).map((row) => [...row])).toEqual(texts.map(letters));
    expect([asked.length, later.asked]).toEqual([2, 0]);
    expect(embedder.name).toMatch(/^letters at the endpoint http:\/\/127/);
    // another model has another memory
    await openEmbedder({ model: 'others', env }).embed(['abc']);
    expect(asked).toHaveLength(3);
  });

  it('[Q11] a memory that was cut short is gone on with', async () => {
    const [file] = readdirSync(join(folder, 'embeddings')).map((name) => join(folder, 'embeddings', name)).filter((name) => readFileSync(name, 'utf8').length > 2000);
    truncateSync(file!, readFileSync(file!).length - 5);
    const before = asked.length;
    const last = `abc ${'d'.repeat(99)}`;
    expect([...(await openEmbedder({ model: 'letters', env }).embed([last, 'abc ']))[0]!]).toEqual(letters(last));
    expect(asked.slice(before).map(({ input }) => input)).toEqual([[last]]);
    expect([...(await openEmbedder({ model: 'letters', env }).embed([last]))[0]!]).toEqual(letters(last));
    expect(asked.length).toBe(before + 1);
  });

  it('[Q11] refuses in one sentence what is no embedding', async () => {
    const said = async (given: typeof answer, model: string): Promise<string> => {
      answer = given;
      try {
        await openEmbedder({ model, env }).embed(['one', 'two']);
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
    expect(() => openEmbedder({ model: 'x', env: {} })).toThrow(/needs an endpoint: set OPENAI_BASE_URL/);
  });
});
