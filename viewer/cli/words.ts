const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A whole number as people read it: 12,345. */
export function count(value: number): string {
  return grouped.format(value);
}

/** `1 child`, `2 children`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Breaks text between words into lines of at most `width` characters, each after `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join('\n');
}

/** Width for prose: what the terminal has, within reason. */
export function proseWidth(stream: NodeJS.WriteStream): number {
  return Math.max(40, Math.min(stream.columns || 100, 100));
}

/** Whether a line on this stream must be short to fit. */
export function isNarrow(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (stream.columns || 80) < 120;
}
