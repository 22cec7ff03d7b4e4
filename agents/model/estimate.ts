import type { ModelRequest } from './contract.ts';
import { dollarsFor, findPrice, type PriceTable } from './prices.ts';

/** Bytes of text in a request: what is said, and the form that a server may count as well. */
export function requestBytes(request: Pick<ModelRequest, 'messages' | 'schema'>): number {
  let bytes = request.schema === undefined ? 0 : JSON.stringify(request.schema.schema).length;
  for (const { content } of request.messages) bytes += Buffer.byteLength(content);
  return bytes;
}

/** Tokens that every message costs beside its text: role and marks. */
const PER_MESSAGE = 8;

/** Tokens of a prompt, guessed from its bytes: plain text has four bytes a token, symbols and other scripts fewer. */
export function guessPromptTokens(request: Pick<ModelRequest, 'messages' | 'schema'>, bytesPerToken = 4): number {
  return Math.ceil(requestBytes(request) / bytesPerToken) + PER_MESSAGE * request.messages.length;
}

/** A kind of task as expected before a start: how many, and how long they are on average. */
export interface ExpectedTasks {
  readonly kind: string;
  readonly model: string;
  readonly count: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Share of tasks that are asked once more; 0.1 if left out. */
  readonly repairs?: number;
}

export interface Estimate {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly tokens: number;
  /** US dollars of the models whose price is known. */
  readonly dollars: number;
  /** Models that the table does not know and that are not free: their cost is not in `dollars`. */
  readonly unpriced: readonly string[];
  readonly byKind: readonly { readonly kind: string; readonly model: string; readonly calls: number; readonly tokens: number; readonly dollars: number }[];
}

/**
 * What a run is expected to cost. A repair reads the prompt again and beside it the refused reply. `free` names the models that cost nothing
 * (embedded, or on this machine).
 */
export function estimate(expected: readonly ExpectedTasks[], prices: PriceTable, free: readonly string[] = []): Estimate {
  const unpriced = new Set<string>();
  let promptTokens = 0;
  let completionTokens = 0;
  const byKind = expected.map(({ kind, model, count, promptTokens: prompt, completionTokens: completion, repairs = 0.1 }) => {
    const price = free.includes(model) ? { input: 0, output: 0 } : findPrice(prices, model) ?? null;
    if (price === null) unpriced.add(model);
    const again = count * repairs;
    const read = Math.ceil(count * prompt + again * (prompt + completion));
    const written = Math.ceil((count + again) * completion);
    promptTokens += read;
    completionTokens += written;
    return { kind, model, calls: Math.ceil(count + again), tokens: read + written, dollars: dollarsFor(price, read, written) };
  });
  return {
    calls: byKind.reduce((sum, one) => sum + one.calls, 0), promptTokens, completionTokens, tokens: promptTokens + completionTokens,
    dollars: byKind.reduce((sum, one) => sum + one.dollars, 0), unpriced: [...unpriced], byKind,
  };
}
