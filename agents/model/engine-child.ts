/**
 * The process that runs llama.cpp. It is started by `engine.ts` and talks to it over the process channel only; it ends
 * with its parent. Whatever goes wrong in native code takes this process down and nothing else.
 */
import { cpus } from 'node:os';
import {
  getLlama, LlamaGrammarEvaluationState, LlamaLogLevel,
  type Llama, type LlamaContextSequence, type LlamaGrammar, type LlamaModel, type Token,
} from 'node-llama-cpp';
import { createPromptReader, type PromptReader } from './chat-tokens.ts';
import type { EngineNews, EngineOrder, EngineText, EngineWork } from './engine-protocol.ts';
import type { TokenLogprob } from './contract.ts';

/** A sequence of the context: what it last read and wrote stays in its state for the next request that begins alike. */
interface Slot { sequence: LlamaContextSequence; busy: boolean }
interface Waiting { id: number; work: EngineWork; tokens: Token[] }
interface Loaded { llama: Llama; model: LlamaModel; reader: PromptReader; slots: Slot[]; atOnce: number; contextTokens: number }

/** A request that could never be served, whoever asks again. */
class BadWork extends Error {}

/** Each compiled grammar takes some kilobytes; a run uses one or two. */
const KEPT_GRAMMARS = 16;

let loaded: Loaded | undefined;
const waiting: Waiting[] = [];
const cancelled = new Set<number>();
const inFlight = new Set<number>();
const grammars = new Map<string, Promise<LlamaGrammar>>();

function tell(news: EngineNews): void {
  if (process.connected) process.send?.(news);
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}

