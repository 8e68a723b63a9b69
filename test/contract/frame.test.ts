import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, FrameError, FrameReader } from '../../lambda/contract/frame.ts';

const frameOf = (message: object, body?: Uint8Array): Buffer =>
  Buffer.concat(encodeFrame(message, body));

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    const frames = fc.array(
      fc.record({ message: fc.dictionary(fc.string(), fc.json()), body: fc.uint8Array() }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 50 }), (sent, step) => {
        const stream = Buffer.concat(sent.map(({ message, body }) => frameOf(message, body)));
        const reader = new FrameReader(1 << 20);
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
    new FrameReader(1 << 20).push(Buffer.concat(parts), (_message, { length }) => {
      lengths.push(length);
    });
    expect(lengths).toEqual([200_000]);
  });

  test('that claim more than they may are refused before they are collected', () => {
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(0xffffffff, 0);
    prefix.writeUInt32LE(0xffffffff, 4);
    expect(() => new FrameReader(1000).push(prefix, () => {})).toThrow(FrameError);
  });

  test('whose header is no JSON are refused', () => {
    const frame = Buffer.from('\x01\0\0\0\0\0\0\0{', 'latin1');
    expect(() => new FrameReader(1000).push(frame, () => {})).toThrow(FrameError);
  });
});
