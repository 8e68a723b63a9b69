/** Expressions about `Atomics`. */

export const atomics: readonly string[] = [
  `(() => { const a = new Int32Array(2); return [Atomics.store(a, 0, 5), Atomics.add(a, 0, 3), Atomics.sub(a, 0, 1), Atomics.and(a, 0, 6), Atomics.or(a, 0, 1), Atomics.xor(a, 0, 3), Atomics.exchange(a, 0, 9), Atomics.compareExchange(a, 0, 9, 1), Atomics.compareExchange(a, 0, 9, 2), Atomics.load(a, 0)]; })()`,
  `(() => { const a = new Uint8Array(1); return [Atomics.store(a, 0, 300), a[0], Atomics.add(a, 0, 250), a[0], Atomics.compareExchange(a, 0, 294, 7), a[0]]; })()`,
  `(() => { const a = new BigInt64Array(1); return [Atomics.store(a, 0, 5n), Atomics.sub(a, 0, 9n), Atomics.load(a, 0), Atomics.compareExchange(a, 0, -4n, 1n), a[0]]; })()`,
  `(() => { const a = new Int32Array(new SharedArrayBuffer(8)); Atomics.store(a, 1, -1.9); return [Atomics.load(a, 1), Atomics.notify(a, 0, 1)]; })()`,
  `[() => Atomics.load([1], 0), () => Atomics.load(new Float64Array(1), 0), () => Atomics.load(new Uint8ClampedArray(1), 0), () => Atomics.load(new Int8Array(1), 1), () => Atomics.load(new Int8Array(1), -1), () => Atomics.add(new BigInt64Array(1), 0, 1), () => Atomics.wait(new Int32Array(1), 0, 0, 0), () => Atomics.wait(new Int16Array(new SharedArrayBuffer(2)), 0, 0, 0), () => Atomics.pause('x')].map((f) => { try { return f(); } catch (e) { return e.name; } })`,
  `[Atomics.isLockFree(4), Atomics.isLockFree(3), Atomics.pause(), Atomics.pause(3)]`,
  `[Object.getOwnPropertyNames(Atomics).sort(), Object.prototype.toString.call(Atomics), typeof Atomics]`,
  `['add', 'and', 'compareExchange', 'exchange', 'isLockFree', 'load', 'notify', 'or', 'store', 'sub', 'wait', 'waitAsync', 'xor', 'pause'].map((name) => [Atomics[name].name, Atomics[name].length, 'prototype' in Atomics[name]])`,
  `(async () => { const a = new Int32Array(new SharedArrayBuffer(4)); const { async, value } = Atomics.waitAsync(a, 0, 0, 1000); const n = Atomics.notify(a, 0); return [async, await value, n, Atomics.waitAsync(a, 0, 1), Atomics.waitAsync(a, 0, 0, 0)]; })()`,
  `(async () => { const a = new Int32Array(new SharedArrayBuffer(4)); setTimeout(() => {}, 50); return await Atomics.waitAsync(a, 0, 0, 1).value; })()`,
];
