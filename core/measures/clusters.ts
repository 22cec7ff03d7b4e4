import { wordsOf } from './lexical.ts';

/**
 * Fewest words to put in, leave out or replace to make one text of the other (Levenshtein 1966), or `atMost + 1` where it takes
 * more than `atMost`. Only the band of the table is filled in that can matter (Ukkonen 1985).
 */
export function wordEdits(a: ArrayLike<number>, b: ArrayLike<number>, atMost: number): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const tooFar = atMost + 1;
  if (long.length - short.length > atMost) return tooFar;
  const row = new Uint32Array(short.length + 1);
  for (let j = 0; j <= short.length; j++) row[j] = Math.min(j, tooFar);
  for (let i = 1; i <= long.length; i++) {
    const from = Math.max(1, i - atMost);
    const to = Math.min(short.length, i + atMost);
    let diagonal = row[from - 1]!;
    let least = row[from - 1] = from === 1 ? Math.min(i, tooFar) : tooFar;
    for (let j = from; j <= to; j++) {
      const above = j === i + atMost ? tooFar : row[j]!;
      const edits = Math.min(long[i - 1] === short[j - 1] ? diagonal : diagonal + 1, above + 1, row[j - 1]! + 1, tooFar);
      diagonal = row[j]!;
      row[j] = edits;
      if (edits < least) least = edits;
    }
    if (least === tooFar) return tooFar;
  }
  return row[short.length]!;
}

/**
 * Clusters texts at a distance, greedily by abundance (as Edgar's UCLUST, 2010, and Westcott & Schloss, 2015, cluster sequences): the
 * texts are taken as they come, the most frequent first; each joins the nearest centre within the distance, the earlier of two as near,
 * or becomes a centre itself. The distance of two texts is their edit distance in words over the words of the longer.
 *
 * @param texts the most frequent first
 * @param distance 0 to 1; at 0 texts of the same words are together
 * @returns for each text the number of its cluster, in the order in which clusters arose
 */
export function clusterTexts(texts: readonly string[], distance: number): Uint32Array {
  const numbers = new Map<string, number>();
  const words = texts.map((text) => Uint32Array.from(wordsOf(text), (word) => {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    numbers.set(word, numbers.size);
    return numbers.size - 1;
  }));
  const centres: Uint32Array[] = [];
  return Uint32Array.from(words, (text) => {
    let nearest = -1;
    let nearestDistance = Infinity;
    centres.forEach((centre, cluster) => {
      const longer = Math.max(centre.length, text.length);
      // one more than can be, for a product may be rounded down
      const most = Math.floor(Math.min(distance, nearestDistance) * longer) + 1;
      const far = longer === 0 ? 0 : wordEdits(text, centre, most) / longer;
      if (far <= distance && far < nearestDistance) [nearest, nearestDistance] = [cluster, far];
    });
    return nearest >= 0 ? nearest : centres.push(text) - 1;
  });
}
