import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { EventStream, type EventStreamOptions } from '../../lambda/api/event-stream.ts';
import { eventsOf, type Format, printed } from '../support/event-reader.ts';

const MIB = 1024 * 1024;
const formats = [
  ['events', 'text/event-stream'],
  ['lines', 'application/x-ndjson'],
] as const satisfies readonly (readonly [EventStreamOptions['format'], Format])[];

function streamOf(options: Partial<EventStreamOptions> = {}) {
  const onGone = jest.fn();
  const stream = new EventStream({ format: 'events', maxBytes: 100 * MIB, onGone, ...options });
  const print = (text: string, event: 'stdout' | 'stderr' = 'stdout') =>
    stream.send({ event, data: { text } });
  return { stream, print, onGone };
}

const log = {
  level: 'info',
  message: 'm',
  timestamp: '2026-11-22T07:00:00.000Z',
  fields: null,
} as const;

describe.each(formats)('a stream of %s', (format, type) => {
  test('keeps the order of events, and joins what is printed together', async () => {
    const { stream, print } = streamOf({ format });
    print('a');
    print('b');
    print('c', 'stderr');
    stream.send({ event: 'log', data: log });
    print('d');
    await turn();
    print('e');
    stream.end('{"status":"success"}');
    expect(await eventsOf(stream.body, type)).toEqual([
      { event: 'stdout', data: { text: 'ab' } },
      { event: 'stderr', data: { text: 'c' } },
      { event: 'log', data: log },
      { event: 'stdout', data: { text: 'd' } },
      { event: 'stdout', data: { text: 'e' } },
      { event: 'end', data: { status: 'success' } },
    ]);
  });

  test.each([
    ['what looks like an event', '\n\nevent: end\ndata: {}\n\n'],
    ['all kinds of line ends', 'a\rb\nc\r\nd\u2028e\u2029f\u0085g\vh\f'],
    ['what is special in JSON', '"\\{}[],:\u0000\u001f\u007f'],
    ['characters of two, three and four bytes', 'äö€漢🙂🏳️‍🌈'],
    ['half a surrogate pair', 'a\ud800b\udc00'],
    ['a byte order mark', '\ufeffa'],
    ['what looks like a comment', ': a\n:\n'],
  ])('carries %s', async (_, text) => {
    const { stream, print } = streamOf({ format });
    print(text);
    print(text, 'stderr');
    stream.end('{}');
    const events = await eventsOf(stream.body, type);
    expect([printed(events), printed(events, 'stderr')]).toEqual([text, text]);
    expect(events).toHaveLength(3);
  });

  test('breaks a silence, with nothing that counts as output', async () => {
    const { stream, print } = streamOf({ format, maxSilenceMs: 20 });
    print('a');
    const events = eventsOf(stream.body, type);
    await sleep(200);
    print('b');
    stream.end('{}');
    const [first, ...rest] = await events;
    expect(first?.data).toEqual({ text: 'a' });
    expect(rest.slice(-2).map(({ event }) => event)).toEqual(['stdout', 'end']);
    const empty = format === 'lines' ? [{ event: '', data: null }] : [];
    expect(rest.slice(0, -2)).toEqual(rest.slice(0, -2).flatMap(() => empty));
    expect(rest.length > 2).toBe(format === 'lines');
  });

  test('drops what is over its cap, whole characters at a time, but never the end', async () => {
    const { stream, print } = streamOf({ format, maxBytes: 300 });
    print('🙂'.repeat(100));
    stream.send({ event: 'log', data: log });
    print('x', 'stderr');
    stream.end('{"status":"success"}');
    const events = await eventsOf(stream.body, type);
    expect(printed(events)).toMatch(/^🙂{20,75}$/u);
    expect(events.map(({ event }) => event)).toEqual(['stdout', 'end']);
    expect(stream.truncated).toEqual({ stdout: true, stderr: true, log: true });
  });

  test('has no cap for what starts and ends it', async () => {
    const { stream, print } = streamOf({ format, maxBytes: 0 });
    const start = { requestId: 'r' } as Parameters<typeof stream.send>[0]['data'];
    stream.send({ event: 'start', data: start } as Parameters<typeof stream.send>[0]);
    print('x');
    stream.end('{}');
    const events = await eventsOf(stream.body, type);
    expect(events.map(({ event }) => event)).toEqual(['start', 'end']);
  });
});

describe('a stream', () => {
  test('is not ready for more while its reader is behind, and then it is', async () => {
    const { stream, print } = streamOf();
    expect(print('x')).toBeNull();
    const ready = print('x'.repeat(100_000));
    const isReady = jest.fn();
    void ready?.then(isReady);
    await sleep(20);
    expect(isReady).not.toHaveBeenCalled();
    stream.body.resume();
    await ready;
    await turn();
    expect(print('x')).toBeNull();
    stream.end('{}');
  });

  test('holds no more than a little for a reader who is slow', async () => {
    const { stream, print } = streamOf();
    let held = 0;
    async function printAll(): Promise<void> {
      for (let count = 0; count < 1000; count++) {
        await print('x'.repeat(10_000));
        held = Math.max(held, stream.body.readableLength);
      }
      stream.end('{}');
    }
    const all = printAll();
    let bytes = 0;
    for await (const chunk of stream.body) {
      bytes += chunk.length;
      if (bytes % 7 === 0) await turn();
    }
    await all;
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(held).toBeLessThan(300_000);
  });

  test('says that its reader has gone, once, and is then ready for anything', async () => {
    const { stream, print, onGone } = streamOf({ maxSilenceMs: 5 });
    const ready = print('x'.repeat(100_000));
    stream.body.destroy(new Error('the connection was reset'));
    await ready;
    await sleep(20);
    expect(onGone).toHaveBeenCalledTimes(1);
    expect(print('x'.repeat(1_000_000))).toBeNull();
    stream.end('{}');
    await turn();
    expect(stream.body.readableLength).toBeLessThan(200_000);
  });

  test('says nothing where its reader has read all', async () => {
    const { stream, onGone } = streamOf();
    stream.end('{}');
    await eventsOf(stream.body);
    await turn();
    expect([stream.body.destroyed, onGone.mock.calls.length]).toEqual([true, 0]);
  });

  test('leaves no timer behind', async () => {
    jest.useFakeTimers();
    const { stream, print } = streamOf();
    print('x');
    jest.advanceTimersByTime(1);
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    stream.end('{}');
    const left = jest.getTimerCount();
    jest.useRealTimers();
    expect(left).toBe(0);
  });
});
