import type { RateHint } from './rate.ts';

/** One message of a chat, in the protocol's words. */
export interface ChatMessage { role: 'system' | 'user' | 'assistant'; content: string }

/** What is asked of a model. Put what all requests share first: both kinds of model keep the state of a common prefix. */
export interface ModelRequest {
  messages: ChatMessage[];
  /** GBNF, llama.cpp's notation. Sent only to models that honour it (see `ModelDoor.grammar`): parse the reply whatever it says. */
  grammar?: string;
  /** A JSON schema with a name, for models that honour `response_format`; the grammar goes first where both are honoured. */
  schema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
  maxTokens: number;
  /** 0 takes the likeliest token each time. */
  temperature: number;
  /** A wish, not a guarantee: batching changes the last bits of the arithmetic. Replay is by cassette. */
  seed: number;
  /** Asks for the log-probabilities of this many likeliest tokens (1 to 20) at each step. */
  topLogprobs?: number;
}

/** A token that was written, and the likeliest tokens at its place, best first. Natural logarithms. */
export interface TokenLogprob { token: string; logprob: number; top: { token: string; logprob: number }[] }

/** A model's answer. Its text is data: nothing may run it but a parser of ours. */
export interface ModelReply {
  text: string;
  finish: 'stop' | 'length';
  promptTokens: number;
  completionTokens: number;
  model: string;
  /** Present when `topLogprobs` was asked for and the model gave them. */
  logprobs?: TokenLogprob[];
}

/** The one way to a model, wherever it runs. */
export interface ModelDoor {
  /** For example `SmolLM2-135M-Instruct`, or the endpoint's model id. */
  readonly model: string;
  readonly where: 'embedded' | 'endpoint';
  /** How many requests are worth having in flight. More are accepted and wait their turn. */
  readonly slots: number;
  /** Whether the model decodes under `ModelRequest.grammar`. Undefined where it is not known, as in a replay. */
  readonly grammar?: boolean;
  /** Whether the model runs on this machine and therefore costs nothing. Undefined is taken as no, unless it is embedded. */
  readonly local?: boolean;
  /** Most tokens of prompt and reply together, where the other side says so. */
  readonly contextTokens?: number | null;
  /** What the headers of the last reply said of rate limits, where they said anything. */
  readonly rate?: RateHint | undefined;
  /** @throws ModelError, and nothing else. */
  complete(request: ModelRequest, signal?: AbortSignal): Promise<ModelReply>;
  /** Ends what is in flight (`cancelled`) and frees the model. May be called twice. */
  close(): Promise<void>;
}

/**
 * Why there is no reply. `refused`: the other side understood and said no (4xx); `failed`: it broke (5xx, a cut
 * connection, a crash of the engine); `malformed`: what came is not the protocol; `missing`: not in the cassette.
 */
export type ModelErrorKind = 'unreachable' | 'timeout' | 'refused' | 'failed' | 'malformed' | 'cancelled' | 'missing';

export const modelErrorKinds: readonly ModelErrorKind[] =
  ['unreachable', 'timeout', 'refused', 'failed', 'malformed', 'cancelled', 'missing'];

/** The only error that comes out of a door. Its message is one sentence for a person. */
export class ModelError extends Error {
  readonly kind: ModelErrorKind;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** How long the other side asked to wait before trying again, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: ModelErrorKind, message: string, more: { status?: number | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'ModelError';
    this.kind = kind;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** How far a slow start has come. `done` and `total` are bytes for download, extract and verify, and thousandths for load. */
export interface ModelProgress { stage: 'download' | 'extract' | 'verify' | 'load'; done: number; total: number; source: string }
