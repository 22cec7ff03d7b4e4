import { BY_INTENT } from '../../core/kernel/deliberation.ts';
import type { SenseFacts, Vocabulary } from '../../core/kernel/genomes.ts';
import { languagePrompt } from '../instincts/describe.ts';
import type { ChatMessage } from '../model/contract.ts';
import { actPhrases, type AnswerForm } from './answer-form.ts';

/** What a mind is told of its world. */
export interface MindWorld { readonly title: string; readonly sentence: string; readonly vocabulary: Vocabulary }

/** Something that was heard: at which tick, from whom. */
export interface Heard { readonly tick: number; readonly from: number; readonly text: string }

/** Something in a life worth remembering, in words that follow "… ticks ago". */
export interface Memory { readonly tick: number; readonly words: string }

/** What an organism is and senses at the moment of a thought. */
export interface Situation {
  /** Canonical text of the instincts it acts on. */
  readonly genome: string;
  /** Index of the rule that acted last; `BY_INTENT` when an intent did. */
  readonly fired: number;
  /** One a sense, in the vocabulary's order. */
  readonly readings: ArrayLike<number>;
  /** What is its own and no other's; null in a thought that organisms in the same situation share. */
  readonly own: OwnLife | null;
}

export interface OwnLife {
  readonly tick: number;
  readonly age: number;
  readonly energy: number;
  readonly children: number;
  /** Changes since the thought before this; null at the first. */
  readonly since: { readonly ticks: number; readonly energy: number; readonly children: number } | null;
  /** Oldest first. */
  readonly memories: readonly Memory[];
  readonly heard: readonly Heard[];
}

/**
 * The part of the prompt that all organisms of a world share, so that prefix caches and the embedded model's kept state
 * serve it: what a mind is, what can be sensed and done, and the form of an answer; `json` is for models that are held to a schema.
 */
export function mindSystem({ title, sentence, vocabulary }: MindWorld, form: AnswerForm, json = false): string {
  const phrases = actPhrases(vocabulary.acts);
  const lines = [
    `You are the mind of one organism in the world "${title}": ${sentence}`,
    'Its instincts, a small program, act in every tick. You think for it now and then: your answer takes effect a few ticks from now, and thinking costs its body energy.',
    `What it senses: ${vocabulary.senses.map((sense) => `${senseWords(sense)}: ${sense.sentence}`).join(' ')}`,
    `What it can do: ${vocabulary.acts.map(({ name, sentence: says, targets }) => `${name}${targets.length === 0 ? '' : ` ${targets.join('|')}`}: ${says}`).join(' ')}`,
  ];
  if (form.rewrite) lines.push(`How instincts are written:\n${languagePrompt(vocabulary)}`);
  // no explanation stands behind a label: small models would write it down as their answer
  lines.push('Answer with one or several of these lines, each at most once:');
  if (form.plan) lines.push('First a line "think: WORDS" with your reasoning, kept short.');
  if (form.intent) lines.push('"do: ACT for N ticks": the body does that for 1 to 50 ticks, instead of what instinct says.');
  if (form.message) lines.push('"say: WORDS": a few words that those in sight will hear.');
  if (form.rewrite) lines.push('"instincts:" and on the lines after it a whole program: it takes the place of the instincts.');
  if (json) {
    const keys = [...(form.plan ? ['"think": "…"'] : []), ...(form.intent ? [`"do": {"act": "${phrases[0]}", "ticks": 10}`] : []),
      ...(form.message ? ['"say": null'] : []), ...(form.rewrite ? ['"instincts": null'] : [])];
    lines.push(`Write it as JSON, null where there is nothing: {${keys.join(', ')}}`);
  }
  return lines.join('\n');
}

/** The whole prompt; `system` is that of `mindSystem`. */
export function mindPrompt(system: string, situation: Situation, vocabulary: Vocabulary): ChatMessage[] {
  const { genome, fired, readings, own } = situation;
  const parts = [`Your instincts:\n${genome}`];
  // a genome may begin with lines that are no rules
  const acted = genome.split('\n').filter((line) => /^(when|otherwise)\b/.test(line))[fired];
  if (fired === BY_INTENT) parts.push('What acted last: what you chose to do');
  else if (acted !== undefined) parts.push(`What acted last: ${acted}`);
  if (own !== null) parts.push(`You were born ${ticks(own.age)} ago, have ${number(own.energy)} energy and ${own.children === 1 ? '1 child' : `${own.children} children`}.`);
  if (vocabulary.senses.length > 0) {
    parts.push(`You sense:\n${vocabulary.senses.map((sense, i) => `${senseWords(sense)}: ${readingWords(sense, readings[i] ?? 0)}`).join('\n')}`);
  }
  if (own !== null) parts.push(...ownWords(own));
  parts.push('What now?');
  return [{ role: 'system', content: system }, { role: 'user', content: parts.join('\n\n') }];
}

/** Asks again, with what was wrong. The refused text is quoted only in part: it may be anything. */
export function mindRepair(asked: readonly ChatMessage[], refused: string, problem: string): ChatMessage[] {
  return [
    ...asked,
    { role: 'assistant', content: refused.slice(0, 1200) },
    { role: 'user', content: `That cannot be used: ${problem} Answer again, in the form asked for and with nothing else.` },
  ];
}

/** A sense's name as it is spoken: `grass here`, `nearest hunter`. */
export function senseWords({ name, unit }: SenseFacts): string {
  const words = name.replaceAll('.', ' ');
  return unit === 'steps' && words.endsWith(' near') ? `nearest ${words.slice(0, -' near'.length)}` : words;
}

/**
 * A reading as it is spoken: `40 %`, `2.5 steps`. Where the sense's sentence says of one number what it stands for ("99 when none is in
 * sight"), those words stand in its place; a distance beyond all that can be read is of none.
 */
export function readingWords({ sentence, unit, upper }: SenseFacts, reading: number): string {
  const [, stands, words] = /(-?\d+(?:\.\d+)?) when ([^.;]+)/.exec(sentence) ?? [];
  if (stands !== undefined && Number(stands) === reading) return words!;
  if (unit === 'steps' && reading > upper) return 'none';
  if (unit === '') return number(reading);
  const value = unit === 'steps' ? number(reading) : String(Math.round(reading));
  const one = value === '1' && unit !== '%';
  return `${value} ${one ? unit.slice(0, -1) : unit}`;
}

function ownWords({ tick, since, memories, heard }: OwnLife): string[] {
  const parts: string[] = [];
  if (since !== null) {
    parts.push(`Since your last thought, ${ticks(since.ticks)} ago: energy ${signed(since.energy)}, children ${signed(since.children)}.`);
  }
  if (memories.length > 0) parts.push(`You remember:\n${memories.map(({ tick: then, words }) => `${ago(tick - then)} ${words}`).join('\n')}`);
  if (heard.length > 0) {
    parts.push(`You heard:\n${heard.map(({ tick: then, from, text }) => `${ago(tick - then)} from organism ${from}: ${spoken(text)}`).join('\n')}`);
  }
  return parts;
}

/** Another's words in quotation marks that they cannot close themselves. */
export function spoken(text: string): string {
  return `"${text.replaceAll('"', '\'')}"`;
}

function ticks(count: number): string {
  return count === 1 ? '1 tick' : `${count} ticks`;
}

function ago(count: number): string {
  return count === 0 ? 'just now' : `${ticks(count)} ago`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}

function signed(value: number): string {
  const text = number(value);
  return text.startsWith('-') ? text : `+${text}`;
}
