import { Subject, type Observable } from 'rxjs';
import { Accounts, Occurrences, emptyEntry, type Entry } from './accounts.ts';
import { Purse } from './budget.ts';
import { knownOf, type Capabilities } from './capabilities.ts';
import { contentKey, repairKey, type RecordedModel, type TapeHeader } from './cassette.ts';
import { ModelError, type ModelDoor, type ModelReply, type ModelRequest } from './contract.ts';
import { Lane, type RetryPolicy } from './lane.ts';
import { dollarsFor, knownPrices, priceOf, type PriceTable } from './prices.ts';
import { boundedReason } from './reason.ts';
import { createLive, createReplay, openRecord, openShelf, type Obtained, type Source, type Ticket } from './source.ts';
import { Tape } from './tape.ts';
import { modelFor, type Answer, type Budget, type BudgetState, type Cost, type ModelEvent, type ModelService, type Read, type Task } from './task.ts';

export interface ServiceOptions {
  /** The models, each with a name of its own; the first is the default. The service closes them. */
  readonly doors: readonly ModelDoor[];
  /** Which model a kind or a role goes to, by name; the kind goes first. */
  readonly routes?: Readonly<Record<string, string>>;
  /** What probes have found, by model. */
  readonly capabilities?: Readonly<Record<string, Capabilities>>;
  readonly budget?: Budget;
  /** When a cap would be passed: `end` ends tasks as `budget`; `hold` keeps them waiting until `raise` or `close`. */
  readonly whenSpent?: 'end' | 'hold';
  readonly prices?: PriceTable;
  /** For one try of one request; by default 60 s, and 120 s of an embedded model. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Where the run's cassette is written; with `resume` what it holds is given again and only the rest is asked. */
  readonly record?: { readonly file: string; readonly resume?: boolean };
  /** A cassette shared between runs: its replies serve, and those that it lacks are added to it. */
  readonly cache?: string;
}

/** A service and what its owner must know of it. */
export interface OpenModelService extends ModelService {
  /** In a replay: which request the cassette does not hold, in one sentence. From there on it is another run. */
  readonly missing: string | null;
  /** Why the record cannot be kept, in one sentence. Replies that are not on disk are not used: the run should end. */
  readonly broken: string | null;
  /** Bytes of the run's own cassette that are on the disk; 0 where none is kept. */
  readonly safeBytes: number;
  /** The models as a replay will know them: plain JSON for the manifest. */
  readonly header: TapeHeader;
  /** Sets other caps and lets those go on that were held. */
  raise(budget: Budget): void;
}

const defaultTimeoutMs = { embedded: 120_000, endpoint: 60_000 } as const;
/** Longest part of a refused reply that is sent back to be mended. */
const MOST_REFUSED = 4_000;

/** Puts doors behind one scheduler, one budget and one record. @throws ModelError with one sentence when something does not fit together. */
export function createModelService(options: ServiceOptions): OpenModelService {
  const { doors, budget = {}, prices = knownPrices, capabilities = {}, whenSpent = 'end' } = options;
  const names = doors.map((door) => door.model);
  if (doors.length === 0) throw new ModelError('refused', 'There is no model to ask: name at least one.');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ModelError('refused', `The model ${twice} is named twice: name each model once.`);
  const own: TapeHeader = {
    models: doors.map((door) => ({
      model: door.model, where: door.where, slots: door.slots, price: priceOf(door, prices), can: knownOf(door, capabilities[door.model]),
    })),
    routes: { ...options.routes },
  };
  checkRoutes(own);
  let header = own;
  const events = new Subject<ModelEvent>();
  const purse = new Purse(budget, (level, sentence) => events.next({ kind: 'budget', level, sentence }));
  const record = options.record === undefined ? null : openRecord(options.record.file, options.record.resume ?? false, (earlier) => {
    if (earlier !== null) header = agree(earlier, own, options.record!.file);
    return header;
  });
  if (budget.dollars !== undefined) {
    const unknown = header.models.find((one) => one.price === null);
    if (unknown !== undefined) {
      throw new ModelError('refused', `The price of ${unknown.model} is not known, so a cap of $${budget.dollars} cannot be kept: give its price with --prices, or cap calls or tokens.`);
    }
  }
  for (const [model, { calls, promptTokens, completionTokens }] of record?.tape?.paid ?? []) {
    const price = header.models.find((one) => one.model === model)?.price ?? null;
    purse.carryOver({ calls, tokens: promptTokens + completionTokens, dollars: dollarsFor(price, promptTokens, completionTokens) });
  }
  const lanes = new Map(doors.map((door, i) => {
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs[door.where];
    return [door.model, new Lane({
      door, purse, timeoutMs, whenSpent, seed: i, price: header.models.find((one) => one.model === door.model)?.price ?? null,
      retry: { tries: 4, withinMs: 2 * timeoutMs, baseMs: 500, maxMs: 20_000, ...options.retry },
      onRetry: (attempt, waitMs, reason) => events.next({ kind: 'retry', model: door.model, attempt, waitMs, reason: boundedReason(reason) }),
      onStalled: (sentence) => events.next({ kind: 'stalled', model: door.model, sentence: boundedReason(sentence) }),
      onRoom: pumpAll,
    })];
  }));
  function pumpAll(): void {
    for (const lane of lanes.values()) lane.pump();
  }
  const facts: { missing: string | null; broken: string | null } = { missing: null, broken: null };
  const source = createLive({
    lanes, writer: record?.writer ?? null, tape: record?.tape ?? null,
    shelf: options.cache === undefined ? null : openShelf(options.cache),
    onBroken: (sentence) => { facts.broken ??= sentence; },
  });
  return assemble({
    header, source, events, facts, budget: () => purse.state, raise: (caps) => { purse.raise(caps); pumpAll(); }, safeBytes: () => record?.writer.safeBytes ?? 0,
  });
}

