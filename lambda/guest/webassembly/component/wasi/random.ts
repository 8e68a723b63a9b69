/** `wasi:random`. What may be insecure is not: there is nothing to gain. */

import type { HostInterface } from '../host.ts';
import { WASI_VERSION } from './binding/context.ts';
import { hostFunction, trap, wit } from './binding/parameters.ts';

/** What `crypto.getRandomValues` fills at once. */
const MAX_PIECE_BYTES = 65_536;

/** @param maxBytes of one call: no component has room for more */
export function randomInterfaces(maxBytes: number): readonly HostInterface[] {
  const randomBytes = hostFunction([wit.u64], (length) => {
    if (length > maxBytes) trap(`${length} random bytes are more than the component has room for.`);
    const bytes = new Uint8Array(Number(length));
    for (let start = 0; start < bytes.length; start += MAX_PIECE_BYTES) {
      crypto.getRandomValues(bytes.subarray(start, start + MAX_PIECE_BYTES));
    }
    return bytes;
  });
  const randomU64 = hostFunction([], randomNumber);
  return [
    {
      name: 'wasi:random/random',
      version: WASI_VERSION,
      functions: { 'get-random-bytes': randomBytes, 'get-random-u64': randomU64 },
    },
    {
      name: 'wasi:random/insecure',
      version: WASI_VERSION,
      functions: {
        'get-insecure-random-bytes': randomBytes,
        'get-insecure-random-u64': randomU64,
      },
    },
    {
      name: 'wasi:random/insecure-seed',
      version: WASI_VERSION,
      functions: { 'insecure-seed': hostFunction([], () => [randomNumber(), randomNumber()]) },
    },
  ];
}

function randomNumber(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
}
