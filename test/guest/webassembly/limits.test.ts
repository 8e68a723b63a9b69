import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inspect } from '../../../lambda/guest/wasm-binary/inspect.ts';
import { bound, grantPages } from '../../../lambda/guest/webassembly/module/limits.ts';
import { createWasmRuntime } from '../../../lambda/guest/webassembly/runtime.ts';
import type { GuestOptions } from '../../support/guest/wasm-guest.ts';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import { wat } from '../../support/guest/wat.ts';

const MiB = 2 ** 20;
const within = (mebibytes: number): GuestOptions => ({ limits: { memoryBytes: mebibytes * MiB } });

describe('memory', () => {
  test('grows up to the limit of the run and answers -1 beyond', async () => {
    const growing = wat(`(module (memory (export "memory") 1)
      (func (export "run") (result i32 i32 i32 i32)
        (memory.grow (i32.const 254)) (memory.grow (i32.const 1)) (memory.grow (i32.const 1))
        (memory.size)))`);
    const run = await runGuest(growing, within(16));
    expect(run).toMatchObject({
      outcome: { resultJson: '[1,255,-1,256]' },
      memoryPeakBytes: 16 * MiB,
    });
    expect((await runGuest(growing, within(17))).outcome).toMatchObject({
      resultJson: '[1,255,256,257]',
    });
  });

  test.each([
    ['its own', '(memory 257)'],
    ['its own, larger than any', '(memory 65536)'],
    ['an imported one', '(import "env" "memory" (memory 257))'],
    ['two together', '(memory 128) (memory 129)'],
    ['a table', '(table 500000 funcref)'],
    ['a memory and a table', '(memory 200) (table 100000 funcref)'],
    ['tables larger than the engine has', '(table 900000 funcref) (table 900000 externref)'],
  ])(
    'over the limit at the start is told before anything runs: %s',
    async (_what, declarations) => {
      const run = await runGuest(wat(`(module ${declarations} (func (export "run")))`), within(16));
      expect(run.outcome).toMatchObject({
        error: { code: 'MEMORY_LIMIT', details: { limit: 'memoryMb', value: 16 } },
      });
    },
  );

  test('a maximum of the module is kept where it is below the limit', async () => {
    const { outcome } = await runGuest(
      wat(`(module (memory 1 3) (func (export "run") (result i32 i32)
        (memory.grow (i32.const 2)) (memory.grow (i32.const 1))))`),
    );
    expect(outcome).toMatchObject({ resultJson: '[1,-1]' });
  });

  test('several memories share the limit, and one takes what others cannot use', async () => {
    const sharing = wat(`(module (memory $one 1) (memory $two 1 10)
      (func (export "run") (result i32 i32 i32)
        (memory.grow $one (i32.const 246)) (memory.grow $one (i32.const 245))
        (memory.grow $two (i32.const 9))))`);
    expect(await runGuest(sharing, within(16))).toMatchObject({
      outcome: { resultJson: '[-1,1,1]' },
      memoryPeakBytes: 16 * MiB,
    });
  });

  test.each([
    ['traps', 'unreachable'],
    ['uses what it was not given', '(drop (i32.load (i32.const -8)))'],
    ['calls what it could not store', '(call_indirect (i32.const 3))'],
    ['aborts', '(call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))'],
  ])('a program that was refused memory and then %s is told of the limit', async (_what, end) => {
    const { outcome } = await runGuest(
      wat(`(module (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
        (memory 1) (table 1 funcref)
        (func (export "run") (drop (memory.grow (i32.const 256))) ${end}))`),
      within(16),
    );
    expect(outcome).toMatchObject({
      error: { code: 'MEMORY_LIMIT', details: { limit: 'memoryMb', value: 16 } },
    });
  });

  test.each([
    ['got what it asked for', '(memory 1)', '(drop (memory.grow (i32.const 255)))'],
    ['is at its own maximum', '(memory 1 2)', '(drop (memory.grow (i32.const 2)))'],
    ['never asked', '(memory 256)', ''],
  ])('a program that %s and traps is told of its trap', async (_what, memory, body) => {
    const { outcome } = await runGuest(
      wat(`(module ${memory} (func (export "run") ${body} unreachable))`),
      within(16),
    );
    expect(outcome).toMatchObject({ error: { code: 'WASM_TRAP', message: 'unreachable' } });
  });

  test('a program that can do with less goes on after a refusal', async () => {
    const { outcome } = await runGuest(
      wat(`(module (memory 1) (func (export "run") (result i32)
        (drop (memory.grow (i32.const 1000))) (memory.grow (i32.const 1))))`),
      within(16),
    );
    expect(outcome).toMatchObject({ status: 'success', resultJson: '1' });
  });

  test('is new for every run, though the module is compiled once', async () => {
    const counting =
      wat(`(module (memory 1) (global $calls (mut i32) (i32.const 0)) (table 1 externref)
      (func (export "run") (result i32 i32)
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (i32.load (i32.const 0)) (global.get $calls)))`);
    const runtime = createWasmRuntime();
    expect((await runGuest(counting, { runtime })).outcome).toMatchObject({ resultJson: '[1,1]' });
    const [hash] = runtime.kept();
    if (hash === undefined) throw new Error('nothing was kept');
    for (const mebibytes of [16, 64]) {
      const kept = { runtime, sha256: hash, codeKept: true, ...within(mebibytes) };
      expect((await runGuest(counting, kept)).outcome).toMatchObject({ resultJson: '[1,1]' });
    }
  });
});

