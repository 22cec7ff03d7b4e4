import { describe, expect, it } from 'vitest';
import { layText, widthOfText, type LaidText, type Span } from '../../viewer/app/picture-text.ts';

/** A pen whose letters are all ten wide, and marks over letters of no width at all. */
const pen = { font: '', measureText: (text: string) => ({ width: 10 * text.replaceAll(/\p{M}/gu, '').length }) } as unknown as CanvasRenderingContext2D;

function linesOf(text: string | readonly Span[], width: number, mostLines?: number, hang?: number): string[] {
  return written(layText(pen, text, { width, ...mostLines === undefined ? {} : { mostLines }, ...hang === undefined ? {} : { hang } }));
}

function written({ lines }: LaidText): string[] {
  return lines.map((line) => line.map(({ text }) => text).join('').trimEnd());
}

describe('text in a picture', () => {
  it('[V16] is broken between words, keeps the line ends that it has, and is nothing where there is nothing', () => {
    expect(linesOf('one two three', 80)).toEqual(['one two', 'three']);
    expect(linesOf('one\n\n\ttwo', 80)).toEqual(['one', '', '  two']);
    expect(linesOf('', 80)).toEqual([]);
    expect(linesOf([{ text: 'when ' }, { text: 'energy' }, { text: '.' }, { text: 'here' }], 120)).toEqual(['when', 'energy.here']);
  });

  it('[V16] stands nowhere beyond its place, however long a word is and however far in later lines begin', () => {
    expect(linesOf(`a ${'x'.repeat(25)} b`, 100)).toEqual(['a', 'xxxxxxxxxx', 'xxxxxxxxxx', 'xxxxx b']);
    for (const text of ['x'.repeat(5000), 'ab '.repeat(900), `${'\u0301'.repeat(3000)}a`, 'שלום '.repeat(300), '👩‍👩‍👧'.repeat(40)]) {
      for (const hang of [0, 30]) expect(widthOfText(layText(pen, text, { width: 100, hang }))).toBeLessThanOrEqual(100);
    }
  });

  it('[V16] ends with an ellipsis where it is cut, and is done soon with a text without end', () => {
    expect(linesOf('one two three four five', 80, 2)).toEqual(['one two', 'three…']);
    expect(linesOf('x'.repeat(40), 100, 2)).toEqual(['xxxxxxxxxx', 'xxxxxxxxx…']);
    const endless = layText(pen, 'word '.repeat(2_000_000), { width: 100, mostLines: 3 });
    expect(written(endless)).toEqual(['word word', 'word word', 'word word…']);
    expect(linesOf('a\nb', 100, 1)).toEqual(['a…']);
  });

  it('[V4] shows characters that hide or change direction as escapes, whoever wrote them', () => {
    expect(linesOf('eat \u202e tae\u200b', 1000)).toEqual(['eat \\u202e tae\\u200b']);
    expect(linesOf([{ text: '<img src=x>', colour: 'red' }, { text: '\u2066' }], 1000)).toEqual(['<img src=x>\\u2066']);
  });

  it('sets the words of one run in one go, so that a language that is written from the right keeps their order', () => {
    const { lines } = layText(pen, 'שלום עולם', { width: 500 });
    expect(lines.map((line) => line.map(({ text }) => text))).toEqual([['שלום עולם']]);
  });
});
