import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArchive } from '../../viewer/cli/qdaif-folder.ts';
import type { QdaifEstimate } from '../../viewer/cli/qdaif-estimate.ts';
import type { QdaifOutcome } from '../../viewer/cli/qdaif.ts';
import type { Individual } from '../../worlds/salon/salon.ts';
import { startSyntheticServer, type SyntheticServer } from '../salon/synthetic-server.ts';
import { lichen, startLichen, type Ended } from './lichen.ts';

const asked = ['qdaif', '--domain', 'stories-genre-ending', '--methods', 'lmx-near,random-search', '--iterations', '70', '--seeds', '2', '--rejudge', '2', '--json'];

let folder: string;
let server: SyntheticServer;
let env: NodeJS.ProcessEnv;
let whole: QdaifOutcome;
const first = (): string => join(folder, 'first');
const at = (one: SyntheticServer): NodeJS.ProcessEnv => ({ OPENAI_BASE_URL: one.baseURL, LICHEN_GRAMMAR: 'off', OPENAI_API_KEY: 'sk-never-to-be-written' });

function outcomeOf({ code, stdout, stderr }: Ended, expected = 0): QdaifOutcome {
  expect(code, stderr).toBe(expected);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as QdaifOutcome;
}
/** All but the time it took. */
const found = ({ runs }: QdaifOutcome): object[] => runs.map(({ seconds: _, ...run }) => run);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-qdaif-'));
  server = await startSyntheticServer({ noise: 0.5 });
  env = at(server);
  whole = outcomeOf(await lichen([...asked, '--out', first()], { env }));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('lichen qdaif', () => {
  test('[S6] keeps every text with its parents, the archive, a heat map and a table like the paper\'s', () => {
    expect(whole.runs).toHaveLength(4);
    for (const run of whole.runs) {
      const own = join(first(), 'runs', `${run.method}-seed-${run.seed}`);
      const individuals = readFileSync(join(own, 'individuals.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Individual);
      expect(individuals).toHaveLength(3 + 70);
      individuals.forEach(({ id, parents }, i) => {
        expect(id).toBe(i);
        expect(parents).toHaveLength(i < 3 ? 0 : 3);
        for (const parent of parents) expect(parent).toBeLessThan(i);
      });
      const archive = readArchive(first(), run);
      expect([archive.qdScore, archive.coverage]).toEqual([run.qdScore, run.coverage]);
      expect([...archive].map(({ solution: { id, text } }) => individuals[id]!.text === text)).not.toContain(false);
      expect(readFileSync(join(own, 'heat-map.svg'), 'utf8').match(/<title>quality /g)).toHaveLength(run.elites);
      expect(readFileSync(join(own, 'heat-map.png')).subarray(1, 4).toString()).toBe('PNG');
      expect(run.cost.calls).toBe(70 * 4 + run.elites * 2 * 3);
    }
    const table = readFileSync(join(first(), 'table.md'), 'utf8');
    expect(table).toMatch(/^\| lmx-near \| \d+\.\d\d ± \d+\.\d\d \[\d+\.\d\d, \d+\.\d\d\] \| 0\.\d{3} ± /m);
    expect(readFileSync(join(first(), 'table.csv'), 'utf8').split('\n')[1]!.split(',')).toHaveLength(30);
    for (const name of ['qdaif.json', 'manifest.json', 'cassette.jsonl', 'table.md', 'summary.json']) expect(readFileSync(join(first(), name), 'utf8')).not.toContain('sk-never');
  });

  test('[S10] replays from its folder with no endpoint, to the same fingerprints', async () => {
    const before = server.answered;
    const out = join(folder, 'again');
    const again = outcomeOf(await lichen(['qdaif', '--replay', first(), '--json', '--out', out]));
    expect(found(again)).toEqual(found(whole));
    expect(server.answered).toBe(before);
    expect(readFileSync(join(out, 'runs/lmx-near-seed-1/archive.bin'))).toEqual(readFileSync(join(first(), 'runs/lmx-near-seed-1/archive.bin')));
    const other = await lichen(['qdaif', '--replay', first(), '--json', '--seeds', '3']);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/has no reply number 1 of tick \d+ to request [0-9a-f]{12} \(operator (lmx-near|random-search)/);
  });

  test('[S10] goes on after a kill at any moment, to the fingerprints of one that was never killed', async () => {
    const slow = await startSyntheticServer({ noise: 0.5, delayMs: 6 });
    try {
      for (const [i, afterMs] of [200, 1200].entries()) {
        const out = join(folder, `killed-${i}`);
        const running = startLichen([...asked, '--out', out], { env: at(slow) });
        while (!existsSync(join(out, 'manifest.json'))) await wait(20);
        await wait(afterMs);
        running.child.kill('SIGKILL');
        await running.ended;
        expect(found(outcomeOf(await lichen(['qdaif', '--out', out, '--resume', '--json'], { env: at(slow) })))).toEqual(found(whole));
      }
    } finally {
      await slow.close();
    }
  });

  test('[S10] pauses when its budget is spent, and goes on with more seeds than it began with', async () => {
    const out = join(folder, 'paused');
    const paused = await lichen([...asked, '--out', out, '--budget-calls', '300'], { env });
    expect(paused.code, paused.stderr).toBe(3);
    expect(paused.stderr).toMatch(/stopped, because its budget is spent\. Go on with: lichen qdaif --out .*paused --resume/);
    expect(existsSync(join(out, 'summary.json'))).toBe(false);
    const before = server.answered;
    const more = outcomeOf(await lichen(['qdaif', '--out', out, '--resume', '--json', '--seeds', '3'], { env }));
    expect(more.runs).toHaveLength(6);
    expect(found(more).filter((_, i) => i % 3 < 2)).toEqual(found(whole));
    expect(server.answered - before).toBeLessThan(more.runs.reduce((sum, { cost }) => sum + cost.calls, 0) - 250);
  });

  test('[S13] --estimate says what an experiment would ask, asks nothing and makes nothing; with caps it is said before the start', async () => {
    const before = server.answered;
    const out = join(folder, 'foreseen');
    const { code, stdout, stderr } = await lichen([...asked, '--estimate', '--out', out], { env });
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout) as QdaifEstimate;
    expect(found).toMatchObject({ runs: 4, iterations: 70, dollars: 0, unpriced: [] });
    expect(found.calls / whole.runs.reduce((sum, { cost }) => sum + cost.calls, 0)).toBeGreaterThan(0.8);
    expect(found.calls / whole.runs.reduce((sum, { cost }) => sum + cost.calls, 0)).toBeLessThan(1.6);
    expect((await lichen([...asked.filter((each) => each !== '--json'), '--estimate'], { env })).stdout).toMatch(/^Estimate for 4 runs of 70 texts, .* calls \(280 written, 840 judged, [\d,]+ judged anew\), [\d,]+ tokens, at no price\.\n$/);
    expect((await lichen(['qdaif', '--out', first(), '--resume', '--estimate'], { env })).stdout).toBe('All runs of this experiment are made: nothing would be asked.\n');
    expect([server.answered, existsSync(out)]).toEqual([before, false]);
    const capped = await lichen(['qdaif', '--domain', 'opinions', '--iterations', '4', '--seeds', '1', '--rejudge', '0', '--headless', '--budget-calls', '50'], { env });
    expect(capped.stderr).toContain('Estimate for 1 run of 4 texts');
  });

  test('takes a domain from a file, begins with nothing but the model, and runs every method', async () => {
    const file = join(folder, 'own.json');
    writeFileSync(file, JSON.stringify({
      name: 'soups', noun: 'soup', template: 'A soup that someone made:', seeds: ['hot broth with peas', 'cold soup of beets', 'thick stew'],
      quality: { question: 'Is this soup good?' }, measures: [{ name: 'mood', question: 'Is it happy or tragic?', labels: ['happy', 'tragic'], ticks: [0.2, 0.8] }], depth: 2,
    }));
    const { runs } = outcomeOf(await lichen(['qdaif', '--domain', file, '--methods', 'all', '--init', 'zero-shot', '--iterations', '12', '--seeds', '1', '--rejudge', '0', '--json'], { env }));
    expect(runs).toHaveLength(12);
    for (const run of runs) {
      expect(run).toMatchObject({ domain: 'soups', cells: 3, maxQdScore: 3, corrected: null });
      expect(run.outcomes.pool).toBe(run.method === 'zero-shot' ? undefined : run.method.startsWith('lmx-') && run.method !== 'lmx-quality-only' ? 5 : 10);
      expect(run.elites).toBeGreaterThan(0);
    }
  });
});

describe('what cannot be', () => {
  const refused = async (args: readonly string[], more: NodeJS.ProcessEnv = env): Promise<string> => {
    const { code, stderr, stdout } = await lichen(['qdaif', '--headless', ...args], { env: more });
    expect(code, stderr).toBe(2);
    expect(stdout).toBe('');
    const said = stderr.trimEnd().split('\n').at(-1)!;
    expect(said).toMatch(/^lichen: (?:[A-Z/]|--).*(?:\.|--resume)$/);
    return said;
  };
  const own = { name: 'own', noun: 'text', template: 'T:', seeds: ['one text', 'two texts', 'three texts'], quality: { question: 'Good?' }, measures: [{ name: 'mood', question: 'Mood?', labels: ['happy', 'sad'] }] };
  const written = (change: object): string => {
    const file = join(folder, 'bad.json');
    writeFileSync(file, JSON.stringify({ ...own, ...change }));
    return file;
  };

  test('[S1] is said in one sentence, with what was given', async () => {
    expect(await refused(['--replay', first(), '--estimate'])).toContain('--estimate says what would be asked, but --replay asks nothing');
    expect(await refused(['--domain', 'novels'])).toContain('There is no domain "novels" and no such file; there are opinions, stories-genre');
    expect(await refused(['--domain', 'opinions', '--method', 'lmx-far'])).toContain('There is no method "lmx-far"; there are lmx-near, lmx-replace');
    expect(await refused(['--domain', 'opinions', '--iterations', '0'])).toContain('--iterations is "0", but must be');
    expect(await refused(['--domain', 'opinions', '--out', first()])).toContain('is not empty');
    expect(await refused(['--resume', '--out', join(folder, 'nowhere')])).toContain('does not hold a QDAIF experiment');
    expect(await refused(['--domain', written({ seeds: [] })])).toContain('seeds: a salon begins with 3 texts or more, found none.');
    expect(await refused(['--domain', written({ measures: [{ ...own.measures[0], labels: ['happy'] }] })])).toContain('measures.0.labels: two labels are needed, found 1.');
    expect(await refused(['--domain', written({ measures: [{ ...own.measures[0], ticks: [0.2, 0.5, 0.4] }] })])).toContain('measures.0.ticks: the bin edges must rise, but 0.5 is followed by 0.4: bins must not overlap.');
    expect(await refused(['--domain', written({ seeds: ['a ### b', 'two', 'three'] })])).toContain('seeds.0: a text must not hold "###"');
    writeFileSync(join(folder, 'broken.json'), '{"name": ');
    expect(await refused(['--domain', join(folder, 'broken.json')])).toContain('is not JSON: line 1, column 10, expected a value.');
    expect(readdirSync(folder)).not.toContain('nowhere');
  });

  test('[S9] a judge that answers neither label ends the run, with its answer\'s fault', async () => {
    const mute = await startSyntheticServer({ instead: ({ messages }) => (messages[0]?.content.startsWith('You are a careful judge') === true ? 'Perhaps.' : null) });
    try {
      const out = join(folder, 'mute');
      const said = await refused(['--domain', 'opinions', '--iterations', '60', '--seeds', '1', '--out', out], at(mute));
      expect(said).toMatch(/The run lmx-near-seed-1 was stopped: 30 texts in a row came to nothing, the last at iteration 29 because of this: quality: there is no rating from 1 to 10 in it\./);
      expect(existsSync(join(out, 'runs'))).toBe(false);
    } finally {
      await mute.close();
    }
  });

  test('[S10] a model that is lost ends the run, and its failures are asked again when it goes on', async () => {
    let gone = true;
    const weak = await startSyntheticServer({
      noise: 0.5,
      instead: ({ messages }) => {
        if (gone && messages[0]?.role === 'system') throw new Error('gone');
        return null;
      },
    });
    try {
      const out = join(folder, 'lost');
      expect(await refused([...asked.slice(1), '--out', out], at(weak))).toMatch(/The model synthetic has failed 12 times in a row, the last time so: .*Go on with: lichen qdaif --out/);
      gone = false;
      const { runs } = outcomeOf(await lichen(['qdaif', '--out', out, '--resume', '--json'], { env: at(weak) }));
      expect(runs.reduce((sum, { outcomes }) => sum + (outcomes.failed ?? 0), 0)).toBeLessThan(12);
    } finally {
      await weak.close();
    }
  });
});
