/** `wasi:io/streams`. */

import type { HostInterface } from '../../host.ts';
import { WASI_VERSION, type Wasi2Context } from '../binding/context.ts';
import { blockingFunction, hostAction, hostFunction, wit } from '../binding/parameters.ts';
import { InputStream } from './input-stream.ts';
import { OutputStream } from './output-stream.ts';
import { Pollable } from './poll.ts';
import { always } from './readiness.ts';

const input = wit.resource(InputStream);
const output = wit.resource(OutputStream);
const { bytes, u64 } = wit;

export function streamsInterface(context: Wasi2Context): HostInterface {
  const { holdings } = context;
  return {
    name: 'wasi:io/streams',
    version: WASI_VERSION,
    resources: ['input-stream', 'output-stream'],
    functions: {
      '[method]input-stream.read': hostFunction([input, u64], (stream, length) =>
        stream.read(length),
      ),
      '[method]input-stream.blocking-read': blockingFunction([input, u64], (stream, length) =>
        stream.blockingRead(length, context),
      ),
      '[method]input-stream.skip': hostFunction([input, u64], (stream, length) =>
        countOf(stream.read(length)),
      ),
      '[method]input-stream.blocking-skip': blockingFunction([input, u64], (stream, length) =>
        counted(stream.blockingRead(length, context), countOf),
      ),
      '[method]input-stream.subscribe': hostFunction(
        [input],
        ({ readiness }) => new Pollable(holdings, readiness),
      ),
      '[method]output-stream.check-write': hostFunction([output], (stream) =>
        BigInt(stream.permit()),
      ),
      '[method]output-stream.write': hostAction([output, bytes], (stream, contents) =>
        stream.write(contents),
      ),
      '[method]output-stream.blocking-write-and-flush': hostAction(
        [output, bytes],
        (stream, contents) => stream.writeAndFlush(contents),
      ),
      '[method]output-stream.flush': hostAction([output], (stream) => stream.flush()),
      '[method]output-stream.blocking-flush': hostAction([output], (stream) => stream.flush()),
      '[method]output-stream.subscribe': hostFunction(
        [output],
        () => new Pollable(holdings, always),
      ),
      '[method]output-stream.write-zeroes': hostAction([output, u64], (stream, count) =>
        stream.writeZeroes(count),
      ),
      '[method]output-stream.blocking-write-zeroes-and-flush': hostAction(
        [output, u64],
        (stream, count) => stream.writeZeroesAndFlush(count),
      ),
      '[method]output-stream.splice': hostFunction([output, input, u64], (stream, from, length) =>
        pass(from.read(spliced(stream, length)), stream),
      ),
      '[method]output-stream.blocking-splice': blockingFunction(
        [output, input, u64],
        (stream, from, length) =>
          counted(from.blockingRead(spliced(stream, length), context), (read) =>
            pass(read, stream),
          ),
      ),
    },
  };
}

/** How many bytes one splice may move. */
function spliced(stream: OutputStream, length: bigint): bigint {
  const permit = BigInt(stream.permit());
  return length < permit ? length : permit;
}

function pass(read: Uint8Array, stream: OutputStream): bigint {
  if (read.length > 0) stream.write(read);
  return countOf(read);
}

function countOf({ length }: Uint8Array): bigint {
  return BigInt(length);
}

/** Of a call that may have to wait for its bytes. */
function counted(
  read: Uint8Array | Promise<Uint8Array>,
  count: (read: Uint8Array) => bigint,
): bigint | Promise<bigint> {
  return read instanceof Uint8Array ? count(read) : read.then(count);
}
