import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseFrame, type Frame } from '../../viewer/app/frame.ts';
import { createLab, type Lab, type LabOptions } from '../../viewer/lab.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import { measureOptions } from '../../core/measures/measure-options.ts';
import type { Hello, ServerMessage } from '../../viewer/protocol.ts';
import { createSession, type Session, type SessionClient, type SessionOptions } from '../../viewer/session.ts';
import { ASLEEP_MS } from '../../viewer/watcher.ts';

/** A page of a session: what it heard and saw; it draws each frame at once. */
interface Page { client: SessionClient; heard: ServerMessage[]; frames: Frame[]; say(message: unknown): void; last<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }> | undefined }

const running: { session: Session; done: Promise<void> }[] = [];
afterEach(async () => {
  for (const { session, done } of running.splice(0)) {
    session.stop();
    await done;
  }
});

function begin(options: Partial<SessionOptions> = {}, lab: Partial<LabOptions> = {}): { lab: Lab; session: Session } {
  const made = createLab({
    world: 'meadow', seed: 6, operator: 'classical', service: null, ...lab, parameters: { size: 64, founders: 80, capacity: 500, gestation: 4, scarcity: 0.1, mutationRate: 0.4, ...lab.parameters },
  });
  const session = createSession({ lab: made, model: { state: 'none', name: 'no model', note: '' }, ticksPerSecond: 0, playing: false, ...options });
  running.push({ session, done: session.run() });
  return { lab: made, session };
}

function open(session: Session): Page {
  const heard: ServerMessage[] = [];
  const frames: Frame[] = [];
  const client = session.join({
    message: (message) => void heard.push(structuredClone(message)),
    frame: (bytes) => { frames.push(parseFrame(bytes)); queueMicrotask(() => client.receive({ type: 'drawn' })); },
  });
  return { client, heard, frames, say: (message) => client.receive(message), last: (type) => heard.findLast((message): message is never => message.type === type) };
}

const until = (what: () => boolean): Promise<void> => expect.poll(what, { timeout: 60_000, interval: 5 }).toBe(true);

async function stepTo(lab: Lab, page: Page, tick: number): Promise<void> {
  while (lab.simulation.kernel.tick < tick) {
    page.say({ type: 'step', ticks: Math.min(1000, tick - lab.simulation.kernel.tick) });
    const before = lab.simulation.kernel.tick;
    await until(() => lab.simulation.kernel.tick >= Math.min(tick, before + 1000));
  }
}

