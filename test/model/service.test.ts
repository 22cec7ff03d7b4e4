import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelError, type ModelDoor, type ModelReply, type ModelRequest } from '../../agents/model/contract.ts';
import { createModelService, replayModelService, type OpenModelService, type ServiceOptions } from '../../agents/model/service.ts';
import type { Answer, ModelEvent, Task } from '../../agents/model/task.ts';
import { until } from './clock.ts';

interface Call { request: ModelRequest; answer(text: string, tokens?: [number, number]): void; fail(error: ModelError): void }
interface ScriptedDoor extends ModelDoor { readonly calls: Call[]; script: ((request: ModelRequest) => string | ModelError | null)[]; otherwise: ((request: ModelRequest) => string | ModelError) | null }

/** A door whose replies are said one by one; calls without a script wait for the test. */
function scripted(model = 'tester', slots = 4): ScriptedDoor {
  const door: ScriptedDoor = {
    model, where: 'endpoint', local: true, slots, calls: [], script: [], otherwise: null,
    complete: (request, signal) => new Promise<ModelReply>((resolve, reject) => {
      const answer = (text: string, [promptTokens, completionTokens]: [number, number] = [7, 3]): void => (
        resolve({ text, finish: 'stop', promptTokens, completionTokens, model }));
      door.calls.push({ request, answer, fail: reject });
      signal?.addEventListener('abort', () => reject(new ModelError('cancelled', 'The request was cancelled.')));
      const said = (door.script.shift() ?? door.otherwise)?.(request);
      if (typeof said === 'string') answer(said);
      else if (said instanceof ModelError) reject(said);
    }),
    close: () => Promise.resolve(),
  };
  return door;
}

const readNumber: Task<number>['read'] = ({ text }) => (/^\d+$/.test(text) ? { value: Number(text) } : { problem: `"${text}" is no number` });
const task = (content: string, more: Partial<Task<number>> = {}): Task<number> => ({
  role: 'operator', kind: 'count', due: 0, request: { messages: [{ role: 'user', content }], maxTokens: 5, temperature: 1, seed: 3 },
  read: readNumber, ...more,
});
const repair: Task<number>['repair'] = (refused, problem) => [{ role: 'user', content: `${refused}: ${problem}` }];

let folder: string;
let door: ScriptedDoor;
let services: OpenModelService[];
let heard: ModelEvent[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-service-'));
  door = scripted();
  services = [];
  heard = [];
});
afterEach(async () => {
  for (const one of services) await one.close();
  rmSync(folder, { recursive: true });
});

function open(options: Partial<ServiceOptions> = {}): OpenModelService {
  const service = createModelService({ doors: [door], retry: { baseMs: 1, maxMs: 4 }, ...options });
  service.events$.subscribe((event) => heard.push(event));
  services.push(service);
  return service;
}
function replay(file: string): OpenModelService {
  const service = replayModelService(file);
  services.push(service);
  return service;
}

describe('[M8] every task ends as ok, repaired, fallback or budget, is an event and is counted', () => {
  test('a reply that can be read is ok, with its cost', async () => {
    door.script = [() => '42'];
    const service = open();
    expect(await service.perform(task('a'))).toEqual({
      outcome: 'ok', value: 42, problem: '', model: 'tester', cost: { calls: 1, promptTokens: 7, completionTokens: 3, dollars: 0 },
    });
    expect(service.accounts).toMatchObject([{ role: 'operator', kind: 'count', model: 'tester', ok: 1, calls: 1, promptTokens: 7, completionTokens: 3, shared: 0 }]);
    expect(heard).toMatchObject([{ kind: 'task', role: 'operator', task: 'count', outcome: 'ok', due: 0 }]);
  });

  test('a reply that is refused is asked for once more, with what was wrong', async () => {
    door.script = [() => 'forty', () => '40'];
    const service = open();
    expect(await service.perform(task('a', { repair }))).toMatchObject({ outcome: 'repaired', value: 40, problem: '"forty" is no number', cost: { calls: 2, promptTokens: 14 } });
    expect(door.calls[1]?.request.messages[0]?.content).toBe('forty: "forty" is no number');
    expect(service.accounts).toMatchObject([{ repaired: 1, calls: 2 }]);
  });

  test('one that is refused twice, or cannot be asked again, is a fallback with a short reason in one line', async () => {
    door.script = [() => 'a', () => `x\n\u202e${'y'.repeat(900)}`, () => 'b'];
    const service = open();
    const twice = await service.perform(task('a', { repair }));
    expect(twice).toMatchObject({ outcome: 'fallback', cost: { calls: 2 } });
    const { reason } = twice as { reason: string };
    expect(reason.length).toBe(300);
    expect(reason).not.toMatch(/[\n\u202e]/);
    expect(await service.perform(task('b'))).toMatchObject({ outcome: 'fallback', reason: '"b" is no number' });
    expect(service.accounts).toMatchObject([{ fallback: 2, calls: 3 }]);
    expect(heard.filter((one) => one.kind === 'task').length).toBe(2);
  });

  test('a reader or a repair that breaks is a fallback, not a crash', async () => {
    door.otherwise = () => 'x';
    const service = open();
    expect(await service.perform(task('a', { read() { throw new Error('out of cheese'); }, repair }))).toMatchObject({ outcome: 'fallback', reason: 'The reply could not be read: out of cheese', cost: { calls: 1 } });
    expect(await service.perform(task('b', { repair() { throw new Error('no words'); } }))).toMatchObject({ outcome: 'fallback', reason: 'No repair could be asked for: no words' });
    expect(await service.perform(task('c', { model: 'nobody' }))).toMatchObject({ outcome: 'fallback', reason: 'There is no model nobody in this run: it has tester.' });
  });

  test('closing ends what waits, is in flight or comes later as fallbacks', async () => {
    const service = open({ doors: [scripted('tester', 1)] });
    const asked = [service.perform(task('a')), service.perform(task('b'))];
    expect(service.inFlight).toBe(2);
    await service.close();
    await service.close();
    for (const answer of [...await Promise.all(asked), await service.perform(task('c'))]) {
      expect(answer).toMatchObject({ outcome: 'fallback', reason: 'The run was stopped.' });
    }
    expect(service.inFlight).toBe(0);
  });
});

