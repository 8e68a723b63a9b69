/** `BigInt.asUintN`: QuickJS's own gives negative numbers. */

import { trunc } from '../core/intrinsics.ts';
import { defineLengths, defineMembers } from './method.ts';

export function installBigInt(): void {
  const wrap = BigInt.asUintN;
  const toBigInt = BigInt;
  const modulus64 = 1n << 64n;
  defineMembers(BigInt, {
    asUintN(bits: unknown, value: unknown): bigint {
      // Once, as it may call the script. The native function checks both, and throws.
      const width = trunc(+(bits as number));
      const wrapped = wrap(width, value as bigint);
      if (wrapped >= 0n) return wrapped;
      return wrapped + (width === 64 ? modulus64 : 1n << toBigInt(width));
    },
  });
  defineLengths(BigInt, { asUintN: 2 });
}
