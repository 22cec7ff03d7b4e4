import { NoveltyArchive } from '../../core/archive/novelty-archive.ts';
import { AddStatus } from '../../core/archive/archive.ts';
import { rougeL, rougeWords } from '../../core/measures/lexical.ts';
import type { Admission } from './methods.ts';

/** A text that prompts may show. */
export interface PoolText { readonly id: number; readonly text: string }

/** What judges said, as admission goes by it. `share` is the quality between its least and its most. */
export interface Judged { readonly quality: number; readonly share: number; readonly point: readonly number[] }

/** Texts that share more words in order than this with one of the pool are not let in (ROUGE-L F1). */
const MOST_ALIKE = 0.7;
/** Quality, between its least and its most, from which on the quality filter lets in. */
export const LEAST_QUALITY = 0.8;
const NEIGHBOURS = 15;
const FIRST_THRESHOLD = 0.05;

/** The texts that prompts are drawn from: at most `size`, the oldest leaving first, or with `best` the worst. */
export class Pool {
  readonly texts: PoolText[] = [];
  private readonly size: number;
  private readonly admission: Admission;
  private readonly filtered: boolean;
  /** Quality of each text; hand-written ones have none and leave first. */
  private readonly qualities: number[] = [];
  private readonly words: string[][] = [];
  private novelty: NoveltyArchive<number> | null = null;
  private accepted = 0;
  private rejected = 0;

  constructor(size: number, admission: Admission, filtered: boolean) {
    this.size = size;
    this.admission = admission;
    this.filtered = filtered;
  }

  /** Novelty from which on a text is let in, where that decides. */
  get threshold(): number { return this.novelty?.threshold ?? FIRST_THRESHOLD; }

  /** Takes a text in without asking. */
  put(text: PoolText, quality = -Infinity): void {
    this.texts.push(text);
    this.qualities.push(quality);
    if (this.admission === 'unlike') this.words.push(rougeWords(text.text));
    if (this.texts.length <= this.size) return;
    let out = 0;
    // of those as bad as each other the oldest goes
    if (this.admission === 'best') for (let i = 1; i < this.qualities.length; i++) if (this.qualities[i]! < this.qualities[out]!) out = i;
    this.texts.splice(out, 1);
    this.qualities.splice(out, 1);
    this.words.splice(out, 1);
  }

  /** Takes a text in if the method does; `judged` is null where it goes by the words alone, `elite` says whether it took a cell. */
  offer(text: PoolText, judged: Judged | null, elite: boolean): boolean {
    if (!this.admits(text, judged, elite)) return false;
    this.put(text, judged?.quality);
    return true;
  }

  private admits(text: PoolText, judged: Judged | null, elite: boolean): boolean {
    if (this.filtered && !(judged !== null && judged.share >= LEAST_QUALITY)) return false;
    switch (this.admission) {
      case 'nobody': return false;
      case 'everybody': case 'best': return true;
      case 'elites': return elite;
      case 'unlike': {
        const words = rougeWords(text.text);
        return this.words.every((other) => rougeL(words, other) < MOST_ALIKE);
      }
      case 'novel': return judged !== null && this.isNovel(text.id, judged);
    }
  }

  /**
   * Novelty search: mean distance to the 15 nearest that were let in, against a threshold that rises by 5 % after more than
   * two in a row were let in, and falls by 5 % after more than twenty were not; the count begins anew with each turn.
   */
  private isNovel(id: number, { point, quality }: Judged): boolean {
    this.novelty ??= new NoveltyArchive<number>({ measureCount: point.length, k: NEIGHBOURS, threshold: FIRST_THRESHOLD });
    const isNew = this.novelty.add(id, quality, point) === AddStatus.new;
    this.accepted = isNew ? this.accepted + 1 : 0;
    this.rejected = isNew ? 0 : this.rejected + 1;
    if (this.accepted > 2) {
      this.novelty.threshold *= 1.05;
      this.accepted = 0;
    } else if (this.rejected > 20) {
      this.novelty.threshold *= 0.95;
      this.rejected = 0;
    }
    return isNew;
  }
}
