/**
 * `URL.createObjectURL`: names for blobs, within the run.
 * @see https://w3c.github.io/FileAPI/#url
 */

import type { Prelude } from '../core/host.ts';
import { toDomString } from '../core/webidl/conversion.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { operation } from '../core/webidl/interface.ts';
import { URL } from '../url/url.ts';
import { type Blob, isBlob } from './blob.ts';

const blobs = new Map<string, Blob>();

/** The blob that a URL names; the fragment does not count. */
export function blobOfUrl(url: string): Blob | undefined {
  return blobs.get(url.replace(/#.*$/s, ''));
}

const statics = {
  createObjectURL(blob: unknown): string {
    if (!isBlob(blob)) throw invalidArgument('obj', 'an instance of Blob', blob);
    const url = `blob:nodedata:${uuid()}`;
    blobs.set(url, blob);
    return url;
  },
  revokeObjectURL(url: unknown): void {
    blobs.delete(toDomString(url));
  },
};

/** Unique in the realm. It need not be secret: only scripts of the realm can use it. */
function uuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () =>
    Math.floor(Math.random() * 16).toString(16),
  );
}

export function installBlobUrl(_: Prelude): void {
  for (const [name, method] of Object.entries(statics)) {
    Object.defineProperty(URL, name, {
      value: operation(name, method, 1, { name: 'URL' }),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}
