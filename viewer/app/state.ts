import { current, isDraft, produce, type Draft } from 'immer';
import { BehaviorSubject, distinctUntilChanged, map, type Observable } from 'rxjs';
import type { PaletteName } from './palette.ts';
import type { Frame } from './frame.ts';
import { newestLines } from '../log-lines.ts';
import type {
  Ancestor, Bookmark, EliteFacts, LogLine, MeasureInfo, MeasuredPoint, ModelFacts, MullerFacts, OrganismFacts, PastOrganismFacts, Schedule, SeriesPoint, ServerMessage, ShareFacts, Totals, WorldFacts,
} from '../protocol.ts';

/** Lines of the log that are kept of each kind of news. */
export const MAX_LOG_LINES = 80;
/** Beyond this every second point of the series is let go. */
const MAX_SERIES_POINTS = 2000;
const MAX_PINS = 60;

export type { EliteFacts } from '../protocol.ts';

/** What the card shows: a living or dead organism, one as it was at a past tick, or an elite of the archive. */
export type Hand = { kind: 'organism'; organism: OrganismFacts } | { kind: 'past'; organism: PastOrganismFacts } | { kind: 'elite'; elite: EliteFacts } | null;

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
  /** What else is measured; values of points are in this order, `null` where a measure is not defined. */
  measures: MeasureInfo[];
  measured: MeasuredPoint[];
  muller: MullerFacts;
  bookmarks: Bookmark[];
  share: ShareFacts | null;
  /** What the world on the page is: as it is, or as it was after a tick. */
  past: { tick: number; played: boolean } | null;
  /** How far a tick that is played back has come. */
  seeking: { tick: number; at: number } | null;
  /** Ticks that nobody told this page of, because it slept or was cut off; what is shown is whole again. */
  missed: { from: number; to: number } | null;
  /** The line of the organism in hand as far as it was asked for, nearest first. */
  line: { id: number; ancestors: Ancestor[]; count: number } | null;
  /** Newest last. */
  log: LogLine[];
  /** Commands that were seen, for the pins over time. */
  pins: LogLine[];
  /** Objective by cell of the archive. */
  cells: Record<number, number>;
  /** Parameters that live now, by key. */
  values: Record<string, number>;
  schedules: Record<string, Schedule>;
  /** What parameters have where their schedules have no say. */
  bases: Record<string, number>;
  hand: Hand;
  /** Whoever was in hand has been let go, and the simulation has not said yet that it knows: what it still tells of hands is of before. */
  isLettingGo: boolean;
  palette: PaletteName;
  /** The last thing refused or ended, in a sentence; empty when all is well. */
  trouble: string;
  finished: string;
}

