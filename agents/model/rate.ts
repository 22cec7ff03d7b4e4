/** What is left of an allowance: requests or tokens. `resetMs` is how long until it is whole again. */
export interface Allowance { readonly remaining: number; readonly limit?: number; readonly resetMs?: number }

/** What the headers of one reply said, and when they came (`performance.now()`, in milliseconds). */
export interface RateHint { readonly at: number; readonly requests?: Allowance; readonly tokens?: Allowance }

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A wait in milliseconds from a header: `6m0s`, `1.5s`, `20ms`, plain seconds, a moment in seconds since 1970, or a
 * date. Undefined for anything else. `now` is the time in milliseconds since 1970.
 */
export function parseWait(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    const value = Number(trimmed);
    if (value > 1e12) return Math.max(0, value - now);
    return value > 1e9 ? Math.max(0, value * 1000 - now) : value * 1000;
  }
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) {
    let total = 0;
    for (const [, value, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) total += Number(value) * unitMs[unit!]!;
    return total;
  }
  const moment = /\d{4}/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now);
}

/** How long the other side asks to wait before trying again, in milliseconds. */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const exact = headers.get('retry-after-ms');
  if (exact !== null && /^\d+(\.\d+)?$/.test(exact.trim())) return Number(exact);
  const rough = headers.get('retry-after');
  return rough === null ? undefined : parseWait(rough, now);
}

/** Reads the `x-ratelimit-*` headers; undefined when there are none. */
export function readRate(headers: Headers, at: number, now: number = Date.now()): RateHint | undefined {
  const requests = readAllowance(headers, 'requests', now);
  const tokens = readAllowance(headers, 'tokens', now);
  if (requests === undefined && tokens === undefined) return undefined;
  return { at, ...(requests ? { requests } : {}), ...(tokens ? { tokens } : {}) };
}

function readAllowance(headers: Headers, what: 'requests' | 'tokens', now: number): Allowance | undefined {
  const remaining = readCount(headers.get(`x-ratelimit-remaining-${what}`));
  if (remaining === undefined) return undefined;
  const limit = readCount(headers.get(`x-ratelimit-limit-${what}`));
  const resetMs = parseWait(headers.get(`x-ratelimit-reset-${what}`) ?? '', now);
  return { remaining, ...(limit === undefined ? {} : { limit }), ...(resetMs === undefined ? {} : { resetMs }) };
}

function readCount(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/**
 * What is believed to be left of one allowance between two replies. Servers refill theirs little by little, so where the
 * limit is known the wait is for as much as is missing, not until all of it is back.
 */
export class Meter {
  private left = Number.POSITIVE_INFINITY;
  private perMs = 0;
  private learntAt = 0;
  private resetAt = 0;

  /** Takes what a reply said at `at`; `underway` is what was asked for meanwhile and may not be counted in it yet. */
  learn({ remaining, limit, resetMs = 0 }: Allowance, underway: number, at: number): void {
    this.left = remaining - underway;
    this.learntAt = at;
    this.resetAt = at + resetMs;
    this.perMs = limit !== undefined && resetMs > 0 && limit > remaining ? (limit - remaining) / resetMs : 0;
  }

  /** How many milliseconds `need` has to wait from `now` on; 0 when it may go. */
  wait(need: number, now: number): number {
    const whole = this.resetAt - now;
    if (whole <= 0) return 0;
    const missing = need - this.left - this.perMs * (now - this.learntAt);
    if (missing <= 0) return 0;
    return this.perMs > 0 ? Math.min(whole, missing / this.perMs) : whole;
  }

  take(need: number): void {
    this.left -= need;
  }
}
