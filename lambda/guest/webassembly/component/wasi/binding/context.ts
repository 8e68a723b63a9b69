/** What the interfaces of one run share. */

import type { FileSystem } from '../../../../files/filesystem.ts';
import type { RunHost } from '../../../../runtime/runtime.ts';
import type { Clocks } from '../../../wasi/clocks.ts';
import type { HostInterface } from '../../host.ts';
import type { Holdings } from './holdings.ts';

export interface Wasi2Context {
  readonly host: Pick<RunHost, 'write' | 'call' | 'timeLeftMs'>;
  readonly clocks: Clocks;
  readonly files: FileSystem;
  readonly holdings: Holdings;
  /** The program opens or reads files: it goes on, whatever memory it was refused. */
  readonly goesOn: () => void;
}

/** An interface whose functions are made when the first of them is asked for. */
export function lazyInterface(
  name: string,
  resources: readonly string[],
  make: () => HostInterface['functions'],
): HostInterface {
  let functions: HostInterface['functions'] | null = null;
  return {
    name,
    version: WASI_VERSION,
    resources,
    get functions() {
      functions ??= make();
      return functions;
    },
  };
}

/** The newest version of WASI 0.2, whose interfaces have been the same, but for additions, since 0.2.0. */
export const WASI_VERSION = '0.2.12';
