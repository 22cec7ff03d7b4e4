import type { Judge, JudgeWay } from './judge.ts';
import type { JudgeRequest } from './tasks.ts';

/** A text and the label that a person gave it. */
export interface Labelled { readonly text: string; readonly label: string }

/** How well a judge agrees with people. */
export interface Agreement {
  /** Texts that were judged; those that the judge had no answer to count as wrong in `accuracy` and are left out of `kappa`. */
  readonly texts: number;
  readonly unanswered: number;
  readonly accuracy: number;
  /**
   * Cohen's kappa, (observed − chance) / (1 − chance) (Cohen 1960, "A coefficient of agreement for nominal scales"): 1 is full agreement, 0
   * what chance gives. 0 where it is not defined, because both only ever gave one and the same label.
   */
  readonly kappa: number;
  /**
   * For two labels: how often a text that people gave the first label has a higher probability of it than one that they did not, ties
   * counting half (the area under the ROC curve). A judge that always says the same label may still put texts in the right order. Null for
   * more labels, or where people gave only one.
   */
  readonly ordering: number | null;
  /** Rows are the people's labels, columns the judge's, in the order of the question. */
  readonly confusion: readonly (readonly number[])[];
  readonly ways: Readonly<Partial<Record<JudgeWay, number>>>;
}

/**
 * Asks a judge about texts whose labels are known; its label is the likeliest, the first of equals. Throws an error with one sentence when
 * a label is none of the question's.
 */
export async function agreement(judge: Judge, question: Omit<JudgeRequest, 'text'>, labelled: readonly Labelled[]): Promise<Agreement> {
  const { labels } = question;
  const truth = labelled.map(({ text, label }) => {
    const at = labels.indexOf(label);
    if (at < 0) throw new Error(`The text ${JSON.stringify(text.slice(0, 40))} is labelled "${label}", which is none of ${labels.join(', ')}.`);
    return at;
  });
  const judgements = await Promise.all(labelled.map(({ text }) => judge.ask({ ...question, text })));
  const confusion = labels.map(() => labels.map(() => 0));
  const probabilities: [first: number[], others: number[]] = [[], []];
  const ways: Partial<Record<JudgeWay, number>> = {};
  for (const [i, judgement] of judgements.entries()) {
    if (!('distribution' in judgement)) continue;
    const { distribution, way, probability } = judgement;
    probabilities[truth[i] === 0 ? 0 : 1].push(probability);
    confusion[truth[i]!]![distribution.indexOf(Math.max(...distribution))]!++;
    ways[way] = (ways[way] ?? 0) + 1;
  }
  const answered = confusion.flat().reduce((sum, one) => sum + one, 0);
  const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
  return {
    texts: labelled.length, unanswered: labelled.length - answered, accuracy: labelled.length === 0 ? 0 : right / labelled.length,
    kappa: cohensKappa(confusion), ordering: labels.length === 2 ? areaUnderCurve(...probabilities) : null, confusion, ways,
  };
}

/** Cohen's kappa of a square table of counts. */
export function cohensKappa(confusion: readonly (readonly number[])[]): number {
  const total = confusion.flat().reduce((sum, one) => sum + one, 0);
  if (total === 0) return 0;
  let observed = 0;
  let chance = 0;
  for (const [i, row] of confusion.entries()) {
    observed += row[i]! / total;
    const given = row.reduce((sum, one) => sum + one, 0) / total;
    const guessed = confusion.reduce((sum, other) => sum + other[i]!, 0) / total;
    chance += given * guessed;
  }
  return chance === 1 ? 0 : (observed - chance) / (1 - chance);
}

/** Share of pairs in which the first is higher, ties counting half; null without pairs. */
function areaUnderCurve(first: readonly number[], others: readonly number[]): number | null {
  if (first.length === 0 || others.length === 0) return null;
  let wins = 0;
  for (const a of first) for (const b of others) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (first.length * others.length);
}