describe('[M9] one scheduler', () => {
  const contents = (one: ScriptedDoor): string[] => one.calls.map(({ request }) => request.messages[0]!.content);

  test('asks the soonest due first, equals in the order in which they came, never more at once than there are slots', async () => {
    door = scripted('tester', 2);
    const service = open();
    const all = [5, 9, 7, 1, 7, 3].map((due, i) => service.perform(task(`${due}.${i}`, { due })));
    for (let i = 0; i < 6; i++) {
      await until(() => door.calls.length > i);
      expect(door.calls.length).toBeLessThanOrEqual(i + 2);
      door.calls[i]!.answer('1');
    }
    await Promise.all(all);
    expect(contents(door)).toEqual(['5.0', '9.1', '1.3', '3.5', '7.2', '7.4']);
  });

  test('kinds go where they are sent, roles after them, a task by its own wish, and the rest to the first', async () => {
    const [one, two, three] = [scripted('one'), scripted('two'), scripted('three')];
    for (const each of [one, two, three]) each.otherwise = () => '1';
    const service = open({ doors: [one, two, three], routes: { mind: 'two', 'llm-invent': 'three' } });
    expect(service.models).toEqual(['one', 'two', 'three']);
    expect(service.slots).toBe(12);
    const models = await Promise.all([
      service.perform(task('a')), service.perform(task('b', { role: 'mind' })), service.perform(task('c', { kind: 'llm-invent', role: 'mind' })),
      service.perform(task('d', { kind: 'llm-invent', model: 'two' })),
    ]);
    expect(models.map((answer) => answer.model)).toEqual(['one', 'two', 'three', 'two']);
    expect(() => open({ routes: { judge: 'four' } })).toThrow('judge is given to the model four, which is not in this run: it has tester.');
    expect(() => open({ doors: [one, one] })).toThrow('The model one is named twice');
  });

  test('identical requests in flight are asked once; one pays, the others share', async () => {
    const service = open();
    const both = [service.perform(task('same')), service.perform(task('same', { kind: 'other' })), service.perform(task('same', { due: 4 }))];
    await until(() => door.calls.length > 0);
    door.calls[0]!.answer('8');
    for (const answer of await Promise.all(both)) expect(answer).toMatchObject({ outcome: 'ok', value: 8, cost: { calls: 1, promptTokens: 7 } });
    expect(door.calls.length).toBe(1);
    expect(service.accounts).toMatchObject([{ kind: 'count', ok: 2, calls: 1, shared: 1 }, { kind: 'other', ok: 1, calls: 0, promptTokens: 0, shared: 1 }]);
    door.otherwise = () => '9';
    expect(await service.perform(task('same'))).toMatchObject({ value: 9 });
  });

  test('one who shares and is due sooner hastens the one who asks', async () => {
    door = scripted('tester', 1);
    const service = open();
    const all = [service.perform(task('first')), service.perform(task('middle', { due: 5 })), service.perform(task('late', { due: 9 })), service.perform(task('late', { due: 1 }))];
    door.calls[0]!.answer('1');
    await until(() => door.calls.length > 1);
    door.calls[1]!.answer('2');
    await until(() => door.calls.length > 2);
    door.calls[2]!.answer('3');
    await Promise.all(all);
    expect(contents(door)).toEqual(['first', 'late', 'middle']);
  });

  const passing: [string, ModelError][] = [
    ['a broken server', new ModelError('failed', 'broke', { status: 500 })], ['a cut connection', new ModelError('failed', 'cut')],
    ['a rate limit', new ModelError('refused', 'slow down', { status: 429 })], ['a conflict', new ModelError('refused', 'busy', { status: 409 })],
    ['a timeout', new ModelError('timeout', 'late')],
  ];
  test.each(passing)('%s is tried again, up to a number of tries, holding no slot meanwhile', async (_, error) => {
    door = scripted('tester', 1);
    door.script = [() => error, () => error, () => '1'];
    const service = open();
    expect(await service.perform(task('a'))).toMatchObject({ outcome: 'ok' });
    expect(service.accounts).toMatchObject([{ retries: 2, calls: expect.any(Number) as number }]);
    expect(heard.filter((one) => one.kind === 'retry')).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    door.otherwise = () => error;
    expect(await service.perform(task('b'))).toMatchObject({ outcome: 'fallback', reason: error.message });
    expect(door.calls.length).toBe(7);
    door.otherwise = () => '2';
    expect(await service.perform(task('c'))).toMatchObject({ outcome: 'ok' });
  });

  test('a task that waits for its next try lets others pass', async () => {
    door = scripted('tester', 1);
    door.script = [() => new ModelError('failed', 'broke', { status: 500 }), () => '2'];
    const service = open({ retry: { baseMs: 60_000, maxMs: 60_000 } });
    const first = service.perform(task('a'));
    expect(await service.perform(task('b'))).toMatchObject({ value: 2 });
    await service.close();
    expect(await first).toMatchObject({ outcome: 'fallback', reason: 'The run was stopped.' });
  });

  test.each([400, 401, 403, 404, 422])('a refusal (%i) is final', async (status) => {
    door.script = [() => new ModelError('refused', 'no', { status })];
    expect(await open().perform(task('a'))).toMatchObject({ outcome: 'fallback', reason: 'no', cost: { calls: 0 } });
    expect(door.calls.length).toBe(1);
  });
});

