/** `navigator`, as far as a script that runs on a server finds one, and `self`. */

import type { Prelude } from './host.ts';
import { exposeInterface } from './webidl.ts';

const internal = Symbol('Navigator');

class Navigator {
  readonly #userAgent = 'script-engine';

  constructor(key?: unknown) {
    if (key !== internal) throw new TypeError('Illegal constructor');
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
exposeInterface(Navigator, 'Navigator');

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
