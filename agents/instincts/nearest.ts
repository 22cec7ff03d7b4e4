/** Edit distance with adjacent swaps (Damerau's, optimal string alignment) between short words. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[to.length];
}

const longestWord = 40;

/**
 * The known word that was probably meant: within two edits (and a third of the length), or sharing a part between dots
 * that is, so `grass` finds `grass.here`. Null when nothing is near; the first of equals wins.
 */
export function nearestWord(word: string, known: readonly string[]): string | null {
  if (word.length > longestWord) return null;
  const given = word.toLowerCase().replaceAll('_', '.').replace(/^\.+|\.+$/g, '');
  const allowed = Math.min(2, Math.floor(given.length / 3));
  let best: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const whole = distance(given, candidate);
    const head = candidate.split('.')[0];
    // A shared head is weaker evidence than a whole word as near.
    const part = head === candidate ? Infinity : distance(given.split('.')[0], head) + 0.5;
    const near = Math.min(whole, part);
    if (near <= allowed + 0.5 && near < least) {
      best = candidate;
      least = near;
    }
  }
  return best;
}
