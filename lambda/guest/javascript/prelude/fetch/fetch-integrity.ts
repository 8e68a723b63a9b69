/**
 * Subresource Integrity: whether a body is what the script expects.
 * @see https://www.w3.org/TR/SRI/#does-response-match-metadatalist
 */

import { fromBase64 } from '../encoding/base64.ts';

/** `crypto.subtle.digest`. */
export type Digest = (algorithm: string, bytes: Uint8Array) => Promise<ArrayBuffer>;

/** From the weakest to the strongest. Only the strongest one in the metadata counts. */
const algorithms = ['sha256', 'sha384', 'sha512'] as const;

/** @param metadata the `integrity` of a request; parts that are not valid are ignored */
export async function matchesIntegrity(
  metadata: string,
  bytes: Uint8Array,
  digest: Digest,
): Promise<boolean> {
  const given = [...metadata.matchAll(/(?<!\S)(sha(?:256|384|512))-([\w+/-]+={0,2})(?=\s|\?|$)/g)];
  const strongest = algorithms.findLast((name) =>
    given.some(([, algorithm]) => algorithm === name),
  );
  if (strongest === undefined) return true;
  const actual = new Uint8Array(await digest(strongest.replace('sha', 'SHA-'), bytes));
  return given.some(([, algorithm, value = '']) => {
    const expected = fromBase64(value.replaceAll('-', '+').replaceAll('_', '/'));
    return algorithm === strongest && expected !== null && bytesEqual(expected, actual);
  });
}

function bytesEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
