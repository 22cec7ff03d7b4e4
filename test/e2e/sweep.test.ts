import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { isAlive } from '../../viewer/cli/process-identity.ts';
import { lichen, startLichen } from './lichen.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-sweep-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const experiment = {
  name: 'Small', world: 'meadow', replicates: 3,
  // a state every 40 ticks, so that what is killed is gone on with and not only begun again
  base: { ticks: 260, parameters: { size: 64, patchSize: 16, founders: 60 }, record: { every: 40, events: true } },
  factors: [{ key: 'scarcity', values: [0.3, 0.6] }],
  schedules: { crowding: { kind: 'season', mean: 0.1, amplitude: 0.1, period: 60 } },
  stop: { births: 5000 }, measures: { wanted: ['population', 'archive'] },
  outcomes: ['population', 'births', 'coverage', { name: 'population.energy', over: 'mean' }],
};

function file(name: string, changed: object = {}): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...experiment, ...changed }));
  return path;
}

const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');

describe('lichen sweep', () => {
  beforeAll(async () => {
    const { code, stderr, stdout } = await lichen(['sweep', file('small'), '--out', join(folder, 'whole'), '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'lichen-sweep-results', rows: { length: 6 }, factors: ['scarcity'] });
  });

  test('[X10] performs every run once and compares them in table, results and report', async () => {
    expect((await lichen(['runs', folder])).stdout).toMatch(/whole is a sweep, Small, with 6 runs: lichen runs .*runs$/m);
    const [head, ...rows] = read('whole', 'results.csv').trimEnd().split('\n');
    expect(head).toBe('scarcity,seed,population,births,coverage,population.energy (mean),ended,fingerprint,run,problem');
    expect(rows.map((row) => row.split(',').slice(0, 2).join(' '))).toEqual(['0.3 1', '0.3 2', '0.3 3', '0.6 1', '0.6 2', '0.6 3']);
    expect(new Set(rows.map((row) => row.split(',')[7])).size).toBe(6);
    expect(readdirSync(join(folder, 'whole', 'runs'))).toHaveLength(6);
    expect(existsSync(join(folder, 'whole', 'lock'))).toBe(false);
    const html = read('whole', 'report.html');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html.match(/<svg /g)!.length).toBe(8);
    expect(html).toContain('Quality and attributes');
    expect(html).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
  });

  test('[X10] has nothing to do a second time, and on one core makes the same table', async () => {
    const { code, stderr } = await lichen(['sweep', file('small'), '--out', join(folder, 'whole')]);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/process/);
    // one more level takes the runs that are there
    const more = await lichen(['sweep', file('more', { factors: [{ key: 'scarcity', values: [0.3, 0.6, 0.9] }] }), '--out', join(folder, 'whole')]);
    expect(more.stderr).toMatch(/9 runs, 6 of them done already/);
    const single = await lichen(['sweep', file('small'), '--out', join(folder, 'single'), '--cores', '1']);
    expect(single.stderr).toMatch(/one process performs them/);
    await lichen(['sweep', file('small'), '--out', join(folder, 'whole')]);
    for (const name of ['results.csv', 'results.json', 'report.html']) expect(read('single', name)).toBe(read('whole', name));
  });

  test('[X10] killed at random, again and again, it gives the table of one that never was', async () => {
    const random = new RandomStream(seedKey(11, purpose.sampling), 1);
    const out = join(folder, 'killed');
    const runs = join(out, 'runs');
    const count = (isCounted: (run: string) => boolean): number => (existsSync(runs) ? readdirSync(runs).filter((run) => isCounted(join(runs, run))).length : 0);
    /** Runs that have a state to go on from and have not come to their end. */
    const halfDone = (): number => count((run) => !existsSync(join(run, 'summary.json')) && existsSync(join(run, 'checkpoints')) && readdirSync(join(run, 'checkpoints')).some((name) => name.endsWith('.lichen')));
    let killed = 0;
    let goneOn = 0;
    for (let attempt = 0; ; attempt++) {
      const sweep = startLichen(['sweep', file('small'), '--out', out]);
      let code: number | null | undefined;
      const ended = sweep.ended.then((end) => { code = end.code; });
      const [many, until] = [count(existsSync), performance.now() + 1500 + random.next() * 2000];
      // amid runs, when one more has begun and there is a state, and at times of its own; those come later, for a quick machine may be done by then
      const isAmid = attempt < 2 || attempt % 2 === 0;
      const isTime = (): boolean => (isAmid ? halfDone() > 0 && count(existsSync) > many : performance.now() > until);
      while (code === undefined && (attempt >= 8 || !isTime())) await rest(5);
      if (code !== undefined) {
        expect(code).toBe(0);
        break;
      }
      sweep.child.kill('SIGKILL');
      await ended;
      killed++;
      goneOn += halfDone();
    }
    expect(killed).toBeGreaterThan(1);
    expect(goneOn).toBeGreaterThan(0);
    for (const name of ['results.csv', 'results.json', 'report.html']) expect(read('killed', name)).toBe(read('single', name));
    expect(readdirSync(join(out, 'runs')).sort()).toEqual(readdirSync(join(folder, 'single', 'runs')).sort());
  });

  test('[X1] a second sweep in the same folder is refused, naming the process, and the first goes on', async () => {
    const long = file('long', { base: { ...experiment.base, ticks: 20_000 }, stop: {} });
    const out = join(folder, 'twice');
    const first = startLichen(['sweep', long, '--out', out]);
    await first.says('stderr', /processes perform them/);
    const second = await lichen(['sweep', long, '--out', out]);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`is held by a sweep, process ${first.child.pid}; wait until it has ended`);
    first.child.kill('SIGINT');
    const { code, stderr } = await first.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Started again, the sweep goes on where it was/);
    expect(existsSync(join(out, 'lock'))).toBe(false);
  });

  test('[X10] processes end with the sweep that started them, however it ends', async () => {
    const out = join(folder, 'orphans');
    const sweep = startLichen(['sweep', file('long', { base: { ...experiment.base, ticks: 20_000 }, stop: {} }), '--out', out]);
    const locks = (): string[] => (existsSync(join(out, 'runs')) ? readdirSync(join(out, 'runs')).map((run) => join(out, 'runs', run, 'lock')).filter((lock) => existsSync(lock)) : []);
    while (locks().length < 1) await rest(50);
    const workers = locks().map((lock) => JSON.parse(readFileSync(lock, 'utf8')) as { pid: number; started: string });
    sweep.child.kill('SIGKILL');
    await sweep.ended;
    expect(workers.length).toBeGreaterThan(0);
    await expect.poll(() => workers.filter(({ pid, started }) => isAlive(pid, started)), { timeout: 60_000 }).toEqual([]);
  });

  test('[X10] a run that fails is told, and the others are performed: exit code 1', async () => {
    const out = join(folder, 'failing');
    const { code, stderr } = await lichen(['sweep', file('failing', {
      replicates: 1, base: { ...experiment.base, ticks: 20 }, factors: [{ key: 'model', values: ['none', '/no/such/model.gguf'] }], schedules: {},
    }), '--out', out]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/model = \/no\/such\/model\.gguf, seed 1 failed: /);
    const rows = read('failing', 'results.csv').trimEnd().split('\n');
    expect(rows[1]).toMatch(/^none,1,\d+/);
    expect(rows[2]).toMatch(/^\/no\/such\/model\.gguf,1,,,,,,,[0-9a-f]{16},.*model/);
    expect(read('failing', 'report.html')).toMatch(/1 run failed and is left out/);
  });

  test('[X6] what cannot be done is refused before anything is made: exit code 2', async () => {
    // where no package.json says that it is a module
    const typed = join(folder, 'typed.ts');
    writeFileSync(typed, `const levels: number[] = [4];\nexport const experiment = { name: 'Typed', world: 'meadow', factors: [{ key: 'scarcity', values: levels }] };\n`);
    const newer = join(folder, 'newer');
    mkdirSync(newer);
    writeFileSync(join(newer, 'sweep.json'), '{"format":"lichen-sweep","version":2}\n');
    for (const [args, sentence] of [
      [['sweep', join(folder, 'absent.json')], /There is no experiment file/],
      [['sweep', file('bad', { factors: [{ key: 'scarcity', values: [3] }] }), '--out', join(folder, 'bad')], /factors\.0\.values\.0: scarcity is 3/],
      [['sweep', file('small'), '--out', folder], /is not empty/],
      [['sweep', typed, '--out', join(folder, 'bad')], /factors\.0\.values\.0: scarcity is 4/],
      [['sweep', file('small'), '--out', newer], /is of version 2 and this program reads version 1/],
      [['sweep', file('small'), '--cores', '0'], /--cores is "0"/],
      [['compare', folder], /holds no run that has come to its end/],
    ] as const) {
      const { code, stderr } = await lichen(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(sentence);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(existsSync(join(folder, 'bad'))).toBe(false);
  });

  test('[X8] lichen compare says of the runs of a sweep what the sweep says', async () => {
    const runs = join(folder, 'single', 'runs');
    const html = join(folder, 'compared.html');
    const { code, stdout, stderr } = await lichen(['compare', ...readdirSync(runs).map((run) => join(runs, run)), '--json', '--html', html, '--outcomes', 'population,births,coverage,mean:population.energy']);
    expect(code, stderr).toBe(0);
    const { analysis, factors } = JSON.parse(stdout) as { analysis: unknown; factors: string[] };
    expect(factors).toEqual(['scarcity']);
    expect(analysis).toEqual((JSON.parse(read('single', 'results.json')) as { analysis: unknown }).analysis);
    expect(readFileSync(html, 'utf8')).toContain('A comparison of runs');
  });
});
