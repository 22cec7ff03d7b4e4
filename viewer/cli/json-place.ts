/** Where a text stops being JSON, counted from 1, and what was expected there. */
export interface JsonPlace { line: number; column: number; expected: string }

const DEEPEST = 200;
const patterns = {
  space: /[ \t\r\n]*/y,
  string: /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y,
  scalar: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y,
};

class Misplaced extends Error {
  readonly at: number;
  constructor(at: number, expected: string) { super(expected); this.at = at; }
}

/** Finds the first place where `text` is no JSON; null when it is JSON. The runtime's own errors do not always say. */
export function findJsonFault(text: string): JsonPlace | null {
  let at = 0;

  function take(kind: keyof typeof patterns): boolean {
    const pattern = patterns[kind];
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  }

  function mark(sign: string): boolean {
    take('space');
    if (text[at] !== sign) return false;
    at++;
    return true;
  }

  function list(close: string, what: string, item: () => void): void {
    if (mark(close)) return;
    do item(); while (mark(','));
    if (!mark(close)) throw new Misplaced(at, `"," or "${close}" after ${what}`);
  }

  function value(depth: number): void {
    take('space');
    if (depth > DEEPEST) throw new Misplaced(at, `no more than ${DEEPEST} levels of nesting`);
    if (mark('{')) {
      list('}', 'a field', () => {
        take('space');
        if (!take('string')) throw new Misplaced(at, 'a field name in double quotes');
        if (!mark(':')) throw new Misplaced(at, '":" after the field name');
        value(depth + 1);
      });
    } else if (mark('[')) list(']', 'an item', () => value(depth + 1));
    else if (!take('string') && !take('scalar')) throw new Misplaced(at, 'a value');
  }

  try {
    value(0);
    take('space');
    if (at < text.length) throw new Misplaced(at, 'nothing more');
    return null;
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    const before = text.slice(0, error.at).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1, expected: error.message };
  }
}
