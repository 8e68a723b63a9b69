import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { wat } from '../support/guest/wat.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { checkedResponse } from './case.ts';

/** The same cases in every run of the tests; `FUZZ_SEED` and `FUZZ_RUNS` explore others. */
const seed = Number(process.env.FUZZ_SEED ?? 20_261_122);
const numRuns = Number(process.env.FUZZ_RUNS ?? 150);

let fixtures: Fixtures;
let engine: EngineProcess;
const limits = { timeoutMs: 200, memoryMb: 32 };

beforeAll(async () => {
  fixtures = await startFixtures();
  engine = await startEngine({
    ENGINE_SANDBOXES: '2',
    ENGINE_TRUSTED_ORIGINS: fixtures.origin,
  });
});
afterAll(async () => {
  await engine.stop();
  await fixtures.close();
});

/** Runs code of which nothing is known; whatever it does, the answer keeps to the contract. */
async function survives(code: string | Uint8Array, type: 'javascript' | 'wasm'): Promise<void> {
  const url = fixtures.publish(code, type === 'wasm' ? 'wasm' : 'js');
  const answer = await engine.execute({ url, type, input: { a: [1, 'x'] }, limits });
  const { error } = checkedResponse(answer);
  expect(['SANDBOX_CRASHED', 'INTERNAL_ERROR', 'OVERLOADED']).not.toContain(error?.code);
  expect(answer.durationMs).toBeLessThan(limits.timeoutMs + 5000);
}

const modules: readonly Uint8Array[] = [
  wat(`(module (memory (export "memory") 1 4) (table 4 8 funcref) (elem (i32.const 0) $f $g)
    (global $n (mut i32) (i32.const 3)) (data (i32.const 8) "some data")
    (func $f (param i32) (result i32) (i32.mul (local.get 0) (global.get $n)))
    (func $g (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "main") (result i32) (local $i i32)
      (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (i32.store (local.get $i) (call_indirect (param i32) (result i32) (local.get $i) (i32.and (local.get $i) (i32.const 1))))
        (br_if $l (i32.lt_u (local.get $i) (i32.const 1000))))
      (drop (memory.grow (i32.const 1)))
      (i32.load (i32.const 500))))`),
  wat(`(module (import "env" "app_log" (func $log (param i32 i32 i32 i32)))
    (import "env" "capture_stdout" (func $print (param i32 i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "infohello world\\n")
    (data (i32.const 100) "\\04\\00\\00\\00\\0c\\00\\00\\00")
    (func (export "_start") (call $log (i32.const 0) (i32.const 4) (i32.const 4) (i32.const 5))
      (call $print (i32.const 4) (i32.const 12)) (drop (call $random (i32.const 200) (i32.const 64)))
      (drop (call $write (i32.const 1) (i32.const 100) (i32.const 1) (i32.const 108)))))`),
];

const mutation = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(), to: fc.nat(255) }),
    fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), to: fc.nat(7) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), to: fc.nat(8) }),
    fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), to: fc.nat(64) }),
  ),
  { minLength: 1, maxLength: 6 },
);

type Mutations = ReturnType<typeof mutation.generate>['value'];

function mutate(bytes: Uint8Array, mutations: Mutations): Uint8Array {
  let mutated = Buffer.from(bytes);
  for (const { kind, at, to } of mutations) {
    // The magic number stays, so that it is taken for a module.
    const index = 8 + (at % Math.max(1, mutated.length - 8));
    const byte = mutated[index] ?? 0;
    if (kind === 'set') mutated[index] = to;
    else if (kind === 'flip') mutated[index] = byte ^ (1 << to);
    else if (kind === 'cut') {
      mutated = Buffer.concat([mutated.subarray(0, index), mutated.subarray(index + to)]);
    } else {
      const piece = mutated.subarray(index, index + to);
      mutated = Buffer.concat([mutated.subarray(0, index), piece, mutated.subarray(index)]);
    }
  }
  return mutated;
}

