import { existsSync } from 'node:fs';
import { ModelError, type ModelReply, type ModelRequest } from './contract.ts';
import type { Fetched, Job, Lane, Paid } from './lane.ts';
import { isBarelyBegun, Shelf, Tape, TapeWriter, type Entry, type Place, type TapeHeader } from './tape.ts';
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

/** Models, by way of their lanes; each outcome is on disk before it is handed on. Identical requests in flight are asked once. */
export function createLive({ lanes, writer, tape, shelf, onBroken }: LiveOptions): Source {
  const twins = new Map<string, { job: Job | null; fetched: Promise<Fetched> }>();
  const underway = new Set<Promise<Obtained>>();

  async function fetchOnce(ticket: Ticket, request: ModelRequest): Promise<Obtained> {
    const { place: { key, due }, model } = ticket;
    const lane = lanes.get(model);
    if (lane === undefined) return failed(new ModelError('refused', `There is no model ${model} in this run.`));
    const twin = twins.get(key);
    if (twin !== undefined) {
      if (twin.job !== null) lane.hasten(twin.job, due);
      return { ...await twin.fetched, via: 'twin', paid: NOTHING, retries: 0 };
    }
    const entry = shelf?.held?.take(key, ticket.occurrence);
    if (entry !== undefined) return { ...unfold(entry), via: 'cache', paid: NOTHING, retries: 0 };
    let finish: (fetched: Fetched) => void = () => undefined;
    const own: { job: Job | null; fetched: Promise<Fetched> } = { job: null, fetched: new Promise((resolve) => { finish = resolve; }) };
    twins.set(key, own);
    own.job = lane.ask(request, due, finish);
    return { ...await own.fetched, via: 'call' };
  }

  async function obtain(ticket: Ticket, request: ModelRequest): Promise<Obtained> {
    let isOwn = false;
    try {
      const held = tape?.at(ticket.place);
      if (held !== undefined) return unfold(held);
      isOwn = !twins.has(ticket.place.key);
      const obtained = await fetchOnce(ticket, request);
      const { result, via } = obtained;
      if (!('error' in result && result.error.kind === 'cancelled')) {
        const entry = fold(ticket, obtained);
        const asked = via === 'call' ? request : undefined;
        const toShelf = shelf !== null && via === 'call' && 'reply' in result ? shelf.writer.append(entry, asked) : undefined;
        await Promise.all([writer?.append(entry, asked), toShelf]);
      }
      return obtained;
    } catch (error) {
      const failure = asModelError(error);
      if (failure.kind !== 'cancelled') onBroken(failure.message);
      return failed(failure);
    } finally {
      // not before the reply is on the disk: until then it is in flight for whoever asks the same
      if (isOwn) twins.delete(ticket.place.key);
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
