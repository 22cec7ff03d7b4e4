/**
 * What the page and a running simulation say to each other, over a WebSocket or a worker's port alike. Text messages are
 * JSON; organisms travel as binary frames, laid out in `frame-layout.ts`.
 *
 * A page is greeted with `hello` and a frame. Each frame is answered with `drawn`, and the next comes only then. A page
 * that leaves a frame unanswered for long is asleep: nothing more is sent until it answers, and then a `hello` that says
 * which ticks it has missed. Frames are of now, unless the page has asked for another tick with `at`; they then carry
 * the flag of the past, one for each time that it asks, until `live`.
 */
import { z } from 'zod';
import { schedule, type Schedule } from '../core/schedules/schedule.ts';
import type { SeriesPoint } from '../core/measures/series.ts';
import type { Ancestor, Bookmark, EliteFacts, LogLine, MeasureInfo, MeasuredPoint, ModelFacts, MullerFacts, OrganismFacts, PastOrganismFacts, ShareFacts, Totals, WorldFacts } from './facts.ts';

export const PROTOCOL_VERSION = 2;
/** Longest text of a bookmark. */
export const MOST_BOOKMARK_TEXT = 80;

const id = z.int().min(0).max(0xffffffff);
const tick = z.int().min(0).max(1_000_000_000);
const name = z.string().max(64);

/** What a client may say. Anything else is refused with a sentence. */
export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('play') }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('step'), ticks: z.int().min(1).max(1000).default(1) }),
  /** Ticks a second; 0 is as fast as the machine goes. */
  z.strictObject({ type: z.literal('speed'), ticksPerSecond: z.number().min(0).max(1000) }),
  /** Turn a pressure or another live parameter; a schedule of it ends. */
  z.strictObject({ type: z.literal('set'), key: name, value: z.number() }),
  /** Let a pressure turn by itself from now on: ticks of the schedule are those of the run. Null, or `manual`, ends it. */
  z.strictObject({ type: z.literal('schedule'), key: name, schedule: schedule.nullable() }),
  /** Take in hand the organism nearest to a place, in steps, no farther away than `within`; where nobody is, nothing happens. Of the tick that the page looks at. */
  z.strictObject({ type: z.literal('inspect'), x: z.number(), y: z.number(), within: z.number().positive().exactOptional() }),
  z.strictObject({ type: z.literal('inspectId'), id }),
  /** More of an organism's line of first parents, from the `from`-th on, 0 is the parent. */
  z.strictObject({ type: z.literal('ancestors'), id, from: z.int().min(0).max(1_000_000_000) }),
  /** Read an elite of the archive. */
  z.strictObject({ type: z.literal('inspectCell'), cell: z.int().min(0) }),
  /** What organisms are coloured by, by name of a hue, and which fields are sent; what is left out stays as it is. */
  z.strictObject({ type: z.literal('show'), hue: name.exactOptional(), fields: z.array(name).max(16).exactOptional() }),
  /** Mark the living of a clade (by the id of a genotype, as the Muller plot and the card name it) or of a lineage (by its founder) as lit; null: nobody. */
  z.strictObject({ type: z.literal('light'), clade: z.union([z.strictObject({ genotype: id }), z.strictObject({ lineage: id })]).nullable() }),
  /** Look at the world as it was after a tick; the world goes on. */
  z.strictObject({ type: z.literal('at'), tick }),
  /** Look at the world as it is. */
  z.strictObject({ type: z.literal('live') }),
  /** Bookmarks are shared by all pages. */
  z.strictObject({ type: z.literal('bookmark'), tick, text: z.string().trim().min(1).max(MOST_BOOKMARK_TEXT) }),
  z.strictObject({ type: z.literal('unbookmark'), id }),
  /** New caps for what models may cost; a cap left out is none. */
  z.strictObject({ type: z.literal('budget'), calls: z.int().min(0).exactOptional(), tokens: z.int().min(0).exactOptional(), dollars: z.number().min(0).exactOptional() }),
  z.strictObject({ type: z.literal('release') }),
  /** The last frame has been drawn; the next may come. */
  z.strictObject({ type: z.literal('drawn') }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

/** All that a page needs to begin with. */
export interface Hello {
  type: 'hello';
  version: number;
  world: WorldFacts;
  seed: number;
  model: ModelFacts;
  operator: string;
  playing: boolean;
  ticksPerSecond: number;
  series: SeriesPoint[];
  /** What else is measured, and its points. */
  measures: MeasureInfo[];
  measured: MeasuredPoint[];
  log: LogLine[];
  cells: [cell: number, objective: number][];
  muller: MullerFacts;
  bookmarks: Bookmark[];
  share: ShareFacts;
  totals: Totals;
  /** Of a page that was asleep: the ticks that it has not been told of. The series, the log and all else here are whole again. */
  missed: { from: number; to: number } | null;
}

export type ServerMessage =
  | Hello
  | { type: 'totals'; totals: Totals; playing: boolean; ticksPerSecond: number; measuredTicksPerSecond: number }
  | { type: 'series'; points: SeriesPoint[]; measured: MeasuredPoint[] }
  | { type: 'cells'; cells: [cell: number, objective: number][] }
  | { type: 'muller'; muller: MullerFacts }
  /** A parameter was turned, or is scheduled otherwise. */
  | { type: 'parameter'; key: string; value: number; schedule: Schedule | null; base?: number | null }
  | { type: 'log'; lines: LogLine[] }
  | { type: 'organism'; organism: OrganismFacts | null }
  /** What is in hand, as it was after the tick that the page looks at. */
  | { type: 'pastOrganism'; organism: PastOrganismFacts }
  | { type: 'ancestors'; id: number; from: number; ancestors: Ancestor[]; count: number }
  | ({ type: 'elite' } & EliteFacts)
  /** A tick before those that are held is played back from the record: how far that is. Its frame follows; null when it is there or given up. */
  | { type: 'seeking'; tick: number; at: number | null }
  | { type: 'bookmarks'; bookmarks: Bookmark[] }
  | { type: 'model'; model: ModelFacts }
  | { type: 'refused'; sentence: string }
  | { type: 'finished'; sentence: string };

/**
 * Where a page gets its world from: a server's WebSocket or a worker in the page itself. One emission a message or
 * frame, in the order they were sent.
 */
export interface Feed {
  send(message: ClientMessage): void;
  close(): void;
}
export interface FeedHandlers {
  onMessage(message: ServerMessage): void;
  onFrame(frame: ArrayBuffer): void;
  /** `open` once connected; `lost` when the other side has gone (a server feed goes on trying). */
  onState(state: 'open' | 'lost'): void;
}

export type {
  Ancestor, Bookmark, BudgetFacts, Costs, EliteFacts, FieldFacts, HeldTicks, HueFacts, LogLine, MeasureInfo, MeasuredPoint, ModelAccount, ModelFacts, MullerClade, MullerFacts,
  OrganismFacts, ParameterFacts, PastOrganismFacts, ShareFacts, StoryFacts, ThoughtFacts, Totals, WorldFacts,
} from './facts.ts';
export type { Schedule } from '../core/schedules/schedule.ts';
export type { SeriesPoint } from '../core/measures/series.ts';
