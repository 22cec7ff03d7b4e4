import { measureOptions } from '../../core/measures/measure-options.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { organismFacts } from '../../viewer/organism-facts.ts';
import type { Hello, LogLine, MullerFacts, OrganismFacts, ServerMessage, Totals } from '../../viewer/protocol.ts';
import { createSession, type ClientPort, type Session } from '../../viewer/session.ts';
import { crowdFrames, drawer } from './crowd-frames.ts';

/** As in the real session at full speed: 30 frames a second, news four times, a Muller plot once. */
const FRAMES_A_BEAT = 7.5;
const BEATS_A_SECOND = 4;
const MULLER_EVERY = 4;
const LIVED_TICKS = 400;
/** Frames prepared beforehand and sent in turn, so that making them costs the browser nothing while it is measured. */
const PREPARED_FRAMES = 24;
const POINTS = 2000;
const CLADES = 24;
const COLUMNS = 360;
const TICKS_A_SECOND = 60;
const KINDS = ['birth', 'thought', 'birth', 'judgement', 'notice', 'birth', 'command', 'fallback'] as const;

export interface Crowd {
  /** What the panels show, in full: hundreds of ticks of a real moiré, and beyond that as much as a page can be told. */
  session: Pick<Session, 'join'>;
  /** Frames that have been drawn by all pages. */
  readonly pictures: number;
  close(): void;
}

/** A moiré that has lived a while: its parameters, measures, hues and somebody to hold are real. */
async function livedIn(): Promise<{ lab: Lab; hello: Hello; held: OrganismFacts }> {
  const lab = createLab({ world: 'moire', seed: 5, operator: 'classical', parameters: { size: 128, founders: 300 }, service: null, measures: measureOptions.parse({}) });
  const session = createSession({ lab, model: { state: 'none', name: '', note: 'A benchmark has no model.' } });
  while (lab.simulation.kernel.tick < LIVED_TICKS) await lab.tick();
  let hello: Hello | null = null;
  session.join({ message: (message) => { if (message.type === 'hello') hello = message; }, frame: () => undefined }).leave();
  const { id, children } = lab.simulation.kernel.pop.columns;
  const rows = Array.from({ length: lab.simulation.kernel.pop.count }, (_, row) => row).sort((a, b) => children[b]! - children[a]!);
  return { lab, hello: hello!, held: organismFacts(lab, id[rows[0]!]!)! };
}

/** Clades within clades, whose shares go up and down; the window of columns moves on. */
function mullerAt(step: number): MullerFacts {
  const ticks = Array.from({ length: COLUMNS }, (_, i) => (i + step) * 40);
  const counts = (clade: number): number[] => ticks.map((tick) => Math.max(0, Math.round(3500 * (1 + Math.sin(tick / (900 + clade * 70) + clade * 1.7)))));
  const clades = Array.from({ length: CLADES }, (_, i) => ({ id: 1000 + i, parent: i % 4 === 0 ? null : 1000 + (i >> 1), hue: (i * 43) % 256, bornAt: i * 100, counts: counts(i) }));
  return { ticks, totals: ticks.map((_, sample) => 4000 + clades.reduce((sum, { counts: own }) => sum + own[sample]!, 0)), clades };
}

/**
 * A session of so many organisms that sends what a real one sends at full speed, its clock being the frames that are drawn, so that
 * a machine that is busy elsewhere has as much to do for each; with every panel as full as it gets:
 * a Muller plot of 24 clades and 360 columns that moves on, 2,000 points of every measure and more each time, an archive whose cells
 * change, a log that grows, pins and bookmarks, and an organism in hand whose card changes.
 */
