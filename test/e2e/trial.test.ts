import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { good, startFaultServer, status, type Asked, type Behaviour, type FaultServer } from '../model/fault-server.ts';
import { writeTinyGguf } from '../model/tiny-gguf.ts';
import type { TrialRun } from '../../viewer/cli/trial-run.ts';
import { lichen, startLichen, type Ended } from './lichen.ts';

const small = ['trial', 'meadow', '--budget-births', '12', '--burn-in', '60', '--gardens', '2'];

let folder: string;
let server: FaultServer;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-trial-'));
  mkdirSync(join(folder, 'full'));
  writeFileSync(join(folder, 'full', 'keep'), 'mine');
  server = await startFaultServer();
  env = { OPENAI_BASE_URL: server.baseURL, LICHEN_MODEL: 'tester', LICHEN_GRAMMAR: 'off' };
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that is a function of what was asked, so that runs can be compared whatever order the requests come in. */
const answer: Behaviour = (asked: Asked, response) => {
  const text = JSON.stringify(asked.body['messages']);
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) >>> 0;
  good(`when energy > ${20 + (sum % 40)} -> reproduce\nwhen grass.here > ${20 + (sum % 30)}% -> eat\notherwise -> wander`)(asked, response);
};
const serve = (times: number, behaviour: Behaviour = answer): void => { server.next.splice(0, server.next.length, ...Array.from({ length: times }, () => behaviour)); };

/** Requests for children; the probe at the start asks other things. */
const forChildren = (asked: Asked): boolean => JSON.stringify(asked.body['messages']).includes('Answer with the program') || JSON.stringify(asked.body['messages']).includes('then the program');
/** Answers so many children, and nothing from then on: `silent` is told when the first goes unanswered. */
function fallSilent(after: number): Promise<void> {
  return new Promise((silent) => {
    let answered = 0;
    serve(500, (asked, response) => {
      if (!forChildren(asked) || answered++ < after) answer(asked, response);
      else silent();
    });
  });
}

const at = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
const json = (ended: Ended): { runs: TrialRun[]; contrasts: { title: string }[]; gardens: unknown[] } => {
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(ended.stdout) as ReturnType<typeof json>;
};
/** What does not depend on the time that anything took. */
const timeless = (runs: readonly TrialRun[]): object[] => runs.map(({ seconds: _, model, ...run }) => ({ ...run, model: model === null ? null : { ...model, seconds: 0, live: 0 } }));

