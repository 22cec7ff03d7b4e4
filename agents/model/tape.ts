import { createHash } from 'node:crypto';
import { closeSync, existsSync, fdatasync, fsyncSync, fdatasyncSync, ftruncateSync, fstatSync, openSync, readSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ModelError, modelErrorKinds } from './contract.ts';
import { requestKey } from './cassette.ts';
import type { ModelRequest } from './contract.ts';
import { roles } from './task.ts';

const FORMAT = 'lichen-cassette';
const VERSION = 2;

const priceSchema = z.object({ input: z.number(), output: z.number() }).nullable();
const modelSchema = z.object({
  model: z.string(), where: z.enum(['embedded', 'endpoint']), slots: z.number().int().min(1), price: priceSchema,
  can: z.object({ grammar: z.boolean().optional(), schema: z.boolean().optional(), logprobs: z.boolean().optional() }),
});
const headerSchema = z.object({
  format: z.literal(FORMAT), version: z.number().int(),
  models: z.array(modelSchema), routes: z.record(z.string(), z.string()),
});
/** What a replay must know of how the recording was made: which models there were, who went to which, what they could do and cost. */
export type TapeHeader = Omit<z.infer<typeof headerSchema>, 'format' | 'version'>;
export type RecordedModel = TapeHeader['models'][number];

const count = z.number().int().min(0);
const logprobSchema = z.object({ token: z.string(), logprob: z.number() });
const replySchema = z.object({
  text: z.string(), finish: z.enum(['stop', 'length']), promptTokens: z.number(), completionTokens: z.number(), model: z.string(),
  logprobs: z.array(logprobSchema.extend({ top: z.array(logprobSchema) })).exactOptional(),
});
const entrySchema = z.object({
  key: z.string(), due: z.number(), nth: count, model: z.string(), role: z.enum(roles), kind: z.string(),
  /** How it was come by: by a call, by an identical call that was in flight, or from a shared cassette. */
  via: z.enum(['call', 'twin', 'cache']),
  /** Calls, prompt tokens and completion tokens that were paid. */
  paid: z.tuple([count, count, count]), retries: count,
  reply: replySchema.exactOptional(),
  error: z.object({ kind: z.enum(modelErrorKinds), message: z.string(), status: z.number().exactOptional() }).exactOptional(),
  budget: z.string().exactOptional(),
}).refine((one) => [one.reply, one.error, one.budget].filter((each) => each !== undefined).length === 1, 'one of reply, error and budget is expected');
/** What came of one request. */
export type Entry = z.infer<typeof entrySchema>;
const lineSchema = z.union([z.object({ part: z.string(), text: z.string() }), entrySchema]);

/** What a request to a model is filed under: the SHA-256 of both, in hexadecimal. */
export function contentKey(model: string, request: ModelRequest): string {
  return createHash('sha256').update(`${model}\n${requestKey(request)}`).digest('hex');
}

/** A repair is filed under what it repairs, so that its place does not depend on when the refused reply came. */
export function repairKey(of: string, model: string, request: ModelRequest): string {
  return createHash('sha256').update(`${of}\n${contentKey(model, request)}`).digest('hex');
}

/** A request's place in a run: its content, the tick it is due at, and which of several equal ones with that tick. */
export interface Place { readonly key: string; readonly due: number; readonly nth: number }

const placeOf = ({ key, due, nth }: Place): string => `${key} ${due} ${nth}`;

/** Where a line of the file stands. */
interface Span { offset: number; length: number }

/** What a cassette holds, by place. The replies stay on disk until they are asked for. */
export class Tape {
  readonly header: TapeHeader;
  /** Up to the end of the last whole line. */
  readonly wholeBytes: number;
  readonly size: number;
  /** What was paid for all it holds, by model. */
  readonly paid: ReadonlyMap<string, { calls: number; promptTokens: number; completionTokens: number }>;
  private readonly fd: number;
  private readonly file: string;
  private readonly places: ReadonlyMap<string, Span>;

  constructor(file: string) {
    const { fd, header, spans, wholeBytes, paid, size } = scan(file, false);
    this.file = file;
    this.fd = fd;
    this.header = header;
    this.places = spans.places;
    this.wholeBytes = wholeBytes;
    this.paid = paid;
    this.size = size;
  }