describe('a page that looks back', () => {
  it('[V11] sees the tick that it asks for, while the world goes on and other pages with it', async () => {
    const { lab, session } = begin();
    const [page, other] = [open(session), open(session)];
    await stepTo(lab, page, 60);
    await until(() => page.frames.at(-1)?.tick === 60);
    const seen = page.frames.find(({ tick }) => tick === 60)!;
    page.say({ type: 'speed', ticksPerSecond: 200 });
    page.say({ type: 'play' });
    await until(() => lab.simulation.kernel.tick > 90);
    // in the very turn in which it asks: the page has drawn all that it was sent
    page.say({ type: 'at', tick: 60 });
    const past = page.frames.at(-1)!;
    expect(past).toMatchObject({ tick: 60, past: true, played: false, count: seen.count, hue: 0 });
    expect(past.organisms).toEqual(seen.organisms);
    expect(past.fields).toHaveLength(1);
    await until(() => lab.simulation.kernel.tick > 120 && other.frames.at(-1)!.tick > 110);
    expect([page.frames.at(-1)!.tick, other.frames.some((frame) => frame.past)]).toEqual([60, false]);
    // the evidence goes on
    await until(() => page.last('totals')!.totals.tick > 120);
    expect(page.last('totals')!.totals.held).toMatchObject({ from: 1, step: 1 });
    page.say({ type: 'show', hue: 'act', fields: [] });
    await until(() => page.frames.at(-1)!.hue === 6);
    expect(page.frames.at(-1)).toMatchObject({ tick: 60, past: true, fields: [] });
    page.say({ type: 'live' });
    await until(() => !page.frames.at(-1)!.past && page.frames.at(-1)!.tick > 120);
  });

  it('[V19] takes in hand who lived then, is told of it at each tick that it looks at, and of now when it is back', async () => {
    const { lab, session } = begin();
    const page = open(session);
    await stepTo(lab, page, 40);
    const { kernel } = lab.simulation;
    const { columns, count } = kernel.pop;
    const [id, x, y] = [columns.id[count - 1]!, columns.x[count - 1]!, columns.y[count - 1]!];
    await stepTo(lab, page, 80);
    page.say({ type: 'at', tick: 40 });
    await until(() => page.frames.at(-1)!.past);
    page.say({ type: 'inspect', x, y, within: 0.01 });
    await until(() => page.frames.at(-1)!.inHand === count - 1);
    expect(page.last('pastOrganism')!.organism).toMatchObject({ id, tick: 40, was: 'alive' });
    const known = page.heard.length;
    // nobody stands exactly there
    page.say({ type: 'inspect', x: x + kernel.width / 2, y: y + 1 / 3, within: 1e-9 });
    expect(page.heard.slice(known).filter(({ type }) => type === 'refused' || type === 'pastOrganism' || type === 'organism')).toEqual([]);
    page.say({ type: 'at', tick: 44 });
    await until(() => page.last('pastOrganism')!.organism.tick === 44);
    page.say({ type: 'light', clade: { genotype: page.last('pastOrganism')!.organism.known!.genotype } });
    await until(() => page.frames.at(-1)!.hasLit);
    expect(page.frames.at(-1)).toMatchObject({ tick: 44, past: true });
    page.say({ type: 'live' });
    await until(() => !page.frames.at(-1)!.past);
    await until(() => page.last('organism') !== undefined);
    expect([null, id]).toContain(page.last('organism')!.organism?.id ?? null);
  });

  it('[V11] is told which ticks are held, and shown the nearest where the one that it asks for has not been or is not held', async () => {
    const { lab, session } = begin({ history: { mostBytes: 120_000, wantedTicks: 20 } });
    const page = open(session);
    expect((page.heard[0] as Hello).totals.held).toBeNull();
    page.say({ type: 'at', tick: 5 });
    expect(page.last('refused')!.sentence).toBe('There is no past yet: nothing has happened.');
    await stepTo(lab, page, 100);
    await until(() => page.last('totals')!.totals.tick === 100);
    const { held, recorded } = page.last('totals')!.totals;
    expect(recorded).toBe(false);
    expect(held).toMatchObject({ to: 100, step: 1 });
    expect(held!.from).toBeGreaterThan(20);
    page.say({ type: 'at', tick: held!.from });
    await until(() => page.frames.at(-1)!.tick === held!.from);
    page.say({ type: 'at', tick: 3 });
    expect(page.last('refused')!.sentence).toBe(`Tick 3 is no longer held: ticks from ${held!.from} on are, and what was before is not on record.`);
    page.say({ type: 'at', tick: 1_000_000 });
    await until(() => page.frames.at(-1)!.tick === 100);
    expect(page.frames.at(-1)!.past).toBe(true);
  });

  it('[V12] has what is not held played back, hears how far that is, and gets what it asked for last', async () => {
    const asked: number[] = [];
    let giveUp = false;
    const { lab, session } = begin({
      history: { mostBytes: 60_000, wantedTicks: 10 },
      playback: {
        fingerprint: '', rest: () => undefined, giveUp: () => { giveUp = true; },
        async seek(tick, progress) {
          asked.push(tick);
          giveUp = false;
          // who is not told to give up the first never comes to its end
          for (let at = 1; at < 20 || tick === 7; at++) {
            await new Promise((next) => { setTimeout(next, 3); });
            progress(at);
            if (giveUp) return null;
          }
          // as if the tick were the oldest that is held
          const frame = lastFrame!.slice();
          new DataView(frame.buffer).setUint32(4, tick, true);
          return { tick, frame, fields: [], ids: new Uint32Array(0), lives: null };
        },
      },
    });
    let lastFrame: Uint8Array | null = null;
    session.join({ message: () => undefined, frame: (bytes) => { lastFrame = new Uint8Array(bytes); } });
    const page = open(session);
    await stepTo(lab, page, 200);
    await until(() => page.last('totals')!.totals.tick === 200);
    expect(page.last('totals')!.totals.recorded).toBe(true);
    page.say({ type: 'at', tick: 7 });
    await until(() => page.heard.some((message) => message.type === 'seeking' && (message.at ?? 0) > 3));
    page.say({ type: 'at', tick: 9 });
    await until(() => page.frames.at(-1)!.past);
    expect(page.frames.filter(({ past }) => past).map(({ tick, played }) => [tick, played])).toEqual([[9, true]]);
    expect(asked).toEqual([7, 9]);
    expect(page.last('seeking')).toEqual({ type: 'seeking', tick: 9, at: null });
    page.say({ type: 'at', tick: 11 });
    page.say({ type: 'live' });
    await until(() => !page.frames.at(-1)!.past);
    expect(page.last('seeking')).toEqual({ type: 'seeking', tick: 11, at: null });
  });
});

