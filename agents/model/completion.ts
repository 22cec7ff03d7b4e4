import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { z } from 'zod';
import { oddWord } from './capabilities.ts';
import { ModelError, type ModelReply, type ModelRequest } from './contract.ts';
import { guessPromptTokens } from './estimate.ts';
import { readRate, retryAfter, type RateHint } from './rate.ts';

/** A reply longer than this is an accident or an attack; nothing asked for here comes near. */
export const MAX_REPLY_BYTES = 1_000_000;
const MOST_NAME = 200;

const logprobSchema = z.object({
  token: z.string(), logprob: z.number(),
  top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number() })).default([]),
});

const replySchema = z.object({
  model: z.string().optional(),
  choices: z.array(z.object({
    // Servers name more reasons than these (a filter, a tool call); only a cut for length changes what we do.
    finish_reason: z.string().nullish(),
    message: z.object({ content: z.string().nullish() }),
    logprobs: z.object({ content: z.array(logprobSchema).nullish() }).nullish(),
  })).min(1),
  usage: z.object({ prompt_tokens: z.number().int().min(0), completion_tokens: z.number().int().min(0) }).nullish(),
});

/** How one server wants to be spoken to; learnt from its refusals. */
export interface Dialect {
  maxField: 'max_tokens' | 'max_completion_tokens';
  temperature: boolean;
  seed: boolean;
  grammar: boolean;
  /** Whether `response_format` may be sent; whether it is obeyed is for a probe to say. */
  schema: boolean;
  logprobs: boolean;
}

export interface Target {
  client: OpenAI;
  model: string;
  dialect: Dialect;
  timeoutMs: number;
  /** For sentences: `the endpoint http://…`. */
  name: string;
  onRate?(hint: RateHint): void;
}

/** The client for a base URL. `inner` is what carries the bytes: the network's `fetch`, or the embedded model's. */
export function createClient(baseURL: string, apiKey: string, timeoutMs: number, inner: typeof fetch): OpenAI {
  // Retries, their backoff and the rate belong to one scheduler above, which knows what a request is worth.
  return new OpenAI({ baseURL, apiKey, timeout: timeoutMs, maxRetries: 0, fetch: boundFetch(inner), organization: null, project: null, logLevel: 'off' });
}

/** Reads the whole body inside the client's timeout and up to a limit, so that neither a trickle nor a flood gets further. */
function boundFetch(inner: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    const parts: Uint8Array[] = [];
    let size = 0;
    if (response.body !== null) {
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        size += value.byteLength;
        if (size > MAX_REPLY_BYTES) {
          await reader.cancel().catch(() => undefined);
          throw new ModelError('malformed', `the reply is longer than ${MAX_REPLY_BYTES} bytes`);
        }
        parts.push(value);
      }
    }
    const { status, statusText, headers } = response;
    const plain = new Headers(headers);
    plain.delete('content-encoding');
    plain.delete('content-length');
    return new Response(parts.length === 0 ? null : Buffer.concat(parts), { status, statusText, headers: plain });
  };
}

/** Asks once. @throws ModelError */
export async function askOnce(target: Target, request: ModelRequest, signal?: AbortSignal): Promise<ModelReply> {
  if (signal?.aborted) throw new ModelError('cancelled', 'The request was cancelled.');
  const { client, model, dialect, timeoutMs } = target;
  const { grammar, schema, topLogprobs } = request;
  const byGrammar = dialect.grammar && grammar !== undefined;
  let raw: unknown;
  try {
    const { data, response } = await client.chat.completions.create({
      model, messages: request.messages, stream: false, [dialect.maxField]: request.maxTokens,
      ...(dialect.temperature ? { temperature: request.temperature } : {}),
      ...(dialect.seed ? { seed: request.seed } : {}),
      ...(byGrammar ? { grammar } : {}),
      ...(!byGrammar && dialect.schema && schema !== undefined
        ? { response_format: { type: 'json_schema', json_schema: { name: schema.name, schema: schema.schema, strict: true } } } : {}),
      ...(dialect.logprobs && topLogprobs !== undefined ? { logprobs: true, top_logprobs: topLogprobs } : {}),
    }, { timeout: timeoutMs, ...(signal === undefined ? {} : { signal }) }).withResponse();
    raw = data;
    hearRate(target, response.headers);
  } catch (error) {
    if (error instanceof APIError && error.headers instanceof Headers) hearRate(target, error.headers);
    throw translate(error, target, signal);
  }
  const reply = replySchema.safeParse(raw);
  if (!reply.success) {
    throw new ModelError('malformed', redact(`The reply of ${target.name} is not a chat completion: ${oneLine(z.prettifyError(reply.error))}.`, client.apiKey));
  }
  return toReply(reply.data, request, target);
}

