/** What is served: a text that is wanted. */
export interface WantedText {
  readonly ticket: number;
  /** What the accounts count it by. */
  readonly kind: string;
  readonly prompt: string;
  /** 0 to 2³¹ − 1. */
  readonly seed: number;
  readonly judged: boolean;
}

/** What judges said of a text, or why they said nothing. */
export type SaidOfText = { readonly quality: number; readonly measures: readonly number[] } | { readonly reason: string };

/** What became of a text, as far as a host must know. */
export interface SettledText { readonly iteration: number; readonly outcome: string; readonly quality: number | null; readonly reason: string }

/** A machine that wants texts and judgements, and whose course depends on what it is told alone, not on the order of telling. */
export interface TextWorld<S extends SettledText = SettledText> {
  readonly isDone: boolean;
  ask(limit: number): WantedText[];
  wrote(ticket: number, text: string): S[];
  tell(ticket: number, said: SaidOfText): S[];
}

/** How texts look, and what judges are asked about them. */
export interface TextFacts {
  readonly noun: string;
  readonly template: string;
  readonly form: 'paragraph' | 'verse';
  readonly maxCharacters: number;
  readonly about?: string | undefined;
  /** Quality is the probability of the first label, 0 to 1, or a rating of 1 to 10. */
  readonly quality: { readonly question: string; readonly labels: readonly string[]; readonly scale: 'probability' | 'rating' };
  /** A measure is the probability of the first label, or the number of the likeliest category. */
  readonly measures: readonly ({ readonly name: string; readonly question: string } & ({ readonly labels: readonly string[] } | { readonly categories: readonly string[] }))[];
}
