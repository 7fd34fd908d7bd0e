/** URLs that users wrote. */

const SCHEMES: readonly string[] = ['http:', 'https:', 'mailto:'];

/** Return an absolute URL that is safe to follow; null for other schemes and relative URLs. */
export function safeUrl(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return SCHEMES.includes(url.protocol) ? url.href : null;
}
