/**
 * A proxy shows nothing of itself to the script, yet printing one must not run its traps. So the
 * `Proxy` that scripts get remembers what each proxy stands for.
 */

import {
  apply,
  defineProperty,
  deref,
  get,
  WeakRefClass,
  weakMapGet,
  weakMapSet,
} from './intrinsics.ts';

interface ProxyParts {
  readonly target: object;
  readonly handler: object;
}

/**
 * By proxy; null once it is revoked. The references are weak, as a WeakMap of QuickJS would keep
 * a target alive for ever that refers to its own proxy; the proxy itself keeps both alive.
 */
const known = new WeakMap<object, { target: WeakRef<object>; handler: WeakRef<object> } | null>();

const remember = (proxy: object, target: object, handler: object): void => {
  weakMapSet(known, proxy, {
    target: new WeakRefClass(target),
    handler: new WeakRefClass(handler),
  });
};

/** @returns null for a revoked proxy, undefined where `value` is no proxy */
export function proxyParts(value: object): ProxyParts | null | undefined {
  const parts = weakMapGet(known, value) as ReturnType<typeof known.get>;
  if (parts === undefined || parts === null) return parts;
  const target = deref(parts.target) as object | undefined;
  const handler = deref(parts.handler) as object | undefined;
  return target === undefined || handler === undefined ? null : { target, handler };
}

/**
 * Wraps the realm's `Proxy`.
 * @param Native the constructor as the language gives it; its `revocable` is replaced
 * @returns the constructor for scripts, which differs from `Native` in nothing that they can see
 */
export function observedProxy(Native: ProxyConstructor): ProxyConstructor {
  const native = Native.revocable;
  // A method, as the language's own is no constructor either.
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
    // The wrapper is a proxy itself, so it would be read with `this` as its receiver anyway.
    get: (_native, name) => get(Native, name),
  });
}
