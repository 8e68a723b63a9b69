import { describe, expect, test } from '@jest/globals';
import type { GuestOptions } from '../../../support/guest/wasm-guest.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';
import { wat } from '../../../support/guest/wat.ts';

const functions: readonly (readonly [string, string])[] = [
  ['args_get', 'i32 i32'],
  ['args_sizes_get', 'i32 i32'],
  ['environ_get', 'i32 i32'],
  ['environ_sizes_get', 'i32 i32'],
  ['clock_res_get', 'i32 i32'],
  ['clock_time_get', 'i32 i64 i32'],
  ['random_get', 'i32 i32'],
  ['poll_oneoff', 'i32 i32 i32 i32'],
  ['proc_raise', 'i32'],
  ['sched_yield', ''],
  ['fd_write', 'i32 i32 i32 i32'],
  ['fd_seek', 'i32 i64 i32 i32'],
  ['fd_filestat_get', 'i32 i32'],
  ['path_open', 'i32 i32 i32 i32 i32 i64 i64 i32 i32'],
];

const program = (
  body: string,
  result = '(result i32)',
  module = 'wasi_snapshot_preview1',
): Uint8Array =>
  wat(`(module
    ${functions.map(([name, params]) => `(import "${module}" "${name}" (func $${name} (param ${params}) (result i32)))`).join('\n')}
    (import "${module}" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 4)
    (func $print (param $at i32) (param $length i32)
      (i32.store (i32.const 60000) (local.get $at)) (i32.store (i32.const 60004) (local.get $length))
      (drop (call $fd_write (i32.const 1) (i32.const 60000) (i32.const 1) (i32.const 60008))))
    (func (export "run") ${result} ${body}))`);

const result = async (body: string, options: GuestOptions = {}): Promise<unknown> => {
  const { outcome } = await runGuest(program(body), options);
  return outcome.status === 'success' ? JSON.parse(outcome.resultJson) : outcome.error.code;
};

const fault = 21;
const invalid = 28;

describe('arguments and environment', () => {
  const printStrings = (name: string): string => `
    (drop (call $${name}_sizes_get (i32.const 0) (i32.const 4)))
    (drop (call $${name}_get (i32.const 1000) (i32.const 2000)))
    (call $print (i32.const 2000) (i32.load (i32.const 4)))
    (i32.load (i32.const 0))`;

  test('arrive behind the name of the program', async () => {
    const run = await runGuest(program(printStrings('args')), {
      args: ['first', 'the "second" arg', 'grüße\n', ''],
    });
    expect(run.stdout).toBe('program.wasm\0first\0the "second" arg\0grüße\n\0\0');
    expect(run.outcome).toMatchObject({ resultJson: '5' });
  });

  test('arrive as NAME=value', async () => {
    const run = await runGuest(program(printStrings('environ')), {
      env: { a: 'text', B: 'equals=signs', EMPTY: '' },
    });
    expect(run.stdout.split('\0').sort()).toEqual(['', 'B=equals=signs', 'EMPTY=', 'a=text']);
    expect(run.outcome).toMatchObject({ resultJson: '3' });
  });

  test('are not those of the host', async () => {
    const run = await runGuest(program(printStrings('environ')));
    expect(run).toMatchObject({ stdout: '', outcome: { resultJson: '0' } });
  });

  test.each([
    [{ args: ['fine', 'a\0b'] }, 'args[1]'],
    [{ env: { NAME: 'a\0b' } }, 'env.NAME'],
    [{ env: { 'A=B': 'x' } }, 'env.A=B'],
  ] satisfies [GuestOptions, string][])('%j cannot be passed', async (options, path) => {
    const { outcome } = await runGuest(program('(i32.const 0)'), options);
    expect(outcome).toMatchObject({ error: { code: 'INVALID_REQUEST', details: [{ path }] } });
  });
});

