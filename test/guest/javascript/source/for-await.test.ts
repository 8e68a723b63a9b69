/** `for await` closes what it runs over: values are those of Node.js 24. */

import { describe, expect, test } from '@jest/globals';
import { runCode } from '../../../support/guest/module-graph.ts';

type Program = readonly [what: string, code: string, result: unknown];

async function resultOf(code: string): Promise<unknown> {
  const { result, error } = await runCode(code);
  return error === null ? result : `${error.name}: ${error.message}`;
}

describe('for await', () => {
  const source = `const log = [];
    const source = (last, close) => ({
      i: 0,
      [Symbol.asyncIterator]() { return this },
      async next() { return { value: this.i, done: this.i++ >= last } },
      async return() { log.push('closing'); await null; log.push('closed'); return close?.() ?? {} },
    });\n`;
  test.each<Program>([
    [
      'awaits the close, and closes once',
      `for await (const x of source(5)) break; log.push('after break');
       for await (const x of source(2)); log.push('after all'); log`,
      ['closing', 'closed', 'after break', 'after all'],
    ],
    [
      'closes where the body throws, and tells that failure',
      `try { for await (const x of source(5, () => { throw new Error('close') })) throw new Error('body') }
       catch (error) { log.push(error.message) } log`,
      ['closing', 'closed', 'body'],
    ],
    [
      'lets a failure of the close be caught',
      `try { for await (const x of source(5, () => { throw new Error('close') })) break }
       catch (error) { log.push(error.message) } log`,
      ['closing', 'closed', 'close'],
    ],
    [
      'wants an object of the close',
      `try { for await (const x of source(5, () => 1)) break } catch (error) { log.push(error.name) } log`,
      ['closing', 'closed', 'TypeError'],
    ],
    [
      'does not close what has failed itself',
      `const failing = { ...source(1), next: async () => { throw new Error('next') } };
       try { for await (const x of failing); } catch (error) { log.push(error.message) } log`,
      ['next'],
    ],
    [
      'closes where a function returns, and where an outer loop goes on',
      `const f = async () => { for await (const x of source(5)) return x + 10 };
       log.push(await f());
       outer: for (const y of [1, 2]) for await (const x of source(5)) continue outer;
       log`,
      ['closing', 'closed', 10, 'closing', 'closed', 'closing', 'closed'],
    ],
    [
      'continues by a label of its own',
      `a: for await (const x of source(3)) { for (;;) { log.push(x); continue a } } log`,
      [0, 1, 2],
    ],
    [
      'closes where a generator is closed',
      `async function* g() { for await (const x of source(5)) yield x }
       const it = g(); await it.next(); log.push(await it.return(9)); log`,
      ['closing', 'closed', { value: 9, done: true }],
    ],
    [
      'assigns to patterns, members and variables',
      `const o = {}; let v;
       for await ([o.a, v = 5] of [[1]]); for await (o.b of [2]); for await (var w of [3]);
       for await (const { c: [d] } of [{ c: [4] }]) log.push(d);
       [o, v, w, log]`,
      [{ a: 1, b: 2 }, 5, 3, [4]],
    ],
    [
      'has variables of each round',
      `const all = []; for await (const x of [1, 2]) all.push(() => x); all.map((f) => f())`,
      [1, 2],
    ],
    [
      'awaits what arrays and texts hold',
      `for await (const x of [Promise.resolve(1), 2]) log.push(x); for await (const x of 'ab') log.push(x); log`,
      [1, 2, 'a', 'b'],
    ],
    [
      'closes what is not asynchronous',
      `const sync = { [Symbol.iterator]() { return this }, next: () => ({ value: Promise.resolve(1) }),
         return() { log.push('closed'); return {} } };
       for await (const x of sync) break; log`,
      ['closed'],
    ],
    [
      'stands wherever a statement does',
      `const f = async (go) => { if (go) for await (const x of [1]) log.push(x); else log.push('else') };
       await f(true); await f(false); for (const y of [1]) for await (const z of [2]) log.push(y + z); log`,
      [1, 'else', 3],
    ],
    [
      'rejects what cannot be iterated',
      `try { for await (const x of 5); } catch (e) { e.name }`,
      'TypeError',
    ],
    [
      'shows the place of its failure',
      `const f = async () => { for await (const x of [1]) { const y = 2; null.x } };
       await f().catch((e) => e.stack.split('\\n')[1].trim())`,
      'at f (https://code.example/app/main.js:8:71)',
    ],
  ])('%s', async (_, code, result) => {
    expect(await resultOf(source + code)).toEqual(result);
  });
});
