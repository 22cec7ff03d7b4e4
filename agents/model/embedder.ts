import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { createClient, translate, type Target } from './completion.ts';
import { ModelError } from './contract.ts';
import { findEndpoint } from './endpoint-address.ts';
import { cacheFolder } from './weights.ts';

export interface EmbedderOptions {
  /** Id of the endpoint's model. */
  model: string;
  /** Where `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `LICHEN_CACHE` are read; the process's own by default. */
  env?: NodeJS.ProcessEnv;
  cacheDir?: string;
  /** For one request, in milliseconds. */
  timeoutMs?: number;
}

/** A model that turns texts into directions. What it has said once is on disk and not asked for again. */
export interface Embedder {
  /** For reports: the model and where it is. */
  readonly name: string;
  /** Texts asked of the endpoint so far. */
  readonly asked: number;
  /** One embedding a text, all of one length. @throws ModelError, and nothing else. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}

/** Texts in one request. */
const BATCH = 64;
const reply = z.object({ data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })) });
const line = z.object({ text: z.string(), vector: z.string() });

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Opens the way to an endpoint's embeddings; asks nothing yet. @throws ModelError with one sentence when there is no endpoint. */
export function openEmbedder({ model, env = process.env, cacheDir = cacheFolder(env), timeoutMs = 60_000 }: EmbedderOptions): Embedder {
  const { baseURL, key, name } = findEndpoint(env, model);
  const target: Target = { client: createClient(baseURL, key, timeoutMs, fetch), model, timeoutMs, name, dialect: { maxField: 'max_tokens', temperature: true, seed: true, grammar: false, schema: false, logprobs: false } };
  const file = join(cacheDir, 'embeddings', `${keyOf(`${baseURL} ${model}`).slice(0, 16)}.jsonl`);
  const known = readKnown(file);
  let length = known.values().next().value?.length;
  const embedder = {
    name: `${model} at ${name}`, asked: 0,
    async embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
      const lacking = [...new Set(texts)].filter((text) => !known.has(keyOf(text)));
      for (let at = 0; at < lacking.length; at += BATCH) {
        const batch = lacking.slice(at, at + BATCH);
        const vectors = await ask(target, batch, signal);
        length ??= vectors[0]!.length;
        if (vectors.some((vector) => vector.length !== length)) throw new ModelError('malformed', `The embeddings of ${name} differ in length: ${vectors.map((vector) => vector.length).find((each) => each !== length)!} and ${length}.`);
        keep(file, batch, vectors);
        batch.forEach((text, i) => known.set(keyOf(text), vectors[i]!));
        embedder.asked += batch.length;
      }
      return texts.map((text) => known.get(keyOf(text))!);
    },
  };
  return embedder;
}

async function ask(target: Target, texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
  const { client, model, name } = target;
  let said: unknown;
  try {
    said = await client.embeddings.create({ model, input: [...texts], encoding_format: 'float' }, signal === undefined ? {} : { signal });
  } catch (error) {
    throw translate(error, target, signal);
  }
  const read = reply.safeParse(said);
  if (!read.success || read.data.data.length !== texts.length) throw new ModelError('malformed', `The reply of ${name} holds no embedding for each of ${texts.length} texts.`);
  const vectors = new Array<Float32Array>(texts.length);
  for (const { index, embedding } of read.data.data) {
    if (!embedding.some((value) => value !== 0)) throw new ModelError('malformed', `An embedding of ${name} is nothing but zeros.`);
    vectors[index] = Float32Array.from(embedding);
  }
  if (Object.keys(vectors).length !== texts.length) throw new ModelError('malformed', `The reply of ${name} holds no embedding for each of ${texts.length} texts.`);
  return vectors;
}

/** What is on disk; a line that was cut short is left out. */
function readKnown(file: string): Map<string, Float32Array> {
  const known = new Map<string, Float32Array>();
  if (!existsSync(file)) return known;
  for (const written of readFileSync(file, 'utf8').split('\n')) {
    let value: unknown;
    try {
      value = JSON.parse(written);
    } catch {
      continue;
    }
    const read = line.safeParse(value);
    if (!read.success) continue;
    const bytes = Buffer.from(read.data.vector, 'base64');
    known.set(read.data.text, new Float32Array(new Uint8Array(bytes).buffer));
  }
  return known;
}

function keep(file: string, texts: readonly string[], vectors: readonly Float32Array[]): void {
  const lines = texts.map((text, i) => JSON.stringify({ text: keyOf(text), vector: Buffer.from(vectors[i]!.buffer).toString('base64') }));
  mkdirSync(dirname(file), { recursive: true });
  // after a line that was cut short, a new one
  appendFileSync(file, `\n${lines.join('\n')}`);
}