describe('whatever the code is, the engine answers and goes on', () => {
  test('modules with bytes changed, cut and repeated', async () => {
    const loan = await readFile(new URL('../../examples/loan.wasm', import.meta.url));
    const sources = [...modules, Uint8Array.from(loan)];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sources), mutation, (bytes, mutations) =>
        survives(mutate(bytes, mutations), 'wasm'),
      ),
      { seed, numRuns },
    );
  });

  /** Pieces of JavaScript that mean trouble to one another. */
  const pieces = [
    ...['for (;;)', 'while (x)', 'async', 'await', 'function*', 'yield', 'class A extends', '=>'],
    ...['{', '}', '(', ')', '[', ']', ';', ',', '.', '?.', '...', '`', '${', "'", '"', '/', '//'],
    ...['x', 'input', 'env', 'this', 'globalThis', 'arguments', 'new.target', 'import.meta'],
    ...['import', 'export default', 'import("x")', 'throw', 'return', 'try', 'catch', 'finally'],
    ...[
      'let x =',
      'var x =',
      'const',
      '+',
      '-',
      '**',
      '<<',
      '=',
      '??=',
      '0',
      '1n',
      '1e999',
      '"\\ud800"',
    ],
    ...[
      'Proxy',
      'Reflect',
      'Symbol.iterator',
      '__proto__',
      'constructor',
      'toJSON',
      'then',
      'get x()',
    ],
    ...[
      'console.log(',
      'fetch(',
      'app_log(',
      'setTimeout(',
      'structuredClone(',
      'new URL(',
      'JSON.stringify(',
    ],
    ...[
      'crypto.subtle.digest(',
      'new TextDecoder(',
      'new Blob(',
      'new Response(',
      'atob(',
      'new ReadableStream(',
    ],
    ...[
      'Array(1e9)',
      'new Uint8Array(1e6)',
      '"x".repeat(1e6)',
      '/(a+)+$/',
      'Promise.reject(1)',
      '\n',
      '\u2028',
    ],
  ];

  test('scripts put together from what means trouble', async () => {
    const script = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 30 })
      .map((words) => words.join(' '));
    await fc.assert(
      fc.asyncProperty(script, (code) => survives(code, 'javascript')),
      { seed, numRuns: 2 * numRuns },
    );
  });

  /** Expressions that parse, handed to functions that trust nobody. */
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        ...['undefined', 'null', 'NaN', '-0', '1e300', '2n ** 64n', '"\\ud800"', 'Symbol.iterator'],
        ...[
          'new Proxy({}, {})',
          'Object.create(null)',
          '(() => {})',
          'new Date(NaN)',
          '/x/g',
          'new Map()',
        ],
        ...[
          'new Error("e")',
          'new Uint8Array(8)',
          'Promise.resolve(1)',
          'globalThis',
          '(function* () {})()',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
      fc
        .array(tie('value'), { maxLength: 3 })
        .map(
          (items) =>
            `({${items.map((item, index) => `${['then', 'toJSON', 'toString', 'length', 'x'][index] ?? 'y'}: ${item}`).join()}})`,
        ),
    ),
  })).value as fc.Arbitrary<string>;
  const callees = [
    ...[
      'console.log',
      'console.table',
      'app_log',
      'fetch',
      'new URL',
      'new Headers',
      'new Request',
    ],
    ...[
      'structuredClone',
      'setTimeout',
      'atob',
      'btoa',
      'new Blob',
      'new File',
      'new FormData',
      'new Response',
    ],
    ...[
      'new TextDecoder',
      'new TextEncoder().encode',
      'crypto.getRandomValues',
      'crypto.subtle.digest',
    ],
    ...[
      'crypto.subtle.importKey',
      'crypto.subtle.generateKey',
      'new URLPattern',
      'new Intl.NumberFormat',
    ],
    ...[
      'new Intl.DateTimeFormat',
      'new CompressionStream',
      'new ReadableStream',
      'new AbortController().abort',
    ],
    ...[
      'AbortSignal.any',
      'AbortSignal.timeout',
      'new EventTarget().addEventListener',
      'new Event',
      'new CustomEvent',
    ],
    ...[
      'new DOMException',
      'queueMicrotask',
      'performance.mark',
      'URL.createObjectURL',
      'JSON.parse',
      'JSON.stringify',
    ],
  ];

  test('functions of the platform called with anything', async () => {
    const call = fc.tuple(fc.constantFrom(...callees), fc.array(value, { maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), (calls) =>
        survives(
          calls
            .map(
              ([callee, args]) =>
                `try { console.log(await ${callee}(${args.join()})) } catch (e) { console.log(e) }`,
            )
            .join('\n'),
          'javascript',
        ),
      ),
      { seed, numRuns },
    );
  });
});
