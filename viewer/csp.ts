/**
 * What the page may load: itself, nothing inline, nothing evaluated, no frame around it.
 * @param feeds WebSocket origins the page may open besides its own (older browsers do not count `ws:` as `'self'`).
 */
export function contentSecurityPolicy(feeds: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...feeds].join(' '),
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
