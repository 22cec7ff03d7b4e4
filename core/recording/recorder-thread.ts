import { parentPort, workerData } from 'node:worker_threads';
import { SegmentWriter } from './segment-writer.ts';
import type { ThreadNews, ThreadOrder, ThreadStart } from './thread-messages.ts';

const port = parentPort!;
const opening = SegmentWriter.open(workerData as ThreadStart);
// whoever needs it hears why it cannot be opened
opening.catch(() => undefined);
let failed = false;
let turn: Promise<void> = Promise.resolve();

function say(news: ThreadNews): void {
  port.postMessage(news);
}

async function obey(order: ThreadOrder): Promise<void> {
  if (order.kind === 'close') {
    (await opening.catch(() => null))?.close();
    port.close();
    return;
  }
  try {
    if (order.kind === 'rows') {
      if (!failed) (await opening).append(order.batch);
    } else if (!failed) {
      await (await opening).seal(order.from, order.to);
      say({ kind: 'sealed', to: order.to });
    }
  } catch (error) {
    failed = true;
    const { message, code } = asNodeError(error);
    say({ kind: 'failed', message, code });
  }
  if (order.kind === 'rows') say({ kind: 'read', table: order.batch.table, memory: order.batch.memory });
}

/** DuckDB tells only in words what the system said. */
function asNodeError(error: unknown): { message: string; code: string | null } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return { message, code: error.code };
  const codes: readonly [RegExp, string][] = [[/No space left/i, 'ENOSPC'], [/Permission denied/i, 'EACCES'], [/Read-only file system/i, 'EROFS'], [/No such file/i, 'ENOENT']];
  return { message, code: codes.find(([words]) => words.test(message))?.[1] ?? null };
}

port.on('message', (order: ThreadOrder) => { turn = turn.then(() => obey(order)); });
