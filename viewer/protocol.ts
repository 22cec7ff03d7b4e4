/**
 * What the page and a running simulation say to each other, over a WebSocket or a worker's port alike.
 *
 * Text messages are JSON. Organisms travel as binary frames, laid out so that the page hands the bytes to the GPU as
 * they came (one instance an organism, 8 bytes apart):
 *
 *     offset  bytes        content (little-endian)
 *     0       u32          0x314e434c, "LCN1"
 *     4       u32          tick
 *     8       u32          n, number of organisms
 *     12      u32          b, number of births since the last frame (at most 4096)
 *     16      f32 f32      width and height of the space, in steps
 *     24      u16 u16      columns and rows of the field, both 0 when this frame carries none
 *     28      u32          1 + index of the organism in hand, 0 when there is none or it has died
 *     32      n x 8        u16 x, u16 y (65536 = the whole width, height), u8 tag, u8 energy, u8 look, u8 heading
 *     +       b x 4        u16 x, u16 y of each birth
 *     +       cols x rows  u8 amount of resource, row by row, 255 = full
 *
 * `tag` is the heritable kin mark, a circular hue; `energy` is 255 at the world's `energyFull`; `look` holds the act in
 * bits 0-4 (index into `WorldFacts.acts`) and the signal in bits 5-7 (0 = silent, else 1 + index into
 * `WorldFacts.signals`); `heading` is the direction of the last move, 0-255 for a full turn clockwise from east, y down.
 */
import { z } from 'zod';

export const PROTOCOL_VERSION = 1;
export const FRAME_MAGIC = 0x314e434c;
export const FRAME_HEADER_BYTES = 32;
export const FRAME_ORGANISM_BYTES = 8;
export const FRAME_BIRTH_BYTES = 4;
export const FRAME_MAX_BIRTHS = 4096;

