/** Text as it may stand in markup, in an element or in a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    // what markup cannot hold at all
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** A coordinate in as few characters as a picture needs. */
export function at(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A number for a person: four significant digits, a true minus, thousands apart; `–` for what is not there. */
export function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e9)) return value.toExponential(2).replace('e+', 'e').replace('-', '−').replace('e-', 'e−');
  const digits = size === 0 || Number.isInteger(value) ? 0 : Math.min(4, Math.max(0, 3 - Math.floor(Math.log10(size))));
  const [whole = '', rest] = size.toFixed(digits).split('.');
  const part = rest === undefined ? '' : `.${rest}`.replace(/\.?0+$/, '');
  return `${value < 0 && (part !== '' || whole !== '0') ? '−' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${part}`;
}

export interface TextOptions { anchor?: 'start' | 'middle' | 'end'; kind?: string; turn?: number }

/** A line of text in a picture; `kind` is a class of the page's style. */
export function label(x: number, y: number, text: string, { anchor = 'start', kind = 'dim', turn }: TextOptions = {}): string {
  const turned = turn === undefined ? '' : ` transform="rotate(${turn} ${at(x)} ${at(y)})"`;
  return `<text x="${at(x)}" y="${at(y)}" class="${kind}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${turned}>${escaped(text)}</text>`;
}

/** A text of at most so many characters, cut with an ellipsis. */
export function clipped(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
