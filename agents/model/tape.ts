import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { entrySchema, FORMAT, headerSchema, lineSchema, VERSION, type Entry, type Place, type TapeHeader } from './cassette.ts';
import { ModelError } from './contract.ts';

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
