/** Requests that fail, or that try to harm those which run after them or beside them. */

import { wat } from '../support/guest/wat.ts';
import { type Sort, script } from './sort.ts';

const short = { timeoutMs: 150 };
const tight = { memoryMb: 16 };

const module =
  (text: string): Sort['publish'] =>
  (fixtures) =>
    fixtures.publish(wat(text), 'wasm');

const timeSorts: readonly Sort[] = [
  {
    name: 'a loop',
    weight: 1,
    publish: script('for (;;);'),
    limits: short,
    expect: 'TIMEOUT',
  },
  {
    name: 'a fetch that hangs',
    weight: 1,
    publish: script(`await fetch('{origin}/hang')`),
    limits: short,
    expect: 'TIMEOUT',
  },
  {
    name: 'an import that hangs',
    weight: 0.5,
    publish: script(`await import('{origin}/hang.js')`),
    limits: short,
    expect: 'TIMEOUT',
  },
  {
    name: 'an endless module',
    weight: 1,
    publish: module('(module (func (export "main") (loop $l (br $l))))'),
    limits: short,
    expect: 'TIMEOUT',
  },
  {
    name: 'work on other threads that outlives its run',
    weight: 0.5,
    publish: script(
      `const k = await crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']); await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(8), iterations: 5000000 }, k, 512)`,
    ),
    limits: short,
    expect: 'TIMEOUT',
  },
  {
    name: 'output without end',
    weight: 0.5,
    publish: script(`for (;;) console.log('x'.repeat(1000))`),
    limits: short,
    expect: 'TIMEOUT',
  },
  {
    name: 'a graph that is walked after the run has thrown',
    weight: 1,
    publish: script(
      `try { await import('{origin}/loop.js?n=0') } catch {}
       import('{origin}/loop.js?n=1').catch(() => {});
       throw new Error('over')`,
      'mjs',
    ),
    expect: 'RUNTIME_ERROR',
  },
  {
    name: 'a fetch that nobody waits for',
    weight: 1,
    publish: script(`fetch('{origin}/json').then(() => console.log('heard')); throw new Error()`),
    expect: 'RUNTIME_ERROR',
    check: ({ stdout }) => (stdout === '' ? undefined : `printed ${stdout}`),
  },
  {
    name: 'fetches that are aborted',
    weight: 1,
    publish: script(
      `for (let i = 0; i < 5; i++) {
         const aborting = new AbortController();
         const answer = fetch('{origin}/hang', { signal: aborting.signal }).catch((e) => e.name);
         setTimeout(() => aborting.abort(), i);
         await answer;
       }
       'aborted'`,
    ),
    expect: 'success',
  },
];

const memorySorts: readonly Sort[] = [
  {
    name: 'memory at the tightest',
    weight: 2,
    publish: script('const a = []; for (;;) a.push(new ArrayBuffer(1 << 16))'),
    limits: tight,
    expect: 'MEMORY_LIMIT',
  },
  {
    name: 'memory at the default',
    weight: 1,
    publish: script('const a = []; for (;;) a.push(new ArrayBuffer(1 << 20))'),
    expect: 'MEMORY_LIMIT',
  },
  {
    name: 'calls of the host where no memory is left',
    weight: 2,
    publish: script(
      `const held = [];
       for (let size = 1 << 20; size >= 16; size >>= 1) try { for (;;) held.push(new Uint8Array(size)) } catch {}
       for (const call of [
         () => new TextDecoder('x'.repeat(50)),
         () => new TextEncoder().encode('ä'.repeat(300)),
         () => new TextDecoder('utf-16le').decode(new Uint8Array(512)),
         () => new URL('https://example.com/' + 'x'.repeat(200)),
         () => app_log('info', 'x'.repeat(500)),
         () => console.log('x'.repeat(500)),
         () => btoa('x'.repeat(300)),
       ]) for (let i = 0; i < 20; i++) try { call(); held.pop() } catch {}
       held.length = 0; 1`,
    ),
    limits: tight,
    expect: ['success', 'MEMORY_LIMIT', 'STACK_OVERFLOW'],
  },
  {
    name: 'memory that grows before an import of JSON',
    weight: 1,
    publish: script(
      `const block = new Uint32Array(5 << 20).fill(0x41414141);
       const { default: value } = await import('{origin}/json', { with: { type: 'json' } });
       export default [value.answer, block.length]`,
      'mjs',
    ),
    expect: 'success',
    check: ({ result }) =>
      String(result) === `42,${5 << 20}` ? undefined : `came back as ${result}`,
  },
  {
    name: 'a module that grows without end',
    weight: 1,
    publish: module(
      '(module (memory 1) (func (export "main") (loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable))',
    ),
    expect: ['MEMORY_LIMIT', 'WASM_TRAP'],
  },
  {
    name: 'formatters in bulk',
    weight: 0.2,
    publish: script(
      `const kept = []; for (let i = 0; i < 3000; i++) kept.push(new Intl.DateTimeFormat('de', { hour: 'numeric', timeZone: 'UTC' }).format(i)); kept.length`,
    ),
    expect: 'success',
  },
];

