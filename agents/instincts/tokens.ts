import { escaped, GenomeError, quoted } from './genome-error.ts';
import { limits } from './program.ts';

export type TokenKind = 'word' | 'number' | 'arrow' | 'below' | 'above' | 'percent' | 'comma' | 'other' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Words in lower case, everything else as written. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Control characters but tab and line ends, and what hides or reorders text: format characters and lone surrogates. */
const refused = /[^\t\n\r\P{Cc}]|[\p{Cf}\p{Cs}\u2028\u2029\ufffd]/u;

/** One group for each kind, in the order of `kinds`; the last takes whatever else there is, in one piece to show it whole. */
const anyToken = new RegExp([
  /([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)/i, /(->)/, /(-?(?:\d+(?:\.\d+)?|\.\d+))/, /(<(?!=))/, /(>(?!=))/, /(%)/, /(,)/,
  /(=>|[<>=!]=?|[≤≥≠→⇒]|[^\sa-z0-9<>=!%,_]+|[^])/i,
].map(({ source }) => source).join('|'), 'iy');

const kinds: readonly TokenKind[] = ['word', 'arrow', 'number', 'below', 'above', 'percent', 'comma', 'other'];

const blank = /(?:[ \t\r\n]|#[^\n]*)*/y;

/** Refuses texts that are too long or hold characters of no use in a genome. */
export function checkText(text: string): void {
  if (text.length > limits.characters) {
    throw new GenomeError(1, 1, `at most ${limits.characters} characters`, `${text.length}`);
  }
  const bad = refused.exec(text);
  if (bad !== null) {
    const { line, column } = placesIn(text)(bad.index);
    throw new GenomeError(line, column, 'printable text', `the character ${escaped(bad[0])}`);
  }
}

/** Splits a program, from an offset on, into tokens, the last of kind `end`. The text must have been checked. */
export function tokenise(text: string, from = 0): Token[] {
  const place = placesIn(text);
  const tokens: Token[] = [];
  for (let at = skipBlank(text, from); at < text.length; at = skipBlank(text, anyToken.lastIndex)) {
    anyToken.lastIndex = at;
    // The last group takes anything, so there is always a match.
    const match = anyToken.exec(text)!;
    const kind = kinds[match.indexOf(match[0], 1) - 1];
    const { line, column } = place(at);
    tokens.push({ kind, text: kind === 'word' ? match[0].toLowerCase() : match[0], line, column });
  }
  const { line, column } = place(text.trimEnd().length);
  tokens.push({ kind: 'end', text: '', line, column });
  return tokens;
}

/** A token as an error message shows it. */
export function shown(token: Token): string {
  return token.kind === 'end' ? 'the end of the text' : quoted(token.text);
}

function skipBlank(text: string, at: number): number {
  blank.lastIndex = at;
  return blank.test(text) ? blank.lastIndex : at;
}

/** Line and column of an offset; asked for with growing offsets, so that the whole text is walked once. */
function placesIn(text: string): (offset: number) => { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  let walked = 0;
  return (offset) => {
    for (; walked < offset; walked++) {
      if (text.charCodeAt(walked) === 10) {
        line++;
        lineStart = walked + 1;
      }
    }
    return { line, column: offset - lineStart + 1 };
  };
}
