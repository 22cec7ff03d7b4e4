import { withVisibleControls } from './words.ts';

export type CsvValue = string | number | null;

/** A spreadsheet takes text that begins like this for a formula; an apostrophe before it keeps it text. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const shown = withVisibleControls(value);
  const text = FORMULA.test(shown) ? `'${shown}` : shown;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A table as RFC 4180 has it: a header, a comma between values, CRLF after each record. What is missing, and numbers that
 * are not finite, are empty; text keeps to being text in a spreadsheet too.
 */
export function toCsv(header: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [header.map(cell).join(',')];
  for (const row of rows) lines.push(row.map(cell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}
