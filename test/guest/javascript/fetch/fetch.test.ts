import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { GuestFetchError, GuestFetchRequest } from '../../../../lambda/contract/calls.ts';
import { evaluate, type Respond } from '../../../support/guest/scripted-fetch.ts';

interface Sent {
  readonly request: GuestFetchRequest;
  readonly body: string;
}

/** Runs a script, and tells what crossed to the host. */
async function sentBy(script: string): Promise<Sent[]> {
  const sent: Sent[] = [];
  await evaluate(script, (request, body) => {
    sent.push({ request, body: Buffer.from(body).toString('latin1') });
    return { response: {} };
  });
  return sent;
}

describe('a request crosses to the host as the script meant it', () => {
  const bare = {
    url: 'https://api.example/',
    method: 'GET',
    headers: [],
    hasBody: false,
    redirect: 'follow',
    timeoutMs: null,
    whole: false,
    upload: null,
  };
  const text: [string, string] = ['content-type', 'text/plain;charset=UTF-8'];
  const cases: readonly [script: string, request: Partial<GuestFetchRequest>, body?: string][] = [
    ["fetch('https://api.example')", {}],
    ["fetch(new URL('https://api.example'))", {}],
    ["fetch(new Request('https://api.example', { method: 'PUT' }))", { method: 'PUT' }],
    ["fetch({ url: 'https://api.example' })", {}],
    ["fetch({ url: new URL('https://api.example') })", {}],
    ["fetch({ toString: () => 'https://api.example' })", {}],
    [
      "fetch({ url: 'https://api.example', method: 'post', headers: { 'X-A': 'b' }, body: 'c', timeoutMs: 250 })",
      { method: 'POST', headers: [['X-A', 'b'], text], hasBody: true, timeoutMs: 250 },
      'c',
    ],
    ["fetch('https://api.example', { timeoutMs: 30 })", { timeoutMs: 30 }],
    ["fetch('https://api.example', { timeoutMs: Infinity })", {}],
    ["fetch('https://api.example', { redirect: 'manual' })", { redirect: 'manual' }],
    [
      "fetch('https://api.example', { headers: [['b', '1'], ['a', '2'], ['B', '3']] })",
      {
        headers: [
          ['b', '1'],
          ['a', '2'],
          ['B', '3'],
        ],
      },
    ],
    [
      "fetch('https://api.example', { method: 'POST', body: '' })",
      { method: 'POST', headers: [text], hasBody: true },
    ],
    ["fetch('https://api.example', { method: 'DELETE' })", { method: 'DELETE' }],
    [
      "fetch('https://api.example', { method: 'POST', body: new Uint8Array([0, 255, 10]).subarray(1) })",
      { method: 'POST', hasBody: true },
      '\xff\n',
    ],
    [
      "fetch('https://api.example', { method: 'POST', duplex: 'half', body: ReadableStream.from([new Uint8Array([1]), new Uint8Array([2])]) })",
      { method: 'POST', hasBody: true, upload: 1 },
      '\x01\x02',
    ],
    [
      "fetch('https://api.example/\\u20ac?a b#c')",
      { url: 'https://api.example/%E2%82%AC?a%20b#c' },
    ],
  ];

  test.each(cases)('%s', async (script, request, body = '') => {
    expect(await sentBy(`await ${script}; null`)).toEqual([
      { request: { ...bare, ...request }, body },
    ]);
  });

  test.each([
    "fetch('https://api.example', { timeoutMs: 0 })",
    "fetch('https://api.example', { timeoutMs: -1 })",
    "fetch('https://api.example', { timeoutMs: 'soon' })",
  ])('%s is refused', async (script) => {
    const told = await evaluate(`await ${script}.catch((error) => error.message)`);
    expect(told).toBe('timeoutMs must be a number of milliseconds above 0.');
  });
});

