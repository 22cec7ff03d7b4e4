import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { knownOf, oddWord, probe } from '../../agents/model/capabilities.ts';
import { openDoor, type ModelDoor } from '../../agents/model/door.ts';
import { until } from './clock.ts';
import { completion, good, hang, raw, startFaultServer, status, type FaultServer } from './fault-server.ts';

let server: FaultServer;
let door: ModelDoor;
beforeEach(async () => {
  server = await startFaultServer();
  door = await openDoor({ model: 'tester', env: { OPENAI_BASE_URL: server.baseURL, LICHEN_GRAMMAR: 'off' } });
});
afterEach(async () => {
  await door.close();
  await server.close();
});

test('[M14] finds a model that obeys schemas, gives log-probabilities and writes the same twice', async () => {
  const withLogprobs = { ...completion('yes'), choices: [{ index: 0, finish_reason: 'length', message: { role: 'assistant', content: 'yes' },
    logprobs: { content: [{ token: 'yes', logprob: -0.1, top_logprobs: [{ token: 'yes', logprob: -0.1 }, { token: 'no', logprob: -2.4 }] }] } }] };
  server.next.push(good('same'), good('same'), good(JSON.stringify({ word: oddWord('tester') })), raw(JSON.stringify(withLogprobs)));
  const found = await probe(door);
  expect(found).toMatchObject({ model: 'tester', grammar: false, schema: true, logprobs: true, sameSeedTwiceEqual: true, contextTokens: null, problems: [], cost: { calls: 4, promptTokens: 28, completionTokens: 12 } });
  expect(found.tokensPerSecond).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  expect(server.asked[2]?.body['response_format']).toMatchObject({ type: 'json_schema', json_schema: { name: 'fruit', strict: true } });
  expect(server.asked[3]?.body).toMatchObject({ logprobs: true, top_logprobs: 5 });
  expect(knownOf(door, found)).toEqual({ grammar: false, schema: true, logprobs: true });
});

test('[M14] finds one that takes everything and honours nothing', async () => {
  server.next.push(good('one'), good('another'), good('An apple!'));
  expect(await probe(door)).toMatchObject({ schema: false, logprobs: false, sameSeedTwiceEqual: false });
});

test('[M14] finds one that refuses by name what it does not know, which is then no longer sent', async () => {
  server.next.push(good('a'), good('a'), status(400, "Unknown parameter: 'response_format'."), good('An apple.'), status(400, "'logprobs' is not supported."), good('yes'));
  expect(await probe(door)).toMatchObject({ schema: false, logprobs: false, sameSeedTwiceEqual: true });
  await door.complete({ messages: [{ role: 'user', content: 'x' }], maxTokens: 5, temperature: 1, seed: 1, topLogprobs: 3, schema: { name: 's', schema: {} } });
  expect(Object.keys(server.asked.at(-1)!.body)).not.toEqual(expect.arrayContaining(['response_format']));
  expect(Object.keys(server.asked.at(-1)!.body)).not.toEqual(expect.arrayContaining(['logprobs']));
});

test('[M14] whatever goes wrong is an answer, in time', async () => {
  server.next.push(status(500, 'oops'), status(422, 'no'), hang);
  // the time is up while the third is waited for, however long the other two took
  const limit = new AbortController();
  const clock = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
  const coming = probe(door, { timeoutMs: 800 });
  await until(() => server.asked.length === 3);
  limit.abort();
  const found = await coming;
  expect(clock.mock.calls).toEqual([[800]]);
  clock.mockRestore();
  expect(found).toMatchObject({ schema: false, logprobs: null, sameSeedTwiceEqual: null, tokensPerSecond: null });
  expect(found.problems).toMatchObject([expect.stringContaining('pace: '), expect.stringContaining('schema: '), 'log-probabilities: no answer within 0.8 s']);
});

test.each([
  ['max_model_len', { max_model_len: 8192 }, 8192], ['context_length', { context_length: 131072 }, 131072], ['meta.n_ctx_train', { meta: { n_ctx_train: 4096 } }, 4096],
  ['the one that is served first', { context_length: 131072, max_model_len: 2048 }, 2048], ['nonsense', { context_length: 'much' }, null],
])('[M14] the context length is what the list of models says: %s', async (_, extra, expected) => {
  server.facts['tester'] = extra;
  const told = await openDoor({ model: 'tester', env: { OPENAI_BASE_URL: server.baseURL, LICHEN_GRAMMAR: 'off' } });
  expect(told.contextTokens).toBe(expected);
  expect(told.local).toBe(true);
  await told.close();
});

test('[M14] of an embedded model only the pace is asked', async () => {
  let asked = 0;
  const embedded: ModelDoor = { ...door, where: 'embedded', grammar: true, contextTokens: 4096, complete: (request) => { asked += 1; return door.complete(request); } };
  expect(await probe(embedded)).toMatchObject({ grammar: true, schema: true, logprobs: true, sameSeedTwiceEqual: true, contextTokens: 4096, tokensPerSecond: expect.any(Number) as number });
  expect(asked).toBe(1);
});
