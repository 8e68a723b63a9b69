/** Expressions about promises. */

const failures = `Promise.reject(new RangeError('one')), Promise.reject('two')`;

export const promises: readonly string[] = [
  `Promise.any([${failures}]).catch((e) => [e.name, e.message, e.errors.map(String), e.stack, e instanceof AggregateError])`,
  `Promise.any([]).catch((e) => [e.message, e.errors])`,
  `Promise.any([${failures}, 3])`,
  `Promise.any([new Promise(() => {}), Promise.resolve(4)])`,
  `Promise.any(new Set([Promise.reject(1), 5]))`,
  `Promise.any('ab')`,
  `Promise.any(5).catch((e) => e.name)`,
  `Promise.any([{ then(resolve, reject) { reject(1); reject(2); } }]).catch((e) => e.errors)`,
  `Promise.any([{ get then() { throw new RangeError('mine'); } }]).catch((e) => [e.name, e.message ?? e.errors])`,
  `(async () => { const log = []; const it = { [Symbol.iterator]() { return this; }, next: () => ({ value: 1 }), return() { log.push('closed'); return {}; } };
    class P extends Promise { static resolve() { throw new RangeError('mine'); } } return P.any(it).catch((e) => [e.message, log]); })()`,
  `(async () => { class P extends Promise {} const p = P.any([1]); return [p instanceof P, await p]; })()`,
  `[() => Promise.any.call(undefined, []), () => Promise.any.call(() => {}, []), () => Promise.any.call(function (f) { f(1, 2); f(3, 4); }, [])].map((f) => { try { return f(); } catch (e) { return e.name; } })`,
  `(async () => { const log = []; Promise.any([Promise.resolve(1)]).then(() => log.push('any')); for (let i = 0; i < 5; i++) { await null; log.push(i); } return log; })()`,
  `(async () => { const log = []; Promise.any([Promise.reject(1)]).catch(() => log.push('any')); for (let i = 0; i < 5; i++) { await null; log.push(i); } return log; })()`,
  `[Promise.any.name, Promise.any.length, 'prototype' in Promise.any, Object.getOwnPropertyDescriptor(Promise, 'any').enumerable]`,
];
