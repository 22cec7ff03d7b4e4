import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseProgram } from '../../agents/instincts/parse.ts';
import { cacheFolder, findWeights, weightsFacts } from '../../agents/model/weights.ts';
import type { RunSummary } from '../../viewer/lab.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { good, startFaultServer, type FaultServer } from '../model/fault-server.ts';
import { lichen, startLichen, type Ended, type LichenOptions } from './lichen.ts';

const small = ['run', 'meadow', '--headless', '--json', '--set', 'size=64', '--set', 'patchSize=16', '--set', 'founders=60'];

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-cli-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function summaryOf({ code, stdout, stderr }: Ended): RunSummary {
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as RunSummary;
}

async function runSmall(args: readonly string[], options: LichenOptions = {}): Promise<RunSummary> {
  return summaryOf(await lichen([...small, ...args], options));
}

/** What must not differ between a run and its replay. */
const outcome = ({ organismStepsPerSecond: _, model, ...rest }: RunSummary): object => ({ ...rest, repaired: model.repaired, fallbacks: model.fallbacks, copies: model.copies });

const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));
const readLines = (...path: string[]): Record<string, unknown>[] =>
  readFileSync(join(...path), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

describe('lichen run --json', () => {
  let first: Ended;
  let summary: RunSummary;
  const out = (): string => join(folder, 'deep', 'first');
  beforeAll(async () => {
    first = await lichen([...small, '--ticks', '120', '--seed', '7', '--out', out()]);
    summary = summaryOf(first);
  });

  test('prints one JSON object on standard output, and all else elsewhere', () => {
    expect(first.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(summary).toEqual({
      world: 'meadow', seed: 7, ticks: 120, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      population: expect.any(Number) as number, births: expect.any(Number) as number, deaths: expect.any(Number) as number,
      birthsByOperator: { founder: 60, copy: expect.any(Number) as number, classical: expect.any(Number) as number, llm: 0, immigrant: 0 },
      archive: { coverage: expect.any(Number) as number, qdScore: expect.any(Number) as number, elites: expect.any(Number) as number },
      organismStepsPerSecond: expect.any(Number) as number, ended: null,
      model: { calls: 0, tokens: 0, dollars: 0, repaired: 0, fallbacks: 0, overBudget: 0, copies: 0, accounts: [] },
    });
    expect(summary.births).toBe(Object.values(summary.birthsByOperator).reduce((a, b) => a + b));
    expect(summary.population).toBe(summary.births - summary.deaths);
    expect(summary.births).toBeGreaterThan(60);
  });

  test('[L1] the same spec and seed give the same fingerprint from any folder; a seed or a pressure changes it', async () => {
    const spec = join(out(), 'spec.json');
    const [again, bySpec, otherSeed, otherPressure] = await Promise.all([
      runSmall(['--ticks', '120', '--seed', '7'], { cwd: folder }),
      lichen(['run', spec, '--json']).then(summaryOf),
      runSmall(['--ticks', '120', '--seed', '8']),
      runSmall(['--ticks', '120', '--seed', '7', '--set', 'costOfLiving=0.5']),
    ]);
    expect(outcome(again)).toEqual(outcome(summary));
    expect(outcome(bySpec)).toEqual(outcome(summary));
    expect(new Set([summary.fingerprint, otherSeed.fingerprint, otherPressure.fingerprint]).size).toBe(3);
  });

  test('--out holds the spec, the commands, the living, the elites and the summary', () => {
    expect(readdirSync(out()).sort()).toEqual(['archive.json', 'checkpoints', 'commands.jsonl', 'events', 'manifest.json', 'measures.json', 'population.jsonl', 'spec.json', 'summary.json']);
    expect(readJson(out(), 'summary.json')).toEqual(summary);
    expect(readJson(out(), 'spec.json')).toMatchObject({ lichen: 1, world: 'meadow', seed: 7, ticks: 120, operator: 'classical', model: 'none', parameters: { size: 64, modelShare: 0 } });
    expect(readLines(out(), 'commands.jsonl')).toEqual([{ format: 'lichen-commands', version: 1 }]);
    const living = readLines(out(), 'population.jsonl');
    expect(living).toHaveLength(summary.population);
    for (const { genome } of living) parseProgram(String(genome), meadow.vocabulary);
    expect((readJson(out(), 'archive.json') as { cells: unknown[] }).cells).toHaveLength(summary.archive.elites);
  });
});

describe('a model that answers', () => {
  let server: FaultServer;
  const recording = (): string => join(folder, 'recorded');
  const llm = ['--ticks', '70', '--operator', 'mixed', '--set', 'modelShare=0.4'];
  let summary: RunSummary;

  beforeAll(async () => {
    server = await startFaultServer();
    for (let i = 0; i < 3000; i++) {
      server.next.push(good(i % 5 === 4 ? 'As a language model, I like meadows.' : `when energy > ${60 + (i % 30)} -> reproduce\notherwise -> eat`));
    }
    const env = { OPENAI_BASE_URL: server.baseURL, LICHEN_GRAMMAR: 'off' };
    summary = await runSmall([...llm, '--out', recording()], { env });
  });
  afterAll(() => server.close());

  test('writes children, and what had to be asked again is counted', () => {
    expect(summary.birthsByOperator.llm).toBeGreaterThan(0);
    expect(summary.model.repaired).toBeGreaterThan(0);
    expect(summary.model.calls).toBeGreaterThan(summary.birthsByOperator.llm);
    expect(summary.model.tokens).toBe(10 * summary.model.calls);
    const delivered = readLines(recording(), 'commands.jsonl').slice(1);
    expect(delivered.map(({ seq }) => seq)).toEqual(delivered.map((_, i) => i));
    expect(delivered.length).toBe(summary.birthsByOperator.llm + summary.model.fallbacks);
  });

  test('[L1] its recording stands in for it: the same fingerprint, without a model', async () => {
    const replayed = join(folder, 'replayed');
    const again = summaryOf(await lichen(['run', join(recording(), 'spec.json'), '--json', '--replay', join(recording(), 'cassette.jsonl'), '--out', replayed]));
    expect(outcome(again)).toEqual(outcome(summary));
    expect(readFileSync(join(replayed, 'commands.jsonl'), 'utf8')).toBe(readFileSync(join(recording(), 'commands.jsonl'), 'utf8'));
    expect(readJson(replayed, 'spec.json')).toEqual(readJson(recording(), 'spec.json'));
  });

  test('the recording of another run is refused when it runs out, and nothing stays', async () => {
    const out = join(folder, 'departed');
    const { code, stderr } = await lichen([...small, ...llm, '--seed', '2', '--replay', join(recording(), 'cassette.jsonl'), '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/has no reply number 1 of tick \d+ to request .* recorded from another run/);
    expect(existsSync(out)).toBe(false);
  });

  test('[L4] without a model the children planned for it are classical, and counted as fallbacks', async () => {
    const without = await runSmall([...llm, '--model', 'none']);
    expect(without.birthsByOperator.llm).toBe(0);
    expect(without.model.fallbacks).toBeGreaterThan(0);
  });
});

const weights = await findWeights();
const absent = weights === null && process.env['LICHEN_REQUIRE_WEIGHTS'] !== '1';
const why = absent ? ` (skipped: ${weightsFacts.file} is not in ${cacheFolder()}; run lichen model fetch)` : '';

describe.skipIf(absent)(`the real model at the command line${why}`, () => {
  test('[L1] writes children that are programs, and its replies replay to the same fingerprint', async () => {
    const out = join(folder, 'real');
    const summary = await runSmall(['--ticks', '55', '--operator', 'mixed', '--out', out]);
    expect(summary.birthsByOperator.llm).toBeGreaterThan(0);
    const written = readLines(out, 'commands.jsonl').slice(1).map(({ command }) => command as { outcome: string; genome: string | null });
    const valid = written.filter(({ genome }) => genome !== null);
    expect(valid).toHaveLength(summary.birthsByOperator.llm);
    for (const { genome } of valid) parseProgram(genome!, meadow.vocabulary);
    expect(written.filter((one) => one.outcome === 'repaired')).toHaveLength(summary.model.repaired);
    expect(written.filter((one) => one.outcome === 'fallback')).toHaveLength(summary.model.fallbacks);

    const again = summaryOf(await lichen(['run', join(out, 'spec.json'), '--json', '--replay', out]));
    expect(outcome(again)).toEqual(outcome(summary));
  });

  test('passes lichen model check', async () => {
    const { code, stdout, stderr } = await lichen(['model', 'check']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/checksum {3}right[\s\S]*obeys grammars[\s\S]*program {4}when /);
  });
});

describe('stopping', () => {
  test('Ctrl-C ends a run between two ticks: its files are whole, and as far as it came it can be run again', async () => {
    const out = join(folder, 'stopped');
    const running = startLichen([...small, '--ticks', '1000000', '--out', out]);
    await running.says('stderr', /tick \d/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const summary = JSON.parse(stdout.trimEnd()) as RunSummary;
    expect(summary.ticks).toBeLessThan(1_000_000);
    expect(readJson(out, 'summary.json')).toEqual(summary);
    expect(readLines(out, 'population.jsonl')).toHaveLength(summary.population);
    const again = summaryOf(await lichen(['run', join(out, 'spec.json'), '--json', '--ticks', String(summary.ticks)]));
    expect(outcome(again)).toEqual(outcome(summary));
  });

  test('a watched run gives its address and its page, and ends with a paragraph and code 0', async () => {
    const running = startLichen(['run', 'meadow', '--port', '0', '--set', 'size=64', '--set', 'founders=60']);
    const said = await running.says('stdout', /http:\/\/127\.0\.0\.1:\d+\//);
    const page = await fetch(/http:\/\/127\.0\.0\.1:\d+\//.exec(said)![0]);
    expect(await page.text()).toContain('<title>');
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/From 60 founders came \d+ births?/);
    expect(stdout).toMatch(/Fingerprint\s+[0-9a-f]{16}\./);
  });

  test('lichen start without a model to be had runs on classical operators and says so', async () => {
    const nowhere = join(folder, 'empty');
    mkdirSync(nowhere);
    const running = startLichen(['start', '--port', '0', '--set', 'size=64', '--set', 'founders=60'], {
      env: { LICHEN_CACHE: join(nowhere, 'cache'), HF_ENDPOINT: 'http://127.0.0.1:1', PATH: nowhere },
    });
    await running.says('stdout', /http:\/\/127\.0\.0\.1:\d+\//);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toMatch(/cannot be fetched .* The world runs on classical operators\./);
    expect(stdout).toContain('moire, seed 1');
    expect(code).toBe(0);
  });
});

test('lichen worlds tells what there is, as text and as JSON', async () => {
  const [text, json] = await Promise.all([lichen(['worlds']), lichen(['worlds', 'meadow', '--json'])]);
  expect(text.stdout).toMatch(/^moire — Moiré/);
  expect(text.stdout).toMatch(/^meadow — Meadow/m);
  const [world] = JSON.parse(json.stdout) as { name: string; senses: { name: string }[]; acts: { name: string }[]; parameters: { key: string }[] }[];
  expect(world!.name).toBe('meadow');
  for (const name of [...world!.senses, ...world!.acts].map((each) => each.name)) expect(text.stdout).toContain(name);
  for (const { key } of world!.parameters) expect(text.stdout).toContain(`    ${key} `);
});

test('lichen model show tells a damaged file from a whole one', async () => {
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  writeFileSync(join(cache, weightsFacts.file), 'not whole');
  const { stdout } = await lichen(['model', 'show', '--json'], { env: { LICHEN_CACHE: cache } });
  expect(JSON.parse(stdout)).toMatchObject({ embedded: { name: weightsFacts.name, state: 'damaged' }, endpoint: null });
});
