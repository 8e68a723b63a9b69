/** `URL`: Node.js's own class parses it, the guest keeps the parts. */

import { preventCloning } from '../core/clone.ts';
import type { Host, Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { toUsvString } from '../core/webidl/conversion.ts';
import { requireArguments, withCode } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import {
  queryOf,
  replaceQuery,
  searchParamsOf,
  type URLSearchParams,
} from './url-search-params.ts';

/** In the order in which the host sends them. No part can contain a line break. */
const partNames = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;
type PartName = (typeof partNames)[number];
type Parts = Readonly<Record<PartName, string>>;

let host: Host;

function parse(url: string, base: string | undefined): Parts | null {
  return toParts(host.call('url.parse', url, base));
}

function toParts(answer: unknown): Parts | null {
  if (typeof answer !== 'string') return null;
  const values = answer.split('\n');
  return Object.fromEntries(partNames.map((name, index) => [name, values[index] ?? ''])) as Parts;
}

export class URL {
  #parts: Parts;
  #searchParams: URLSearchParams | null = null;
  /** Whether the list has changed since the parts were parsed. */
  #outdated = false;

  constructor(...args: [url?: unknown, base?: unknown]) {
    requireArguments(args, ['url']);
    const url = toUsvString(args[0]);
    const base = args[1] === undefined ? undefined : toUsvString(args[1]);
    const parts = parse(url, base);
    if (parts === null) throw invalidUrl(url, base);
    this.#parts = parts;
  }

  static parse(url: unknown, base?: unknown): URL | null {
    const parts = parse(toUsvString(url), base === undefined ? undefined : toUsvString(base));
    return parts === null ? null : new URL(parts.href);
  }

  static canParse(url: unknown, base?: unknown): boolean {
    return parse(toUsvString(url), base === undefined ? undefined : toUsvString(base)) !== null;
  }

  toString(): string {
    return this.#current().href;
  }
  get href(): string {
    return this.#current().href;
  }
  set href(value: unknown) {
    this.#parts;
    const url = toUsvString(value);
    const parts = parse(url, undefined);
    if (parts === null) throw invalidUrl(url, undefined);
    this.#replace(parts);
  }
  get origin(): string {
    return this.#current().origin;
  }
  get protocol(): string {
    return this.#current().protocol;
  }
  set protocol(value: unknown) {
    this.#set('protocol', value);
  }
  get username(): string {
    return this.#current().username;
  }
  set username(value: unknown) {
    this.#set('username', value);
  }
  get password(): string {
    return this.#current().password;
  }
  set password(value: unknown) {
    this.#set('password', value);
  }
  get host(): string {
    return this.#current().host;
  }
  set host(value: unknown) {
    this.#set('host', value);
  }
  get hostname(): string {
    return this.#current().hostname;
  }
  set hostname(value: unknown) {
    this.#set('hostname', value);
  }
  get port(): string {
    return this.#current().port;
  }
  set port(value: unknown) {
    this.#set('port', value);
  }
  get pathname(): string {
    return this.#current().pathname;
  }
  set pathname(value: unknown) {
    this.#set('pathname', value);
  }
  get search(): string {
    return this.#current().search;
  }
  set search(value: unknown) {
    this.#set('search', value);
  }
  get searchParams(): URLSearchParams {
    this.#searchParams ??= searchParamsOf(this.#parts.search.slice(1), () => {
      this.#outdated = true;
    });
    return this.#searchParams;
  }
  get hash(): string {
    return this.#current().hash;
  }
  set hash(value: unknown) {
    this.#set('hash', value);
  }
  toJSON(): string {
    return this.#current().href;
  }

  #set(name: PartName, value: unknown): void {
    const parts = toParts(host.call('url.set', this.#current().href, name, toUsvString(value)));
    if (parts !== null) this.#replace(parts);
  }

  #current(): Parts {
    if (this.#outdated) {
      this.#outdated = false;
      const query = this.#searchParams === null ? '' : queryOf(this.#searchParams);
      this.#parts = toParts(host.call('url.set', this.#parts.href, 'search', query)) ?? this.#parts;
    }
    return this.#parts;
  }

  #replace(parts: Parts): void {
    this.#parts = parts;
    this.#outdated = false;
    if (this.#searchParams !== null) replaceQuery(this.#searchParams, parts.search.slice(1));
  }
}
defineInterface(URL, 'URL', {
  required: { constructor: ['url'] },
  requiredByStatics: { canParse: ['url'], parse: ['url'] },
});

function invalidUrl(input: string, base: string | undefined): TypeError {
  const error = withCode(new TypeError('Invalid URL'), 'ERR_INVALID_URL');
  return Object.assign(error, { input }, base === undefined ? {} : { base });
}

/** What `console` shows, in this order. */
const inspected = [
  ...(['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port'] as const),
  ...(['pathname', 'search', 'searchParams', 'hash'] as const),
];

export function installUrl(prelude: Prelude): void {
  host = prelude.host;
  defineInspection(URL, (url) => Object.fromEntries(inspected.map((name) => [name, url[name]])), {
    ownName: true,
    keepsDepth: true,
    tooDeep: (name) => `${name} {}`,
  });
  preventCloning((value) => value instanceof URL);
  prelude.define({ URL });
}