/** What a client may say. Anything else is refused with a sentence. */
export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('play') }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('step'), ticks: z.int().min(1).max(1000).default(1) }),
  /** Ticks a second; 0 is as fast as the machine goes. */
  z.strictObject({ type: z.literal('speed'), ticksPerSecond: z.number().min(0).max(1000) }),
  /** Turn a pressure or another live parameter. */
  z.strictObject({ type: z.literal('set'), key: z.string().max(64), value: z.number() }),
  /** Take in hand the organism nearest to a place, in steps. */
  z.strictObject({ type: z.literal('inspect'), x: z.number(), y: z.number() }),
  z.strictObject({ type: z.literal('inspectId'), id: z.int().min(0) }),
  /** Read an elite of the archive. */
  z.strictObject({ type: z.literal('inspectCell'), cell: z.int().min(0) }),
  /** New caps for what models may cost; a cap left out is none. */
  z.strictObject({ type: z.literal('budget'), calls: z.int().min(0).exactOptional(), tokens: z.int().min(0).exactOptional(), dollars: z.number().min(0).exactOptional() }),
  z.strictObject({ type: z.literal('release') }),
  /** The last frame has been drawn; the next may come. */
  z.strictObject({ type: z.literal('drawn') }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

/** A parameter with a slider. */
export interface ParameterFacts {
  key: string;
  title: string;
  sentence: string;
  unit: string;
  min: number;
  max: number;
  step: number;
  initial: number;
  value: number;
  /** Pressures get sliders; other parameters are shown as facts. */
  pressure: boolean;
  /** False when it can only be chosen before the run. */
  live: boolean;
  /** True when only a language model gives it meaning. */
  ofModel: boolean;
}

export interface WorldFacts {
  name: string;
  title: string;
  sentence: string;
  width: number;
  height: number;
  energyFull: number;
  senses: { name: string; sentence: string; unit: string }[];
  acts: { name: string; sentence: string }[];
  signals: { name: string }[];
  parameters: ParameterFacts[];
  archive: { dims: [number, number]; measures: { name: string; sentence: string; lower: number; upper: number }[]; objective: string };
  /** What a judge is asked of newborns; null where a world has no question. */
  question: { name: string; text: string } | null;
}

export interface ModelFacts {
  /** `none`: the run was asked to go without; `absent`: wanted, and not to be had. */
  state: 'ready' | 'none' | 'absent';
  name: string;
  /** One sentence for a person: where it runs, or why it is absent. */
  note: string;
}

export interface Costs { calls: number; tokens: number; dollars: number }

export interface ModelAccount {
  role: string; kind: string; model: string;
  ok: number; repaired: number; fallback: number; budget: number;
  calls: number; promptTokens: number; completionTokens: number; dollars: number; shared: number; retries: number;
}

/**
 * A cap that is absent is none; `used` is the largest share of a cap that is spent. `over`: something would have passed a
 * cap, and the world has paused for it or goes on blind, without models; null until then.
 */
export interface BudgetFacts { spent: Costs; caps: Partial<Costs>; used: number; perMinute: Costs; over: 'paused' | 'blind' | null }

export interface Totals {
  tick: number;
  population: number;
  /** Ids given to the lineages' founders that still have living descendants. */
  lineages: number;
  births: number;
  deaths: number;
  birthsByOperator: Record<string, number>;
  archive: { coverage: number; qdScore: number; elites: number };
  model: {
    calls: number; tokens: number; dollars: number; repaired: number; fallbacks: number; overBudget: number; copies: number; share: number; inFlight: number;
    /** Everything that was asked, by role, kind and model. */
    accounts: ModelAccount[];
  };
  /** Null where there is no model. */
  budget: BudgetFacts | null;
  fingerprint: string;
}

/** One point of the series, taken every `SERIES_EVERY` ticks. Diversity is the effective number exp(H) of genomes. */
export interface SeriesPoint { tick: number; population: number; diversity: number; resource: number; energy: number }

/** `pace`: a command that no person gave, by which a live world keeps up with its model. `model`: news of the model itself. */
export interface LogLine {
  seq: number; tick: number; text: string;
  kind: 'command' | 'pace' | 'birth' | 'thought' | 'judgement' | 'reward' | 'fallback' | 'model' | 'notice';
}

export interface Ancestor { id: number; genome: string; operator: string; bornAt: number; diedAt: number | null }

export interface OrganismFacts {
  id: number;
  alive: boolean;
  bornAt: number;
  age: number;
  energy: number;
  children: number;
  tag: number;
  lineage: number;
  /** Who wrote the genome: `founder`, `copy`, `classical`, `llm`. */
  operator: string;
  /** Canonical text: show it as text, never as HTML. */
  genome: string;
  /** Line of `genome` (from 0) whose rule fired last, or -1. */
  firedLine: number;
  /** What it is about to do by its own thought, whatever its instincts say; null when it follows them. */
  intent: string | null;
  /** Whether a thought of its own has rewritten the genome that it was born with. */
  rewritten: boolean;
  /** From 0 to 1, what a judge found; null when it was not judged. */
  worth: number | null;
  mobility: number;
  diet: number;
  x: number;
  y: number;
  parents: number[];
  /** Nearest first, by the first parent, at most 12. */
  ancestors: Ancestor[];
  /** How a model came to write it; null where none did, or where that is no longer kept. All texts are a model's: data. */
  story: StoryFacts | null;
  /** Its last thoughts, the latest first. */
  thoughts: ThoughtFacts[];
}

/** `outcome` is `in flight` until there is one; `reason`: what was wrong with the reply, where something was. */
export interface StoryFacts {
  operator: string; model: string; outcome: string; reason: string;
  /** The mutation prompt that was followed; null for operators that have none. */
  instruction: string | null;
  plan: string; asked: string; replies: string[];
}

/** `sharedWith`: the organism whose deliberation this is too; null when it thought alone. */
export interface ThoughtFacts {
  tick: number; model: string; outcome: string; reason: string; tokens: number; asked: string; reply: string; effect: string; plan: string; sharedWith: number | null;
}

export type ServerMessage =
  | { type: 'hello'; version: number; world: WorldFacts; seed: number; model: ModelFacts; operator: string; playing: boolean; ticksPerSecond: number;
      series: SeriesPoint[]; log: LogLine[]; cells: [cell: number, objective: number][]; totals: Totals }
  | { type: 'totals'; totals: Totals; playing: boolean; ticksPerSecond: number; measuredTicksPerSecond: number }
  | { type: 'series'; points: SeriesPoint[] }
  | { type: 'cells'; cells: [cell: number, objective: number][] }
  | { type: 'parameter'; key: string; value: number }
  | { type: 'log'; lines: LogLine[] }
  | { type: 'organism'; organism: OrganismFacts | null }
  | { type: 'elite'; cell: number; objective: number; measures: [number, number]; genome: string; organism: number; tick: number }
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
