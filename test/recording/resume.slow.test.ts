import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../agents/model/task.ts';
import { pack, unpack, type Packable } from '../../core/kernel/packed.ts';
import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { listCheckpoints } from '../../core/recording/checkpoint.ts';
import { inspectRecord } from '../../core/recording/segments.ts';
import { Failure } from '../../viewer/cli/failure.ts';
import { branchSpecOf } from '../../viewer/cli/branch.ts';
import type { Stage } from '../../viewer/cli/perform.ts';
import { branchFolder } from '../../viewer/cli/branch-folder.ts';
import { openRecorded } from '../../viewer/cli/recorded-run.ts';
import { TICKS, performSmall, smallSpec, specOf } from './small-run.ts';

/** Files that are cut, of each kind of run. */
const CUTS = 20;

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-resume-')); });
afterAll(() => rmSync(folder, { recursive: true }));

/** Somebody turns a pressure while the run goes. */
const turned = ({ lab }: Parameters<NonNullable<Parameters<typeof performSmall>[0]['each']>>[0]): void => {
  const { tick } = lab.simulation.kernel;
  if (tick === 70 || tick === 130) lab.simulation.submit({ kind: 'set', key: 'scarcity', value: tick / 200 });
};

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
}

describe.each([['without a model', false], ['with one', true]] as const)('a run %s', (name, model) => {
  const whole = (): string => join(folder, `whole-${name}`);
  let fingerprint: string;
  let accounts: readonly Account[] | undefined;
  beforeAll(async () => {
    const { summary, lab } = await performSmall({ spec: smallSpec({ model }), out: whole(), model, each: turned });
    fingerprint = summary.fingerprint;
    accounts = lab.service?.accountsUpTo(TICKS);
  });

  test.each([30, 77, 199])('[R2] stopped at tick %i it goes on to the fingerprint of one that was never stopped, and its accounts are the same', async (at) => {
    const out = join(folder, `stopped-${name}-${at}`);
    await performSmall({ spec: smallSpec({ model }), out, model, until: at, each: turned });
    const said: string[] = [];
    // what was turned before comes again from the record
    const { summary, lab } = await performSmall({ spec: specOf(out), resume: out, model, each: (stage) => { if (stage.lab.simulation.kernel.tick >= at) turned(stage); }, say: (line) => said.push(line) });
    expect(summary.fingerprint).toBe(fingerprint);
    // what is due later may or may not have been answered by the end
    expect(lab.service?.accountsUpTo(TICKS)).toEqual(accounts);
    expect(said).toEqual([]);
  });

  test('[R3] whatever file is cut wherever, it goes on to the same fingerprint or is refused with the reason', async () => {
    const random = new RandomStream(seedKey(7, 99), model ? 1 : 0);
    const outcomes = { same: 0, refused: 0 };
    for (let i = 0; i < CUTS; i++) {
      const out = join(folder, `cut-${name}-${i}`);
      cpSync(whole(), out, { recursive: true });
      const file = random.pick(filesIn(out));
      const bytes = statSync(file).size;
      const at = random.below(bytes);
      truncateSync(file, at);
      try {
        const { summary } = await performSmall({ spec: specOf(out), resume: out, model });
        expect([file.slice(out.length), at, summary.fingerprint]).toEqual([file.slice(out.length), at, fingerprint]);
        outcomes.same++;
      } catch (error) {
        if (!(error instanceof Failure)) throw new Error(`${file} cut to ${at} of ${bytes} bytes: ${String(error)}`, { cause: error });
        expect(error.message).toMatch(/cannot be gone on with|does not describe|cannot be read|is not|damaged|ends|was recorded/);
        outcomes.refused++;
      }
      rmSync(out, { recursive: true });
    }
    expect(outcomes.same).toBeGreaterThan(3);
  }, 600_000);
});

test('[R3] a run whose tables are gone begins anew, with all its tables', async () => {
  const out = join(folder, 'no tables');
  const { summary: { fingerprint } } = await performSmall({ spec: smallSpec(), out });
  rmSync(join(out, 'events'), { recursive: true });
  const said: string[] = [];
  expect((await performSmall({ spec: specOf(out), resume: out, say: (line) => said.push(line) })).summary.fingerprint).toBe(fingerprint);
  expect(said[0]).toMatch(/The tables in .* are missing\. An earlier state is taken\./);
  expect((await inspectRecord(join(out, 'events'))).tick).toBe(TICKS);
});

describe('a branch', () => {
  test('[R4] is its run up to the tick at which they part, whether that has a state of its own or not, and differs after it; it replays and resumes as any run', async () => {
    const parent = join(folder, 'parent');
    const history: string[] = [];
    const note = (into: string[]) => ({ lab }: Stage): void => { into[lab.simulation.kernel.tick] = lab.simulation.fingerprint; };
    await performSmall({ spec: smallSpec(), out: parent, each: (stage) => { turned(stage); note(history)(stage); } });
    for (const at of [100, 123]) {
      const out = join(folder, `branch-${at}`);
      const spec = branchSpecOf(specOf(parent), parent, at, { costOfLiving: 0.9 });
      branchFolder(openRecorded(parent), out, spec, at);
      const branched: string[] = [];
      const { summary } = await performSmall({ spec, resume: out, each: note(branched) });
      // from the state that it took up
      expect(branched.findIndex((one) => one !== undefined)).toBe(100);
      for (let tick = 100; tick <= at; tick++) expect([tick, branched[tick]]).toEqual([tick, history[tick]]);
      expect(branched[at + 1]).not.toBe(history[at + 1]);
      // made again from spec and commands alone
      const again = await performSmall({ spec: specOf(out), played: out });
      expect(again.summary.fingerprint).toBe(summary.fingerprint);
    }
  });
});

describe('a record of another version', () => {
  const files: [string, (folder: string) => string, (text: Buffer) => Buffer][] = [
    ['the spec', (run) => join(run, 'spec.json'), (text) => Buffer.from(text.toString().replace('"lichen": 1', '"lichen": 2'))],
    ['the commands', (run) => join(run, 'commands.jsonl'), (text) => Buffer.from(text.toString().replace('"version":1', '"version":2'))],
    ['the list of tables', (run) => join(run, 'events', 'segments.jsonl'), (text) => Buffer.from(text.toString().replace('"version":1', '"version":2'))],
    ['a checkpoint', (run) => listCheckpoints(join(run, 'checkpoints'))[0]!.file, (bytes) => {
      const saved = unpack(new Uint8Array(bytes)) as { version: number };
      return Buffer.from(pack({ ...saved, version: 2 } as Packable));
    }],
  ];
  test.each(files)('[R10] is refused with the reason: %s', async (name, fileOf, change) => {
    const out = join(folder, `newer ${name}`);
    await performSmall({ spec: smallSpec(), out, until: 120 });
    const file = fileOf(out);
    writeFileSync(file, change(readFileSync(file)));
    const before = readFileSync(file);
    // a spec of another version cannot even be read
    const going = (async () => await performSmall({ spec: specOf(out), resume: out }))();
    await expect(going).rejects.toThrow(/(is|are) of version 2 and this program reads version 1/);
    await expect(going).rejects.toBeInstanceOf(Failure);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
