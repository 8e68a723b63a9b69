import { describe, expect, test } from '@jest/globals';
import type { HostResource } from '../../../../../lambda/guest/webassembly/component/host.ts';
import { inspect } from '../../../../support/guest/wasi2-host.ts';
import { answer, bytes, open } from './http-calls.ts';

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

  test('is sent as a whole where its body is finished before the component waits', async () => {
    const { host, call, make, request, handle, settled } = open({
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
          whole: false,
          upload: null,
          timeoutMs: null,
        },
        body: 'hello',
      },
    ]);
    expect(host.sent).toEqual([]);
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
      expect([host.requests, host.sent]).toEqual([[], []]);
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

  test('has no trailers: that they are not sent is an error', async () => {
    const { host, call, make, request, handle, settled } = open();
    const made = await request();
    const body = await make('[method]outgoing-request.body', made);
    const future = (await handle(made)) as HostResource;
    const trailers = await make('[static]fields.from-list', [['x-sum', bytes('12')]]);
    expect(await call('[static]outgoing-body.finish', body, trailers)).toEqual({
      err: { tag: 'HTTP-request-trailer-section-size', value: 7 },
    });
    expect(await settled(future)).toMatchObject({
      value: { value: { tag: 'HTTP-protocol-error' } },
    });
    expect(host.requests).toEqual([]);
    const empty = await make('[constructor]fields');
    const other = await make('[method]outgoing-request.body', await request());
    expect(await call('[static]outgoing-body.finish', other, empty)).toBeUndefined();
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
    // The host's own limit counts as well.
    expect(host.requests[0]?.request.timeoutMs).toBeNull();
  });
});