describe('a page that joins late, or asks for more', () => {
  it('[V14] is greeted with all there is: series, measures, clades, cells, bookmarks, how to make it again', async () => {
    const { lab, session } = begin({}, { measures: measureOptions.parse({ wanted: ['population', 'diversity', 'activity'], activityEvery: 50, shadows: 3 }) });
    const early = open(session);
    await stepTo(lab, early, 300);
    early.say({ type: 'bookmark', tick: 120, text: '  the first bloom ' });
    await until(() => early.last('bookmarks') !== undefined);
    const late = open(session);
    const hello = late.heard[0] as Hello;
    expect(hello).toMatchObject({ type: 'hello', version: 2, bookmarks: [{ id: 0, tick: 120, text: 'the first bloom' }], missed: null });
    expect(hello.series.map(({ tick }) => tick)).toEqual(Array.from({ length: 31 }, (_, i) => 10 * i));
    expect(hello.measured.map(({ tick }) => tick)).toEqual(Array.from({ length: 30 }, (_, i) => 10 * (i + 1)));
    const at = (name: string): number => hello.measures.findIndex((measure) => measure.name === name);
    expect(hello.measures[at('activity.median')]).toMatchObject({ title: 'Activity: median', shadow: 'activity.shadowMedian' });
    expect(hello.measures.every(({ sentence }) => sentence.length > 5)).toBe(true);
    const rare = hello.measured.map(({ values }) => values[at('activity.shadowMedian')] !== null);
    expect(rare).toEqual(Array.from({ length: 30 }, (_, i) => (i + 1) % 5 === 0));
    expect(hello.muller.clades.length).toBeGreaterThan(0);
    expect(hello.muller.totals.at(-1)).toBe(lab.simulation.kernel.pop.count);
    expect(hello.cells).toHaveLength(lab.archive.elites);
    expect(hello.share.command).toBe('lichen run meadow --seed 6 --set size=64 --set founders=80 --set capacity=500 --set gestation=4 --set mutationRate=0.4 --set scarcity=0.1');
    expect(hello.world.hues.map(({ name }) => name)).toContain('mobility');
    await until(() => early.last('muller')?.muller.ticks.at(-1) === 300);
  });

  it('reads an organism with its parent, its line and its children, and an elite with what has become of it', async () => {
    const { lab, session } = begin();
    const page = open(session);
    await stepTo(lab, page, 700);
    const { kernel } = lab.simulation;
    const { columns: c, count } = kernel.pop;
    const ids = Array.from({ length: count }, (_, row) => c.id[row]!);
    const id = ids.sort((a, b) => lab.phylogeny.ancestors(b, 1000).length - lab.phylogeny.ancestors(a, 1000).length)[0]!;
    page.say({ type: 'inspectId', id });
    const shown = page.last('organism')!.organism!;
    const line = lab.phylogeny.ancestors(id, 10_000);
    expect(shown).toMatchObject({ id, ancestorCount: line.length, parentGenome: kernel.genomes.text(line[0]!.genome) });
    expect(shown.ancestors.map((each) => each.id)).toEqual(line.slice(0, 12).map((each) => each.id));
    const genotype = [{ id, genome: lab.phylogeny.taxon(id)!.genome }, ...line];
    expect(shown.genotype).toBe(genotype[genotype.findIndex((each, i) => genotype[i + 1]?.genome !== each.genome)]!.id);
    page.say({ type: 'ancestors', id, from: 3 });
    expect(page.last('ancestors')).toMatchObject({ id, from: 3, count: line.length });
    expect(line.length).toBeGreaterThan(5);
    expect(page.last('ancestors')!.ancestors.map((each) => each.id)).toEqual(line.slice(3, 53).map((each) => each.id));
    const parent = ids.find((one) => [...lab.phylogeny.taxa()].some(({ parents, destructionTime }) => parents[0] === one && destructionTime === null))!;
    page.say({ type: 'inspectId', id: parent });
    const children = [...lab.phylogeny.taxa()].filter(({ parents, destructionTime }) => parents[0] === parent && destructionTime === null).map((each) => each.id).sort((a, b) => a - b);
    expect(page.last('organism')!.organism).toMatchObject({ childrenAlive: children.slice(0, 24), childrenAliveCount: children.length });
    const cell = Array.from({ length: lab.archive.cells }, (_, each) => each).findLast((each) => lab.archive.elite(each) !== null)!;
    page.say({ type: 'inspectCell', cell });
    const { organism, genome } = lab.archive.elite(cell)!.solution;
    expect(page.last('elite')).toMatchObject({
      cell, organism, hasDescendants: lab.phylogeny.has(organism), carriers: Array.from({ length: count }, (_, row) => c.genome[row]).filter((each) => each === genome).length,
    });
    page.say({ type: 'inspectCell', cell: 99_999 });
    expect(page.last('refused')!.sentence).toBe('Cell 99999 of the archive is empty.');
  });

  it('keeps bookmarks for every page, gives them to whoever keeps them, and refuses long or empty ones', async () => {
    const kept: unknown[] = [];
    const { session } = begin({ bookmarks: [{ id: 4, tick: 9, text: 'old' }], keepBookmarks: (all) => kept.push(structuredClone(all)) });
    const [page, other] = [open(session), open(session)];
    page.say({ type: 'bookmark', tick: 3, text: 'x'.repeat(80) });
    expect(other.last('bookmarks')!.bookmarks.map(({ id, tick }) => [id, tick])).toEqual([[5, 3], [4, 9]]);
    for (const text of ['', '   ', 'x'.repeat(81), 7]) page.say({ type: 'bookmark', tick: 3, text });
    page.say({ type: 'bookmark', tick: -1, text: 'before' });
    expect(page.heard.filter(({ type }) => type === 'refused')).toHaveLength(5);
    page.say({ type: 'unbookmark', id: 5 });
    expect(other.last('bookmarks')!.bookmarks).toEqual([{ id: 4, tick: 9, text: 'old' }]);
    expect(kept).toEqual([[{ id: 5, tick: 3, text: 'x'.repeat(80) }, { id: 4, tick: 9, text: 'old' }], [{ id: 4, tick: 9, text: 'old' }]]);
  });

  it('sees a world of nobody', async () => {
    const { lab, session } = begin({}, { founders: ['otherwise -> rest'], parameters: { founders: 1 } });
    const page = open(session);
    expect(page.frames[0]!.count).toBe(1);
    await stepTo(lab, page, 400);
    await until(() => page.frames.at(-1)!.tick === 400);
    expect([lab.simulation.kernel.pop.count, page.frames.at(-1)!.count]).toEqual([0, 0]);
    page.say({ type: 'inspect', x: 1, y: 1 });
    expect(page.last('organism')).toBeUndefined();
    page.say({ type: 'at', tick: 1 });
    await until(() => page.frames.at(-1)!.tick === 1);
    expect(page.frames.at(-1)).toMatchObject({ count: 1, past: true });
  });
});

