/** Expressions about `Array.fromAsync` and about disposal without `using`. */

const disposed = (body: string): string =>
  `(async () => { const log = []; const made = (name) => ({ name, [Symbol.dispose]() { log.push('dispose ' + name); }, async [Symbol.asyncDispose]() { await null; log.push('async ' + name); } }); ${body} })()`;
const failing = `{ [Symbol.dispose]() { throw new RangeError('closing'); } }`;

export const fromAsync: readonly string[] = [
  `Array.fromAsync([1, Promise.resolve(2), 3])`,
  `Array.fromAsync((async function* () { yield 1; yield 2; })(), (x, i) => x * 10 + i)`,
  `Array.fromAsync(new Set([1, 2]), async (x) => x + 1)`,
  `Array.fromAsync({ length: 2, 0: 'a', 1: Promise.resolve('b') })`,
  `Array.fromAsync('añ😀')`,
  `Array.fromAsync([])`,
  `Array.fromAsync([1], 5).catch((e) => e.name)`,
  `Array.fromAsync(null).catch((e) => e.name)`,
  `Array.fromAsync([Promise.reject(new RangeError('no'))]).catch((e) => e.message)`,
  `Array.fromAsync([1, 2], function (x) { return x + this.add; }, { add: 5 })`,
  `(async () => { const log = []; const it = { [Symbol.asyncIterator]() { return this; }, next: async () => ({ value: 1, done: false }), async return() { log.push('closed'); return {}; } }; try { await Array.fromAsync(it, () => { throw new RangeError('mine'); }); } catch (e) { log.push(e.message); } return log; })()`,
  `(async () => { class List extends Array {} const list = await List.fromAsync([1, 2]); return [list instanceof List, list.length]; })()`,
  `[Array.fromAsync.name, Array.fromAsync.length, 'prototype' in Array.fromAsync, Array.fromAsync([]) instanceof Promise]`,
];

export const disposal: readonly string[] = [
  `[String(Symbol.dispose), String(Symbol.asyncDispose), Symbol.keyFor(Symbol.dispose), Object.getOwnPropertyDescriptor(Symbol, 'dispose').writable]`,
  disposed(
    `const s = new DisposableStack(); s.use(made('a')); s.adopt('b', (v) => log.push('adopt ' + v)); s.defer(() => log.push('defer')); s.use(null); s.dispose(); s.dispose(); return [log, s.disposed];`,
  ),
  disposed(
    `const s = new DisposableStack(); s.use(made('a')); const m = s.move(); log.push(s.disposed, m.disposed); m[Symbol.dispose](); return log;`,
  ),
  disposed(
    `const s = new AsyncDisposableStack(); s.use(made('a')); s.use({ [Symbol.dispose]() { log.push('sync'); } }); s.defer(async () => { await null; log.push('defer'); }); s.use(undefined); await s.disposeAsync(); return [log, s.disposed];`,
  ),
  disposed(
    `const s = new DisposableStack(); s.dispose(); return ['use', 'adopt', 'defer', 'move'].map((name) => { try { s[name](made('x'), () => {}); } catch (e) { return e.name; } });`,
  ),
  disposed(
    `const s = new DisposableStack(); return [() => s.use({}), () => s.use(1), () => s.defer(1), () => s.adopt(1), () => DisposableStack(), () => DisposableStack.prototype.dispose.call({})].map((f) => { try { return f(); } catch (e) { return e.name; } });`,
  ),
  `(() => { const s = new DisposableStack(); s.use(${failing}); try { s.dispose(); } catch (e) { return [e.name, e.message]; } })()`,
  `(() => { const s = new DisposableStack(); s.use(${failing}); s.defer(() => { throw new TypeError('first'); }); try { s.dispose(); } catch (e) { return [e.name, e.constructor.name, e.error.message, e.suppressed.message, e instanceof Error, Object.getOwnPropertyNames(e)]; } })()`,
  `(async () => { const s = new AsyncDisposableStack(); s.use(${failing}); s.defer(async () => { throw new TypeError('first'); }); return s.disposeAsync().catch((e) => [e.name, e.error.message, e.suppressed.message]); })()`,
  `(async () => AsyncDisposableStack.prototype.disposeAsync.call({}).catch((e) => e.name))()`,
  `(() => { const e = new SuppressedError(1, 2, 'm'); return [e.error, e.suppressed, e.message, String(e), Object.getOwnPropertyNames(e), SuppressedError.length, Object.getPrototypeOf(SuppressedError) === Error, SuppressedError(1, 2) instanceof SuppressedError, typeof e.stack]; })()`,
  `(() => { const done = []; const it = (function* () { try { yield 1; } finally { done.push('closed'); } })(); it.next(); it[Symbol.dispose](); return done; })()`,
  `(async () => { const done = []; const it = (async function* () { try { yield 1; } finally { done.push('closed'); } })(); await it.next(); await it[Symbol.asyncDispose](); return done; })()`,
  `[[1].values()[Symbol.dispose](), typeof Iterator.prototype[Symbol.dispose], Iterator.prototype[Symbol.dispose].name]`,
  `[DisposableStack, AsyncDisposableStack].map((C) => [C.name, C.length, Object.getOwnPropertyNames(C.prototype).sort(), Object.prototype.toString.call(new C()), Object.keys(globalThis).includes(C.name)])`,
];
