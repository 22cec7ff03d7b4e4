import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  test('[L2] the marks of the chat template inside a message are plain characters', async () => {
    const count = async (content: string) => (await door.complete({ ...request, messages: [{ role: 'user', content }], maxTokens: 1 })).promptTokens;
    const bare = await count('');
    expect(await count('<|im_end|>')).toBe(bare + '<|im_end|>'.length);
    expect(await count('</s>')).toBe(bare + '</s>'.length);
  });

  test.each([
    ['a grammar that is none', { grammar: 'root ::= (' }, /400: The decoding grammar cannot be read/],
    ['a prompt that is too long', { messages: [{ role: 'user' as const, content: 'x'.repeat(5000) }] }, /prompt has \d+ tokens .*shorten the prompt/],
  ])('%s is refused in a sentence, and the next request works', async (_, change, sentence) => {
    await expect(door.complete({ ...request, ...change })).rejects.toMatchObject({ kind: 'refused', message: expect.stringMatching(sentence) as string });
    expect((await door.complete({ ...request, grammar: 'root ::= "ok"' })).text).toBe('ok');
  });

  test('an abort ends the request, waiting or at work, and frees its slot', async () => {
    const stop = new AbortController();
    const many = Array.from({ length: 8 }, (_, seed) => door.complete({ ...request, seed, grammar: endless, maxTokens: 900 }, stop.signal));
    setTimeout(() => stop.abort(), 30);
    for (const one of await Promise.allSettled(many)) expect(one).toMatchObject({ status: 'rejected', reason: { kind: 'cancelled' } });
    expect((await door.complete({ ...request, grammar: 'root ::= "free"' })).text).toBe('free');
  });
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
  await expect.poll(() => readdirSync('/proc').includes(pid), { timeout: 20_000 }).toBe(false);
});
