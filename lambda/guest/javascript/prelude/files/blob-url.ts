/**
 * `URL.createObjectURL`: names for blobs, within the run.
 * @see https://w3c.github.io/FileAPI/#url
 */

import type { Prelude } from '../core/host.ts';
import { tooFewArguments } from '../core/interface.ts';
import { invalidArgument, toDomString } from '../core/webidl.ts';
import { URL } from '../url/url.ts';
import { type Blob, isBlob } from './blob.ts';

const blobs = new Map<string, Blob>();

/** The blob that a URL names, its fragment aside. */
export function blobOfUrl(url: string): Blob | undefined {
  return blobs.get(url.replace(/#.*$/s, ''));
}

const statics = {
  createObjectURL(...args: [blob?: unknown]): string {
    if (args.length === 0) throw tooFewArguments('URL.createObjectURL', 1, 0);
    const [blob] = args;
    if (!isBlob(blob)) throw invalidArgument('obj', 'an instance of Blob', blob);
    const url = `blob:nodedata:${uuid()}`;
    blobs.set(url, blob);
    return url;
  },
  revokeObjectURL(...args: [url?: unknown]): void {
    if (args.length === 0) throw tooFewArguments('URL.revokeObjectURL', 1, 0);
    blobs.delete(toDomString(args[0]));
  },
};

/** Unlike any other of the realm; who knows it is in the realm already. */
function uuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () =>
    Math.floor(Math.random() * 16).toString(16),
  );
}

export function installBlobUrl(_: Prelude): void {
  for (const [name, value] of Object.entries(statics)) {
    Object.defineProperty(value, 'length', { value: 1 });
    Object.defineProperty(URL, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}
