import { describe, expect, test } from '@jest/globals';
import type { BodyReadResult, GuestFetchError } from '../../../../../lambda/contract/calls.ts';
import type { HostResource } from '../../../../../lambda/guest/webassembly/component/host.ts';
import { inspect, type Wasi2Options } from '../../../../support/guest/wasi2-host.ts';
import { answer, begun, bytes, open, turn } from './http-calls.ts';

const stream = (name: string) => `wasi:io/streams#[method]${name}`;
const closed = { err: { tag: 'closed' } };
const error = (kind: GuestFetchError['kind'], causeCode: string | null = null) =>
  ({ ok: false, error: { kind, message: 'why', causeCode } }) as const;

/** What a stream failed with, in the words of `wasi:http`. */
async function codeOf({ call }: ReturnType<typeof open>, outcome: unknown): Promise<unknown> {
  const { err } = outcome as { err: { tag: string; value: HostResource } };
  expect(err.tag).toBe('last-operation-failed');
  return call('http-error-code', err.value);
}

describe('the body of a request', () => {
  const begin = async (options: Wasi2Options, headers: readonly [string, string][] = []) => {
    const opened = open(options);
    const made = await opened.request({ method: { tag: 'post' } }, headers);
    const body = await opened.make('[method]outgoing-request.body', made);
    const future = (await opened.handle(made)) as HostResource;
    const output = await opened.make('[method]outgoing-body.write', body);
    const write = (content: string | Uint8Array) =>
      opened.host.call(
        stream('output-stream.write'),
        output,
        typeof content === 'string' ? bytes(content) : content,
      );
    const permitted = () => opened.host.call(stream('output-stream.check-write'), output);
    const finish = () => {
      output[Symbol.dispose]?.();
      return opened.call('[static]outgoing-body.finish', body, undefined);
    };
    return { ...opened, body, future, output, write, permitted, finish };
  };

  test('is sent as it comes, where the component waits in between', async () => {
    const { host, write, finish, future, settled } = await begin({
      respond: () => new Promise((resolve) => setTimeout(() => resolve(answer(200)), 20)),
    });
    await write('one');
    await turn();
    await write('two');
    await write('three');
    await turn();
    expect(await finish()).toBeUndefined();
    expect(inspect(await settled(future))).toMatchObject({ value: { tag: 'ok' } });
    expect(host.requests[0]).toMatchObject({ request: { hasBody: true, upload: 1 }, body: '' });
    expect(host.sent).toEqual(['1: one', '1: two', '1: three', '1: |']);
  });

  test('says how long it is, where the component does', async () => {
    const { host, write } = await begin({}, [['content-length', '3']]);
    await write('on');
    await turn();
    expect(host.requests[0]?.request.headers).toEqual([['content-length', '3']]);
    const { value } = ((await write('es')) as { err: { value: HostResource } }).err;
    expect(host.sent).toEqual(['1: on']);
    expect(value.resource).toBe('wasi:io/error/error');
  });

  test('waits for a server that takes no more, and so does the component', async () => {
    const { promise, resolve } = Promise.withResolvers<{ ok: true }>();
    let pieces = 0;
    const opened = await begin({
      answers: {
        fetchSend: () => {
          pieces += 1;
          return promise;
        },
      },
    });
    const { host, output, write, permitted, poll } = opened;
    await write('first');
    await turn();
    let written = 0;
    while ((await permitted()) !== 0n) {
      await write(new Uint8Array(65_536));
      written += 65_536;
    }
    expect(written).toBe(5 * 65_536);
    const waiting = await host.resource(stream('output-stream.subscribe'), output);
    expect(await poll('pollable.ready', waiting)).toBe(false);
    const blocked = host.call(
      stream('output-stream.blocking-write-and-flush'),
      output,
      new Uint8Array(4096),
    );
    expect(await Promise.race([blocked, turn().then(() => 'waits')])).toBe('waits');
    resolve({ ok: true });
    expect(await blocked).toBeUndefined();
    expect([await poll('pollable.ready', waiting), await permitted()]).toEqual([true, 1_048_576n]);
    expect(pieces).toBeGreaterThan(1);
  });

  test('that was permitted may be written, though there is less room by then', async () => {
    const opened = open();
    const made = await opened.request({ method: { tag: 'post' } });
    const body = await opened.make('[method]outgoing-request.body', made);
    const output = await opened.make('[method]outgoing-body.write', body);
    const call = (name: string, ...args: (bigint | Uint8Array)[]) =>
      opened.host.call(stream(`output-stream.${name}`), output, ...args);
    await call('write', new Uint8Array(300_000));
    expect(await call('check-write')).toBe(1_048_576n);
    await opened.handle(made);
    expect(await call('write', new Uint8Array(1_048_576))).toBeUndefined();
    expect(await call('write', Uint8Array.of(1))).toEqual({
      ended: expect.stringContaining('output-stream.write: more than the 0 bytes'),
    });
  });

  test('that a quota refuses fails with that, for stream, body and response', async () => {
    const refused = error('quota', 'maxRequestBytes');
    const opened = await begin({
      answers: { fetchSend: async () => refused, fetch: async () => refused },
    });
    await opened.write('x');
    await turn();
    const code = { tag: 'HTTP-request-body-size' };
    expect(await codeOf(opened, await opened.permitted())).toMatchObject(code);
    expect(await opened.permitted()).toEqual(closed);
    expect(await opened.finish()).toMatchObject({ err: code });
    expect(await opened.settled(opened.future)).toMatchObject({ value: { value: code } });
  });

  test('is closed, and no failure, where the server has answered without the rest', async () => {
    const opened = await begin({
      respond: () => answer(413),
      answers: { fetchSend: async () => error('aborted') },
    });
    await opened.write('x');
    await turn();
    expect(await opened.write('y')).toEqual(closed);
    expect(await opened.finish()).toBeUndefined();
    expect(await opened.settled(opened.future)).toMatchObject({ value: { tag: 'ok' } });
  });

  test('that is dropped in its middle ends the request, and the response that has begun', async () => {
    const dropped = await begin({});
    await dropped.write('x');
    await turn();
    dropped.output[Symbol.dispose]?.();
    dropped.body[Symbol.dispose]?.();
    expect(dropped.host.aborted).toBe(1);
    expect(await dropped.settled(dropped.future)).toMatchObject({
      value: { value: { tag: 'HTTP-protocol-error' } },
    });
    const answered = await begin({ respond: () => begun(4) });
    await turn();
    await answered.settled(answered.future);
    answered.output[Symbol.dispose]?.();
    answered.body[Symbol.dispose]?.();
    expect(answered.host.cancelled).toEqual([4]);
  });

  test('whose response nobody wants is not sent', async () => {
    const { host, write, future } = await begin({});
    await write('x');
    future[Symbol.dispose]?.();
    await turn();
    expect(host.requests).toEqual([]);
  });
});

