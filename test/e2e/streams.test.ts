/** Streamed answers over HTTP: `POST /execute` on the local server, with real clients. */

import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { responseSchema } from '../../lambda/api/response.ts';
import {
  eventReader,
  eventsOf,
  type Format,
  formats,
  printed,
  type ReadEvent,
} from '../support/event-reader.ts';
import { wat } from '../support/guest/wat.ts';
import { startServedEngine } from '../support/served-engine.ts';
import { startGates } from '../support/servers/gates.ts';
import { until } from '../support/until.ts';

const gates = await startGates();
afterAll(() => gates.close());
const { engine, execute } = await startServedEngine(
  { ENGINE_SANDBOXES: '2', ENGINE_MAX_STREAM_BYTES: String(60 * 2 ** 20) },
  [gates.origin],
);

/** Code that prints lines: it goes on when {@link opening} has seen the one before. */
const lines = (name: string, count: number): string =>
  `for (let i = 0; i < ${count}; i++) { console.log(i); await fetch('${gates.url(name)}' + i); }`;

/** Lets code of {@link lines} go on. @returns what an event says, or its name */
function opening(name: string, { event, data }: ReadEvent): string {
  if (event === 'stdout') gates.open(name + data.text.trim());
  return data?.text ?? event;
}

function post(request: object, accept: string): ClientRequest {
  const headers = { accept, 'content-type': 'application/json' };
  const url = `${engine.origin}/execute`;
  return httpRequest(url, { method: 'POST', headers, agent: false }).end(JSON.stringify(request));
}

/** Sends a request; the body of the answer flows as it is read. */
function send(request: object, accept: string = formats[0]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    post(request, accept).on('response', resolve).on('error', reject);
  });
}

async function stream(request: object, format: Format = formats[0]) {
  const response = await send(request, format);
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, format]);
  return eventsOf(response, format);
}