describe('a failure says what happened, in the class that Node.js would throw', () => {
  const describeError = `(error) => ({
    class: error.constructor.name,
    name: error.name,
    message: error.message,
    cause: error.cause && [error.cause.message, error.cause.code ?? null],
  })`;
  const rule = 'The host 10.0.0.1 is in a private network (10.0.0.0/8).';
  const cases: readonly [GuestFetchError, object][] = [
    [
      { kind: 'not-allowed', message: rule, causeCode: null },
      { class: 'TypeError', name: 'TypeError', message: rule },
    ],
    [
      { kind: 'bad-request', message: 'Bad header', causeCode: null },
      { class: 'TypeError', name: 'TypeError', message: 'Bad header' },
    ],
    [
      { kind: 'quota', message: 'maxRequests 10', causeCode: null },
      { class: 'TypeError', name: 'TypeError', message: 'maxRequests 10' },
    ],
    [
      { kind: 'too-large', message: 'maxResponseBytes 5', causeCode: null },
      { class: 'TypeError', name: 'TypeError', message: 'maxResponseBytes 5' },
    ],
    [
      { kind: 'network', message: 'connect refused', causeCode: 'ECONNREFUSED' },
      {
        class: 'TypeError',
        name: 'TypeError',
        message: 'fetch failed',
        cause: ['connect refused', 'ECONNREFUSED'],
      },
    ],
    [
      { kind: 'network', message: 'odd', causeCode: null },
      { class: 'TypeError', name: 'TypeError', message: 'fetch failed', cause: ['odd', null] },
    ],
    [
      { kind: 'timeout', message: 'after 20 ms', causeCode: null },
      { class: 'DOMException', name: 'TimeoutError', message: 'after 20 ms' },
    ],
  ];

  test.each(cases)('%o', async (error, expected) => {
    const script = `await fetch('http://a.example').catch(${describeError})`;
    expect(await evaluate(script, () => ({ error }))).toEqual(expected);
  });
});

test('a stream that fails while it is sent fails the fetch, as its cause', async () => {
  const script = `const body = new ReadableStream({ start(controller) { controller.error(new RangeError('broken')) } });
    await fetch('http://a.example', { method: 'POST', body, duplex: 'half' }).catch((error) => [String(error), String(error.cause)])`;
  expect(await evaluate(script)).toEqual(['TypeError: fetch failed', 'RangeError: broken']);
});

describe('an abort', () => {
  const forever: Respond = (_, __, aborted) =>
    aborted.then(() => ({ error: { kind: 'aborted', message: 'aborted', causeCode: null } }));

  test('reaches the host, and rejects with its reason', async () => {
    let aborts = 0;
    const reason = await evaluate(
      `const controller = new AbortController();
       const pending = fetch('http://a.example', { signal: controller.signal });
       setTimeout(() => controller.abort('enough'), 5);
       await pending.catch((reason) => reason)`,
      (request, body, aborted) => {
        aborted.then(() => {
          aborts += 1;
        });
        return forever(request, body, aborted);
      },
    );
    expect(reason).toBe('enough');
    expect(aborts).toBe(1);
  });

  test('before the request sends nothing', async () => {
    const sent = await sentBy(
      "await fetch('http://a.example', { signal: AbortSignal.abort() }).catch((error) => error.name)",
    );
    expect(sent).toEqual([]);
  });

  test('while the body is still to come ends the request, and cancels the stream', async () => {
    let ended = false;
    const told = await evaluate(
      `const controller = new AbortController();
       const told = [];
       const body = new ReadableStream({ cancel(reason) { told.push('cancelled ' + reason) } });
       setTimeout(() => controller.abort('enough'), 5);
       await fetch('http://a.example', { method: 'POST', body, duplex: 'half', signal: controller.signal })
         .catch((reason) => told.push('rejected ' + reason));
       await new Promise((resolve) => setTimeout(resolve, 5));
       told`,
      async (_request, _body, aborted) => {
        await aborted;
        ended = true;
        return { response: {} };
      },
    );
    expect(ended).toBe(true);
    expect(told).toEqual(['cancelled enough', 'rejected enough']);
  });

  test('after the answer fails the reading of its body, streamed or not', async () => {
    const script = `
      const outcomes = [];
      for (const read of [(r) => r.text(), async (r) => { const reader = r.body.getReader(); setTimeout(() => controller.abort()); for (;;) { if ((await reader.read()).done) return 'all'; await new Promise((resolve) => setTimeout(resolve, 2)) } }]) {
        var controller = new AbortController();
        const response = await fetch('http://a.example', { signal: controller.signal });
        if (read.length === 1 && outcomes.length === 0) controller.abort();
        outcomes.push(await read(response).catch((error) => error.name));
      }
      outcomes`;
    const body = new Uint8Array(300_000);
    expect(await evaluate(script, () => ({ response: {}, body }))).toEqual([
      'AbortError',
      'AbortError',
    ]);
  });
});

describe('a data: URL', () => {
  test.each([
    ["const pending = fetch('data:,a', { signal }); controller.abort('why'); await pending"],
    [
      "const response = await fetch('data:,a', { signal }); controller.abort('why'); await response.text()",
    ],
    ["controller.abort('why'); await fetch('data:,a', { signal })"],
  ])('is aborted like any other: %s', async (script) => {
    const attempt = `const controller = new AbortController(); const { signal } = controller;
      await (async () => { ${script} })().catch((reason) => reason)`;
    expect(await evaluate(attempt)).toBe('why');
  });
});