describe('the body of a response', () => {
  type Piece = BodyReadResult | 'nothing';
  const piece = (content: string, ended = false): BodyReadResult => ({
    ok: true,
    body: bytes(content),
    ended,
  });

  /** A response with a body that arrives in these pieces. */
  const arriving = async (pieces: readonly Piece[], options: Wasi2Options = {}) => {
    const left = [...pieces];
    const reads = { asked: 0, aborted: 0 };
    const opened = open({
      respond: () => begun(7),
      answers: {
        fetchRead: () => {
          reads.asked += 1;
          const next = left.shift() ?? 'nothing';
          const abort = (): void => {
            reads.aborted += 1;
          };
          return {
            result: next === 'nothing' ? new Promise(() => {}) : Promise.resolve(next),
            abort,
          };
        },
      },
      ...options,
    });
    const respond = async (requestOptions?: HostResource): Promise<HostResource> => {
      const future = (await opened.handle(await opened.request(), requestOptions)) as HostResource;
      const { value } = (await opened.settled(future)) as { value: { value: HostResource } };
      return value.value;
    };
    const bodyOf = (response: HostResource) =>
      opened.make('[method]incoming-response.consume', response);
    const call = (name: string, input: HostResource, length: bigint) =>
      opened.host.call(stream(`input-stream.${name}`), input, length);
    return { ...opened, reads, respond, bodyOf, read: call };
  };

  test('is there as it arrives, and read no faster than the component reads', async () => {
    const flow = await arriving([piece('one'), piece('two'), piece('', true)]);
    const body = await flow.bodyOf(await flow.respond());
    const input = await flow.make('[method]incoming-body.stream', body);
    await turn();
    expect(flow.reads.asked).toBe(1);
    expect(inspect(await flow.read('blocking-read', input, 2n))).toBe('on');
    expect(flow.reads.asked).toBe(1);
    expect(inspect(await flow.read('read', input, 9n))).toBe('e');
    expect(flow.reads.asked).toBe(2);
    expect(inspect(await flow.read('blocking-read', input, 9n))).toBe('two');
    expect(await flow.read('blocking-read', input, 9n)).toEqual(closed);
    input[Symbol.dispose]?.();
    const trailers = await flow.make('[static]incoming-body.finish', body);
    expect(await flow.call('[method]future-trailers.get', trailers)).toEqual({
      tag: 'ok',
      value: { tag: 'ok', value: undefined },
    });
  });

  test('arrives also where a component reads again and again without waiting', async () => {
    const flow = await arriving([piece('late'), piece('', true)]);
    const input = await flow.make(
      '[method]incoming-body.stream',
      await flow.bodyOf(await flow.respond()),
    );
    let got: unknown;
    do got = inspect(await flow.read('read', input, 9n));
    while (got === '');
    expect(got).toBe('late');
  });

  test('has trailers, for whom the rest is read', async () => {
    const trailers = [
      ['x-sum', '12'],
      ['connection', 'close'],
    ] as const;
    const last: BodyReadResult = { ok: true, body: bytes('z'), ended: true, trailers };
    const flow = await arriving([piece('a'), piece('b'), last]);
    const body = await flow.bodyOf(await flow.respond());
    const future = await flow.make('[static]incoming-body.finish', body);
    await flow.poll('pollable.block', await flow.make('[method]future-trailers.subscribe', future));
    const got = await flow.call('[method]future-trailers.get', future);
    const { value } = (got as { value: { value: HostResource } }).value;
    expect(inspect(await flow.call('[method]fields.entries', value))).toEqual([['x-sum', '12']]);
    expect(flow.reads.asked).toBe(3);
  });

  test.each([
    ['too-large', null, { tag: 'HTTP-response-body-size' }],
    ['timeout', null, { tag: 'HTTP-response-timeout' }],
    ['network', 'ECONNRESET', { tag: 'connection-terminated' }],
    ['network', 'Z_DATA_ERROR', { tag: 'HTTP-response-content-coding' }],
  ] as const)('that breaks off for %s %s says so, once', async (kind, causeCode, code) => {
    const flow = await arriving([piece('half'), error(kind, causeCode)]);
    const body = await flow.bodyOf(await flow.respond());
    const input = await flow.make('[method]incoming-body.stream', body);
    expect(inspect(await flow.read('blocking-read', input, 9n))).toBe('half');
    const outcome = await flow.read('blocking-read', input, 9n);
    expect(await codeOf(flow, outcome)).toMatchObject(code);
    expect(await flow.read('blocking-read', input, 9n)).toEqual(closed);
    input[Symbol.dispose]?.();
    const trailers = await flow.make('[static]incoming-body.finish', body);
    expect(await flow.call('[method]future-trailers.get', trailers)).toMatchObject({
      value: { tag: 'error', value: code },
    });
  });

  test('that nobody reads any more is cancelled', async () => {
    const unread = await arriving([]);
    (await unread.respond())[Symbol.dispose]?.();
    const half = await arriving([piece('half')]);
    const given = await half.bodyOf(await half.respond());
    await turn();
    given[Symbol.dispose]?.();
    const finished = await arriving([piece('half')]);
    const body = await finished.bodyOf(await finished.respond());
    (await finished.make('[static]incoming-body.finish', body))[Symbol.dispose]?.();
    expect([unread.reads.aborted, finished.reads.aborted]).toEqual([1, 1]);
    expect(half.host.cancelled).toEqual([7]);
    const waiting = open({ respond: () => begun(9) });
    const future = (await waiting.handle(await waiting.request())) as HostResource;
    await turn();
    future[Symbol.dispose]?.();
    expect(waiting.host.cancelled).toEqual([9]);
  });

  test('is held to the times that the request was given', async () => {
    const silent = await arriving([]);
    const options = await silent.make('[constructor]request-options');
    await silent.call('[method]request-options.set-between-bytes-timeout', options, 5_000_000n);
    const body = await silent.bodyOf(await silent.respond(options));
    const input = await silent.make('[method]incoming-body.stream', body);
    const outcome = await silent.read('blocking-read', input, 9n);
    expect(await codeOf(silent, outcome)).toEqual({ tag: 'connection-read-timeout' });
    expect(silent.reads.aborted).toBe(1);

    const slow = open();
    const first = await slow.make('[constructor]request-options');
    await slow.call('[method]request-options.set-first-byte-timeout', first, 5_000_000n);
    const future = (await slow.handle(await slow.request(), first)) as HostResource;
    expect(await slow.settled(future)).toMatchObject({
      value: { value: { tag: 'connection-read-timeout' } },
    });
    expect(slow.host.aborted).toBe(1);
  });

  test('counts while it is held', async () => {
    const flow = await arriving([piece('x'.repeat(2_000_000))], {
      limits: { memoryBytes: 1_000_000 },
    });
    const body = await flow.bodyOf(await flow.respond());
    const input = await flow.make('[method]incoming-body.stream', body);
    expect(await codeOf(flow, await flow.read('blocking-read', input, 9n))).toMatchObject({
      tag: 'internal-error',
    });
  });
});
