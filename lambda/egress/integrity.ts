/** Step 1 of egress, who asks: the integrity value that downloaded code must match. */

import type { IntegrityMap } from 'ssri';
import { EngineError } from '../contract/errors.ts';

/** Checks downloaded bytes against a Subresource-Integrity value. */
interface IntegrityCheck {
  /**
   * @param what its name in the failure: "downloaded code"
   * @throws {EngineError} INTEGRITY_MISMATCH
   */
  verify(bytes: Uint8Array, what: string): void;
}

const algorithms = ['sha512', 'sha384', 'sha256'] as const;

/**
 * Parses a Subresource-Integrity value. Where it has several hashes, those of the strongest
 * algorithm count, and one of them must match. A browser ignores what it does not understand; this
 * parser rejects it: a typing error must not turn the check off.
 *
 * @throws {EngineError} INVALID_REQUEST where any part of it is not `sha256-…`, `sha384-…` or `sha512-…`
 * @see https://www.w3.org/TR/SRI/#integrity-metadata-description
 */
export async function parseIntegrity(text: string): Promise<IntegrityCheck> {
  // Few requests have one: the first of them loads the library.
  const { default: ssri } = await import('ssri');
  const parts = text.trim().split(/[\t\n\f\r ]+/);
  const parsed = ssri.parse(text, { strict: true });
  const isSound =
    parsed !== null && parts.every((part) => hasDigestLength(ssri.parse(part, { strict: true })));
  if (!isSound) {
    throw new EngineError(
      'INVALID_REQUEST',
      'The integrity value is malformed: expected "sha256-…", "sha384-…" or "sha512-…" with the base64 digest of the code.',
      { details: [{ path: 'integrity', reason: 'not a Subresource-Integrity value' }] },
    );
  }
  return {
    verify(bytes, what) {
      if (ssri.checkData(bytes, parsed) !== false) return;
      const algorithm = algorithms.find((name) => parsed[name] !== undefined) ?? 'sha256';
      const actual = ssri.fromData(bytes, { algorithms: [algorithm] }).toString();
      throw new EngineError(
        'INTEGRITY_MISMATCH',
        `The ${what} does not match the integrity value: its hash is ${actual}. It has changed since the value was made, or is not what was meant.`,
        { details: { expected: parsed.toString(), actual } },
      );
    },
  };
}

const digestBytes: { readonly [algorithm: string]: number } = {
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** The strict parser checks the alphabet of a digest, not that it is as long as its algorithm's. */
function hasDigestLength(part: IntegrityMap | null): boolean {
  const [hash] = Object.values(part ?? {}).flat();
  return (
    hash !== undefined &&
    Buffer.from(hash.digest, 'base64').length === digestBytes[hash.algorithm] &&
    Buffer.from(hash.digest, 'base64').toString('base64') === hash.digest
  );
}
