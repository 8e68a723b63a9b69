/**
 * Numbers of the WASI preview 1 ABI.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
 */

export { errno, fail, WasiFailure } from '../../files/failure.ts';

export const filetype = {
  unknown: 0,
  blockDevice: 1,
  characterDevice: 2,
  directory: 3,
  regularFile: 4,
  symbolicLink: 7,
} as const;

export const rights = {
  fdDatasync: 1n << 0n,
  fdRead: 1n << 1n,
  fdSeek: 1n << 2n,
  fdFdstatSetFlags: 1n << 3n,
  fdSync: 1n << 4n,
  fdTell: 1n << 5n,
  fdWrite: 1n << 6n,
  fdAdvise: 1n << 7n,
  fdAllocate: 1n << 8n,
  pathCreateDirectory: 1n << 9n,
  pathCreateFile: 1n << 10n,
  pathLinkSource: 1n << 11n,
  pathLinkTarget: 1n << 12n,
  pathOpen: 1n << 13n,
  fdReaddir: 1n << 14n,
  pathReadlink: 1n << 15n,
  pathRenameSource: 1n << 16n,
  pathRenameTarget: 1n << 17n,
  pathFilestatGet: 1n << 18n,
  pathFilestatSetSize: 1n << 19n,
  pathFilestatSetTimes: 1n << 20n,
  fdFilestatGet: 1n << 21n,
  fdFilestatSetSize: 1n << 22n,
  fdFilestatSetTimes: 1n << 23n,
  pathSymlink: 1n << 24n,
  pathRemoveDirectory: 1n << 25n,
  pathUnlinkFile: 1n << 26n,
  pollFdReadwrite: 1n << 27n,
} as const;

const all = (...list: bigint[]): bigint => list.reduce((sum, right) => sum | right, 0n);

export const streamRights = {
  input: all(rights.fdRead, rights.fdFilestatGet, rights.fdFdstatSetFlags, rights.pollFdReadwrite),
  output: all(
    rights.fdWrite,
    rights.fdFilestatGet,
    rights.fdFdstatSetFlags,
    rights.pollFdReadwrite,
  ),
} as const;

export const fileRights = all(
  rights.fdDatasync,
  rights.fdRead,
  rights.fdSeek,
  rights.fdFdstatSetFlags,
  rights.fdSync,
  rights.fdTell,
  rights.fdWrite,
  rights.fdAdvise,
  rights.fdAllocate,
  rights.fdFilestatGet,
  rights.fdFilestatSetSize,
  rights.fdFilestatSetTimes,
  rights.pollFdReadwrite,
);

export const directoryRights = all(
  rights.fdFdstatSetFlags,
  rights.fdSync,
  rights.fdAdvise,
  rights.pathCreateDirectory,
  rights.pathCreateFile,
  rights.pathLinkSource,
  rights.pathLinkTarget,
  rights.pathOpen,
  rights.fdReaddir,
  rights.pathReadlink,
  rights.pathRenameSource,
  rights.pathRenameTarget,
  rights.pathFilestatGet,
  rights.pathFilestatSetSize,
  rights.pathFilestatSetTimes,
  rights.fdFilestatGet,
  rights.fdFilestatSetTimes,
  rights.pathSymlink,
  rights.pathRemoveDirectory,
  rights.pathUnlinkFile,
  rights.pollFdReadwrite,
);

export const fdflags = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16, all: 31 } as const;
export const oflags = { creat: 1, directory: 2, excl: 4, trunc: 8, all: 15 } as const;
export const fstflags = { atim: 1, atimNow: 2, mtim: 4, mtimNow: 8, all: 15 } as const;
export const lookupSymlinkFollow = 1;
