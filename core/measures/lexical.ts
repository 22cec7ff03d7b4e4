import { exactExp, exactLn } from '../archive/exact-math.ts';

/** Words, numbers and single signs of a text, lower-case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}_][\p{L}\p{M}\p{N}_]*(?:[.'’-][\p{L}_][\p{L}\p{M}\p{N}_]*)*|\p{N}+(?:\.\p{N}+)?|[^\s\p{L}\p{N}]/gu) ?? [];
}

function gramsOf(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    // no word holds a space
    const gram = words.slice(i, i + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Distinct-n (Li et al. 2016): different n-grams of all texts together, divided by all n-grams. NaN where there is none. */
export function distinctN(texts: readonly (readonly string[])[], n: number): number {
  const different = new Set<string>();
  let all = 0;
  for (const words of texts) {
    for (const [gram, count] of gramsOf(words, n)) {
      different.add(gram);
      all += count;
    }
  }
  return different.size / all;
}

/**
 * BLEU of one text against references (Papineni et al. 2002), n-grams up to 4 with equal weights, clipped counts,
 * brevity penalty with the closest reference length (the shorter of two as close). Without smoothing, but for texts of
 * fewer than four words, whose longest n-grams are as long as they are. 0 of an empty text.
 */
export function bleu(candidate: readonly string[], references: readonly (readonly string[])[], longest = 4): number {
  return bleuOf(candidate, references, (r, n) => gramsOf(references[r]!, n), longest);
}

function bleuOf(candidate: readonly string[], references: readonly (readonly string[])[], gramsOfReference: (r: number, n: number) => ReadonlyMap<string, number>, longest: number, skip = -1): number {
  const most = Math.min(longest, candidate.length);
  if (most === 0) return 0;
  let logs = 0;
  for (let n = 1; n <= most; n++) {
    let clipped = 0;
    let all = 0;
    for (const [gram, count] of gramsOf(candidate, n)) {
      let allowed = 0;
      for (let r = 0; r < references.length && allowed < count; r++) if (r !== skip) allowed = Math.max(allowed, gramsOfReference(r, n).get(gram) ?? 0);
      clipped += Math.min(count, allowed);
      all += count;
    }
    if (clipped === 0) return 0;
    logs += exactLn(clipped / all) / most;
  }
  let closest = Infinity;
  references.forEach(({ length }, r) => {
    if (r === skip) return;
    const better = Math.abs(length - candidate.length) - Math.abs(closest - candidate.length);
    if (better < 0 || (better === 0 && length < closest)) closest = length;
  });
  return exactExp(logs + (candidate.length < closest ? 1 - closest / candidate.length : 0));
}

/** Self-BLEU (Zhu et al. 2018): mean BLEU of each text against all others. Higher is less diverse; NaN of fewer than two texts. */
export function selfBleu(texts: readonly (readonly string[])[], longest = 4): number {
  if (texts.length < 2) return NaN;
  const grams = texts.map((words) => Array.from({ length: longest }, (_, i) => gramsOf(words, i + 1)));
  let sum = 0;
  texts.forEach((words, i) => sum += bleuOf(words, texts, (r, n) => grams[r]![n - 1]!, longest, i));
  return sum / texts.length;
}

/** Words of a text as ROUGE counts them: runs of letters and digits, capitals aside. */
export function rougeWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** ROUGE-L F1 (Lin 2004): the longest common subsequence of words, as recall and precision in equal parts. 0 where one is empty. */
export function rougeL(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const row = new Uint32Array(b.length + 1);
  for (const word of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = word === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]!);
      diagonal = above;
    }
  }
  return (2 * row[b.length]!) / (a.length + b.length);
}

/** Mean ROUGE-L over pairs. Higher is less diverse; NaN of fewer than two texts. */
export function meanRougeL(texts: readonly (readonly string[])[]): number {
  let sum = 0;
  for (let i = 1; i < texts.length; i++) for (let j = 0; j < i; j++) sum += rougeL(texts[i]!, texts[j]!);
  return sum / ((texts.length * (texts.length - 1)) / 2);
}