const outcomeSorts: readonly Sort[] = [
  {
    name: 'an error',
    weight: 10,
    publish: script(`throw new TypeError('as expected')`),
    expect: 'RUNTIME_ERROR',
  },
  { name: 'a syntax error', weight: 2, publish: script('let let'), expect: 'SYNTAX_ERROR' },
  {
    name: 'a stack that the script has written',
    weight: 1,
    publish: script(
      `const e = new Error('placed'); e.stack = 'Error: placed\\n    at f ({origin}/x.js:1:10000000)\\n'.repeat(50) + '    at <anonymous> (' + 'y'.repeat(5000) + ':99999999:99999999)'; throw e`,
    ),
    expect: 'RUNTIME_ERROR',
  },
  {
    name: 'an error without end',
    weight: 1,
    publish: script(
      `let e = new Error('x'.repeat(100_000)); for (let i = 0; i < 1000; i++) e = new AggregateError([e, e], 'y'.repeat(1000), { cause: e }); throw e`,
    ),
    expect: 'RUNTIME_ERROR',
  },
  {
    name: 'a result that is too large',
    weight: 1,
    publish: script(`'x'.repeat(20_000_000)`),
    expect: 'RESULT_TOO_LARGE',
  },
  {
    name: 'a result with no JSON',
    weight: 1,
    publish: script('const a = {}; a.a = a; a'),
    expect: 'RESULT_NOT_SERIALIZABLE',
  },
  {
    name: 'logs without measure',
    weight: 1,
    publish: script(
      `for (let i = 0; i < 2000; i++) app_log('warn', 'x'.repeat(5000), { i, deep: [[[[i]]]] }); 1`,
    ),
    expect: 'success',
  },
  {
    name: 'recursion',
    weight: 2,
    publish: script('const f = () => f() + 1; f()'),
    expect: 'STACK_OVERFLOW',
  },
  {
    name: 'recursion in a module',
    weight: 1,
    publish: script('export default function f(n) { return f(n) + f(n) }', 'mjs'),
    expect: 'STACK_OVERFLOW',
  },
  {
    name: 'recursion in WebAssembly',
    weight: 1,
    publish: module('(module (func $f (export "main") (call $f) (call $f)))'),
    expect: 'STACK_OVERFLOW',
  },
  {
    name: 'a trap',
    weight: 1,
    publish: module('(module (func (export "main") unreachable))'),
    expect: 'WASM_TRAP',
  },
  {
    name: 'garbage for a module',
    weight: 1,
    publish: (fixtures) => fixtures.publish(Buffer.from('0061736d01000000ffffff', 'hex')),
    expect: 'WASM_INVALID',
  },
  {
    name: 'a chain of modules without end',
    weight: 0.5,
    publish: script(`import '{origin}/loop.js?n=1'; export default 1`, 'mjs'),
    expect: 'IMPORT_FAILED',
  },
];

const brokenLanguageSorts: readonly Sort[] = [
  {
    name: 'functions of the language that answer nothing',
    weight: 1,
    publish: script(
      `Set.prototype.has = () => true; Map.prototype.get = () => undefined;
       JSON.stringify = () => undefined; JSON.parse = () => ({}); Array.prototype.map = () => 7;
       try { app_log('no level', {}, {}) } catch {}
       try { await fetch('{origin}/json') } catch {}
       throw new Error('broken')`,
    ),
    expect: 'RUNTIME_ERROR',
  },
  {
    name: 'getters and setters on every object',
    weight: 1,
    publish: script(
      `for (const name of ['0', 'status', 'ok', 'url', 'type', 'then', 'value', 'code', 'details'])
         Object.defineProperty(Object.prototype, name, { get() { throw new Error(name) }, set() { for (let i = 0; i < 100; i++); }, configurable: true });
       try { app_log('info', 'm', { a: 1 }) } catch {}
       try { console.log([1, { a: 2 }]) } catch {}
       try { await fetch('{origin}/json') } catch {}
       throw 1`,
    ),
    expect: 'RUNTIME_ERROR',
  },
];

export const hostileSorts: readonly Sort[] = [
  ...timeSorts,
  ...memorySorts,
  ...outcomeSorts,
  ...brokenLanguageSorts,
];
