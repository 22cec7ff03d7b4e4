/**
 * The process that runs llama.cpp. It is started by `engine.ts` and talks to it over the process channel only; it ends
 * with its parent. Whatever goes wrong in native code takes this process down and nothing else.
 */
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import {
  getLlama, LlamaGrammarEvaluationState, LlamaLogLevel,
  type Llama, type LlamaContextSequence, type LlamaEmbeddingContext, type LlamaModel, type Token,
} from 'node-llama-cpp';
import { createPromptReader, type PromptReader } from './chat-tokens.ts';
import { createPrefixShelf, type PrefixShelf } from './prefix-shelf.ts';
import { chooseSlot } from './slot-choice.ts';
import type { EngineNews, EngineOrder, EngineText, EngineVector, EngineWork } from './engine-protocol.ts';
import type { TokenLogprob } from './contract.ts';

/** A sequence of the context: what it last read and wrote stays in its state for the next request that begins alike. */
interface Slot { sequence: LlamaContextSequence; busy: boolean; lastUsed: number }
/** `shared` tokens at the beginning belong to all prompts of this kind. */
interface Waiting { id: number; work: EngineWork; tokens: Token[]; shared: number }
interface Loaded { llama: Llama; model: LlamaModel; reader: PromptReader; slots: Slot[]; shelf: PrefixShelf; atOnce: number; contextTokens: number; threads: number }

/** A request that could never be served, whoever asks again. */
class BadWork extends Error {}
/** A request that nobody waits for any more. */
class Cancelled extends Error {}

/** Each compiled grammar takes some kilobytes; a run uses one or two. */
const KEPT_GRAMMARS = 16;
/** Prompts are read in pieces, because native code that has begun hears of no cancellation. Smaller pieces are slower (measured: 64 tokens 4 %, 32 20 %). */
const PIECE = 128;
/** A prefix shorter than this is read as fast as found. */
const WORTH_KEEPING = 48;
/**
 * A model that reads from left to right has all of a text in the state of its last token, and most of its meaning when that token is about to
 * say it in a word (PromptEOL, Jiang et al. 2023, arXiv 2307.16645).
 */
const IN_ONE_WORD = ['This text: "', '" means in one word: "'] as const;

let loaded: Loaded | undefined;
let embedding: Promise<LlamaEmbeddingContext> | undefined;
/** Texts are embedded one after another, so that one that nobody waits for any more costs nothing. */
let lastEmbedded: Promise<unknown> = Promise.resolve();
let shelfFolder: string | undefined;
const waiting: Waiting[] = [];
const cancelled = new Set<number>();
const inFlight = new Set<number>();
const grammars = new Map<string, Promise<LlamaGrammarEvaluationState>>();
let uses = 0;

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
  for (let i = 0; i < order.slots; i++) slots.push({ sequence: context.getSequence(), busy: false, lastUsed: 0 });
  loaded = { llama, model, reader: createPromptReader(model), slots, shelf: createPrefixShelf(order.shelf), atOnce: order.atOnce, contextTokens, threads };
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
  waiting.push({ id, work, tokens, shared: Math.min(reader.shared(work.messages, tokens), tokens.length - 1) });
  serve();
}

function never(what: string): never {
  throw new Error(what);
}

/** Gives waiting requests to free slots, first come first served. */
function serve(): void {
  const { slots, atOnce } = loaded ?? never('there is nothing to serve before the model is loaded');
  while (waiting.length > 0 && slots.filter((slot) => slot.busy).length < atOnce) {
    const next = waiting[0] as Waiting;
    const facts = slots.map(({ sequence, busy, lastUsed }) => ({ busy, lastUsed, common: sequence.compareContextTokens(next.tokens).firstDifferentIndex }));
    const slot = slots[chooseSlot(facts, Math.max(next.shared, WORTH_KEEPING))];
    if (slot === undefined) return;
    waiting.shift();
    slot.busy = true;
    slot.lastUsed = ++uses;
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

/** A fresh state of a grammar: a copy of one that was read before, which takes a part of the time of reading it. */
async function grammarState(source: string): Promise<LlamaGrammarEvaluationState> {
  const { llama, model } = loaded as Loaded;
  let first = grammars.get(source);
  if (first === undefined) {
    if (grammars.size >= KEPT_GRAMMARS) grammars.clear();
    first = llama.createGrammar({ grammar: source }).then((grammar) => new LlamaGrammarEvaluationState({ model, grammar }));
    first.catch(() => grammars.delete(source));
    grammars.set(source, first);
  }
  try {
    return (await first).clone();
  } catch (error) {
    throw new BadWork(`The decoding grammar cannot be read: ${sentence(error)}`);
  }
}

function heed(id: number): void {
  if (cancelled.has(id)) throw new Cancelled('cancelled');
}

/**
 * Reads a prompt but for its last piece, from what the slot or the shelf still has of it. The last token is always read
 * again, for its outcome is what the first new token is drawn from.
 */
async function read(sequence: LlamaContextSequence, { id, tokens, shared }: Waiting): Promise<number> {
  const { shelf } = loaded as Loaded;
  const prefix = shared < WORTH_KEEPING ? [] : tokens.slice(0, shared);
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  if (sequence.nextTokenIndex < prefix.length) await shelf.restore(sequence, prefix);
  const kept = sequence.nextTokenIndex;
  for (let at = kept; tokens.length - at > PIECE || at < prefix.length; at = sequence.nextTokenIndex) {
    heed(id);
    const end = Math.min(at + PIECE, at < prefix.length ? prefix.length : tokens.length - 1);
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, end));
    if (end === prefix.length) await shelf.keep(sequence, prefix);
  }
  return kept;
}