export async function crowdSession(organisms: number, side: number): Promise<Crowd> {
  const { lab, hello: real, held } = await livedIn();
  const frames = crowdFrames(organisms, PREPARED_FRAMES, side);
  const cellCount = real.world.archive.dims[0] * real.world.archive.dims[1];
  const measuresCount = real.measures.length;
  const random = drawer(7);
  const pointAt = (tick: number) => ({ tick, population: organisms * (0.9 + 0.1 * Math.sin(tick / 700)), diversity: 200 + 50 * Math.sin(tick / 300), resource: 0.5 + 0.1 * random(), energy: 40 + 5 * random() });
  const measuredAt = (tick: number) => ({ tick, values: Array.from({ length: measuresCount }, (_, i) => Math.sin(tick / (200 + i * 30)) + i) });
  const lineAt = (seq: number, tick: number): LogLine => ({ seq, tick, kind: KINDS[seq % KINDS.length]!, text: `Line ${seq} of what happened: somebody did something to somebody else, in about so many words.` });
  const startTick = POINTS * 10;
  let pictures = 0;
  const mullers = Array.from({ length: 16 }, (_, step) => mullerAt(step));

  const join = (port: ClientPort): ReturnType<Session['join']> => {
    let tick = startTick;
    let sent = 0;
    let seq = 400;
    let beat = 0;
    const totals = (): Totals => ({
      ...real.totals, tick, population: organisms, births: tick * 64, deaths: tick * 64 - organisms, lineages: 300,
      archive: { coverage: 0.8 + 0.1 * random(), qdScore: 1000 + tick / 100, elites: cellCount }, held: { from: tick - 2000, to: tick, step: 1 },
      fingerprint: String(tick),
    });
    const everyTenth = Array.from({ length: POINTS }, (_, i) => (i + 1) * 10);
    port.message({
      ...real, world: { ...real.world, width: side, height: side }, totals: totals(), playing: true, ticksPerSecond: 0, series: everyTenth.map(pointAt), measured: everyTenth.map(measuredAt),
      log: Array.from({ length: seq }, (_, i) => lineAt(i, i * 50)), cells: Array.from({ length: cellCount }, (_, cell) => [cell, random() * 10]), muller: mullers[0]!,
      bookmarks: Array.from({ length: 12 }, (_, id) => ({ id, tick: id * 1500, text: `Bookmark ${id}` })),
    });
    port.message({ type: 'organism', organism: held });
    const next = (): void => port.frame(frames[sent++ % frames.length]!);
    next();
    const tell = (): void => {
      beat++;
      tick += TICKS_A_SECOND / BEATS_A_SECOND;
      const messages: ServerMessage[] = [
        { type: 'log', lines: Array.from({ length: 6 }, () => lineAt(seq++, tick)) },
        { type: 'series', points: [pointAt(tick)], measured: [measuredAt(tick)] },
        { type: 'cells', cells: Array.from({ length: 20 }, () => [Math.floor(random() * cellCount), random() * 10]) },
        ...beat % MULLER_EVERY === 0 ? [{ type: 'muller' as const, muller: mullers[(beat / MULLER_EVERY) % mullers.length]! }] : [],
        ...beat % 2 === 0 ? [{ type: 'parameter' as const, key: 'twist', value: 3 + (beat % 100) / 100, schedule: null }] : [],
        { type: 'totals', totals: totals(), playing: true, ticksPerSecond: 0, measuredTicksPerSecond: TICKS_A_SECOND + random() },
        { type: 'organism', organism: { ...held, alive: true, age: held.age + beat, energy: held.energy + random(), firedLine: beat % 3, children: held.children + (beat >> 3), x: random() * side, y: random() * side } },
      ];
      for (const message of messages) port.message(message);
    };
    return {
      receive(message: unknown): void {
        if ((message as { type?: unknown }).type !== 'drawn') return;
        pictures++;
        if (sent >= (beat + 1) * FRAMES_A_BEAT) tell();
        next();
      },
      leave: () => undefined,
    };
  };
  return {
    session: { join }, get pictures() { return pictures; },
    close: () => lab.close(),
  };
}
