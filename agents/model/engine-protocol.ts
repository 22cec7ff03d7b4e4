import type { ChatMessage, TokenLogprob } from './contract.ts';

/**
 * What the parent process says to the engine's process. `shelf` is a folder of the parent's for states of prefixes. Whatever is
 * written is answered, and so is whatever is cancelled: silence means that the engine hangs.
 */
export type EngineOrder =
  | { kind: 'load'; path: string; slots: number; atOnce: number; threads: number; contextTokens: number; shelf: string }
  | { kind: 'write'; id: number; work: EngineWork }
  | { kind: 'embed'; id: number; text: string }
  | { kind: 'cancel'; id: number };

/** One completion, already checked. */
export interface EngineWork {
  messages: ChatMessage[];
  grammar: string | undefined;
  maxTokens: number;
  temperature: number;
  seed: number;
  /** How many log-probabilities to give at each step; see `EngineText.logprobs`. */
  topLogprobs: number | undefined;
}

export interface EngineText {
  text: string;
  finish: 'stop' | 'length';
  promptTokens: number;
  /** How many of the prompt's tokens needed no reading: they were still in the slot, or on the shelf. */
  keptTokens: number;
  completionTokens: number;
  /**
   * Natural logarithms, best first, of the model's own distribution over its whole vocabulary, whatever the temperature. Under
   * a grammar they are of what the grammar allows at that step, so that what it allows sums to one. Ask at temperature 0 or 1: it is
   * cheapest, and at temperatures between 0 and 0.3 what is thousands of times less likely than the best is missing.
   */
  logprobs: TokenLogprob[] | undefined;
}

/** Where a text lies among the model's meanings. */
export interface EngineVector { vector: number[]; tokens: number }

/** What the engine's process says to the parent. `status` is the protocol's: 400 for a request that cannot be served, 500 else. */
export type EngineNews =
  | { kind: 'loading'; done: number }
  | { kind: 'ready'; contextTokens: number; name: string }
  | { kind: 'unloadable'; message: string }
  | { kind: 'written'; id: number; result: EngineText }
  | { kind: 'embedded'; id: number; result: EngineVector }
  | { kind: 'unwritten'; id: number; status: 400 | 500; message: string };
