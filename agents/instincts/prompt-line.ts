import { GenomeError, quoted } from './genome-error.ts';
import { limits } from './program.ts';

/**
 * The line that a genome may begin with: how a model is to change the children of its bearer, in plain words. It is
 * inherited like everything else in a genome, and evolves (as the mutation prompts of Promptbreeder do; Fernando et al.
 * 2023, arXiv 2309.16797).
 *
 *     mutation prompt: make it bolder when energy is high
 */
const head = /^(?:[ \t\r\n]|#[^\n]*\n)*mutation[ \t]+prompt[ \t]*:/i;

/** What does not belong in a prompt that is read aloud, and could mean something to what reads it as markup or a frame. */
const unplain = /[^A-Za-z0-9 .,;:!?'"()%+/-]/;

/** In a GBNF class: the plain characters but the space. */
export const plainClass = 'A-Za-z0-9.,;:!?\'"()%+/-';

const allowed = 'letters, digits, spaces and . , ; : ! ? \' " ( ) % + / -';

/** Why a text cannot be a mutation prompt, or null. */
export function promptFault(prompt: string): { readonly expected: string; readonly found: string } | null {
  if (prompt.length === 0) return { expected: 'a mutation prompt after the colon', found: 'none' };
  if (prompt.length > limits.prompt) return { expected: `a mutation prompt of at most ${limits.prompt} characters`, found: `${prompt.length}` };
  const bad = unplain.exec(prompt);
  return bad === null ? null : { expected: `a mutation prompt of ${allowed}`, found: quoted(String.fromCodePoint(prompt.codePointAt(bad.index)!)) };
}

/** A prompt in its canonical form, as far as white space makes the difference. */
export function canonicalPrompt(written: string): string {
  return written.replace(/[ \t\r\n]+/g, ' ').trim();
}

/** How the line begins in canonical form. */
const printed = 'mutation prompt: ';

/** `mutation prompt: …`, and a line end; nothing where there is no prompt. */
export function printPrompt(prompt: string | null): string {
  return prompt === null ? '' : `${printed}${prompt}\n`;
}

/** Prompt and rest of a genome in canonical form, whatever kind of genome it is. */
export function splitGenome(genome: string): { readonly prompt: string | null; readonly body: string } {
  if (!genome.startsWith(printed)) return { prompt: null, body: genome };
  const lineEnd = genome.indexOf('\n');
  return { prompt: genome.slice(printed.length, lineEnd), body: genome.slice(lineEnd + 1) };
}

/**
 * The prompt that a text begins with, and where the rest begins. A comment ends it. Throws a `GenomeError` when there is
 * such a line but what stands in it is no prompt. The text must not be longer than genomes are.
 */
export function readPrompt(text: string): { readonly prompt: string | null; readonly end: number } {
  const found = head.exec(text);
  if (found === null) return { prompt: null, end: 0 };
  const begin = found[0].length;
  const lineEnd = text.indexOf('\n', begin);
  const end = lineEnd < 0 ? text.length : lineEnd;
  const written = text.slice(begin, end).replace(/#[^]*$/, '').replace(/[\t\r]/g, ' ');
  const prompt = canonicalPrompt(written);
  const fault = promptFault(prompt);
  if (fault !== null) {
    const lines = text.slice(0, begin).split('\n');
    const bad = prompt.length > limits.prompt ? -1 : written.search(unplain);
    const offset = bad >= 0 ? bad : written.length - written.trimStart().length;
    throw new GenomeError(lines.length, (lines.at(-1) ?? '').length + offset + 1, fault.expected, fault.found);
  }
  return { prompt, end };
}
