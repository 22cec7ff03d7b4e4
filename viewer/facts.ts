import type { Schedule } from '../core/schedules/schedule.ts';

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
  /** What turns it while the world runs; null where nothing does but people. */
  schedule: Schedule | null;
  /** What it has where its schedule has no say; absent or null where it has none. */
  base?: number | null;
}

/**
 * What organisms can be coloured by. A frame carries it in 255ths of `lower` to `upper`, or of the range in its header
 * where these are null; `circular`: 0 follows 255; `category`: an index into `labels`.
 */
export interface HueFacts {
  name: string;
  title: string;
  sentence: string;
  unit: string;
  kind: 'circular' | 'linear' | 'category';
  lower: number | null;
  upper: number | null;
  labels: string[];
  /** Whether frames of the past have it too; where they have not, they carry the first. */
  held: boolean;
}

/** A field that can be drawn under the organisms, [0, 1] in 255ths. */
export interface FieldFacts { name: string; title: string }

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
  /** The first is what a page sees until it asks for another. */
  hues: HueFacts[];
  fields: FieldFacts[];
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
  archive: {
    coverage: number; qdScore: number; elites: number;
    /** By the later lives of the elites' genomes; `elites` have been lived again. Null where none has, or where the run does not tell. */
    corrected?: { qdScore: number; coverage: number; elites: number } | null;
  };
  model: {
    calls: number; tokens: number; dollars: number; repaired: number; fallbacks: number; overBudget: number; copies: number; share: number; inFlight: number;
    /** Everything that was asked, by role, kind and model. */
    accounts: ModelAccount[];
  };
  /** Null where there is no model. */
  budget: BudgetFacts | null;
  /** Null before the first tick. */
  held: HeldTicks | null;
  /** Whether ticks before those that are held can be played back from a record. */
  recorded: boolean;
  fingerprint: string;
  /** The parameter by which the world is known, as it stands now: a twist that turns by itself is not what was set. Absent where it has none. */
  headline?: { title: string; unit: string; value: number };
}

/** A measured value that the series show. */
export interface MeasureInfo {
  /** `group.name`. */
  name: string;
  title: string;
  unit: string;
  sentence: string;
  /** Name of the measure that is this one's neutral shadow; null where there is none. */
  shadow: string | null;
}

/** Measured values in the order of `Hello.measures`; null where one is not defined, or not measured in this tick: some are taken more rarely than others. */
export interface MeasuredPoint { tick: number; values: (number | null)[] }

/** Ticks whose frames can be shown again at once: every `step`-th at least, from `from` to `to`. */
export interface HeldTicks { from: number; to: number; step: number }

/** Something that somebody wants to find again. */
export interface Bookmark { id: number; tick: number; text: string }

/** How to make this run again. */
export interface ShareFacts {
  /** A command line that begins the same run; where flags do not say all it names a file, spec.json, that holds `spec`. */
  command: string;
  /** The run's spec, as it stands in a spec file. */
  spec: unknown;
  /** A command line for a branch, in which `TICK` and `KEY=VALUE` are to be filled in; null where the run has no record. For when the run has been stopped. */
  branch: string | null;
}

/**
 * A clade in the Muller plot: a genome's first bearer and all who descend from it, without those who belong to a clade
 * within. `parent` stands before it in the list.
 */
export interface MullerClade {
  id: number;
  parent: number | null;
  /** Kin mark of one of its first members, a circular hue. */
  hue: number;
  /** Tick in which its first bearer was born. */
  bornAt: number;
  /** Members at each of the plot's ticks. */
  counts: number[];
}

/** What is left of `totals` when the clades are taken out belongs to nobody who was ever frequent. */
export interface MullerFacts { ticks: number[]; totals: number[]; clades: MullerClade[] }

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
  /** The genome that its first parent was born with; null of founders, and where that is no longer known. */
  parentGenome: string | null;
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
  /** Nearest first, by the first parent, at most 12; more are to be had by `ancestors`. */
  ancestors: Ancestor[];
  /** Ancestors that are known. */
  ancestorCount: number;
  /** Living children whose first parent it is, by rising id, at most 24, and how many there are. */
  childrenAlive: number[];
  childrenAliveCount: number;
  /** Id of the clade's first bearer: who has its genome in an unbroken line; for `light`. */
  genotype: number;
  /** How a model came to write it; null where none did, or where that is no longer kept. All texts are a model's: data. */
  story: StoryFacts | null;
  /** Its last thoughts, the latest first. */
  thoughts: ThoughtFacts[];
}

/** An organism as it was after a tick that is past. What is null is not known, or not known any more. */
export interface PastOrganismFacts {
  id: number;
  tick: number;
  /** `unknown`: it is not there, and nothing tells whether it was gone or still to come. */
  was: 'alive' | 'unborn' | 'dead' | 'unknown';
  /** What the picture of that tick says of it; null where it is not there. `energy` lies in [from, to), and has no upper end where it is null. `hue` is its kin mark. */
  seen: { x: number; y: number; hue: number; act: string; signal: string | null; energy: { from: number; to: number | null } } | null;
  /** Its life; `genome` as it was then, `rewritten` by its own thought or not, and `diedAt` as it is known now. `genotype` is for `light`. */
  known: {
    bornAt: number; diedAt: number | null; operator: string; lineage: number; parents: number[]; genome: string; rewritten: boolean; genotype: number;
  } | null;
  /** The genome of its first parent then. */
  parentGenome: string | null;
  /** Nearest first; `diedAt` is null of those who lived then. */
  ancestors: Ancestor[];
  ancestorCount: number;
  story: StoryFacts | null;
  /** Those that it had begun by then, the latest first. */
  thoughts: ThoughtFacts[];
}

/** An elite of the archive: a life that has ended. */
export interface EliteFacts {
  cell: number;
  objective: number;
  measures: [number, number];
  genome: string;
  organism: number;
  /** When it entered the archive. */
  tick: number;
  /** Nearest first, as far as they are known; none where its whole branch has died out. */
  ancestors: Ancestor[];
  /** Whether it has living or unborn descendants. */
  hasDescendants: boolean;
  /** Living organisms with its genome. */
  carriers: number;
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
