/** Bodies in zstd whose frames follow each other, however the bytes come. */

import { text } from 'node:stream/consumers';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ZstdFrames } from '../../../lambda/egress/transport/zstd-frames.ts';

const frames = ['one, ', 'two, ', '', 'three'].map((part) => zstdCompressSync(part));
const whole = Buffer.concat(frames);

/** A frame that decoders pass over: magic number, length, contents. */
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

async function decoded(pieces: readonly Buffer[]): Promise<string> {
  const stream = new ZstdFrames();
  const all = text(stream);
  for (const piece of pieces) stream.write(piece);
  stream.end();
  return all;
}

function inPieces(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

describe('all frames are decoded', () => {
  test.each([
    ['at once', [whole]],
    ['each by itself', frames],
    ['five bytes at a time', inPieces(whole, 5)],
    ['byte by byte', inPieces(whole, 1)],
    ['with one to pass over', [Buffer.concat([skippable, ...frames, skippable])]],
  ])('%s', async (_, pieces) => {
    expect(await decoded(pieces)).toBe('one, two, three');
  });
});

test('what is cut short, or followed by something else, is an error', async () => {
  await expect(decoded([whole.subarray(0, -2)])).rejects.toThrow('unexpected end');
  await expect(decoded([Buffer.concat([whole, Buffer.from('else')])])).rejects.toThrow('frame');
});

test('frames are counted, as each costs a decoder', async () => {
  const empty = zstdCompressSync('');
  const many = (count: number) => [Buffer.concat(Array<Buffer>(count).fill(empty))];
  expect(await decoded(many(1024))).toBe('');
  await expect(decoded(many(1025))).rejects.toThrow('more than 1024 frames');
});

test('a reader that waits holds the decoder up, also between frames', async () => {
  const size = 8 * 1_048_576;
  const large = zstdCompressSync(Buffer.alloc(size));
  const stream = new ZstdFrames();
  stream.end(Buffer.concat([large, large]));
  await new Promise((resolve) => stream.once('readable', resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(stream.readableLength).toBeLessThan(size / 8);
  let arrived = 0;
  for await (const piece of stream) arrived += (piece as Buffer).length;
  expect(arrived).toBe(2 * size);
});
