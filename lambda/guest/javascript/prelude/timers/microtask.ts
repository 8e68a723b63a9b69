/** `queueMicrotask`. */

import type { Prelude } from '../core/host.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { operation } from '../core/webidl/interface.ts';
import { reportException } from '../events/event-target.ts';

// Captured here: a script may replace them.
const { apply } = Reflect;
const resolved = Promise.resolve();
const { then } = Promise.prototype;

function queueMicrotask(callback: unknown): void {
  if (typeof callback !== 'function') {
    throw invalidArgument('callback', 'of type function', callback);
  }
  const run = (): void => {
    try {
      callback();
    } catch (error) {
      reportException(error);
    }
  };
  apply(then, resolved, [run]);
}

export function installMicrotask({ define }: Prelude): void {
  define(
    { queueMicrotask: operation('queueMicrotask', queueMicrotask, ['callback']) },
    { enumerable: true },
  );
}
