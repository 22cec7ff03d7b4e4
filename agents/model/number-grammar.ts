/** Bounds of a JSON schema's number. */
export interface NumberRange {
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
}

/** Nine digits: exact in every reader, and a model that has begun a number comes to its end. */
const MOST = 999_999_999;

/** GBNF for the whole numbers within a range; undefined when there is none. */
export function integerForm(range: NumberRange): string | undefined {
  const [low, high] = wholeBounds(range);
  if (low > high) return undefined;
  const forms: string[] = [];
  if (high >= 0) forms.push(between(Math.max(low, 0), high));
  if (low < 0) forms.push(`"-" (${between(Math.max(1, -high), -low)})`);
  return forms.join(' | ');
}

/** GBNF for the decimal numbers within a range, up to four places; bounds are drawn in to whole numbers. Undefined when none fits between. */
export function numberForm(range: NumberRange): string | undefined {
  const [low, high] = wholeBounds(range);
  if (low > high) return undefined;
  const forms: string[] = [];
  if (high >= 0) forms.push(magnitude(Math.max(low, 0), high));
  if (low < 0) forms.push(`"-" (${magnitude(Math.max(0, -high), -low)})`);
  return forms.join(' | ');
}

/** Decimal numbers from `low` to `high`, neither below zero: the last one has no places, for they would go beyond it. */
function magnitude(low: number, high: number): string {
  const places = '("." [0-9]{1,4})?';
  return low === high ? between(high, high) : `(${between(low, high - 1)}) ${places} | ${between(high, high)}`;
}

function wholeBounds({ minimum = -MOST, maximum = MOST, exclusiveMinimum, exclusiveMaximum }: NumberRange): [number, number] {
  const low = Math.max(Math.ceil(minimum), exclusiveMinimum === undefined ? -MOST : Math.floor(exclusiveMinimum) + 1, -MOST);
  const high = Math.min(Math.floor(maximum), exclusiveMaximum === undefined ? MOST : Math.ceil(exclusiveMaximum) - 1, MOST);
  // A minimum of -0.5 is drawn in to minus zero, which compares as zero and prints otherwise.
  return [low + 0, high + 0];
}

/** Whole numbers from `low` to `high`, neither below zero, without leading zeros. */
function between(low: number, high: number): string {
  const forms: string[] = [];
  for (let length = String(low).length; length <= String(high).length; length++) {
    const least = Math.max(low, length === 1 ? 0 : 10 ** (length - 1));
    forms.push(...sameLength(String(least), String(Math.min(high, 10 ** length - 1))));
  }
  return forms.join(' | ');
}

/** The digit strings from `low` to `high`, both of one length. */
function sameLength(low: string, high: string): string[] {
  if (low === high) return [`"${low}"`];
  const rest = low.length - 1;
  const [first, last] = [Number(low[0]), Number(high[0])];
  if (rest === 0) return [digit(first, last)];
  const lowRest = low.slice(1);
  const highRest = high.slice(1);
  if (first === last) return [`"${first}" (${sameLength(lowRest, highRest).join(' | ')})`];
  // Whole decades need no look at the digits behind them.
  const from = /^0+$/.test(lowRest) ? first : first + 1;
  const to = /^9+$/.test(highRest) ? last : last - 1;
  return [
    ...(from > first ? [`"${first}" (${sameLength(lowRest, '9'.repeat(rest)).join(' | ')})`] : []),
    ...(from <= to ? [`${digit(from, to)} [0-9]{${rest}}`] : []),
    ...(to < last ? [`"${last}" (${sameLength('0'.repeat(rest), highRest).join(' | ')})`] : []),
  ];
}

function digit(from: number, to: number): string {
  return from === to ? `"${from}"` : `[${from}-${to}]`;
}
