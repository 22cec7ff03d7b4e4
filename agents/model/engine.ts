import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ModelError } from './contract.ts';
import type { EngineNews, EngineOrder, EngineText, EngineVector, EngineWork } from './engine-protocol.ts';

export interface EngineOptions {
  /** The GGUF file. */
  path: string;
  /** How many prompts keep their state, each in a sequence of its own. */
  slots: number;
  /** How many slots may work at the same time; all of them when left out. */
  atOnce?: number;
  threads: number;
  contextTokens: number;
  /** How long loading may take, in milliseconds. */
  loadTimeoutMs: number;
  /** How long the engine may say nothing of a request that was cancelled before it is taken for hung and killed; a minute when left out. */
  hangTimeoutMs?: number;
  onLoading?(done: number): void;
}

/** llama.cpp in a process of its own. */
export interface Engine {
  /** What the model file calls itself; may be empty. */
  readonly name: string;
  /** The engine's process while it runs, for diagnosis. */
  readonly pid: number | undefined;
  write(work: EngineWork, signal?: AbortSignal): Promise<EngineText>;
  /** A text that is too long is embedded by its beginning. */
  embed(text: string, signal?: AbortSignal): Promise<EngineVector>;
  close(): void;
}

/** Thrown for work that the engine understood and cannot do: the protocol's status 400. */
export class EngineRefusal extends Error {}

/** How many times in a row, with no reply between, the engine may die before nobody starts it again. */
const RESTARTS = 3;
/** Last words of the process that are kept for the message about its death. */
const KEPT_WORDS = 2000;
/** Long enough for a large model on a busy machine to read a piece of a prompt, which nothing can interrupt. */
const HANG_TIMEOUT_MS = 60_000;

type Answer = Extract<EngineNews, { kind: 'written' | 'embedded' }>;
interface Pending { resolve(answer: Answer): void; reject(error: Error): void }
interface Life {
  child: ChildProcess;
  ready: Promise<string>;
  pending: Map<number, Pending>;
  /** Cancelled requests of which the engine has not said that they ended. */
  leaving: Map<number, NodeJS.Timeout>;
  /** The folder of prefixes. */
  shelf: string;
  hung: boolean;
  words: string;
  over: boolean;
}

