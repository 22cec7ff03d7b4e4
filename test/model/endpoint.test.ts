import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDoor, type ModelDoor, type ModelErrorKind, type ModelRequest } from '../../agents/model/door.ts';
import { oddWord } from '../../agents/model/capabilities.ts';
import { pass, stopClock, until } from './clock.ts';
import { completion, cut, good, hang, raw, startFaultServer, status, type Behaviour, type FaultServer } from './fault-server.ts';

const request: ModelRequest = { messages: [{ role: 'user', content: 'hello' }], maxTokens: 5, temperature: 0.5, seed: 9 };
const TIMEOUT_MS = 60_000;
/** Where nobody listens: no system hands out so low a port of itself. */
const NOBODY = 'http://127.0.0.1:2/v1';

let server: FaultServer;
let door: ModelDoor;

beforeAll(async () => {
  server = await startFaultServer();
  door = await openDoor({ model: 'tester', env: { OPENAI_BASE_URL: server.baseURL, LICHEN_GRAMMAR: 'off' }, timeoutMs: TIMEOUT_MS });
});
afterAll(async () => {
  await door.close();
  await server.close();
});
afterEach(() => {
  vi.useRealTimers();
  server.next.length = 0;
  server.models.length = 1;
});

describe('[M1] an endpoint that misbehaves gives one kind of error and one sentence, and the next call works', () => {
  const faults: [string, Behaviour, ModelErrorKind, RegExp][] = [
    ['a wrong key (401)', status(401, 'bad key'), 'refused', /does not accept the key.*OPENAI_API_KEY/],
    ['a forbidden model (403)', status(403, 'not yours'), 'refused', /does not allow this.*not yours/],
    ['an unknown model (404)', status(404, 'no such model'), 'refused', /does not have the model tester.*LICHEN_MODEL/],
    ['a rate limit (429)', status(429, 'slow down', { 'retry-after': '7' }), 'refused', /429.*wait 7 s/],
    ['a broken server (500)', status(500, 'oops'), 'failed', /broke while answering.*500/],
    ['a server that never answers', hang, 'timeout', /No answer.*within 60 s/],
    ['a body cut in the middle', cut, 'failed', /was cut/],
    ['no choices', raw(JSON.stringify({ ...completion(''), choices: [] })), 'malformed', /not a chat completion/],
    ['text that is not JSON', raw('<html>hello</html>', 'text/html'), 'malformed', /not a chat completion/],
    ['text that says it is JSON', raw('{"choices": [', 'application/json'), 'malformed', /not JSON/],
    ['a reply of ten megabytes', raw(JSON.stringify(completion('x'.repeat(10_000_000)))), 'malformed', /longer than 1000000 bytes/],
    ['another schema', raw('{"answer": 42}'), 'malformed', /not a chat completion/],
    ['content that is a number', raw(JSON.stringify({ choices: [{ message: { content: 42 } }] })), 'malformed', /not a chat completion/],
  ];
  test.each(faults)('%s', async (_, behaviour, kind, sentence) => {
    if (behaviour === hang) stopClock();
    server.next.push(behaviour);
    const before = server.asked.length;
    const refusal = expect(door.complete(request)).rejects.toMatchObject({ name: 'ModelError', kind, message: expect.stringMatching(sentence) as string });
    if (behaviour === hang) {
      await until(() => server.asked.length > before);
      await pass(TIMEOUT_MS);
    }
    await refusal;
    expect(await door.complete(request)).toMatchObject({ text: 'all is well' });
  });
});

test('a rate limit carries its status and the wait that was asked for', async () => {
  server.next.push(status(429, 'slow down', { 'retry-after': '7' }));
  await expect(door.complete(request)).rejects.toMatchObject({ status: 429, retryAfterMs: 7000 });
});

test('a reply brings text, finish and counted tokens, and the request is the one that was made', async () => {
  server.next.push(good('half a se', 'length'));
  expect(await door.complete({ ...request, grammar: 'root ::= "a"' }))
    .toEqual({ text: 'half a se', finish: 'length', promptTokens: 7, completionTokens: 3, model: 'tester' });
  expect(server.asked.at(-1)?.body).toEqual({ model: 'tester', messages: request.messages, stream: false, max_tokens: 5, temperature: 0.5, seed: 9 });
});

test('[M1] an abort ends the request as cancelled', async () => {
  server.next.push(hang);
  const stop = new AbortController();
  const before = server.asked.length;
  const asked = door.complete(request, stop.signal);
  await until(() => server.asked.length > before);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
  await expect(door.complete(request, stop.signal)).rejects.toMatchObject({ kind: 'cancelled' });
});