const descriptors = () => readdirSync(`/proc/${engine.pid}/fd`).length;
const residentMb = () => {
  const status = readFileSync(`/proc/${engine.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
};
const isIdle = async () => {
  const { sandboxes } = await engine.health();
  return sandboxes.idle === sandboxes.size;
};

describe.each(formats)('a streamed answer as %s', (format) => {
  test('has what happened, in that order, and the body of the whole answer at last', async () => {
    const code = `console.log('héllo'); console.error('oops'); app_log('info', 'entry', { a: 1 });
      console.log('bye'); ({ answer: 42 })`;
    const events = await stream({ code }, format);
    const [start, ...rest] = events;
    expect(start).toEqual({
      event: 'start',
      data: {
        requestId: expect.any(String),
        url: 'inline:///main.js',
        codeType: 'javascript',
        detectedBy: 'default',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        resourceSizeBytes: code.length + 1,
        downloadTimeMs: null,
        timestamp: expect.any(String),
      },
    });
    expect(rest).toMatchObject([
      { event: 'stdout', data: { text: 'héllo\n' } },
      { event: 'stderr', data: { text: 'oops\n' } },
      { event: 'log', data: { level: 'info', message: 'entry', fields: { a: 1 } } },
      { event: 'stdout', data: { text: 'bye\n' } },
      { event: 'end', data: { status: 'success', result: { answer: 42 }, error: null } },
    ]);
    const end = responseSchema().parse(events.at(-1)?.data);
    expect(end).toMatchObject({ stdout: '', stderr: '', logs: [] });
    expect(end.metadata.requestId).toBe(start?.data.requestId);
  });

  test('tells each line when it is printed, and not together with others', async () => {
    const gate = format.replaceAll(/\W/g, '-');
    const response = await send({ code: lines(gate, 6) }, format);
    const names: string[] = [];
    const read = eventReader(format, (event) => names.push(opening(gate, event)));
    for await (const chunk of response) read(chunk);
    expect(names).toEqual(['start', '0\n', '1\n', '2\n', '3\n', '4\n', '5\n', 'end']);
  });

  test.each([
    ['an error', `console.log('x'); throw new TypeError('no')`, 'RUNTIME_ERROR'],
    ['no syntax', `console.log('x'`, 'SYNTAX_ERROR'],
    ['a loop without end', `console.log('x'); for (;;);`, 'TIMEOUT'],
    ['output without end', `for (;;) console.log('x')`, 'TIMEOUT'],
    ['memory without end', `console.log('x'); new Uint8Array(1e9)`, 'MEMORY_LIMIT'],
  ])('ends with its event after %s', async (_, code, expected) => {
    const events = await stream({ code, limits: { timeoutMs: 1500 } }, format);
    expect(events[0]?.event).toBe('start');
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { error: { code: expected } } });
    expect(printed(events).startsWith('x\n')).toBe(expected !== 'SYNTAX_ERROR');
  });

  test('never splits a character, whatever chunks it is printed in', async () => {
    // Prints each byte of 3,000 characters by itself.
    const characters = 'aé漢🙂'.repeat(750);
    const bytes = Buffer.from(characters);
    const data = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
    const code = wat(`(module
      (import "env" "capture_stdout" (func $print (param i32 i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "${data}")
      (func (export "run") (local $at i32)
        (loop $next
          (call $print (local.get $at) (i32.const 1))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $at) (i32.const ${bytes.length}))))))`);
    const base64 = Buffer.from(code).toString('base64');
    const events = await stream({ code: { base64 } }, format);
    expect(printed(events)).toBe(characters);
    expect(events.at(-1)?.data.status).toBe('success');
  });
});

describe('a streamed answer', () => {
  test.each([
    ['a field that does not exist', { codee: '1' }, 400, 'INVALID_REQUEST'],
    [
      'a time over the limit of streams',
      { code: '1', limits: { timeoutMs: 840_001 } },
      400,
      'INVALID_REQUEST',
    ],
    ['a forbidden URL', { url: 'http://169.254.169.254/' }, 403, 'URL_NOT_ALLOWED'],
    [
      'arguments that do not fit',
      { url: '{engine}/examples/loan.wasm', entrypoint: 'fibonacci', args: ['x'] },
      400,
      'INVALID_REQUEST',
    ],
    ['a page', { code: '<!doctype html><p>' }, 422, 'UNSUPPORTED_CODE'],
    ['code that cannot be had', { url: '{engine}/examples/none.js' }, 502, 'DOWNLOAD_FAILED'],
  ])('is an ordinary one for %s', async (_, request, status, code) => {
    const sent = JSON.parse(JSON.stringify(request).replaceAll('{engine}', engine.origin));
    const response = await send(sent);
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      status,
      'application/json',
    ]);
    expect(JSON.parse(await text(response))).toMatchObject({ status: 'error', error: { code } });
  });

  test('may run for longer than a whole one, which says by which setting', async () => {
    const request = { code: '1', limits: { timeoutMs: 60_000 } };
    expect((await stream(request)).at(-1)?.data.result).toBe(1);
    const whole = await execute(request);
    expect([whole.http, whole.error?.message]).toEqual([
      400,
      expect.stringContaining('ENGINE_MAX_TIMEOUT_MS'),
    ]);
  });

  test('of many inputs has an item as each ends, and all of them in its end', async () => {
    const code = `console.log(input); if (input === 2) throw new Error('no'); input * 2`;
    const events = await stream({ code, inputs: [1, 2, 3] });
    expect([events[0]?.event, events.at(-1)?.event]).toEqual(['start', 'end']);
    const items = events.slice(1, -1).sort((a, b) => a.data.index - b.data.index);
    expect(items).toMatchObject([
      { event: 'item', data: { index: 0, status: 'success', result: 2, stdout: '1\n' } },
      { event: 'item', data: { index: 1, status: 'error', error: { code: 'RUNTIME_ERROR' } } },
      { event: 'item', data: { index: 2, status: 'success', result: 6 } },
    ]);
    const end = responseSchema().parse(events.at(-1)?.data);
    expect(end.error?.code).toBe('BATCH_FAILED');
    expect(end.results).toEqual(items.map(({ data: { index, ...item } }) => item));
  });

  test('prints the same as a whole one', async () => {
    const code = `for (let i = 0; i < 2000; i++) { console.log('line', i, '漢字'); console.error(i); } app_log('warn', 'x')`;
    const whole = await execute({ code });
    const events = await stream({ code });
    expect(printed(events)).toBe(whole.stdout);
    expect(printed(events, 'stderr')).toBe(whole.stderr);
    const logs = events.filter(({ event }) => event === 'log').map(({ data }) => data.message);
    expect(logs).toEqual(whole.logs.map(({ message }) => message));
  });

  test('ends also where the sandbox dies, with all that it has told', async () => {
    const code = `console.log('before'); await fetch('${gates.url('never')}')`;
    const response = await send({ code, limits: { timeoutMs: 60_000 } });
    const events: string[] = [];
    const read = eventReader(formats[0], ({ event, data }) => {
      events.push(data.text ?? data.error?.code ?? event);
      if (data.text === 'before\n') killSandboxes();
    });
    for await (const chunk of response) read(chunk);
    expect(events).toEqual(['start', 'before\n', 'SANDBOX_CRASHED']);
  });

  test('ends also where the sandbox dies in the middle of a message', async () => {
    const response = await send({ code: `for (;;) console.log('x'.repeat(50_000))` });
    // Nobody reads: the sandbox waits in its write.
    await sleep(500);
    killSandboxes();
    const events = await eventsOf(response);
    expect(events.at(-1)?.data.error.code).toBe('SANDBOX_CRASHED');
    expect(printed(events)).toMatch(/^(x{50000}\n)*x*$/);
  });

  test('carries what is larger than any buffer', async () => {
    const code = `console.log('é'.repeat(5_000_000)); console.log('end')`;
    const events = await stream({ code });
    expect(printed(events)).toBe(`${'é'.repeat(5_000_000)}\nend\n`);
    expect(Math.max(...events.map(({ data }) => data.text?.length ?? 0))).toBeLessThan(300_000);
  });

  test('slows the guest down where its reader is slow, and holds next to nothing', async () => {
    await stream({ code: `for (let i = 0; i < 30; i++) console.log('x'.repeat(1_000_000))` });
    const before = residentMb();
    gates.open('begun');
    gates.open('written');
    const code = `await fetch('${gates.url('begun')}');
      for (let i = 0; i < 40; i++) console.log('y'.repeat(1_000_000));
      (await fetch('${gates.url('written')}')).status`;
    const response = await send({ code, limits: { timeoutMs: 60_000 } });
    await gates.reached('begun');
    await sleep(1500);
    const waiting = residentMb();
    expect((await engine.health()).sandboxes.busy).toBe(1);
    expect(gates.isReached('written')).toBe(false);
    const events = await eventsOf(response);
    expect(printed(events)).toHaveLength(40_000_040);
    expect(events.at(-1)?.data.result).toBe(200);
    expect(waiting - before).toBeLessThan(20);
  });

  test('holds the deadline of a run whose reader does not read', async () => {
    const code = `for (;;) console.log('x'.repeat(10_000))`;
    const response = await send({ code, limits: { timeoutMs: 1000 } });
    await until(isIdle);
    const events = await eventsOf(response);
    expect(events.at(-1)?.data.error.code).toBe('TIMEOUT');
  });

  test('drops what is over the cap, and says so at its end', async () => {
    const code = `for (let i = 0; i < 70; i++) console.log('x'.repeat(1_000_000)); app_log('info', 'y'); 'done'`;
    const events = await stream({ code, limits: { timeoutMs: 60_000 } });
    const bytes = printed(events).length;
    expect(bytes).toBeGreaterThan(59 * 2 ** 20);
    expect(bytes).toBeLessThanOrEqual(60 * 2 ** 20);
    expect(events.at(-1)?.data).toMatchObject({
      result: 'done',
      metadata: { truncated: { stdout: true, stderr: false } },
    });
  });

  test.each([
    [
      'while it runs',
      `for (;;) { console.log('x'); await new Promise((r) => setTimeout(r, 20)); }`,
    ],
    ['while it computes', `console.log('x'); for (;;);`],
    ['while it prints without end', `for (;;) console.log('x'.repeat(10_000))`],
  ])('ends its run where the client goes away %s', async (_, code) => {
    const response = await send({ code, limits: { timeoutMs: 300_000 } });
    await new Promise((resolve) => response.once('data', resolve));
    await until(async () => (await engine.health()).sandboxes.busy === 1);
    response.destroy();
    await until(isIdle);
  });

  test('ends the run of a whole answer, too, where the client goes away', async () => {
    const sent = post({ code: 'for (;;);', limits: { timeoutMs: 25_000 } }, 'application/json');
    sent.on('error', () => {});
    await until(async () => (await engine.health()).sandboxes.busy === 1);
    sent.destroy();
    await until(isIdle);
  });

  test('a hundred at once lose nothing, and leave no descriptor', async () => {
    await stream({ code: '1' });
    await until(isIdle);
    const before = descriptors();
    const code = (n: number) =>
      `for (let i = 0; i < 20; i++) { console.log(${n}, i); if (i % 5 === 0) await new Promise((r) => setTimeout(r, 1)); }`;
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        stream({ code: code(n), limits: { timeoutMs: 20_000 } }),
      ),
    );
    all.forEach((events, n) => {
      const lines = Array.from({ length: 20 }, (_, i) => `${n} ${i}\n`);
      expect(printed(events)).toBe(lines.join(''));
      expect(events.at(-1)?.data.status).toBe('success');
    });
    await until(async () => descriptors() <= before);
  });

  const hasCurl = spawnSync('curl', ['--version']).status === 0;
  (hasCurl ? test : test.skip)('reaches curl -N line by line', async () => {
    const curl = spawn('curl', [
      ...['-sN', '--noproxy', '*', `${engine.origin}/execute`],
      ...['-H', 'accept: application/x-ndjson', '-H', 'content-type: application/json'],
      ...['-d', JSON.stringify({ code: lines('curl', 3) })],
    ]);
    const seen: string[] = [];
    const read = eventReader('application/x-ndjson', (event) => seen.push(opening('curl', event)));
    for await (const chunk of curl.stdout) read(chunk);
    expect(seen).toEqual(['start', '0\n', '1\n', '2\n', 'end']);
  });
});

function killSandboxes(): void {
  const children = readFileSync(`/proc/${engine.pid}/task/${engine.pid}/children`, 'utf8');
  for (const pid of children.trim().split(' ').map(Number)) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (command.includes('guest.mjs')) process.kill(pid, 'SIGKILL');
  }
}
