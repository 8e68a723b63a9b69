/**
 * `File`: a blob with a name.
 * @see https://w3c.github.io/FileAPI/#file-section
 */

import { addCloneable } from '../core/clone.ts';
import { isObject, toDictionary, toUsvString } from '../core/conversion.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection, defineInterface } from '../core/interface.ts';
import { withCode } from '../core/webidl.ts';
import { Blob, blobBytes, blobOf, isBlob } from './blob.ts';

export let isFile: (value: unknown) => value is File;

export class File extends Blob {
  #name: string;
  #lastModified: number;

  static {
    isFile = (value): value is File => isObject(value) && #name in value;
  }

  constructor(...args: [bits?: unknown, name?: unknown, options?: unknown]) {
    if (args.length < 2) {
      throw withCode(
        new TypeError('The "fileBits" and "fileName" arguments must be specified'),
        'ERR_MISSING_ARGS',
      );
    }
    const [bits, name, options] = args;
    super(bits, options);
    const { lastModified } = toDictionary(options, 'File constructor');
    this.#name = toUsvString(name, 'fileName');
    this.#lastModified = lastModified === undefined ? Date.now() : toInteger(lastModified);
  }

  get name(): string {
    return this.#name;
  }

  get lastModified(): number {
    return this.#lastModified;
  }
}

addCloneable((value) => {
  if (isFile(value)) {
    const { name, type, lastModified } = value;
    return new File([blobBytes(value)], name, { type, lastModified });
  }
  return isBlob(value) ? blobOf(blobBytes(value), value.type) : undefined;
});

/** Web IDL's `long long`, for what a number holds exactly. */
function toInteger(value: unknown): number {
  const number = Math.trunc(Number(value));
  return Number.isFinite(number) ? number + 0 : 0;
}

export function installFile(prelude: Prelude): void {
  Object.defineProperty(File, 'length', { value: 2 });
  defineInterface(File, { name: 'File', is: isFile, operations: {} });
  defineInspection(File, ({ size, type, name, lastModified }) => ({
    size,
    type,
    name,
    lastModified,
  }));
  prelude.define({ File });
}
