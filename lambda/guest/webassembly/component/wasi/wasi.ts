/** WASI 0.2: the interfaces that components of one run can import. */

import type { RunMessage } from '../../../../contract/protocol.ts';
import type { FileSystem } from '../../../files/filesystem.ts';
import { openFiles } from '../../../files/request-files.ts';
import type { RunHost } from '../../../runtime/runtime.ts';
import { openClocks } from '../../wasi/clocks.ts';
import type { HostInterface } from '../host.ts';
import type { Wasi2Context } from './binding/context.ts';
import { Holdings } from './binding/holdings.ts';
import { cliInterfaces } from './cli.ts';
import { clockInterfaces } from './clocks.ts';
import { filesystemInterfaces } from './filesystem/types.ts';
import { outgoingHandlerInterface } from './http/outgoing-handler.ts';
import { httpTypesInterface } from './http/types.ts';
import { errorInterface } from './io/error.ts';
import { pollInterface } from './io/poll.ts';
import { streamsInterface } from './io/streams.ts';
import { randomInterfaces } from './random.ts';
import { socketInterfaces } from './sockets.ts';

interface Wasi2Options {
  readonly run: Pick<RunMessage, 'env' | 'stdin' | 'inputJson' | 'files' | 'outputs' | 'limits'>;
  readonly host: Pick<RunHost, 'write' | 'call' | 'timeLeftMs'>;
  /** The program's name first. */
  readonly args: readonly string[];
  /** Names of the preopened directories. */
  readonly preopens: readonly string[];
  /** Called where the program opens or reads files. */
  readonly goesOn?: () => void;
}

export interface Wasi2 {
  readonly interfaces: readonly HostInterface[];
  readonly files: FileSystem;
  readonly context: Wasi2Context;
}

/** @throws {WasiFailure} where the request's files do not fit */
export function openWasi2({ run, host, args, preopens, goesOn = () => {} }: Wasi2Options): Wasi2 {
  const clocks = openClocks();
  const files = openFiles(run, () => clocks.now(0));
  const { memoryBytes } = run.limits;
  const holdings = new Holdings(memoryBytes);
  const context: Wasi2Context = { host, clocks, files, holdings, goesOn };
  const stdin = Buffer.from(run.stdin ?? run.inputJson ?? '');
  return {
    files,
    context,
    interfaces: [
      errorInterface,
      pollInterface(context),
      streamsInterface(context),
      ...cliInterfaces(context, { args, env: run.env, stdin }),
      ...clockInterfaces(context),
      ...randomInterfaces(memoryBytes),
      ...filesystemInterfaces(context, preopens),
      httpTypesInterface(context),
      outgoingHandlerInterface(context),
      ...socketInterfaces(context),
    ],
  };
}
