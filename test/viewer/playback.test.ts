import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playableRecord } from '../../viewer/cli/playable.ts';
import { parseFrame } from '../../viewer/app/frame.ts';
import { History, type PastTick } from '../../viewer/history.ts';
import type { Lab } from '../../viewer/lab.ts';
import { Places } from '../../viewer/places.ts';
import { createPlayback, type Playback } from '../../viewer/playback.ts';
import { performSmall, smallSpec, TICKS } from '../recording/small-run.ts';

/** A recorded run, the lab that ran it, and for every tick its fingerprint and frame. */
interface Recorded { folder: string; lab: Lab; prints: string[]; truth: History }

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-playback-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function record(name: string, model: boolean, set: string[]): Promise<Recorded> {
  const prints: string[] = [];
  const out = join(folder, name);
  let truth: History | null = null;
  const { lab } = await performSmall({
    spec: smallSpec({ model, set, with: ['record.events=false'] }), out, model,
    each({ lab: { simulation } }) {
      const { kernel } = simulation;
      if (truth === null) {
        const [births, deaths] = [new Places(), new Places()];
        truth = new History(kernel, births, deaths);
        prints[0] = simulation.fingerprint;
        simulation.events$.subscribe((event) => {
          if (event.kind !== 'tick') return;
          births.add(event.births.count, event.births.x, event.births.y, 1024, 1024);
          deaths.add(event.deaths.count, event.deaths.x, event.deaths.y, 1024, 1024);
        });
        truth.note();
        return;
      }
      prints[kernel.tick] = simulation.fingerprint;
      truth.note();
      if (kernel.tick === 70) simulation.submit({ kind: 'set', key: 'scarcity', value: 0.7 });
    },
  });
  prints[TICKS] = lab.simulation.fingerprint;
  return { folder: out, lab, prints, truth: truth! };
}

function lookAt({ frame }: PastTick): unknown {
  const { organisms, births, deaths, ...rest } = parseFrame(new Uint8Array(frame).buffer);
  return { organisms: Buffer.from(organisms).toString('base64'), births: [...births], deaths: [...deaths], ...rest };
}

async function played(playback: Playback, tick: number): Promise<PastTick> {
  const past = await playback.seek(tick, () => undefined);
  expect(past?.tick).toBe(tick);
  return past!;
}

describe.each([
  ['without a model, with immigrants and rewards', false, ['immigration=80', 'novelty=6', 'appraisalAge=20']],
  ['with a model that writes, thinks and judges', true, []],
])('a recorded run %s', (name, model, set) => {
  let run: Recorded;
  beforeAll(async () => { run = await record(name.slice(0, 12).trim(), model, set); });

  it('[V12] is played back to the fingerprint that every tick had, and to the picture', async () => {
    const playback = createPlayback(playableRecord(run.lab, run.folder));
    // from a state, on from there, from the beginning, back, and at a state
    for (const tick of [130, 177, 3, 71, 150, 239]) {
      const past = await played(playback, tick);
      expect(playback.fingerprint, `tick ${tick}`).toBe(run.prints[tick]);
      expect(lookAt(past)).toEqual(lookAt(run.truth.at(tick)!));
    }
  });
});

describe('playing back', () => {
  it('[V12] says how far it is, shows at once what it passed, and gives up when it is told to', async () => {
    const run = await record('progress', false, []);
    const playback = createPlayback({ ...playableRecord(run.lab, run.folder), states: () => [] });
    const heard: number[] = [];
    const first = await playback.seek(200, (at) => heard.push(at));
    expect(first?.tick).toBe(200);
    expect(heard.every((at, i) => at > (heard[i - 1] ?? 0) && at < 200)).toBe(true);
    const { fingerprint } = playback;
    const passed = await playback.seek(150, () => { throw new Error('nothing is to be played'); });
    expect(lookAt(passed!)).toEqual(lookAt(run.truth.at(150)!));
    expect(playback.fingerprint).toBe(fingerprint);
    playback.rest();
    expect(await playback.seek(220, () => playback.giveUp())).toBeNull();
    const again = await played(playback, 10);
    expect(lookAt(again)).toEqual(lookAt(run.truth.at(10)!));
    expect(run.lab.simulation.fingerprint).toBe(run.prints[TICKS]);
  });
});
