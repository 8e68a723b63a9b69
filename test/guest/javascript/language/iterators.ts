/** Expressions about the helpers of iterators. */

/** `log` has what is called of an iterator that counts up from 1 for ever. */
const counting = `const log = []; let n = 0;
  const it = { __proto__: Iterator.prototype, next() { log.push('next'); return { value: ++n, done: false }; }, return(...args) { log.push('return' + args.length); return {}; } };`;

const logged = (body: string): string => `(() => { ${counting} ${body} })()`;

export const iterators: readonly string[] = [
  `(() => { const [head] = new Set([1, 2]).values().map((x) => x * 10); return head; })()`,
  `[1, 2, 3].values().map((x) => x).take(2).toArray()`,
  `[1, 2, 3].values().filter((x) => x).some((x) => x === 1)`,
  `[1, 2, 3].values().drop(1).find((x) => x === 2)`,
  `[1, 2, 3].values().take(2).every((x) => x < 1)`,
  `(() => { const [a, b] = [[1, 2], [3]].values().flatMap((x) => x); return [a, b]; })()`,
  `(() => { for (const x of new Map([[1, 2]]).keys().map((x) => x)) return x; })()`,
  `(() => { const it = [1, 2].values().map((x) => x); return [it.return(), it.next(), it.return()]; })()`,
  `(() => { const it = [1, 2].values().filter((x) => x); it.next(); return [it.return(), it.next(), it.return()]; })()`,
  `(() => { const it = 'abc'[Symbol.iterator]().drop(1); return [it.next(), it.return(5), it.next()]; })()`,
  `[1, 2, 3, 4].values().map((x) => x * 2).filter((x) => x > 2).drop(1).take(1).toArray()`,
  logged(`for (const x of it.map((x) => x * 2)) { log.push(x); if (x > 3) break; } return log;`),
  logged(`const [a] = it.filter((x) => x % 2 === 0); return [a, log];`),
  logged(`const [a] = it.drop(2); return [a, log];`),
  logged(`const r = it.take(2).toArray(); return [r, log];`),
  logged(`const h = it.take(1); return [h.next(), h.next(), h.next(), h.return(), log];`),
  logged(`return [it.take(0).next(), log];`),
  logged(`const h = it.map((x) => x); return [h.return('ignored'), h.return(), log];`),
  logged(`const h = it.drop(5); return [h.return(), log];`),
  logged(
    `try { it.map(() => { throw new RangeError('mine'); }).next(); } catch (e) { return [e.message, log]; }`,
  ),
  logged(
    `try { it.filter(() => { throw new RangeError('mine'); }).next(); } catch (e) { return [e.message, log]; }`,
  ),
  logged(
    `try { it.flatMap(() => { throw new RangeError('mine'); }).next(); } catch (e) { return [e.message, log]; }`,
  ),
  logged(`try { it.flatMap(() => 'text').next(); } catch (e) { return [e.name, log]; }`),
  logged(
    `return ['map', 'filter', 'flatMap', 'take', 'drop'].map((name) => { try { it[name](); } catch (e) { return e.name; } }).concat(log);`,
  ),
  logged(
    `it.return = () => { throw new SyntaxError('closing'); }; try { const [a] = it.map((x) => x); } catch (e) { return e.message; }`,
  ),
  logged(
    `it.return = () => 1; try { for (const x of it.map((x) => x)) break; } catch (e) { return e.name; }`,
  ),
  logged(
    `it.return = 1; try { for (const x of it.map((x) => x)) break; } catch (e) { return e.name; }`,
  ),
  logged(
    `it.return = () => undefined.x; try { for (const x of it.take(3)) break; } catch (e) { return e.name; }`,
  ),
  logged(
    `const h = it.flatMap((x) => [x, -x]); return [h.next(), h.next(), h.next(), h.return(), h.next(), log];`,
  ),
  logged(`const inner = { __proto__: Iterator.prototype, next: () => ({ value: 1 }), return() { log.push('inner'); return {}; } };
    const [a] = it.flatMap(() => inner); return [a, log];`),
  logged(`const inner = { next: () => { throw new RangeError('inner'); } };
    try { it.flatMap(() => inner).next(); } catch (e) { return [e.message, log]; }`),
  logged(`const inner = { __proto__: Iterator.prototype, next: () => ({ value: 1 }), return() { throw new RangeError('inner'); } };
    try { const [a] = it.flatMap(() => inner); } catch (e) { return [e.message, log]; }`),
  logged(`const h = it.map(() => h.next()); try { h.next(); } catch (e) { return [e.name, log]; }`),
  logged(
    `const h = it.flatMap(() => h.next()); try { h.next(); } catch (e) { return [e.name, log]; }`,
  ),
  logged(
    `const h = it.map(() => h.return()); try { h.next(); } catch (e) { return [e.name, log]; }`,
  ),
  ...['map', 'filter', 'flatMap'].map((name) =>
    logged(
      `const h = it.${name}((x) => { if (x === 2) throw new RangeError('mine'); return [x]; }); return [h.next(), (() => { try { h.next(); } catch (e) { return e.message; } })(), h.next(), h.next(), h.return(), log];`,
    ),
  ),
  ...['map', 'filter', 'flatMap', 'take', 'drop'].map((name) =>
    logged(
      `it.next = () => { throw new RangeError('source'); }; const h = it.${name}(${name === 'take' || name === 'drop' ? '2' : '(x) => [x]'}); return [(() => { try { h.next(); } catch (e) { return e.message; } })(), h.next(), log];`,
    ),
  ),
  logged(
    `it.next = () => ({ get value() { throw new RangeError('value'); } }); const h = it.map((x) => x); return [(() => { try { h.next(); } catch (e) { return e.message; } })(), h.next(), log];`,
  ),
  ...['take', 'drop'].flatMap((name) => [
    logged(
      `return [NaN, -1, undefined, 'x', {}, 1n, Symbol(), -Infinity, { valueOf() { throw new RangeError('mine'); } }].map((limit) => { try { return it.${name}(limit); } catch (e) { return e.name; } }).concat(log);`,
    ),
    `[-0.5, '1', null, true, 1.9, [2], Infinity].map((limit) => [1, 2, 3].values().${name}(limit).toArray())`,
    `(() => { try { [].values().${name}(-5); } catch (e) { return e.message; } })()`,
  ]),
  `[[1], [], [2, [3]]].values().flatMap((x) => x).toArray()`,
  `[1, 2].values().flatMap((x, i) => [x, i]).toArray()`,
  `(() => { const h = [1].values().flatMap((x) => [x]); return [Object.prototype.toString.call(h), h[Symbol.iterator]() === h, h instanceof Iterator, h.constructor === Iterator]; })()`,
  `['map', 'filter', 'flatMap', 'take', 'drop'].map((name) => { const f = Iterator.prototype[name]; const { enumerable, writable } = Object.getOwnPropertyDescriptor(Iterator.prototype, name); return [f.name, f.length, 'prototype' in f, enumerable, writable]; })`,
  `['next', 'return'].map((name) => { const f = [].values().map((x) => x)[name]; return [f.name, f.length, 'prototype' in f]; })`,
  `['map', 'filter', 'flatMap', 'take', 'drop'].map((name) => { try { Iterator.prototype[name].call(1, () => {}); } catch (e) { return e.name; } })`,
  `(() => { function* g() { try { yield 1; yield 2; } finally { done.push('finally'); } } const done = []; const [a] = g().map((x) => x + 1).filter(Boolean).take(5); return [a, done]; })()`,
  `Iterator.from({ next: () => ({ value: 1, done: false }) }).map((x) => x + 1).take(2).toArray()`,
];
