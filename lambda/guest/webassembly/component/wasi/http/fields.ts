/** The resource `fields`: headers or trailers. */

import { type HostFunction, type HostValue, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostAction, hostFunction, trap, wit } from '../binding/parameters.ts';

type Field = readonly [name: string, value: Uint8Array];

/** What one `fields` may hold, as in wasmtime; a request takes less. */
const MAX_BYTES = 128 * 1024;
/** What a field takes beside its name and value. */
const FIELD_OVERHEAD_BYTES = 64;

/** Those that frame a message or choose its way, as in wasmtime. */
const forbidden: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

export class Fields extends HeldResource {
  readonly resource = 'wasi:http/types/fields';
  readonly #holdings: Holdings;
  #entries: readonly Field[] = [];
  #bytes = 0;
  #isMutable = true;

  constructor(holdings: Holdings, entries: readonly Field[] = []) {
    super(holdings);
    this.#holdings = holdings;
    this.#replace(entries);
  }

  /** Headers of a response: a component does not see those that it may not set. */
  static received(holdings: Holdings, pairs: readonly (readonly [string, string])[]): Fields {
    const seen = pairs.filter(([name]) => !forbidden.has(name.toLowerCase()));
    return new Fields(
      holdings,
      seen.map(([name, value]) => [name, Buffer.from(value, 'latin1')]),
    ).freeze();
  }

  override [Symbol.dispose](): void {
    this.#holdings.release(this.#bytes);
    this.#bytes = 0;
    super[Symbol.dispose]();
  }

  get entries(): readonly Field[] {
    return this.#entries;
  }

  /** No longer mutable. */
  freeze(): this {
    this.#isMutable = false;
    return this;
  }

  /** Another one, immutable, of the same contents. */
  view(): Fields {
    return new Fields(this.#holdings, this.#entries).freeze();
  }

  values(name: string): Uint8Array[] {
    return this.#entries.filter((field) => isOf(field, name)).map(([, value]) => value);
  }

  /** @throws {ResultError} a `header-error` */
  set(name: string, values: readonly Uint8Array[]): void {
    this.#check(name, values);
    this.#replace([...this.#without(name), ...values.map((value) => [name, value] as const)]);
  }

  /** @throws {ResultError} a `header-error` */
  delete(name: string): void {
    this.#check(name, []);
    this.#replace(this.#without(name));
  }

  /** @throws {ResultError} a `header-error` */
  append(name: string, value: Uint8Array): void {
    this.#check(name, [value]);
    this.#replace([...this.#entries, [name, value]]);
  }

  #without(name: string): Field[] {
    return this.#entries.filter((field) => !isOf(field, name));
  }

  #check(name: string, values: readonly Uint8Array[]): void {
    if (!isName(name) || !values.every(isValue)) throw headerError('invalid-syntax');
    if (forbidden.has(name.toLowerCase())) throw headerError('forbidden');
    if (!this.#isMutable) throw headerError('immutable');
  }

  #replace(entries: readonly Field[]): void {
    const bytes = entries.reduce(
      (sum, [name, { length }]) => sum + name.length + length + FIELD_OVERHEAD_BYTES,
      0,
    );
    if (bytes > MAX_BYTES || !this.#holdings.charge(bytes)) trap('The HTTP fields are too large.');
    this.#holdings.release(this.#bytes);
    this.#bytes = bytes;
    this.#entries = entries;
  }
}

function isOf([name]: Field, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}

/** A token. @see https://httpwg.org/specs/rfc9110.html#tokens */
export function isName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}

function isValue(value: Uint8Array): boolean {
  return value.every((byte) => byte === 0x09 || (byte >= 0x20 && byte !== 0x7f));
}

function headerError(tag: 'invalid-syntax' | 'forbidden' | 'immutable'): ResultError {
  return new ResultError({ tag });
}

const fields = wit.resource(Fields);
const { bytes, list, pair, string } = wit;

export function fieldsFunctions({ holdings }: Wasi2Context): {
  readonly [name: string]: HostFunction;
} {
  return {
    '[constructor]fields': hostFunction([], () => new Fields(holdings)),
    '[static]fields.from-list': hostFunction([list(pair(string, bytes))], (entries) => {
      const made = new Fields(holdings);
      try {
        for (const [name, value] of entries) made.append(name, value);
      } catch (error) {
        made[Symbol.dispose]();
        throw error;
      }
      return made;
    }),
    '[method]fields.get': hostFunction([fields, string], (self, name) => self.values(name)),
    '[method]fields.has': hostFunction(
      [fields, string],
      (self, name) => self.values(name).length > 0,
    ),
    '[method]fields.set': hostAction([fields, string, list(bytes)], (self, name, values) =>
      self.set(name, values),
    ),
    '[method]fields.delete': hostAction([fields, string], (self, name) => self.delete(name)),
    '[method]fields.append': hostAction([fields, string, bytes], (self, name, value) =>
      self.append(name, value),
    ),
    '[method]fields.entries': hostFunction([fields], (self): HostValue => self.entries),
    '[method]fields.clone': hostFunction([fields], (self) => new Fields(holdings, self.entries)),
  };
}