describe('lichen trial', () => {
  const out = (): string => join(folder, 'deep', 'whole');
  let first: ReturnType<typeof json>;

  beforeAll(async () => {
    serve(500);
    const ended = await lichen([...small, '--seeds', '2', '--out', out(), '--json'], { env });
    first = json(ended);
    expect(ended.stderr).toMatch(/What this says\n-+\n\nWhether the model helps cannot be told from 2 seeds/);
  });

  test('[P2] makes every arm over every seed, with the same births, and keeps the report, the tables and the recordings', () => {
    expect(first.runs.map(({ arm, seed, births }) => [arm, seed, births])).toEqual(
      [1, 2].flatMap((seed) => (['blind', 'llm', 'mixed'] as const).map((arm) => [arm, seed, 12])));
    for (const seed of [1, 2]) expect(new Set(first.runs.filter((run) => run.seed === seed).map(({ start }) => start)).size).toBe(1);
    expect(first.contrasts.map(({ title }) => title)).toEqual(['mixed, within', 'llm against blind', 'mixed against blind']);
    expect(first.gardens).toHaveLength(10);
    expect(readdirSync(out()).sort()).toEqual(['operators.csv', 'report.md', 'runs', 'runs.csv', 'trial.json']);
    expect(readdirSync(join(out(), 'runs')).sort()).toEqual(['blind-1.json', 'blind-2.json', 'llm-1.cassette.jsonl', 'llm-1.json', 'llm-2.cassette.jsonl', 'llm-2.json',
      'mixed-1.cassette.jsonl', 'mixed-1.json', 'mixed-2.cassette.jsonl', 'mixed-2.json']);
    expect(at('deep', 'whole', 'report.md')).toMatch(/^# Does the model help\? A trial in the meadow\n[^]*lichen trial meadow --out .* --replay\n```\n$/);
    const [head, ...rows] = at('deep', 'whole', 'runs.csv').trimEnd().split('\n').map((line) => line.split(','));
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head!.length]));
    expect(at('deep', 'whole', 'operators.csv').trimEnd().split('\n')).toHaveLength(1 + 6 * 14);
  });

  test('[P4] started again asks nobody anything; with more seeds it makes only those', async () => {
    server.asked.length = 0;
    const again = json(await lichen([...small, '--seeds', '2', '--out', out(), '--json'], { env: { ...env, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } }));
    expect(again.runs).toEqual(first.runs);
    expect(server.asked).toHaveLength(0);
    serve(500);
    const more = json(await lichen([...small, '--arms', 'blind', '--seeds', '3', '--out', out(), '--json'], { env }));
    expect(more.runs.map(({ arm, seed }) => `${arm} ${seed}`)).toEqual([1, 2, 3].flatMap((seed) => [`blind ${seed}`, `llm ${seed}`, `mixed ${seed}`]));
    expect(timeless(more.runs.slice(0, 6))).toEqual(timeless(first.runs));
    // a child is asked for once, and those conceived in the tick of the last may be asked for in vain
    expect(server.asked.filter(forChildren).length).toBeGreaterThanOrEqual(14);
    expect(server.asked.filter(forChildren).length).toBeLessThan(36);
  });

  test('[P4][M6] comes to the same fingerprints from its recordings, with no model anywhere; a run that was made otherwise is noticed', async () => {
    server.asked.length = 0;
    const { code, stdout, stderr } = await lichen(['trial', 'meadow', '--replay', '--out', out()]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/All 9 runs came to the fingerprints that are recorded/);
    expect(server.asked).toHaveLength(0);
    const file = join(out(), 'runs', 'blind-1.json');
    const kept = readFileSync(file, 'utf8');
    writeFileSync(file, kept.replace(/"fingerprint":"[0-9a-f]+"/, '"fingerprint":"0000000000000000"'));
    const other = await lichen(['trial', 'meadow', '--replay', '--out', out()]);
    writeFileSync(file, kept);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/The run blind, seed 1, came to the fingerprint [0-9a-f]{16}, but 0{16} is recorded/);
  });

  test('[P4][L3] killed in the middle, it goes on from its cassette: no reply is paid for twice, and all comes out as if it had never been', async () => {
    const args = [...small, '--arms', 'llm', '--seeds', '1', '--json'];
    serve(500);
    const undisturbed = json(await lichen([...args, '--out', join(folder, 'undisturbed')], { env }));
    server.asked.length = 0;
    // the seventh never comes, and while it is waited for the program is killed
    const silence = fallSilent(6);
    const killed = startLichen([...args, '--out', join(folder, 'killed')], { env });
    await silence;
    const recorded = (): number => at('killed', 'runs', 'llm-1.cassette.jsonl').split('\n').filter((line) => line.includes('"reply"')).length;
    await expect.poll(recorded, { timeout: 60_000 }).toBe(6);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const paid = recorded();
    server.asked.length = 0;
    serve(500);
    const resumed = json(await lichen([...args, '--out', join(folder, 'killed')], { env }));
    expect(timeless(resumed.runs)).toEqual(timeless(undisturbed.runs));
    expect(server.asked.filter(forChildren)).toHaveLength(resumed.runs[0]!.model!.calls - paid);
  });

  test('Ctrl-C stops it between two births, and says how to go on', async () => {
    const silence = fallSilent(3);
    const stopped = startLichen([...small, '--arms', 'blind,llm', '--seeds', '1', '--out', join(folder, 'stopped')], { env });
    await silence;
    stopped.child.kill('SIGINT');
    const { code, stdout, stderr } = await stopped.ended;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Stopped; the same command goes on from what is in .*stopped/);
    expect(existsSync(join(folder, 'stopped', 'runs', 'blind-1.json'))).toBe(true);
    expect(existsSync(join(folder, 'stopped', 'report.md'))).toBe(false);
  });

  test('[P5] a model that is lost stops it in one sentence', async () => {
    serve(500, status(401, 'no such key'));
    const { code, stdout, stderr } = await lichen([...small, '--arms', 'llm', '--seeds', '2', '--out', join(folder, 'lost')], { env });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/lichen: The model has failed 5 children in a row, the last time so: .*401.* The trial was stopped in the run llm, seed 1; the same command goes on from there\.\n$/);
  });

  test('[L1][M2] with the real llama.cpp and random weights, and again from the recording', async () => {
    const tiny = join(folder, 'tiny.gguf');
    writeTinyGguf(tiny);
    const args = [...small, '--arms', 'llm', '--seeds', '1', '--out', join(folder, 'tiny'), '--json'];
    const made = json(await lichen([...args, '--model', tiny]));
    expect(made.runs[0]).toMatchObject({ births: 12, model: { where: 'embedded', dollars: 0 } });
    expect(made.runs[0]!.model!.calls).toBeGreaterThan(5);
    const again = json(await lichen(['trial', 'meadow', '--replay', '--out', join(folder, 'tiny'), '--json']));
    expect(again.runs).toEqual(made.runs.map((run) => ({ ...run, seconds: again.runs[0]!.seconds })));
  });
});

