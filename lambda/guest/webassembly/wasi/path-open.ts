/** `path_open`. */

import { openNode } from '../../files/entries.ts';
import type { Location } from '../../files/filesystem.ts';
import { directoryRights, fail, fdflags, fileRights, oflags, rights } from './abi.ts';
import { bytesAt, putU32, type WasiContext } from './context.ts';
import type { DirectoryDescriptor } from './descriptors.ts';
import { locate } from './path-location.ts';

export function openOperations(context: WasiContext) {
  const { descriptors, files } = context;
  return {
    path_open(
      fd: number,
      lookup: number,
      pointer: number,
      length: number,
      open: number,
      base: bigint,
      inheriting: bigint,
      flags: number,
      result: number,
    ): void {
      const directory = descriptors.directory(fd, rights.pathOpen);
      if ((open & ~oflags.all) !== 0 || (flags & ~fdflags.all) !== 0) fail('inval');
      if ((open & oflags.creat) !== 0 && (open & oflags.directory) !== 0) fail('inval');
      const follow = (open & oflags.excl) !== 0 && (open & oflags.creat) !== 0 ? 0 : lookup;
      const location = locate(context, fd, 0n, follow, pointer, length);
      bytesAt(context, result, 4);
      demandForOpening(directory, location, open);
      const node = openNode(files, location, {
        create: (open & oflags.creat) !== 0,
        directory: (open & oflags.directory) !== 0,
        exclusive: (open & oflags.excl) !== 0,
        truncate: (open & oflags.trunc) !== 0,
      });
      if (node.kind === 'directory') {
        if ((base & rights.fdWrite) !== 0n) fail('isdir');
        const granted = base & directory.inheriting & directoryRights;
        const passed = inheriting & directory.inheriting;
        putU32(
          context,
          result,
          descriptors.add({
            kind: 'directory',
            node,
            preopen: null,
            base: granted,
            inheriting: passed,
            flags,
          }),
        );
        return;
      }
      const granted = base & directory.inheriting & fileRights;
      const number = descriptors.add({
        kind: 'file',
        node,
        position: 0n,
        base: granted,
        inheriting: 0n,
        flags,
      });
      putU32(context, result, number);
      if ((open & oflags.trunc) !== 0) files.resize(node, 0);
    },
  };
}

/** @throws {WasiFailure} NOTCAPABLE where the directory has given up the right to make or shorten files */
function demandForOpening(
  { base }: DirectoryDescriptor,
  { name, node }: Location,
  open: number,
): void {
  const isMade = !node && name !== null && (open & oflags.creat) !== 0;
  const isShortened = (open & oflags.trunc) !== 0;
  if (isShortened && (base & rights.pathFilestatSetSize) === 0n) fail('notcapable');
  if (isMade && (base & rights.pathCreateFile) === 0n) fail('notcapable');
}
