import type { Scale } from './svg-scale.ts';
import { at, clipped, escaped, figure, label } from './svg-text.ts';

/** Size of a picture in CSS pixels; it is shown no wider than its column. */
export interface Size { readonly width: number; readonly height: number }

/** Where the data lie in a picture. */
export interface Box { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

/** Classes of the eight colours in which things are told apart, in their order. */
export const colours = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'] as const;
export const colourOf = (i: number): string => colours[i % colours.length]!;

/** A picture from its parts. The colours are the page's; `alt` says what it shows to those who do not see it. */
export function picture({ width, height }: Size, alt: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(alt)}">${parts.join('')}</svg>`;
}

/** Widths of a letter of a title and of a note, so that neither is cut in the middle of one. */
const [TITLE_LETTER, NOTE_LETTER] = [7.5, 6.2];

/** Title of a picture and, dim, what more there is to say in a line, as far as the picture is wide. */
export function heading(title: string, note: string, width: number): string {
  return label(0, 13, clipped(title, Math.floor(width / TITLE_LETTER)), { kind: 'title' }) + (note === '' ? '' : label(0, 29, clipped(note, Math.floor(width / NOTE_LETTER))));
}

/** Thin rules across the data with the values beside them. */
export function yAxis({ left, right, top }: Box, y: Scale, title = ''): string {
  const rules = y.ticks.map((value) => {
    const place = y.place(value);
    return `<path d="M${at(left)} ${at(place)}H${at(right)}" class="${value === 0 ? 'rule zero' : 'rule'}"/>${label(left - 6, place + 4, figure(value), { anchor: 'end' })}`;
  }).join('');
  return rules + (title === '' ? '' : label(0, top - 9, title));
}

/** The values below the data. */
export function xAxis({ left, right, bottom }: Box, x: Scale, title = ''): string {
  const marks = x.ticks.map((value) => `<path d="M${at(x.place(value))} ${at(bottom)}v4" class="axis"/>${label(Math.min(x.place(value), right + 10), bottom + 17, figure(value), { anchor: x.place(value) > right - 14 ? 'end' : 'middle' })}`).join('');
  return `<path d="M${at(left)} ${at(bottom)}H${at(right)}" class="axis"/>${marks}${xTitle({ left, right, bottom }, title)}`;
}

export function xTitle({ left, right, bottom }: Pick<Box, 'left' | 'right' | 'bottom'>, title: string): string {
  return title === '' ? '' : label((left + right) / 2, bottom + 34, title, { anchor: 'middle' });
}

/** Room to the left of the data for the longest of some labels. */
export function roomFor(labels: readonly string[], least = 34): number {
  return Math.max(least, 12 + 6.7 * Math.max(0, ...labels.map((text) => text.length)));
}
