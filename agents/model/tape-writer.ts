import { createHash } from 'node:crypto';
import { closeSync, existsSync, fdatasync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { FORMAT, VERSION, type Entry, type TapeHeader } from './cassette.ts';
import { ModelError, type ModelRequest } from './contract.ts';

/** Texts that many requests share, written once: at most so many, so that a run of unlike texts keeps no memory. */
const MOST_PARTS = 256;
const SHORTEST_PART = 200;

/**
 * Appends to a cassette. A line is given to the system at once, so that it outlives this process, and nobody is told that
 * it is written before it is on the disk: lines that come while the disk is busy are synced together.
 */
export class TapeWriter {
  /** Why nothing can be written any more, in one sentence. */
  broken: string | null = null;
  private readonly fd: number;
  private readonly file: string;
  private readonly shared: boolean;
  private readonly parts = new Set<string>();
  private waiting: { resolve: () => void; reject: (error: ModelError) => void }[] = [];
  /** Bytes of whole lines that are on the disk. */
  safeBytes: number;
  private at: number;
  private syncing: Promise<void> | null = null;
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
    let opened: number | null = null;
    try {
      opened = openSync(file, shared ? 'a+' : isNew ? 'w' : 'r+');
      this.fd = opened;
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
      this.safeBytes = this.at;
    } catch (error) {
      if (opened !== null) closeSync(opened);
      throw new ModelError('failed', `The cassette ${file} cannot be written: ${problemOf(error)}.`);
    }
  }

  /** Resolves when the entry is on the disk. Rejects with a ModelError when it cannot be brought there. */
  append(entry: Entry, request?: ModelRequest): Promise<void> {
    if (!this.open) return Promise.reject(new ModelError('cancelled', 'The recording was closed before this reply came.'));
    if (this.broken !== null) return Promise.reject(new ModelError('failed', this.broken));
    const line = Buffer.from(request === undefined ? `${JSON.stringify(entry)}\n` : this.withRequest(entry, request));
    try {
      for (let from = 0; from < line.length;) {
        const written = writeSync(this.fd, line, from, line.length - from, this.shared ? null : this.at);
        from += written;
        this.at += written;
      }
    } catch (error) {
      return Promise.reject(this.breakDown(error));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.syncing ??= this.syncAll();
    });
  }

  /** Ends when all is on the disk. */
  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    await this.syncing;
    closeSync(this.fd);
  }

  private async syncAll(): Promise<void> {
    // one turn of the loop, so that replies that came together go together
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      const upTo = this.at;
      try {
        await new Promise<void>((resolve, reject) => { fdatasync(this.fd, (error) => { if (error) reject(error); else resolve(); }); });
        this.safeBytes = upTo;
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = this.breakDown(error);
        for (const { reject } of [...group, ...this.waiting.splice(0)]) reject(failure);
      }
    }
    this.syncing = null;
  }

  private breakDown(error: unknown): ModelError {
    this.broken ??= `The cassette ${this.file} cannot be written: ${problemOf(error)}.`;
    return new ModelError('failed', this.broken);
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

/** What went wrong with a file, for a person. */
function problemOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