/** A service that answers from a cassette and reaches no model. @throws ModelError with one sentence when the file cannot be read. */
export function replayModelService(file: string): OpenModelService {
  const tape = new Tape(file);
  const { header } = tape;
  const events = new Subject<ModelEvent>();
  const facts: { missing: string | null; broken: string | null } = { missing: null, broken: null };
  const source = createReplay(tape, file, (sentence) => { facts.missing ??= sentence; });
  const purse = new Purse({}, () => undefined);
  const played: Source = {
    ...source,
    async obtain(ticket, request) {
      const obtained = await source.obtain(ticket, request);
      const { calls, promptTokens, completionTokens } = obtained.paid;
      const price = header.models.find((one) => one.model === ticket.model)?.price ?? null;
      if (calls > 0) purse.spend({ calls, tokens: promptTokens + completionTokens, dollars: dollarsFor(price, promptTokens, completionTokens) });
      return obtained;
    },
  };
  return assemble({ header, source: played, events, facts, budget: () => purse.state, raise: () => undefined, safeBytes: () => 0 });
}

interface Parts {
  header: TapeHeader;
  source: Source;
  events: Subject<ModelEvent>;
  facts: { readonly missing: string | null; readonly broken: string | null };
  budget(): BudgetState;
  raise(caps: Budget): void;
  safeBytes(): number;
}

/** What live and replayed services have in common: routes, repair, accounts and events. */
function assemble({ header, source, events, facts, budget, raise, safeBytes }: Parts): OpenModelService {
  const models = new Map(header.models.map((one) => [one.model, one]));
  const first = header.models[0]?.model ?? '';
  const accounts = new Accounts();
  const occurrences = new Occurrences();
  let inFlight = 0;
  let closing: Promise<void> | null = null;

  const modelOf = (task: Pick<Task<unknown>, 'role' | 'kind' | 'model'>): string => modelFor(task, header.routes, first);

  /** Asks one request and notes what was paid. */
  async function obtain(ticket: Ticket, request: ModelRequest, sum: Sum, entry: Entry): Promise<Obtained> {
    const obtained = await source.obtain(ticket, request);
    const { paid, result, retries, via } = obtained;
    const price = models.get(ticket.model)?.price ?? null;
    entry.calls += paid.calls;
    entry.promptTokens += paid.promptTokens;
    entry.completionTokens += paid.completionTokens;
    entry.dollars += dollarsFor(price, paid.promptTokens, paid.completionTokens);
    entry.retries += retries;
    if ('error' in result && result.error.kind === 'missing') sum.missing = true;
    if ('reply' in result) {
      const { promptTokens, completionTokens } = result.reply;
      sum.calls += 1;
      sum.promptTokens += promptTokens;
      sum.completionTokens += completionTokens;
      sum.dollars += dollarsFor(price, promptTokens, completionTokens);
      if (via === 'call') sum.own = true;
    }
    return obtained;
  }

  async function work<T>(task: Task<T>, ticket: Ticket, request: ModelRequest, sum: Sum, entry: Entry): Promise<Answer<T>> {
    const { model } = ticket;
    const one = await obtain(ticket, request, sum, entry);
    if (!('reply' in one.result)) return unanswered(one.result, model, sum);
    const read = tryRead(task, one.result.reply);
    if ('value' in read) return { outcome: 'ok', value: read.value, problem: '', model, cost: sum.cost };
    const problem = boundedReason(read.problem);
    if (task.repair === undefined || read.final) return { outcome: 'fallback', reason: problem, model, cost: sum.cost };
    let again: ModelRequest;
    try {
      again = { ...request, messages: task.repair(one.result.reply.text.slice(0, MOST_REFUSED), problem) };
    } catch (error) {
      return { outcome: 'fallback', reason: boundedReason(`No repair could be asked for: ${messageOf(error)}`), model, cost: sum.cost };
    }
    const { place } = ticket;
    const two = await obtain({ ...ticket, place: { ...place, key: repairKey(place.key, model, again) } }, again, sum, entry);
    if (!('reply' in two.result)) return unanswered(two.result, model, sum);
    const mended = tryRead(task, two.result.reply);
    return 'value' in mended
      ? { outcome: 'repaired', value: mended.value, problem, model, cost: sum.cost }
      : { outcome: 'fallback', reason: boundedReason(mended.problem), model, cost: sum.cost };
  }

  async function perform<T>(task: Task<T>): Promise<Answer<T>> {
    const started = performance.now();
    const { role, kind, due } = task;
    const model = modelOf(task);
    const account = accounts.of(role, kind, model);
    const sum = new Sum();
    const entry = emptyEntry();
    inFlight += 1;
    let answer: Answer<T>;
    try {
      const recorded = models.get(model);
      if (recorded === undefined) throw new ModelError('refused', `There is no model ${model} in this run: it has ${[...models.keys()].join(', ')}.`);
      if (closing !== null) throw new ModelError('cancelled', 'The run was stopped.');
      const request = fitted(task.request, recorded);
      // Counted before anything is waited for: which of two equal requests is the first must not depend on the model's pace.
      const key = contentKey(model, request);
      const tick = Number.isFinite(due) ? due : Number.MAX_SAFE_INTEGER;
      const ticket: Ticket = { place: { key, due: tick, nth: occurrences.next(tick, key) }, role, kind, model, occurrence: source.occurrence(key) };
      answer = await work(task, ticket, request, sum, entry);
    } catch (error) {
      answer = { outcome: 'fallback', reason: boundedReason(messageOf(error)), model, cost: sum.cost };
    }
    inFlight -= 1;
    // What the recorded run had asked and never needed did not end there, and does not here.
    if (sum.missing) return answer;
    entry[answer.outcome] += 1;
    if (sum.calls > 0 && !sum.own) entry.shared += 1;
    accounts.enter(account, due, entry);
    const reason = 'reason' in answer ? answer.reason : answer.problem;
    events.next({
      kind: 'task', role, task: kind, model, due, outcome: answer.outcome, reason, cost: answer.cost, milliseconds: performance.now() - started,
    });
    return answer;
  }

  return {
    models: header.models.map((one) => one.model),
    slots: header.models.reduce((total, one) => total + one.slots, 0),
    get inFlight() { return inFlight; },
    accounts: accounts.all,
    accountsUpTo: (tick) => accounts.upTo(tick),
    carryOver: (earlier) => accounts.carryOver(earlier),
    get budget() { return budget(); },
    events$: events.asObservable() satisfies Observable<ModelEvent>,
    get missing() { return facts.missing; },
    get broken() { return facts.broken; },
    get safeBytes() { return safeBytes(); },
    header,
    can: (task, what) => models.get(modelOf(task))?.can[what],
    perform,
    raise,
    close() {
      closing ??= source.close().then(() => { events.complete(); });
      return closing;
    },
  };
}