async function load(order: Extract<EngineOrder, { kind: 'load' }>): Promise<void> {
  // Threads are said outright: left to itself the library takes every core and fights the simulation for them.
  const llama = await getLlama({
    gpu: false, build: 'never', skipDownload: true, maxThreads: 0, progressLogs: false, logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({
    modelPath: order.path, gpuLayers: 0,
    onLoadProgress: (share) => tell({ kind: 'loading', done: share }),
  });
  const contextTokens = Math.max(64, Math.min(order.contextTokens, model.trainContextSize || order.contextTokens));
  const threads = Math.max(1, Math.min(order.threads, cpus().length));
  const context = await model.createContext({ sequences: order.slots, contextSize: contextTokens, threads, batchSize: Math.min(512, contextTokens) });
  const slots: Slot[] = [];
  for (let i = 0; i < order.slots; i++) slots.push({ sequence: context.getSequence(), busy: false });
  loaded = { llama, model, reader: createPromptReader(model), slots, atOnce: order.atOnce, contextTokens };
  const named: unknown = model.fileInfo.metadata.general?.name;
  tell({ kind: 'ready', contextTokens, name: typeof named === 'string' ? named : '' });
}

function take(id: number, work: EngineWork): void {
  const { reader, contextTokens } = loaded ?? never('a request came before the model was loaded');
  const tokens = reader.tokens(work.messages);
  if (tokens.length + work.maxTokens > contextTokens) {
    throw new BadWork(`The prompt has ${tokens.length} tokens and asks for ${work.maxTokens} more, but the context holds ${contextTokens}: shorten the prompt.`);
  }
  inFlight.add(id);
  waiting.push({ id, work, tokens });
  serve();
}

function never(what: string): never {
  throw new Error(what);
}

/** Gives waiting requests to free slots, first come first served, each to the slot whose state has the most of its prompt. */
function serve(): void {
  const { slots, atOnce } = loaded ?? never('there is nothing to serve before the model is loaded');
  while (waiting.length > 0 && slots.filter((slot) => slot.busy).length < atOnce) {
    const next = waiting[0] as Waiting;
    let best: Slot | undefined;
    let most = -1;
    for (const slot of slots) {
      if (slot.busy) continue;
      const kept = slot.sequence.compareContextTokens(next.tokens).firstDifferentIndex;
      if (kept > most) { most = kept; best = slot; }
    }
    if (best === undefined) return;
    waiting.shift();
    const slot = best;
    slot.busy = true;
    void write(slot, next)
      .then((result) => tell({ kind: 'written', id: next.id, result }), (error: unknown) => report(next.id, error))
      .finally(() => {
        slot.busy = false;
        inFlight.delete(next.id);
        cancelled.delete(next.id);
        serve();
      });
  }
}

function report(id: number, error: unknown): void {
  tell({ kind: 'unwritten', id, status: error instanceof BadWork ? 400 : 500, message: sentence(error) });
}

async function grammarState(source: string): Promise<LlamaGrammarEvaluationState> {
  const { llama, model } = loaded as Loaded;
  let grammar = grammars.get(source);
  if (grammar === undefined) {
    if (grammars.size >= KEPT_GRAMMARS) grammars.clear();
    grammar = llama.createGrammar({ grammar: source });
    grammar.catch(() => grammars.delete(source));
    grammars.set(source, grammar);
  }
  try {
    return new LlamaGrammarEvaluationState({ model, grammar: await grammar });
  } catch (error) {
    throw new BadWork(`The decoding grammar cannot be read: ${sentence(error)}`);
  }
}

async function write({ sequence }: Slot, { id, work, tokens }: Waiting): Promise<EngineText> {
  const { model, reader } = loaded as Loaded;
  const grammarEvaluationState = work.grammar === undefined ? undefined : await grammarState(work.grammar);
  if (cancelled.has(id)) throw new Error('cancelled');
  // The last token is always read again: its outcome is what the first new token is drawn from.
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const kept = sequence.nextTokenIndex;
  const probabilities = work.topLogprobs !== undefined;
  const written: Token[] = [];
  const logprobs: TokenLogprob[] = [];
  let finish: EngineText['finish'] = 'stop';
  const steps: AsyncIterable<{ token: Token; probabilities?: Map<Token, number> }> = sequence.evaluateWithMetadata(tokens.slice(kept), { probabilities }, {
    temperature: work.temperature, seed: work.seed >>> 0,
    // Whoever asks for probabilities wants them of the whole vocabulary; text alone is better without the long tail.
    ...(probabilities ? { topK: 0, topP: 1 } : { topK: 40, topP: 0.95 }),
    ...(grammarEvaluationState === undefined ? {} : { grammarEvaluationState }),
    yieldEogToken: true,
  });
  for await (const step of steps) {
    if (cancelled.has(id)) throw new Error('cancelled');
    if (model.isEogToken(step.token) || reader.ends(step.token)) break;
    written.push(step.token);
    if (step.probabilities !== undefined) logprobs.push(describe(model, step.token, step.probabilities, work.topLogprobs ?? 0));
    if (written.length >= work.maxTokens) { finish = 'length'; break; }
  }
  return {
    text: model.detokenize(written, false, tokens.slice(-1)), finish, promptTokens: tokens.length, keptTokens: kept,
    completionTokens: written.length, logprobs: probabilities ? logprobs : undefined,
  };
}

function describe(model: LlamaModel, token: Token, all: Map<Token, number>, count: number): TokenLogprob {
  const line = (of: Token, p: number) => ({ token: model.detokenize([of]), logprob: Math.min(0, Math.log(Math.max(p, Number.MIN_VALUE))) });
  const top: { token: string; logprob: number }[] = [];
  for (const [other, p] of all) {
    if (top.length >= count || !(p > 0)) break;
    top.push(line(other, p));
  }
  return { ...line(token, all.get(token) ?? 0), top };
}

process.on('message', (order: EngineOrder) => {
  if (order.kind === 'load') {
    load(order).catch((error: unknown) => tell({ kind: 'unloadable', message: sentence(error) }));
  } else if (order.kind === 'write') {
    try { take(order.id, order.work); } catch (error) { report(order.id, error); }
  } else {
    const place = waiting.findIndex((one) => one.id === order.id);
    if (place >= 0) waiting.splice(place, 1);
    if (place >= 0) inFlight.delete(order.id); else if (inFlight.has(order.id)) cancelled.add(order.id);
  }
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole group; the parent decides when this process ends, after its own last words.
process.on('SIGINT', () => undefined);