describe('tables', () => {
  test('grow by a bounded number of elements', async () => {
    const { outcome } = await runGuest(
      wat(`(module (table $one 10 externref) (table $two 1 2 funcref)
        (func (export "run") (result i32 i32 i32)
          (table.grow $one (ref.null extern) (i32.const 8192))
          (table.grow $one (ref.null extern) (i32.const 1))
          (table.grow $two (ref.null func) (i32.const 1))))`),
      within(16),
    );
    expect(outcome).toMatchObject({ resultJson: '[10,-1,1]' });
  });

  test('of a constant size stay as they are', async () => {
    const code = wat(`(module (table 2 2 funcref) (elem (i32.const 0) $one $one)
      (func $one (result i32) (i32.const 1))
      (func (export "run") (result i32) (call_indirect (result i32) (i32.const 1))))`);
    expect((await runGuest(code)).outcome).toMatchObject({ resultJson: '1' });
    const table = inspect(bound(code, inspect(code)).bytes).definedTables[0];
    expect(table?.limits).toMatchObject({ min: 2n, max: 2n });
  });
});

test('objects of the garbage collection proposal can be used', async () => {
  // (module (type (struct (field i32))) (func (export "run") (result i32)
  //   (struct.get 0 0 (struct.new_default 0))))
  const code = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x09, 0x02, 0x5f, 0x01, 0x7f, 0x00, 0x60, 0x00, 0x01, 0x7f],
    ...[0x03, 0x02, 0x01, 0x01],
    ...[0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00],
    ...[0x0a, 0x0b, 0x01, 0x09, 0x00, 0xfb, 0x01, 0x00, 0xfb, 0x02, 0x00, 0x00, 0x0b],
  ]);
  expect((await runGuest(code)).outcome).toMatchObject({ status: 'success', resultJson: '0' });
});

describe('compiled modules', () => {
  test('are kept by the hash of their code, the last used longest', async () => {
    const runtime = createWasmRuntime();
    const numbered = (number: number): Uint8Array =>
      wat(`(module (func (export "run") (result i32) (i32.const ${number})))`);
    for (let number = 0; number < 70; number += 1) await runGuest(numbered(number), { runtime });
    expect(runtime.kept()).toHaveLength(64);
    const before = new Set(runtime.kept());
    await runGuest(numbered(69), { runtime });
    expect(new Set(runtime.kept())).toEqual(before);
  });

  test('that failed to compile or link are not served from memory', async () => {
    const runtime = createWasmRuntime();
    await runGuest(Uint8Array.of(0, 1, 2), { runtime });
    expect(runtime.kept()).toEqual([]);
  });
});

