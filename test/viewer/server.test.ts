import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { fileOf } from '../../viewer/server-files.ts';
import { serveViewer, type ViewerServer } from '../../viewer/server.ts';
import type { ClientPort, Session } from '../../viewer/session.ts';

/** A machine that is busy is no fault of the server's. */
const PATIENCE = { timeout: 60_000 };

interface Answer { status: number; headers: Record<string, string | string[] | undefined>; body: string }

let folder = '';
let dist = '';
let server: ViewerServer;
let said: unknown[] = [];
const ports: ClientPort[] = [];

/** Greets with a message and a frame, and keeps what it is told. */
const session: Pick<Session, 'join'> = {
  join(port: ClientPort) {
    ports.push(port);
    port.message({ type: 'refused', sentence: 'hello' });
    port.frame(Uint8Array.of(1, 2, 3).buffer);
    return { receive: (message) => void said.push(message), leave: () => void said.push('left') };
  },
};

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((answered, failed) => {
    // `path` goes out as it is: no client tidies `..` away.
    request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => { body += part; });
      response.on('end', () => answered({ status: response.statusCode ?? 0, headers: response.headers, body }));
    }).on('error', failed).end();
  });
}

function open(headers: Record<string, string>, path = '/feed'): Promise<WebSocket | string> {
  return new Promise((opened) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
    socket.once('open', () => opened(socket));
    socket.once('error', (error) => opened(error.message));
  });
}

/** Opens the feed by hand, sends bytes as they are, and answers with the code of the close frame that comes. */
function closeCodeAfter(bytes: Buffer, origin: string): Promise<number> {
  return new Promise((answered, failed) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`GET /feed HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
        + 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
      socket.write(bytes);
    });
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('error', failed);
    socket.on('end', () => {
      const whole = Buffer.concat(parts);
      const close = whole.lastIndexOf(0x88);
      answered(close < 0 ? -1 : whole.readUInt16BE(close + 2));
      socket.end();
    });
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lichen-server-'));
  dist = join(folder, 'dist');
  await mkdir(join(dist, 'assets'), { recursive: true });
  await writeFile(join(dist, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(dist, 'assets', 'a.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  server = await serveViewer({ session: session as Session, dist, port: 0 });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the viewer server', () => {
  it('[V2][L2] hands out the page with a policy that allows nothing inline and nothing evaluated', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(body).toContain('<title>page</title>');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).not.toMatch(/unsafe/);
  });

  it('[V1] refuses a request under a foreign name, so that a rebound name gets nothing', async () => {
    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1:1', `127.0.0.1.evil.example:${server.port}`]) {
      expect((await ask('/', { Host: host })).status, host).toBe(403);
    }
    expect((await ask('/', { Host: `localhost:${server.port}` })).status).toBe(200);
  });

  it('[V2] serves nothing outside the built page', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/../../secret.txt', '/%00', '/%zz', '/none.js', '/assets']) {
      const { status, body } = await ask(path);
      expect(status, path).toBe(404);
      expect(body).not.toContain('secret');
    }
    expect(fileOf(dist, '/..\\secret.txt')).toBeNull();
    expect((await ask('/assets/a.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('[V1] answers GET and HEAD alone', async () => {
    expect(await ask('/', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect((await ask('/', {}, 'POST')).status).toBe(405);
  });

  it('[V1] opens the feed to its own page only', async () => {
    const own = `http://127.0.0.1:${server.port}`;
    expect(await open({})).toMatch(/403/);
    expect(await open({ Origin: 'http://evil.example' })).toMatch(/403/);
    expect(await open({ Origin: `https://127.0.0.1:${server.port}` })).toMatch(/403/);
    expect(await open({ Origin: own, Host: `evil.example:${server.port}` })).toMatch(/403/);
    expect(await open({ Origin: own }, '/other')).toMatch(/404/);
    const socket = await open({ Origin: own });
    expect(socket).toBeInstanceOf(WebSocket);
    (socket as WebSocket).close();
    await expect.poll(() => said, PATIENCE).toEqual(['left']);
  });

  it('[V3] refuses what is not JSON and goes on; what is too long ends the connection', async () => {
    said = [];
    const socket = await open({ Origin: `http://localhost:${server.port}` }) as WebSocket;
    const heard: unknown[] = [];
    const until = (count: number): Promise<void> => new Promise((enough) => {
      socket.on('message', (data, isBinary) => {
        const isGreeting = String(data).includes('"hello"');
        if (!isBinary && !isGreeting) heard.push(JSON.parse(String(data)));
        if (heard.length >= count) enough();
      });
    });
    const refusals = until(2);
    socket.send('{not json');
    socket.send(Uint8Array.of(1));
    await refusals;
    expect(heard).toEqual([
      { type: 'refused', sentence: 'A message was not JSON: "{not json".' },
      { type: 'refused', sentence: expect.stringContaining('binary') },
    ]);
    socket.send('{"type":"play"}');
    const closed = new Promise((gone) => socket.once('close', gone));
    socket.send(`"${'x'.repeat(70_000)}"`);
    await closed;
    await expect.poll(() => said, PATIENCE).toEqual([{ type: 'play' }, 'left']);
  });

  it('[V3] ends a connection that forges frames with a reason, and goes on for others', async () => {
    const own = `http://127.0.0.1:${server.port}`;
    const bystander = await open({ Origin: own }) as WebSocket;
    const forged: [string, Buffer, number][] = [
      ['not masked', Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002],
      ['of a kind that there is not', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
      ['with bits that mean nothing', Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), 1002],
      ['a terabyte long, it says', Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
      ['of text that is none', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]), 1007],
    ];
    for (const [what, bytes, code] of forged) {
      said = [];
      expect(await closeCodeAfter(bytes, own), what).toBe(code);
      await expect.poll(() => said, { ...PATIENCE, message: what }).toEqual(['left']);
    }
    bystander.send('{"type":"pause"}');
    await expect.poll(() => said, PATIENCE).toEqual(['left', { type: 'pause' }]);
    bystander.close();
    await expect.poll(() => said, PATIENCE).toEqual(['left', { type: 'pause' }, 'left']);
  });

  it('[V13] lets a page go that has stopped reading, before what it is owed grows without bound', async () => {
    said = [];
    const own = `http://127.0.0.1:${server.port}`;
    const deaf = await open({ Origin: own }) as WebSocket;
    deaf.pause();
    const text = 'x'.repeat(1 << 20);
    let sent = 0;
    while (!said.includes('left') && sent < 400) {
      ports.at(-1)!.message({ type: 'refused', sentence: text });
      sent++;
      await new Promise((next) => { setImmediate(next); });
    }
    // 64 MiB and what the system holds on the way
    expect(sent).toBeGreaterThan(60);
    const closed = new Promise((gone) => deaf.once('close', gone));
    deaf.resume();
    expect(await closed).toBe(1013);
    await expect.poll(() => said, PATIENCE).toEqual(['left']);
  });

  it('says in one sentence that a port is taken, or that the page is not built', async () => {
    await expect(serveViewer({ session: session as Session, dist, port: server.port })).rejects
      .toThrow(`Port ${server.port} on 127.0.0.1 is taken by another program; choose another with --port.`);
    await expect(serveViewer({ session: session as Session, dist: folder, port: 0 })).rejects.toThrow(/not built: .*index\.html is missing; run `npm run build` first\./);
  });
});
