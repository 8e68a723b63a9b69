/**
 * To print a proxy must not run its traps, and the language has no way to read its target. So the
 * `Proxy` that scripts get remembers target and handler of each proxy.
 */

import {
  apply,
  defineProperty,
  deref,
  get,
  WeakRefClass,
  weakMapGet,
  weakMapSet,
} from '../../core/intrinsics.ts';

interface ProxyParts {
  readonly target: object;
  readonly handler: object;
}

/**
 * By proxy; null once it is revoked. The references are weak, because QuickJS never frees a value of
 * a WeakMap that refers to its own key. The proxy itself keeps both alive.
 */
const known = new WeakMap<object, { target: WeakRef<object>; handler: WeakRef<object> } | null>();

const remember = (proxy: object, target: object, handler: object): void => {
  weakMapSet(known, proxy, {
    target: new WeakRefClass(target),
    handler: new WeakRefClass(handler),
  });
};

/** @returns null for a revoked proxy, undefined where `value` is not a proxy */
export function proxyParts(value: object): ProxyParts | null | undefined {
  const parts = weakMapGet(known, value) as ReturnType<typeof known.get>;
  if (parts === undefined || parts === null) return parts;
  const target = deref(parts.target) as object | undefined;
  const handler = deref(parts.handler) as object | undefined;
  return target === undefined || handler === undefined ? null : { target, handler };
}

/**
 * Wraps the realm's `Proxy`.
 * @param Native the constructor of the language; its `revocable` is replaced
 * @returns the constructor for scripts, which they cannot distinguish from `Native`
 */
export function observedProxy(Native: ProxyConstructor): ProxyConstructor {
  const native = Native.revocable;
  // A method, as the language's own cannot be constructed either.
  const { revocable } = {
    revocable(target: object, handler: ProxyHandler<object>) {
      const pair = apply(native, Native, [target, handler]) as ReturnType<typeof native>;
      const { proxy, revoke } = pair;
      remember(proxy, target, handler);
      pair.revoke = (): void => {
        revoke();
        weakMapSet(known, proxy, null);
      };
      defineProperty(pair.revoke, 'name', { value: '', configurable: true });
      return pair;
    },
  };
  defineProperty(Native, 'revocable', { value: revocable, writable: true, configurable: true });

  return new Native(Native, {
    construct(_native, args: [object, ProxyHandler<object>]) {
      const target = args[0];
      const handler = args[1];
      const proxy = new Native(target, handler);
      remember(proxy, target, handler);
      return proxy;
    },
    // Without this trap the receiver would be the wrapper.
    get: (_native, name) => get(Native, name),
  });
}
