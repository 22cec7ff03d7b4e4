import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type OpenAI from 'openai';
import { ask, createClient, probeGrammar, translate, type Dialect, type Target } from './completion.ts';
import { ModelError, type ModelDoor, type ModelProgress } from './contract.ts';
import { createEmbeddedFetch } from './embedded-fetch.ts';
import { findEndpoint } from './endpoint-address.ts';
import { startEngine } from './engine.ts';
import type { RateHint } from './rate.ts';
import { cacheFolder, checkGguf, fetchWeights, weightsFacts } from './weights.ts';

export { ModelError } from './contract.ts';
export type { ChatMessage, ModelDoor, ModelErrorKind, ModelProgress, ModelReply, ModelRequest, TokenLogprob } from './contract.ts';

export interface DoorOptions {
  /**
   * `embedded`, the path of a `.gguf` file, or the id of an endpoint's model. Left out, it is `LICHEN_MODEL`, else the
   * only model of the endpoint at `OPENAI_BASE_URL`, else `embedded`.
   */
  model?: string;
  /** Where `OPENAI_BASE_URL`, `OPENAI_API_KEY`, `LICHEN_MODEL`, `LICHEN_GRAMMAR` (`on`, `off`) and `LICHEN_CACHE` are read; the process's own by default. */
  env?: NodeJS.ProcessEnv;
  cacheDir?: string;
  /** Of the embedded model: how many requests it works on side by side. Of an endpoint: how many are worth having in flight. */
  slots?: number;
  /** Of the embedded model. Leave it at one unless cores are idle. */
  threads?: number;
  /** For one reply, in milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  onProgress?(progress: ModelProgress): void;
}

/**
 * Measured on two cores with the default model. The arithmetic of a small model gains nothing from batching on a CPU, so
 * by default one request is worked on at a time, at half the latency of two side by side; a second slot keeps the state
 * of a second kind of prompt, and a second request in flight fills the gap between two. One thread, because llama.cpp's
 * threads wait for each other by spinning: when the simulation takes a core, two are not faster but many times slower.
 */
export const embeddedDefaults = { slots: 2, threads: 1, contextTokens: 4096, timeoutMs: 120_000 } as const;
const endpointDefaults = { slots: 4, timeoutMs: 60_000, startTimeoutMs: 8_000, probeTimeoutMs: 30_000 } as const;
const LOAD_TIMEOUT_MS = 180_000;

/**
 * Opens the way to a model. @throws ModelError with one sentence that says what is wrong and what to do.
 */
export async function openDoor(options: DoorOptions): Promise<ModelDoor> {
  const env = options.env ?? process.env;
  const asked = options.model ?? (env['LICHEN_MODEL'] || undefined);
  if (asked === 'none') throw new ModelError('refused', 'No model was asked for (--model none).');
  if (asked === 'embedded' || (asked === undefined && !env['OPENAI_BASE_URL'])) return await openEmbedded(options, env, undefined);
  if (asked !== undefined && isPath(asked)) return await openEmbedded(options, env, resolve(asked));
  return await openEndpoint(options, env, asked);
}

function isPath(model: string): boolean {
  return /\.gguf$/i.test(model) || /^(\.{0,2}[/\\]|~)/.test(model) || (/[/\\]/.test(model) && existsSync(model));
}

/** Whether a name is that of a model of our own process, and not of an endpoint's: `embedded`, or a file. */
export function isEmbedded(model: string): boolean {
  return model === 'embedded' || isPath(model);
}

/** A model that runs in a process of ours, and how the client reaches it. */
export interface Embedded { client: OpenAI; model: string; path: string; slots: number; timeoutMs: number; close(): void }

/** Starts the default weights, or a given file. @throws ModelError */
export async function startEmbedded(options: DoorOptions, env: NodeJS.ProcessEnv, given: string | undefined): Promise<Embedded> {
  const { onProgress, signal } = options;
  let path: string;
  if (given !== undefined) {
    await checkGguf(given);
    path = given;
  } else {
    const folder = options.cacheDir ?? cacheFolder(env);
    ({ path } = await fetchWeights({ folder, ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) }));
  }
  const slots = Math.max(1, Math.min(options.slots ?? embeddedDefaults.slots, 16));
  const engine = await startEngine({
    // Whoever names a number of slots wants them side by side.
    path, slots, atOnce: options.slots === undefined ? 1 : slots, threads: options.threads ?? embeddedDefaults.threads, contextTokens: embeddedDefaults.contextTokens, loadTimeoutMs: LOAD_TIMEOUT_MS,
    onLoading: (done) => onProgress?.({ stage: 'load', done: Math.round(done * 1000), total: 1000, source: path }),
  });
  const model = given === undefined ? weightsFacts.name : basename(given).replace(/\.gguf$/i, '');
  const timeoutMs = options.timeoutMs ?? embeddedDefaults.timeoutMs;
  const client = createClient('http://embedded.invalid/v1', 'none', timeoutMs, createEmbeddedFetch(engine, model));
  return { client, model, path, slots, timeoutMs, close: () => engine.close() };
}