export const EMPTY_STATE: PageState = {
  link: 'opening', world: null, seed: null, operator: '', model: null, playing: false, ticksPerSecond: 0, measuredTicksPerSecond: 0,
  totals: null, series: [], measures: [], measured: [], muller: { ticks: [], totals: [], clades: [] }, bookmarks: [], share: null,
  past: null, seeking: null, missed: null, line: null, log: [], pins: [], cells: {}, values: {}, schedules: {}, bases: {}, hand: null, isLettingGo: false, palette: 'lichen', trouble: '', finished: '',
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

/** What a page that was cut off from a world, and hears of the same world again, was not told of. */
function missedSince({ world, seed, totals }: Draft<PageState>, next: Extract<ServerMessage, { type: 'hello' }>): PageState['missed'] {
  const isSame = world?.name === next.world.name && seed === next.seed && totals !== null && totals.tick < next.totals.tick;
  return isSame ? { from: totals.tick + 1, to: next.totals.tick } : null;
}

/** What a frame changes: whether the world on the page is that of now. */
export function applyFrame(draft: Draft<PageState>, { tick, past, played }: Pick<Frame, 'tick' | 'past' | 'played'>): void {
  if (!past) draft.past = null;
  else if (draft.past?.tick !== tick || draft.past.played !== played) draft.past = { tick, played };
}

/** Without the wrapping that a draft gives to every item that is looked at. */
function plain<T>(part: T): T {
  return isDraft(part) ? current(part as object) as T : part;
}

function everySecond<T>(points: readonly T[]): T[] {
  return points.filter((_, index) => index % 2 === 0);
}

/** Nothing is in hand any more, whatever of it is still on its way; the simulation is to be told by the message `release`. */
export function letGo(draft: Draft<PageState>): void {
  draft.hand = null;
  draft.isLettingGo = true;
}

/** What a message of the simulation changes. */
export function applyMessage(draft: Draft<PageState>, message: ServerMessage): void {
  switch (message.type) {
    case 'hello': {
      const missed = message.missed ?? missedSince(draft, message);
      Object.assign(draft, {
        world: message.world, seed: message.seed, operator: message.operator, model: message.model, playing: message.playing,
        ticksPerSecond: message.ticksPerSecond, totals: message.totals, series: message.series, measures: message.measures, measured: message.measured,
        muller: message.muller, bookmarks: message.bookmarks, share: message.share, missed, past: null, seeking: null, line: null,
        log: newestLines(message.log, MAX_LOG_LINES), pins: message.log.filter(({ kind }) => kind === 'command').slice(-MAX_PINS),
        // whoever was asleep still holds what it held, and is told of it next
        hand: message.missed === null ? null : draft.hand, isLettingGo: false, trouble: '', finished: '',
        cells: Object.fromEntries(message.cells), values: Object.fromEntries(message.world.parameters.map(({ key, value }) => [key, value])),
        schedules: Object.fromEntries(message.world.parameters.flatMap(({ key, schedule }) => (schedule === null ? [] : [[key, schedule]]))),
        bases: Object.fromEntries(message.world.parameters.flatMap(({ key, base = null }) => (base === null ? [] : [[key, base]]))),
      } satisfies Partial<PageState>);
      return;
    }
    case 'totals':
      draft.totals = message.totals;
      draft.playing = message.playing;
      draft.ticksPerSecond = message.ticksPerSecond;
      draft.measuredTicksPerSecond = message.measuredTicksPerSecond;
      return;
    case 'series':
      draft.series.push(...message.points);
      if (draft.series.length > MAX_SERIES_POINTS) draft.series = everySecond(plain(draft.series));
      draft.measured.push(...message.measured);
      if (draft.measured.length > MAX_SERIES_POINTS) draft.measured = everySecond(plain(draft.measured));
      return;
    case 'muller':
      draft.muller = message.muller;
      return;
    case 'bookmarks':
      draft.bookmarks = message.bookmarks;
      return;
    case 'seeking':
      draft.seeking = message.at === null ? null : { tick: message.tick, at: message.at };
      return;
    case 'ancestors': {
      const before = message.from > 0 && draft.line?.id === message.id ? draft.line.ancestors.slice(0, message.from) : [];
      draft.line = { id: message.id, ancestors: [...before, ...message.ancestors], count: message.count };
      return;
    }
    case 'cells':
      for (const [cell, objective] of message.cells) draft.cells[cell] = objective;
      return;
    case 'parameter':
      draft.values[message.key] = message.value;
      if (message.schedule === null) Reflect.deleteProperty(draft.schedules, message.key);
      else draft.schedules[message.key] = message.schedule;
      if (typeof message.base === 'number') draft.bases[message.key] = message.base;
      else Reflect.deleteProperty(draft.bases, message.key);
      return;
    case 'log':
      draft.log = newestLines([...plain(draft.log), ...message.lines], MAX_LOG_LINES);
      draft.pins.push(...message.lines.filter(({ kind }) => kind === 'command'));
      if (draft.pins.length > MAX_PINS) draft.pins.splice(0, draft.pins.length - MAX_PINS);
      return;
    case 'organism':
      if (draft.isLettingGo) draft.isLettingGo = message.organism !== null;
      else if (message.organism !== null) draft.hand = { kind: 'organism', organism: withLastLife(draft.hand, message.organism) };
      // Nothing more is known of an organism that died childless; what was seen of it stays until it is let go.
      else if (draft.hand?.kind === 'organism') draft.hand.organism.alive = false;
      // and who was looked at in the past is not among the living, to whom one has come back
      else if (draft.hand?.kind === 'past') draft.hand.organism = { ...plain(draft.hand.organism), was: 'dead', tick: draft.totals?.tick ?? draft.hand.organism.tick };
      return;
    case 'pastOrganism':
      if (!draft.isLettingGo) draft.hand = { kind: 'past', organism: message.organism };
      return;
    case 'elite': {
      const { type, ...elite } = message;
      if (!draft.isLettingGo) draft.hand = { kind: type, elite: elite satisfies EliteFacts };
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
