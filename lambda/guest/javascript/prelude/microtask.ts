/** `queueMicrotask`. */

import { reportException } from './event-target.ts';
import type { Prelude } from './host.ts';
import { invalidArgument, operation } from './webidl.ts';

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
  Reflect.apply(then, resolved, [run]);
}

export function installMicrotask({ define }: Prelude): void {
  define(
    { queueMicrotask: operation('queueMicrotask', queueMicrotask, ['callback']) },
    { enumerable: true },
  );
}
