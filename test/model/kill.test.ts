import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tape } from '../../agents/model/tape.ts';
import { completion } from './fault-server.ts';

const SLOTS = 50;
/** From the first call on; then those who are here are answered, and the test fails by their number. Less than the minute after which a call is given up. */
const GATHERED_WITHIN_MS = 50_000;

/** Answers nobody before fifty wait at once, then each after a while that differs from request to request, each time in other words, and knows which answers have certainly arrived. */
interface CountingServer { url: string; gathered: Promise<void>; asked: Map<number, number>; delivered: Set<string>; arrived: Set<string>; inFlight: number; most: number }

let server: Server;
let counts: CountingServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-kill-'));
  const lastOf = new WeakMap<Socket, string>();
  let patience: NodeJS.Timeout | undefined;
  let allAreHere = (): void => undefined;
  const gathered = new Promise<void>((resolve) => { allAreHere = resolve; });
  server = createServer((request, response) => {
    if (request.method === 'GET') { response.end(JSON.stringify({ data: [{ id: 'tester' }] })); return; }
    // who asks again on a connection has read the answer before it to the end
    const before = lastOf.get(request.socket);
    if (before !== undefined) counts.arrived.add(before);
    counts.most = Math.max(counts.most, ++counts.inFlight);
    if (counts.inFlight >= SLOTS) allAreHere();
    else patience ??= setTimeout(allAreHere, GATHERED_WITHIN_MS).unref();
    let body = '';
    request.on('data', (part: Buffer) => { body += part.toString(); });
    request.on('end', () => {
      const task = Number(/task (\d+)/.exec(body)?.[1]);
      const times = (counts.asked.get(task) ?? 0) + 1;
      counts.asked.set(task, times);
      void counts.gathered.then(() => setTimeout(() => {
        const text = `reply ${task} number ${times}`;
        response.on('finish', () => {
          counts.delivered.add(text);
          lastOf.set(request.socket, text);
        });
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion(text)));
      }, 20 + (task * 7) % 40));
    });
    response.on('close', () => { counts.inFlight -= 1; });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  counts = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, gathered, asked: new Map(), delivered: new Set(), arrived: new Set(), inFlight: 0, most: 0 };
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

interface Used { task: number; value: string }

/** Runs the child until it has used so many replies and some milliseconds have passed, then kills it; without a number to its end. */
async function run(file: string, tasks: number, kill?: { after: number; ms: number }): Promise<Used[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', new URL('./kill-child.ts', import.meta.url).pathname, counts.url, file, String(SLOTS), String(tasks)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const used: Used[] = [];
  let timer: NodeJS.Timeout | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    used.push(JSON.parse(line) as Used);
    if (kill !== undefined && timer === undefined && used.length >= kill.after) timer = setTimeout(() => child.kill('SIGKILL'), kill.ms);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.on('close', (...how) => resolve(how)));
  expect([code, signal]).toEqual(kill === undefined ? [0, null] : [null, 'SIGKILL']);
  // its connections are known to be dead before another child's are counted
  await expect.poll(() => counts.inFlight).toBe(0);
  return used;
}

/** The texts in a cassette, as a replay would find them. */
function textsIn(file: string): Set<string> {
  const tape = new Tape(file);
  const lines = readFileSync(file).subarray(0, tape.wholeBytes).toString().trim().split('\n').slice(1);
  tape.close();
  return new Set(lines.flatMap((line) => {
    const { reply } = JSON.parse(line) as { reply?: { text: string } };
    return reply === undefined ? [] : [reply.text];
  }));
}

test('[L3][M10] killed at any moment with fifty calls in flight, a run loses no reply that it had received, and goes on with the rest alone', async () => {
  const file = join(folder, 'cassette.jsonl');
  const known = new Map<number, string>();
  let unread = 0;
  for (const kill of [{ after: 1, ms: 0 }, { after: 40, ms: 3 }, { after: 300, ms: 11 }, { after: 700, ms: 26 }, { after: 900, ms: 47 }]) {
    const used = await run(file, 100_000, kill);
    const held = textsIn(file);
    // whatever was used, and whatever the server knows to have been read to the end
    for (const { value } of used) expect(held).toContain(value);
    for (const text of counts.arrived) expect(held).toContain(text);
    // what had left the server for a connection that died unread: at most one a connection, and usually written down too
    unread += [...counts.delivered].filter((text) => !held.has(text)).length;
    // a reply that is held is given again, never asked again
    for (const { task, value } of used) {
      if (known.has(task)) expect(value).toBe(known.get(task));
      known.set(task, value);
    }
    // forget what died with the connections
    for (const text of counts.delivered) if (!held.has(text)) counts.delivered.delete(text);
  }
  expect(counts.most, 'calls that were in flight at once').toBe(SLOTS);
  expect(unread).toBeLessThanOrEqual(5 * SLOTS);
  const held = textsIn(file);
  const tasks = Math.max(...counts.asked.keys()) + 20;
  const heldTasks = new Set([...held].map((text) => Number(/reply (\d+)/.exec(text)?.[1])));
  const before = new Map(counts.asked);
  const all = await run(file, tasks);
  expect(all.length).toBe(tasks);
  for (let task = 0; task < tasks; task++) {
    expect((counts.asked.get(task) ?? 0) - (before.get(task) ?? 0)).toBe(heldTasks.has(task) ? 0 : 1);
  }
  for (const { task, value } of all) if (known.has(task)) expect(value).toBe(known.get(task));
});
