/**
 * `File`: a blob with a name.
 * @see https://w3c.github.io/FileAPI/#file-section
 */

import { addCloneable } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import { toDictionary, toLongLong, toUsvString } from '../core/webidl/conversion.ts';
import { requireArguments } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { Blob, blobBytes, blobOf, isBlob } from './blob.ts';

export let isFile: (value: unknown) => value is File;

const constructorArguments = ['fileBits', 'fileName'];

export class File extends Blob {
  #name: string;
  #lastModified: number;

  static {
    isFile = (value): value is File => isObject(value) && #name in value;
  }

  constructor(...args: [bits?: unknown, name?: unknown, options?: unknown]) {
    requireArguments(args, constructorArguments);
    const [bits, name, options] = args;
    super(bits, options);
    const { lastModified } = toDictionary(options, 'options');
    this.#name = toUsvString(name, 'fileName');
    this.#lastModified = lastModified === undefined ? Date.now() : toLongLong(lastModified);
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

export function installFile(prelude: Prelude): void {
  defineInterface(File, 'File', { is: isFile, required: { constructor: constructorArguments } });
  defineInspection(File, ({ size, type, name, lastModified }) => ({
    size,
    type,
    name,
    lastModified,
  }));
  prelude.define({ File });
}
