import type { ModelReply } from '../model/contract.ts';
import type { Task } from '../model/task.ts';
import { longestReply, plainText } from '../operators/reply.ts';
import type { TextFacts, WantedText } from './contract.ts';

/** What ends a text, wherever it stands. */
const separator = /#{3}|@{3}/;
const MOST_LINES = 40;

/**
 * Nothing may stand in a text that passes for what stands between texts; a paragraph ends with its line, and the model with it.
 * (A grammar that goes on until a count is reached is slow to decode under: the count is kept by `maxTokens` and by the reader.)
 */
const grammars = {
  paragraph: 'root ::= first rest* "\\n"?\nfirst ::= [^\\x00-\\x20#@]\nrest ::= [^\\x00-\\x1f#@]\n',
  verse: 'root ::= first rest*\nfirst ::= [^\\x00-\\x20#@]\nrest ::= [^\\x00-\\x09\\x0b-\\x1f#@]\n',
} as const;

/** Asks for a text. The answer is empty where nothing was written. */
export function writingTask(facts: TextFacts, { kind, prompt, seed, ticket }: WantedText, temperature: number): Task<string> {
  const { noun, form, maxCharacters } = facts;
  const shape = form === 'paragraph' ? 'one paragraph' : 'in lines';
  const system = `Go on with what you are given: write the next ${noun} and nothing else, ${shape}, of at most ${maxCharacters} characters. Do not repeat what is there.`;
  return {
    role: 'operator', kind, due: ticket,
    request: {
      messages: [{ role: 'system', content: system }, { role: 'user', content: prompt }],
      // about three characters a token in the languages that small models know
      grammar: grammars[form], maxTokens: Math.ceil(maxCharacters / 3), temperature, seed,
    },
    read: ({ text }: ModelReply) => ({ value: readText(text, facts) }),
  };
}

/**
 * The text that a reply begins with: up to the end of the line, or a separator; a verse to the first separator, its lines with " / " between
 * them. The template, where the model says it again, is taken off, and so is what hides or reorders text; what is too long ends at a word.
 */
export function readText(reply: string, { template, form, maxCharacters }: Pick<TextFacts, 'template' | 'form' | 'maxCharacters'>): string {
  let rest = reply.slice(0, longestReply).trimStart();
  if (rest.startsWith(template)) rest = rest.slice(template.length).trimStart();
  const [before = ''] = rest.split(separator, 1);
  const lines = before.split(/[\n\r\u2028\u2029\u0085\v\f]+/u).map(plainText).filter((line) => line !== '');
  const text = form === 'paragraph' ? lines[0] ?? '' : lines.slice(0, MOST_LINES).join(' / ');
  // taking out what cannot be seen may have brought a separator together
  const [whole = ''] = text.split(separator, 1);
  return bounded(whole.trim(), maxCharacters);
}

function bounded(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most + 1);
  const at = cut.lastIndexOf(' ');
  return (at > most / 2 ? cut.slice(0, at) : cut.slice(0, most).replace(/[\ud800-\udbff]$/, '')).trimEnd();
}
