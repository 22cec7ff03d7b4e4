/** Numbers and foreign text as people read them. */

const NARROW_SPACE = '\u202f';
const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 48210 as "48 210". */
export function count(value: number): string {
  return grouped.format(value).replaceAll(',', NARROW_SPACE);
}

/** 41234 as "41 k", 2310000 as "2.3 M". */
export function compact(value: number): string {
  if (Math.abs(value) < 10_000) return count(value);
  if (Math.abs(value) < 1e6) return `${count(value / 1e3)}${NARROW_SPACE}k`;
  return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)}${NARROW_SPACE}M`;
}

/** 0.31 as "31 %"; small shares keep a figure or two, and what is not quite all never reads as all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.095) return `${Math.max(value, 0.01).toFixed(2)}${NARROW_SPACE}%`;
  const isNearEnd = (value > 0 && value < 9.95) || (value >= 99.5 && value < 100);
  return `${isNearEnd ? Math.min(value, 99.9).toFixed(1) : value.toFixed(0)}${NARROW_SPACE}%`;
}

/** A value with as many decimals as its step of change needs, but no more than it has. */
export function stepped(value: number, step: number): string {
  const decimals = Math.ceil(-Math.log10(step) - 1e-9);
  return String(Number(value.toFixed(Number.isFinite(decimals) ? Math.min(6, Math.max(0, decimals)) : 2)));
}

/** A unit as it stands beside a number where there is little room: "degrees a tick" as "°/tick", "per 1,000 ticks" as "/1k ticks". */
export function shortUnit(unit: string): string {
  return unit.replace(/^degrees/, '°').replace(/(?:^| )(?:a|per) /, '/').replace('1,000', '1k');
}

/** Dollars with as many decimals as there is something to see in them. */
export function money(dollars: number): string {
  if (dollars >= 1000) return `$${count(dollars)}`;
  return `$${dollars.toFixed(dollars === 0 || dollars >= 1 ? 2 : 4)}`;
}

/** Three significant figures or so, without an exponent. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** What has no shape of its own, or turns the direction of writing; tabs and line ends have theirs in the layout. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u;
const EACH_UNSEEN = new RegExp(UNSEEN, 'gu');

/**
 * Text with its invisible and direction-changing characters written out as escapes, so that what a model wrote cannot
 * show one order to the eye and another to the parser.
 */
export function withVisibleControls(text: string): string {
  if (!UNSEEN.test(text)) return text;
  return text.replace(EACH_UNSEEN, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Who wrote a genome, in words. */
export function operatorInWords(operator: string): string {
  switch (operator) {
    case 'founder': return 'a founder, given by the world';
    case 'copy': return 'an exact copy of the parent';
    case 'classical': return 'written by classical mutation';
    case 'llm': return 'written by the language model';
    case 'immigrant': return 'an elite that came in from the archive';
    default: return `written by ${withVisibleControls(operator)}`;
  }
}
