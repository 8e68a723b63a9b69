import { describe, expect, test } from '@jest/globals';
import type { GuestFetchError } from '../../../../../lambda/contract/calls.ts';
import type { HostResource } from '../../../../../lambda/guest/webassembly/component/host.ts';
import { inspect } from '../../../../support/guest/wasi2-host.ts';
import { answer, open } from './http-calls.ts';

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

  test('never arrives after the time of the run', async () => {
    const { host, call, request, handle } = open({ limits: { timeoutMs: 500 } });
    const future = (await handle(await request())) as HostResource;
    let got: unknown;
    do got = await call('[method]future-incoming-response.get', future);
    while (got === undefined);
    expect([got, host.requests.length]).toEqual([{ ended: '{"kind":"timeout"}' }, 1]);
  });

  const failures: readonly (readonly [GuestFetchError['kind'], string | null, unknown])[] = [
    ['not-allowed', null, { tag: 'HTTP-request-denied' }],
    ['quota', null, { tag: 'internal-error', value: 'why' }],
    ['quota', 'maxRequestBytes', { tag: 'HTTP-request-body-size' }],
    ['bad-request', null, { tag: 'internal-error', value: 'why' }],
    ['too-large', null, { tag: 'HTTP-response-body-size' }],
    ['timeout', null, { tag: 'HTTP-response-timeout' }],
    ['timeout', 'UND_ERR_CONNECT_TIMEOUT', { tag: 'connection-timeout' }],
    ['timeout', 'UND_ERR_HEADERS_TIMEOUT', { tag: 'connection-read-timeout' }],
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
