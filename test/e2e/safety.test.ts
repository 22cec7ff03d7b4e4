import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { launchBrowser } from './browser.ts';
import { openWorld, PATIENCE, type WorldOnPage } from './live-page.ts';

let world: WorldOnPage;
let page: Page;
let port: number;

beforeAll(async () => {
  world = await openWorld({ ticks: 10, lab: { parameters: { size: 64, founders: 60, capacity: 300 } } });
  ({ page } = world);
  port = world.live.server.port;
});
afterAll(() => world?.close());

/** What the server answers to bytes of one's own: no client tidies them. */
const said = (bytes: string): Promise<string> => new Promise((answered, failed) => {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes.replaceAll('\n', '\r\n')));
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => { text += part; });
  socket.on('error', failed);
  socket.on('close', () => answered(text));
});
const status = (path: string, headers: Record<string, string> = {}): Promise<number> => new Promise((answered, failed) => {
  request({ host: '127.0.0.1', port, path, headers }, (response) => {
    response.resume();
    answered(response.statusCode ?? 0);
  }).on('error', failed).end();
});
const refusal = (headers: Record<string, string>): Promise<string> => new Promise((settled) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/feed`, { headers });
  socket.once('open', () => { settled('open'); socket.close(); });
  socket.once('error', (error) => settled(error.message));
});

describe('the server of a live world', () => {
  it('[V1] answers its own names alone', async () => {
    expect(await status('/')).toBe(200);
    expect(await status('/', { Host: 'lichen.example' })).toBe(403);
    expect(await status('/feed.json', { Host: `lichen.example:${port}` })).toBe(403);
    expect(await status('/', { Host: '127.0.0.1' })).toBe(403);
    expect(await said('GET / HTTP/1.0\n\n')).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('[V1] lets no page of another origin at the world, nor one whose own name leads here', async () => {
    const ours = world.live.server.url.replace(/\/$/, '');
    for (const origin of ['http://lichen.example', 'null', `https://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`, `${ours}.lichen.example`]) expect(await refusal({ Origin: origin }), origin).toMatch(/403/);
    expect(await refusal({})).toMatch(/403/);
    expect(await refusal({ Origin: `http://lichen.example:${port}`, Host: `lichen.example:${port}` })).toMatch(/403/);
    expect(await refusal({ Origin: ours, Host: `lichen.example:${port}` })).toMatch(/403/);
    expect(await refusal({ Origin: ours })).toBe('open');
    expect(world.record).toEqual([]);
  });

  it('[V1] a forged handshake opens nothing, and what runs goes on', async () => {
    const key = 'Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n';
    const forged = (host: string, origin: string): Promise<string> => said(`GET /feed HTTP/1.1\nHost: ${host}\n${origin}Connection: Upgrade\nUpgrade: websocket\n${key}\n`);
    expect(await forged(`127.0.0.1:${port}`, '')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await forged(`127.0.0.1:${port}`, 'Origin: http://lichen.example\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await forged(`lichen.example:${port}`, `Origin: http://127.0.0.1:${port}\n`)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await said(`GET /feed HTTP/1.1\nHost: 127.0.0.1:${port}\nOrigin: http://127.0.0.1:${port}\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: short\n\n`)).toMatch(/^HTTP\/1\.1 400 /);
    const before = world.tick();
    await world.pass(1);
    expect(world.tick()).toBe(before + 1);
  });

  it('[V2] serves nothing beside the page, however the way out of it is spelt', async () => {
    const ways = ['/../package.json', '/..%2fpackage.json', '/assets/../../package.json', '/%2e%2e/%2e%2e/etc/passwd', '/..\\package.json', '/assets/..%5c..%5cpackage.json', '//etc/passwd', '/%00', '/assets/%2e%2e%2f%2e%2e%2fpackage.json', '/.git/config', '/%c0%ae%c0%ae/package.json'];
    for (const path of ways) {
      const answer = await said(`GET ${path} HTTP/1.1\nHost: 127.0.0.1:${port}\nConnection: close\n\n`);
      expect(answer, path).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(answer, path).not.toMatch(/lichen-lab|root:|\[core\]/);
    }
    expect(await said(`POST / HTTP/1.1\nHost: 127.0.0.1:${port}\nConnection: close\nContent-Length: 0\n\n`)).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('[V1] is bound to the loopback only', async () => {
    const outside = Object.values(networkInterfaces()).flatMap((each) => each ?? []).filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outside) {
      const reached = await new Promise<boolean>((settled) => {
        const socket = connect({ host: address, port }, () => { socket.destroy(); settled(true); });
        socket.on('error', () => settled(false));
      });
      expect(reached, address).toBe(false);
    }
    expect(new URL(world.live.server.url).hostname).toBe('127.0.0.1');
  });
});

describe('a real browser', () => {
  it('[V1] on a page of another origin cannot open the feed, nor read what the server says', async () => {
    const stranger = await world.browser.newPage();
    await stranger.goto('data:text/html,<title>stranger</title>');
    const outcome = await stranger.evaluate(async (at) => ({
      socket: await new Promise<string>((settled) => {
        const socket = new window.WebSocket(`ws://127.0.0.1:${at}/feed`);
        socket.onopen = () => settled('open');
        socket.onerror = () => settled('refused');
      }),
      read: await fetch(`http://127.0.0.1:${at}/feed.json`).then((response) => response.text(), () => 'refused'),
      opaque: await fetch(`http://127.0.0.1:${at}/feed.json`, { mode: 'no-cors' }).then(({ type }) => type, () => 'refused'),
    }), port);
    expect(outcome).toEqual({ socket: 'refused', read: 'refused', opaque: 'refused' });
    await stranger.close();
  });

  it('[V1] whose name server says that a stranger\'s name is this machine gets nothing under that name', async () => {
    const rebound = await launchBrowser({ args: ['--host-resolver-rules=MAP lichen.example 127.0.0.1'] });
    const stranger = await rebound.newPage();
    const answer = await stranger.goto(`http://lichen.example:${port}/`);
    expect(answer?.status()).toBe(403);
    const outcome = await stranger.evaluate(async () => ({
      socket: await new Promise<string>((settled) => {
        const socket = new window.WebSocket(`ws://${location.host}/feed`);
        socket.onopen = () => settled('open');
        socket.onerror = () => settled('refused');
      }).catch(() => 'refused'),
      facts: await fetch('/feed.json').then(({ status: code }) => code, () => 403),
    }));
    expect(outcome).toEqual({ socket: 'refused', facts: 403 });
    await rebound.close();
  });

  it('[V2] lets the page load and run itself alone: nothing inline, nothing evaluated, nothing from elsewhere, in no frame', async () => {
    const before = world.complaints.length;
    const directives = ['connect-src', 'frame-src', 'img-src', 'script-src-attr', 'script-src-elem', 'style-src-elem'];
    const tried = await page.evaluate(async ({ at, wanted, patience }) => {
      const broken: string[] = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => broken.push(effectiveDirective));
      const global = window as unknown as { ran?: string };
      const add = (tag: string, fields: object): void => { document.body.append(Object.assign(document.createElement(tag), fields)); };
      add('script', { textContent: 'window.ran = "inline"' });
      add('script', { src: 'data:text/javascript,window.ran="data"' });
      add('script', { src: `http://localhost:${at + 1}/x.js` });
      add('div', { innerHTML: '<img src="x:" onerror="window.ran=\'handler\'">' });
      add('iframe', { src: 'https://lichen.example/' });
      add('img', { src: 'https://lichen.example/x.png' });
      add('link', { rel: 'stylesheet', href: 'https://lichen.example/x.css' });
      // on the page's own stack: what a debugger asks for is let through
      const evaluated = await new Promise<string>((settled) => {
        setTimeout(() => {
          try {
            settled(String((window as unknown as Record<string, (text: string) => unknown>)['eval']!('1 + 1')));
          } catch {
            settled('refused');
          }
        }, 0);
      });
      const fetched = await fetch('https://lichen.example/').then(() => 'open', () => 'refused');
      const socket = await new Promise<string>((settled) => {
        try {
          const other = new window.WebSocket('wss://lichen.example/');
          other.onopen = () => settled('open');
          other.onerror = () => settled('refused');
        } catch {
          settled('refused');
        }
      });
      // the browser tells of each when it comes to it
      for (const end = Date.now() + patience; Date.now() < end && !wanted.every((directive) => broken.includes(directive));) await new Promise((later) => { setTimeout(later, 20); });
      return { ran: global.ran ?? 'nothing', evaluated, fetched, socket, broken: [...new Set(broken)].sort() };
    }, { at: port, wanted: directives, patience: PATIENCE.timeout });
    expect(tried).toMatchObject({ ran: 'nothing', evaluated: 'refused', fetched: 'refused', socket: 'refused' });
    for (const directive of directives) expect(tried.broken, directive).toContain(directive);
    // each was a complaint of the browser's; before that the page gave no cause for one
    expect(before).toBe(0);
    // a page of this machine's, so that it is our policy that keeps it out, and no other of the browser's
    const neighbour = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(`<iframe src="http://127.0.0.1:${port}/"></iframe>`));
    await new Promise<void>((listening) => { neighbour.listen(0, '127.0.0.1', listening); });
    const frame = await world.browser.newPage();
    const [refused] = await Promise.all([frame.waitForEvent('requestfailed'), frame.goto(`http://127.0.0.1:${(neighbour.address() as AddressInfo).port}/`)]);
    expect([refused.url(), refused.failure()?.errorText]).toEqual([world.live.server.url, 'net::ERR_BLOCKED_BY_RESPONSE']);
    neighbour.close();
    await frame.close();
  });
});
