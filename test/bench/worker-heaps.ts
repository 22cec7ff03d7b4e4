import type { CDPSession } from 'playwright-core';

/** Reads what the workers of a page hold. */
export interface WorkerHeaps {
  /** JavaScript heaps and array buffers of all workers together, after forced collections. */
  heapBytes(): Promise<number>;
}

/** Attaches to the workers that a page has, and to those that it starts later. */
export async function watchWorkers(devtools: CDPSession): Promise<WorkerHeaps> {
  const sessions = new Set<string>();
  const waiting = new Map<number, (result: unknown) => void>();
  let next = 1;
  devtools.on('Target.attachedToTarget', ({ sessionId }) => { sessions.add(sessionId); });
  devtools.on('Target.detachedFromTarget', ({ sessionId }) => { sessions.delete(sessionId); });
  devtools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
    if (id === undefined) return;
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  // not flat: messages to a worker travel inside messages to the page
  await devtools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const ask = async (sessionId: string, method: string): Promise<unknown> => {
    const id = next++;
    const answered = new Promise((resolve) => { waiting.set(id, resolve); });
    await devtools.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) });
    return answered;
  };
  return {
    async heapBytes() {
      let sum = 0;
      for (const session of sessions) {
        for (let i = 0; i < 2; i++) await ask(session, 'HeapProfiler.collectGarbage');
        const { usedSize, backingStorageSize = 0 } = await ask(session, 'Runtime.getHeapUsage') as { usedSize: number; backingStorageSize?: number };
        sum += usedSize + backingStorageSize;
      }
      return sum;
    },
  };
}
