/** A set of hosts, as an operator or a request writes them down. */
export type HostMatcher = (hostname: string) => boolean;

/**
 * Compiles host patterns: `*` (any host), `api.example.com` (that host alone), `*.example.com`
 * (its subdomains at any depth, not the domain itself), an IP address. Case, a trailing dot and
 * Unicode spellings are normalized as the WHATWG URL parser does, on both sides.
 *
 * @throws {TypeError} naming the pattern that is none of these
 */
export function compileHostPatterns(patterns: readonly string[]): HostMatcher {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  for (const pattern of patterns) {
    if (pattern === '*') return () => true;
    if (pattern.startsWith('*.')) suffixes.push(`.${normalizeHost(pattern.slice(2), pattern)}`);
    else exact.add(normalizeHost(pattern, pattern));
  }
  return (hostname) => {
    const host = withoutTrailingDot(hostname);
    return exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix));
  };
}

/** Whether a text is a host pattern. */
export function isHostPattern(text: string): boolean {
  try {
    compileHostPatterns([text]);
    return true;
  } catch {
    return false;
  }
}

function normalizeHost(text: string, pattern: string): string {
  const bare = text.includes(':') && !text.startsWith('[') ? `[${text}]` : text;
  // A host is what is left when nothing else of a URL can be in it.
  const url = /[\s/?#@\\*]/.test(bare) ? null : URL.parse(`http://${bare}`);
  if (url === null || url.port !== '' || !isHostName(withoutTrailingDot(url.hostname))) {
    throw new TypeError(
      `"${pattern}" is not a host pattern: expected "api.example.com", "*.example.com" or "*"`,
    );
  }
  return withoutTrailingDot(url.hostname);
}

/** URLs take names that no host has, such as two with a `;` between them: nothing would ever match. */
function isHostName(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\w-]+(\.[\w-]+)*$/.test(hostname);
}

function withoutTrailingDot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}
