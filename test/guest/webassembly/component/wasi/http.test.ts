import { describe, expect, test } from '@jest/globals';
import type { GuestFetchError, GuestFetchResult } from '../../../../../lambda/contract/calls.ts';
import type {
  HostResource,
  HostValue,
} from '../../../../../lambda/guest/webassembly/component/host.ts';
import { openExchange } from '../../../../../lambda/guest/webassembly/component/wasi/http/incoming-handler.ts';
import { inspect, Wasi2Host, type Wasi2Options } from '../../../../support/guest/wasi2-host.ts';

const bytes = (content: string) => Buffer.from(content);

function open(options: Wasi2Options = {}) {
  const host = new Wasi2Host(options);
  const call = (name: string, ...args: HostValue[]) =>
    host.call(`wasi:http/types#${name}`, ...args);
  const make = (name: string, ...args: HostValue[]) =>
    host.resource(`wasi:http/types#${name}`, ...args);
  const poll = (name: string, self: HostResource) =>
    host.call(`wasi:io/poll#[method]${name}`, self);
  /** A request with these headers, set up by its methods. */
  const request = async (
    set: { readonly [name: string]: HostValue } = {},
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<HostResource> => {
    const list = headers.map(([name, value]) => [name, bytes(value)]);
    const made = await make(
      '[constructor]outgoing-request',
      await make('[static]fields.from-list', list),
    );
    for (const [name, value] of Object.entries({ authority: 'example.com', ...set })) {
      expect([name, await call(`[method]outgoing-request.set-${name}`, made, value)]).toEqual([
        name,
        undefined,
      ]);
    }
    return made;
  };
  const handle = (made: HostResource, requestOptions?: HostResource) =>
    host.call('wasi:http/outgoing-handler#handle', made, requestOptions);
  /** Waits for the response. */
  const settled = async (future: HostResource) => {
    await poll('pollable.block', await make('[method]future-incoming-response.subscribe', future));
    return call('[method]future-incoming-response.get', future);
  };
  return { host, call, make, poll, request, handle, settled };
}

const answer = (
  status: number,
  headers: readonly (readonly [string, string])[] = [],
  body = '',
): GuestFetchResult => ({
  ok: true,
  response: { status, statusText: '', url: 'https://example.com/', redirected: false, headers },
  body: bytes(body),
});

describe('fields', () => {
  const header = (tag: string) => ({ err: { tag } });
  const steps: readonly (readonly [string, readonly HostValue[], unknown])[] = [
    ['append', ['X-One', bytes('1')], undefined],
    ['append', ['x-one', bytes('2')], undefined],
    ['get', ['X-ONE'], ['1', '2']],
    ['has', ['x-oNe'], true],
    ['has', ['x two'], false],
    ['get', ['x two'], []],
    ['get', ['absent'], []],
    ['append', ['x two', bytes('')], header('invalid-syntax')],
    ['append', ['', bytes('')], header('invalid-syntax')],
    ['append', ['grüße', bytes('')], header('invalid-syntax')],
    ['append', ['x', bytes('a\r\nb: c')], header('invalid-syntax')],
    ['append', ['x', bytes('a\0')], header('invalid-syntax')],
    ['set', ['x', [bytes('fine'), bytes('a\n')]], header('invalid-syntax')],
    ['has', ['x'], false],
    ['append', ['Host', bytes('evil.example')], header('forbidden')],
    ['set', ['transfer-encoding', [bytes('chunked')]], header('forbidden')],
    ['delete', ['Connection'], header('forbidden')],
    ['delete', ['bad name'], header('invalid-syntax')],
    ['append', ['latin', Uint8Array.of(0xe9, 0x09)], undefined],
    ['set', ['Empty', [bytes('')]], undefined],
    ['get', ['empty'], ['']],
    ['set', ['x-one', [bytes('3')]], undefined],
    ['delete', ['empty'], undefined],
    ['delete', ['empty'], undefined],
    [
      'entries',
      [],
      [
        ['latin', 'é\t'],
        ['x-one', '3'],
      ],
    ],
    ['set', ['x-one', []], undefined],
    ['has', ['x-one'], false],
  ];

  test('keep names and values, and reject what is none', async () => {
    const { call, make } = open();
    const fields = await make('[constructor]fields');
    for (const [name, args, expected] of steps) {
      const result = inspect(await call(`[method]fields.${name}`, fields, ...args));
      expect([name, args, result]).toEqual([name, args, expected]);
    }
  });

  test('of a request are immutable, and a clone is not', async () => {
    const { call, make, request } = open();
    const headers = await make('[method]outgoing-request.headers', await request({}, [['a', 'b']]));
    for (const [name, ...args] of [
      ['append', 'x', bytes('')],
      ['set', 'x', [bytes('')]],
      ['delete', 'x'],
    ] as const) {
      expect(await call(`[method]fields.${name}`, headers, ...args)).toEqual(header('immutable'));
    }
    const clone = await make('[method]fields.clone', headers);
    expect(await call('[method]fields.append', clone, 'x', bytes('y'))).toBeUndefined();
    expect(inspect(await call('[method]fields.entries', headers))).toEqual([['a', 'b']]);
  });

  test('from a list with a bad one are none', async () => {
    const { call } = open();
    const list = [
      ['fine', bytes('')],
      ['host', bytes('')],
    ];
    expect(await call('[static]fields.from-list', list)).toEqual(header('forbidden'));
  });

  test('have an end', async () => {
    const { call, make } = open();
    const fields = await make('[constructor]fields');
    let result: unknown;
    let appended = 0;
    for (; result === undefined && appended < 10_000; appended += 1) {
      result = await call('[method]fields.append', fields, 'x', bytes(''));
    }
    expect(result).toEqual({ ended: 'The HTTP fields are too large.' });
    expect(appended).toBeGreaterThan(1000);
  });

  test('of all requests together take no more than the memory of the run', async () => {
    const { call, make } = open({ limits: { memoryBytes: 200_000 } });
    const large = bytes('x'.repeat(90_000));
    const two = [await make('[constructor]fields'), await make('[constructor]fields')] as const;
    for (const fields of two) {
      expect(await call('[method]fields.append', fields, 'x', large)).toBeUndefined();
    }
    expect(await call('[method]fields.clone', two[0])).toMatchObject({ ended: expect.anything() });
    two[1][Symbol.dispose]?.();
    expect(await make('[method]fields.clone', two[0])).toBeDefined();
  });
});

describe('a request', () => {
  const set = (name: string) => `[method]outgoing-request.set-${name}`;
  const none = { err: undefined };

  test.each([
    ['method', { tag: 'other', value: 'bad method' }, none],
    ['method', { tag: 'other', value: 'PURGE' }, undefined],
    ['scheme', { tag: 'other', value: '1x' }, none],
    ['scheme', { tag: 'other', value: 'ftp' }, undefined],
    ['authority', 'example.com:8080', undefined],
    ['authority', '[2001:db8::1]:443', undefined],
    ['authority', undefined, undefined],
    ['authority', 'example.com:', none],
    ['authority', 'example.com:65536', none],
    ['authority', 'example.com/path', none],
    ['authority', 'user:pass@example.com', none],
    ['authority', 'a b', none],
    ['authority', '', none],
    ['path-with-query', '/a?b=c&d=%20', undefined],
    ['path-with-query', '?q', undefined],
    ['path-with-query', '', undefined],
    ['path-with-query', '.evil.example/', none],
    ['path-with-query', '@evil.example/', none],
    ['path-with-query', '/a b', none],
    ['path-with-query', '/a#b', none],
    ['path-with-query', '/a\r\nx: y', none],
  ] as const)('set-%s %j', async (name, value, expected) => {
    const { call, request } = open();
    const made = await request();
    const before = await call(`[method]outgoing-request.${name}`, made);
    expect(await call(set(name), made, value)).toEqual(expected);
    expect(await call(`[method]outgoing-request.${name}`, made)).toEqual(
      expected === undefined ? value : before,
    );
  });

  test('is GET, without anything else, before it is set', async () => {
    const { call, make } = open();
    const made = await make('[constructor]outgoing-request', await make('[constructor]fields'));
    const fields = ['method', 'scheme', 'authority', 'path-with-query'];
    const values = fields.map((name) => call(`[method]outgoing-request.${name}`, made));
    expect(await Promise.all(values)).toEqual([{ tag: 'get' }, undefined, undefined, undefined]);
  });

  test.each([
    [{}, 'https://example.com/'],
    [{ scheme: { tag: 'HTTP' }, 'path-with-query': '/a?b' }, 'http://example.com/a?b'],
    [{ scheme: { tag: 'HTTPS' }, 'path-with-query': '?b' }, 'https://example.com/?b'],
    [{ authority: 'example.com:8443', 'path-with-query': '//x' }, 'https://example.com:8443//x'],
  ] as const)('of %j goes to %s', async (given, url) => {
    const { host, request, handle, settled } = open({ respond: () => answer(204) });
    await settled((await handle(await request(given))) as HostResource);
    expect(host.requests[0]?.request).toMatchObject({ url, method: 'GET', redirect: 'manual' });
  });

  test.each([
    [{ authority: undefined }, 'HTTP-request-URI-invalid'],
    [{ authority: '[::::]' }, 'HTTP-request-URI-invalid'],
    [{ scheme: { tag: 'other', value: 'ftp' } }, 'HTTP-protocol-error'],
    [{ method: { tag: 'connect' } }, 'HTTP-request-method-invalid'],
    [{ method: { tag: 'other', value: 'Trace' } }, 'HTTP-request-method-invalid'],
  ] as const)('of %j is none: %s', async (given, tag) => {
    const { host, request, handle } = open();
    expect(await handle(await request(given))).toEqual({ err: { tag, value: undefined } });
    expect(host.requests).toEqual([]);
  });

  test('is sent when its body is finished, with its headers', async () => {
    const { host, call, make, poll, request, handle, settled } = open({
      respond: () => answer(200),
    });
    const made = await request({ method: { tag: 'post' } }, [
      ['Content-Length', '5'],
      ['x', 'y'],
    ]);
    const body = await make('[method]outgoing-request.body', made);
    expect(await call('[method]outgoing-request.body', made)).toEqual(none);
    const future = (await handle(made)) as HostResource;
    const output = await make('[method]outgoing-body.write', body);
    expect(await call('[method]outgoing-body.write', body)).toEqual(none);
    await host.call('wasi:io/streams#[method]output-stream.write', output, bytes('hel'));
    await host.call(
      'wasi:io/streams#[method]output-stream.blocking-write-and-flush',
      output,
      bytes('lo'),
    );
    const waiting = await make('[method]future-incoming-response.subscribe', future);
    expect(await poll('pollable.ready', waiting)).toBe(false);
    expect(await call('[method]future-incoming-response.get', future)).toBeUndefined();
    expect(host.requests).toEqual([]);
    output[Symbol.dispose]?.();
    expect(await call('[static]outgoing-body.finish', body, undefined)).toBeUndefined();
    expect(inspect(await settled(future))).toMatchObject({ tag: 'ok', value: { tag: 'ok' } });
    expect(await call('[method]future-incoming-response.get', future)).toEqual({ tag: 'error' });
    expect(host.requests).toEqual([
      {
        request: {
          url: 'https://example.com/',
          method: 'POST',
          headers: [
            ['Content-Length', '5'],
            ['x', 'y'],
          ],
          hasBody: true,
          redirect: 'manual',
          timeoutMs: null,
        },
        body: 'hello',
      },
    ]);
  });

  test.each([
    ['get', '', false],
    ['post', '', true],
  ] as const)('%s with an empty body', async (tag, _, hasBody) => {
    const { host, call, make, request, handle, settled } = open({ respond: () => answer(200) });
    const made = await request({ method: { tag } });
    const body = await make('[method]outgoing-request.body', made);
    const future = (await handle(made)) as HostResource;
    await call('[static]outgoing-body.finish', body, undefined);
    await settled(future);
    expect(host.requests[0]?.request.hasBody).toBe(hasBody);
  });

  test.each(['abc', '1, 2', '-1', '1e3', ''])(
    'has no body with Content-Length "%s"',
    async (length) => {
      const { call, request } = open();
      const made = await request({}, [['content-length', length]]);
      expect(await call('[method]outgoing-request.body', made)).toEqual(none);
    },
  );

  test('whose body is shorter or longer than its Content-Length is never sent', async () => {
    for (const [written, size] of [
      ['abc', 3n],
      ['abcdef', 6n],
    ] as const) {
      const { host, call, make, request, handle, settled } = open({ respond: () => answer(200) });
      const made = await request({ method: { tag: 'post' } }, [['content-length', '5']]);
      const body = await make('[method]outgoing-request.body', made);
      const future = (await handle(made)) as HostResource;
      const output = await make('[method]outgoing-body.write', body);
      const result = await host.call(
        'wasi:io/streams#[method]output-stream.write',
        output,
        bytes(written),
      );
      const expected = { tag: 'HTTP-request-body-size', value: size };
      if (size > 5n) {
        const { value } = (result as { err: { value: HostResource } }).err;
        expect(await call('http-error-code', value)).toEqual(expected);
        expect(
          await host.call('wasi:filesystem/types#filesystem-error-code', value),
        ).toBeUndefined();
      }
      output[Symbol.dispose]?.();
      const finished = await call('[static]outgoing-body.finish', body, undefined);
      expect(finished).toMatchObject({ err: { tag: 'HTTP-request-body-size' } });
      expect(await settled(future)).toMatchObject({
        value: { tag: 'error', value: { tag: 'HTTP-protocol-error' } },
      });
      expect(host.requests).toEqual([]);
    }
  });

  test('whose body is dropped is given up', async () => {
    const { host, make, request, handle, settled } = open({ respond: () => answer(200) });
    const made = await request();
    const body = await make('[method]outgoing-request.body', made);
    const future = (await handle(made)) as HostResource;
    body[Symbol.dispose]?.();
    expect(await settled(future)).toMatchObject({
      value: { value: { tag: 'HTTP-protocol-error' } },
    });
    expect(host.requests).toEqual([]);
  });

  test('is aborted when nobody waits for it', async () => {
    const { host, request, handle } = open();
    ((await handle(await request())) as HostResource)[Symbol.dispose]?.();
    expect([host.requests.length, host.aborted]).toEqual([1, 1]);
  });

  test('has a body no larger than the memory of the run', async () => {
    const { host, call, make, request } = open({ limits: { memoryBytes: 1_000_000 } });
    const made = await request({ method: { tag: 'post' } });
    const output = await make(
      '[method]outgoing-body.write',
      await make('[method]outgoing-request.body', made),
    );
    let result: unknown;
    for (let written = 0; result === undefined && written < 1000; written += 1) {
      result = await host.call(
        'wasi:io/streams#[method]output-stream.write',
        output,
        new Uint8Array(10_000),
      );
    }
    const { value } = (result as { err: { value: HostResource } }).err;
    expect(await call('http-error-code', value)).toMatchObject({ tag: 'HTTP-request-body-size' });
  });

  test('has no trailers', async () => {
    const { call, make, request } = open();
    const body = await make('[method]outgoing-request.body', await request());
    const trailers = await make('[static]fields.from-list', [['x', bytes('y')]]);
    expect(await call('[static]outgoing-body.finish', body, trailers)).toMatchObject({
      err: { tag: 'internal-error' },
    });
  });

  test('may not be finished while its stream is open', async () => {
    const { call, make, request } = open();
    const body = await make('[method]outgoing-request.body', await request());
    await make('[method]outgoing-body.write', body);
    expect(await call('[static]outgoing-body.finish', body, undefined)).toEqual({
      ended: expect.stringContaining('output-stream is not dropped yet'),
    });
  });

  test('has the timeouts that it is given', async () => {
    const { host, call, make, request, handle } = open();
    const options = await make('[constructor]request-options');
    for (const [name, value] of [
      ['connect-timeout', 1_500_000n],
      ['first-byte-timeout', 2_000_000_000n],
      ['between-bytes-timeout', 3n],
    ] as const) {
      expect(await call(`[method]request-options.${name}`, options)).toBeUndefined();
      expect(await call(`[method]request-options.set-${name}`, options, value)).toBeUndefined();
      expect(await call(`[method]request-options.${name}`, options)).toBe(value);
    }
    await handle(await request(), options);
    expect(host.requests[0]?.request.timeoutMs).toBe(2002);
  });
});

describe('a response', () => {
  const responseOf = async (opened: ReturnType<typeof open>): Promise<HostResource> => {
    const future = (await opened.handle(await opened.request())) as HostResource;
    const { value } = (await opened.settled(future)) as { value: { value: HostResource } };
    return value.value;
  };

  test('has a status, headers that cannot be changed, and a body that is read once', async () => {
    const opened = open({
      respond: () =>
        answer(
          404,
          [
            ['a', 'é'],
            ['a', '2'],
            ['connection', 'close'],
          ],
          'gone',
        ),
    });
    const { host, call, make } = opened;
    const response = await responseOf(opened);
    expect(await call('[method]incoming-response.status', response)).toBe(404);
    const headers = await make('[method]incoming-response.headers', response);
    expect(inspect(await call('[method]fields.entries', headers))).toEqual([
      ['a', 'é'],
      ['a', '2'],
    ]);
    expect(await call('[method]fields.delete', headers, 'a')).toEqual({
      err: { tag: 'immutable' },
    });
    const body = await make('[method]incoming-response.consume', response);
    expect(await call('[method]incoming-response.consume', response)).toEqual({ err: undefined });
    const input = await make('[method]incoming-body.stream', body);
    expect(await call('[method]incoming-body.stream', body)).toEqual({ err: undefined });
    const read = 'wasi:io/streams#[method]input-stream.blocking-read';
    expect(inspect(await host.call(read, input, 99n))).toBe('gone');
    expect(await host.call(read, input, 99n)).toEqual({ err: { tag: 'closed' } });
    expect(await call('[static]incoming-body.finish', body)).toEqual({
      ended: expect.stringContaining('input-stream is not dropped yet'),
    });
    input[Symbol.dispose]?.();
    const trailers = await make('[static]incoming-body.finish', body);
    await opened.poll('pollable.block', await make('[method]future-trailers.subscribe', trailers));
    expect(await call('[method]future-trailers.get', trailers)).toEqual({
      tag: 'ok',
      value: { tag: 'ok', value: undefined },
    });
    expect(await call('[method]future-trailers.get', trailers)).toEqual({ tag: 'error' });
  });

  test('says nothing of a coding that the host has taken away', async () => {
    const coded = [
      ['content-encoding', 'gzip'],
      ['content-length', '9'],
      ['x', 'y'],
    ] as const;
    const opened = open({ respond: () => answer(200, coded, 'decoded') });
    const headers = await opened.make(
      '[method]incoming-response.headers',
      await responseOf(opened),
    );
    expect(inspect(await opened.call('[method]fields.entries', headers))).toEqual([['x', 'y']]);
  });

  test('arrives also where a component looks again and again without waiting', async () => {
    const opened = open({
      respond: () => new Promise((resolve) => setTimeout(() => resolve(answer(200)), 5)),
    });
    const { host, make } = opened;
    const future = (await opened.handle(await opened.request())) as HostResource;
    const waiting = await make('[method]future-incoming-response.subscribe', future);
    const past = await host.resource('wasi:clocks/monotonic-clock#subscribe-instant', 0n);
    let polled: unknown;
    do polled = await host.call('wasi:io/poll#poll', [waiting, past]);
    while (Array.isArray(polled) && polled.length < 2);
    expect(polled).toEqual([0, 1]);
  });

  const failures: readonly (readonly [GuestFetchError['kind'], string | null, unknown])[] = [
    ['not-allowed', null, { tag: 'HTTP-request-denied' }],
    ['quota', null, { tag: 'internal-error', value: 'why' }],
    ['bad-request', null, { tag: 'internal-error', value: 'why' }],
    ['too-large', null, { tag: 'HTTP-response-body-size' }],
    ['timeout', null, { tag: 'HTTP-response-timeout' }],
    ['timeout', 'UND_ERR_CONNECT_TIMEOUT', { tag: 'connection-timeout' }],
    ['timeout', 'UND_ERR_BODY_TIMEOUT', { tag: 'connection-read-timeout' }],
    ['network', 'ENOTFOUND', { tag: 'DNS-error', value: { rcode: 'NXDOMAIN' } }],
    ['network', 'EAI_AGAIN', { tag: 'DNS-timeout' }],
    ['network', 'ECONNREFUSED', { tag: 'connection-refused' }],
    ['network', 'ECONNRESET', { tag: 'connection-terminated' }],
    ['network', 'ENETUNREACH', { tag: 'destination-IP-unroutable' }],
    ['network', 'CERT_HAS_EXPIRED', { tag: 'TLS-certificate-error' }],
    ['network', 'ERR_TLS_CERT_ALTNAME_INVALID', { tag: 'TLS-certificate-error' }],
    ['network', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', { tag: 'TLS-certificate-error' }],
    ['network', 'ERR_SSL_WRONG_VERSION_NUMBER', { tag: 'TLS-protocol-error' }],
    ['network', 'HPE_INVALID_CONSTANT', { tag: 'HTTP-protocol-error' }],
    ['network', 'Z_DATA_ERROR', { tag: 'HTTP-response-content-coding' }],
    ['network', 'ENOVEL', { tag: 'internal-error', value: 'why' }],
    ['network', null, { tag: 'internal-error', value: 'why' }],
  ];

  test.each(failures)('that failed for %s %s', async (kind, causeCode, expected) => {
    const { request, handle, settled } = open({
      respond: () => ({ ok: false, error: { kind, message: 'why', causeCode } }),
    });
    const result = await settled((await handle(await request())) as HostResource);
    expect(result).toMatchObject({ tag: 'ok', value: { tag: 'error', value: expected } });
  });
});

describe('a component that answers requests', () => {
  const exchangeOf = (input: string | null) => {
    const opened = open();
    const exchange = openExchange(opened.host.wasi.context, input);
    const [request, outparam] = (exchange?.params ?? []) as HostResource[];
    if (!exchange || !request || !outparam) throw new Error('no request');
    const set = (result: HostValue) =>
      opened.call('[static]response-outparam.set', outparam, result);
    return { ...opened, exchange, request, outparam, set };
  };
  const input = JSON.stringify({
    url: 'https://example.com:8443/a?b',
    method: 'PATCH',
    headers: [
      ['x', '1'],
      ['Connection', 'close'],
    ],
    body: 'grüße',
  });

  test.each([
    [input, { tag: 'patch' }, '/a?b', 'HTTPS', 'example.com:8443', [['x', '1']], 'grüße'],
    [null, { tag: 'get' }, '/', 'HTTP', 'localhost', [], ''],
    [
      '{"url":"/x","method":"PURGE"}',
      { tag: 'other', value: 'PURGE' },
      '/x',
      'HTTP',
      'localhost',
      [],
      '',
    ],
  ] as const)('is given %s', async (json, method, path, scheme, authority, headers, body) => {
    const { host, call, make, request } = exchangeOf(json);
    const get = (name: string) => call(`[method]incoming-request.${name}`, request);
    expect(await get('method')).toEqual(method);
    expect(await get('path-with-query')).toBe(path);
    expect(await get('scheme')).toEqual({ tag: scheme });
    expect(await get('authority')).toBe(authority);
    const fields = await make('[method]incoming-request.headers', request);
    expect(inspect(await call('[method]fields.entries', fields))).toEqual(headers);
    expect(await call('[method]fields.delete', fields, 'x')).toEqual({ err: { tag: 'immutable' } });
    const stream = await make(
      '[method]incoming-body.stream',
      await make('[method]incoming-request.consume', request),
    );
    expect(await get('consume')).toEqual({ err: undefined });
    const read = await host.call('wasi:io/streams#[method]input-stream.read', stream, 99n);
    expect(read instanceof Uint8Array ? Buffer.from(read).toString() : '').toBe(body);
  });

  test.each(['null', '[]', '{"url":1}', '{"url":"http://"}', '{"method":1}', 'x'])(
    'is not given %s',
    (json) => {
      expect(openExchange(open().host.wasi.context, json)).toBeNull();
    },
  );

  test('answers with a status, headers and a body', async () => {
    const { host, call, make, exchange, set } = exchangeOf(input);
    const headers = await make('[static]fields.from-list', [
      ['X-Two', bytes('a')],
      ['x-two', bytes('b')],
    ]);
    const response = await make('[constructor]outgoing-response', headers);
    for (const [status, expected] of [
      [99, { err: undefined }],
      [1000, { err: undefined }],
      [418, undefined],
    ] as const) {
      expect(await call('[method]outgoing-response.set-status-code', response, status)).toEqual(
        expected,
      );
    }
    expect(await call('[method]outgoing-response.status-code', response)).toBe(418);
    const body = await make('[method]outgoing-response.body', response);
    expect(await call('[method]outgoing-response.body', response)).toEqual({ err: undefined });
    expect(await set({ tag: 'ok', value: response })).toBeUndefined();
    const output = await make('[method]outgoing-body.write', body);
    await host.call('wasi:io/streams#[method]output-stream.write', output, bytes('short'));
    output[Symbol.dispose]?.();
    await call('[static]outgoing-body.finish', body, undefined);
    expect(await exchange.answer()).toEqual({
      response: { status: 418, headers: { 'x-two': 'a, b' }, body: 'short' },
    });
  });

  test('may answer with an error, or not at all', async () => {
    const failed = exchangeOf(input);
    const code = { tag: 'HTTP-response-body-size', value: 5n };
    expect(await failed.set({ tag: 'error', value: code })).toBeUndefined();
    expect(await failed.exchange.answer()).toMatchObject({
      failure: expect.stringContaining('HTTP-response-body-size'),
      details: { tag: 'HTTP-response-body-size', value: '5' },
    });
    expect(await exchangeOf(input).exchange.answer()).toMatchObject({
      failure: expect.stringContaining('without an answer'),
    });
    const unfinished = exchangeOf(input);
    const { make } = unfinished;
    const response = await make(
      '[constructor]outgoing-response',
      await make('[constructor]fields'),
    );
    await make('[method]outgoing-response.body', response);
    await unfinished.set({ tag: 'ok', value: response });
    expect(await unfinished.exchange.answer()).toMatchObject({
      failure: expect.stringContaining('did not finish the body'),
    });
  });

  test('cannot send informational responses', async () => {
    const { call, make, outparam } = exchangeOf(null);
    const fields = await make('[constructor]fields');
    expect(
      await call('[method]response-outparam.send-informational', outparam, 103, fields),
    ).toMatchObject({ err: { tag: 'internal-error' } });
  });
});
