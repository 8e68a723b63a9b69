/** `error-code` of `wasi:filesystem/types`, by the error numbers that the file system fails with. */

import { errno, WasiFailure } from '../../../../files/failure.ts';
import { ResultError } from '../../host.ts';

const names: { readonly [number: number]: string } = {
  [errno.again]: 'would-block',
  [errno.badf]: 'bad-descriptor',
  [errno.exist]: 'exist',
  [errno.fbig]: 'file-too-large',
  [errno.ilseq]: 'illegal-byte-sequence',
  [errno.inval]: 'invalid',
  [errno.isdir]: 'is-directory',
  [errno.loop]: 'loop',
  [errno.mlink]: 'too-many-links',
  [errno.nametoolong]: 'name-too-long',
  [errno.noent]: 'no-entry',
  [errno.nospc]: 'insufficient-space',
  [errno.notdir]: 'not-directory',
  [errno.notempty]: 'not-empty',
  [errno.notsup]: 'unsupported',
  [errno.nxio]: 'no-such-device',
  // A path that leaves `/` is `not-permitted` to WASI 0.2.
  [errno.notcapable]: 'not-permitted',
  [errno.perm]: 'not-permitted',
  [errno.pipe]: 'pipe',
  [errno.spipe]: 'invalid-seek',
};

export function errorCode({ errno: number }: WasiFailure): string {
  return names[number] ?? 'io';
}

/** What a function of the interface throws where the file system fails. */
export function fails(code: string): never {
  throw new ResultError(code);
}

/** Calls the file system, and fails with the `error-code` that its failure is. */
export function answering<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof WasiFailure) throw new ResultError(errorCode(error));
    throw error;
  }
}