describe('a page that sleeps', () => {
  it('[V13] is told nothing meanwhile, and on waking greeted with what it has missed and what it holds in its hand', async () => {
    const { lab, session } = begin();
    const other = open(session);
    await stepTo(lab, other, 10);
    const heard: ServerMessage[] = [];
    const frames: Frame[] = [];
    const client = session.join({ message: (message) => void heard.push(message), frame: (bytes) => void frames.push(parseFrame(bytes)) });
    client.receive({ type: 'inspectId', id: lab.simulation.kernel.pop.columns.id[0]! });
    const { now } = performance;
    let slept = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + slept);
    try {
      slept = ASLEEP_MS + 1;
      await stepTo(lab, other, 40);
      await until(() => other.last('totals')!.totals.tick === 40);
      const before = heard.length;
      await stepTo(lab, other, 90);
      await until(() => other.last('totals')!.totals.tick === 90);
      expect([heard.length, frames.length]).toEqual([before, 1]);
      client.receive({ type: 'drawn' });
      expect(heard.slice(before).map(({ type }) => type)).toEqual(['hello', 'organism']);
      expect(heard[before]).toMatchObject({ missed: { from: 11, to: 90 }, totals: { tick: 90 } });
      expect((heard[before] as Hello).series.at(-1)!.tick).toBe(90);
      expect(frames.map(({ tick }) => tick)).toEqual([10, 90]);
    } finally {
      clock.mockRestore();
    }
  });
});

