import { describe, expect, test } from '@jest/globals';
import type {
  HostResource,
  HostValue,
} from '../../../../../lambda/guest/webassembly/component/host.ts';
import { openExchange } from '../../../../../lambda/guest/webassembly/component/wasi/http/incoming-handler.ts';
import { inspect } from '../../../../support/guest/wasi2-host.ts';
import { bytes, open } from './http-calls.ts';

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
