const MOST_REASON = 300;

/** One line of at most 300 characters, without characters that steer a terminal or turn the direction of writing. */
export function boundedReason(reason: string): string {
  const line = reason.slice(0, 4 * MOST_REASON).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > MOST_REASON ? `${line.slice(0, MOST_REASON - 1).replace(/[\ud800-\udbff]$/, '')}…` : line;
}
