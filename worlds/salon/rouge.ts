/** Words of a text as ROUGE counts them: runs of letters and digits, capitals aside. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * ROUGE-L (Lin 2004, "ROUGE: a package for automatic evaluation of summaries"): the F1 of precision and recall of the longest
 * common subsequence of words. 0 where one has none.
 */
export function rougeL(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const row = new Uint16Array(b.length + 1);
  for (const wordA of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      if (wordA === b[j - 1]) row[j] = diagonal + 1;
      else if (row[j - 1]! > above) row[j] = row[j - 1]!;
      diagonal = above;
    }
  }
  return (2 * row[b.length]!) / (a.length + b.length);
}
