/** `navigator`, as runtimes of servers have it, and `self`. */

import type { Prelude } from './host.ts';
import { defineInterface, requireKey } from './webidl/interface.ts';

const internal = Symbol('Navigator');

class Navigator {
  readonly #userAgent = 'script-engine';

  constructor(key?: unknown) {
    requireKey(key, internal);
  }

  get userAgent(): string {
    return this.#userAgent;
  }
  get language(): string {
    this.#userAgent;
    return 'en-US';
  }
  get languages(): readonly string[] {
    this.#userAgent;
    return languages;
  }
  /** One: scripts have no threads. */
  get hardwareConcurrency(): number {
    this.#userAgent;
    return 1;
  }
}
defineInterface(Navigator, 'Navigator');

const languages = Object.freeze(['en-US']);

export function installNavigator({ define, global }: Prelude): void {
  define({ Navigator });
  define({ self: global }, { enumerable: true });
  const navigator = new Navigator(internal);
  Object.defineProperty(global, 'navigator', {
    get: () => navigator,
    enumerable: true,
    configurable: true,
  });
}
