/** What the interfaces of one run share. */

import type { FileSystem } from '../../../../files/filesystem.ts';
import type { RunHost } from '../../../../runtime/runtime.ts';
import type { Clocks } from '../../../wasi/clocks.ts';
import type { Holdings } from './holdings.ts';

export interface Wasi2Context {
  readonly host: Pick<RunHost, 'write' | 'call' | 'timeLeftMs'>;
  readonly clocks: Clocks;
  readonly files: FileSystem;
  readonly holdings: Holdings;
  /** The program opens or reads files: it goes on, whatever memory it was refused. */
  readonly goesOn: () => void;
}

/** The newest version of WASI 0.2, whose interfaces have been the same, but for additions, since 0.2.0. */
export const WASI_VERSION = '0.2.12';