describe('[M10] a cassette', () => {
  const file = (): string => join(folder, 'cassette.jsonl');

  test('[L3] holds a reply before anyone has it', async () => {
    door.otherwise = () => '7';
    const service = open({ record: { file: file() } });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => service.perform(task(`n${i}`)).then((answer) => [answer, readFileSync(file(), 'utf8')] as const)));
    answers.forEach(([answer, text], i) => {
      expect(answer.outcome).toBe('ok');
      expect(text).toContain(`"n${i}"`);
    });
  });

  test('replays every answer with no model: replies, repairs, failures, shared ones and what the budget refused', async () => {
    const calls = async (service: OpenModelService): Promise<Answer<number>[]> => [
      ...await Promise.all(['a', 'same', 'same', 'bad', 'no'].map((content) => service.perform(task(content, { repair })))),
      ...await Promise.all(['over', 'over'].map((content) => service.perform(task(content)))),
    ];
    const replies: Record<string, string | ModelError> = { a: '1', same: '2', bad: 'x', 'x: "x" is no number': '3', no: new ModelError('refused', 'never', { status: 403 }) };
    door.otherwise = ({ messages }) => replies[messages[0]!.content] ?? '9';
    const service = open({ record: { file: file() }, budget: { calls: 4 } });
    const first = await calls(service);
    expect(first.map((answer) => answer.outcome)).toEqual(['ok', 'ok', 'ok', 'repaired', 'fallback', 'budget', 'budget']);
    await service.close();
    const again = replay(file());
    expect(await calls(again)).toEqual(first);
    expect(again.accounts).toEqual(service.accounts);
    expect(again.missing).toBeNull();
    expect(again.can(task('a'), 'logprobs')).toBe(service.can(task('a'), 'logprobs'));
  });

  test('[M6] a request that it does not hold is named, and the replay knows that it is another run', async () => {
    door.otherwise = () => '1';
    const service = open({ record: { file: file() } });
    await service.perform(task('a'));
    await service.close();
    const again = replay(file());
    expect(await again.perform(task('a'))).toMatchObject({ outcome: 'ok' });
    const sentence = /has no reply number 1 of tick 0 to request [0-9a-f]{12} \(operator count of tester: "write a child for me…"\)/;
    expect(await again.perform(task('write a  child\nfor me'))).toMatchObject({ outcome: 'fallback', reason: expect.stringMatching(sentence) as string });
    expect(again.missing).toMatch(sentence);
    expect(await again.perform(task('a'))).toMatchObject({ outcome: 'fallback', reason: expect.stringContaining('number 2') as string });
  });

  test('[L3] of a run that was stopped is gone on with: what it holds is given again and counted, only the rest is asked', async () => {
    door.otherwise = () => '1';
    const service = open({ record: { file: file() } });
    await service.perform(task('a'));
    await service.perform(task('a'));
    await service.close();
    writeFileSync(file(), '{"key":"abc","due":0,"rep', { flag: 'a' });
    door = scripted();
    door.otherwise = () => '2';
    const more = open({ record: { file: file(), resume: true }, budget: { calls: 3 } });
    expect(more.budget.spent).toMatchObject({ calls: 2, tokens: 20 });
    const values: unknown[] = [];
    for (let i = 0; i < 4; i++) values.push(await more.perform(task('a')));
    expect(values).toMatchObject([{ value: 1 }, { value: 1 }, { value: 2 }, { outcome: 'budget' }]);
    expect(door.calls.length).toBe(1);
    await more.close();
    const again = replay(file());
    for (const value of values) expect(await again.perform(task('a'))).toEqual(value);
  });

  test('that is there already, is none, or of other models, is refused and left as it is', async () => {
    const service = open({ record: { file: file() } });
    await service.close();
    expect(() => open({ record: { file: file() } })).toThrow(/is there already/);
    expect(() => open({ doors: [scripted('other')], record: { file: file(), resume: true } })).toThrow(/was recorded with tester, and now there is other/);
    writeFileSync(file(), 'dear diary\n');
    expect(() => open({ record: { file: file(), resume: true } })).toThrow(/is not a cassette/);
    expect(readFileSync(file(), 'utf8')).toBe('dear diary\n');
    writeFileSync(file(), '{"format":"lichen-cassette","version":1,"model":"m","where":"endpoint","slots":1}\n');
    expect(() => replay(file())).toThrow(/version 1 and this program reads version 2/);
    expect(() => replay(join(folder, 'none'))).toThrow(/cannot be read/);
  });

  test('damaged before its end is refused with the line', async () => {
    door.otherwise = () => '1';
    const service = open({ record: { file: file() } });
    await service.perform(task('a'));
    await service.perform(task('b'));
    await service.close();
    const lines = readFileSync(file(), 'utf8').split('\n');
    writeFileSync(file(), [lines[0], 'garbage', ...lines.slice(2)].join('\n'));
    expect(() => replay(file())).toThrow(/damaged at line 2/);
  });

  test('that cannot be written is said, and no reply that is not on disk is used', async () => {
    expect(() => open({ record: { file: join(folder, 'no', 'where.jsonl') } })).toThrow(/cannot be written/);
    expect(() => open({ cache: folder })).toThrow(/is not a file/);
  });
});

