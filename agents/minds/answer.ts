import type { ActFacts, Vocabulary } from '../../core/kernel/genomes.ts';
import { either, quoted } from '../instincts/genome-error.ts';
import { extractProgram } from '../instincts/extract.ts';
import { parseProgram } from '../instincts/parse.ts';
import { printProgram } from '../instincts/print.ts';
import type { Read } from '../model/task.ts';

/** What a thought may come to; each can be left out of a world. */
export interface Allowed { readonly intent: boolean; readonly message: boolean; readonly rewrite: boolean }

/** What an organism means to do instead of following its instincts: an act and its target (indices of the vocabulary), for so many ticks. */
export interface Intent { readonly act: number; readonly target: number; readonly ticks: number }

/** A thought, read. Null is what it did not come to; `plan` is what a model said to itself, to be shown and nothing else. */
export interface Thought {
  readonly intent: Intent | null;
  readonly message: string | null;
  /** Canonical text of the new instincts. */
  readonly genome: string | null;
  readonly plan: string;
}

export const thoughtLimits = { ticks: 50, message: 200, plan: 200 } as const;

/** Ticks of an intent that names none. */
const SOME_TICKS = 5;
/** Characters of a reply that are looked at; an answer is far shorter. */
const LONGEST_REPLY = 16_384;

const label = /^[\s>*_#-]*(do|say|instincts|think)[\s*_]*:[\s*_]*/i;
/** Words that people put between an act and its target. */
const fillers = new Set(['the', 'a', 'an', 'from', 'to', 'towards', 'toward', 'with', 'nearest']);

type Part = 'do' | 'say' | 'instincts' | 'think';
type Parts = Partial<Record<Part, string>>;

/**
 * Reads a model's reply as a thought, from lines `do: …`, `say: …`, `instincts: …` or a JSON object with these keys, amid
 * whatever else it wrote. Parts that are not allowed are passed over. A part that is there and wrong refuses the whole, in
 * one sentence, so that a mind is asked again rather than half understood. A mutation prompt that the organism's own `instincts` carry
 * stays where a rewrite has none; a rewrite that is the same as they are is none.
 */
export function readThought(text: string, vocabulary: Vocabulary, allowed: Allowed, instincts: string | null = null): Read<Thought> {
  const start = text.slice(0, LONGEST_REPLY);
  const parts = jsonParts(start) ?? lineParts(start);
  const plan = oneLine(parts.think ?? '', thoughtLimits.plan);
  let intent: Intent | null = null;
  let message: string | null = null;
  let genome: string | null = null;
  if (allowed.intent && parts.do !== undefined) {
    const read = readIntent(parts.do, vocabulary.acts);
    if ('problem' in read) return read;
    intent = read.value;
  }
  if (allowed.message && parts.say !== undefined) {
    const said = unquoted(oneLine(parts.say, thoughtLimits.message + 2)).slice(0, thoughtLimits.message).trim();
    message = said === '' ? null : whole(said);
  }
  if (allowed.rewrite && parts.instincts !== undefined) {
    try {
      const program = parseProgram(extractProgram(parts.instincts), vocabulary);
      const prompt = program.prompt ?? (instincts === null ? null : parseProgram(instincts, vocabulary).prompt);
      genome = printProgram({ ...program, prompt }, vocabulary);
    } catch (error) {
      return { problem: `in the instincts, ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  const kept = genome !== null && genome === instincts;
  if (intent === null && message === null && genome === null) {
    return { problem: `there is no line that begins with ${either(partNames(allowed).map((name) => `"${name}:"`))}.` };
  }
  return { value: { intent, message, genome: kept ? null : genome, plan } };
}

/** Labels of the lines that are allowed, in the order in which they are written. */
function partNames(allowed: Allowed): string[] {
  return [...(allowed.intent ? ['do'] : []), ...(allowed.message ? ['say'] : []), ...(allowed.rewrite ? ['instincts'] : [])];
}

/** Text made safe to hand on: one line, without characters that control, hide or reorder, of at most `most` UTF-16 units. */
export function oneLine(text: string, most: number): string {
  // four times as many are looked at, so that what is taken out leaves enough
  const plain = text.slice(0, most * 4).replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '').replace(/ {2,}/g, ' ').trim();
  return whole(plain.slice(0, most)).trim();
}

/** Without the half of a character that a cut has left at the end. */
function whole(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

function unquoted(text: string): string {
  const [, inner] = /^["“'](.*)["”']$/.exec(text) ?? [];
  return inner ?? text;
}

/** What stands behind each label, up to the next; the first of each counts. Rules without a label are instincts where nothing else is said. */
function lineParts(text: string): Parts {
  const parts: Parts = {};
  let open: Part | null = null;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const found = label.exec(line);
    if (found !== null) {
      const name = found[1]!.toLowerCase() as Part;
      open = parts[name] === undefined ? name : null;
      if (open !== null) parts[open] = line.slice(found[0].length);
    } else if (open === 'instincts') parts.instincts += `\n${line}`;
    else open = null;
  }
  const said = parts.do !== undefined || parts.say !== undefined || parts.instincts !== undefined;
  if (!said && /^[ \t]*(when|otherwise)\b.*->/im.test(text)) parts.instincts = text;
  return parts;
}

/** The parts of a JSON object, alone or in a code fence; null when the reply is none. */
function jsonParts(text: string): Parts | null {
  const from = text.indexOf('{');
  if (from < 0 || !/^\s*(```(json)?\s*)?$/i.test(text.slice(0, from))) return null;
  const until = text.lastIndexOf('}');
  let given: unknown;
  try { given = JSON.parse(text.slice(from, until + 1)); } catch { return null; }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const fields = given as Record<string, unknown>;
  const parts: Parts = {};
  for (const name of ['say', 'instincts', 'think'] as const) if (typeof fields[name] === 'string') parts[name] = fields[name];
  const wish = fields['do'];
  if (typeof wish === 'string') parts.do = wish;
  else if (typeof wish === 'object' && wish !== null && 'act' in wish && typeof wish.act === 'string') {
    parts.do = 'ticks' in wish && typeof wish.ticks === 'number' ? `${wish.act} for ${wish.ticks} ticks` : wish.act;
  }
  return parts;
}

/** `flee hunter for 10 ticks`. Ticks are held between 1 and the most there may be. */
function readIntent(text: string, acts: readonly ActFacts[]): Read<Intent> {
  const words = oneLine(text, 200).toLowerCase().split(/[\s"'`*,;()!?]+|\.(?=\s|$)/).filter((word) => word !== '' && word !== undefined);
  const act = acts.findIndex(({ name }) => name === words[0]);
  if (act < 0) return { problem: `there is no act ${quoted(words[0] ?? '')}; the acts are ${either(acts.map(({ name }) => name))}.` };
  const { name, targets } = acts[act]!;
  let at = 1;
  let target = 0;
  if (targets.length > 0) {
    while (fillers.has(words[at] ?? '')) at++;
    target = targets.indexOf(words[at] ?? '');
    if (target < 0) return { problem: `there is no ${quoted(`${name} ${words[at] ?? ''}`.trim())}; what to ${name} is ${either(targets)}.` };
    at++;
  }
  const ticks = words[at] === 'for' ? Number.parseFloat(words[at + 1] ?? '') : Number.NaN;
  return { value: { act, target, ticks: Number.isFinite(ticks) ? Math.max(1, Math.min(thoughtLimits.ticks, Math.round(ticks))) : ticks === Infinity ? thoughtLimits.ticks : SOME_TICKS } };
}
