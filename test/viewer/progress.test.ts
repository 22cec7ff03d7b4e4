import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createProgress } from '../../viewer/cli/progress.ts';

/** What a terminal shows at the end: lines, as far as the sequences that a bar writes need it. */
function screenOf(written: string): string[] {
  const lines = [''];
  let [row, column, saved] = [0, 0, [0, 0]];
  for (const [part] of written.matchAll(/\u001b\[\??\d*[A-Za-z]|\u001b[78]|[^]/gu)) {
    if (part === '\u001b7') saved = [row, column];
    else if (part === '\u001b8') [row, column] = saved as [number, number];
    else if (part === '\r' || part === '\u001b[1G') column = 0;
    else if (part === '\n') [row, column] = [row + 1, 0];
    else if (part === '\u001b[2K') lines[row] = '';
    else if (/^\u001b\[0?K$/.test(part)) lines[row] = (lines[row] ?? '').slice(0, column);
    else if (!part.startsWith('\u001b')) {
      lines[row] = `${(lines[row] ?? '').slice(0, column).padEnd(column)}${part}${(lines[row] ?? '').slice(column + 1)}`;
      column++;
    }
  }
  return lines;
}

it('a bar on a terminal leaves the lines that were to stay, and nothing of itself', () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100 }) as unknown as NodeJS.WriteStream;
  let written = '';
  stream.on('data', (chunk: Buffer) => { written += chunk.toString(); });
  const bar = createProgress({ total: 10, lineEveryMs: 1000, title: 'tick', stream });
  bar.note('first');
  bar.update(3, 'three');
  bar.note('second');
  bar.update(4, 'four');
  bar.stop();
  stream.write('the end\n');
  expect(screenOf(written)).toEqual(['first', 'second', 'the end']);
});