describe('[M11] a cache of other runs', () => {
  const cache = (): string => join(folder, 'cache.jsonl');

  test('serves by content in the order of occurrence, the last one again, and grows by what it lacks', async () => {
    let n = 0;
    door.otherwise = () => String(n++);
    const first = open({ cache: cache() });
    for (const due of [1, 2, 3]) await first.perform(task('a', { due }));
    await first.close();
    door = scripted();
    door.otherwise = () => '99';
    const second = open({ cache: cache(), record: { file: join(folder, 'second.jsonl') } });
    const values: number[] = [];
    for (const due of [11, 12, 13, 14]) values.push(((await second.perform(task('a', { due }))) as { value: number }).value);
    expect(values).toEqual([0, 1, 2, 2]);
    expect(await second.perform(task('b'))).toMatchObject({ value: 99 });
    expect(door.calls.length).toBe(1);
    expect(second.accounts).toMatchObject([{ ok: 5, shared: 4, calls: 1, promptTokens: 7 }]);
    await second.close();
    writeFileSync(cache(), '{"torn', { flag: 'a' });
    door = scripted();
    const third = open({ cache: cache() });
    expect(await third.perform(task('b'))).toMatchObject({ value: 99 });
    const asked = third.perform(task('c'));
    door.calls[0]!.answer('5');
    await asked;
    await third.close();
    expect(await open({ cache: cache() }).perform(task('c'))).toMatchObject({ value: 5 });
    const again = replay(join(folder, 'second.jsonl'));
    for (const [i, due] of [11, 12, 13, 14].entries()) expect(await again.perform(task('a', { due }))).toMatchObject({ value: values[i] });
    expect(again.accounts).toMatchObject([{ ok: 4, shared: 4, calls: 0 }]);
  });
});