/** What the replies to one task came to. */
class Sum {
  calls = 0;
  promptTokens = 0;
  completionTokens = 0;
  dollars = 0;
  /** Whether one of them was called for by this very task. */
  own = false;
  /** Whether a replay has no answer to one of them. */
  missing = false;

  get cost(): Cost {
    const { calls, promptTokens, completionTokens, dollars } = this;
    return { calls, promptTokens, completionTokens, dollars };
  }
}

/** Leaves out what a model is known not to honour, or not known to. */
function fitted(request: ModelRequest, { can }: RecordedModel): ModelRequest {
  const { schema, topLogprobs, ...rest } = request;
  return {
    ...rest,
    ...(schema !== undefined && can.schema === true ? { schema } : {}),
    ...(topLogprobs !== undefined && can.logprobs !== false ? { topLogprobs } : {}),
  };
}

function unanswered<T>(result: { error: ModelError } | { budget: string }, model: string, { cost }: Sum): Answer<T> {
  return 'budget' in result
    ? { outcome: 'budget', reason: boundedReason(result.budget), model, cost }
    : { outcome: 'fallback', reason: boundedReason(result.error.message), model, cost };
}

/** Asks the reader. One that breaks is no reason to ask the model again. */
function tryRead<T>(task: Task<T>, reply: ModelReply): { value: T } | { problem: string; final: boolean } {
  try {
    const read: Read<T> = task.read(reply);
    return 'value' in read ? read : { problem: read.problem, final: false };
  } catch (error) {
    return { problem: `The reply could not be read: ${messageOf(error)}`, final: true };
  }
}

function checkRoutes({ models, routes }: TapeHeader): void {
  for (const [what, model] of Object.entries(routes)) {
    if (!models.some((one) => one.model === model)) {
      throw new ModelError('refused', `${what} is given to the model ${model}, which is not in this run: it has ${models.map((one) => one.model).join(', ')}.`);
    }
  }
}

/** A run goes on with the models, abilities and prices that it began with, so that it asks what it would have asked. */
function agree(earlier: TapeHeader, now: TapeHeader, file: string): TapeHeader {
  const names = ({ models }: TapeHeader): string => models.map((one) => one.model).join(', ');
  if (names(earlier) !== names(now)) {
    throw new ModelError('refused', `The cassette ${file} was recorded with ${names(earlier)}, and now there is ${names(now)}: go on with the same models.`);
  }
  return earlier;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