/**
 * Starts llama.cpp on a model. A crash rejects what was in flight with a `ModelError` of kind `failed`, and the next
 * request starts the engine anew, up to three times in a row. An engine that hangs is noticed by the first request that is
 * cancelled or times out, and ended. While nothing is in flight it keeps no one's process alive.
 *
 * @throws ModelError `failed` when the engine or the model cannot be loaded.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  let deaths = 0;
  let lastDeath = '';
  let closed = false;
  let nextId = 1;
  const hangTimeoutMs = options.hangTimeoutMs ?? HANG_TIMEOUT_MS;
  let life = begin();
  const name = await life.ready;

  function begin(): Life {
    const shelf = makeShelf();
    const child = fork(fileURLToPath(new URL('./engine-child.ts', import.meta.url)), [], {
      // The loader is named by its address, so that the folder lichen is called from does not matter.
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      env: childEnvironment(process.env),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const born: Life = { child, ready: Promise.resolve(''), pending: new Map(), leaving: new Map(), shelf, hung: false, words: '', over: false };
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => { born.words = (born.words + chunk).slice(-KEPT_WORDS); });
    born.ready = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new ModelError('failed', `The model ${options.path} was not loaded within ${Math.round(options.loadTimeoutMs / 1000)} s; the machine may be too busy.`));
        child.kill('SIGKILL');
      }, options.loadTimeoutMs);
      child.on('message', (news: EngineNews) => {
        if (news.kind === 'loading') options.onLoading?.(news.done);
        else if (news.kind === 'ready') { clearTimeout(timer); rest(born); resolve(news.name); } else if (news.kind === 'unloadable') {
          clearTimeout(timer);
          reject(new ModelError('failed', `llama.cpp cannot load ${options.path}: ${news.message}; check that it is a whole GGUF model.`));
          child.kill('SIGKILL');
        } else settle(born, news);
      });
      const end = (how: string) => {
        clearTimeout(timer);
        if (born.over) return;
        born.over = true;
        for (const waiting of born.leaving.values()) clearTimeout(waiting);
        clearShelf(shelf);
        const said = lastWords(born.words);
        lastDeath = `The language model's engine ended (${born.hung ? `it did nothing for ${hangTimeoutMs / 1000} s` : how})${said === '' ? '' : `: ${said}`}`;
        const error = closed ? new ModelError('cancelled', 'The model was closed.') : new ModelError('failed', `${lastDeath}; the next request starts it again.`);
        reject(error);
        for (const one of born.pending.values()) one.reject(error);
        born.pending.clear();
      };
      child.once('exit', (code, signal) => end(signal ?? `code ${code ?? '?'}`));
      child.once('error', (error) => end(error.message));
    });
    // Whoever waits for `ready` hears of it; nobody waiting is no reason to end the process.
    born.ready.catch(() => undefined);
    order(born, {
      kind: 'load', path: options.path, slots: options.slots, atOnce: options.atOnce ?? options.slots, threads: options.threads, contextTokens: options.contextTokens, shelf,
    });
    return born;
  }

  function settle(owner: Life, news: Answer | Extract<EngineNews, { kind: 'unwritten' }>): void {
    const one = owner.pending.get(news.id);
    owner.pending.delete(news.id);
    clearTimeout(owner.leaving.get(news.id));
    owner.leaving.delete(news.id);
    rest(owner);
    if (news.kind !== 'unwritten') { deaths = 0; one?.resolve(news); } else if (news.status === 400) one?.reject(new EngineRefusal(news.message));
    else one?.reject(new ModelError('failed', `The language model's engine could not finish: ${news.message}.`));
  }

  async function answer(orderOf: (id: number) => EngineOrder, signal?: AbortSignal): Promise<Answer> {
    if (closed) throw new ModelError('cancelled', 'The model was closed.');
    if (signal?.aborted) throw new ModelError('cancelled', 'The request was cancelled.');
    if (life.over) {
      if (deaths >= RESTARTS) throw new ModelError('failed', `${lastDeath}, ${RESTARTS + 1} times without a reply; it is not started again in this run.`);
      deaths += 1;
      life = begin();
    }
    const mine = life;
    await readyUnless(mine, signal);
    if (closed) throw new ModelError('cancelled', 'The model was closed.');
    if (mine.over) throw new ModelError('failed', `${lastDeath}; the next request starts it again.`);
    return await new Promise<Answer>((resolve, reject) => {
      const id = nextId++;
      const stop = () => {
        if (!mine.pending.delete(id)) return;
        order(mine, { kind: 'cancel', id });
        mine.leaving.set(id, setTimeout(() => {
          mine.hung = true;
          mine.child.kill('SIGKILL');
        }, hangTimeoutMs).unref());
        rest(mine);
        reject(new ModelError('cancelled', 'The request was cancelled.'));
      };
      if (signal?.aborted) { reject(new ModelError('cancelled', 'The request was cancelled.')); return; }
      signal?.addEventListener('abort', stop, { once: true });
      const free = () => signal?.removeEventListener('abort', stop);
      mine.pending.set(id, { resolve: (found) => { free(); resolve(found); }, reject: (error) => { free(); reject(error); } });
      wake(mine);
      order(mine, orderOf(id));
    });
  }

  return {
    name,
    get pid() { return life.over ? undefined : life.child.pid; },
    async write(work, signal) {
      const found = await answer((id) => ({ kind: 'write', id, work }), signal);
      if (found.kind !== 'written') throw new Error('The engine embedded what it was to write.');
      return found.result;
    },
    async embed(text, signal) {
      const found = await answer((id) => ({ kind: 'embed', id, text }), signal);
      if (found.kind !== 'embedded') throw new Error('The engine wrote what it was to embed.');
      return found.result;
    },
    close() {
      closed = true;
      // There is nothing in that process to save, and llama.cpp may be deep in a batch that hears no message.
      life.child.kill('SIGKILL');
      clearShelf(life.shelf);
    },
  };
}

/** Waits for the model to be loaded, but no longer than someone waits for the reply. */
function readyUnless({ ready }: Life, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return ready;
  return new Promise((resolve, reject) => {
    const stop = () => reject(new ModelError('cancelled', 'The request was cancelled.'));
    signal.addEventListener('abort', stop, { once: true });
    ready.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function order(life: Life, what: EngineOrder): void {
  if (life.child.connected) life.child.send(what, () => undefined);
}

const SHELVES = 'lichen-prefixes-';

/** A folder with our process's number in its name. A machine without room for temporary files has an empty shelf, and reads every prefix again. */
function makeShelf(): string {
  const room = tmpdir();
  try {
    for (const name of readdirSync(room)) if (name.startsWith(SHELVES) && !isAlive(Number(name.split('-')[2]))) clearShelf(join(room, name));
    return mkdtempSync(join(room, `${SHELVES}${process.pid}-`));
  } catch {
    return join(room, `${SHELVES}none`);
  }
}

/** What a killed process left behind is nobody's. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try { process.kill(pid, 0); } catch (error) { return !(error instanceof Error && 'code' in error && error.code === 'ESRCH'); }
  return true;
}

function clearShelf(folder: string): void {
  try { rmSync(folder, { recursive: true, force: true }); } catch { /* The engine may be writing its last file; its end clears again. */ }
}

/** A door that someone forgot to close must not keep a finished program from ending. */
function rest(life: Life): void {
  if (life.pending.size > 0) return;
  life.child.unref();
  life.child.channel?.unref();
  unrefStream(life.child.stderr);
}

function wake(life: Life): void {
  life.child.ref();
  life.child.channel?.ref();
}

function unrefStream(stream: unknown): void {
  if (typeof stream === 'object' && stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
}

/** Keys stay here, and so do the options of whatever runs us (a test runner's loaders, an inspector's port). */
function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const [key, value] of Object.entries(env)) {
    if (/KEY|TOKEN|SECRET|PASSWORD/i.test(key) || key === 'NODE_OPTIONS' || key.startsWith('VITEST')) continue;
    kept[key] = value;
  }
  return kept;
}

function lastWords(words: string): string {
  const lines = words.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('at '));
  return (lines.at(-1) ?? '').slice(0, 200);
}
