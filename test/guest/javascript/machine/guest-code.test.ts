/** The host's functions run no code of a script, and a script's functions are called as they are. */

import { afterAll, describe, expect, test } from '@jest/globals';
import { type Program, watchMachines } from '../../../support/guest/machine-memory.ts';

const { Memory } = WebAssembly;
const machines = await watchMachines();
afterAll(() => {
  WebAssembly.Memory = Memory;
});

async function resultOf(program: Program): Promise<unknown> {
  const { outcome } = await machines.run(program);
  return outcome.status === 'success' ? JSON.parse(outcome.resultJson) : outcome.error;
}

describe('A setter of a script is not called', () => {
  test.each([
    [
      'by a console that shows a promise',
      'Array.prototype',
      '1',
      'console.log(Promise.resolve(1))',
    ],
    ['by a console that shows a rejection', 'Array.prototype', '1', 'console.log(rejected)'],
    ['by an error of the host', 'Error.prototype', 'name', `new TextDecoder('no-such-label')`],
    ['by an error of the host', 'Error.prototype', 'message', `new URL('nothing')`],
    ['by an error of the host', 'Object.prototype', 'message', `new URL('nothing')`],
  ])('%s: %s %s', async (_name, target, key, action) => {
    const source = `
      const rejected = Promise.reject(1);
      rejected.catch(() => {});
      let calls = 0;
      Object.defineProperty(${target}, '${key}', { configurable: true, get() {}, set() { calls++ } });
      try { ${action} } catch {}
      delete ${target}['${key}'];
      calls`;
    expect(await resultOf({ source })).toBe(0);
  });
});

test('A setter that loops for ever stops no console, and is stopped where it loops', async () => {
  const source = `
    Object.defineProperty(Array.prototype, 1, { configurable: true, set() { for (;;); } });
    console.log(Promise.resolve('shown'));
    const list = [0];
    list[1] = 'set';
    console.log('went on');`;
  const { outcome, output } = await machines.run({
    source,
    limits: { timeoutMs: 2000, cpuMs: 2000 },
  });
  expect(outcome).toMatchObject({ status: 'error', error: { code: 'TIMEOUT' } });
  expect(output).toBe("Promise { 'shown' }\n");
});

describe('A callback is called without what a script has put in the place of its methods', () => {
  const spoil = `
    let calls = 0;
    const count = () => { calls++ };
    count.call = count.apply = count.bind = undefined;
    const proxy = new Proxy(count, { get: () => undefined, has: () => false });
    const later = () => new Promise((resolve) => setTimeout(resolve, 20));`;
  test.each([
    ['setTimeout', 'setTimeout(count); setTimeout(proxy)'],
    [
      'setInterval',
      'for (const f of [count, proxy]) { const id = setInterval(f, 1); setTimeout(() => clearInterval(id), 2) }',
    ],
    ['queueMicrotask', 'queueMicrotask(count); queueMicrotask(proxy)'],
    [
      'addEventListener',
      `const target = new EventTarget();
       target.addEventListener('a', count); target.addEventListener('a', proxy);
       target.dispatchEvent(new Event('a'))`,
    ],
    [
      'onabort',
      'for (const f of [count, proxy]) { const c = new AbortController(); c.signal.onabort = f; c.abort() }',
    ],
    [
      'the source of a stream',
      'for (const pull of [count, proxy]) new ReadableStream({ pull }, { highWaterMark: 1 })',
    ],
    [
      'the sink of a stream',
      `for (const write of [count, proxy]) { const w = new WritableStream({ write }).getWriter(); w.write(1) }`,
    ],
    [
      'the transformer of a stream',
      `for (const transform of [count, proxy]) {
         const w = new TransformStream({ transform }, {}, { highWaterMark: 1 }).writable.getWriter(); w.write(1) }`,
    ],
  ])('%s', async (_name, action) => {
    const source = `${spoil} ${action}; await later(); calls >= 2`;
    expect(await resultOf({ source })).toBe(true);
  });

  test('not even where the script has replaced the methods of all functions', async () => {
    const source = `${spoil}
      setTimeout(proxy);
      queueMicrotask(proxy);
      addEventListener('a', proxy);
      Function.prototype.call = Function.prototype.apply = Reflect.apply = undefined;
      dispatchEvent(new Event('a'));
      await later(); calls`;
    expect(await resultOf({ source })).toBe(3);
  });
});