describe('clocks', () => {
  const read = (id: number): string =>
    `(drop (call $clock_time_get (i32.const ${id}) (i64.const 1) (i32.const 0)))`;

  test('the real time is that of the host', async () => {
    const { outcome } = await runGuest(
      program(`${read(0)} (i64.load (i32.const 0))`, '(result i64)'),
    );
    const nanoseconds = outcome.status === 'success' ? Number(JSON.parse(outcome.resultJson)) : 0;
    expect(Math.abs(nanoseconds / 1e6 - Date.now())).toBeLessThan(5000);
  });

  test.each([1, 2, 3])('clock %i never goes back', async (id) => {
    expect(
      await result(`(local $last i64) (local $left i32) (local.set $left (i32.const 1000))
        (loop $again ${read(id)}
          (if (i64.lt_u (i64.load (i32.const 0)) (local.get $last)) (then (return (i32.const 1))))
          (local.set $last (i64.load (i32.const 0)))
          (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (i32.const 0)`),
    ).toBe(0);
  });

  test('every clock has a resolution, and there are four', async () => {
    for (const id of [0, 1, 2, 3]) {
      const body = `(drop (call $clock_res_get (i32.const ${id}) (i32.const 0))) (i32.load (i32.const 0))`;
      expect(await result(body)).toBeGreaterThan(0);
    }
    for (const id of [4, 99, -1]) {
      expect(await result(`(call $clock_res_get (i32.const ${id}) (i32.const 0))`)).toBe(invalid);
      expect(
        await result(`(call $clock_time_get (i32.const ${id}) (i64.const 0) (i32.const 0))`),
      ).toBe(invalid);
    }
  });
});

describe('random_get', () => {
  test('fills buffers of any size, to the last byte', async () => {
    const length = 200_000;
    const body = `(local $at i32) (local $zeroes i32)
      (drop (call $random_get (i32.const 0) (i32.const ${length})))
      (loop $again
        (if (i64.eqz (i64.load (local.get $at)))
          (then (local.set $zeroes (i32.add (local.get $zeroes) (i32.const 1)))))
        (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const ${length}))))
      (i32.add (local.get $zeroes) (i32.load (i32.const ${length})))`;
    expect(await result(body)).toBe(0);
    expect(await result('(call $random_get (i32.const 0) (i32.const 0))')).toBe(0);
  });
});

describe('pointers outside of memory', () => {
  test.each([
    '(call $args_get (i32.const 262144) (i32.const 0))',
    '(call $args_get (i32.const -4) (i32.const -4))',
    '(call $args_sizes_get (i32.const 0) (i32.const 262142))',
    '(call $environ_sizes_get (i32.const -1) (i32.const 0))',
    '(call $clock_time_get (i32.const 0) (i64.const 0) (i32.const -8))',
    '(call $clock_res_get (i32.const 0) (i32.const 262140))',
    '(call $random_get (i32.const 0) (i32.const -1))',
    '(call $fd_write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 0))',
    '(call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 0))',
    '(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 262141))',
    '(call $fd_filestat_get (i32.const 1) (i32.const 262100))',
    '(call $poll_oneoff (i32.const 262140) (i32.const 0) (i32.const 1) (i32.const 0))',
    '(call $poll_oneoff (i32.const 0) (i32.const 262140) (i32.const 1) (i32.const 0))',
  ])('%s answers FAULT', async (body) => {
    expect(await result(body)).toBe(fault);
  });
});

describe('the end of a program', () => {
  test.each([
    ['(call $proc_exit (i32.const 0))', { status: 'success', resultJson: 'null', exitCode: 0 }],
    [
      '(call $proc_exit (i32.const 33))',
      { status: 'error', exitCode: 33, error: { code: 'NON_ZERO_EXIT' } },
    ],
    [
      '(call $proc_exit (i32.const -1))',
      { status: 'error', exitCode: 255, error: { code: 'NON_ZERO_EXIT' } },
    ],
    [
      '(drop (call $proc_raise (i32.const 6)))',
      {
        status: 'error',
        exitCode: 134,
        error: { code: 'NON_ZERO_EXIT', message: expect.stringContaining('SIGABRT') },
      },
    ],
    ['(drop (call $proc_raise (i32.const 0)))', { status: 'success', exitCode: null }],
    ['(drop (call $proc_raise (i32.const 99)))', { status: 'success', exitCode: null }],
  ])('%s', async (body, outcome) => {
    expect((await runGuest(program(body, ''))).outcome).toMatchObject(outcome);
  });

  test.each([
    [-1, 255, 4294967295],
    [256, 0, 256],
    [259, 3, 259],
    [-2147483648, 0, 2147483648],
  ])(
    'with %i has the code that a shell shows, beside the one that was given',
    async (given, exitCode, raw) => {
      const { outcome } = await runGuest(program(`(call $proc_exit (i32.const ${given}))`, ''));
      expect(outcome).toEqual({
        status: 'error',
        exitCode,
        error: {
          code: 'NON_ZERO_EXIT',
          name: 'NonZeroExit',
          message: `The program exited with code ${exitCode} (it gave ${given}).`,
          stack: null,
          details: { exitCode, rawExitCode: raw },
        },
      });
    },
  );

  test('with a code that a shell shows as it is has no details', async () => {
    for (const code of [1, 137, 255]) {
      const { outcome } = await runGuest(program(`(call $proc_exit (i32.const ${code}))`, ''));
      expect(outcome).toMatchObject({ exitCode: code, error: { details: null } });
    }
  });

  test('cannot be caught by the program', async () => {
    const catching =
      '(try (do (call $proc_exit (i32.const 3))) (catch_all (call $proc_exit (i32.const 9))))';
    expect((await runGuest(program(catching, ''))).outcome).toMatchObject({ exitCode: 3 });
  });
});

