/**
 * `Headers`.
 * @see https://fetch.spec.whatwg.org/#headers-class
 */

import { preventCloning } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection, fetchStyle } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import { iterated, toByteString } from '../core/webidl/conversion.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { definePairIteration } from '../core/webidl/iteration.ts';
import { HeaderList, isToken, trimSpace } from './headers-list.ts';

type HeadersInit = Headers | Iterable<Iterable<string>> | { readonly [name: string]: string };

/** Whether a script may change a header list. */
type HeadersGuard = 'none' | 'immutable';

let headerList: (headers: Headers) => HeaderList;
let isHeaders: (value: unknown) => value is Headers;
/** Makes a `Headers` that shares the list. */
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
 * Appends the headers that a script passed.
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
  const valueText = trimSpace(toByteString(value, `${context}: value`));
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

export function installHeaders(prelude: Prelude): void {
  defineInterface(Headers, 'Headers', {
    is: isHeaders,
    required: { append: 2, delete: 1, get: 1, has: 1, set: 2 },
  });
  definePairIteration(Headers, 'Headers', isHeaders, (headers) => headerList(headers).sorted());
  preventCloning(isHeaders);
  defineInspection(Headers, (headers) => headerList(headers).described(), fetchStyle);
  prelude.define({ Headers });
}
