/** The guest's `URL` and `URLSearchParams`, served by those of Node.js. */

import type { BridgeOperations, BridgeValue } from '../bridge/bridge.ts';
import { named } from './failure.ts';

/** In the order in which the prelude reads them. */
function partsOf(url: URL): string {
  const { href, origin, protocol, username, password, host } = url;
  const { hostname, port, pathname, search, hash } = url;
  return [
    ...[href, origin, protocol, username, password, host],
    ...[hostname, port, pathname, search, hash],
  ].join('\n');
}

const setters: { readonly [part: string]: (url: URL, value: string) => void } = Object.assign(
  Object.create(null),
  {
    protocol: (url, value) => {
      url.protocol = value;
    },
    username: (url, value) => {
      url.username = value;
    },
    password: (url, value) => {
      url.password = value;
    },
    host: (url, value) => {
      url.host = value;
    },
    hostname: (url, value) => {
      url.hostname = value;
    },
    port: (url, value) => {
      url.port = value;
    },
    pathname: (url, value) => {
      url.pathname = value;
    },
    search: (url, value) => {
      url.search = value;
    },
    hash: (url, value) => {
      url.hash = value;
    },
  } satisfies { [part: string]: (url: URL, value: string) => void },
);

export const urlOperations: BridgeOperations = {
  /** @returns the parts, one a line; `null` where the URL is not valid */
  'url.parse': (url, base) => {
    const parsed = URL.parse(String(url), base === undefined ? undefined : String(base));
    return parsed === null ? null : partsOf(parsed);
  },

  /** @returns the parts once one of them has been set; `null` where the URL is not valid */
  'url.set': (href, part, value) => {
    const url = URL.parse(String(href));
    const set = setters[String(part)];
    if (url === null || set === undefined) return null;
    set(url, String(value));
    return partsOf(url);
  },

  /** @returns JSON of the pairs */
  'url.parseQuery': (query) => {
    // Node.js drops a question mark at the start: this one, rather than the guest's.
    return JSON.stringify([...new URLSearchParams(`?${String(query)}`)]);
  },

  /** @param pairs JSON of the pairs */
  'url.writeQuery': (pairs: BridgeValue) => {
    const list = named(() => JSON.parse(String(pairs)) as [string, string][]);
    return named(() => new URLSearchParams(list).toString());
  },
};
