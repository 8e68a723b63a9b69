import { describe, expect, jest, test } from '@jest/globals';
import type { GuestFetchError, GuestFetchResult } from '../../../lambda/contract/calls.ts';
import { runGuest } from '../../support/guest/wasm-guest.ts';
import { wat } from '../../support/guest/wat.ts';

const imports = `
  (import "env" "app_log" (func $app_log (param i32 i32 i32 i32)))
  (import "env" "fetch" (func $fetch (param i32 i32 i32 i32) (result i32)))
  (import "env" "capture_stdout" (func $out (param i32 i32)))
  (import "env" "capture_stderr" (func $err (param i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))`;

/** Text as the text format quotes it. */
const quoted = (value: string | Uint8Array): string =>
  `"${[...Buffer.from(value)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`;

const program = (data: string | Uint8Array, body: string, result = ''): Uint8Array =>
  wat(`(module ${imports} (memory (export "memory") 1) (data (i32.const 0) ${quoted(data)})
    (func (export "run") ${result} ${body}))`);

describe('app_log', () => {
  const logging = (level: string, message: string | Uint8Array): Uint8Array =>
    program(
      Buffer.concat([Buffer.from(level), Buffer.from(message)]),
      `(call $app_log (i32.const 0) (i32.const ${Buffer.byteLength(level)})
        (i32.const ${Buffer.byteLength(level)}) (i32.const ${Buffer.from(message).length}))`,
    );

  test.each([
    ['trace', 'trace'],
    ['debug', 'debug'],
    ['info', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'info'],
    ['', 'info'],
    ['constructor', 'info'],
  ])('a message of level %p is recorded as %s', async (given, level) => {
    const { logs, outcome } = await runGuest(logging(given, 'größer'));
    expect(outcome.status).toBe('success');
    expect(logs).toEqual([{ level, message: 'größer', fields: {} }]);
  });

  test('bad UTF-8 becomes U+FFFD, a byte-order mark stays', async () => {
    const message = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff, 0xed, 0xa0, 0x80);
    const { logs } = await runGuest(logging('info', message));
    expect(logs[0]?.message).toBe('\ufeffa\ufffd\ufffd\ufffd\ufffd');
  });

  test('a message of megabytes is cut', async () => {
    const body = '(call $app_log (i32.const 0) (i32.const 9) (i32.const 0) (i32.const 60000000))';
    const { logs } = await runGuest(
      wat(`(module ${imports} (memory 1000) (func (export "run") ${body}))`),
    );
    expect(logs[0]?.message.length).toBe(262_144);
  });
});

describe('get_unixtime', () => {
  test.each([
    ['i64', (text: string) => Number(JSON.parse(text))],
    ['i32', Number],
    ['f64', Number],
  ])('gives whole seconds as %s', async (type, read) => {
    const { outcome } = await runGuest(
      wat(`(module (import "env" "get_unixtime" (func $now (result ${type})))
        (func (export "run") (result ${type}) (call $now)))`),
    );
    const seconds = outcome.status === 'success' ? read(outcome.resultJson) : 0;
    expect(Number.isInteger(seconds)).toBe(true);
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
  });
});

describe('seed', () => {
  test('is no value of the generator that all runs of the process share', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const module = wat(`(module (import "env" "seed" (func $seed (result f64)))
      (func (export "run") (result f64 f64) (call $seed) (call $seed)))`);
    const { outcome } = await runGuest(module).finally(() => random.mockRestore());
    const seeds: number[] = outcome.status === 'success' ? JSON.parse(outcome.resultJson) : [];
    expect(new Set([0.5, ...seeds]).size).toBe(3);
    for (const seed of seeds) expect(seed >= 0 && seed < 1).toBe(true);
  });
});

describe('output', () => {
  test('of capture_stdout, capture_stderr and fd_write keeps its order', async () => {
    // An iovec at 8 that points at "abc" in front of it.
    const data = Buffer.from([...Buffer.from('abc'), 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]);
    const fdWrite =
      '(drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 64)))';
    const run = await runGuest(
      program(
        data,
        `(call $out (i32.const 0) (i32.const 1)) (call $err (i32.const 1) (i32.const 1))
         ${fdWrite} (call $out (i32.const 2) (i32.const 1))`,
      ),
    );
    expect(run).toMatchObject({ printed: 'ababcc', stdout: 'aabcc', stderr: 'b' });
  });

  test('over the cap is dropped, and the program goes on', async () => {
    const body = `(local $left i32) (local.set $left (i32.const 1000))
      (loop $again (call $out (i32.const 0) (i32.const 1000))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (i32.const 7)`;
    const run = await runGuest(program('', body, '(result i32)'), {
      limits: { maxOutputBytes: 2500 },
    });
    expect(run.stdout.length).toBe(2500);
    expect(run.outcome).toMatchObject({ status: 'success', resultJson: '7' });
  });
});

