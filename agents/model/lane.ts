import { seedKey, uniform } from '../../core/kernel/random.ts';
import type { Purse, Spending } from './budget.ts';
import { ModelError, type ModelDoor, type ModelReply, type ModelRequest } from './contract.ts';
import { guessPromptTokens, requestBytes } from './estimate.ts';
import { dollarsFor, type Price } from './prices.ts';
import { DueQueue, type Waiting } from './queue.ts';
import { Meter } from './rate.ts';

/** How failures that may pass are met. */
export interface RetryPolicy {
  /** Most times that one request is sent. */
  readonly tries: number;
  /** A request whose next try would begin later than this after its first is given up, in milliseconds. */
  readonly withinMs: number;
  /** Longest wait before the second try; it doubles from try to try up to `maxMs`. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** What came of one request, retries included. */
export interface Fetched {
  readonly result: { readonly reply: ModelReply } | { readonly error: ModelError } | { readonly budget: string };
  /** What was paid for it, or may have been: an endpoint may charge for a call whose answer never came. */
  readonly paid: Paid;
  readonly retries: number;
}
export interface Paid { readonly calls: number; readonly promptTokens: number; readonly completionTokens: number }

/** A request on its way through a lane. */
export interface Job extends Waiting {
  readonly request: ModelRequest;
  readonly finish: (fetched: Fetched) => void;
  worst: Spending;
  promptGuess: number;
  tries: number;
  firstAt: number;
  paid: { calls: number; promptTokens: number; completionTokens: number };
}

export interface LaneOptions {
  readonly door: ModelDoor;
  readonly price: Price | null;
  readonly purse: Purse;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly whenSpent: 'end' | 'hold';
  /** Of the jitter alone: it spreads tries over time and touches no result. */
  readonly seed: number;
  onRetry(attempt: number, waitMs: number, reason: string): void;
  onStalled(sentence: string): void;
  /** Something in flight has ended, so that other lanes may find room in the budget. */
  onRoom(): void;
}

/** Failures in a row, none answered, after which a model is left alone for a while and its tasks fall back at once. */
const STRIKES = 3;
const REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** Whatever wait is asked for, after this someone looks whether it still stands. */
const LONGEST_SHUT_MS = 300_000;
const FIRST_BYTES_PER_TOKEN = 2;

/**
 * All that goes to one model. As many requests as the door has slots are in flight, the soonest due first; a request
 * that waits before another try holds no slot; when the other side says that it has had enough, all wait.
 */
export class Lane {
  readonly door: ModelDoor;
  private readonly options: LaneOptions;
  private readonly queue = new DueQueue<Job>();
  private readonly underway = new Map<Job, AbortController>();
  private readonly resting = new Map<Job, NodeJS.Timeout>();
  private readonly requests = new Meter();
  private readonly tokens = new Meter();
  private readonly jitter: readonly [number, number];
  private seenRate = 0;
  private pausedUntil = 0;
  private shut: { until: number; reason: string } | null = null;
  private wake: NodeJS.Timeout | null = null;
  private strikes = 0;
  private stalled = false;
  private lastHeard = 0;
  private count = 0;
  /** Fewest bytes a token that a reply has shown, so that the worst case stays one. */
  private bytesPerToken = FIRST_BYTES_PER_TOKEN;
  private closed = false;

  constructor(options: LaneOptions) {
    this.options = options;
    this.door = options.door;
    this.jitter = seedKey(options.seed, 0x6a69);
  }

  ask(request: ModelRequest, due: number, finish: (fetched: Fetched) => void): Job {
    const job: Job = {
      request, due, order: this.count++, place: -1, finish, tries: 0, firstAt: 0,
      promptGuess: 0, worst: { calls: 1, tokens: 0, dollars: 0 }, paid: { calls: 0, promptTokens: 0, completionTokens: 0 },
    };
    if (this.closed) {
      finish({ result: { error: stopped() }, paid: job.paid, retries: 0 });
      return job;
    }
    this.queue.push(job);
    this.pump();
    return job;
  }

  hasten(job: Job, due: number): void {
    this.queue.hasten(job, due);
  }

