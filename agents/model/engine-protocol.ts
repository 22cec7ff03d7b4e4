import type { ChatMessage, TokenLogprob } from './contract.ts';

/** What the parent process says to the engine's process. */
export type EngineOrder =
  | { kind: 'load'; path: string; slots: number; atOnce: number; threads: number; contextTokens: number }
  | { kind: 'write'; id: number; work: EngineWork }
  | { kind: 'cancel'; id: number };

/** One completion, already checked. */
export interface EngineWork {
  messages: ChatMessage[];
  grammar: string | undefined;
  maxTokens: number;
  temperature: number;
  seed: number;
  topLogprobs: number | undefined;
}

export interface EngineText {
  text: string;
  finish: 'stop' | 'length';
  promptTokens: number;
  /** How many of the prompt's tokens were still in the slot from the request before. */
  keptTokens: number;
  completionTokens: number;
  logprobs: TokenLogprob[] | undefined;
}

/** What the engine's process says to the parent. `status` is the protocol's: 400 for a request that cannot be served, 500 else. */
export type EngineNews =
  | { kind: 'loading'; done: number }
  | { kind: 'ready'; contextTokens: number; name: string }
  | { kind: 'unloadable'; message: string }
  | { kind: 'written'; id: number; result: EngineText }
  | { kind: 'unwritten'; id: number; status: 400 | 500; message: string };
