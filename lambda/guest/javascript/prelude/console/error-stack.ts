/** V8's `stack` of errors (`TypeError: message` and the frames) and `Error.captureStackTrace`. */

import { composedStack, forgetFrames, stackFromHere } from './inspect/errors.ts';

export function installErrorStack(): void {
  const { defineProperty } = Object;
  defineProperty(Error.prototype, 'stack', {
    get(this: unknown) {
      return isObject(this) ? composedStack(this) : undefined;
    },
    set(this: unknown, value: unknown) {
      if (isObject(this)) setStack(this, value);
    },
    configurable: true,
  });
  const captureStackTrace = (target: unknown, above?: unknown): void => {
    if (!isObject(target)) throw new TypeError('Invalid argument');
    setStack(target, stackFromHere(target, typeof above === 'function' ? `${above.name}` : ''));
  };
  defineProperty(Error, 'captureStackTrace', {
    value: captureStackTrace,
    writable: true,
    configurable: true,
  });

  function setStack(target: object, value: unknown): void {
    forgetFrames(target);
    defineProperty(target, 'stack', { value, writable: true, configurable: true });
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
