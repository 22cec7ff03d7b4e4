import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planRun } from '../../viewer/cli/plan.ts';
import { sessionOf } from '../../viewer/cli/watched-run.ts';
import { parseFrame, type Frame } from '../../viewer/app/frame.ts';
import { createLab } from '../../viewer/lab.ts';
import type { ServerMessage } from '../../viewer/protocol.ts';
import { createSession } from '../../viewer/session.ts';
import { performSmall, smallSpec } from '../recording/small-run.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-watched-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the session of a run', () => {
  it('[V12] plays back what is on record while the run goes on, and keeps its bookmarks in the folder', async () => {
    const out = join(folder, 'run');
    const spec = smallSpec({ with: ['record.events=false'] });
    const prints = new Map<number, string>();
    await performSmall({
      spec, out,
      each({ lab, folder: recorded }) {
        const { kernel } = lab.simulation;
        prints.set(kernel.tick, lab.simulation.fingerprint);
        if (kernel.tick !== 130) return;
        const session = createSession({ lab, model: { state: 'none', name: '', note: '' }, playing: false, history: { mostBytes: 20_000, wantedTicks: 5 }, ...sessionOf(lab, spec, recorded) });
        const client = session.join({ message: () => undefined, frame: () => undefined });
        client.receive({ type: 'bookmark', tick: 12, text: 'here <b>it</b> began' });
        expect(session.totals().recorded).toBe(true);
      },
    });
    expect(JSON.parse(readFileSync(join(out, 'bookmarks.json'), 'utf8'))).toEqual({ lichen: 1, bookmarks: [{ id: 0, tick: 12, text: 'here <b>it</b> began' }] });
    const lab = createLab({ world: spec.world, seed: spec.seed, operator: spec.operator, parameters: spec.parameters, service: null });
    while (lab.simulation.kernel.tick < 200) await lab.tick();
    const options = sessionOf(lab, spec, out);
    expect(options.bookmarks).toHaveLength(1);
    const session = createSession({ lab, model: { state: 'none', name: '', note: '' }, playing: false, ...options });
    const frames: Frame[] = [];
    const said: ServerMessage[] = [];
    const client = session.join({ message: (message) => said.push(message), frame: (bytes) => { frames.push(parseFrame(bytes)); queueMicrotask(() => client.receive({ type: 'drawn' })); } });
    client.receive({ type: 'at', tick: 137 });
    await expect.poll(() => frames.at(-1)?.tick, { timeout: 60_000, interval: 5 }).toBe(137);
    expect(frames.at(-1)).toMatchObject({ past: true, played: true });
    expect(options.playback!.fingerprint).toBe(prints.get(137));
    writeFileSync(join(out, 'bookmarks.json'), '{"lichen":1,"bookmarks":[{"tick":"x"}]}');
    expect(() => sessionOf(lab, spec, out)).toThrow('are not in the form of this version; correct the file or delete it.');
    writeFileSync(join(out, 'bookmarks.json'), '{');
    expect(() => sessionOf(lab, spec, out)).toThrow('they are not JSON');
  });

  it('says how to make the run again: in one line where flags say all, else by its spec', () => {
    const given = { set: ['size=64', 'scarcity=0.25'], seed: 7 };
    const shared = (spec: ReturnType<typeof planRun>, place: string | null) => {
      const { world, seed, operator, parameters } = spec;
      return sessionOf(createLab({ world, seed, operator, parameters, service: null }), spec, place).share!;
    };
    const plain = planRun('meadow', given);
    expect(shared(plain, null)).toEqual({ command: 'lichen run meadow --seed 7 --set size=64 --set scarcity=0.25', spec: plain, branch: null });
    const scheduled = planRun('meadow', { ...given, with: ['schedules.crowding={"kind":"constant","value":0.2}'] });
    expect(shared(scheduled, join(process.cwd(), "it's here"))).toEqual({
      command: 'lichen run spec.json', spec: scheduled, branch: "lichen branch 'it'\\''s here' --at TICK --set KEY=VALUE --out 'it'\\''s here-TICK'",
    });
    // the line is the run
    const again = planRun('meadow', { seed: 7, set: ['size=64', 'scarcity=0.25'] });
    expect(again).toEqual(plain);
  });
});
