/** Puts a constructor in the place of one of the language. */

import { defineProperty, getOwnPropertyDescriptor, ownKeys } from './intrinsics.ts';

/** Gives a function all that scripts see of a constructor, and makes it the global of that name. */
export function replaceClass(
  Native: { readonly name: string; readonly prototype: object },
  Class: object,
): void {
  const keys = ownKeys(Native);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    defineProperty(Class, key, getOwnPropertyDescriptor(Native, key) as PropertyDescriptor);
  }
  const hidden = { writable: true, enumerable: false, configurable: true };
  defineProperty(Native.prototype, 'constructor', { value: Class, ...hidden });
  defineProperty(globalThis, Native.name, { value: Class, ...hidden });
}
