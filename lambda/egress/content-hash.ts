/** The hashes of what was downloaded. */

import { hash } from 'node:crypto';

const hashes = new WeakMap<Buffer, string>();

/** @returns hex SHA-256; computed once for each buffer, and a cache hit is the very same buffer */
export function sha256Of(bytes: Buffer): string {
  const sha256 = hashes.get(bytes) ?? hash('sha256', bytes, 'hex');
  hashes.set(bytes, sha256);
  return sha256;
}
