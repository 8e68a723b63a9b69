/**
 * A proxy shows nothing of itself to the script, yet printing one must not run its traps. So the
 * `Proxy` that scripts get remembers what each proxy stands for.
 */

import { apply, defineProperty, get, weakMapGet, weakMapHas, weakMapSet } from './intrinsics.ts';

/** What a proxy was made of; null once it is revoked. */
export type ProxyParts = { readonly target: object; readonly handler: object } | null;

const known = new WeakMap<object, ProxyParts>();

/** @returns undefined where `value` is no proxy */
export function proxyParts(value: object): ProxyParts | undefined {
  return weakMapHas(known, value) ? (weakMapGet(known, value) as ProxyParts) : undefined;
}

/**
 * Wraps the realm's `Proxy`.
 * @param Native the constructor as the language gives it; its `revocable` is replaced
 * @returns the constructor for scripts, which differs from `Native` in nothing that they can see
 */
export function observedProxy(Native: ProxyConstructor): ProxyConstructor {
  const revocable = Native.revocable;
  const wrapper = {
    revocable(target: object, handler: ProxyHandler<object>) {
      const pair = apply(revocable, Native, [target, handler]) as ReturnType<typeof revocable>;
      const { proxy, revoke } = pair;
      weakMapSet(known, proxy, { target, handler });
      pair.revoke = {
        revoke(): void {
          revoke();
          weakMapSet(known, proxy, null);
        },
      }.revoke;
      defineProperty(pair.revoke, 'name', { value: '', configurable: true });
      return pair;
    },
  }.revocable;
  defineProperty(Native, 'revocable', { value: wrapper, writable: true, configurable: true });

  return new Native(Native, {
    construct(_native, args: [object, ProxyHandler<object>]) {
      const proxy = new Native(args[0], args[1]);
      weakMapSet(known, proxy, { target: args[0], handler: args[1] });
      return proxy;
    },
    // The wrapper is a proxy itself, so it would be read with `this` as its receiver anyway.
    get: (native, name) => get(native, name),
  });
}
