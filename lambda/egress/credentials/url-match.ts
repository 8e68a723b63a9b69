/** Whether a URL is one of those that a pattern means. */

import type { UrlPattern } from '../../settings/credentials.ts';
import { compileHostPatterns } from '../../settings/host-patterns.ts';

export type UrlMatcher = (url: URL) => boolean;

/** Servers read these in different ways: as a part of a name, or as a step of the path. */
const ambiguous = /%(?:25)*(?:2e|2f|5c|00)|\\|;|\/\//i;

export function urlMatcher(pattern: UrlPattern): UrlMatcher {
  const hosts = compileHostPatterns([pattern.host]);
  return (url) =>
    url.protocol === pattern.protocol &&
    url.port === pattern.port &&
    hosts(url.hostname) &&
    (pattern.isPrefix
      ? url.pathname.startsWith(pattern.path) &&
        !ambiguous.test(url.pathname.slice(pattern.path.length - 1))
      : url.pathname === pattern.path);
}
