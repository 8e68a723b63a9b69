/** `CryptoKey`: the key material stays in the guest, in a private field that no script can read. */

import { addCloneable } from '../core/clone.ts';
import { defineInspection } from '../core/inspection.ts';
import { defineInterface, requireKey } from '../core/webidl/interface.ts';

interface KeyState {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: object;
  readonly usages: readonly string[];
  /** Raw, PKCS #8 or SPKI, by the key's type. */
  readonly material: Uint8Array;
}

const internal = Symbol('CryptoKey');
let readState: (value: object) => KeyState | undefined;

export class CryptoKey {
  readonly #state: KeyState;
  readonly #usages: string[];

  static {
    readState = (value) => (#state in value ? value.#state : undefined);
  }

  constructor(key: unknown, state: KeyState) {
    requireKey(key, internal);
    this.#state = state;
    this.#usages = [...state.usages];
  }

  get type(): string {
    return this.#state.type;
  }
  get extractable(): boolean {
    return this.#state.extractable;
  }
  get algorithm(): object {
    return this.#state.algorithm;
  }
  get usages(): string[] {
    return this.#usages;
  }
}
defineInterface(CryptoKey, 'CryptoKey');
defineInspection(CryptoKey, ({ type, extractable, algorithm, usages }) => ({
  type,
  extractable,
  algorithm,
  usages,
}));

export function makeKey(state: KeyState): CryptoKey {
  return new CryptoKey(internal, state);
}

/** `undefined` where the value is not a key. */
export function keyState(value: object): KeyState | undefined {
  return readState(value);
}

addCloneable((value) => {
  const state = readState(value);
  return state && makeKey(state);
});
