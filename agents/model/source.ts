import { existsSync } from 'node:fs';
import { ModelError, type ModelReply, type ModelRequest } from './contract.ts';
import type { Fetched, Job, Lane, Paid } from './lane.ts';
import type { Entry, Place, TapeHeader } from './cassette.ts';
import { isBarelyBegun, Shelf, Tape } from './tape.ts';
import { TapeWriter } from './tape-writer.ts';
import type { Role } from './task.ts';

/** Who wants a request, and where it stands in the run. */
export interface Ticket {
  readonly place: Place;
  readonly role: Role;
  readonly kind: string;
  readonly model: string;
  /** Which of a shared cassette's replies it would have. */
  readonly occurrence: number;
}

/** What came of one request, wherever it came from. */
export interface Obtained {
  readonly result: { readonly reply: ModelReply } | { readonly error: ModelError } | { readonly budget: string };
  readonly via: Entry['via'];
  readonly paid: Paid;
  readonly retries: number;
}

const NOTHING: Paid = { calls: 0, promptTokens: 0, completionTokens: 0 };

/** Where replies come from. */
export interface Source {
  /** Counts a first request of this content; synchronously and in the order of asking. */
  occurrence(key: string): number;
  /** Never rejects. */
  obtain(ticket: Ticket, request: ModelRequest): Promise<Obtained>;
  close(): Promise<void>;
}

/** A cassette alone. `onMissing` hears, in one sentence, of a request that it does not hold. */
export function createReplay(tape: Tape, file: string, onMissing: (sentence: string) => void): Source {
  let closed = false;
  return {
    occurrence: () => 0,
    obtain(ticket, request) {
      if (closed) return Promise.resolve(failed(new ModelError('cancelled', 'The run was stopped.')));
      try {
        const entry = tape.at(ticket.place);
        if (entry !== undefined) return Promise.resolve(unfold(entry));
        const sentence = missingSentence(file, ticket, request);
        onMissing(sentence);
        return Promise.resolve(failed(new ModelError('missing', sentence)));
      } catch (error) {
        const failure = asModelError(error);
        onMissing(failure.message);
        return Promise.resolve(failed(failure));
      }
    },
    close() {
      if (!closed) tape.close();
      closed = true;
      return Promise.resolve();
    },
  };
}

function missingSentence(file: string, { place, model, role, kind }: Ticket, request: ModelRequest): string {
  const words = (request.messages.at(-1)?.content ?? '').replace(/\s+/g, ' ').trim().slice(0, 60);
  return `The cassette ${file} has no reply number ${place.nth + 1} of tick ${place.due} to request ${place.key.slice(0, 12)} (${role} ${kind} of ${model}: "${words}…"): it was recorded from another run, or by another version.`;
}

export interface LiveOptions {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Where this run's outcomes are recorded. */
  readonly writer: TapeWriter | null;
  /** What an earlier part of this run recorded. */
  readonly tape: Tape | null;
  /** Replies of other runs, and where those that it lacks are added. */
  readonly shelf: { readonly held: Shelf | null; readonly writer: TapeWriter } | null;
  /** Hears, in one sentence, that a record cannot be written. */
  onBroken(sentence: string): void;
}

interface Twin { job: Job | null; readonly fetched: Promise<Fetched> }

