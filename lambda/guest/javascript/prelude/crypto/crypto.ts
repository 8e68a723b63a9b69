/** `crypto`: Node.js's own, which gets copies of all arguments. */

import type { Wire } from '../../bridge/wire.ts';
import { DOMException } from '../core/dom-exception.ts';
import type { Host, Prelude } from '../core/host.ts';
import { getterOf } from '../core/webidl/brand.ts';
import { withCode } from '../core/webidl/errors.ts';
import { defineInterface, defineReplaceable, requireKey } from '../core/webidl/interface.ts';
import { CryptoKey } from './crypto-key.ts';
import { readWire, WireWriter } from './crypto-wire.ts';

const internal = Symbol('Crypto');
const MAX_RANDOM_BYTES = 65_536;
const typedArrayTag = getterOf(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

let host: Host;
/** Calls run one at a time: while they wait, their arguments use the guest's memory, not the host's. */
let lastCall: Promise<unknown> = Promise.resolve();

type Answer =
  | { readonly ok: true; readonly value: Wire }
  | {
      readonly ok: false;
      readonly name: string;
      readonly message: string;
      readonly code?: string;
    };

/** The arguments that each method requires. */
const methods = {
  encrypt: 3,
  decrypt: 3,
  sign: 3,
  verify: 4,
  digest: 2,
  generateKey: 3,
  deriveKey: 5,
  deriveBits: 2,
  importKey: 5,
  exportKey: 2,
  wrapKey: 4,
  unwrapKey: 7,
} as const;

async function callSubtle(method: keyof typeof methods, args: unknown[]): Promise<unknown> {
  if (args.length < methods[method]) {
    throw withCode(
      new TypeError(
        `Failed to execute '${method}' on 'SubtleCrypto': ${methods[method]} arguments required, but only ${args.length} present.`,
      ),
      'ERR_MISSING_ARGS',
    );
  }
  const writer = new WireWriter();
  const json = JSON.stringify({ method, args: args.map((arg) => writer.write(arg)) });
  const bytes = writer.bytes();
  const call = lastCall.then(() => host.start('crypto.subtle', json, bytes).promise);
  lastCall = call.catch(() => {});
  const [answerJson, answerBytes] = await call;
  const answer = JSON.parse(answerJson) as Answer;
  if (answer.ok) return readWire(answer.value, answerBytes);
  const { name, message, code } = answer;
  if (name !== 'TypeError') throw new DOMException(message, name);
  throw code === undefined ? new TypeError(message) : withCode(new TypeError(message), code);
}

/** Its methods are made from the table: only their names differ. */
class SubtleCrypto {
  readonly #brand = true;

  constructor(key?: unknown) {
    requireKey(key, internal);
  }

  static {
    for (const name of Object.keys(methods) as (keyof typeof methods)[]) {
      const method = {
        async [name](this: SubtleCrypto, ...args: unknown[]): Promise<unknown> {
          this.#brand;
          return await callSubtle(name, args);
        },
      }[name];
      Object.defineProperty(SubtleCrypto.prototype, name, {
        value: method,
        writable: true,
        configurable: true,
      });
    }
  }
}
defineInterface(SubtleCrypto, 'SubtleCrypto');
for (const [name, length] of Object.entries(methods)) {
  Object.defineProperty(Reflect.get(SubtleCrypto.prototype, name), 'length', {
    value: length,
    configurable: true,
  });
}

class Crypto {
  readonly #subtle = new SubtleCrypto(internal);

  constructor(key?: unknown) {
    requireKey(key, internal);
  }

  get subtle(): SubtleCrypto {
    return this.#subtle;
  }

  getRandomValues(array: unknown): unknown {
    this.#subtle;
    const tag: unknown = ArrayBuffer.isView(array) && Reflect.apply(typedArrayTag, array, []);
    if (typeof tag !== 'string' || tag.startsWith('Float')) {
      throw new DOMException(
        'The data argument must be an integer-type TypedArray',
        'TypeMismatchError',
      );
    }
    const { buffer, byteOffset, byteLength } = array as Uint8Array;
    if (byteLength > MAX_RANDOM_BYTES) {
      throw new DOMException(
        `The requested length exceeds ${MAX_RANDOM_BYTES} bytes`,
        'QuotaExceededError',
      );
    }
    const random = host.call('crypto.random', byteLength) as ArrayBuffer;
    new Uint8Array(buffer, byteOffset, byteLength).set(new Uint8Array(random));
    return array;
  }

  randomUUID(): string {
    this.#subtle;
    return host.call('crypto.uuid') as string;
  }
}
defineInterface(Crypto, 'Crypto', { required: { getRandomValues: ['array'] } });

export function installCrypto(prelude: Prelude): void {
  host = prelude.host;
  prelude.define({ Crypto, SubtleCrypto, CryptoKey });
  defineReplaceable(prelude, 'crypto', new Crypto(internal));
}