describe('a response', () => {
  const answer: Respond = () => ({
    response: {
      status: 203,
      statusText: 'Fine',
      url: 'https://b.example/final#part',
      redirected: true,
      headers: [
        ['Content-Type', 'application/json'],
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    },
    body: '{"a":"ü"}',
  });

  test('tells status, headers and where it came from', async () => {
    const script = `const r = await fetch('http://a.example');
      [r.status, r.ok, r.statusText, r.url, r.redirected, r.type, [...r.headers], await r.json()]`;
    expect(await evaluate(script, answer)).toEqual([
      203,
      true,
      'Fine',
      'https://b.example/final',
      true,
      'basic',
      [
        ['content-type', 'application/json'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
      { a: 'ü' },
    ]);
  });

  test('has headers that cannot be changed', async () => {
    const script = `const { headers } = await fetch('http://a.example');
      [() => headers.append('a', 'b'), () => headers.set('a', 'b'), () => headers.delete('a')].map((change) => {
        try { change(); } catch (error) { return String(error); }
      })`;
    expect(await evaluate(script, answer)).toEqual(Array(3).fill('TypeError: immutable'));
  });

  test('brings every byte', async () => {
    const body = Uint8Array.from({ length: 256 * 300 }, (_, index) => index % 256);
    const script = `const bytes = await (await fetch('http://a.example')).bytes();
      [bytes.length, bytes.every((byte, index) => byte === index % 256)]`;
    expect(await evaluate(script, () => ({ response: {}, body }))).toEqual([body.length, true]);
  });

  test.each([204, 205, 304])('of status %i has no body', async (status) => {
    const script = "const r = await fetch('http://a.example'); [r.body, await r.text()]";
    const respond: Respond = () => ({ response: { status }, body: 'ignored' });
    expect(await evaluate(script, respond)).toEqual([null, '']);
  });
});

describe('integrity', () => {
  const hashOf = (name: string): string => createHash(name).update('abc').digest('base64');
  const cases: readonly [integrity: string, outcome: string][] = [
    [`sha256-${hashOf('sha256')}`, 'abc'],
    [`sha384-${hashOf('sha384')}`, 'abc'],
    [`sha512-${hashOf('sha512').replaceAll('+', '-').replaceAll('/', '_')}?ct=a/b`, 'abc'],
    [`sha256-AAAA sha256-${hashOf('sha256')}`, 'abc'],
    [`sha512-AAAA sha256-${hashOf('sha256')}`, 'fetch failed: integrity mismatch'],
    ['sha256-AAAA', 'fetch failed: integrity mismatch'],
    ['md5-AAAA', 'abc'],
    ['', 'abc'],
  ];

  test.each(cases)('%j is %s', async (integrity, outcome) => {
    const script = `await fetch('http://a.example', { integrity: ${JSON.stringify(integrity)} })
      .then((response) => response.text(), (error) => error.message + ': ' + error.cause.message)`;
    expect(await evaluate(script, () => ({ response: {}, body: 'abc' }))).toBe(outcome);
  });
});

describe('what a script does to the globals', () => {
  test('does not change how fetch works', async () => {
    const script = `
      const { fetch } = globalThis;
      for (const name of ['Request', 'Response', 'Headers', 'URL', 'TextEncoder', 'TextDecoder', 'ReadableStream', 'AbortController', 'DOMException', 'Blob', 'FormData']) globalThis[name] = undefined;
      const response = await fetch('http://a.example', { method: 'POST', body: 'ü' });
      const chunks = [];
      for await (const chunk of response.clone().body) chunks.push(...chunk);
      [await response.text(), chunks]`;
    expect(await evaluate(script, (_, body) => ({ response: {}, body }))).toEqual([
      'ü',
      [0xc3, 0xbc],
    ]);
  });
});

describe('a decompression bomb', () => {
  test('is stopped at the bound of a stream', async () => {
    const script = `
      const { body } = await fetch('http://a.example');
      await new Response(body.pipeThrough(new DecompressionStream('gzip'))).bytes().catch((error) => String(error))`;
    const body = gzipSync(new Uint8Array(2 ** 26));
    expect(await evaluate(script, () => ({ response: {}, body }))).toBe(
      'TypeError: The stream unpacks to more than 32 MiB',
    );
  });
});
