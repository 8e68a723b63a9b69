/** `wasi:io/streams`. */

import type { HostInterface } from '../../host.ts';
import { WASI_VERSION, type Wasi2Context } from '../binding/context.ts';
import { blockingFunction, hostAction, hostFunction, wit } from '../binding/parameters.ts';
import { InputStream } from './input-stream.ts';
import { OutputStream } from './output-stream.ts';
import { Pollable } from './poll.ts';

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
      '[method]input-stream.read': blockingFunction([input, u64], (stream, length) =>
        stream.read(length, context),
      ),
      '[method]input-stream.blocking-read': blockingFunction([input, u64], (stream, length) =>
        stream.blockingRead(length, context),
      ),
      '[method]input-stream.skip': blockingFunction([input, u64], (stream, length) =>
        then(stream.read(length, context), countOf),
      ),
      '[method]input-stream.blocking-skip': blockingFunction([input, u64], (stream, length) =>
        then(stream.blockingRead(length, context), countOf),
      ),
      '[method]input-stream.subscribe': hostFunction(
        [input],
        ({ readiness }) => new Pollable(holdings, readiness),
      ),
      '[method]output-stream.check-write': blockingFunction([output], (stream) =>
        then(stream.permit(context), BigInt),
      ),
      '[method]output-stream.write': hostAction([output, bytes], (stream, contents) =>
        stream.write(contents),
      ),
      '[method]output-stream.blocking-write-and-flush': blockingFunction(
        [output, bytes],
        (stream, contents) => done(stream.writeAndFlush(contents, context)),
      ),
      // What was written is on its way: a stream that can be written again has been flushed.
      '[method]output-stream.flush': blockingFunction([output], (stream) =>
        then(stream.permit(context), nothing),
      ),
      '[method]output-stream.blocking-flush': blockingFunction([output], (stream) =>
        then(stream.blockingPermit(context), nothing),
      ),
      '[method]output-stream.subscribe': hostFunction(
        [output],
        ({ readiness }) => new Pollable(holdings, readiness),
      ),
      '[method]output-stream.write-zeroes': hostAction([output, u64], (stream, count) =>
        stream.writeZeroes(count),
      ),
      '[method]output-stream.blocking-write-zeroes-and-flush': blockingFunction(
        [output, u64],
        (stream, count) => done(stream.writeZeroesAndFlush(count, context)),
      ),
      '[method]output-stream.splice': blockingFunction(
        [output, input, u64],
        (stream, from, length) =>
          then(stream.permit(context), (permitted) =>
            then(from.read(least(permitted, length), context), (read) => pass(read, stream)),
          ),
      ),
      '[method]output-stream.blocking-splice': blockingFunction(
        [output, input, u64],
        (stream, from, length) =>
          then(stream.blockingPermit(context), (permitted) =>
            then(from.blockingRead(least(permitted, length), context), (read) =>
              pass(read, stream),
            ),
          ),
      ),
    },
  };
}

function least(permitted: number, length: bigint): bigint {
  return length < permitted ? length : BigInt(permitted);
}

function pass(read: Uint8Array, stream: OutputStream): bigint {
  if (read.length > 0) stream.write(read);
  return countOf(read);
}

function countOf({ length }: Uint8Array): bigint {
  return BigInt(length);
}

function nothing(): undefined {
  return undefined;
}

function done(written: void | Promise<void>): undefined | Promise<undefined> {
  return written?.then(nothing);
}

/** Goes on at once where there was nothing to wait for. */
function then<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