  /** Lets out what may go. */
  pump(): void {
    const { door, purse, whenSpent } = this.options;
    while (!this.closed && this.queue.size > 0) {
      const now = performance.now();
      if (this.shut !== null) {
        if (now < this.shut.until) return this.refuseAll(this.shut.reason);
        this.shut = null;
      }
      // after a rest one goes ahead alone to see whether the model is back
      if (this.underway.size >= (this.strikes >= STRIKES ? 1 : door.slots)) return;
      const job = this.queue.first!;
      job.promptGuess = guessPromptTokens(job.request, this.bytesPerToken);
      const wait = Math.max(this.pausedUntil - now, this.requests.wait(1, now), this.tokens.wait(job.promptGuess + job.request.maxTokens, now));
      if (wait > 0) return this.wakeIn(wait);
      job.worst = this.worstOf(job);
      const room = purse.admits(job.worst);
      if (room === 'later') return;
      if (room === 'never') {
        purse.tell();
        if (whenSpent === 'hold') return;
        this.queue.shift();
        job.finish({ result: { budget: 'The budget is spent.' }, paid: job.paid, retries: Math.max(0, job.tries - 1) });
        continue;
      }
      this.queue.shift();
      void this.send(job, now);
    }
  }

  /** Ends all that waits or is in flight as cancelled. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.wake !== null) clearTimeout(this.wake);
    for (const [job, timer] of this.resting) {
      clearTimeout(timer);
      this.end(job, stopped());
    }
    this.resting.clear();
    for (const job of this.queue.clear()) this.end(job, stopped());
    for (const stop of this.underway.values()) stop.abort();
  }

  private worstOf({ promptGuess, request }: Job): Spending {
    return { calls: 1, tokens: promptGuess + request.maxTokens, dollars: dollarsFor(this.options.price, promptGuess, request.maxTokens) };
  }

  private async send(job: Job, now: number): Promise<void> {
    const { door, purse, timeoutMs } = this.options;
    const { worst } = job;
    if (job.tries === 0) job.firstAt = now;
    job.tries += 1;
    purse.hold(worst);
    const stop = new AbortController();
    this.underway.set(job, stop);
    this.requests.take(1);
    this.tokens.take(worst.tokens);
    let outcome: ModelReply | ModelError;
    // a door that keeps no time of its own must not hold a slot for ever
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ModelError>((resolve) => {
      timer = setTimeout(() => {
        resolve(new ModelError('timeout', `No answer from ${door.model} within ${timeoutMs / 1000} s: it may be overloaded, or too slow for this machine.`));
        stop.abort();
      }, timeoutMs);
      stop.signal.addEventListener('abort', () => { if (this.closed) resolve(stopped()); }, { once: true });
    });
    try {
      outcome = await Promise.race([door.complete(job.request, stop.signal), late]);
    } catch (error) {
      outcome = error instanceof ModelError ? error : new ModelError('failed', `${door.model} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    clearTimeout(timer);
    this.underway.delete(job);
    this.learnRate();
    if (outcome instanceof ModelError) this.fail(job, outcome);
    else this.succeed(job, outcome);
    this.options.onRoom();
    this.pump();
  }

  private succeed(job: Job, reply: ModelReply): void {
    const { purse, price } = this.options;
    const { promptTokens, completionTokens } = reply;
    this.hear();
    const bytes = requestBytes(job.request);
    // Short prompts are mostly marks; a template's tokens would pass for dense text.
    if (bytes > 200 && promptTokens > 0) this.bytesPerToken = Math.min(this.bytesPerToken, bytes / promptTokens);
    purse.settle(job.worst, { calls: 1, tokens: promptTokens + completionTokens, dollars: dollarsFor(price, promptTokens, completionTokens) });
    pay(job, promptTokens, completionTokens);
    job.finish({ result: { reply }, paid: job.paid, retries: job.tries - 1 });
  }

  private fail(job: Job, error: ModelError): void {
    const { purse, retry, door } = this.options;
    const { promptGuess, request: { maxTokens }, worst } = job;
    if (mayBeCharged(error) && door.where !== 'embedded') {
      purse.settle(worst, worst);
      pay(job, promptGuess, maxTokens);
    } else {
      purse.settle(worst, null);
    }
    if (this.closed || error.kind === 'cancelled') return this.end(job, stopped());
    if (error.status !== undefined || error.kind === 'malformed' || error.kind === 'refused') this.hear();
    else if (error.kind === 'timeout') this.noteStall(error);
    if (!mayPass(error)) return this.end(job, error);
    const now = performance.now();
    const waitMs = error.retryAfterMs ?? this.backoff(job);
    const giveUp = job.tries >= retry.tries || now + waitMs - job.firstAt > retry.withinMs;
    if (error.status === 429 || error.retryAfterMs !== undefined) this.pauseFor(waitMs, error.message);
    if (giveUp) {
      if (error.status === undefined) this.strike(error);
      return this.end(job, error);
    }
    this.options.onRetry(job.tries, Math.round(waitMs), error.message);
    this.resting.set(job, setTimeout(() => {
      this.resting.delete(job);
      this.queue.push(job);
      this.pump();
    }, waitMs));
  }

  private end(job: Job, error: ModelError): void {
    job.finish({ result: { error }, paid: job.paid, retries: Math.max(0, job.tries - 1) });
  }

  /** Half of the wait is certain, half is drawn, so that those who failed together do not come back together. */
  private backoff(job: Job): number {
    const { baseMs, maxMs } = this.options.retry;
    const longest = Math.min(maxMs, baseMs * 2 ** (job.tries - 1));
    return longest * (0.5 + 0.5 * uniform(this.jitter[0], this.jitter[1], job.order, job.tries));
  }

