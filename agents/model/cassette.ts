import { createHash } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { ModelError, modelErrorKinds, type ModelDoor, type ModelReply, type ModelRequest } from './contract.ts';

const FORMAT = 'lichen-cassette';
const VERSION = 1;

const headerSchema = z.object({
  format: z.literal(FORMAT), version: z.number().int(), model: z.string(), where: z.enum(['embedded', 'endpoint']), slots: z.number().int().min(1),
});

const logprobSchema = z.object({ token: z.string(), logprob: z.number() });
const replySchema = z.object({
  text: z.string(), finish: z.enum(['stop', 'length']), promptTokens: z.number(), completionTokens: z.number(), model: z.string(),
  logprobs: z.array(logprobSchema.extend({ top: z.array(logprobSchema) })).optional(),
});
const entrySchema = z.object({
  key: z.string(), nth: z.number().int().min(0),
  reply: replySchema.optional(),
  error: z.object({ kind: z.enum(modelErrorKinds), message: z.string(), status: z.number().optional() }).optional(),
}).refine((one) => (one.reply === undefined) !== (one.error === undefined), 'either a reply or an error is expected');
type Entry = z.infer<typeof entrySchema>;

/**
 * What a request is filed under: the SHA-256 of its content, in hexadecimal. The model is not part of it, so that a
 * replay needs to know nothing of how the recording was made.
 */
export function requestKey(request: ModelRequest): string {
  const { messages, grammar, schema, maxTokens, temperature, seed, topLogprobs } = request;
  const content: unknown[] = [messages.map(({ role, content: text }) => [role, text]), grammar ?? null, maxTokens, temperature, seed, topLogprobs ?? null];
  if (schema !== undefined) content.push(schema.name, schema.schema);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/**
 * A door that writes every reply and every failure of `door` to `file` before it hands it on, one JSON line each. Equal
 * requests are numbered in the order in which they are asked. Cancelled requests are not outcomes of a model and are
 * not recorded.
 *
 * An existing cassette is continued. With `resume` its outcomes are given again, from the first on, and the model is
 * asked only for what it does not hold: this is how a run that was killed goes on. Without, its numbers are counted on.
 *
 * @throws ModelError with one sentence when the file is not a cassette or is damaged before its last line.
 */
export function recordingDoor(door: ModelDoor, file: string, { resume = false }: { resume?: boolean } = {}): ModelDoor {
  const tape = existsSync(file) && !isBarelyBegun(file) ? readTape(file) : undefined;
  const outcomes = indexOutcomes(resume ? tape?.entries ?? [] : []);
  const counts = new Map<string, number>();
  if (!resume) for (const { key, nth } of tape?.entries ?? []) counts.set(key, Math.max(counts.get(key) ?? 0, nth + 1));
  const fd = openSync(file, tape === undefined ? 'w' : 'r+');
  let end = tape?.wholeBytes ?? 0;
  // A line that a crash cut short was never handed on, so nothing is lost with it.
  ftruncateSync(fd, end);
  if (end === 0) append({ format: FORMAT, version: VERSION, model: door.model, where: door.where, slots: door.slots });
  let open = true;

  function append(value: unknown): void {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    for (let at = 0; at < line.length;) at += writeSync(fd, line, at, line.length - at, end + at);
    end += line.length;
    fdatasyncSync(fd);
  }

  function record(entry: Entry): void {
    if (!open) throw new ModelError('cancelled', 'The recording was closed before this reply came.');
    append(entry);
  }

  return {
    model: door.model, where: door.where, slots: door.slots, ...(door.grammar === undefined ? {} : { grammar: door.grammar }),
    async complete(request, signal) {
      const key = requestKey(request);
      // Counted when asked, not when answered: which of two equal requests is the first must not depend on the model's pace.
      const nth = counts.get(key) ?? 0;
      counts.set(key, nth + 1);
      const held = outcomes.get(`${key} ${nth}`);
      if (held !== undefined) return unfold(held);
      let reply: ModelReply;
      try {
        reply = await door.complete(request, signal);
      } catch (error) {
        if (error instanceof ModelError && error.kind !== 'cancelled') {
          record({ key, nth, error: { kind: error.kind, message: error.message, ...(error.status === undefined ? {} : { status: error.status }) } });
        }
        throw error;
      }
      record({ key, nth, reply });
      return reply;
    },
    async close() {
      await door.close();
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/**
 * A door that answers from a cassette and reaches no model. Equal requests get their recorded outcomes in the order in
 * which they were asked; a recorded failure fails again in the same words.
 *
 * @throws ModelError with one sentence when the file cannot be read, is not a cassette, or is damaged before its last line.
 */
export function replayingDoor(file: string): ModelDoor {
  const { header, entries } = readTape(file);
  const outcomes = indexOutcomes(entries);
  const counts = new Map<string, number>();
  let closed = false;

  function play(request: ModelRequest, signal: AbortSignal | undefined): ModelReply {
    if (closed || signal?.aborted) throw new ModelError('cancelled', 'The request was cancelled.');
    const key = requestKey(request);
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    const entry = outcomes.get(`${key} ${nth}`);
    if (entry !== undefined) return unfold(entry);
    const words = (request.messages.at(-1)?.content ?? '').replace(/\s+/g, ' ').trim().slice(0, 60);
    throw new ModelError('missing', `The cassette ${file} has no reply number ${nth + 1} to request ${key.slice(0, 12)} ("${words}…"): it was recorded from another run, or by another version.`);
  }

  return {
    model: header.model, where: header.where, slots: header.slots,
    complete: async (request, signal) => await Promise.resolve(play(request, signal)),
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

function indexOutcomes(entries: Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [`${entry.key} ${entry.nth}`, entry]));
}

/** The recorded reply, or the recorded failure thrown again. */
function unfold({ key, reply, error }: Entry): ModelReply {
  if (error !== undefined) throw new ModelError(error.kind, error.message, { status: error.status });
  if (reply === undefined) throw new ModelError('malformed', `The cassette's entry ${key.slice(0, 12)} is empty.`);
  const { logprobs, ...rest } = reply;
  return { ...rest, ...(logprobs === undefined ? {} : { logprobs }) };
}

/** Whether a recording was killed before its first line was whole. */
function isBarelyBegun(file: string): boolean {
  const text = readFileSync(file, 'utf8');
  const beginning = `{"format":"${FORMAT}"`;
  return !text.includes('\n') && (text.startsWith(beginning) || beginning.startsWith(text));
}

interface Tape { header: z.infer<typeof headerSchema>; entries: Entry[]; /** Up to the end of the last whole line. */ wholeBytes: number }

function readTape(file: string): Tape {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new ModelError('unreachable', `The cassette ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.toString('utf8', 0, wholeBytes).split('\n');
  lines.pop();
  const [first, ...rest] = lines;
  const header = headerSchema.safeParse(parseJson(first ?? ''));
  if (!header.success) throw new ModelError('malformed', `${file} is not a cassette: its line 1 is not the header that recordings begin with.`);
  if (header.data.version !== VERSION) {
    throw new ModelError('malformed', `The cassette ${file} is of version ${header.data.version} and this program reads version ${VERSION}: replay it with the program that recorded it.`);
  }
  const entries = rest.map((line, i) => {
    const entry = entrySchema.safeParse(parseJson(line));
    if (!entry.success) throw new ModelError('malformed', `The cassette ${file} is damaged at line ${i + 2}: it is not a recorded reply; restore the file from a copy.`);
    return entry.data;
  });
  return { header: header.data, entries, wholeBytes };
}

function parseJson(line: string): unknown {
  try { return JSON.parse(line); } catch { return undefined; }
}
