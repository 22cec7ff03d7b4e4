import { exactExp } from '../../core/archive/exact-math.ts';
import type { TokenLogprob } from '../model/contract.ts';

/** How likely each label is to be what a model writes first. */
export interface LabelReading {
  /** One a label, summing to 1; null when none of the likeliest tokens begins a label. */
  readonly distribution: readonly number[] | null;
  /** Probability, before normalising, that the model begins with any of the labels: how far it took the question as it was meant. */
  readonly mass: number;
}

/**
 * Reads the log-probabilities at the first token as a normalised distribution over labels, p(a) / (p(a) + p(b) + …), as in QDAIF
 * (Bradley et al. 2023). A token counts for a label that it begins or that begins it (`Y`, `Yes`, ` yes`, `yes.`); white space,
 * marks and capitals aside. One that could begin several labels counts for none of them.
 */
export function readLabels(logprobs: readonly TokenLogprob[] | undefined, labels: readonly string[]): LabelReading {
  const names = labels.map((label) => label.trim().toLowerCase());
  const sums = names.map(() => 0);
  const [first] = logprobs ?? [];
  for (const { token, logprob } of first?.top ?? []) {
    const text = token.replace(/^[\s\u2581\u0120\u010a"'“”‘’`*_([{]+/u, '').toLowerCase();
    if (text === '' || !(logprob <= 0)) continue;
    const fits = names.flatMap((name, i) => (name.startsWith(text) || isWhole(name, text) ? [i] : []));
    if (fits.length === 1) sums[fits[0]!]! += exactExp(logprob);
  }
  const mass = sums.reduce((sum, one) => sum + one, 0);
  return { distribution: mass > 0 ? sums.map((one) => one / mass) : null, mass };
}

/** Whether `text` is the label and goes on with something that belongs to no word. */
function isWhole(label: string, text: string): boolean {
  return text.startsWith(label) && /^[^\p{L}\p{N}]/u.test(text.slice(label.length));
}

/** The label that a reply names, alone or at its beginning, or in a JSON object as `label`; -1 when it names none or could mean two. */
export function namedLabel(reply: string, labels: readonly string[]): number {
  const said = field(reply, 'label') ?? reply;
  const text = (typeof said === 'string' ? said : '').slice(0, 2000).replace(/^[\s"'“”‘’`*_([{]+/u, '').toLowerCase();
  const fits = labels.flatMap((label, i) => {
    const name = label.trim().toLowerCase();
    return text === name || isWhole(name, text) ? [i] : [];
  });
  return fits.length === 1 ? fits[0]! : -1;
}

/** The rating, 1 to 10, that a reply gives: alone, as `7/10`, after `rating`, in a JSON object, or as the only number; null otherwise. */
export function readRating(reply: string): number | null {
  const given = field(reply, 'rating');
  if (given !== undefined) return typeof given === 'number' && given >= 1 && given <= 10 ? given : null;
  const text = reply.slice(0, 2000);
  const [, named] = /\brating\b\W{0,8}(?:is\W{1,4})?(-?\d+(?:\.\d+)?)/i.exec(text) ?? /(-?\d+(?:\.\d+)?)\s*(?:\/|out of)\s*10\b/i.exec(text) ?? [];
  const numbers = text.match(/-?\d+(?:\.\d+)?/g) ?? [];
  const value = Number(named ?? (numbers.length === 1 ? numbers[0] : Number.NaN));
  return value >= 1 && value <= 10 ? value : null;
}

/** A field of the JSON object that a reply is, bare or fenced; undefined when it is none. */
function field(reply: string, name: string): unknown {
  const text = reply.slice(0, 2000);
  const from = text.indexOf('{');
  if (from < 0 || !/^\s*(```(json)?\s*)?$/i.test(text.slice(0, from))) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(from, text.lastIndexOf('}') + 1));
    return typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}
