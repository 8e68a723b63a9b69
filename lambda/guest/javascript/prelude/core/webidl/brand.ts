/** Tests what a value is, without its prototype and its properties: a script can change those. */

type AnyFunction = (...args: never[]) => unknown;

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Whether a method of the language accepts the value as its `this`: a brand check. */
export function holds(method: AnyFunction, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    Reflect.apply(method, value, []);
    return true;
  } catch {
    return false;
  }
}

/** The getter of an accessor of the language. */
export function getterOf(prototype: object, key: PropertyKey): AnyFunction {
  const getter = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  if (getter === undefined) throw new Error(`There is no accessor ${String(key)}.`);
  return getter;
}