function toReply({ choices, usage, model: said }: z.infer<typeof replySchema>, request: ModelRequest, { client: { apiKey: key }, model }: Target): ModelReply {
  const [choice] = choices;
  const text = redact(choice?.message.content ?? '', key);
  const logprobs = choice?.logprobs?.content;
  return {
    text, finish: choice?.finish_reason === 'length' ? 'length' : 'stop',
    // A server that does not count must not look as if it cost nothing.
    promptTokens: usage?.prompt_tokens ?? guessPromptTokens(request), completionTokens: usage?.completion_tokens ?? Math.min(request.maxTokens, Math.ceil(text.length / 4)),
    model: redact(said ?? model, key).slice(0, MOST_NAME),
    ...(request.topLogprobs !== undefined && logprobs ? {
      logprobs: logprobs.map(({ token, logprob, top_logprobs: top }) => ({
        token: redact(token, key), logprob, top: top.map((one) => ({ token: redact(one.token, key), logprob: one.logprob })),
      })),
    } : {}),
  };
}

function hearRate({ onRate }: Target, headers: Headers): void {
  const hint = onRate === undefined ? undefined : readRate(headers, performance.now());
  if (hint !== undefined) onRate?.(hint);
}

/** Shorter ones are words that servers on this machine are given in a key's place, such as `none`. */
const SHORTEST_KEY = 8;

/** Takes a key out of what the other side said: some servers repeat what they were sent. */
function redact(text: string, key: string | null): string {
  return key === null || key.length < SHORTEST_KEY ? text : text.replaceAll(key, '[key]');
}

/** Asks, and where a server refuses a parameter by name (reasoning models do), asks once more without it and remembers. */
export async function ask(target: Target, request: ModelRequest, signal?: AbortSignal): Promise<ModelReply> {
  try {
    return await askOnce(target, request, signal);
  } catch (error) {
    if (!(error instanceof ModelError) || error.status !== 400 || !adapt(target.dialect, error.message)) throw error;
    return await ask(target, request, signal);
  }
}

