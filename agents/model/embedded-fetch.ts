import { basename } from 'node:path';
import { z } from 'zod';
import { EngineRefusal, type Engine } from './engine.ts';
import type { EngineWork } from './engine-protocol.ts';
import { jsonObjectGrammar, jsonSchemaGrammar, SchemaRefusal } from './json-grammar.ts';

/** The part of the protocol that the embedded model understands. What it does not know it leaves aside, as local servers do. */
const bodySchema = z.object({
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(1),
  grammar: z.string().optional(),
  response_format: z.discriminatedUnion('type', [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: z.unknown() }) }),
  ]).optional(),
  max_tokens: z.number().int().min(1).max(100_000).default(256),
  temperature: z.number().min(0).max(2).default(1),
  seed: z.number().int().default(0),
  logprobs: z.boolean().default(false),
  top_logprobs: z.number().int().min(0).max(20).default(0),
});

const embeddingSchema = z.object({
  input: z.union([z.string(), z.array(z.string()).min(1).max(2048)]),
  encoding_format: z.literal('float').default('float'),
});

/**
 * A `fetch` for the `openai` client that reaches an engine instead of the network: `POST …/chat/completions`,
 * `POST …/embeddings` and `GET …/models`, with the protocol's bodies and statuses. A `grammar` (GBNF), else a `response_format`, binds every reply that ends by itself;
 * what a JSON schema says and a grammar cannot hold is refused, not left aside. A broken engine rejects, as a broken connection would.
 */
export function createEmbeddedFetch(engine: Engine, model: string): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const path = basename(new URL(url).pathname);
    if (path === 'models') return json(200, { object: 'list', data: [{ id: model, object: 'model' }] });
    if (path === 'embeddings') return await embed(engine, model, init);
    if (path !== 'completions') return refusal(404, `The embedded model does not serve ${path}.`);
    const body = bodySchema.safeParse(parse(init?.body));
    if (!body.success) return refusal(400, `The request is not one the embedded model understands: ${z.prettifyError(body.error)}`);
    const { messages, max_tokens: maxTokens, temperature, seed, logprobs, top_logprobs: top } = body.data;
    const format = formGrammar(body.data);
    if ('refusal' in format) return refusal(400, format.refusal);
    const work: EngineWork = { messages, grammar: format.grammar, maxTokens, temperature, seed, topLogprobs: logprobs ? top : undefined };
    try {
      const done = await engine.write(work, init?.signal ?? undefined);
      return json(200, {
        id: 'embedded', object: 'chat.completion', created: 0, model,
        choices: [{
          index: 0, message: { role: 'assistant', content: done.text, refusal: null }, finish_reason: done.finish,
          logprobs: done.logprobs === undefined ? null : {
            content: done.logprobs.map(({ token, logprob, top: best }) => ({ token, logprob, bytes: null, top_logprobs: best })),
          },
        }],
        usage: {
          prompt_tokens: done.promptTokens, completion_tokens: done.completionTokens, total_tokens: done.promptTokens + done.completionTokens,
          prompt_tokens_details: { cached_tokens: done.keptTokens },
        },
      });
    } catch (error) {
      if (error instanceof EngineRefusal) return refusal(400, error.message);
      throw error;
    }
  };
}

async function embed(engine: Engine, model: string, init: RequestInit | undefined): Promise<Response> {
  const body = embeddingSchema.safeParse(parse(init?.body));
  if (!body.success) return refusal(400, `The request is not one the embedded model understands: ${z.prettifyError(body.error)}`);
  const texts = [body.data.input].flat();
  const found = await Promise.all(texts.map((text) => engine.embed(text, init?.signal ?? undefined)));
  const tokens = found.reduce((sum, each) => sum + each.tokens, 0);
  return json(200, {
    object: 'list', model, data: found.map(({ vector }, index) => ({ object: 'embedding', index, embedding: vector })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/** The one grammar of a request, however it was asked for. */
function formGrammar({ grammar, response_format: format }: z.infer<typeof bodySchema>): { grammar: string | undefined } | { refusal: string } {
  // Who gives both has written the grammar for this decoder.
  if (grammar !== undefined || format === undefined || format.type === 'text') return { grammar };
  try {
    return { grammar: format.type === 'json_object' ? jsonObjectGrammar() : jsonSchemaGrammar(format.json_schema.schema) };
  } catch (error) {
    if (error instanceof SchemaRefusal) return { refusal: error.message };
    throw error;
  }
}

function parse(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try { return JSON.parse(body); } catch { return undefined; }
}

function refusal(status: number, message: string): Response {
  return json(status, { error: { message, type: 'invalid_request_error' } });
}

function json(status: number, value: unknown): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}
