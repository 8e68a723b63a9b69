/**
 * `Headers`.
 * @see https://fetch.spec.whatwg.org/#headers-class
 */

import { isObject, iterated, toByteString } from './fetch-conversion.ts';
import { defineInspection, defineInterface, definePairIteration } from './fetch-interface.ts';
import type { Prelude } from './host.ts';

export type HeadersInit =
  | Headers
  | Iterable<Iterable<string>>
  | { readonly [name: string]: string };

/** Whether a script may change a header list. */
export type HeadersGuard = 'none' | 'immutable';

interface Header {
  /** As the script wrote it. */
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

/** A header list: names keep their case, and are found in any. */
export class HeaderList {
  #headers: Header[] = [];
  #sorted: readonly (readonly [string, string])[] | null = null;

  static of(pairs: Iterable<readonly [string, string]>): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of pairs) list.append(name, value);
    return list;
  }

  append(name: string, value: string): void {
    this.#headers.push({ name, key: name.toLowerCase(), value });
    this.#sorted = null;
  }

  /** Replaces the first of that name, and removes the others. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const index = this.#headers.findIndex((header) => header.key === key);
    if (index < 0) {
      this.append(name, value);
      return;
    }
    this.#headers = this.#headers.filter((header, at) => at <= index || header.key !== key);
    this.#headers[index] = { name, key, value };
    this.#sorted = null;
  }

  delete(name: string): void {
    const key = name.toLowerCase();
    this.#headers = this.#headers.filter((header) => header.key !== key);
    this.#sorted = null;
  }

  has(name: string): boolean {
    const key = name.toLowerCase();
    return this.#headers.some((header) => header.key === key);
  }

  /** All values of that name, each by itself. */
  all(name: string): string[] {
    const key = name.toLowerCase();
    return this.#headers.filter((header) => header.key === key).map(({ value }) => value);
  }

  /** All values of that name as one, or `null`. */
  get(name: string): string | null {
    const values = this.all(name);
    if (values.length === 0) return null;
    return values.join(name.toLowerCase() === 'cookie' ? '; ' : ', ');
  }

  /** Pairs as they were added. */
  pairs(): (readonly [string, string])[] {
    return this.#headers.map(({ name, value }) => [name, value] as const);
  }

  /** What Node.js shows on inspection: names as they were first written, in that order. */
  described(): object {
    const first = new Map(this.#headers.toReversed().map(({ key, name }) => [key, name]));
    const keys = new Set(this.#headers.map(({ key }) => key));
    return Object.fromEntries(
      Array.from(keys, (key) => [
        first.get(key),
        key === 'set-cookie' ? this.all(key) : this.get(key),
      ]),
    );
  }

  /**
   * Pairs sorted by lower-case name, values of one name combined but for `set-cookie`.
   * @see https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
   */
  sorted(): readonly (readonly [string, string])[] {
    this.#sorted ??= [...new Set(this.#headers.map(({ key }) => key))]
      .sort()
      .flatMap((key): (readonly [string, string])[] =>
        key === 'set-cookie'
          ? this.all(key).map((value) => [key, value] as const)
          : [[key, this.get(key) ?? '']],
      );
    return this.#sorted;
  }
}

export let headerList: (headers: Headers) => HeaderList;
export let isHeaders: (value: unknown) => value is Headers;
/** A `Headers` over a list that is shared with it. */
export let headersOf: (list: HeaderList, guard: HeadersGuard) => Headers;

export class Headers {
  declare readonly [Symbol.iterator]: () => Iterator<[string, string]>;
  #list = new HeaderList();
  #guard: HeadersGuard = 'none';

  static {
    headerList = (headers) => headers.#list;
    isHeaders = (value): value is Headers => isObject(value) && #list in value;
    headersOf = (list, guard) => {
      const headers = new Headers();
      headers.#list = list;
      headers.#guard = guard;
      return headers;
    };
  }

  constructor(init: HeadersInit | undefined = undefined) {
    if (init !== undefined) fillHeaders(this.#list, init);
  }

  append(name: string, value: string): void {
    const header = toHeader(name, value, 'Headers.append');
    this.#requireMutable();
    this.#list.append(...header);
  }

  delete(name: string): void {
    const checked = toHeaderName(name, 'Headers.delete');
    this.#requireMutable();
    this.#list.delete(checked);
  }

  get(name: string): string | null {
    return this.#list.get(toHeaderName(name, 'Headers.get'));
  }

  has(name: string): boolean {
    return this.#list.has(toHeaderName(name, 'Headers.has'));
  }

  set(name: string, value: string): void {
    const header = toHeader(name, value, 'Headers.set');
    this.#requireMutable();
    this.#list.set(...header);
  }

  getSetCookie(): string[] {
    return this.#list.all('set-cookie');
  }

  #requireMutable(): void {
    if (this.#guard === 'immutable') throw new TypeError('immutable');
  }
}

/**
 * Appends what a script gave as `headers`.
 * @throws {TypeError} where it is neither a sequence of pairs nor a record, or a header is invalid
 */
export function fillHeaders(list: HeaderList, init: unknown): void {
  for (const [name, value] of headerPairs(init)) {
    list.append(...toHeader(name, value, 'Headers.append'));
  }
}

function headerPairs(init: unknown): Iterable<readonly unknown[]> {
  if (!isObject(init)) {
    throw new TypeError(
      'Headers constructor: Argument 1 could not be converted to one of: sequence<sequence<ByteString>>, record<ByteString, ByteString>.',
    );
  }
  const iterator = (init as { [Symbol.iterator]?: unknown })[Symbol.iterator];
  if (iterator === undefined || iterator === null) return recordPairs(init);
  if (isHeaders(init) && iterator === Headers.prototype[Symbol.iterator]) {
    return headerList(init).pairs();
  }
  return Array.from(iterated(init, iterator), (pair, index) => {
    const items =
      isObject(pair) && Symbol.iterator in pair ? [...(pair as Iterable<unknown>)] : null;
    if (items === null) {
      const shown = typeof pair === 'string' ? `"${pair}"` : String(pair);
      throw new TypeError(`Headers constructor: init[${index}] (${shown}) is not iterable.`);
    }
    if (items.length !== 2) {
      throw new TypeError(
        `Headers constructor: expected name/value pair to be length 2, found ${items.length}.`,
      );
    }
    return items.map((item) => toByteString(item, 'Headers constructor: header'));
  });
}

/** @see https://webidl.spec.whatwg.org/#js-record */
function recordPairs(record: object): (readonly [string, string])[] {
  const pairs = new Map<string, string>();
  for (const key of Reflect.ownKeys(record)) {
    if (Reflect.getOwnPropertyDescriptor(record, key)?.enumerable !== true) continue;
    const name = toByteString(key, 'Headers constructor: key');
    pairs.set(name, toByteString(Reflect.get(record, key), `Headers constructor: init["${name}"]`));
  }
  return [...pairs];
}

function toHeader(name: unknown, value: unknown, context: string): [string, string] {
  const nameText = toByteString(name, `${context}: name`);
  const valueText = toByteString(value, `${context}: value`).replace(
    /^[\t\n\r ]+|[\t\n\r ]+$/g,
    '',
  );
  requireHeaderName(nameText, context);
  if (/[\0\r\n]/.test(valueText)) {
    throw new TypeError(`${context}: "${valueText}" is an invalid header value.`);
  }
  return [nameText, valueText];
}

function toHeaderName(name: unknown, context: string): string {
  const text = toByteString(name, `${context}: name`);
  requireHeaderName(text, context);
  return text;
}

function requireHeaderName(name: string, context: string): void {
  if (!isToken(name)) throw new TypeError(`${context}: "${name}" is an invalid header name.`);
}

/**
 * Whether a text is a token of HTTP: a header name, a method.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens
 */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}

export function installHeaders(prelude: Prelude): void {
  const shape = {
    name: 'Headers',
    is: isHeaders,
    operations: { append: 2, delete: 1, get: 1, has: 1, set: 2, getSetCookie: 0 },
  };
  defineInterface(Headers, shape);
  definePairIteration(Headers, shape, (headers) => headerList(headers).sorted());
  defineInspection(Headers, (headers) => headerList(headers).described());
  prelude.define({ Headers });
}
