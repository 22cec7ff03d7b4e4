import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parsedJson } from './parsed-json.ts';
import { SPINE, tableNames } from './tables.ts';

const FORMAT = 'lichen-record';
const VERSION = 1;
const LIST = 'segments.jsonl';
/** A tick in the name of a file, so that names are in the order of ticks. */
const DIGITS = 10;

const segment = z.strictObject({
  table: z.enum(tableNames as [string, ...string[]]), file: z.string().regex(/^[a-z]+\/\d{10}-\d{10}\.parquet$/),
  from: z.int().min(0), to: z.int().min(0), rows: z.int().min(0), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
/** A file with the rows of one table from one tick to another, both included. `file` is relative to the record's folder. */
export type Segment = z.infer<typeof segment>;

/** A record that was looked at. */
export interface OpenedRecord {
  /** Greatest tick up to which all tables are whole, of those asked for; -1 when there is none. */
  readonly tick: number;
  /** One sentence about what is damaged, missing or not asked for in a way that can be given; null when nothing is. */
  readonly problem: string | null;
  /** Whether the problem is that another version wrote it: whole as it may be, it is not ours to make anew. */
  readonly otherVersion?: boolean;
  /** What is whole, in the order in which it was written. */
  readonly segments: readonly Segment[];
}

export const listHeader = `${JSON.stringify({ format: FORMAT, version: VERSION })}\n`;
export const listFile = (folder: string): string => join(folder, LIST);
export const segmentFile = (table: string, from: number, to: number): string => `${table}/${padded(from)}-${padded(to)}.parquet`;
const padded = (tick: number): string => String(tick).padStart(DIGITS, '0');

interface SegmentList { readonly segments: readonly Segment[]; readonly problem: string | null; readonly otherVersion?: boolean }

/** The list of segments as far as it can be read; a last line that was cut short is as if it were not there. */
function readList(folder: string): SegmentList {
  const file = listFile(folder);
  if (!existsSync(file)) return { segments: [], problem: null };
  const bytes = readFileSync(file);
  const [header, ...lines] = bytes.toString('utf8', 0, bytes.lastIndexOf(0x0a) + 1).split('\n');
  lines.pop();
  if (lines.length === 0 && (header ?? '') === '') return { segments: [], problem: null };
  const head = parsedJson(header ?? '') as { format?: unknown; version?: unknown } | undefined;
  if (head?.format !== FORMAT) return { segments: [], problem: `${file} is not the list of a record: its line 1 is not the header that such lists begin with.` };
  if (head.version !== VERSION) return { segments: [], otherVersion: true, problem: `The record ${folder} is of version ${String(head.version)} and this program reads version ${VERSION}: use the program that wrote it.` };
  const segments: Segment[] = [];
  for (const [i, line] of lines.entries()) {
    const one = segment.safeParse(parsedJson(line));
    if (!one.success) return { segments, problem: `${file} is damaged at line ${i + 2}: a segment is expected there.` };
    segments.push(one.data);
  }
  return { segments, problem: null };
}

/** The segments that stand between two states that all tables agree on: those up to, and with, one of the spine. */
function sealsOf(segments: readonly Segment[]): Segment[][] {
  const seals: Segment[][] = [];
  let open: Segment[] = [];
  for (const one of segments) {
    open.push(one);
    if (one.table !== SPINE) continue;
    seals.push(open);
    open = [];
  }
  return seals;
}

/**
 * Looks at a record without changing it: what is listed up to `upTo` must be there, of the right size, and with
 * `contents` of the right bytes; ticks must follow each other without a gap.
 */
export async function inspectRecord(folder: string, { upTo = Infinity, contents = true }: { upTo?: number; contents?: boolean } = {}): Promise<OpenedRecord> {
  const list = readList(folder);
  const whole: Segment[] = [];
  let tick = -1;
  for (const seal of sealsOf(list.segments)) {
    const { from, to } = seal.at(-1)!;
    if (tick >= 0 && from !== tick + 1) return { tick, segments: whole, problem: `The record ${folder} has a gap: after tick ${tick} it goes on at tick ${from}.` };
    if (from > upTo) break;
    if (to > upTo) return { tick, segments: whole, problem: `The record ${folder} cannot be cut at tick ${upTo}: its segments go from tick ${from} to tick ${to}.` };
    for (const one of seal) {
      const problem = one.from !== from || one.to !== to ? 'its ticks are not those of the others' : await damage(join(folder, one.file), one, contents);
      if (problem !== null) return { tick, segments: whole, problem: `The segment ${join(folder, one.file)} cannot be used: ${problem}.` };
    }
    tick = to;
    whole.push(...seal);
  }
  if (list.problem !== null && tick < upTo) return { tick, segments: whole, problem: list.problem, ...(list.otherVersion === true ? { otherVersion: true } : {}) };
  if (Number.isFinite(upTo) && upTo >= 0 && tick < upTo && existsSync(folder)) {
    return { tick, segments: whole, problem: `The record ${folder} ends at tick ${tick} and not at tick ${upTo}.` };
  }
  return { tick, segments: whole, problem: null };
}

/** What is wrong with a file; null when nothing is. */
async function damage(file: string, { bytes, sha256 }: Segment, contents: boolean): Promise<string | null> {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return 'it is missing';
  if (stat.size !== bytes) return `it has ${stat.size} bytes and should have ${bytes}`;
  if (!contents) return null;
  const found = await sha256Of(file);
  return found === sha256 ? null : `its bytes are not those that were written (SHA-256 ${found.slice(0, 12)}… and not ${sha256.slice(0, 12)}…)`;
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/**
 * Opens a record to go on with after tick `upTo` (its end when left out; -1 begins anew): what lies behind it, and files
 * that no list names, are deleted. Where anything up to that tick is missing or damaged, nothing is deleted and `problem`
 * says what; `tick` is then the last one that could be gone on from. A folder that is not there is no problem.
 */
export async function openRecord(folder: string, { upTo, contents = true }: { upTo?: number; contents?: boolean } = {}): Promise<OpenedRecord> {
  const opened = upTo === -1 ? { tick: -1, problem: null, segments: [] } : await inspectRecord(folder, { contents, ...(upTo === undefined ? {} : { upTo }) });
  if (opened.problem !== null || !existsSync(folder)) return opened;
  // first the list, so that what is listed is there
  putList(folder, opened.segments);
  const kept = new Set(opened.segments.map(({ file }) => file));
  for (const table of tableNames) {
    if (!existsSync(join(folder, table))) continue;
    for (const name of readdirSync(join(folder, table))) {
      if (/\.parquet(\.tmp)?$/.test(name) && !kept.has(`${table}/${name}`)) rmSync(join(folder, table, name));
    }
  }
  return opened;
}

function putList(folder: string, segments: readonly Segment[]): void {
  const file = listFile(folder);
  const text = listHeader + segments.map((one) => `${JSON.stringify(one)}\n`).join('');
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  const fd = openSync(`${file}.tmp`, 'w');
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${file}.tmp`, file);
  syncFolder(folder);
}

/** Sees to it that the names in a folder are on the disk. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
