/** Where a text stops being a genome, and what would have made it one. Lines and columns count from 1. */
export class GenomeError extends Error {
  override readonly name = 'GenomeError';
  readonly line: number;
  readonly column: number;
  readonly expected: string;

  /** `found` and `hint` complete the sentence; what was found must already be quoted and safe to show. */
  constructor(line: number, column: number, expected: string, found: string, hint = '') {
    super(`line ${line}, column ${column}: expected ${expected}, found ${found}${hint === '' ? '' : `; ${hint}`}.`);
    this.line = line;
    this.column = column;
    this.expected = expected;
  }
}

const longestQuote = 40;

/** A piece of offending text made safe to show: at most 40 characters of it, everything but printable ASCII escaped. */
export function quoted(text: string): string {
  let shown = '';
  let taken = 0;
  for (const character of text.slice(0, longestQuote + 1)) {
    if (taken === longestQuote) break;
    shown += /[ !#-~]/.test(character) ? character : escaped(character);
    taken++;
  }
  return `"${shown}${text.length > longestQuote ? '…' : ''}"`;
}

/** The code point in the notation of its standard: `U+202E`. */
export function escaped(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}
