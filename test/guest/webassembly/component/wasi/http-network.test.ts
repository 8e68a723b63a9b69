/** Bodies of `wasi:http` over the network, by the egress layer: both ways, as they come. */

import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { HostResource } from '../../../../../lambda/guest/webassembly/component/host.ts';
import type { FetchQuota } from '../../../../../lambda/settings/settings.ts';
import { inspect } from '../../../../support/guest/wasi2-host.ts';
import {
  closeEgress,
  echo,
  listen,
  sessionOf,
  trusting,
} from '../../../../support/servers/egress.ts';
import { bytes, open, turn } from './http-calls.ts';

afterEach(closeEgress);

const stream = (name: string) => `wasi:io/streams#[method]${name}`;

/** A component that may ask a server, and what it does with the answer. */
async function connected(listener: RequestListener, quota: Partial<FetchQuota> = {}) {
  const { origin } = await listen(listener);
  const { fetches } = sessionOf(trusting(), quota);
  const opened = open({
    answers: {
      fetch(request, body) {
        const end = new AbortController();
        return { result: fetches.fetch(request, body, end.signal), abort: () => end.abort() };
      },
      fetchRead(request) {
        const end = new AbortController();
        return { result: fetches.read(request, end.signal), abort: () => end.abort() };
      },
      fetchSend: (request, piece) => fetches.send(request, piece),
      fetchCancel: (request) => fetches.cancel(request),
    },
  });
  const { host, call, make } = opened;
  const set = { scheme: { tag: 'HTTP' }, authority: new URL(origin).host };
  const request = (
    more: Parameters<typeof opened.request>[0] = {},
    headers: readonly (readonly [string, string])[] = [],
  ) => opened.request({ ...set, ...more }, headers);
  const responseTo = async (future: HostResource): Promise<HostResource> => {
    const got = inspectable(await opened.settled(future));
    if (got.tag !== 'ok') throw new Error(JSON.stringify(got));
    return got.value;
  };
  /** All of the body, and the trailers. */
  const readAll = async (response: HostResource) => {
    const body = await make('[method]incoming-response.consume', response);
    const input = await make('[method]incoming-body.stream', body);
    let text = '';
    let end: unknown;
    while (end === undefined) {
      const piece = await host.call(stream('input-stream.blocking-read'), input, 100_000n);
      if (piece instanceof Uint8Array) text += Buffer.from(piece).toString();
      else end = piece;
    }
    input[Symbol.dispose]?.();
    const future = await make('[static]incoming-body.finish', body);
    await opened.poll('pollable.block', await make('[method]future-trailers.subscribe', future));
    const got = inspectable(await call('[method]future-trailers.get', future));
    const fields =
      got.tag === 'ok' && got.value ? await call('[method]fields.entries', got.value) : [];
    return { text, end: inspect(end), trailers: inspect(fields) };
  };
  return { ...opened, request, responseTo, readAll };
}

type Result = { readonly tag: string; readonly value: HostResource };

function inspectable(got: unknown): Result {
  const { value } = got as { readonly value: Result };
  return value;
}

describe('over the network', () => {
  test('a request flows while its response does', async () => {
    const shouting: RequestListener = (request, response) => {
      response.writeHead(200, { trailer: 'x-count' });
      let count = 0;
      request.on('data', (piece: Buffer) => {
        count += piece.length;
        response.write(piece.toString().toUpperCase());
      });
      request.on('end', () => {
        response.addTrailers({ 'x-count': String(count) });
        response.end();
      });
    };
    const { host, call, make, request, handle, responseTo, readAll } = await connected(shouting, {
      maxRequestBytes: 2 ** 20,
      maxResponseBytes: 2 ** 20,
      maxTotalBytes: 2 ** 22,
    });
    const made = await request({ method: { tag: 'post' } });
    const body = await make('[method]outgoing-request.body', made);
    const output = await make('[method]outgoing-body.write', body);
    const future = (await handle(made)) as HostResource;
    const write = stream('output-stream.blocking-write-and-flush');
    await host.call(write, output, bytes('hello '));
    const response = await responseTo(future);
    await turn();
    for (let left = 200; left > 0; left -= 1)
      await host.call(write, output, bytes('x'.repeat(4096)));
    output[Symbol.dispose]?.();
    expect(await call('[static]outgoing-body.finish', body, undefined)).toBeUndefined();
    const { text, end, trailers } = await readAll(response);
    expect(text).toBe(`HELLO ${'X'.repeat(200 * 4096)}`);
    expect([end, trailers]).toEqual([{ err: { tag: 'closed' } }, [['x-count', '819206']]]);
  });

  test.each([
    ['where it is complete before the component waits', []],
    ['by its headers', [['content-length', '6']]],
  ] as const)('the server learns the length of a body that has one: %s', async (_name, headers) => {
    const { host, call, make, request, handle, responseTo, readAll } = await connected(echo);
    const made = await request({ method: { tag: 'put' } }, headers);
    const body = await make('[method]outgoing-request.body', made);
    const output = await make('[method]outgoing-body.write', body);
    const future = (await handle(made)) as HostResource;
    for (const half of ['abc', 'def']) {
      await host.call(stream('output-stream.write'), output, bytes(half));
      if (headers.length > 0) await turn();
    }
    output[Symbol.dispose]?.();
    await call('[static]outgoing-body.finish', body, undefined);
    const { text } = await readAll(await responseTo(future));
    expect(JSON.parse(text)).toMatchObject({ body: 'abcdef', headers: { 'content-length': '6' } });
  });

  test('a response over its limit breaks off where that is', async () => {
    let end = (): void => {};
    const large: RequestListener = (_, response) => {
      response.write('x'.repeat(150_000));
      end = () => response.end('x'.repeat(100_000));
    };
    const { request, handle, responseTo, readAll } = await connected(large, {
      maxResponseBytes: 200_000,
    });
    const response = await responseTo((await handle(await request())) as HostResource);
    end();
    const { text, end: ending } = await readAll(response);
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThanOrEqual(200_000);
    expect(ending).toEqual({
      err: { tag: 'last-operation-failed', value: '<wasi:io/error/error>' },
    });
  });

  test('a body over the quota of requests fails both ways', async () => {
    const { host, make, request, handle, settled } = await connected(echo, {
      maxRequestBytes: 10_000,
    });
    const made = await request({ method: { tag: 'post' } });
    const output = await make(
      '[method]outgoing-body.write',
      await make('[method]outgoing-request.body', made),
    );
    const future = (await handle(made)) as HostResource;
    let result: unknown;
    for (let left = 50; left > 0 && result === undefined; left -= 1) {
      result = await host.call(
        stream('output-stream.blocking-write-and-flush'),
        output,
        new Uint8Array(4096),
      );
      await turn();
    }
    expect(result).toMatchObject({ err: { tag: 'last-operation-failed' } });
    expect(await settled(future)).toMatchObject({
      value: { tag: 'error', value: { tag: 'HTTP-request-body-size' } },
    });
  });
});
