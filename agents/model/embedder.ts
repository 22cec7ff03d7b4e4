import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { createClient, translate, type Target } from './completion.ts';
import { ModelError, type ModelProgress } from './contract.ts';
import { isEmbedded, startEmbedded } from './door.ts';
import { findEndpoint } from './endpoint-address.ts';
import { cacheFolder } from './weights.ts';

export interface EmbedderOptions {
  /** `embedded`, the path of a `.gguf` file, or the id of an endpoint's model. */
  model: string;
  /** Where `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `LICHEN_CACHE` are read; the process's own by default. */
  env?: NodeJS.ProcessEnv;
  cacheDir?: string;
  /** For one request, in milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  onProgress?(progress: ModelProgress): void;
}

/** A model that turns texts into directions. What it has said once is on disk and not asked for again. */
export interface Embedder {
  /** For reports: the model and where it is. */
  readonly name: string;
  /** Texts asked of the model so far. */
  readonly asked: number;
  /** One embedding a text, all of one length. @throws ModelError, and nothing else. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  close(): void;
}

/** Texts in one request to an endpoint, and to a model that reads them one after another. */
const BATCH = 64;
const EMBEDDED_BATCH = 8;
const reply = z.object({ data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })) });
const line = z.object({ text: z.string(), vector: z.string() });

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Who embeds, under which name what it said is kept, and how many texts it is asked for at once. */
interface Source { target: Target; where: string; identity: string; batch: number; close(): void }

const plain: Target['dialect'] = { maxField: 'max_tokens', temperature: true, seed: true, grammar: false, schema: false, logprobs: false };

function findSource({ model, env = process.env, timeoutMs = 60_000 }: EmbedderOptions): Source {
  const { baseURL, key, name } = findEndpoint(env, model);
  const client = createClient(baseURL, key, timeoutMs, fetch);
  return { target: { client, model, timeoutMs, name, dialect: plain }, where: `${model} at ${name}`, identity: `${baseURL} ${model}`, batch: BATCH, close: () => undefined };
}

async function startSource(options: EmbedderOptions): Promise<Source> {
  const { model: asked, env = process.env } = options;
  const { client, model, path, timeoutMs, close } = await startEmbedded(options, env, asked === 'embedded' ? undefined : resolve(asked));
  const { size, mtimeMs } = statSync(path);
  return {
    target: { client, model, timeoutMs, name: `the embedded model ${model}`, dialect: plain }, where: `the embedded model ${model}`,
    // the form of the question is part of what was asked
    identity: asked === 'embedded' ? `embedded ${model} in one word` : `${path} ${size} ${mtimeMs} in one word`, batch: EMBEDDED_BATCH, close,
  };
}

/** Opens the way to a model's embeddings; asks nothing yet. @throws ModelError with one sentence when there is no such model. */
export async function openEmbedder(options: EmbedderOptions): Promise<Embedder> {
  const { model, env = process.env, cacheDir = cacheFolder(env) } = options;
  const { target, where, identity, batch: most, close } = isEmbedded(model) ? await startSource(options) : findSource(options);
  const file = join(cacheDir, 'embeddings', `${keyOf(identity).slice(0, 16)}.jsonl`);
  const known = readKnown(file);
  let length = known.values().next().value?.length;
  const embedder = {
    name: where, asked: 0, close,
    async embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
      const lacking = [...new Set(texts)].filter((text) => !known.has(keyOf(text)));
      for (let at = 0; at < lacking.length; at += most) {
        const batch = lacking.slice(at, at + most);
        const vectors = await ask(target, batch, signal);
        length ??= vectors[0]!.length;
        if (vectors.some((vector) => vector.length !== length)) throw new ModelError('malformed', `The embeddings of ${target.name} differ in length: ${vectors.map((vector) => vector.length).find((each) => each !== length)!} and ${length}.`);
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
