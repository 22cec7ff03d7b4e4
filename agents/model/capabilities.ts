import { createHash } from 'node:crypto';
import { ModelError, type ModelDoor, type ModelReply, type ModelRequest } from './contract.ts';

/** What a model was found to do. Null where it could not be told. Plain JSON for a run's manifest. */
export interface Capabilities {
  readonly model: string;
  readonly grammar: boolean | null;
  readonly schema: boolean | null;
  readonly logprobs: boolean | null;
  /** Most tokens of prompt and reply together, where the other side says so. */
  readonly contextTokens: number | null;
  readonly sameSeedTwiceEqual: boolean | null;
  /** Tokens written a second by one request alone, its prompt and the way there included. */
  readonly tokensPerSecond: number | null;
  /** When it was asked, as a date and time in UTC. */
  readonly at: string;
  /** What asking came to. */
  readonly cost: { readonly calls: number; readonly promptTokens: number; readonly completionTokens: number };
  /** Why there is no answer to something, one sentence each. */
  readonly problems: readonly string[];
}

/** What can be relied on of a door: what a probe has found, else what is so by construction. */
export function knownOf(door: ModelDoor, probed: Capabilities | undefined): { grammar?: boolean; schema?: boolean; logprobs?: boolean } {
  const byNature = door.where === 'embedded' ? true : undefined;
  const grammar = probed?.grammar ?? door.grammar;
  const schema = probed?.schema ?? byNature;
  const logprobs = probed?.logprobs ?? byNature;
  return { ...(grammar === undefined ? {} : { grammar }), ...(schema === undefined ? {} : { schema }), ...(logprobs === undefined ? {} : { logprobs }) };
}

const STORY: ModelRequest = {
  messages: [{ role: 'user', content: 'Write one surprising sentence about lichen.' }], maxTokens: 24, temperature: 1, seed: 7,
};

/**
 * Asks a model what it can do, with a handful of tiny requests: whether it obeys a JSON schema and gives
 * log-probabilities, whether the same seed writes the same twice, and how fast it writes. What goes wrong is an answer,
 * null, with the reason; what is not answered in time stays null. Of the embedded model only its pace is asked: the rest
 * is so by construction.
 */
export async function probe(door: ModelDoor, { timeoutMs = 20_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Capabilities> {
  const at = new Date().toISOString();
  const problems: string[] = [];
  const cost = { calls: 0, promptTokens: 0, completionTokens: 0 };
  const limit = AbortSignal.timeout(timeoutMs);
  const stop = signal === undefined ? limit : AbortSignal.any([signal, limit]);

  async function ask(what: string, request: ModelRequest): Promise<{ reply: ModelReply; seconds: number } | 'refused' | null> {
    if (stop.aborted) {
      problems.push(`${what}: there was no time left to ask.`);
      return null;
    }
    const began = performance.now();
    try {
      const reply = await door.complete(request, stop);
      cost.calls += 1;
      cost.promptTokens += reply.promptTokens;
      cost.completionTokens += reply.completionTokens;
      return { reply, seconds: (performance.now() - began) / 1000 };
    } catch (error) {
      const late = limit.aborted ? `no answer within ${timeoutMs / 1000} s` : error instanceof Error ? error.message : String(error);
      problems.push(`${what}: ${late.slice(0, 200)}`);
      return error instanceof ModelError && (error.status === 400 || error.status === 422) ? 'refused' : null;
    }
  }

  const first = await ask('pace', STORY);
  const told = isAnswer(first) ? first : null;
  const pace = told === null || told.seconds === 0 || told.reply.completionTokens === 0 ? null : Math.round(told.reply.completionTokens / told.seconds * 10) / 10;
  const facts = { model: door.model, grammar: door.grammar ?? null, contextTokens: door.contextTokens ?? null, tokensPerSecond: pace, at, cost, problems };
  if (door.where === 'embedded') return { ...facts, schema: true, logprobs: true, sameSeedTwiceEqual: true };
  const second = told === null ? null : await ask('seed', STORY);
  const schema = await ask('schema', schemaRequest(door.model));
  const logprobs = await ask('log-probabilities', { messages: [{ role: 'user', content: 'Answer yes or no: is water wet?' }], maxTokens: 1, temperature: 0, seed: 1, topLogprobs: 5 });
  return {
    ...facts,
    schema: isAnswer(schema) ? obeys(schema.reply.text, door.model) : schema === 'refused' ? false : null,
    logprobs: isAnswer(logprobs) ? (logprobs.reply.logprobs?.[0]?.top.length ?? 0) > 1 : logprobs === 'refused' ? false : null,
    sameSeedTwiceEqual: told !== null && isAnswer(second) ? told.reply.text === second.reply.text : null,
  };
}

function isAnswer<T extends object>(one: T | 'refused' | null): one is T {
  return one !== null && one !== 'refused';
}

/** Only one who is held to the schema says such a word when asked for a fruit. */
function schemaRequest(model: string): ModelRequest {
  return {
    messages: [{ role: 'user', content: 'Name a fruit.' }], maxTokens: 32, temperature: 0, seed: 1,
    schema: {
      name: 'fruit', schema: { type: 'object', properties: { word: { type: 'string', enum: [oddWord(model)] } }, required: ['word'], additionalProperties: false },
    },
  };
}

function obeys(text: string, model: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'word' in value && value.word === oddWord(model);
  } catch {
    return false;
  }
}

/** A short word that no model would say by itself, drawn from the model's name so that a cached reply does not pass for obedience. */
export function oddWord(model: string): string {
  return `qz${createHash('sha256').update(model).digest('hex').replace(/[^a-f]/g, '').slice(0, 3)}`;
}
