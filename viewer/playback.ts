import type { NumberedCommand } from '../core/events/command.ts';
import { archiveLives, type ArchiveChoice, type LifeArchive } from '../core/archive/life-archive.ts';
import { Phylogeny } from '../core/measures/phylogeny.ts';
import type { Simulation } from '../core/simulation.ts';
import { beginWorld, type Beginning } from './beginning.ts';
import { History, type PastTick } from './history.ts';
import { PastLives } from './past-lives.ts';
import { Places } from './places.ts';

/** A run's record, as far as playing it back needs it. */
export interface PlayableRecord {
  readonly begin: PlayableRun;
  /** Every command up to a tick, in the order of their numbers. */
  commands(upTo: number): readonly NumberedCommand[];
  /** States to begin from, the newest first. */
  states(): readonly { readonly tick: number; read(): unknown }[];
}

/** What a run began with. */
export interface PlayableRun extends Beginning {
  readonly archive: ArchiveChoice;
}

/** Shows any tick of a recorded run. */
export interface Playback {
  /**
   * The world after a tick; `progress` hears now and then how far it is. Null when that was given up meanwhile. Rejects
   * with one sentence when the record cannot be played.
   */
  seek(tick: number, progress: (at: number) => void): Promise<PastTick | null>;
  /** Ends what is being sought; what was played stays at hand. */
  giveUp(): void;
  /** The fingerprint of what was played last. */
  readonly fingerprint: string;
  /** Lets go of the world that was played. */
  rest(): void;
}

/** Longest stretch of ticks without letting the living world go on. */
const SLICE_MS = 8;
/** What was played on the way is shown at once. */
const MOST_BYTES = 32 << 20;

interface Player { readonly simulation: Simulation; readonly archive: LifeArchive; readonly phylogeny: Phylogeny; readonly history: History; next: number }

/**
 * Plays a recorded run a second time, beside the one that lives: from the nearest state before the tick, with every command
 * that was applied, what models and observers brought included. So it asks nobody, and nothing that it does reaches the living.
 */
export function createPlayback(record: PlayableRecord): Playback {
  let player: Player | null = null;
  let asked = 0;
  let fingerprint = '';

  async function seek(tick: number, progress: (at: number) => void): Promise<PastTick | null> {
    const mine = ++asked;
    const known = player?.history.at(tick);
    if (known?.tick === tick) return known;
    const commands = record.commands(tick);
    player = nearest(player, tick, record, commands);
    const { simulation, history } = player;
    const { kernel } = simulation;
    let until = performance.now() + SLICE_MS;
    while (kernel.tick < tick) {
      for (let command = commands[player.next]; command !== undefined && command.tick <= kernel.tick + 1; command = commands[++player.next]) simulation.submit(command.command);
      simulation.step();
      history.note();
      // who has come to the end has nothing more to say of the way
      if (kernel.tick === tick || performance.now() < until) continue;
      progress(kernel.tick);
      await new Promise((others) => { setTimeout(others, 0); });
      if (mine !== asked) return null;
      until = performance.now() + SLICE_MS;
    }
    fingerprint = simulation.fingerprint;
    return history.at(tick);
  }

  return {
    seek,
    giveUp() { asked++; },
    get fingerprint() { return fingerprint; },
    rest() {
      asked++;
      player = null;
    },
  };
}

/** A world that stands before the tick or at it: the one at hand, or a fresh one from the nearest state. */
function nearest(player: Player | null, tick: number, record: PlayableRecord, commands: readonly NumberedCommand[]): Player {
  // of the tick that a state was saved after, births and deaths are known no more
  const state = record.states().find((each) => each.tick < tick);
  const at = player?.simulation.kernel.tick ?? Infinity;
  if (player !== null && at <= tick && at >= (state?.tick ?? 0)) return player;
  const begun = beginPlayer(record.begin);
  if (state !== undefined) {
    const { parts } = state.read() as { parts: { simulation: { waiting: unknown[] }; archive: unknown; phylogeny: unknown } };
    // what observers had asked for stands among the commands
    begun.simulation.load({ ...parts.simulation, waiting: [] });
    begun.archive.lives.load(parts.archive);
    begun.phylogeny.load(parts.phylogeny);
  }
  const history = historyOf(begun);
  history.note();
  const from = begun.simulation.kernel.tick;
  const next = commands.findIndex((command) => command.tick > from);
  return { ...begun, history, next: next < 0 ? commands.length : next };
}

function beginPlayer({ archive: choice, ...beginning }: PlayableRun): Omit<Player, 'history' | 'next'> {
  const simulation = beginWorld(beginning);
  // part of the fingerprint
  const archive = archiveLives(simulation, choice);
  return { simulation, archive, phylogeny: new Phylogeny(simulation) };
}

/** Keeps what is played, from where it stands. */
function historyOf({ simulation, phylogeny }: Pick<Player, 'simulation' | 'phylogeny'>): History {
  const { kernel } = simulation;
  const lives = new PastLives(simulation, phylogeny);
  const [births, deaths] = [new Places(), new Places()];
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    births.add(event.births.count, event.births.x, event.births.y, 65536 / kernel.width, 65536 / kernel.height);
    deaths.add(event.deaths.count, event.deaths.x, event.deaths.y, 65536 / kernel.width, 65536 / kernel.height);
  });
  return new History(kernel, births, deaths, { mostBytes: MOST_BYTES, wantedTicks: 1, lives });
}