describe('a schedule that a page sets', () => {
  it('[V15] turns the pressure by commands on the record, which replay to the same fingerprint', async () => {
    const { lab, session } = begin();
    const record: NumberedCommand[] = [];
    lab.simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
    const page = open(session);
    await stepTo(lab, page, 20);
    page.say({ type: 'schedule', key: 'scarcity', schedule: { kind: 'ramp', from: 0.1, to: 0.6, start: 30, ticks: 50 } });
    expect(page.last('parameter')).toMatchObject({ key: 'scarcity', schedule: { kind: 'ramp', to: 0.6 } });
    await stepTo(lab, page, 100);
    expect(lab.simulation.kernel.parameter('scarcity')).toBe(0.6);
    const turns = record.map(({ tick, command }) => [tick, command]);
    expect(turns).toHaveLength(50);
    expect(turns.at(-1)).toEqual([80, { kind: 'set', key: 'scarcity', value: 0.6 }]);
    // many turns are not many lines
    const told = (): string[] => page.heard.flatMap((message) => (message.type === 'log' ? message.lines : [])).filter(({ kind }) => kind === 'command').map(({ text }) => text);
    await until(() => told().length > 0 && page.last('totals')!.totals.tick === 100);
    expect(told()).toEqual(['Scarcity follows a schedule: from 0.1 to 0.6 between ticks 30 and 80, by hand']);
    const replay = createLab({ world: 'meadow', seed: 6, operator: 'classical', service: null, recorded: record, parameters: { size: 64, founders: 80, capacity: 500, gestation: 4, scarcity: 0.1, mutationRate: 0.4 } });
    while (replay.simulation.kernel.tick < 100) await replay.tick();
    expect(replay.simulation.fingerprint).toBe(lab.simulation.fingerprint);
  });

  it('[V20] that is changed while it runs goes back to where the first began, be it a page\'s or the spec\'s', async () => {
    const shock = (value: number, at: number, ticks: number) => ({ kind: 'shock' as const, value, at, ticks });
    const schedules = { crowding: shock(0.4, 10, 30) };
    const { lab, session } = begin({ schedules }, { schedules });
    const { kernel } = lab.simulation;
    const before = kernel.parameter('crowding');
    const page = open(session);
    const told = (key: string) => (open(session).heard[0] as Hello).world.parameters.find((each) => each.key === key)!;
    expect(told('crowding')).toMatchObject({ schedule: { kind: 'shock' }, base: before });
    page.say({ type: 'schedule', key: 'scarcity', schedule: shock(0.9, 10, 30) });
    expect(page.last('parameter')).toMatchObject({ key: 'scarcity', base: 0.1 });
    await stepTo(lab, page, 20);
    expect([kernel.parameter('scarcity'), kernel.parameter('crowding')]).toEqual([0.9, 0.4]);
    page.say({ type: 'schedule', key: 'scarcity', schedule: shock(0.9, 10, 15) });
    page.say({ type: 'schedule', key: 'crowding', schedule: shock(0.4, 10, 15) });
    expect([told('scarcity').base, told('crowding').base]).toEqual([0.1, before]);
    await stepTo(lab, page, 24);
    expect([kernel.parameter('scarcity'), kernel.parameter('crowding')]).toEqual([0.9, 0.4]);
    await stepTo(lab, page, 36);
    expect([kernel.parameter('scarcity'), kernel.parameter('crowding')]).toEqual([0.1, before]);
    // the spec's would have ended it only now
    await stepTo(lab, page, 45);
    expect([kernel.parameter('scarcity'), kernel.parameter('crowding')]).toEqual([0.1, before]);
  });

  it('[V15] ends when somebody turns the pressure or ends it, and is refused where it makes no sense', async () => {
    const { lab, session } = begin({ schedules: { crowding: { kind: 'season', mean: 0.1, amplitude: 0.05, period: 40, phase: 0 } } },
      { schedules: { crowding: { kind: 'season', mean: 0.1, amplitude: 0.05, period: 40, phase: 0 } } });
    const page = open(session);
    const facts = (key: string) => (open(session).heard[0] as Hello).world.parameters.find((each) => each.key === key)!.schedule;
    expect(facts('crowding')).toMatchObject({ kind: 'season' });
    page.say({ type: 'schedule', key: 'scarcity', schedule: { kind: 'constant', value: 0.5 } });
    await stepTo(lab, page, 5);
    expect([lab.simulation.kernel.parameter('scarcity'), facts('scarcity')]).toEqual([0.5, { kind: 'constant', value: 0.5 }]);
    page.say({ type: 'set', key: 'scarcity', value: 0.2 });
    await stepTo(lab, page, 10);
    expect([lab.simulation.kernel.parameter('scarcity'), facts('scarcity')]).toEqual([0.2, null]);
    page.say({ type: 'schedule', key: 'crowding', schedule: null });
    await stepTo(lab, page, 12);
    const still = lab.simulation.kernel.parameter('crowding');
    await stepTo(lab, page, 30);
    expect([lab.simulation.kernel.parameter('crowding'), facts('crowding')]).toEqual([still, null]);
    const refused = (): string => page.last('refused')!.sentence;
    page.say({ type: 'schedule', key: 'scarcity', schedule: { kind: 'constant', value: 7 } });
    expect(refused()).toContain('schedules.scarcity.value: scarcity is 7, but must be a number from 0 to 1.');
    page.say({ type: 'schedule', key: 'size', schedule: { kind: 'constant', value: 64 } });
    expect(refused()).toContain('size can only be chosen before the run');
    page.say({ type: 'schedule', key: 'scarcity', schedule: null });
    expect(refused()).toBe('Scarcity has no schedule that could end.');
    page.say({ type: 'schedule', key: 'scarcity', schedule: { kind: 'wobble' } });
    expect(refused()).toBe('That message is not one that Lichen knows.');
  });
});

