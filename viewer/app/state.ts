import { produce, type Draft } from 'immer';
import { BehaviorSubject, distinctUntilChanged, map, type Observable } from 'rxjs';
import type { PaletteName } from './palette.ts';
import { newestLines } from '../log-lines.ts';
import type { LogLine, ModelFacts, OrganismFacts, SeriesPoint, ServerMessage, Totals, WorldFacts } from '../protocol.ts';

/** Lines of the log that are kept of each kind of news. */
export const MAX_LOG_LINES = 80;
/** Beyond this every second point of the series is let go. */
const MAX_SERIES_POINTS = 4000;
const MAX_PINS = 60;

export type EliteFacts = Omit<Extract<ServerMessage, { type: 'elite' }>, 'type'>;

/** What the card shows: a living or dead organism, or an elite of the archive. */
export type Hand = { kind: 'organism'; organism: OrganismFacts } | { kind: 'elite'; elite: EliteFacts } | null;

/** All that the panels show. Organisms and the field are not here: they go from the feed to the graphics card. */
export interface PageState {
  link: 'opening' | 'open' | 'lost';
  world: WorldFacts | null;
  seed: number | null;
  operator: string;
  model: ModelFacts | null;
  playing: boolean;
  ticksPerSecond: number;
  measuredTicksPerSecond: number;
  totals: Totals | null;
  series: SeriesPoint[];
  /** Newest last. */
  log: LogLine[];
  /** Commands that were seen, for the pins over time. */
  pins: LogLine[];
  /** Objective by cell of the archive. */
  cells: Record<number, number>;
  /** Parameters that live now, by key. */
  values: Record<string, number>;
  hand: Hand;
  palette: PaletteName;
  /** The last thing refused or ended, in a sentence; empty when all is well. */
  trouble: string;
  finished: string;
}

export const EMPTY_STATE: PageState = {
  link: 'opening', world: null, seed: null, operator: '', model: null, playing: false, ticksPerSecond: 0, measuredTicksPerSecond: 0,
  totals: null, series: [], log: [], pins: [], cells: {}, values: {}, hand: null, palette: 'lichen', trouble: '', finished: '',
};

/** The page's state, changed by recipes and watched by the panels. */
export class Store {
  readonly #states = new BehaviorSubject<PageState>(EMPTY_STATE);

  get now(): PageState {
    return this.#states.value;
  }

  change(recipe: (draft: Draft<PageState>) => void): void {
    const next = produce(this.#states.value, recipe);
    if (next !== this.#states.value) this.#states.next(next);
  }

  /** A part of the state, now and whenever it is another. */
  watch<T>(pick: (state: PageState) => T): Observable<T> {
    return this.#states.pipe(map(pick), distinctUntilChanged());
  }
}

/** Of the dead the simulation keeps the genome and the dates; what was last seen of this life stays on the card. */
function withLastLife(before: Draft<Hand>, organism: OrganismFacts): OrganismFacts {
  if (organism.alive || before?.kind !== 'organism' || before.organism.id !== organism.id) return organism;
  const { children, tag, mobility, diet, firedLine, worth } = before.organism;
  return { ...organism, children, tag, mobility, diet, firedLine, worth };
}

/** What a message of the simulation changes. */
export function applyMessage(draft: Draft<PageState>, message: ServerMessage): void {
  switch (message.type) {
    case 'hello':
      Object.assign(draft, {
        world: message.world, seed: message.seed, operator: message.operator, model: message.model, playing: message.playing,
        ticksPerSecond: message.ticksPerSecond, totals: message.totals, series: message.series, log: newestLines(message.log, MAX_LOG_LINES),
        pins: message.log.filter(({ kind }) => kind === 'command').slice(-MAX_PINS), hand: null, trouble: '', finished: '',
        cells: Object.fromEntries(message.cells), values: Object.fromEntries(message.world.parameters.map(({ key, value }) => [key, value])),
      } satisfies Partial<PageState>);
      return;
    case 'totals':
      draft.totals = message.totals;
      draft.playing = message.playing;
      draft.ticksPerSecond = message.ticksPerSecond;
      draft.measuredTicksPerSecond = message.measuredTicksPerSecond;
      return;
    case 'series':
      draft.series.push(...message.points);
      if (draft.series.length > MAX_SERIES_POINTS) draft.series = draft.series.filter((_, index) => index % 2 === 0);
      return;
    case 'cells':
      for (const [cell, objective] of message.cells) draft.cells[cell] = objective;
      return;
    case 'parameter':
      draft.values[message.key] = message.value;
      return;
    case 'log':
      draft.log = newestLines([...draft.log, ...message.lines], MAX_LOG_LINES);
      draft.pins.push(...message.lines.filter(({ kind }) => kind === 'command'));
      if (draft.pins.length > MAX_PINS) draft.pins.splice(0, draft.pins.length - MAX_PINS);
      return;
    case 'organism':
      if (message.organism !== null) draft.hand = { kind: 'organism', organism: withLastLife(draft.hand, message.organism) };
      // Nothing more is known of an organism that died childless; what was seen of it stays until it is let go.
      else if (draft.hand?.kind === 'organism') draft.hand.organism.alive = false;
      return;
    case 'elite': {
      const { type, ...elite } = message;
      draft.hand = { kind: type, elite };
      return;
    }
    case 'model':
      draft.model = message.model;
      return;
    case 'refused':
      draft.trouble = message.sentence;
      return;
    case 'finished':
      draft.finished = message.sentence;
      draft.playing = false;
      return;
  }
}