describe('the rewriter', () => {
  const limits = fc
    .tuple(fc.nat(40), fc.option(fc.nat(40)))
    .map(([min, more]) => (more === null ? `${min}` : `${min} ${min + more}`));
  const modules = fc
    .record({
      imported: fc.array(limits, { maxLength: 2 }),
      memories: fc.array(limits, { maxLength: 3 }),
      tables: fc.array(
        limits.chain((size) => fc.constantFrom(`${size} funcref`, `${size} externref`)),
        { maxLength: 3 },
      ),
      start: fc.boolean(),
    })
    .map(({ imported, memories, tables, start }) => {
      const count = imported.length + memories.length;
      const grow = Array.from(
        { length: count },
        (_, index) => `(drop (memory.grow ${index} (i32.const 7)))`,
      );
      const sizes = Array.from({ length: count }, (_, index) => `(memory.size ${index})`);
      return wat(`(module
        ${imported.map((size, index) => `(import "env" "memory${index}" (memory ${size}))`).join('\n')}
        ${memories.map((size) => `(memory ${size})`).join('\n')}
        ${tables.map((type) => `(table ${type})`).join('\n')}
        (global $started (mut i32) (i32.const 0))
        (func $start (global.set $started (i32.const 1)))
        ${start ? '(start $start)' : ''}
        (func (export "run") (result i32 ${'i32 '.repeat(count)}) ${grow.join(' ')}
          (global.get $started) ${sizes.join(' ')}))`);
    });

  test('leaves no memory unbounded, and a module that behaves as before within its limits', async () => {
    await fc.assert(
      fc.asyncProperty(modules, fc.integer({ min: 16, max: 24 }), async (code, mebibytes) => {
        const shape = inspect(code);
        const bounded = bound(code, shape);
        const after = inspect(bounded.bytes);
        expect(after.definedMemories).toEqual([]);
        expect(after.start).toBeNull();
        for (const { limits: size } of after.definedTables) expect(size.max).not.toBeNull();
        const grants = grantPages(bounded, mebibytes * MiB);
        expect(grants.reduce((sum, pages) => sum + pages, 0)).toBeLessThanOrEqual(mebibytes * 16);

        const { outcome, memoryPeakBytes } = await runGuest(code, within(mebibytes));
        expect(memoryPeakBytes).toBeLessThanOrEqual(mebibytes * MiB);
        const [started, ...sizes] = [
          outcome.status === 'success' ? JSON.parse(outcome.resultJson) : outcome,
        ].flat();
        expect(started).toBe(shape.start === null ? 0 : 1);
        bounded.memories.forEach(({ minPages, maxPages }, index) => {
          const grown = minPages + 7 <= Math.min(maxPages, grants[index] ?? 0);
          expect(sizes[index]).toBe(grown ? minPages + 7 : minPages);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('any damage to a module ends in an error of the contract or in a run', async () => {
    const seeds = [
      wat(`(module (import "env" "capture_stdout" (func $out (param i32 i32))) (memory 1 2)
        (table 2 funcref) (elem (i32.const 0) $f) (data (i32.const 8) "text")
        (global (mut i64) (i64.const 5))
        (func $f (export "run") (result i32) (call $out (i32.const 8) (i32.const 4)) (i32.const 3)))`),
      wat(`(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (func $start) (start $start) (func (export "_start")))`),
    ];
    const damaged = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(20),
      )
      .map(([seed, edits, cut]) => {
        const bytes = Uint8Array.from(seed);
        for (const [at, value] of edits) bytes[8 + (at % (bytes.length - 8))] = value;
        return bytes.subarray(0, bytes.length - (cut > 10 ? cut - 10 : 0));
      });
    const codes = [
      'WASM_INVALID',
      'WASM_LINK_ERROR',
      'WASM_TRAP',
      'ENTRYPOINT_NOT_FOUND',
      'MEMORY_LIMIT',
      'STACK_OVERFLOW',
      'INVALID_REQUEST',
    ];
    await fc.assert(
      fc.asyncProperty(damaged, async (code) => {
        if (containsLoop(code)) return;
        const { outcome } = await runGuest(code, within(16));
        if (outcome.status === 'error') expect(codes).toContain(outcome.error.code);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Nothing in this process could stop an endless loop (0x03); other tests run such modules apart. */
function containsLoop(code: Uint8Array): boolean {
  return code.includes(0x03, 8);
}
