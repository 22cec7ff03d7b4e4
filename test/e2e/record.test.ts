import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lichen, startLichen } from './lichen.ts';

let folder: string;
let run: string;
const ground = ['--set', 'size=64', '--set', 'founders=80', '--set', 'capacity=600', '--set', 'mutationRate=0.6'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-record-'));
  run = join(folder, 'one');
  const { code, stderr } = await lichen(['run', 'meadow', '--seed', '4', '--ticks', '300', ...ground, '--headless', '--out', run, '--with', 'record.every=100', '--with', 'record.positions=50']);
  expect(code, stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Summary { fingerprint: string; births: number; population: number; deaths: number }
const summary = (): Summary => JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as Summary;

describe('a recorded run', () => {
  test('[R9] is listed, told in words, as JSON and as a page that needs nothing else', async () => {
    const listed = await lichen(['runs', folder, '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ name: 'one', state: 'finished', world: 'meadow', seed: 4, ticks: 300, fingerprint: summary().fingerprint }] });
    const told = await lichen(['show', run]);
    expect(told.stdout).toContain(`fingerprint ${summary().fingerprint}`);
    expect(told.stdout).toMatch(/[▁▂▃▄▅▆▇█]{20}/);
    const html = join(folder, 'one.html');
    const shown = await lichen(['show', run, '--html', html, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ world: 'meadow', ticks: 300, finished: true, fingerprint: summary().fingerprint });
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<script|src=|href="http|url\(/);
  });

  test('[R9] is exported whole: every birth and death, as tables and as a phylogeny whose ancestors are all there', async () => {
    const births = (await lichen(['export', run, '--table', 'births', '--format', 'jsonl'])).stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { id: number; tick: number });
    expect(births).toHaveLength(summary().births);
    const all = join(folder, 'all');
    const { code, stdout, stderr } = await lichen(['export', run, '--all', all, '--json']);
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as { written: { table: string }[] }).written.map(({ table }) => table)).toEqual(expect.arrayContaining(['births', 'deaths', 'genomes', 'ticks', 'positions', 'phylogeny']));
    expect(readFileSync(join(all, 'deaths.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(summary().deaths + 1);
    const rows = readFileSync(join(all, 'phylogeny.csv'), 'utf8').trimEnd().split('\n').slice(1).map((line) => /^(\d+),"?\[([^\]]*)\]"?,(\d+),(inf|\d+),/.exec(line)!);
    const ids = new Set(rows.map(([, id]) => id));
    expect(rows).toHaveLength(summary().births);
    expect(rows.filter(([, , , , end]) => end === 'inf')).toHaveLength(summary().population);
    expect(rows.flatMap(([, , ancestors]) => (ancestors === 'NONE' ? [] : ancestors!.split(','))).filter((one) => !ids.has(one))).toEqual([]);
    const trees = (await lichen(['export', run, '--format', 'phylogeny', '--first-parents'])).stdout.trimEnd().split('\n').slice(1);
    expect(trees).toHaveLength(rows.length);
    expect(trees.filter((line) => /\[\d+,/.test(line))).toEqual([]);
    const newick = (await lichen(['export', run, '--format', 'newick', '--living'])).stdout;
    expect((newick.match(/\(/g) ?? []).length).toBe((newick.match(/\)/g) ?? []).length);
    expect(newick.trimEnd()).toMatch(/;$/);
    const again = await lichen(['export', run, '--all', all]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/births\.csv is there already, and nothing is written over/)]);
  });

  test('[R8] replays to the same fingerprint in each tick; one that was changed parts at a tick and an event that are named', async () => {
    const { code, stdout, stderr } = await lichen(['replay', run, '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ agrees: true, ticks: 300, fingerprint: summary().fingerprint, parted: null });
    const other = join(folder, 'other');
    cpSync(run, other, { recursive: true });
    writeFileSync(join(other, 'commands.jsonl'), `${readFileSync(join(run, 'commands.jsonl'), 'utf8')}${JSON.stringify({ seq: 0, tick: 120, command: { kind: 'set', key: 'costOfLiving', value: 2 } })}\n`);
    const parted = await lichen(['replay', other]);
    expect(parted.code).toBe(4);
    expect(parted.stdout).toMatch(/^The replay parts from the record in .*other at tick 120: .*command 1/);
    rmSync(other, { recursive: true });
  });

  test('[R4] is branched from the terminal, and the branch replays', async () => {
    const out = join(folder, 'branch');
    const { code, stdout, stderr } = await lichen(['branch', run, '--at', '150', '--set', 'scarcity=0.9', '--out', out, '--json']);
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as Summary).fingerprint).not.toBe(summary().fingerprint);
    const replayed = await lichen(['replay', out, '--json']);
    expect([replayed.code, JSON.parse(replayed.stdout)], replayed.stderr).toMatchObject([0, { agrees: true, ticks: 300 }]);
    expect((await lichen(['show', out])).stdout).toContain('It parted from one after tick 150: scarcity = 0.9.');
    rmSync(out, { recursive: true });
  });

  test('[X1] that is being made is refused to a second process', async () => {
    const out = join(folder, 'busy');
    const { child, ended } = startLichen(['run', 'meadow', '--ticks', '1000000', ...ground, '--headless', '--out', out]);
    while (!existsSync(join(out, 'commands.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await lichen(['run', out, '--resume', '--headless']);
    expect([second.code, second.stderr]).toEqual([2, expect.stringMatching(/is held by a run, process \d+; wait until it has ended/)]);
    expect((await lichen(['runs', folder])).stdout).toMatch(/busy .*running/);
    child.kill('SIGKILL');
    await ended;
    rmSync(out, { recursive: true });
  });

  test.each([
    [['replay', 'nowhere'], /nowhere does not hold a recorded run: there is no spec\.json in it/],
    [['show', 'nowhere'], /nowhere does not hold a recorded run/],
    [['runs', 'nowhere'], /The folder nowhere cannot be read/],
    [['export', 'RUN', '--table', 'birds'], /There is no table "birds"; the tables are births, deaths,/],
    [['export', 'RUN', '--table', 'thoughts'], /has no rows in thoughts/],
    [['export', 'RUN', '--json'], /--json tells on standard output what was written, .* name a file with --out or a folder with --all/],
    [['export', 'RUN', '--format', 'parquet'], /Parquet is not for a terminal; name a file with --out/],
    [['branch', 'RUN', '--at', '500', '--set', 'scarcity=0.9', '--out', 'x'], /--at is 500, but the run in .* ended at tick 300/],
    [['branch', 'RUN', '--at', '100', '--out', 'x'], /--set names nothing that is changed/],
    [['branch', 'RUN', '--at', '100', '--set', 'size=100', '--out', 'x'], /size can only be chosen before the run/],
    [['run', 'RUN', '--resume', '--set', 'scarcity=0.9'], /--resume goes on with a run as it was, and parameters would be another/],
  ])('[R9] %j is refused with one sentence', async (args, sentence) => {
    const { code, stderr } = await lichen(args.map((one) => (one === 'RUN' ? run : one)), { cwd: folder });
    expect(stderr.trimEnd()).toMatch(sentence);
    expect([code, stderr.trimEnd().split('\n').length, existsSync(join(folder, 'x'))]).toEqual([2, 1, false]);
  });
});
