import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunSpec } from '../run-spec.ts';

/** A run for a worker. */
export interface Errand { readonly id: number; readonly spec: RunSpec; readonly folder: string }

/** What a worker says. */
export type News =
  | { readonly kind: 'ready' }
  | { readonly kind: 'tick'; readonly id: number; readonly tick: number }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly sentence: string };

export interface PoolListener {
  tick(id: number, tick: number): void;
  done(id: number): void;
  failed(id: number, sentence: string): void;
}

/** Times that a run is given to a worker: one more than once, because a worker that died may have died of something else. */
const MOST_TRIES = 2;
/** Workers that may end, in a row, before they ever were ready. */
const MOST_STILLBORN = 3;

/**
 * Gives runs to long-lived processes, one at a time each, in order. A process that dies takes nothing along but its run,
 * which is gone on with once more. Resolves when each run is done or failed, or when the signal aborts.
 */
export function performAll(errands: readonly Errand[], workers: number, listener: PoolListener, signal: AbortSignal): Promise<void> {
  const queue = [...errands];
  const tries = new Map<number, number>();
  const alive = new Set<ChildProcess>();
  let stillborn = 0;
  return new Promise((resolve, reject) => {
    const over = (): void => {
      for (const child of alive) child.kill('SIGKILL');
      if (alive.size === 0) resolve();
    };
    signal.addEventListener('abort', over, { once: true });
    const hire = (): void => {
      const child = fork(fileURLToPath(new URL('./sweep-worker.ts', import.meta.url)), [], {
        // the loader and its options are named by their addresses, so that the folder lichen is called from does not matter
        execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
        env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      let current: Errand | null = null;
      let isReady = false;
      let words = '';
      const next = (): void => {
        current = signal.aborted ? null : queue.shift() ?? null;
        if (current === null) child.kill('SIGKILL');
        else child.send(current);
      };
      alive.add(child);
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => { words = (words + chunk).slice(-2000); });
      child.on('message', (news: News) => {
        if (signal.aborted) return;
        if (news.kind === 'tick') listener.tick(news.id, news.tick);
        else {
          if (news.kind === 'done') listener.done(news.id);
          else if (news.kind === 'failed') listener.failed(news.id, news.sentence);
          isReady = true;
          stillborn = 0;
          next();
        }
      });
      child.on('error', () => undefined);
      child.on('close', (code, ended) => {
        alive.delete(child);
        if (!isReady && !signal.aborted && ++stillborn >= MOST_STILLBORN) {
          signal.removeEventListener('abort', over);
          for (const other of alive) other.kill('SIGKILL');
          reject(new Error(`The processes that perform runs cannot be started: ${lastLine(words) || `they end with ${ended ?? `code ${String(code)}`}`}`));
          return;
        }
        if (current !== null && !signal.aborted) {
          const tried = (tries.get(current.id) ?? 0) + 1;
          tries.set(current.id, tried);
          if (tried < MOST_TRIES) queue.unshift(current);
          else listener.failed(current.id, `The process that performed it ended, ${tried} times, the last with ${ended ?? `code ${String(code)}`}${words === '' ? '' : `: ${lastLine(words)}`}.`);
        }
        if (queue.length > 0 && !signal.aborted) hire();
        else if (alive.size === 0) resolve();
      });
    };
    if (queue.length === 0 || signal.aborted) resolve();
    for (let i = Math.min(workers, queue.length); i > 0; i--) hire();
  });
}

function lastLine(words: string): string {
  return words.trim().split('\n').findLast((line) => /\S/.test(line) && !line.startsWith('Node.js v')) ?? '';
}
