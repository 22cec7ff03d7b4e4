import { createHash } from 'node:crypto';
import { z } from 'zod';
import { modelErrorKinds, type ModelRequest } from './contract.ts';
import { roles } from './task.ts';

/*
 * A cassette is a file of JSON lines: the header, then what came of requests as it came, and before its first use each
 * text that many requests share.
 */
export const FORMAT = 'lichen-cassette';
export const VERSION = 2;

const priceSchema = z.object({ input: z.number(), output: z.number() }).nullable();
const modelSchema = z.object({
  model: z.string(), where: z.enum(['embedded', 'endpoint']), slots: z.number().int().min(1), price: priceSchema,
  can: z.object({ grammar: z.boolean().optional(), schema: z.boolean().optional(), logprobs: z.boolean().optional() }),
});
export const headerSchema = z.object({
  format: z.literal(FORMAT), version: z.number().int(),
  models: z.array(modelSchema), routes: z.record(z.string(), z.string()),
});
/** What a replay must know of how the recording was made: which models there were, who went to which, what they could do and cost. */
export type TapeHeader = Omit<z.infer<typeof headerSchema>, 'format' | 'version'>;
export type RecordedModel = TapeHeader['models'][number];

const count = z.number().int().min(0);
const logprobSchema = z.object({ token: z.string(), logprob: z.number() });
const replySchema = z.object({
  text: z.string(), finish: z.enum(['stop', 'length']), promptTokens: z.number(), completionTokens: z.number(), model: z.string(),
  logprobs: z.array(logprobSchema.extend({ top: z.array(logprobSchema) })).exactOptional(),
});
export const entrySchema = z.object({
  key: z.string(), due: z.number(), nth: count, model: z.string(), role: z.enum(roles), kind: z.string(),
  /** How it was come by: by a call, by an identical call that was in flight, or from a shared cassette. */
  via: z.enum(['call', 'twin', 'cache']),
  /** Calls, prompt tokens and completion tokens that were paid. */
  paid: z.tuple([count, count, count]), retries: count,
  reply: replySchema.exactOptional(),
  error: z.object({ kind: z.enum(modelErrorKinds), message: z.string(), status: z.number().exactOptional() }).exactOptional(),
  budget: z.string().exactOptional(),
}).refine((one) => [one.reply, one.error, one.budget].filter((each) => each !== undefined).length === 1, 'one of reply, error and budget is expected');
/** What came of one request. */
export type Entry = z.infer<typeof entrySchema>;
export const lineSchema = z.union([z.object({ part: z.string(), text: z.string() }), entrySchema]);

/** A request's content: the SHA-256 of all that is asked, in hexadecimal. */
export function requestKey(request: ModelRequest): string {
  const { messages, grammar, schema, maxTokens, temperature, seed, topLogprobs } = request;
  const content: unknown[] = [messages.map(({ role, content: text }) => [role, text]), grammar ?? null, maxTokens, temperature, seed, topLogprobs ?? null];
  if (schema !== undefined) content.push(schema.name, schema.schema);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** What a request to a model is filed under: the SHA-256 of both, in hexadecimal. */
export function contentKey(model: string, request: ModelRequest): string {
  return createHash('sha256').update(`${model}\n${requestKey(request)}`).digest('hex');
}

/** A repair is filed under what it repairs, so that its place does not depend on when the refused reply came. */
export function repairKey(of: string, model: string, request: ModelRequest): string {
  return createHash('sha256').update(`${of}\n${contentKey(model, request)}`).digest('hex');
}

/** A request's place in a run: its content, the tick it is due at, and which of several equal ones with that tick. */
export interface Place { readonly key: string; readonly due: number; readonly nth: number }
