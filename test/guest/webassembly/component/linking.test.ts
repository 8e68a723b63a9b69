import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../lambda/contract/errors.ts';
import { createWasmRuntime } from '../../../../lambda/guest/webassembly/runtime.ts';
import { component } from '../../../support/guest/components.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';

const linked = component('linked');

const call = async (entrypoint: string, args: readonly Json[] = []) =>
  (await runGuest(linked, { entrypoint, args })).outcome;

describe('components within a component call each other', () => {
  test.each(['', 'plain', 'Grüße', '世界 😀', '\u0000\u00ff\u0100'])(
    'the text %j passes from encoding to encoding',
    async (text) => {
      const resultJson = JSON.stringify(text);
      expect(await call('through', [text])).toMatchObject({ status: 'success', resultJson });
      expect(await call('wide', [text])).toMatchObject({ status: 'success', resultJson });
    },
  );

  test('resources of one are used, and dropped, by another', async () => {
    expect(await call('count', [7])).toMatchObject({ resultJson: String(2 * 1_000_000 + 1007) });
  });

  test('a handle that was dropped is none', async () => {
    expect(await call('drop-twice')).toMatchObject({
      error: { code: 'WASM_TRAP', message: expect.stringContaining('unknown handle') },
    });
  });
});

describe('what a component cannot have', () => {
  test('each import that the host lacks is named', async () => {
    const { outcome } = await runGuest(component('lacking'));
    expect(outcome).toMatchObject({
      error: {
        code: 'WASM_LINK_ERROR',
        details: [
          {
            module: 'wasi:io/streams@0.2.3',
            name: 'no-such',
            wanted: 'func(n: u32)',
            reason: expect.stringContaining('has no such function'),
          },
          { module: 'acme:mail/send', name: 'send', wanted: 'func(to: string) -> bool' },
          { module: '', name: 'log', wanted: 'func()' },
        ],
      },
    });
  });

  test('WASI 0.3 is refused by name', async () => {
    const { outcome } = await runGuest(component('later'));
    expect(outcome).toMatchObject({
      error: { code: 'WASM_LINK_ERROR', message: expect.stringMatching(/WASI 0\.3.*wasip2/) },
    });
  });

  test('the memories of all of its modules count together', async () => {
    const { outcome } = await runGuest(component('greedy'));
    expect(outcome).toMatchObject({
      error: { code: 'MEMORY_LIMIT', details: { limit: 'memoryMb' } },
    });
  });

  test('components that multiply are not instantiated without end', async () => {
    const { outcome } = await runGuest(component('explosive'));
    expect(outcome).toMatchObject({
      error: { code: 'WASM_INVALID', message: expect.stringContaining('more than 1000') },
    });
  });
});

test('a second run compiles nothing: the code need not even be sent', async () => {
  const runtime = createWasmRuntime();
  const options = { runtime, entrypoint: 'count', args: [1], sha256: 'of-linked' };
  const first = await runGuest(linked, options);
  expect(runtime.kept()).toContain('of-linked');
  const second = await runGuest(linked, { ...options, codeKept: true });
  expect(second.outcome).toEqual(first.outcome);
});