describe('poll_oneoff', () => {
  /** A subscription at `at`: a clock, or a descriptor to read (1) or write (2). */
  const clock = (at: number, id: number, timeoutMs: number, absolute = 0): string => `
    (i64.store (i32.const ${at}) (i64.const ${at})) (i32.store8 (i32.const ${at + 8}) (i32.const 0))
    (i32.store (i32.const ${at + 16}) (i32.const ${id}))
    (i64.store (i32.const ${at + 24}) (i64.const ${timeoutMs * 1e6}))
    (i32.store16 (i32.const ${at + 40}) (i32.const ${absolute}))`;
  const descriptor = (at: number, type: number, fd: number): string => `
    (i64.store (i32.const ${at}) (i64.const ${at})) (i32.store8 (i32.const ${at + 8}) (i32.const ${type}))
    (i32.store (i32.const ${at + 16}) (i32.const ${fd}))`;
  const poll = (count: number): string =>
    `(call $poll_oneoff (i32.const 0) (i32.const 1024) (i32.const ${count}) (i32.const 4096))`;
  const slept = (setup: string): string => `${setup}
    (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8000)))
    (drop ${poll(1)})
    (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8008)))
    (i32.wrap_i64 (i64.div_u
      (i64.sub (i64.load (i32.const 8008)) (i64.load (i32.const 8000))) (i64.const 1000000)))`;

  test.each([0, 1])('sleeps by clock %i, at least as long as asked', async (id) => {
    expect(await result(slept(clock(0, id, 30)))).toBeGreaterThanOrEqual(29);
  });

  test('a time that has passed is due at once', async () => {
    const { outcome } = await runGuest(
      program(`${clock(0, 0, 1000, 1)} (drop ${poll(1)}) (i32.load (i32.const 4096))`),
    );
    expect(outcome).toMatchObject({ resultJson: '1' });
  });

  test('what is ready is told at once, with what can be read', async () => {
    const body = `${descriptor(0, 1, 0)} ${descriptor(48, 2, 1)} ${clock(96, 1, 60_000)}
      (drop ${poll(3)})
      (i32.add (i32.mul (i32.load (i32.const 4096)) (i32.const 1000)) (i32.load (i32.const 1040)))`;
    expect(await result(body, { stdin: 'seven b' })).toBe(2007);
  });

  describe('tells the hang-up where nothing is left to read', () => {
    const flagsAndBytes =
      '(i32.or (i32.load16_u (i32.const 1048)) (i32.shl (i32.load (i32.const 1040)) (i32.const 4)))';
    const opened = (
      path: string,
    ): string => `(i64.store (i32.const 9000) (i64.const ${Buffer.from(path.padEnd(8, '\0')).readBigUInt64LE()}))
      (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 9000) (i32.const ${path.length})
        (i32.const 0) (i64.const 0x1fffffff) (i64.const 0) (i32.const 0) (i32.const 9008)))`;
    const seek = (offset: number): string =>
      `(drop (call $fd_seek (i32.const 4) (i64.const ${offset}) (i32.const 0) (i32.const 9016)))`;
    const files = { '/empty': '', '/text': 'text' };

    test.each([
      ['an empty file', `${opened('empty')} ${descriptor(0, 1, 4)}`, 1],
      ['a file at its start', `${opened('text')} ${descriptor(0, 1, 4)}`, 4 << 4],
      ['a file at its last byte', `${opened('text')} ${seek(3)} ${descriptor(0, 1, 4)}`, 1 << 4],
      ['a file at its end', `${opened('text')} ${seek(4)} ${descriptor(0, 1, 4)}`, 1],
      ['a file beyond its end', `${opened('text')} ${seek(99)} ${descriptor(0, 1, 4)}`, 1],
      [
        'a file to write at its end',
        `${opened('text')} ${seek(4)} ${descriptor(0, 2, 4)}`,
        65_536 << 4,
      ],
      ['input that is there', descriptor(0, 1, 0), 2 << 4],
      ['output', descriptor(0, 2, 1), 65_536 << 4],
      ['what is not open', descriptor(0, 1, 99), 0],
    ])('%s', async (_what, setup, expected) => {
      const body = `${setup} (drop ${poll(1)}) ${flagsAndBytes}`;
      expect(await result(body, { files, stdin: 'in' })).toBe(expected);
    });

    test('input at its end', async () => {
      const body = `${descriptor(0, 1, 0)} (drop ${poll(1)}) ${flagsAndBytes}`;
      expect(await result(body, { stdin: '' })).toBe(1);
    });
  });

  test('a bad descriptor and a bad clock are events with an error', async () => {
    const body = `${descriptor(0, 1, 77)} ${clock(48, 9, 1)} (drop ${poll(2)})
      (i32.add (i32.mul (i32.load16_u (i32.const 1032)) (i32.const 1000)) (i32.load16_u (i32.const 1064)))`;
    expect(await result(body)).toBe(8000 + invalid);
  });

  test.each([
    ['nothing', poll(0)],
    ['an unknown kind', `(i32.store8 (i32.const 8) (i32.const 3)) ${poll(1)}`],
    ['millions', poll(5000)],
  ])('%s to wait for is invalid', async (_what, body) => {
    expect(await result(body)).toBe(invalid);
  });

  test('a sleep beyond the time of the run ends with it', async () => {
    const body = `${clock(0, 1, 3_600_000)} ${poll(1)}`;
    expect(await result(body, { limits: { timeoutMs: 50 } })).toBe('TIMEOUT');
  });
});