describe('what a page may say', () => {
  it('[V3] is bounded: anything else is refused, and the world goes on', async () => {
    const { lab, session } = begin();
    const page = open(session);
    const strange = [
      { type: 'at', tick: 1.5 }, { type: 'at', tick: -1 }, { type: 'at', tick: 1e12 }, { type: 'at' }, { type: 'light', clade: 7 }, { type: 'light', clade: { genotype: -1 } },
      { type: 'light', clade: { genotype: 1, lineage: 1 } }, { type: 'show', hue: 'x'.repeat(65) }, { type: 'show', fields: Array(17).fill('resource') }, { type: 'show', hue: 3 },
      { type: 'ancestors', id: 1, from: -2 }, { type: 'unbookmark', id: 'a' }, { type: 'drawn', extra: 1 }, { type: 'nonsense' }, null, 7, 'play', [], JSON.parse('{"__proto__":{"type":"play"}}'),
    ];
    for (const message of strange) page.say(message);
    expect(page.heard.filter(({ type }) => type === 'refused')).toHaveLength(strange.length);
    page.say({ type: 'ancestors', id: 4_000_000_000, from: 1_000_000_000 });
    expect(page.last('ancestors')).toMatchObject({ ancestors: [], count: 0 });
    page.say({ type: 'inspectId', id: 4_000_000_000 });
    expect(page.last('organism')!.organism).toBeNull();
    await stepTo(lab, page, 3);
  });
});
