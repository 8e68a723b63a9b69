/** Stacks of errors name the asynchronous functions that await, as V8's do. */

import { describe, expect, test } from '@jest/globals';
import { evaluateInNode } from '../../../support/guest/node.ts';
import { evaluate } from '../../../support/guest/realm.ts';

const functions = `
  async function inner(kind) { await null; if (kind === 'native') null.x; throw new Error('deep'); }
  async function middle(kind) { return [await inner(kind)]; }
  const outer = async (kind) => { await middle(kind); };
  class Service { async run(kind) { try { await outer(kind); } finally { void kind; } } }
  const stackOf = async (action) => { try { await action(); } catch (error) { return error.stack; } };
  // Node.js has a frame of its own, and other top levels.
  const framesOf = (stack) => stack.split('\\n').slice(1).map((line) => line.replace(/^ *at /, '').replace(/ ?\\(?[^ (]*:\\d+:\\d+\\)?$/, '').replace('Service.', '')).filter((frame) => frame !== 'async' && !frame.startsWith('process.'));`;

const chains: readonly (readonly [what: string, expression: string])[] = [
  ['functions, arrows and methods', 'framesOf(await stackOf(() => new Service().run()))'],
  ['an error of the language', `framesOf(await stackOf(() => new Service().run('native')))`],
  ['a promise that is handed on', 'framesOf(await stackOf(async () => { await middle(); }))'],
  ['then', 'framesOf(await stackOf(async function last() { await middle().then((x) => x); }))'],
  [
    'a promise that two await: nobody is the one',
    'framesOf(await stackOf(async () => { const p = middle(); p.catch(() => {}); await p; }))',
  ],
  [
    'before the first await: the callers',
    `framesOf(await stackOf(async function last() { await (async function first() { throw new Error('x'); })(); })).slice(0, 2)`,
  ],
  [
    'a function that awaits twice',
    'framesOf(await stackOf(async function last() { await 1; await 2; await inner(); }))',
  ],
  [
    'of recursion, as many as a stack shows',
    `framesOf(await stackOf(async () => { const recur = async (n) => { if (n > 0) await recur(n - 1); else { await 1; throw new Error('end'); } }; await recur(50); })).slice(0, 9)`,
  ],
  [
    'errors that are only made',
    `framesOf(await (async function last() { return await (async function first() { await 1; return new Error('made').stack; })(); })())`,
  ],
];

describe('awaiting functions in stacks', () => {
  test.each(chains)('%s', async (_, expression) => {
    const code = `(async () => { ${functions}\n return JSON.stringify(${expression}); })()`;
    const [expected = ''] = await evaluateInNode([code]);
    const { value, error } = await evaluate(`${code}`);
    expect(error).toBeNull();
    expect(value).toBe(JSON.parse(expected));
  });

  test('an uncaught one ends with the top level, and has the places of the source', async () => {
    const { error } = await evaluate(
      `async function a() { await 1; null.x; }\nasync function b() {\n  await a();\n}\nawait b();`,
    );
    expect(error?.split('\n').slice(2)).toEqual([
      expect.stringMatching(/^ {4}at a \(https:\/\/example\.com\/script\.js:1:\d+\)$/),
      expect.stringMatching(/^ {4}at async b \(https:\/\/example\.com\/script\.js:3:\d+\)$/),
      expect.stringMatching(/^ {4}at async https:\/\/example\.com\/script\.js:5:\d+$/),
    ]);
  });
});