async function openEmbedded(options: DoorOptions, env: NodeJS.ProcessEnv, given: string | undefined): Promise<ModelDoor> {
  const { client, model, slots, timeoutMs, close } = await startEmbedded(options, env, given);
  const dialect: Dialect = { maxField: 'max_tokens', temperature: true, seed: true, grammar: true, schema: true, logprobs: true };
  return createDoor({ client, model, dialect, timeoutMs, name: `the embedded model ${model}` }, {
    where: 'embedded', local: true, slots, contextTokens: embeddedDefaults.contextTokens, onClose: close,
  });
}

async function openEndpoint(options: DoorOptions, env: NodeJS.ProcessEnv, asked: string | undefined): Promise<ModelDoor> {
  const { signal } = options;
  const { baseURL, key, name, local } = findEndpoint(env, asked);
  const timeoutMs = options.timeoutMs ?? endpointDefaults.timeoutMs;
  const client = createClient(baseURL, key, timeoutMs, fetch);
  const dialect: Dialect = { maxField: 'max_tokens', temperature: true, seed: true, grammar: false, schema: true, logprobs: true };
  const target: Target = { client, model: asked ?? '', dialect, timeoutMs, name };
  const { model, contextTokens } = await meetEndpoint(target, asked, Math.min(timeoutMs, endpointDefaults.startTimeoutMs), signal);
  const known: Target = { ...target, model };
  const wish = env['LICHEN_GRAMMAR']?.toLowerCase();
  dialect.grammar = wish === 'on' || (wish !== 'off' && await probeGrammar({ ...known, timeoutMs: Math.min(timeoutMs, endpointDefaults.probeTimeoutMs) }, signal));
  return createDoor(known, {
    where: 'endpoint', local, slots: Math.max(1, options.slots ?? endpointDefaults.slots), contextTokens, onClose: () => undefined,
  });
}

interface Listed { id: string; contextTokens: number | null }

/** Looks whether the endpoint is there, which model to use and how much it takes. */
async function meetEndpoint(target: Target, asked: string | undefined, timeoutMs: number, signal?: AbortSignal): Promise<{ model: string; contextTokens: number | null }> {
  const models = await listModels({ ...target, timeoutMs }, signal);
  if (asked !== undefined) return { model: asked, contextTokens: models.find((one) => one.id === asked)?.contextTokens ?? null };
  const [only, ...others] = models;
  if (only === undefined) throw new ModelError('refused', `T${target.name.slice(1)} does not say which models it has: set LICHEN_MODEL.`);
  if (others.length > 0) {
    const ids = models.slice(0, 6).map((one) => one.id).join(', ');
    throw new ModelError('refused', `T${target.name.slice(1)} has several models (${ids}${models.length > 6 ? ', …' : ''}): set LICHEN_MODEL to one of them.`);
  }
  return { model: only.id, contextTokens: only.contextTokens };
}

async function listModels(target: Target, signal?: AbortSignal): Promise<Listed[]> {
  try {
    const page: OpenAI.Models.ModelsPage = await target.client.models.list({ timeout: target.timeoutMs, ...(signal ? { signal } : {}) });
    const data: unknown = page.data;
    return Array.isArray(data) ? data.flatMap((one: unknown) => (isRecord(one) && typeof one['id'] === 'string' ? [{ id: one['id'], contextTokens: readContext(one) }] : [])) : [];
  } catch (error) {
    const said = translate(error, target, signal);
    // Not every server lists its models; that it answers is enough.
    if (said.status === 404 || said.status === 405 || said.status === 501 || said.kind === 'malformed') return [];
    throw said;
  }
}

/** Where servers put the context length: the length that is served goes before the one that the model was trained for. */
const contextFields = ['max_model_len', 'loaded_context_length', 'n_ctx', 'context_length', 'context_window', 'max_context_length', 'n_ctx_train'] as const;

function readContext(listed: Record<string, unknown>): number | null {
  const places = [listed, listed['meta'], listed['top_provider']].filter(isRecord);
  for (const field of contextFields) {
    for (const place of places) {
      const value = place[field];
      if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e9) return value;
    }
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

interface Whereabouts { where: ModelDoor['where']; local: boolean; slots: number; contextTokens: number | null; onClose(): void }

function createDoor(asked: Target, { onClose, ...whereabouts }: Whereabouts): ModelDoor {
  const inFlight = new Set<AbortController>();
  let rate: RateHint | undefined;
  const target: Target = { ...asked, onRate: (hint) => { rate = hint; } };
  let closed = false;
  return {
    model: target.model, ...whereabouts, grammar: target.dialect.grammar,
    get rate() { return rate; },
    async complete(request, signal) {
      if (closed) throw new ModelError('cancelled', 'The model was closed.');
      // One controller a request: listeners on the caller's long-lived signal must not pile up over a run.
      const stop = new AbortController();
      const onAbort = () => stop.abort();
      if (signal?.aborted) stop.abort();
      signal?.addEventListener('abort', onAbort, { once: true });
      inFlight.add(stop);
      try {
        return await ask(target, request, stop.signal);
      } finally {
        inFlight.delete(stop);
        signal?.removeEventListener('abort', onAbort);
      }
    },
    close() {
      closed = true;
      for (const one of inFlight) one.abort();
      onClose();
      return Promise.resolve();
    },
  };
}
