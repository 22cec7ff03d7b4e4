import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordingDoor, replayingDoor } from '../../agents/model/cassette.ts';
import { ModelError, openDoor, type ModelDoor, type ModelRequest } from '../../agents/model/door.ts';
import { good, startFaultServer, status, type FaultServer } from './fault-server.ts';

const ask = (content: string): ModelRequest => ({ messages: [{ role: 'user', content }], maxTokens: 5, temperature: 1, seed: 3 });

let folder: string;
let file: string;
let server: FaultServer;
let door: ModelDoor;
const open = (): Promise<ModelDoor> => openDoor({ model: 'tester', env: { OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: 'sk-secret', LICHEN_GRAMMAR: 'off' } });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-cassette-'));
  file = join(folder, 'replies.jsonl');
  server = await startFaultServer();
  door = await open();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test('[M6] a replay gives the recorded replies without a model, whatever the order of different requests', async () => {
  const recording = recordingDoor(door, file);
  server.next.push(good('one'), good('two'));
  await recording.complete(ask('a'));
  await recording.complete(ask('b'));
  await recording.close();
  const replay = replayingDoor(file);
  expect((await replay.complete(ask('b'))).text).toBe('two');
  expect(await replay.complete(ask('a'))).toEqual({ text: 'one', finish: 'stop', promptTokens: 7, completionTokens: 3, model: 'tester' });
  expect(server.asked.length).toBe(2);
  expect(replay).toMatchObject({ model: 'tester', where: 'endpoint' });
});

test('[M6] equal requests are told apart by the order in which they were asked, not answered', async () => {
  const recording = recordingDoor(door, file);
  let late: () => void = () => undefined;
  server.next.push((_, response) => { late = () => good('first')(_, response); }, good('second'));
  const first = recording.complete(ask('same'));
  while (server.asked.length < 1) await new Promise((resolve) => setImmediate(resolve));
  expect((await recording.complete(ask('same'))).text).toBe('second');
  late();
  expect((await first).text).toBe('first');
  await recording.close();
  const replay = replayingDoor(file);
  expect((await replay.complete(ask('same'))).text).toBe('first');
  expect((await replay.complete(ask('same'))).text).toBe('second');
});

test('[L3][M6] a reply is on disk before it is handed on', async () => {
  const recording = recordingDoor(door, file);
  server.next.push(good('paid for'));
  const seen = await recording.complete(ask('a')).then(() => readFileSync(file, 'utf8'));
  expect(seen).toContain('paid for');
  await recording.close();
});

test('[M6] a failure is recorded and fails again in the same words', async () => {
  const recording = recordingDoor(door, file);
  server.next.push(status(500, 'oops'));
  const error = await recording.complete(ask('a')).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ModelError);
  await recording.close();
  await expect(replayingDoor(file).complete(ask('a'))).rejects.toMatchObject({ kind: 'failed', status: 500, message: (error as ModelError).message });
});

test('[M6] a request that was not recorded is missing, and the sentence shows its key and first words', async () => {
  const recording = recordingDoor(door, file);
  await recording.complete(ask('a'));
  await recording.close();
  const replay = replayingDoor(file);
  await expect(replay.complete(ask('write a  child\nfor me'))).rejects.toMatchObject({ kind: 'missing', message: expect.stringMatching(/[0-9a-f]{12} \("write a child for me…"\)/) as string });
  await replay.complete(ask('a'));
  await expect(replay.complete(ask('a'))).rejects.toMatchObject({ kind: 'missing', message: expect.stringContaining('reply number 2') as string });
});

test('[M6] any part of a request makes it another one', async () => {
  const recording = recordingDoor(door, file);
  await recording.complete(ask('a'));
  await recording.close();
  const changes: Partial<ModelRequest>[] = [{ seed: 4 }, { temperature: 0 }, { maxTokens: 6 }, { grammar: 'root ::= "x"' }, { messages: [{ role: 'system', content: 'a' }] }];
  for (const change of changes) await expect(replayingDoor(file).complete({ ...ask('a'), ...change })).rejects.toMatchObject({ kind: 'missing' });
});

test('[M7] there is no key in a cassette', async () => {
  const recording = recordingDoor(door, file);
  await recording.complete(ask('a'));
  await recording.close();
  expect(readFileSync(file, 'utf8')).not.toContain('sk-secret');
});

describe('a recording that was killed', () => {
  beforeEach(async () => {
    const recording = recordingDoor(door, file);
    server.next.push(good('one'), good('two'));
    await recording.complete(ask('a'));
    await recording.complete(ask('a'));
    await recording.close();
    door = await open();
  });

  test('[L3] is read up to a last line that is torn', async () => {
    appendFileSync(file, '{"key":"abc","nth":0,"rep');
    expect((await replayingDoor(file).complete(ask('a'))).text).toBe('one');
  });

  test('[L3] is continued after its last whole line, and the count of equal requests goes on', async () => {
    appendFileSync(file, '{"key":"abc","nth":0,"rep');
    const more = recordingDoor(door, file);
    server.next.push(good('three'));
    await more.complete(ask('a'));
    await more.close();
    const replay = replayingDoor(file);
    const texts: string[] = [];
    for (let i = 0; i < 3; i++) texts.push((await replay.complete(ask('a'))).text);
    expect(texts).toEqual(['one', 'two', 'three']);
  });

  test('[L3] is resumed: what it holds is given again, and only the rest is asked of the model', async () => {
    const before = server.asked.length;
    const resumed = recordingDoor(door, file, { resume: true });
    server.next.push(good('three'));
    const texts: string[] = [];
    for (let i = 0; i < 3; i++) texts.push((await resumed.complete(ask('a'))).text);
    await resumed.close();
    expect(texts).toEqual(['one', 'two', 'three']);
    expect(server.asked.length).toBe(before + 1);
    expect(readFileSync(file, 'utf8').trim().split('\n').length).toBe(4);
  });

  test('[L3] starts afresh when not even its header was whole', async () => {
    writeFileSync(file, '{"format":"lichen-cas');
    const more = recordingDoor(door, file);
    await more.complete(ask('a'));
    await more.close();
    expect((await replayingDoor(file).complete(ask('a'))).text).toBe('all is well');
  });

  test('[L3] is refused when it is damaged anywhere else, with the line', () => {
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [lines[0], 'garbage', ...lines.slice(2)].join('\n'));
    expect(() => replayingDoor(file)).toThrow(/damaged at line 2/);
    expect(() => recordingDoor(door, file)).toThrow(/damaged at line 2/);
  });
});

test('a file that is no cassette, or of another version, is refused and left as it is', () => {
  writeFileSync(file, 'dear diary\n');
  expect(() => recordingDoor(door, file)).toThrow(/is not a cassette/);
  expect(readFileSync(file, 'utf8')).toBe('dear diary\n');
  writeFileSync(file, '{"format":"lichen-cassette","version":9,"model":"m","where":"endpoint","slots":1}\n');
  expect(() => replayingDoor(file)).toThrow(/version 9.*version 1/);
  expect(() => replayingDoor(join(folder, 'none'))).toThrow(/cannot be read/);
});
