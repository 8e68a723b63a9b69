/**
 * Resolves specifiers: to a URL, relative to the importing module, or by the request's `imports`,
 * which is an import map of the HTML standard.
 * @see https://html.spec.whatwg.org/multipage/webappapis.html#resolving-a-module-specifier
 */

import { isBuiltin } from 'node:module';

type Resolution = { readonly url: string } | { readonly reason: string };

const loadable: ReadonlySet<string> = new Set(['http:', 'https:', 'data:', 'inline:']);

/** @param importer absolute URL of the importing module */
export type Resolver = (specifier: string, importer: string) => Resolution;

/**
 * @param imports specifiers, or beginnings of specifiers that end in `/`, and the URLs they stand for
 * @param baseUrl of the code; relative keys of the map are relative to it
 */
export function createResolver(
  imports: { readonly [specifier: string]: string },
  baseUrl: string,
): Resolver {
  const addresses = new Map(
    Object.entries(imports).map(([key, address]) => [
      parseUrlLike(key, baseUrl)?.href ?? key,
      address,
    ]),
  );
  const prefixes = [...addresses.keys()]
    .filter((key) => key.endsWith('/'))
    .sort((first, second) => second.length - first.length);

  function mapped(normalized: string): Resolution | null {
    const exact = addresses.get(normalized);
    if (exact !== undefined) return { url: exact };
    const prefix = prefixes.find((key) => normalized.startsWith(key));
    if (prefix === undefined) return null;
    const address = addresses.get(prefix) ?? '';
    const url = URL.parse(normalized.slice(prefix.length), address)?.href;
    return url?.startsWith(address)
      ? { url }
      : { reason: `it leads out of ${address}, which \`imports\` gives for "${prefix}"` };
  }

  return (specifier, importer) => {
    const url = parseUrlLike(specifier, importer);
    const resolution = mapped(url?.href ?? specifier);
    if (resolution !== null) return resolution;
    if (url === null) return { reason: bareReason(specifier) };
    if (loadable.has(url.protocol)) return { url: url.href };
    return {
      reason:
        url.protocol === 'node:'
          ? builtinReason
          : `modules are loaded from https:, http: and data: URLs, not from ${url.protocol}`,
    };
  };
}

/** A full URL, or one that is visibly relative; anything else is a bare specifier. */
function parseUrlLike(specifier: string, base: string): URL | null {
  return isRelative(specifier) ? URL.parse(specifier, base) : URL.parse(specifier);
}

export function isRelative(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier);
}

const builtinReason =
  'modules of Node.js are not there; the web platform is (fetch, crypto.subtle, URL and so on)';

function bareReason(specifier: string): string {
  if (isRelative(specifier)) return 'it is not a valid URL';
  if (isBuiltin(specifier)) {
    return `${builtinReason}; \`imports\` may give a URL for "${specifier}"`;
  }
  return `it is a bare specifier, which names no URL: give one in the request's field \`imports\`, as in { "${specifier}": "https://…" }, or import a full or relative URL`;
}
