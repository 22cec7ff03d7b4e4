/**
 * What the salon's page and the server that shows an experiment say to each other: JSON over the feed's WebSocket. A page that joins is
 * told all there is (`hello`); after that it hears of what changed.
 */
import { z } from 'zod';
import type { BudgetFacts, ModelFacts } from './protocol.ts';

export const SALON_PROTOCOL_VERSION = 2;

/** What a page may say. Anything else is refused with a sentence. */
export const salonClientMessage = z.discriminatedUnion('type', [
  /** Read a text of a run, by its id. */
  z.strictObject({ type: z.literal('read'), run: z.int().min(0), id: z.int().min(0) }),
  /** Read the elite of a cell. */
  z.strictObject({ type: z.literal('readCell'), run: z.int().min(0), cell: z.int().min(0) }),
  z.strictObject({ type: z.literal('release') }),
]);
export type SalonClientMessage = z.infer<typeof salonClientMessage>;

/** A measure of texts and its bins: `names` are those of categories, and `ticks` the inner edges between bins; one of them is empty. */
export interface SalonMeasure { name: string; question: string; labels: string[]; ticks: number[]; names: string[]; bins: number }

export interface SalonDomain {
  name: string;
  noun: string;
  /** The lines of a verse stand with " / " between them. */
  form: 'paragraph' | 'verse';
  quality: { question: string; labels: string[]; least: number; most: number };
  /** Cells are numbered with the last measure running fastest. */
  measures: SalonMeasure[];
  cells: number;
  depth: number;
}

/** `waiting`: not begun; `judging`: all is written, and elites are judged anew. */
export type SalonRunStage = 'waiting' | 'writing' | 'judging' | 'done';

export interface SalonRunState {
  stage: SalonRunStage;
  /** Texts settled, of `iterations`. */
  iteration: number;
  elites: number;
  coverage: number;
  qdScore: number;
  /** Null before a text was judged. */
  best: number | null;
  /** Null until elites were judged anew. */
  corrected: { qdScore: number; coverage: number; illusion: number } | null;
}

/** A cell and its elite. */
export interface SalonCell { cell: number; quality: number; id: number; excerpt: string }
export interface SalonPoint { iteration: number; qdScore: number; coverage: number }

/** What became of a text: see `Outcome` in worlds/salon/salon.ts. */
export interface SalonLine { id: number; iteration: number; outcome: string; cell: number; quality: number | null; excerpt: string; reason: string }

/** One run as a page that joins is told of it. */
export interface SalonRun {
  method: string;
  /** What the method does, in a few words. */
  sentence: string;
  seed: number;
  iterations: number;
  maxQdScore: number;
  state: SalonRunState;
  cells: SalonCell[];
  points: SalonPoint[];
  /** Newest last. */
  lines: SalonLine[];
}

/** What is new of a run. `fresh`: texts that took a cell, in order. */
export interface SalonChange { run: number; state: SalonRunState; cells: (SalonCell & { fresh: boolean })[]; points: SalonPoint[]; lines: SalonLine[] }

/** A text beside the one that is read. */
export interface SalonRelative { id: number; iteration: number; outcome: string; cell: number; quality: number | null; excerpt: string }

/** What one judge was asked and said. `how` is empty where that is not kept. */
export interface SalonJudgement { name: string; question: string; value: string; how: string }

/** A text and all that is known of it. Texts are a model's: show them as text, never as HTML. */
export interface SalonText {
  run: number;
  id: number;
  iteration: number;
  text: string;
  outcome: string;
  reason: string;
  quality: number | null;
  measures: number[] | null;
  cell: number;
  isElite: boolean;
  judgements: SalonJudgement[];
  /** One line on how judges of this run answered, where that of single ones is not kept. */
  judgedBy: string;
  /** The best of its cell, the elite first. */
  depth: SalonRelative[];
  /** How many its cell holds in all. */
  held: number;
  /** The texts it was written from, in the prompt's order. */
  parents: SalonRelative[];
  /** Texts written from it, the newest first, and how many there are in all. */
  children: SalonRelative[];
  childCount: number;
  /** Empty for texts that were there before. */
  prompt: string;
}

export interface SalonTotals {
  done: number;
  total: number;
  /** Of all runs together, lately; 0 when nothing moves. */
  perSecond: number;
  /** Null while it cannot be told. */
  secondsLeft: number | null;
  /** Null where no model is asked, as in what is looked at again. */
  budget: BudgetFacts | null;
  calls: number;
  tokens: number;
  dollars: number;
  /** Questions that came to nothing. */
  fallbacks: number;
}

export type SalonServerMessage =
  | { type: 'hello'; version: number; domain: SalonDomain; model: ModelFacts; runs: SalonRun[]; totals: SalonTotals; notice: string }
  | { type: 'changes'; changes: SalonChange[] }
  | { type: 'totals'; totals: SalonTotals }
  | { type: 'text'; text: SalonText }
  /** Answers `release`: what was told of texts before is of the one that was let go. */
  | { type: 'released' }
  | { type: 'notice'; sentence: string }
  | { type: 'refused'; sentence: string };
