/** `navigator`, as runtimes of servers have it, and `self`. */

import type { Prelude } from './host.ts';
import { defineInterface, internal, requireInternal } from './webidl/interface.ts';

class Navigator {
  readonly #userAgent = 'script-engine';

  constructor(key?: unknown) {
    requireInternal(key);
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
