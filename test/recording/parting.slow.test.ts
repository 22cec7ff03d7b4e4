import { appendFileSync, copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listCheckpoints } from '../../core/recording/checkpoint.ts';
import { makeAgain, unmeasured } from '../../viewer/cli/made-again.ts';
import { nameParting, type Parting } from '../../viewer/cli/parting.ts';
import { openRecorded } from '../../viewer/cli/recorded-run.ts';
import { checkpointFolder } from '../../viewer/cli/run-files.ts';
import { performSmall, smallSpec, specOf } from './small-run.ts';

const PARTS_AT = 120;
let folder: string;
/** A recorded run, and a copy of it with one command more. */
let whole: string;
let changed: string;
/** A run of another scarcity, with states at the same ticks. */
let other: string;
let parting: Parting;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-parting-'));
  [whole, changed, other] = [join(folder, 'whole'), join(folder, 'changed'), join(folder, 'other')];
  await performSmall({ spec: { ...smallSpec(), ticks: 160 }, out: whole, until: 160 });
  await performSmall({ spec: { ...smallSpec({ set: ['scarcity=0.9'] }), ticks: 160 }, out: other, until: 160 });
  cpSync(whole, changed, { recursive: true });
  appendFileSync(join(changed, 'commands.jsonl'), `${JSON.stringify({ seq: 0, tick: PARTS_AT, command: { kind: 'set', key: 'costOfLiving', value: 2 } })}\n`);
  parting = { tick: PARTS_AT, fingerprint: await fingerprintAt(changed, PARTS_AT) };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As the first pass of a replay finds it. */
async function fingerprintAt(run: string, tick: number): Promise<string> {
  const { lab, close } = await makeAgain(openRecorded(run), unmeasured(specOf(run)));
  while (lab.simulation.kernel.tick < tick) await lab.tick();
  await close();
  return lab.simulation.fingerprint;
}

const named = (run: string, where = parting): Promise<string> => nameParting(openRecorded(run), specOf(run), where, () => false);
const states = (run: string): string[] => listCheckpoints(checkpointFolder(run)).map(({ file }) => file);
const sentence = new RegExp(`^tick ${PARTS_AT}: there are 1 of commands where the record has 0; the replay alone has command 1: `);

describe('the event at which a replay parts', () => {
  test('[R8] is named from the nearest state as it is from the beginning', async () => {
    expect(states(changed).length).toBeGreaterThan(2);
    const fromState = await named(changed);
    expect(fromState).toMatch(sentence);
    const bare = join(folder, 'bare');
    cpSync(changed, bare, { recursive: true });
    rmSync(checkpointFolder(bare), { recursive: true });
    expect(await named(bare)).toBe(fromState);
  });

  test('[R8] is named though the state before it is damaged, or is of another run', async () => {
    const strange = join(folder, 'strange');
    cpSync(changed, strange, { recursive: true });
    for (const [i, file] of states(strange).entries()) copyFileSync(states(other)[i]!, file);
    expect(await named(strange)).toMatch(sentence);
    for (const file of states(strange)) writeFileSync(file, 'cut');
    expect(await named(strange)).toMatch(sentence);
  });

  test('[R8] is named in the first tick and among the founders', async () => {
    const first = join(folder, 'first');
    cpSync(whole, first, { recursive: true });
    appendFileSync(join(first, 'commands.jsonl'), `${JSON.stringify({ seq: 0, tick: 1, command: { kind: 'set', key: 'costOfLiving', value: 2 } })}\n`);
    expect(await named(first, { tick: 1, fingerprint: await fingerprintAt(first, 1) })).toMatch(/^tick 1: .*command 1/);
    const seeded = join(folder, 'seeded');
    cpSync(whole, seeded, { recursive: true });
    writeFileSync(join(seeded, 'spec.json'), JSON.stringify({ ...specOf(whole), seed: 12 }));
    expect(await named(seeded, { tick: 0, fingerprint: await fingerprintAt(seeded, 0) })).toMatch(/^tick 0: birth 1 of 60 has /);
  });

  test('[R8] is not named where the replay is not the same twice', async () => {
    expect(await named(changed, { tick: PARTS_AT, fingerprint: await fingerprintAt(whole, PARTS_AT) })).toMatch(/the replay was another again/);
  });
});