  /** The other side wants less: all wait, or, when it is for longer than a request is worth, all are told at once. */
  private pauseFor(waitMs: number, reason: string): void {
    if (waitMs > this.options.retry.withinMs) this.shut = { until: performance.now() + Math.min(waitMs, LONGEST_SHUT_MS), reason };
    else this.pausedUntil = Math.max(this.pausedUntil, performance.now() + waitMs);
  }

  private strike({ message }: ModelError): void {
    this.strikes += 1;
    if (this.strikes < STRIKES) return;
    const rest = Math.min(LONGEST_REST_MS, REST_MS * 2 ** Math.min(this.strikes - STRIKES, 10));
    this.shut = { until: performance.now() + rest, reason: message };
  }

  private refuseAll(reason: string): void {
    for (const job of this.queue.clear().sort((a, b) => a.order - b.order)) this.end(job, new ModelError('unreachable', reason));
  }

  private hear(): void {
    this.strikes = 0;
    this.stalled = false;
    this.lastHeard = performance.now();
  }

  private noteStall({ message }: ModelError): void {
    const silent = performance.now() - this.lastHeard >= this.options.timeoutMs * 0.9;
    if (this.stalled || !silent) return;
    this.stalled = true;
    this.options.onStalled(message);
  }

  private learnRate(): void {
    const { rate } = this.door;
    if (rate === undefined || rate.at === this.seenRate) return;
    this.seenRate = rate.at;
    const now = performance.now();
    if (rate.requests !== undefined) this.requests.learn(rate.requests, this.underway.size, now);
    if (rate.tokens !== undefined) {
      let tokens = 0;
      for (const job of this.underway.keys()) tokens += job.worst.tokens;
      this.tokens.learn(rate.tokens, tokens, now);
    }
  }

  private wakeIn(wait: number): void {
    if (this.wake !== null) clearTimeout(this.wake);
    this.wake = setTimeout(() => {
      this.wake = null;
      this.pump();
    }, Math.ceil(Math.min(wait, this.options.retry.withinMs)));
  }
}

function pay(job: Job, promptTokens: number, completionTokens: number): void {
  job.paid.calls += 1;
  job.paid.promptTokens += promptTokens;
  job.paid.completionTokens += completionTokens;
}

/** Failures that may be gone at the next try. What was refused, or is not the protocol, stays so. */
function mayPass({ kind, status }: ModelError): boolean {
  if (status !== undefined) return status === 408 || status === 409 || status === 429 || status >= 500;
  return kind === 'timeout' || kind === 'failed' || kind === 'unreachable';
}

/** The model may have worked, and be charged for, though no answer came. */
function mayBeCharged({ kind, status }: ModelError): boolean {
  return kind === 'malformed' || (status === undefined && (kind === 'timeout' || kind === 'failed'));
}

function stopped(): ModelError {
  return new ModelError('cancelled', 'The run was stopped.');
}
