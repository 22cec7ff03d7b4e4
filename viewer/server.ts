/**
 * The local server: hands out the built page and streams one running simulation to whoever looks at it.
 *
 * It listens on the loopback interface only. A page of another site that resolves its own name to 127.0.0.1 carries a
 * foreign Host header, and one that opens our WebSocket carries a foreign Origin: both are refused.
 */
import { access } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { contentSecurityPolicy } from './csp.ts';
import { answer, serveFile } from './server-files.ts';
import type { SessionClient } from './session.ts';

const MAX_PAYLOAD_BYTES = 64 * 1024;
/** Above this, totals are left out: the next ones replace them anyway. */
const BUSY_BYTES = 4 * 1024 * 1024;
/** Above this a page has stopped reading; it is let go, and starts afresh when it comes back. */
const STUCK_BYTES = 64 * 1024 * 1024;
const TRY_AGAIN_LATER = 1013;

/** The page asks for this to learn that a server feeds it; on a static host it runs the world itself. */
export const FEED_FACTS_PATH = '/feed.json';
export const FEED_PATH = '/feed';

export interface ViewerServer {
  /** Address for a person to open, with the port that was really taken. */
  readonly url: string;
  readonly port: number;
  /** Lets every page go and frees the port. */
  close(): Promise<void>;
}

/** Whatever pages can watch: a living world's session, or a salon's. */
export interface Watched {
  join(port: { message(message: { readonly type: string }): void; frame(frame: ArrayBuffer): void }): SessionClient;
}

export interface ServeOptions {
  session: Watched;
  /** Folder of the built page. */
  dist: string;
  /** The page of the folder that the address itself names. */
  page?: 'index.html' | 'salon.html';
  /** 0 takes any free port. */
  port: number;
  host?: '127.0.0.1';
}

/**
 * Serves a session's page.
 * @throws (rejects with) one sentence when the page is not built, or the port is taken or not allowed.
 */
export async function serveViewer({ session, dist, page = 'index.html', port, host = '127.0.0.1' }: ServeOptions): Promise<ViewerServer> {
  await access(join(dist, page)).catch(() => {
    throw new Error(`The viewer's page is not built: ${join(dist, page)} is missing; run \`npm run build\` first.`);
  });

  let hosts: string[] = [];
  let policy = contentSecurityPolicy();
  const isOurHost = (header: string | undefined): boolean => header !== undefined && hosts.includes(header.toLowerCase());
  const isOurOrigin = (header: string | undefined): boolean =>
    header !== undefined && hosts.some((name) => header.toLowerCase() === `http://${name}`);

  const http = createServer((request, response) => {
    response.setHeader('Content-Security-Policy', `${policy}; frame-ancestors 'none'`);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    if (!isOurHost(request.headers.host)) {
      answer(response, 403, `This server answers only to ${hosts.join(', ')}.`);
      return;
    }
    if (request.url === FEED_FACTS_PATH && request.method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end('{"feed":"server"}');
      return;
    }
    if (page !== 'index.html' && request.url !== undefined) request.url = request.url.replace(/^\/(?:index\.html)?(?=$|[?#])/, `/${page}`);
    serveFile(dist, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else answer(response, 500, 'The file could not be read.');
    });
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false });
  http.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    if (!isOurHost(request.headers.host) || !isOurOrigin(request.headers.origin)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (request.url !== FEED_PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => joinPage(session, webSocket));
  });

  await new Promise<void>((listening, failed) => {
    http.once('error', (error: NodeJS.ErrnoException) => failed(new Error(listenProblem(error, host, port))));
    http.listen(port, host, listening);
  });
  const taken = (http.address() as AddressInfo).port;
  hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${taken}`);
  policy = contentSecurityPolicy(hosts.filter((name) => !name.startsWith('[')).map((name) => `ws://${name}`));

  return {
    url: `http://${host}:${taken}/`,
    port: taken,
    close: () => new Promise((closed) => {
      for (const webSocket of sockets.clients) webSocket.terminate();
      sockets.close();
      http.close(() => closed());
      http.closeAllConnections();
    }),
  };
}

/** Joins one page to the session until it leaves. */
function joinPage(session: Watched, webSocket: WebSocket): void {
  const say = (message: { readonly type: string; readonly sentence?: string }): void => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (webSocket.bufferedAmount > STUCK_BYTES) {
      webSocket.close(TRY_AGAIN_LATER, 'The page has stopped reading.');
      return;
    }
    if (message.type === 'totals' && webSocket.bufferedAmount > BUSY_BYTES) return;
    webSocket.send(JSON.stringify(message));
  };
  const client = session.join({
    message: say,
    // Never left out: the page acknowledges each, so at most one is on its way.
    frame: (frame) => {
      if (webSocket.readyState === webSocket.OPEN) webSocket.send(new Uint8Array(frame), { binary: true });
    },
  });
  webSocket.on('message', (data, isBinary) => {
    if (isBinary) {
      say({ type: 'refused', sentence: 'A page speaks JSON text to the simulation, and this message was binary.' });
      return;
    }
    let message: unknown;
    try {
      message = JSON.parse(String(data));
    } catch {
      say({ type: 'refused', sentence: `A message was not JSON: ${JSON.stringify(String(data).slice(0, 60))}.` });
      return;
    }
    client.receive(message);
  });
  // ws closes the socket itself after an error (a message too long, a broken frame); `close` then follows.
  webSocket.on('error', () => undefined);
  webSocket.on('close', () => client.leave());
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${host} is taken by another program; choose another with --port.`;
  if (error.code === 'EACCES') return `Port ${port} on ${host} may not be used without special rights; choose one above 1023 with --port.`;
  return `Port ${port} on ${host} cannot be opened (${error.code ?? error.message}); choose another with --port.`;
}
