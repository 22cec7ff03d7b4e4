/** What became of a text: a mark that needs no colour, and words. */
const outcomes: Readonly<Record<string, readonly [mark: string, words: string]>> = {
  seed: ['·', 'written by hand, there from the beginning'],
  pool: ['·', 'of the pool that the salon began with'],
  new: ['+', 'took an empty cell'],
  improved: ['▲', 'took a cell from its elite'],
  kept: ['=', 'is kept behind the elite of its cell'],
  notAdded: ['–', 'was not good enough for its cell'],
  empty: ['!', 'nothing was written'],
  failed: ['!', 'the model gave no answer'],
  unjudged: ['!', 'the judges gave no answer'],
};

export function outcomeMark(outcome: string): string {
  return outcomes[outcome]?.[0] ?? '·';
}

export function outcomeWords(outcome: string): string {
  return outcomes[outcome]?.[1] ?? outcome;
}

/** Seconds as people count them: `42 s`, `7 min`, `3 h 20 min`. */
export function span(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
