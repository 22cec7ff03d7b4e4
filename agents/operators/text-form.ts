import { z } from 'zod';
import { framed } from '../instincts/grammar.ts';
import { canonicalPrompt, printPrompt, promptFault, splitGenome } from '../instincts/prompt-line.ts';
import type { Read } from '../model/task.ts';
import { oncePerShape, type GenomeForm, type WorkedExample } from './genome-form.ts';
import { objectOf } from './program-form.ts';
import { boundedPlan, jsonOf, longestReply, plainText, planOf, withoutPlan } from './reply.ts';
import { a } from './words.ts';

export interface TextFormOptions {
  /** What such a text is called: `opinion`, `story`. */
  readonly noun: string;
  /** Most characters of a text; a genome holds 3,900 besides its mutation prompt. */
  readonly maxCharacters: number;
  /** What the texts are about and how they should be, in a sentence or two, as a model is told. */
  readonly about: string;
  readonly seedPrompts?: readonly string[];
  readonly examples?: readonly WorkedExample[];
}

const MOST_CHARACTERS = 3900;

/** Marks that stand between texts in prompts, and those of chat templates: a text that holds one could pass for several. */
const separator = /#{2,}|@{3,}|`{3,}|~{3,}|<\||\|>|\[\/?INST\]/i;

/** What a text cannot begin with, because it would pass for what stands before one. */
const frame = /^(?:\{|(?:\*\*)?plan(?:\*\*)? *:|mutation prompt *:)/i;

/** One sign of a text under the grammar: anything that is seen, is no part of a separator and is one character of a string. */
const sign = '[^\\x00-\\x20\\x7f-\\xa0\\u00ad\\u061c\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ud800-\\uf8ff\\ufeff\\ufff0-\\U0010ffff#@`~<>|]';

/** The first sign: a letter or digit, so that there is something to read. */
const firstSign = '[0-9A-Za-z\\u00c0-\\u060b\\u0620-\\u167f\\u1681-\\u1fff\\u2c00-\\u2fff\\u3001-\\ud7ff]';

const jsonText = z.object({ plan: z.string().default(''), mutation_prompt: z.string().nullish(), text: z.string() });

const generalPrompts = [
  'say the same more simply', 'change its tone', 'make it bolder', 'see it from the other side', 'make it more concrete', 'make it shorter', 'add a surprise',
];

/** Free text of one paragraph, as operators see it. Throws one sentence when the options make no sense. */
export function textForm({ noun, maxCharacters, about, seedPrompts = generalPrompts, examples = [] }: TextFormOptions): GenomeForm {
  if (!(Number.isInteger(maxCharacters) && maxCharacters > 0 && maxCharacters <= MOST_CHARACTERS)) {
    throw new RangeError(`A text of at most ${maxCharacters} characters is not possible: choose a whole number from 1 to ${MOST_CHARACTERS}.`);
  }
  for (const prompt of seedPrompts) {
    if (promptFault(prompt) !== null) throw new RangeError(`"${prompt}" is no mutation prompt: expected ${promptFault(prompt)?.expected}.`);
  }
  const one = a(noun);
  return {
    noun, seedPrompts, examples,
    language: `${about}\nThe ${noun} is one paragraph of at most ${maxCharacters} characters, without headings, lists or markup.`,
    // about three characters a token in the languages that small models know
    maxTokens: ({ plan, prompt }) => Math.ceil(maxCharacters / 3) + 16 + (plan ? 90 : 0) + (prompt ? 45 : 0),
    grammar: oncePerShape((shape) => [
      ...framed(`first (" "? seen){0,${Math.max(0, Math.floor(maxCharacters / 2) - 1)}}`, 'text', shape), ['first', firstSign] as const, ['seen', sign] as const,
    ].map(([name, form]) => `${name} ::= ${form}\n`).join('')),
    schema: oncePerShape(({ plan, prompt }) => ({
      name: noun.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 60) || 'text',
      schema: objectOf({
        ...(plan ? { plan: { type: 'string', description: 'One sentence: what you change and why.' } } : {}),
        ...(prompt ? { mutation_prompt: { type: 'string', description: 'The new mutation prompt, at most 120 characters.' } } : {}),
        text: { type: 'string', description: `The ${noun}.` },
      }),
    })),
    read({ text, finish }) {
      try {
        const json = jsonOf(text);
        if (json === undefined && finish === 'length') return { problem: `The ${noun} was cut off; at most ${maxCharacters} characters are wanted.` };
        if (json === undefined) {
          const rest = withoutPlan(text.slice(0, longestReply + 1));
          const line = /^[ \t]*mutation[ \t]+prompt[ \t]*:(.*)(?:\n|$)/im.exec(rest);
          return written(line?.[1] ?? null, line === null ? rest : rest.slice(line.index + line[0].length), planOf(text));
        }
        const read = jsonText.safeParse(json);
        if (!read.success) return { problem: `The JSON object is not the one that was asked for: ${read.error.issues[0]?.message ?? 'it differs'}.` };
        return written(read.data.mutation_prompt ?? null, read.data.text, boundedPlan(read.data.plan));
      } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
      }
    },
    bodyOf: (genome) => splitGenome(genome).body,
    promptOf: (genome) => splitGenome(genome).prompt,
    withPrompt: (body, prompt) => `${printPrompt(prompt)}${body}`,
  };

  function written(line: string | null, given: string, plan: string): Read<{ genome: string; plan: string }> {
    const prompt = line === null ? null : canonicalPrompt(line);
    const fault = prompt === null || prompt === '' ? null : promptFault(prompt);
    if (fault !== null) return { problem: `Expected ${fault.expected}, found ${fault.found}.` };
    if (given.length > longestReply) return { problem: `Expected ${one} of at most ${maxCharacters} characters, found more than ${longestReply}.` };
    const mark = separator.exec(given)?.[0];
    if (mark !== undefined) return { problem: `Expected ${one} without separators, found "${mark.slice(0, 8)}".` };
    const body = plainText(given);
    if (frame.test(body)) return { problem: `Expected ${one} alone, found "${body.slice(0, 16)}".` };
    if (body === '') return { problem: `Expected ${one}, found nothing.` };
    if (body.length > maxCharacters) return { problem: `Expected ${one} of at most ${maxCharacters} characters, found ${body.length}.` };
    return { value: { genome: `${printPrompt(prompt === '' ? null : prompt)}${body}`, plan } };
  }
}
