/** Attempts to leave the realm: what broke vm2, isolated-vm, and other sandboxes before. */

import type { HostileCase } from '../case.ts';

const limits = { timeoutMs: 1000 };
const nothing = { result: 'undefined' };

/** Roads to a `Function` constructor, each of which must lead to the guest's own globals. */
const roads: readonly (readonly [name: string, expression: string])[] = [
  ['constructor.constructor of an object', `({}).constructor.constructor`],
  ['the constructor of console.log', `console.log.constructor`],
  ['the constructor of fetch', `fetch.constructor`],
  ['the constructor of app_log', `app_log.constructor`],
  ['the constructor of setTimeout', `setTimeout.constructor`],
  ['the constructor behind the input', `input.constructor.constructor`],
  ['the constructor behind env', `env.constructor.constructor`],
  [
    'the constructor behind a host error',
    `(() => { try { new URL('::') } catch (e) { return e.constructor.constructor } })()`,
  ],
  [
    'the constructor behind a stack overflow',
    `(() => { const f = () => f(); try { f() } catch (e) { return e.constructor.constructor } })()`,
  ],
  [
    'the constructor behind a DOMException',
    `(() => { try { atob('*') } catch (e) { return e.constructor.constructor } })()`,
  ],
  [
    'the constructor behind a rejected fetch',
    `await fetch('http://10.0.0.1/').catch((e) => e.constructor.constructor)`,
  ],
  [
    'the constructor behind random bytes',
    `crypto.getRandomValues(new Uint8Array(1)).constructor.constructor`,
  ],
  ['the constructor behind an async function', `(async () => {}).constructor`],
  ['the constructor behind a generator', `(function* () {}).constructor`],
  [
    'the constructor behind a promise of the host',
    `crypto.subtle.digest('SHA-256', new Uint8Array()).constructor.constructor`,
  ],
  [
    'the constructor behind a formatted number',
    `(1234.5).toLocaleString().constructor.constructor`,
  ],
];

const unreachable: readonly (readonly [name: string, js: string])[] = [
  ['process is not there', `typeof process`],
  ['require is not there', `typeof require`],
  ['module is not there', `typeof module`],
  ['Deno and Bun are not there', `typeof Deno === 'undefined' ? typeof Bun : 'here'`],
  [
    'the bridge to the host is not there',
    `typeof __host === 'undefined' ? typeof __promiseState : 'here'`,
  ],
  ["QuickJS's own modules are not there", `typeof std === 'undefined' ? typeof os : 'here'`],
  ['WebAssembly is not there', `typeof WebAssembly`],
  ['SharedArrayBuffer cannot build a clock', `typeof Worker`],
  ["an indirect eval sees the guest's globals", `(0, eval)('typeof process')`],
  ["new Function sees the guest's globals", `new Function('return typeof process')()`],
  [
    'arguments.callee.caller gives no host function',
    `(function () { return typeof arguments.callee.caller })()`,
  ],
  [
    "a frame's getThis gives no host object",
    `Error.prepareStackTrace = (_, frames) => frames; const s = new Error().stack; Array.isArray(s) && s.some((f) => typeof f?.getThis === 'function') ? 'here' : 'undefined'`,
  ],
];

export const escapeCases: readonly HostileCase[] = [
  ...roads.map(
    ([name, expression]): HostileCase => ({
      name,
      js: `const F = ${expression}; const r = F('return typeof process + typeof require')(); typeof r?.next === 'function' ? r.next().value : await r`,
      request: { limits },
      expect: 'success',
      like: { result: 'undefinedundefined' },
    }),
  ),
  ...unreachable.map(
    ([name, js]): HostileCase => ({
      name,
      js,
      request: { limits },
      expect: 'success',
      like: nothing,
    }),
  ),
  {
    name: 'a prepareStackTrace hook is handed nothing of the host',
    js: `let seen = []; Error.prepareStackTrace = (e, frames) => { seen.push(String(frames)); return 'x' }; try { new URL('::') } catch (e) { e.stack } try { console.log(new Proxy({}, { get() { throw new Error('x') } })) } catch (e) { e.stack } seen.join()`,
    request: { limits },
    expect: 'success',
  },
  {
    name: 'a proxy with throwing traps handed to every host function',
    js: `const bad = new Proxy(function () {}, new Proxy({}, { get() { return () => { throw (f) => f.constructor('return process')() } } }));
      const caught = [];
      for (const f of [fetch, app_log, atob, btoa, structuredClone, setTimeout, queueMicrotask, console.log, console.table, console.dir, URL, Headers, TextDecoder, Blob, Request, Response]) {
        try { await f(bad, bad, bad) } catch (e) { try { caught.push(typeof e === 'function' ? typeof e(() => {}) : 'error') } catch { caught.push('ReferenceError') } }
      }
      caught.includes('object')`,
    request: { limits },
    expect: ['success', 'RUNTIME_ERROR'],
  },
  ...[
    'node:fs',
    'fs',
    'node:child_process',
    'file:///etc/passwd',
    '/etc/passwd',
    'std',
    'os',
    'module',
  ].map(
    (specifier): HostileCase => ({
      name: `import of ${specifier} at top level`,
      js: `import * as it from ${JSON.stringify(specifier)}; export default Object.keys(it)`,
      request: { limits },
      expect: 'IMPORT_FAILED',
    }),
  ),
  ...['node:fs', 'file:///etc/hostname', 'std'].map(
    (specifier): HostileCase => ({
      name: `dynamic import of ${specifier}`,
      js: `await import(${JSON.stringify(specifier)}).then(() => 'loaded', () => 'refused')`,
      request: { limits },
      expect: 'success',
      like: { result: 'refused' },
    }),
  ),
  {
    name: 'dynamic import of a name made at run time',
    js: `const name = ['node', 'fs'].join(':'); await import(name).then(() => 'loaded', () => 'refused')`,
    request: { limits },
    expect: 'success',
    like: { result: 'refused' },
  },
  {
    name: 'a module graph without end',
    js: `import '{origin}/loop.js'; export default 1`,
    request: { limits: { timeoutMs: 4000 } },
    expect: ['IMPORT_FAILED', 'TIMEOUT'],
  },
  {
    name: 'an imported module that is never delivered',
    js: `import '{origin}/hang'; export default 1`,
    request: { limits: { timeoutMs: 300 } },
    expect: 'TIMEOUT',
  },
  {
    name: 'a module that floods',
    js: `import '{origin}/flood'; export default 1`,
    request: { limits },
    expect: ['IMPORT_FAILED', 'TIMEOUT'],
  },
  {
    name: 'a module that imports itself under a thousand names',
    js: `${Array.from({ length: 1000 }, (_, n) => `import '{origin}/json?n=${n}';`).join('\n')} export default 1`,
    request: { limits: { timeoutMs: 3000 } },
    expect: 'IMPORT_FAILED',
  },
];