/** Changes the dialect by what a refusal names; false when there is nothing left to change. */
function adapt(dialect: Dialect, refusal: string): boolean {
  if (dialect.maxField === 'max_tokens' && refusal.includes('max_completion_tokens')) { dialect.maxField = 'max_completion_tokens'; return true; }
  if (dialect.temperature && /\btemperature\b/.test(refusal)) { dialect.temperature = false; return true; }
  if (dialect.seed && /['"`]seed['"`]/.test(refusal)) { dialect.seed = false; return true; }
  if (dialect.schema && /response_format|json_schema/.test(refusal)) { dialect.schema = false; return true; }
  if (dialect.logprobs && /logprobs/.test(refusal)) { dialect.logprobs = false; return true; }
  return false;
}

/** Whether the server decodes under a grammar: it is asked for a fruit under a grammar that has one odd word. @throws ModelError when the server is in no state to say. */
export async function probeGrammar(target: Target, signal?: AbortSignal): Promise<boolean> {
  const word = oddWord(target.model);
  const dialect = { ...target.dialect, grammar: true };
  try {
    const reply = await ask({ ...target, dialect }, {
      messages: [{ role: 'user', content: 'Name a fruit.' }], grammar: `root ::= "${word}"`, maxTokens: 4, temperature: 0, seed: 1,
    }, signal);
    const text = reply.text.trim();
    return text.length > 1 && word.startsWith(text);
  } catch (error) {
    // A server that knows its fields refuses one it does not know, and the request is fine without it.
    if (error instanceof ModelError && (error.status === 400 || error.status === 422)) return false;
    throw error;
  } finally {
    Object.assign(target.dialect, { ...dialect, grammar: target.dialect.grammar });
  }
}

/** Says in one sentence what went wrong between the client and `target`. */
export function translate(error: unknown, target: Target, signal?: AbortSignal): ModelError {
  const { name, model, timeoutMs, client: { apiKey } } = target;
  const own = findOwn(error);
  if (signal?.aborted || error instanceof APIUserAbortError) return new ModelError('cancelled', 'The request was cancelled.');
  if (own !== undefined) {
    return own.kind === 'malformed' ? new ModelError('malformed', `The reply of ${name} was refused: ${own.message}.`) : own;
  }
  if (error instanceof APIConnectionTimeoutError || causes(error).some((one) => one.includes('TIMEOUT'))) {
    return new ModelError('timeout', `No answer from ${name} within ${timeoutMs / 1000} s: it may be overloaded, or the model too slow for this machine.`);
  }
  if (error instanceof APIConnectionError) {
    const why = causes(error);
    const code = why.find((one) => /^[A-Z][A-Z0-9_]+$/.test(one)) ?? oneLine(why.at(-1) ?? 'no connection');
    const cut = why.some((one) => /terminated|socket hang up|other side closed|UND_ERR_SOCKET|ECONNRESET|aborted/i.test(one));
    return cut
      ? new ModelError('failed', `The connection to ${name} was cut before the reply was whole.`, { cause: error })
      : new ModelError('unreachable', `Cannot reach ${name} (${code}): start it, or correct OPENAI_BASE_URL, or choose --model embedded.`, { cause: error });
  }
  if (error instanceof APIError && typeof error.status === 'number') return fromStatus(error.status, error, name, model, apiKey);
  if (error instanceof SyntaxError) return new ModelError('malformed', `The reply of ${name} is not JSON.`);
  return new ModelError('failed', `The request to ${name} failed: ${oneLine(redact(error instanceof Error ? error.message : String(error), apiKey))}.`);
}

function fromStatus(status: number, error: APIError, name: string, model: string, key: string | null): ModelError {
  // before it is cut: a part of a key is one too
  const said = oneLine(redact(error.message.replace(/^\d+\s*/, ''), key));
  const headers: unknown = error.headers;
  const wait = headers instanceof Headers ? retryAfter(headers) : undefined;
  const more = { status, retryAfterMs: wait };
  if (status === 401) return new ModelError('refused', `${start(name)} does not accept the key (401): set OPENAI_API_KEY.`, more);
  if (status === 403) return new ModelError('refused', `${start(name)} does not allow this (403: ${said}): check what OPENAI_API_KEY may use.`, more);
  if (status === 404) return new ModelError('refused', `${start(name)} does not have the model ${model} or the path (404: ${said}): check LICHEN_MODEL and OPENAI_BASE_URL.`, more);
  if (status === 429) {
    const when = wait === undefined ? 'a while' : `${Math.ceil(wait / 1000)} s`;
    return new ModelError('refused', `${start(name)} limits the rate or the budget (429: ${said}): wait ${when}, or lower the model's share.`, more);
  }
  if (status === 408 || status === 504) return new ModelError('timeout', `${start(name)} gave up waiting for its model (${status}).`, more);
  if (status >= 500) return new ModelError('failed', `${start(name)} broke while answering (${status}: ${said}).`, more);
  return new ModelError('refused', `${start(name)} refused the request (${status}: ${said}).`, more);
}

function findOwn(error: unknown): ModelError | undefined {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof ModelError) return one;
  return undefined;
}

/** Every code and message from an error down to its last cause; connection errors bury the reason three deep. */
function causes(error: unknown): string[] {
  const found: string[] = [];
  for (let one = error, depth = 0; one instanceof Error && depth < 6; one = one.cause, depth += 1) {
    if ('code' in one && typeof one.code === 'string') found.push(one.code);
    found.push(one.message);
    if (one instanceof AggregateError) for (const inner of one.errors) found.push(...causes(inner));
  }
  return found;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200).replace(/\.$/, '');
}

function start(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