  /** What came of the request at a place; undefined when it was not asked. */
  at(place: Place): Entry | undefined {
    const span = this.places.get(placeOf(place));
    return span === undefined ? undefined : entryAt(this.fd, this.file, span);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** A cassette of other runs, by content alone: equal requests get its replies in the order of their occurrence, and the last one again after that. */
export class Shelf {
  private readonly fd: number;
  private readonly file: string;
  private readonly replies: ReadonlyMap<string, readonly Span[]>;
  private readonly taken = new Map<string, number>();

  constructor(file: string) {
    const { fd, spans } = scan(file, true);
    this.file = file;
    this.fd = fd;
    this.replies = spans.replies;
  }

  /** Which reply the next request of this content is to have. */
  occurrence(key: string): number {
    if (!this.replies.has(key)) return 0;
    const nth = this.taken.get(key) ?? 0;
    this.taken.set(key, nth + 1);
    return nth;
  }

  /** A reply to a content; undefined when there is none at all. */
  take(key: string, occurrence: number): Entry | undefined {
    const found = this.replies.get(key);
    return found === undefined ? undefined : entryAt(this.fd, this.file, found[Math.min(occurrence, found.length - 1)]!);
  }

  close(): void {
    closeSync(this.fd);
  }
}

interface Scan {
  fd: number;
  header: TapeHeader;
  spans: { places: Map<string, Span>; replies: Map<string, Span[]> };
  wholeBytes: number;
  paid: Map<string, { calls: number; promptTokens: number; completionTokens: number }>;
  size: number;
}

/** Reads a file once through. A shared one may have been torn by a run that was killed, so that it may hold lines that are none. */
function scan(file: string, shared: boolean): Scan {
  const fd = openToRead(file);
  try {
    const places = new Map<string, Span>();
    const replies = new Map<string, Span[]>();
    const asked = new Map<Span, { due: number; nth: number }>();
    const paid: Scan['paid'] = new Map();
    let header: TapeHeader | undefined;
    let number = 0;
    let wholeBytes = 0;
    let size = 0;
    for (const { text, offset, length } of wholeLines(fd)) {
      number += 1;
      wholeBytes = offset + length + 1;
      const value = parseJson(text);
      if (header === undefined) {
        header = readHeader(value, file);
        continue;
      }
      const line = lineSchema.safeParse(value);
      if (!line.success) {
        if (shared) continue;
        throw new ModelError('malformed', `The cassette ${file} is damaged at line ${number}: it is not a recorded reply; restore the file from a copy.`);
      }
      if ('part' in line.data) continue;
      const entry = line.data;
      const span = { offset, length };
      size += 1;
      if (!shared) {
        places.set(placeOf(entry), span);
        const sum = paid.get(entry.model) ?? { calls: 0, promptTokens: 0, completionTokens: 0 };
        sum.calls += entry.paid[0];
        sum.promptTokens += entry.paid[1];
        sum.completionTokens += entry.paid[2];
        paid.set(entry.model, sum);
      } else if (entry.reply !== undefined && entry.via === 'call') {
        const others = replies.get(entry.key);
        if (others === undefined) replies.set(entry.key, [span]);
        else others.push(span);
        asked.set(span, { due: entry.due, nth: entry.nth });
      }
    }
    if (header === undefined) throw new ModelError('malformed', `${file} is not a cassette: its line 1 is not the header that recordings begin with.`);
    // written as they were answered; wanted as they were asked
    for (const list of replies.values()) {
      if (list.length > 1) list.sort((a, b) => asked.get(a)!.due - asked.get(b)!.due || asked.get(a)!.nth - asked.get(b)!.nth || a.offset - b.offset);
    }
    return { fd, header, spans: { places, replies }, wholeBytes, paid, size };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readHeader(value: unknown, file: string): TapeHeader {
  const version = z.object({ format: z.literal(FORMAT), version: z.number() }).safeParse(value);
  if (!version.success) throw new ModelError('malformed', `${file} is not a cassette: its line 1 is not the header that recordings begin with.`);
  if (version.data.version !== VERSION) {
    throw new ModelError('malformed', `The cassette ${file} is of version ${version.data.version} and this program reads version ${VERSION}: replay it with the program that recorded it.`);
  }
  const header = headerSchema.safeParse(value);
  if (!header.success) throw new ModelError('malformed', `The cassette ${file} is damaged at line 1: ${header.error.issues[0]?.message ?? 'it is no header'}.`);
  return { models: header.data.models, routes: header.data.routes };
}

function openToRead(file: string): number {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw new ModelError('unreachable', `The cassette ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new ModelError('unreachable', `The cassette ${file} cannot be read: it is not a file.`);
}

const CHUNK = 1 << 20;

/** Lines that end in a line feed, in pieces of a megabyte so that a long recording needs no memory. */
function* wholeLines(fd: number): Generator<{ text: string; offset: number; length: number }> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  const chunk = Buffer.alloc(CHUNK);
  for (let at = 0; ;) {
    const got = readSync(fd, chunk, 0, CHUNK, at);
    if (got === 0) return;
    at += got;
    const bytes = rest.length === 0 ? chunk.subarray(0, got) : Buffer.concat([rest, chunk.subarray(0, got)]);
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      yield { text: bytes.toString('utf8', from, end), offset: offset + from, length: end - from };
      from = end + 1;
    }
    rest = Buffer.from(bytes.subarray(from));
    offset += from;
  }
}

function entryAt(fd: number, file: string, { offset, length }: Span): Entry {
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, offset);
  const entry = entrySchema.safeParse(parseJson(bytes.toString('utf8')));
  if (!entry.success) throw new ModelError('malformed', `The cassette ${file} was changed while it was being replayed.`);
  return entry.data;
}

function parseJson(line: string): unknown {
  try { return JSON.parse(line); } catch { return undefined; }
}

/** Texts that many requests share, written once: at most so many, so that a run of unlike texts keeps no memory. */
const MOST_PARTS = 256;
const SHORTEST_PART = 200;

/**
 * Appends to a cassette. What is appended while the disk is busy is synced together, and nobody is told that a line is
 * written before it is on the disk.
 */
export class TapeWriter {
  /** Why nothing can be written any more, in one sentence. */
  broken: string | null = null;
  private readonly fd: number;
  private readonly file: string;
  private readonly shared: boolean;
  private readonly parts = new Set<string>();
  private pending: { line: string; resolve: () => void; reject: (error: ModelError) => void }[] = [];
  private at: number;
  private writing: Promise<void> | null = null;
  private open = true;

  /**
   * @param continues where to go on in an existing file, in bytes; what stands after it is cut off. A shared file is
   * appended to as it is. @throws ModelError with one sentence.
   */
  constructor(file: string, header: TapeHeader, { continues = 0, shared = false }: { continues?: number; shared?: boolean } = {}) {
    this.file = file;
    this.shared = shared;
    this.at = continues;
    const isNew = !existsSync(file);
    try {
      this.fd = openSync(file, shared ? 'a+' : isNew ? 'w' : 'r+');
      if (!shared) ftruncateSync(this.fd, continues);
      const begun = shared ? fstatSync(this.fd).size : continues;
      // the end that a killed run tore off must not swallow the next line
      const gap = shared && begun > 0 && !endsWhole(this.fd, begun) ? '\n' : '';
      const first = begun === 0 ? `${JSON.stringify({ format: FORMAT, version: VERSION, ...header })}\n` : gap;
      if (first !== '') {
        this.at += writeSync(this.fd, first, shared ? null : this.at);
        fdatasyncSync(this.fd);
      }
      if (isNew) syncFolder(dirname(file));
    } catch (error) {
      throw new ModelError('failed', `The cassette ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }

  /** Resolves when the entry is on the disk. @throws ModelError when it cannot be brought there. */
  append(entry: Entry, request?: ModelRequest): Promise<void> {
    if (!this.open) return Promise.reject(new ModelError('cancelled', 'The recording was closed before this reply came.'));
    if (this.broken !== null) return Promise.reject(new ModelError('failed', this.broken));
    const line = request === undefined ? `${JSON.stringify(entry)}\n` : this.withRequest(entry, request);
    return new Promise((resolve, reject) => {
      this.pending.push({ line, resolve, reject });
      this.writing ??= this.writeAll();
    });
  }

  /** Ends when all is written. */
  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    await this.writing;
    closeSync(this.fd);
  }

  private async writeAll(): Promise<void> {
    // one turn of the loop, so that replies that came together go together
    await new Promise((resolve) => setImmediate(resolve));
    while (this.pending.length > 0) {
      const group = this.pending;
      this.pending = [];
      try {
        await this.writeDown(Buffer.from(group.map((one) => one.line).join('')));
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.broken = `The cassette ${this.file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`;
        const failure = new ModelError('failed', this.broken);
        for (const { reject } of [...group, ...this.pending.splice(0)]) reject(failure);
      }
    }
    this.writing = null;
  }

  private async writeDown(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      from += await new Promise<number>((resolve, reject) => {
        write(this.fd, bytes, from, bytes.length - from, this.shared ? null : this.at + from, (error, written) => { if (error) reject(error); else resolve(written); });
      });
    }
    await new Promise<void>((resolve, reject) => { fdatasync(this.fd, (error) => { if (error) reject(error); else resolve(); }); });
    this.at += bytes.length;
  }

  private withRequest(entry: Entry, { messages, grammar, schema, ...rest }: ModelRequest): string {
    const parts: string[] = [];
    const short = (text: string): string | { part: string } => {
      if (text.length < SHORTEST_PART) return text;
      const part = createHash('sha256').update(text).digest('hex').slice(0, 16);
      if (!this.parts.has(part)) {
        if (this.parts.size >= MOST_PARTS) return text;
        this.parts.add(part);
        parts.push(`${JSON.stringify({ part, text })}\n`);
      }
      return { part };
    };
    const request = {
      // what changes from request to request is said last
      messages: messages.map(({ role, content }) => [role, role === 'system' ? short(content) : content]),
      ...(grammar === undefined ? {} : { grammar: short(grammar) }), ...(schema === undefined ? {} : { schema: short(JSON.stringify(schema)) }), ...rest,
    };
    return `${parts.join('')}${JSON.stringify({ ...entry, request })}\n`;
  }
}

function endsWhole(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** So that the file's name survives a loss of power as its content does. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    fsyncSync(fd);
    closeSync(fd);
  } catch {
    // some systems cannot open a folder; there the name is safe a little later
  }
}

/** Whether a recording was killed before its first line was whole. */
export function isBarelyBegun(file: string): boolean {
  const fd = openToRead(file);
  try {
    const head = Buffer.alloc(64);
    const text = head.toString('utf8', 0, readSync(fd, head, 0, 64, 0));
    const beginning = `{"format":"${FORMAT}"`;
    if (!text.startsWith(beginning) && !beginning.startsWith(text)) return false;
    for (const _ of wholeLines(fd)) return false;
    return true;
  } finally {
    closeSync(fd);
  }
}
