import type { ClientMessage, Feed, FeedHandlers, ServerMessage } from '../protocol.ts';

/**
 * A feed from a simulation in this page, in a worker of its own: no server is needed.
 * @param start what to run: the address's search parameters (`world`, `seed`, …).
 */
export function startWorker(start: Record<string, string>, handlers: FeedHandlers): Feed {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'simulation' });
  worker.addEventListener('message', ({ data }: MessageEvent<ServerMessage | ArrayBuffer>) => {
    if (data instanceof ArrayBuffer) handlers.onFrame(data);
    else handlers.onMessage(data);
  });
  worker.addEventListener('error', (event) => {
    handlers.onMessage({ type: 'finished', sentence: `The simulation in this page stopped: ${event.message || 'its program could not be loaded'}.` });
    handlers.onState('lost');
  });
  worker.postMessage({ start });
  handlers.onState('open');
  return {
    send(message: ClientMessage): void {
      worker.postMessage(message);
    },
    close(): void {
      worker.terminate();
    },
  };
}