test('[M1] closing a door cancels what is in flight and refuses what comes later', async () => {
  const other = await openDoor({ model: 'tester', env: { OPENAI_BASE_URL: server.baseURL, LICHEN_GRAMMAR: 'off' } });
  server.next.push(hang);
  const asked = other.complete(request);
  await other.close();
  await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
  await expect(other.complete(request)).rejects.toMatchObject({ kind: 'cancelled' });
});

test('a model that refuses parameters by name is asked again without them, once and for all', async () => {
  const other = await openDoor({ model: 'tester', env: { OPENAI_BASE_URL: server.baseURL, LICHEN_GRAMMAR: 'off' } });
  server.next.push(
    status(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
    status(400, "Unsupported value: 'temperature' does not support 0.5."),
  );
  expect((await other.complete(request)).text).toBe('all is well');
  await other.complete(request);
  expect(server.asked.at(-1)?.body).toEqual({ model: 'tester', messages: request.messages, stream: false, max_completion_tokens: 5, seed: 9 });
  await other.close();
});

describe('the probe at the start', () => {
  const env = (): NodeJS.ProcessEnv => ({ OPENAI_BASE_URL: server.baseURL });
  const asks = { ...request, grammar: 'root ::= "a"' };

  test('[M2] finds a server that obeys grammars, and grammars are sent from then on', async () => {
    server.next.push(good(oddWord('tester')));
    const found = await openDoor({ model: 'tester', env: env() });
    expect(found.grammar).toBe(true);
    await found.complete(asks);
    expect(server.asked.at(-1)?.body['grammar']).toBe('root ::= "a"');
  });

  test.each([['ignores', good('An apple.')], ['refuses', status(400, 'Unknown field grammar')]])('finds a server that %s grammars, and none are sent', async (_, behaviour) => {
    server.next.push(behaviour);
    const found = await openDoor({ model: 'tester', env: env() });
    expect(found.grammar).toBe(false);
    await found.complete(asks);
    expect(server.asked.at(-1)?.body).not.toHaveProperty('grammar');
  });

  test('is left out when LICHEN_GRAMMAR says the answer', async () => {
    const before = server.asked.length;
    expect((await openDoor({ model: 'tester', env: { ...env(), LICHEN_GRAMMAR: 'on' } })).grammar).toBe(true);
    expect(server.asked.length).toBe(before);
  });
});

describe('choosing the model', () => {
  const open = (env: NodeJS.ProcessEnv, model?: string) => openDoor({ env: { LICHEN_GRAMMAR: 'off', ...env }, ...(model === undefined ? {} : { model }) });

  test('the only model of an endpoint needs no naming', async () => {
    expect(await open({ OPENAI_BASE_URL: server.baseURL })).toMatchObject({ model: 'tester', where: 'endpoint' });
  });

  test('LICHEN_MODEL names it, and an option overrules', async () => {
    expect((await open({ OPENAI_BASE_URL: server.baseURL, LICHEN_MODEL: 'a' })).model).toBe('a');
    expect((await open({ OPENAI_BASE_URL: server.baseURL, LICHEN_MODEL: 'a' }, 'b')).model).toBe('b');
  });

  test('several models want a choice, and the sentence lists them', async () => {
    server.models.push('other');
    await expect(open({ OPENAI_BASE_URL: server.baseURL })).rejects.toThrow(/several models \(tester, other\): set LICHEN_MODEL/);
  });

  test('[M7] the key goes to the endpoint and nowhere into an error', async () => {
    const found = await open({ OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: 'sk-secret' }, 'tester');
    server.next.push(status(401, 'no'));
    const error: unknown = await found.complete(request).catch((reason: unknown) => reason);
    expect(server.asked.at(-1)?.key).toBe('Bearer sk-secret');
    expect(String(error)).not.toContain('sk-secret');
  });

  test.each([
    ['a base URL that is none', { OPENAI_BASE_URL: 'localhost' }, 'm', /OPENAI_BASE_URL is "localhost", which is not an http address/],
    ['a remote endpoint without a key', { OPENAI_BASE_URL: 'http://models.example/v1' }, 'm', /needs a key: set OPENAI_API_KEY/],
    ['a model without an endpoint', {}, 'm', /The model m needs an endpoint: set OPENAI_BASE_URL/],
    ['a model file that is not there', {}, './no-such.gguf', /no-such\.gguf cannot be read: there is no such file/],
  ])('%s is one sentence', async (_, env, model, sentence) => {
    await expect(open(env, model)).rejects.toMatchObject({ name: 'ModelError', message: expect.stringMatching(sentence) as string });
  });

  test('[M1] an endpoint that is down is one sentence with its address and what to do', async () => {
    await expect(open({ OPENAI_BASE_URL: NOBODY }, 'm')).rejects.toMatchObject({
      kind: 'unreachable', message: `Cannot reach the endpoint ${NOBODY} (ECONNREFUSED): start it, or correct OPENAI_BASE_URL, or choose --model embedded.`,
    });
  });
});
