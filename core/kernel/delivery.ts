import type { ModelOperator } from './tick-events.ts';

/** How every task of a model ends; `budget`: it was not asked, because the budget is spent. */
export type ModelOutcome = 'ok' | 'repaired' | 'fallback' | 'budget';

/** What came of asking a model for a child's genome. */
export interface Delivery {
  readonly child: number;
  readonly outcome: ModelOutcome;
  /** Which of the model's operators was asked. */
  readonly operator?: ModelOperator | undefined;
  /** Canonical text; null when the classical operators must serve. */
  readonly genome: string | null;
  /** Why it fell back or had to be repaired; a sentence, bounded, shown as text. */
  readonly reason: string;
}

/** What an organism wants to do for the next ticks: an act, one of the act's targets (0 when it takes none). */
export interface Intent { readonly act: number; readonly target: number; readonly ticks: number }

/** What came of an organism's thought. */
export interface Thought {
  readonly organism: number;
  readonly outcome: ModelOutcome;
  /** Tokens it took, asked and written; they cost energy. */
  readonly tokens: number;
  readonly intent: Intent | null;
  /** Said once, to those within hearing. */
  readonly message: string | null;
  /** Its instincts, rewritten: canonical text. */
  readonly genome: string | null;
  readonly reason: string;
}

/** What came of judging an organism: from 0, the second label, to 1, the first. */
export interface Judgement {
  readonly organism: number;
  readonly outcome: ModelOutcome;
  readonly worth: number | null;
  readonly reason: string;
}
