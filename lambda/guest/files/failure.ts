/** Failures of a file system, by the error numbers of WASI preview 1. */

export const errno = {
  success: 0,
  again: 6,
  badf: 8,
  exist: 20,
  fault: 21,
  fbig: 22,
  ilseq: 25,
  inval: 28,
  isdir: 31,
  loop: 32,
  mfile: 33,
  mlink: 34,
  nametoolong: 37,
  noent: 44,
  nospc: 51,
  notdir: 54,
  notempty: 55,
  notsock: 57,
  notsup: 58,
  nxio: 60,
  perm: 63,
  pipe: 64,
  spipe: 70,
  notcapable: 76,
} as const;

type Errno = (typeof errno)[keyof typeof errno];

/**
 * Why a call of a system interface fails. Not an `Error`: programs that probe for files make many failing
 * calls, and capturing a stack costs more than the call.
 */
export class WasiFailure {
  readonly errno: Errno;

  constructor(code: Errno) {
    this.errno = code;
  }
}

export function fail(code: keyof typeof errno): never {
  throw new WasiFailure(errno[code]);
}
