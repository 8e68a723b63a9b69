/**
 * What a slash behind a symbolic link means, as POSIX and Linux have it: a row is a call, with `@` for
 * the path, and its answer for a link to a directory, to a file, to nothing, and to itself.
 */

import { oflags } from '../../../../lambda/guest/webassembly/wasi/abi.ts';

/** What each link leads to. */
export const links = { todir: 'dir', tofile: 'file', dangling: 'nothing', loop: 'loop' } as const;

type Row = readonly [call: string, todir: string, tofile: string, dangling: string, loop: string];

const aDirectory = 'ok type 3 links 1 size 0';

export const trailingSlash: readonly Row[] = [
  // Asked for what is there, the link is followed to a directory, whatever the flag says.
  ['path_open 3 0 @ 0 0 0 0', 'ok 4', 'notdir', 'noent', 'loop'],
  ['path_open 3 1 @ 0 0 0 0', 'ok 4', 'notdir', 'noent', 'loop'],
  [`path_open 3 0 @ ${oflags.directory} 0 0 0`, 'ok 4', 'notdir', 'noent', 'loop'],
  ['path_filestat_get 3 0 @', aDirectory, 'notdir', 'noent', 'loop'],
  ['path_filestat_get 3 1 @', aDirectory, 'notdir', 'noent', 'loop'],
  ['path_filestat_set_times 3 0 @ 1 1 5', 'ok', 'notdir', 'noent', 'loop'],
  ['path_readlink 3 @ 100', 'inval', 'notdir', 'noent', 'loop'],
  ['path_link 3 0 @ 3 new', 'perm', 'notdir', 'noent', 'loop'],
  // A file cannot be made there.
  [`path_open 3 1 @ ${oflags.creat} 0 0 0`, 'isdir', 'notdir', 'isdir', 'loop'],
  // What makes, removes or renames a name leaves alone what the link leads to.
  ['path_create_directory 3 @', 'exist', 'exist', 'exist', 'exist'],
  ['path_symlink x 3 @', 'exist', 'exist', 'exist', 'exist'],
  ['path_link 3 0 file 3 @', 'exist', 'exist', 'exist', 'exist'],
  ['path_remove_directory 3 @', 'notdir', 'notdir', 'notdir', 'notdir'],
  ['path_unlink_file 3 @', 'notdir', 'notdir', 'notdir', 'notdir'],
  ['path_rename 3 @ 3 new', 'notdir', 'notdir', 'notdir', 'notdir'],
  ['path_rename 3 file 3 @', 'notdir', 'notdir', 'notdir', 'notdir'],
  ['path_rename 3 other 3 @', 'notdir', 'notdir', 'notdir', 'notdir'],
];