describe('pointers outside of memory', () => {
  test.each([
    ['app_log', '(call $app_log (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 0))'],
    ['app_log', '(call $app_log (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1))'],
    ['capture_stdout', '(call $out (i32.const -1) (i32.const 1))'],
    ['capture_stderr', '(call $err (i32.const 65535) (i32.const 2))'],
    ['fetch', '(drop (call $fetch (i32.const 0) (i32.const 65537) (i32.const 0) (i32.const 0)))'],
    ['fetch', '(drop (call $fetch (i32.const 0) (i32.const 2) (i32.const 1) (i32.const 65536)))'],
  ])('trap, naming %s', async (name, body) => {
    const { outcome, requests } = await runGuest(program('{}', body));
    expect(outcome).toMatchObject({
      status: 'error',
      error: { code: 'WASM_TRAP', message: expect.stringContaining(`${name}: `) },
    });
    expect(requests).toEqual([]);
  });

  test.each([
    ['app_log', '(import "env" "app_log" (func $f (param i32 i32 i32 i32)))', 4],
    ['capture_stdout', '(import "env" "capture_stdout" (func $f (param i32 i32)))', 2],
  ])('trap, naming %s, where there is no memory', async (name, declaration, count) => {
    const call = `(call $f ${'(i32.const 0) '.repeat(count)})`;
    const { outcome } = await runGuest(
      wat(`(module ${declaration} (func (export "run") ${call}))`),
    );
    expect(outcome).toMatchObject({
      status: 'error',
      error: { code: 'WASM_TRAP', message: `The module has no memory, which ${name} needs.` },
    });
  });

  test('a pointer at the very end is inside where its length is 0', async () => {
    const run = await runGuest(program('', '(call $out (i32.const 65536) (i32.const 0))'));
    expect(run.outcome.status).toBe('success');
  });
});

