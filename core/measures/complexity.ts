/** Size, depth and compressibility of a text. */
export interface TextComplexity {
  /** Non-empty lines, and words and signs in them. */
  lines: number;
  words: number;
  /** Characters (UTF-16 units). */
  size: number;
  /** Deepest nesting of brackets, 0 without any. */
  depth: number;
  /** Bytes after compression, see `compressedBytes`. */
  compressed: number;
}

/**
 * Length in bytes after compression by LZ77 with a fixed code, whatever the platform: a character costs 1 flag and its
 * UTF-8 bytes; a repetition (3 to 258 characters, anywhere before) 1 flag, and distance and length in Elias' gamma code.
 * Greedy, the longest first, the nearest of equals. No entropy coding, so it is longer than gzip's for long texts and
 * comparable between texts.
 */
export function compressedBytes(text: string): number {
  const last = new Map<string, number>();
  const before = new Int32Array(text.length).fill(-1);
  let bits = 0;
  const note = (i: number): void => {
    const key = text.slice(i, i + 3);
    if (key.length < 3) return;
    before[i] = last.get(key) ?? -1;
    last.set(key, i);
  };
  let i = 0;
  while (i < text.length) {
    note(i);
    let length = 0;
    let distance = 0;
    for (let at = before[i]!, tries = 0; at >= 0 && tries < 256; at = before[at]!, tries++) {
      let n = 3;
      while (n < 258 && i + n < text.length && text[at + n] === text[i + n]) n++;
      if (n > length) { length = n; distance = i - at; }
    }
    if (length === 0) {
      const code = text.codePointAt(i)!;
      bits += 1 + 8 * (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
      if (code > 0xffff) note(++i);
      i++;
      continue;
    }
    bits += 1 + gammaBits(distance) + gammaBits(length - 2);
    for (let k = 1; k < length; k++) note(i + k);
    i += length;
  }
  return Math.ceil(bits / 8);
}

/** Length of Elias' gamma code of a number from 1. */
const gammaBits = (n: number): number => 2 * (31 - Math.clz32(n)) + 1;

/** Complexity of a text as it stands; what a genome's language means by size and depth, its own tools say better. */
export function textComplexity(text: string): TextComplexity {
  let depth = 0;
  let deepest = 0;
  for (const sign of text) {
    if ('([{'.includes(sign)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(sign)) depth = Math.max(0, depth - 1);
  }
  return {
    lines: text.split('\n').filter((line) => line.trim() !== '').length,
    words: text.match(/[\p{L}\p{N}_.]+|[^\s\p{L}\p{N}_.]/gu)?.length ?? 0,
    size: text.length, depth: deepest, compressed: compressedBytes(text),
  };
}
