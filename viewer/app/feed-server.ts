import type { ClientMessage, FeedHandlers, ServerMessage } from '../protocol.ts';

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8000;

/** What a page does with what it hears, and what it can do to be heard; for whatever the two sides speak. */
export type ServerFeedHandlers<Heard> = Omit<FeedHandlers, 'onMessage'> & { onMessage(message: Heard): void };
export interface ServerFeed<Said> { send(message: Said): void; close(): void }

/** Where the server that handed out this page feeds it. */
export function feedAddress(): string {
  return new URL('./feed', location.href.replace(/^http/, 'ws')).href.split(/[?#]/, 1)[0] ?? '';
}

/** A feed over a WebSocket to the server that handed out the page; when it breaks it is opened again, with growing patience. */
export function connectServer<Said = ClientMessage, Heard = ServerMessage>(address: string, handlers: ServerFeedHandlers<Heard>): ServerFeed<Said> {
  let socket: WebSocket | null = null;
  let waitMs = FIRST_WAIT_MS;
  let timer = 0;
  let closed = false;

  const open = (): void => {
    const opening = new WebSocket(address);
    opening.binaryType = 'arraybuffer';
    socket = opening;
    opening.addEventListener('open', () => {
      waitMs = FIRST_WAIT_MS;
      handlers.onState('open');
    });
    opening.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') handlers.onMessage(JSON.parse(data) as Heard);
      else handlers.onFrame(data);
    });
    opening.addEventListener('close', () => {
      if (closed) return;
      handlers.onState('lost');
      timer = window.setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
  };
  open();

  return {
    send(message: Said): void {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close(): void {
      closed = true;
      window.clearTimeout(timer);
      socket?.close();
    },
  };
}
