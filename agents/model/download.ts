import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';

export interface Download {
  url: string;
  /** Where the file is to be. Until it is whole and verified it is beside it, as `….part`. */
  target: string;
  bytes: number;
  sha256: string;
  /** Until the first byte of an answer, in milliseconds. */
  connectTimeoutMs: number;
  /** Between two chunks, in milliseconds. */
  stallTimeoutMs: number;
  onBytes?(done: number): void;
  signal?: AbortSignal;
}

/** How often in a row a cut connection is taken up again while it brings something each time. */
const RESUMES = 8;

/**
 * Downloads a file whose size and SHA-256 are known. A cut connection is resumed where it stopped (HTTP Range), in this
 * call and in a later one; the file gets its name only when the checksum is right, and a wrong one leaves nothing.
 *
 * @throws Error with the reason; what has come so far stays in the `.part` file unless it is wrong.
 */
export async function download(what: Download): Promise<void> {
  const part = `${what.target}.part`;
  for (let attempt = 0; ; attempt += 1) {
    const before = await sizeOf(part);
    if (before === what.bytes) break;
    if (before > what.bytes) { await rm(part, { force: true }); continue; }
    try {
      await fetchRest(what, part, before);
    } catch (error) {
      what.signal?.throwIfAborted();
      if (attempt >= RESUMES || await sizeOf(part) <= before) throw error;
    }
  }
  await adopt(part, what.target, what.sha256);
}

/** Gives a file its final name if its SHA-256 is right, else removes it. @throws Error when it is not. */
export async function adopt(part: string, target: string, sha256: string, onBytes?: (done: number) => void): Promise<void> {
  const actual = await sha256Of(part, onBytes);
  if (actual !== sha256) {
    await rm(part, { force: true });
    throw new Error(`the checksum is ${actual.slice(0, 12)}… where ${sha256.slice(0, 12)}… is expected`);
  }
  await rename(part, target);
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string, onBytes: (done: number) => void = () => undefined): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    onBytes(done += chunk.length);
  }
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then((facts) => facts.size, () => 0);
}

async function fetchRest(what: Download, part: string, from: number): Promise<void> {
  const quiet = new AbortController();
  const stop = () => quiet.abort(what.signal?.reason);
  what.signal?.addEventListener('abort', stop, { once: true });
  let timer = setTimeout(() => quiet.abort(new Error(`no answer within ${what.connectTimeoutMs / 1000} s`)), what.connectTimeoutMs);
  try {
    const response = await fetch(what.url, {
      headers: { 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) }, signal: quiet.signal, redirect: 'follow',
    });
    if (response.body === null || (response.status !== 200 && response.status !== 206)) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status}`);
    }
    const resumed = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${from}-`) === true;
    if (response.status === 206 && !resumed) throw new Error('the server answered with another range than asked for');
    let done = resumed ? from : 0;
    const announced = Number(response.headers.get('content-length') ?? what.bytes - done);
    if (done + announced !== what.bytes) {
      await response.body.cancel();
      throw new Error(`the server has ${done + announced} bytes where ${what.bytes} are expected`);
    }
    const file = await open(part, resumed ? 'a' : 'w');
    try {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(() => quiet.abort(new Error(`nothing came for ${what.stallTimeoutMs / 1000} s`)), what.stallTimeoutMs);
        done += chunk.byteLength;
        if (done > what.bytes) throw new Error(`the server sent more than ${what.bytes} bytes`);
        await file.write(chunk);
        what.onBytes?.(done);
      }
    } finally {
      await file.close();
    }
    if (done < what.bytes) throw new Error(`the connection ended after ${done} of ${what.bytes} bytes`);
  } catch (error) {
    throw quiet.signal.aborted && quiet.signal.reason instanceof Error ? quiet.signal.reason : error;
  } finally {
    clearTimeout(timer);
    what.signal?.removeEventListener('abort', stop);
  }
}
