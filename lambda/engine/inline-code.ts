/** Code that comes with its request: what is checked of downloaded code is checked of it, too. */

import { hash } from 'node:crypto';
import { EngineError } from '../contract/errors.ts';
import type { InlineCode, Integrity } from '../contract/execution.ts';
import { checkCodeSize, type Download } from '../egress/download.ts';
import { PinnedPath, Pins } from '../egress/pins.ts';
import type { Settings } from '../settings/settings.ts';

/** As a download; it has no URL before its language is known. */
export function describeInlineCode({ bytes }: InlineCode): Omit<Download, 'url'> {
  return { bytes, contentType: null, sha256: hash('sha256', bytes, 'hex') };
}

/** @throws {EngineError} CODE_NOT_ALLOWED, CODE_TOO_LARGE */
export function admitInlineCode({ bytes }: InlineCode, settings: Settings): void {
  if (!settings.inlineCode) {
    throw new EngineError(
      'CODE_NOT_ALLOWED',
      'Code in a request is not permitted here, as the operator restricts where code comes from (ENGINE_INLINE_CODE); give the `url` of code on a permitted host.',
    );
  }
  checkCodeSize(bytes, settings);
}

/** @throws {EngineError} INTEGRITY_MISMATCH */
export async function verifyInlineCode(
  { bytes }: InlineCode,
  url: string,
  integrity: Integrity | null,
): Promise<void> {
  if (integrity === null) return;
  const path = new PinnedPath(new Pins(integrity, url));
  await path.begin(new URL(url));
  await path.verify(bytes, 'code');
}