async function write({ sequence }: Slot, request: Waiting): Promise<EngineText> {
  const { model, reader } = loaded as Loaded;
  const { id, work, tokens } = request;
  const grammarEvaluationState = work.grammar === undefined ? undefined : await grammarState(work.grammar);
  heed(id);
  const kept = await read(sequence, request);
  heed(id);
  const probabilities = work.topLogprobs !== undefined;
  const written: Token[] = [];
  const logprobs: TokenLogprob[] = [];
  let finish: EngineText['finish'] = 'stop';
  const steps: AsyncIterable<{ token: Token; probabilities?: Map<Token, number> }> = sequence.evaluateWithMetadata(tokens.slice(sequence.nextTokenIndex), { probabilities }, {
    temperature: work.temperature, seed: work.seed >>> 0,
    // Whoever asks for probabilities wants them of the whole vocabulary; text alone is better without the long tail.
    ...(probabilities ? { topK: 0, topP: 1 } : { topK: 40, topP: 0.95 }),
    ...(grammarEvaluationState === undefined ? {} : { grammarEvaluationState }),
    yieldEogToken: true,
  });
  for await (const step of steps) {
    heed(id);
    if (model.isEogToken(step.token) || reader.ends(step.token)) break;
    written.push(step.token);
    if (step.probabilities !== undefined) logprobs.push(describe(model, step.token, step.probabilities, work));
    if (written.length >= work.maxTokens) { finish = 'length'; break; }
  }
  return {
    text: model.detokenize(written, false, tokens.slice(-1)), finish, promptTokens: tokens.length, keptTokens: kept,
    completionTokens: written.length, logprobs: probabilities ? logprobs : undefined,
  };
}

/** `all` comes best first, and with the temperature in it unless that is zero. */
function describe(model: LlamaModel, token: Token, all: Map<Token, number>, { topLogprobs: count = 0, temperature }: EngineWork): TokenLogprob {
  const power = temperature > 0 ? temperature : 1;
  let sum = 1;
  if (power !== 1) {
    sum = 0;
    for (const p of all.values()) sum += p ** power;
  }
  const line = (of: Token, p: number) => ({ token: model.detokenize([of]), logprob: Math.min(0, power * Math.log(Math.max(p, Number.MIN_VALUE)) - Math.log(sum)) });
  const top: { token: string; logprob: number }[] = [];
  for (const [other, p] of all) {
    if (top.length >= count || !(p > 0)) break;
    top.push(line(other, p));
  }
  return { ...line(token, all.get(token) ?? 0), top };
}

async function embed(id: number, text: string): Promise<EngineVector> {
  const { model, contextTokens, threads } = loaded ?? never('a text came before the model was loaded');
  // few runs embed, and it is a context of its own
  embedding ??= model.createEmbeddingContext({ contextSize: contextTokens, batchSize: Math.min(512, contextTokens), threads });
  const context = await embedding;
  const [before, after] = IN_ONE_WORD;
  const ending = model.tokenize(after);
  // room for a token that begins, and one that the context keeps free
  const tokens = [...model.tokenize(`${before}${text}`).slice(0, contextTokens - ending.length - 2), ...ending];
  const mine = lastEmbedded.then(() => {
    heed(id);
    return context.getEmbeddingFor(tokens);
  });
  lastEmbedded = mine.catch(() => undefined);
  const { vector } = await mine;
  return { vector: [...vector], tokens: tokens.length };
}

process.on('message', (order: EngineOrder) => {
  if (order.kind === 'load') {
    shelfFolder = order.shelf;
    load(order).catch((error: unknown) => tell({ kind: 'unloadable', message: sentence(error) }));
  } else if (order.kind === 'write') {
    try { take(order.id, order.work); } catch (error) { report(order.id, error); }
  } else if (order.kind === 'embed') {
    const { id } = order;
    inFlight.add(id);
    void embed(id, order.text)
      .then((result) => tell({ kind: 'embedded', id, result }), (error: unknown) => report(id, error))
      .finally(() => {
        inFlight.delete(id);
        cancelled.delete(id);
      });
  } else {
    const place = waiting.findIndex((one) => one.id === order.id);
    if (place >= 0) {
      waiting.splice(place, 1);
      inFlight.delete(order.id);
      report(order.id, new Cancelled('cancelled'));
    } else if (inFlight.has(order.id)) cancelled.add(order.id);
  }
});
process.on('disconnect', () => {
  // The parent clears the shelf; one that was killed could not.
  if (shelfFolder !== undefined) rmSync(shelfFolder, { recursive: true, force: true });
  process.exit(0);
});
// A Ctrl-C reaches the whole group; the parent decides when this process ends, after its own last words.
process.on('SIGINT', () => undefined);
