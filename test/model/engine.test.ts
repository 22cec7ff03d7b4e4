import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDoor, type ModelDoor, type ModelRequest } from '../../agents/model/door.ts';
import { startEngine, type Engine } from '../../agents/model/engine.ts';
import type { EngineWork } from '../../agents/model/engine-protocol.ts';
import { writeTinyGguf } from './tiny-gguf.ts';

const request: ModelRequest = { messages: [{ role: 'system', content: 'You write.' }, { role: 'user', content: 'Write a word.' }], maxTokens: 16, temperature: 1, seed: 5 };
const grammar = 'root ::= "when " sense " " [<>] " " num " -> " act\nsense ::= "energy" | "grass.here"\nnum ::= [0-9] | [1-9] [0-9]\nact ::= "eat" | "flee" | "rest"';
/** Never ends by itself. */
const endless = 'root ::= [a-z] root';
const obeys = /^when (energy|grass\.here) [<>] (\d|[1-9]\d) -> (eat|flee|rest)$/;

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-engine-'));
  file = join(folder, 'tiny.gguf');
  writeTinyGguf(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the real llama.cpp on a tiny model', () => {
  let door: ModelDoor;
  beforeAll(async () => { door = await openDoor({ model: file, slots: 4, threads: 1, env: {} }); });
  afterAll(() => door.close());

  test('is a door like any other', async () => {
    expect(door).toMatchObject({ model: 'tiny', where: 'embedded', slots: 4, grammar: true });
    const reply = await door.complete(request);
    expect(reply.model).toBe('tiny');
    expect(reply.promptTokens).toBeGreaterThan(20);
    expect(reply.completionTokens).toBeLessThanOrEqual(16);
    expect(reply.finish).toBe(reply.completionTokens === 16 ? 'length' : 'stop');
  });

  test('[M2] a reply under a grammar obeys it, for every seed', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, (_, seed) => door.complete({ ...request, grammar, seed, maxTokens: 64 })));
    for (const { text, finish } of replies) {
      expect(text).toMatch(obeys);
      expect(finish).toBe('stop');
    }
    expect(new Set(replies.map((reply) => reply.text)).size).toBeGreaterThan(3);
  });

  test('a grammar that is cut by the length says so', async () => {
    expect((await door.complete({ ...request, grammar, maxTokens: 3 })).finish).toBe('length');
  });

  test('[M3] the same seed alone gives the same text twice, and another seed another', async () => {
    const first = await door.complete(request);
    expect((await door.complete(request)).text).toBe(first.text);
    expect((await door.complete({ ...request, seed: 6 })).text).not.toBe(first.text);
  });

  test('[M3] temperature zero takes the likeliest token whatever the seed', async () => {
    const cold = { ...request, temperature: 0 };
    expect((await door.complete({ ...cold, seed: 1 })).text).toBe((await door.complete({ ...cold, seed: 2 })).text);
  });

  test('slots run side by side and more requests than slots wait their turn', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => (
      door.complete({ ...request, messages: [{ role: 'user', content: `Number ${i}` }], grammar: `root ::= "${i}!"`, maxTokens: 8 })
    )));
    expect(replies.map((reply) => reply.text)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}!`));
  });

  test('probabilities are logarithms: finite, at most zero, best first, and they sum to one', async () => {
    const { logprobs, text } = await door.complete({ ...request, grammar: 'root ::= [abc]', topLogprobs: 20 });
    expect(logprobs?.map((one) => one.token).join('')).toBe(text);
    for (const { logprob, top } of logprobs ?? []) {
      expect(Number.isFinite(logprob) && logprob <= 0).toBe(true);
      expect(top.every((one) => Number.isFinite(one.logprob) && one.logprob <= 0)).toBe(true);
      expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).sort((a, b) => b - a));
      // The grammar leaves six tokens (each letter as a letter and as a byte), so the list is the whole distribution.
      expect(top.reduce((sum, one) => sum + Math.exp(one.logprob), 0)).toBeCloseTo(1, 4);
    }
  });

  test('without a grammar they are of the whole vocabulary, and the temperature changes what is drawn but not them', async () => {
    const judge = (temperature: number, seed: number) => door.complete({ ...request, temperature, seed, maxTokens: 1, topLogprobs: 20 });
    const cold = (await judge(0, 1)).logprobs?.[0];
    const top = cold?.top.map((one) => one.logprob) ?? [];
    expect(top).toHaveLength(20);
    expect(top).toEqual([...top].sort((a, b) => b - a));
    const sum = top.reduce((all, one) => all + Math.exp(one), 0);
    // Random weights are far from sure: twenty of three hundred tokens are not all of it.
    expect(sum).toBeGreaterThan(0.05);
    expect(sum).toBeLessThan(0.99);
    expect(cold).toMatchObject({ token: cold?.top[0]?.token, logprob: top[0] });
    for (const [temperature, seed] of [[0.5, 1], [1, 2], [1.7, 3]] as const) {
      const warm = (await judge(temperature, seed)).logprobs?.[0]?.top.map((one) => one.logprob) ?? [];
      for (const [i, one] of warm.entries()) expect(one).toBeCloseTo(top[i] ?? NaN, 3);
    }
  });

  test('[L2] the marks of the chat template inside a message are plain characters', async () => {
    const count = async (content: string) => (await door.complete({ ...request, messages: [{ role: 'user', content }], maxTokens: 1 })).promptTokens;
    const bare = await count('');
    expect(await count('<|im_end|>')).toBe(bare + '<|im_end|>'.length);
    expect(await count('</s>')).toBe(bare + '</s>'.length);
  });

  test.each([
    ['a grammar that is none', { grammar: 'root ::= (' }, /400: The decoding grammar cannot be read/],
    ['a prompt that is too long', { messages: [{ role: 'user' as const, content: 'x'.repeat(5000) }] }, /prompt has 50\d\d tokens and asks for 16 more, but the context holds 2048: shorten the prompt/],
  ])('%s is refused in a sentence, and the next request works', async (_, change, sentence) => {
    await expect(door.complete({ ...request, ...change })).rejects.toMatchObject({ kind: 'refused', message: expect.stringMatching(sentence) as string });
    expect((await door.complete({ ...request, grammar: 'root ::= "ok"' })).text).toBe('ok');
  });

  test('an abort ends the request, waiting or at work, and frees its slot', async () => {
    const stop = new AbortController();
    const many = Array.from({ length: 8 }, (_, seed) => door.complete({ ...request, seed, grammar: endless, maxTokens: 1900 }, stop.signal));
    setTimeout(() => stop.abort(), 30);
    for (const one of await Promise.allSettled(many)) expect(one).toMatchObject({ status: 'rejected', reason: { kind: 'cancelled' } });
    expect((await door.complete({ ...request, grammar: 'root ::= "free"' })).text).toBe('free');
  });
});

describe('prompts that begin alike', () => {
  const kinds = ['You write programs. '.repeat(12), 'You think for an organism. '.repeat(9), 'You judge what is shown. '.repeat(10)];
  const work = (kind: number, say: string): EngineWork => ({
    messages: [{ role: 'system', content: kinds[kind] ?? '' }, { role: 'user', content: say }],
    grammar: undefined, maxTokens: 12, temperature: 1, seed: 3, topLogprobs: undefined,
  });
  const open = (slots: number, atOnce: number) => startEngine({ path: file, slots, atOnce, threads: 1, contextTokens: 2048, loadTimeoutMs: 60_000 });
  const system = (kind: number) => (kinds[kind] ?? '').length;

  test('read what they share once for each kind, though there are more kinds than slots', async () => {
    const engine = await open(2, 1);
    for (const kind of [0, 1, 2]) expect((await engine.write(work(kind, 'first'))).keptTokens).toBeLessThan(20);
    for (const kind of [0, 1, 2, 1, 0, 2, 2]) expect((await engine.write(work(kind, `then ${kind}`))).keptTokens).toBeGreaterThan(system(kind));
    engine.close();
  });

  test('share what one slot has read with another', async () => {
    const engine = await open(2, 2);
    await engine.write(work(0, 'first'));
    const both = await Promise.all([engine.write(work(0, 'second')), engine.write(work(0, 'third'))]);
    for (const { keptTokens } of both) expect(keptTokens).toBeGreaterThan(system(0));
    engine.close();
  });

  test('[M3] have the same reply from a fresh slot, a used one and the shelf', async () => {
    const engine = await open(1, 1);
    const fresh = await engine.write(work(0, 'the same'));
    const used = await engine.write(work(0, 'the same'));
    await engine.write(work(1, 'something else'));
    const shelved = await engine.write(work(0, 'the same'));
    expect(used.keptTokens).toBe(used.promptTokens - 1);
    expect(shelved.keptTokens).toBeGreaterThan(system(0));
    expect([used.text, shelved.text]).toEqual([fresh.text, fresh.text]);
    engine.close();
  });

  test('longer than a piece are read whole, and a cancelled one leaves its slot at the next piece', async () => {
    const engine = await open(1, 1);
    const long = work(0, 'x'.repeat(1500));
    const stop = new AbortController();
    // it would go on writing for long enough that it is not done before it is cancelled, however late that is
    const lost = engine.write({ ...long, grammar: endless, maxTokens: 200 }, stop.signal);
    setTimeout(() => stop.abort(), 5);
    await expect(lost).rejects.toMatchObject({ kind: 'cancelled' });
    const { promptTokens, completionTokens } = await engine.write(long);
    expect(promptTokens).toBeGreaterThan(1500 + system(0));
    expect(completionTokens).toBeGreaterThan(0);
    engine.close();
  });

  test('leave no file behind, nor what a killed process left', async () => {
    const orphan = join(tmpdir(), `lichen-prefixes-${spawnSync('true').pid}-orphan`);
    mkdirSync(orphan);
    const shelves = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`lichen-prefixes-${process.pid}-`)).length;
    // an engine that was closed clears once more when its process has ended
    await expect.poll(shelves).toBe(0);
    const engine = await open(1, 1);
    expect(existsSync(orphan)).toBe(false);
    await engine.write(work(0, 'first'));
    expect(shelves()).toBe(1);
    engine.close();
    await expect.poll(shelves).toBe(0);
  });
});

test('[M4] an engine that hangs is found by the first request that is given up, ended, and started again by the next', async () => {
  const engine = await startEngine({ path: file, slots: 1, threads: 1, contextTokens: 1024, loadTimeoutMs: 60_000, hangTimeoutMs: 400 });
  const short: EngineWork = { messages: [{ role: 'user', content: 'hello' }], grammar: 'root ::= "alive"', maxTokens: 8, temperature: 1, seed: 1, topLogprobs: undefined };
  const pid = engine.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  const stop = new AbortController();
  const [given, other] = [engine.write(short, stop.signal), engine.write(short)];
  setTimeout(() => stop.abort(), 20);
  await expect(given).rejects.toMatchObject({ kind: 'cancelled' });
  await expect(other).rejects.toMatchObject({ kind: 'failed', message: expect.stringMatching(/engine ended \(it did nothing for 0\.4 s\).*next request starts it again/) as string });
  expect((await engine.write(short)).text).toBe('alive');
  expect(engine.pid).not.toBe(pid);
  engine.close();
});

describe('a crash of the engine', () => {
  const work: EngineWork = { messages: [{ role: 'user', content: 'hello' }], grammar: endless, maxTokens: 900, temperature: 1, seed: 1, topLogprobs: undefined };
  const short: EngineWork = { ...work, grammar: 'root ::= "alive"', maxTokens: 8 };
  let engine: Engine;
  const kill = (): void => { process.kill(engine.pid ?? 0, 'SIGKILL'); };

  beforeAll(async () => { engine = await startEngine({ path: file, slots: 2, threads: 1, contextTokens: 1024, loadTimeoutMs: 60_000 }); });
  afterAll(() => engine.close());

  test('[M4] fails what was in flight, and the next request starts it again', async () => {
    const pid = engine.pid;
    const lost = [engine.write(work), engine.write(work)];
    setTimeout(kill, 20);
    for (const one of await Promise.allSettled(lost)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { kind: 'failed', message: expect.stringMatching(/engine ended \(SIGKILL\)/) as string } });
    }
    expect((await engine.write(short)).text).toBe('alive');
    expect(engine.pid).not.toBe(pid);
  });

  test('[M4] makes nobody wait who gives up while it is started again', async () => {
    const lost = engine.write(work);
    kill();
    await expect(lost).rejects.toMatchObject({ kind: 'failed' });
    const stop = new AbortController();
    const news: string[] = [];
    const patient = engine.write(short).then(() => news.push('answered'));
    const hasty = engine.write(short, stop.signal).catch((error: unknown) => news.push(String(error)));
    stop.abort();
    await Promise.all([patient, hasty]);
    expect(news).toEqual(['ModelError: The request was cancelled.', 'answered']);
  });

  test('[M4] that comes again and again without a reply between ends in a quick refusal', async () => {
    for (let i = 0; i < 4; i++) {
      const lost = engine.write(work);
      kill();
      await expect(lost).rejects.toMatchObject({ kind: 'failed' });
    }
    await expect(engine.write(short)).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('not started again') as string });
    expect(engine.pid).toBeUndefined();
  });
});

test('[M1] a model file that llama.cpp cannot load is one sentence', async () => {
  const broken = join(folder, 'broken.gguf');
  writeFileSync(broken, readFileSync(file).subarray(0, 100_000));
  await expect(openDoor({ model: broken, env: {} })).rejects.toMatchObject({ kind: 'failed', message: expect.stringMatching(/llama\.cpp cannot load .*broken\.gguf/) as string });
});

test('a model without a chat template reads the messages as they are', async () => {
  const plain = join(folder, 'plain.gguf');
  writeTinyGguf(plain, { template: false });
  const door = await openDoor({ model: plain, env: {}, slots: 1 });
  // One token a byte, and the one that begins every text.
  expect((await door.complete({ ...request, messages: [{ role: 'user', content: '(*)' }], maxTokens: 1 })).promptTokens).toBe(4);
  await door.close();
});

test.skipIf(process.platform !== 'linux')('the engine dies with a parent that is killed, and a forgotten door does not keep a program alive', async () => {
  const script = join(folder, 'parent.mts');
  const at = (path: string) => JSON.stringify(resolve(import.meta.dirname, '../..', path));
  writeFileSync(script, `
    import { startEngine } from ${at('agents/model/engine.ts')};
    const engine = await startEngine({ path: ${JSON.stringify(file)}, slots: 1, threads: 1, contextTokens: 256, loadTimeoutMs: 60000 });
    process.stdout.write(String(engine.pid) + '\\n');
    if (process.argv[2] === 'stay') setInterval(() => {}, 1000);
  `);
  const run = (...args: string[]) => spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });

  const forgetful = run();
  const [code] = await once(forgetful, 'exit') as [number];
  expect(code).toBe(0);

  const killed = run('stay');
  const [line] = await once(killed.stdout.setEncoding('utf8'), 'data') as [string];
  const pid = line.trim();
  expect(execFileSync('ps', ['-o', 'args=', '-p', pid], { encoding: 'utf8' })).toContain('engine-child');
  killed.kill('SIGKILL');
  await expect.poll(() => readdirSync('/proc').includes(pid), { timeout: 60_000 }).toBe(false);
});
