import type { Observable } from 'rxjs';
import type { ChatMessage, ModelReply, ModelRequest } from './contract.ts';

/** The three places where models enter life: at conception, in deliberation, in judgement. */
export type Role = 'operator' | 'mind' | 'judge';
export const roles: readonly Role[] = ['operator', 'mind', 'judge'];

/** The model that a task goes to: the one it names, else that of its kind, else of its role, else the first of all. */
export function modelFor({ model, kind, role }: Pick<Task<unknown>, 'role' | 'kind' | 'model'>, routes: Readonly<Record<string, string>>, first: string): string {
  return model ?? routes[kind] ?? routes[role] ?? first;
}

/** What was found in a reply: what was asked for, or in one sentence why it is not that. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

/** One thing wanted of a model. */
export interface Task<T> {
  readonly role: Role;
  /** What the accounts count by within a role: `llm-mutate`, `deliberate`, `interesting`, … */
  readonly kind: string;
  /** Tick at which the answer is needed: the soonest is asked first, equals in the order in which they came. */
  readonly due: number;
  /** A model by name, where a bandit has chosen one; else the one that the role or the kind is given to. */
  readonly model?: string;
  readonly request: ModelRequest;
  read(reply: ModelReply): Read<T>;
  /** How to ask once more, with what was wrong; without it a reply that cannot be read is a fallback at once. */
  repair?(refused: string, problem: string): ChatMessage[];
}

/**
 * What the replies to a task were worth in tokens and dollars, as the replies say: the same whether they were bought,
 * shared with an identical request or played from a cassette, because costs in a world are reckoned from it.
 */
export interface Cost { readonly calls: number; readonly promptTokens: number; readonly completionTokens: number; readonly dollars: number }

/** How every task ends. `problem` is what was wrong with the first reply of a repaired one, bounded. */
export type Answer<T> =
  | { readonly outcome: 'ok' | 'repaired'; readonly value: T; readonly problem: string; readonly model: string; readonly cost: Cost }
  | { readonly outcome: 'fallback' | 'budget'; readonly reason: string; readonly model: string; readonly cost: Cost };

export type TaskOutcome = Answer<unknown>['outcome'];

/** Running counts of one (role, kind, model). `calls` and tokens are those that were paid for. */
export interface Account {
  readonly role: Role;
  readonly kind: string;
  readonly model: string;
  ok: number;
  repaired: number;
  fallback: number;
  budget: number;
  calls: number;
  promptTokens: number;
  completionTokens: number;
  dollars: number;
  /** Tasks answered without a call of their own: identical ones in flight, or from a shared cassette. */
  shared: number;
  retries: number;
}

/** Caps of a run; a cap left out is none. */
export interface Budget { readonly calls?: number; readonly tokens?: number; readonly dollars?: number }

/** What the budget says now. `ratePerMinute` is of the last minutes, in the unit of the cap that is nearest. */
export interface BudgetState {
  readonly spent: Required<Budget>;
  readonly caps: Budget;
  /** Largest of spent / cap; 0 without caps. */
  readonly used: number;
  readonly perMinute: Required<Budget>;
}

/** News of the door itself. Not part of a run's fingerprint: when replies come is no property of the run. */
export type ModelEvent =
  | { readonly kind: 'task'; readonly role: Role; readonly task: string; readonly model: string; readonly due: number;
    readonly outcome: TaskOutcome; readonly reason: string; readonly cost: Cost; readonly milliseconds: number }
  /** A call failed and will be tried again after a wait. */
  | { readonly kind: 'retry'; readonly model: string; readonly attempt: number; readonly waitMs: number; readonly reason: string }
  /** Nothing has come from this model for longer than it is allowed. */
  | { readonly kind: 'stalled'; readonly model: string; readonly sentence: string }
  /** 80 % and all of the budget are spent. */
  | { readonly kind: 'budget'; readonly level: 'warning' | 'spent'; readonly sentence: string };

/** All models of a run behind one scheduler. */
export interface ModelService {
  /** Names of the models, the default one first. */
  readonly models: readonly string[];
  /** How many tasks are worth having in flight with all models together. More wait their turn. */
  readonly slots: number;
  /** Tasks that are not answered yet. */
  readonly inFlight: number;
  readonly accounts: readonly Account[];
  /** The accounts of what was due by a tick, for a run that will go on from there; the ticks asked about rise. */
  accountsUpTo(tick: number): Account[];
  /** Begins with the accounts of an earlier part of the run. */
  carryOver(earlier: readonly Account[]): void;
  readonly budget: BudgetState;
  readonly events$: Observable<ModelEvent>;
  /** Whether the model of a task decodes under `ModelRequest.grammar`, under `schema`, and gives log-probabilities. Undefined where it is not known, as in a replay. */
  can(task: Pick<Task<unknown>, 'role' | 'kind' | 'model'>, what: 'grammar' | 'schema' | 'logprobs'): boolean | undefined;
  /** Never rejects: a failure is an answer. */
  perform<T>(task: Task<T>): Promise<Answer<T>>;
  /** Ends what is in flight as fallbacks and frees the models. May be called twice. */
  close(): Promise<void>;
}
