import { beforeAll, describe, expect, test } from '@jest/globals';
import { compileAssemblyScript } from '../../support/guest/assemblyscript.ts';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import { wat } from '../../support/guest/wat.ts';

let plain: Uint8Array;
beforeAll(() => {
  plain = compileAssemblyScript('plain.as');
});

describe('AssemblyScript without WASI', () => {
  test('links, and has its trace, console, time and random numbers', async () => {
    const run = await runGuest(plain);
    expect(run.outcome).toMatchObject({ status: 'success', resultJson: '1' });
    expect(run.stdout).toBe('no numbers\nnumbers: grüße 🎈 1.5 -0 1e+21\nto stdout\n');
    expect(run.stderr).toBe('to stderr\nAssertion failed: does not hold\n');
  });

  test('traps with the message and place of its abort', async () => {
    const { outcome } = await runGuest(plain, { entrypoint: 'fail', args: ['9'] });
    expect(outcome).toMatchObject({
      error: {
        code: 'WASM_TRAP',
        message: expect.stringMatching(/^abort: Index out of range in /),
      },
    });
  });

  test('ends by process.exit', async () => {
    const exit = { entrypoint: 'exit' };
    expect((await runGuest(plain, { ...exit, args: ['4'] })).outcome).toMatchObject({
      error: { code: 'NON_ZERO_EXIT' },
      exitCode: 4,
    });
    expect((await runGuest(plain, { ...exit, args: ['0'] })).outcome).toMatchObject({
      status: 'success',
      exitCode: 0,
    });
  });

  test('prints no more than the cap of output', async () => {
    const print = { entrypoint: 'print', args: ['1000'] };
    const run = await runGuest(plain, { ...print, limits: { maxOutputBytes: 100 } });
    expect(run.outcome.status).toBe('success');
    expect(Buffer.byteLength(run.stdout)).toBe(100);
    expect((await runGuest(plain, print)).stdout).toBe(`${'ü'.repeat(1000)}\n`);
  });

  test.each([
    ['nowhere', '0', 'null\n'],
    ['at the end of memory', '65536', null],
    ['beyond memory', '-8', null],
  ])('prints a string that is %s, or traps', async (_where, pointer, stdout) => {
    const run = await runGuest(
      wat(`(module (import "env" "console.log" (func $log (param i32))) (memory 1)
        (data (i32.const 65532) "\\08")
        (func (export "run") (call $log (i32.const ${pointer}))))`),
    );
    if (stdout !== null) expect(run.stdout).toBe(stdout);
    else {
      expect(run.outcome).toMatchObject({
        error: { code: 'WASM_TRAP', message: expect.stringContaining('console.log') },
      });
    }
  });
});