/** Models, by way of their lanes; each outcome is on disk before it is handed on. Identical requests in flight are asked once. */
export function createLive({ lanes, writer, tape, shelf, onBroken }: LiveOptions): Source {
  const twins = new Map<string, Twin>();
  const underway = new Set<Promise<Obtained>>();

  /** Writes down what came, at once; the promise is kept when it is safe. Cancelled requests are no outcomes of a model. */
  async function record(ticket: Ticket, obtained: Obtained, request?: ModelRequest): Promise<void> {
    const { result } = obtained;
    if ('error' in result && result.error.kind === 'cancelled') return;
    const entry = fold(ticket, obtained);
    const toShelf = request !== undefined && 'reply' in result ? shelf?.writer.append(entry, request) : undefined;
    await Promise.all([writer?.append(entry, request), toShelf]);
  }

  async function call(ticket: Ticket, request: ModelRequest, lane: Lane): Promise<Obtained> {
    const { key, due } = ticket.place;
    let job: Job | null = null;
    // in the very turn in which it comes, before its slot is given to another: not even a kill then loses it
    const written = new Promise<{ fetched: Fetched; safe: Promise<void> }>((resolve) => {
      job = lane.ask(request, due, (fetched) => resolve({ fetched, safe: record(ticket, { ...fetched, via: 'call' }, request) }));
    });
    const fetched = written.then(async (one) => {
      await one.safe;
      return one.fetched;
    });
    // not forgotten before it is on the disk: until then it is in flight for whoever asks the same
    twins.set(key, { job, fetched });
    try {
      return { ...await fetched, via: 'call' };
    } finally {
      twins.delete(key);
    }
  }

  async function obtain(ticket: Ticket, request: ModelRequest): Promise<Obtained> {
    const { place, model, occurrence } = ticket;
    try {
      const held = tape?.at(place);
      if (held !== undefined) return unfold(held);
      const lane = lanes.get(model);
      if (lane === undefined) return failed(new ModelError('refused', `There is no model ${model} in this run.`));
      const twin = twins.get(place.key);
      const entry = twin === undefined ? shelf?.held?.take(place.key, occurrence) : undefined;
      if (twin === undefined && entry === undefined) return await call(ticket, request, lane);
      let obtained: Obtained;
      if (twin !== undefined) {
        if (twin.job !== null) lane.hasten(twin.job, place.due);
        obtained = { result: (await twin.fetched).result, via: 'twin', paid: NOTHING, retries: 0 };
      } else {
        obtained = { ...unfold(entry!), via: 'cache', paid: NOTHING, retries: 0 };
      }
      await record(ticket, obtained);
      return obtained;
    } catch (error) {
      const failure = asModelError(error);
      if (failure.kind !== 'cancelled') onBroken(failure.message);
      return failed(failure);
    }
  }

  return {
    occurrence: (key) => shelf?.held?.occurrence(key) ?? 0,
    obtain(ticket, request) {
      const one = obtain(ticket, request);
      underway.add(one);
      void one.finally(() => underway.delete(one));
      return one;
    },
    async close() {
      for (const lane of lanes.values()) lane.close();
      // what has come is still written down
      await Promise.all(underway);
      await Promise.all([writer?.close(), shelf?.writer.close(), ...[...lanes.values()].map(async (lane) => { await lane.door.close(); })]);
      tape?.close();
      shelf?.held?.close();
    },
  };
}

/** Opens the record of a run: a new one, or with `resume` one that is gone on with. @throws ModelError with one sentence. */
export function openRecord(file: string, resume: boolean, header: (earlier: TapeHeader | null) => TapeHeader): { tape: Tape | null; writer: TapeWriter } {
  if (!existsSync(file) || isBarelyBegun(file)) return { tape: null, writer: new TapeWriter(file, header(null)) };
  if (!resume) throw new ModelError('refused', `The cassette ${file} is there already: name another file, or go on with the run that it belongs to.`);
  const tape = new Tape(file);
  return { tape, writer: new TapeWriter(file, header(tape.header), { continues: tape.wholeBytes }) };
}

/** Opens a shared cassette, which need not be there yet. @throws ModelError with one sentence. */
export function openShelf(file: string): { held: Shelf | null; writer: TapeWriter } {
  const held = existsSync(file) && !isBarelyBegun(file) ? new Shelf(file) : null;
  return { held, writer: new TapeWriter(file, { models: [], routes: {} }, { shared: true }) };
}

function fold({ place: { key, due, nth }, model, role, kind }: Ticket, { result, via, paid, retries }: Obtained): Entry {
  const head = { key, due, nth, model, role, kind, via, paid: [paid.calls, paid.promptTokens, paid.completionTokens] satisfies Entry['paid'], retries };
  if ('reply' in result) return { ...head, paid: head.paid, reply: result.reply };
  if ('budget' in result) return { ...head, paid: head.paid, budget: result.budget };
  const { kind: why, message, status } = result.error;
  return { ...head, paid: head.paid, error: { kind: why, message, ...(status === undefined ? {} : { status }) } };
}

function unfold({ key, reply, error, budget, via, paid: [calls, promptTokens, completionTokens], retries }: Entry): Obtained {
  const rest = { via, paid: { calls, promptTokens, completionTokens }, retries };
  if (reply !== undefined) return { result: { reply }, ...rest };
  if (budget !== undefined) return { result: { budget }, ...rest };
  if (error !== undefined) return { result: { error: new ModelError(error.kind, error.message, { status: error.status }) }, ...rest };
  return { result: { error: new ModelError('malformed', `The cassette's entry ${key.slice(0, 12)} is empty.`) }, ...rest };
}

function failed(error: ModelError): Obtained {
  return { result: { error }, via: 'call', paid: NOTHING, retries: 0 };
}

function asModelError(error: unknown): ModelError {
  return error instanceof ModelError ? error : new ModelError('failed', error instanceof Error ? error.message : String(error));
}