describe('a module without a memory', () => {
  test.each([
    ['sched_yield', '', ''],
    ['args_get', 'i32 i32', '(i32.const 0) (i32.const 0)'],
    ['environ_sizes_get', 'i32 i32', '(i32.const 0) (i32.const 0)'],
    ['fd_write', 'i32 i32 i32 i32', '(i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0)'],
    ['random_get', 'i32 i32', '(i32.const 0) (i32.const 1)'],
  ])('traps where it calls %s, and runs where it does not', async (name, params, values) => {
    const code = (body: string): Uint8Array =>
      wat(`(module (import "wasi_snapshot_preview1" "${name}" (func $call (param ${params}) (result i32)))
        (func (export "_start") ${body}))`);
    expect((await runGuest(code(`(drop (call $call ${values}))`))).outcome).toMatchObject({
      error: { code: 'WASM_TRAP', message: expect.stringContaining('has no memory') },
    });
    expect((await runGuest(code(''))).outcome).toMatchObject({ status: 'success' });
  });
});

describe('wasi_unstable', () => {
  test('counts whence and lays out files in its own way', async () => {
    // A descriptor cannot be opened here, so that stdout stands for one: SPIPE before INVAL.
    const body = `(drop (call $fd_filestat_get (i32.const 3) (i32.const 0)))
      (i32.load (i32.const 20))`;
    const run = await runGuest(program(body, '(result i32)', 'wasi_unstable'));
    expect(run.outcome).toMatchObject({ resultJson: '1' });
  });

  test('sleeps by its own subscriptions', async () => {
    const body = `(i32.store (i32.const 24) (i32.const 1)) (i64.store (i32.const 32) (i64.const 20000000))
      (drop (call $poll_oneoff (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 4096)))
      (i32.load (i32.const 4096))`;
    const run = await runGuest(program(body, '(result i32)', 'wasi_unstable'));
    expect(run.outcome).toMatchObject({ resultJson: '1' });
  });
});
