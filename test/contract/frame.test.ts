import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, FrameError, FrameReader } from '../../lambda/contract/frame.ts';

const frameOf = (message: object, body?: Uint8Array): Buffer =>
  Buffer.concat(encodeFrame(message, body));

const readerOf = (maxBytes: number) =>
  new FrameReader({ maxHeaderBytes: maxBytes, maxBodyBytes: maxBytes });

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    const frames = fc.array(
      fc.record({ message: fc.dictionary(fc.string(), fc.json()), body: fc.uint8Array() }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 50 }), (sent, step) => {
        const stream = Buffer.concat(sent.map(({ message, body }) => frameOf(message, body)));
        const reader = readerOf(1 << 20);
        const received: { message: unknown; body: Uint8Array }[] = [];
        for (let at = 0; at < stream.length; at += step) {
          reader.push(stream.subarray(at, at + step), (message, body) => {
            received.push({ message, body: Uint8Array.from(body) });
          });
        }
        expect(received).toEqual(
          sent.map(({ message, body }) => ({
            message: JSON.parse(JSON.stringify(message)),
            body: Uint8Array.from(body),
          })),
        );
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('large bodies are not copied, and arrive', () => {
    const body = new Uint8Array(200_000).fill(7);
    const parts = encodeFrame({ type: 'x' }, body);
    expect(parts[1]).toBe(body);
    const lengths: number[] = [];
    readerOf(1 << 20).push(Buffer.concat(parts), (_message, { length }) => {
      lengths.push(length);
    });
    expect(lengths).toEqual([200_000]);
  });

  test('that claim more than they may are refused before they are collected', () => {
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(0xffffffff, 0);
    prefix.writeUInt32LE(0xffffffff, 4);
    expect(() => readerOf(1000).push(prefix, () => {})).toThrow(FrameError);
  });

  test('whose header is no JSON are refused', () => {
    const frame = Buffer.from('\x01\0\0\0\0\0\0\0{', 'latin1');
    expect(() => readerOf(1000).push(frame, () => {})).toThrow(FrameError);
  });

  test.each([
    [
      'a header over its own limit, however small the body',
      Buffer.from('\xe9\x03\0\0\0\0\0\0', 'latin1'),
    ],
    ['a body over its own limit', Buffer.from('\x01\0\0\0\xe9\x03\0\0', 'latin1')],
  ])('that have %s are refused before they are collected', (_, prefix) => {
    expect(() => readerOf(1000).push(prefix, () => {})).toThrow(FrameError);
  });

  test.each([
    ['lists', '[]'],
    ['texts', '""'],
    ['numbers', '0'],
  ])('whose header has too many values are refused before it is parsed: %s', (_, value) => {
    const json = JSON.stringify({ fields: [] }).replace('[]', `[${Array(250_000).fill(value)}]`);
    const parse = jest.spyOn(JSON, 'parse');
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(json.length, 0);
    const frame = Buffer.concat([prefix, Buffer.from(json)]);
    expect(() => readerOf(1 << 22).push(frame, () => {})).toThrow(FrameError);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  test('may have long texts of whatever looks like values', () => {
    const message = { message: '[{,"\\'.repeat(100_000), fields: Array(100_000).fill(0) };
    const received: unknown[] = [];
    readerOf(1 << 22).push(frameOf(message), (value) => received.push(value));
    expect(received).toEqual([message]);
  });
});