describe('[E3] bad input is refused in one sentence with code 2, and nothing is written:', () => {
  test.concurrent.for<[what: string, args: string, sentence: RegExp]>([
    ['an unknown world', 'trial mars', /no world "mars"; the worlds are moire and meadow\./],
    ['an unknown arm', 'trial meadow --arms blind,moon', /--arms has "moon", but an arm is blind, llm or mixed/],
    ['no seeds', 'trial meadow --seeds 0', /--seeds is "0", but must be a whole number from 1/],
    ['no births', 'trial meadow --budget-births 0', /--budget-births is "0", but must be a whole number from 1/],
    ['a share of nothing', 'trial meadow --share 0', /--share is "0", but must be a number from 0\.0001 to 1/],
    ['no model where an arm needs one', 'trial meadow --model none', /--model is none, but the arm llm needs a model/],
    ['a model file that is not there', 'trial meadow --model @/none.gguf', /none\.gguf cannot be read: there is no such file/],
    ['a price table that is not there', 'trial meadow --prices @/none.json', /The price table .*none\.json cannot be read/],
    ['a folder with something else in it', 'trial meadow --arms blind --out @/full', /full is not empty/],
    ['a replay of nothing', 'trial meadow --replay --out @/never', /holds no trial in the meadow/],
    ['an unknown setting', 'trial meadow --set scracity=1', /no parameter "scracity"/],
  ])('%s', async ([, args, sentence]) => {
    const words = args.split(' ').map((word) => word.replace('@', folder));
    const { code, stdout, stderr } = await lichen(words.includes('--out') ? words : [...words, '--out', join(folder, 'never')]);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^lichen: .*[.)]\n$/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  test('another plan in the same folder', async () => {
    const out = join(folder, 'plans');
    expect((await lichen([...small, '--arms', 'blind', '--seeds', '1', '--out', out])).code).toBe(0);
    const { code, stderr } = await lichen([...small, '--arms', 'blind', '--seeds', '1', '--set', 'lifespan=90', '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/The trial in .*plans was begun with lifespan 120, and now it is 90: go on as it was begun, or name another folder/);
  });
});
