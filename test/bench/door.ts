/**
 * What the door costs beyond the model: `npm run bench door`. The model is a server on the loopback in a process of its
 * own. (1) Time a call with 8 in flight, against a plain fetch of the same bodies in turn with it. (2) Throughput with 16
 * slots against answers that take a fixed 50 ms, recording on. (3) Memory over 100,000 calls with recording on.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { languagePrompt } from '../../agents/instincts/describe.ts';
import { openDoor, type ModelDoor } from '../../agents/model/door.ts';
import { createModelService, type OpenModelService } from '../../agents/model/service.ts';
import type { ModelRequest } from '../../agents/model/contract.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { median } from './statistics.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-bench-door-'));
const system = languagePrompt(meadow.vocabulary);
const requestOf = (i: number): ModelRequest => ({
  messages: [{ role: 'system', content: system }, { role: 'user', content: `Write a child of this program, number ${i}:\nwhen energy > 40 -> reproduce\notherwise -> climb grass` }],
  maxTokens: 160, temperature: 0.8, seed: i,
});

async function startServer(delayMs: number): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['--import', 'tsx', new URL('./door-server.ts', import.meta.url).pathname, String(delayMs)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  for await (const line of createInterface({ input: child.stdout! })) return { url: `http://127.0.0.1:${line}/v1`, child };
  throw new Error('The server of the benchmark did not start.');
}

const open = (url: string, slots: number): Promise<ModelDoor> => openDoor({ model: 'bench', slots, env: { OPENAI_BASE_URL: url, LICHEN_GRAMMAR: 'off' } });

let serial = 0;
const perform = (service: OpenModelService): Promise<unknown> => {
  const i = serial++;
  return service.perform({ role: 'operator', kind: 'write', due: Math.floor(i / 8), request: requestOf(i), read: ({ text }) => ({ value: text }) });
};

async function fetchPlainly(url: string): Promise<unknown> {
  const { messages, maxTokens, temperature, seed } = requestOf(serial++);
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', messages, stream: false, max_tokens: maxTokens, temperature, seed }),
  });
  return await response.json();
}

interface Taken { wallMs: number; cpuMs: number }

/** Makes calls with so many in flight; milliseconds a call on the clock, and of this process's processor time. */
async function take(calls: number, inFlight: number, one: () => Promise<unknown>): Promise<Taken> {
  let left = calls;
  const worker = async (): Promise<void> => { while (left-- > 0) await one(); };
  const began = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(Array.from({ length: inFlight }, worker));
  const { user, system: kernel } = process.cpuUsage(cpu);
  return { wallMs: (performance.now() - began) / calls, cpuMs: (user + kernel) / 1000 / calls };
}

async function benchOverhead(): Promise<void> {
  const { url, child } = await startServer(0);
  const plain = createModelService({ doors: [await open(url, 8)] });
  const recording = createModelService({ doors: [await open(url, 8)], record: { file: join(folder, 'overhead.jsonl') } });
  for (const one of [() => fetchPlainly(url), () => perform(plain), () => perform(recording)]) await take(600, 8, one);
  const rounds = Array.from({ length: 11 }, () => 400);
  const taken: Record<'fetch' | 'plain' | 'recording', Taken[]> = { fetch: [], plain: [], recording: [] };
  for (const calls of rounds) {
    taken.fetch.push(await take(calls, 8, () => fetchPlainly(url)));
    taken.plain.push(await take(calls, 8, () => perform(plain)));
    taken.recording.push(await take(calls, 8, () => perform(recording)));
  }
  console.log('framework time a call beyond a plain fetch, 8 in flight, in ms (target: at most 2); medians of 11 paired rounds of 400');
  console.log('                on the clock    of the processor   (a plain fetch: clock, processor)');
  for (const kind of ['plain', 'recording'] as const) {
    const more = (what: keyof Taken): number => median(taken[kind].map((one, i) => one[what] - taken.fetch[i]![what]));
    const bare = (what: keyof Taken): number => median(taken.fetch.map((one) => one[what]));
    console.log(`${kind.padEnd(14)}${more('wallMs').toFixed(3).padStart(13)}${more('cpuMs').toFixed(3).padStart(20)}          ${bare('wallMs').toFixed(3)}, ${bare('cpuMs').toFixed(3)}`);
  }
  await plain.close();
  await recording.close();
  child.disconnect();
}

async function benchThroughput(): Promise<void> {
  const delayMs = 50;
  const slots = 16;
  const { url, child } = await startServer(delayMs);
  const service = createModelService({ doors: [await open(url, slots)], record: { file: join(folder, 'throughput.jsonl') } });
  const ideal = slots / (delayMs / 1000);
  await take(160, 2 * slots, () => perform(service));
  console.log(`calls a second against a fixed ${delayMs} ms with ${slots} slots, recording on; ideal ${ideal} (target: at least 95 %)`);
  const ways = [
    { name: 'a queue of four times the slots', waiting: 4 * slots, one: () => perform(service), rates: [] as number[] },
    { name: 'no queue: each asks again when answered', waiting: slots, one: () => perform(service), rates: [] as number[] },
    { name: 'plain fetch, 16 in flight', waiting: slots, one: () => fetchPlainly(url), rates: [] as number[] },
  ];
  for (let round = 0; round < 7; round++) {
    for (const { waiting, one, rates } of ways) {
      // of rounds with an end the last calls have nobody behind them; long rounds keep that small
      const { wallMs } = await take(1600, waiting, one);
      rates.push(1000 / wallMs);
    }
  }
  for (const { name, rates } of ways) {
    console.log(`${name.padEnd(40)} ${median(rates).toFixed(0).padStart(4)} a second, ${(100 * median(rates) / ideal).toFixed(1)} % of the ideal (least ${(100 * Math.min(...rates) / ideal).toFixed(1)} %, best ${(100 * Math.max(...rates) / ideal).toFixed(1)} %)`);
  }
  await service.close();
  child.disconnect();
}

async function benchMemory(): Promise<void> {
  const { url, child } = await startServer(0);
  const file = join(folder, 'memory.jsonl');
  const service = createModelService({ doors: [await open(url, 16)], record: { file }, budget: { calls: 1e9 } });
  let events = 0;
  service.events$.subscribe(() => { events += 1; });
  const measure = async (): Promise<number> => {
    for (let i = 0; i < 4; i++) {
      global.gc!();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 2 ** 20;
  };
  console.log('memory after collection, in MiB, recording on (target: flat)');
  let made = 0;
  const at: Record<number, number> = {};
  for (const calls of [1_000, 10_000, 20_000, 50_000, 100_000]) {
    await take(calls - made, 32, () => perform(service));
    made = calls;
    at[calls] = await measure();
    console.log(`${String(calls).padStart(8)} calls ${at[calls].toFixed(2).padStart(8)}   (resident ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)}, cassette ${(statSync(file).size / 2 ** 20).toFixed(0)})`);
  }
  console.log(`from 10,000 to 100,000 calls: ${((at[100_000]! - at[10_000]!) * 1024).toFixed(0)} KiB, ${((at[100_000]! - at[10_000]!) * 2 ** 20 / 90_000).toFixed(1)} bytes a call; ${events} events`);
  await service.close();
  child.disconnect();
}

const asked = process.argv.slice(2);
const parts = { overhead: benchOverhead, throughput: benchThroughput, memory: benchMemory };
try {
  for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await part();
} finally {
  rmSync(folder, { recursive: true });
}
