/** What came of asking a model for a child's genome. */
export interface Delivery {
  readonly child: number;
  readonly outcome: 'ok' | 'repaired' | 'fallback';
  /** Canonical text; null when the classical operators must serve. */
  readonly genome: string | null;
  /** Why it fell back or had to be repaired; a sentence, bounded, shown as text. */
  readonly reason: string;
}