describe('fetch', () => {
  const fetching = (options: string, capacity: number): Uint8Array =>
    program(
      options,
      `(local $length i32)
       (local.set $length (call $fetch (i32.const 0) (i32.const ${Buffer.byteLength(options)})
         (i32.const 4096) (i32.const ${capacity})))
       (if (i32.gt_s (local.get $length) (i32.const ${capacity}))
         (then (call $out (i32.const 4096) (i32.const ${capacity}))
           (local.set $length (call $fetch (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const 50000)))
           (if (i32.gt_s (local.get $length) (i32.const 0))
             (then (call $out (i32.const 8192) (local.get $length)))))
         (else (if (i32.gt_s (local.get $length) (i32.const 0))
           (then (call $out (i32.const 4096) (local.get $length))))))
       (local.get $length)`,
      '(result i32)',
    );
  const answer = (
    body: string | Uint8Array,
    headers: [string, string][] = [],
  ): GuestFetchResult => ({
    ok: true,
    response: {
      status: 201,
      statusText: 'Created',
      headers,
      url: 'https://a.example/',
      redirected: false,
    },
    body: Buffer.from(body),
    rest: null,
  });

  test('sends what the options say and writes the response', async () => {
    const options = {
      url: 'https://a.example/',
      method: 'POST',
      headers: { 'X-One': '1' },
      body: 'grüße',
      timeoutMs: 500,
    };
    const bodies: string[] = [];
    const run = await runGuest(fetching(JSON.stringify(options), 4000), {
      respond: (_request, body) => {
        bodies.push(Buffer.from(body).toString());
        return answer('text', [
          ['X-Two', '2'],
          ['x-two', '3'],
          ['__proto__', 'p'],
        ]);
      },
    });
    expect(run.requests).toEqual([
      {
        url: 'https://a.example/',
        method: 'POST',
        headers: [['X-One', '1']],
        hasBody: true,
        redirect: 'follow',
        timeoutMs: 500,
        whole: true,
        upload: null,
      },
    ]);
    expect(bodies).toEqual(['grüße']);
    const response = JSON.parse(run.stdout);
    expect(response).toMatchObject({ status: 201, body: 'text' });
    expect(response.headers['x-two']).toBe('2, 3');
    expect(run.outcome).toMatchObject({ resultJson: String(run.stdout.length) });
  });

  test('takes and gives bytes as base64', async () => {
    const bytes = Uint8Array.of(0xff, 0x00, 0xfe);
    let sent: Uint8Array = new Uint8Array(0);
    const options = {
      url: 'https://a.example/',
      bodyBase64: Buffer.from(bytes).toString('base64'),
    };
    const run = await runGuest(fetching(JSON.stringify(options), 4000), {
      respond: (_request, body) => {
        sent = Uint8Array.from(body);
        return answer(bytes);
      },
    });
    expect([...sent]).toEqual([...bytes]);
    expect(JSON.parse(run.stdout)).toMatchObject({ bodyBase64: '/wD+' });
    expect(JSON.parse(run.stdout)).not.toHaveProperty('body');
  });

  test('leaves a buffer that is too small alone, and copies the same response again', async () => {
    const run = await runGuest(fetching('{"url":"https://a.example/"}', 8), {
      respond: () => answer('text'),
    });
    expect(run.requests).toHaveLength(1);
    expect(run.stdout.slice(0, 8)).toBe('\0'.repeat(8));
    expect(JSON.parse(run.stdout.slice(8))).toMatchObject({ body: 'text' });
  });

  test.each([
    ['bad-request', -1],
    ['not-allowed', -2],
    ['network', -3],
    ['aborted', -3],
    ['timeout', -4],
    ['too-large', -5],
    ['quota', -6],
  ] satisfies [GuestFetchError['kind'], number][])('%s is %i', async (kind, code) => {
    const error = { kind, message: 'told to nobody', causeCode: null };
    const run = await runGuest(fetching('{"url":"https://a.example/"}', 100), {
      respond: () => ({ ok: false, error }),
    });
    expect(run.outcome).toMatchObject({ status: 'success', resultJson: String(code) });
  });

  test.each([
    ['{'],
    ['null'],
    ['[]'],
    ['{}'],
    ['{"url":5}'],
    ['{"url":"https://a.example/","method":5}'],
    ['{"url":"https://a.example/","headers":"x"}'],
    ['{"url":"https://a.example/","headers":[["a"]]}'],
    ['{"url":"https://a.example/","headers":{"a":{}}}'],
    ['{"url":"https://a.example/","body":{}}'],
    ['{"url":"https://a.example/","body":"a","bodyBase64":"YQ=="}'],
    ['{"url":"https://a.example/","bodyBase64":"*"}'],
    ['{"url":"https://a.example/","bodyBase64":"A"}'],
    ['{"url":"https://a.example/","bodyBase64":"="}'],
    ['{"url":"https://a.example/","bodyBase64":"QQ="}'],
    ['{"url":"https://a.example/","timeoutMs":-1}'],
    ['{"url":"https://a.example/","timeoutMs":"1"}'],
    ['{"url":"https://a.example/","redirect":"x"}'],
  ])('options %s are bad and cost no request', async (options) => {
    const run = await runGuest(fetching(options, 100));
    expect(run.outcome).toMatchObject({ status: 'success', resultJson: '-1' });
    expect(run.requests).toEqual([]);
  });

  test('that never answers ends with the run, and is given up', async () => {
    const run = await runGuest(fetching('{"url":"https://a.example/"}', 100), {
      limits: { timeoutMs: 50 },
      respond: () => new Promise(() => {}),
    });
    expect(run.outcome).toMatchObject({ status: 'error', error: { code: 'TIMEOUT' } });
    expect(run.aborted).toBe(1);
  });

  test('can be called while a module starts', async () => {
    const run = await runGuest(
      wat(`(module ${imports} (memory 1) (data (i32.const 0) "{\\22url\\22:\\22https://a.example/\\22}")
        (global $length (mut i32) (i32.const 0))
        (func $start (global.set $length
          (call $fetch (i32.const 0) (i32.const 28) (i32.const 100) (i32.const 1000))))
        (start $start)
        (func (export "run") (result i32) (global.get $length)))`),
      { respond: () => answer('text') },
    );
    expect(run.requests).toHaveLength(1);
    expect(run.outcome).toMatchObject({ status: 'success' });
  });
});

test('abort of an AssemblyScript module traps with its message and place', async () => {
  const managed = (value: string): Buffer => {
    const content = Buffer.from(value, 'utf16le');
    const header = Buffer.alloc(4);
    header.writeUInt32LE(content.length);
    return Buffer.concat([header, content]);
  };
  const message = managed('over the edge');
  const data = Buffer.concat([message, managed('main.ts')]);
  const run = await runGuest(
    wat(`(module (import "env" "abort" (func $abort (param i32 i32 i32 i32))) (memory (export "memory") 1)
      (data (i32.const 0) ${quoted(data)})
      (func (export "run")
        (call $abort (i32.const 4) (i32.const ${message.length + 4}) (i32.const 3) (i32.const 9))))`),
  );
  expect(run.outcome).toMatchObject({
    error: { code: 'WASM_TRAP', message: 'abort: over the edge in main.ts (3:9)' },
  });
});
