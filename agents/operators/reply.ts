/** Characters of a reply that are looked at. */
export const longestReply = 16_384;
/** Characters of a plan that are kept. */
export const longestPlan = 300;

const planLine = /^[ \t]*(?:\*\*)?plan(?:\*\*)?[ \t]*:[ \t]*(?:\*\*)?(.*)$/im;

/** What hides or reorders text, and every control character; white space of all kinds becomes a space. */
export function plainText(text: string): string {
  return text.replace(/[\s\u2028\u2029]+/gu, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\ufffd]/gu, '').replace(/ {2,}/g, ' ').trim();
}

/** The plan that a reply begins with, as one line of plain text to show; empty when there is none. */
export function planOf(reply: string): string {
  return boundedPlan(planLine.exec(reply.slice(0, longestReply))?.[1] ?? '');
}

export function boundedPlan(plan: string): string {
  return plainText(plan.slice(0, 4 * longestPlan)).slice(0, longestPlan);
}

/** A reply without the first line of the form `Plan: …`. */
export function withoutPlan(reply: string): string {
  return reply.replace(planLine, '');
}

/**
 * The value of a reply that is JSON, bare or in a code block; undefined where it is not meant to be JSON.
 * Throws one sentence when it begins as an object and is none.
 */
export function jsonOf(reply: string): unknown {
  const text = /^\s*(?:(?:```|~~~)(?:json)?[ \t]*\r?\n)?\s*(\{[^]*)$/i.exec(reply.slice(0, longestReply))?.[1];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.replace(/(?:```|~~~)\s*$/, ''));
  } catch {
    throw new Error(`The reply begins as a JSON object and is none${reply.length > longestReply ? ` in its first ${longestReply} characters` : ''}.`);
  }
}
