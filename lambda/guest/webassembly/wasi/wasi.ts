/**
 * WASI preview 1, and the older `wasi_unstable` where a module asks for it: one run's system, with
 * one preopened directory and the caller's arguments, environment, input and files.
 */

import type { RunMessage } from '../../../contract/protocol.ts';
import type { FileSystem } from '../../files/filesystem.ts';
import { openFiles } from '../../files/request-files.ts';
import type { RunHost } from '../../runtime/runtime.ts';
import { halt } from '../module/halt.ts';
import type { HostFunction } from '../module/link.ts';
import type { GuestMemory } from '../module/memory.ts';
import type { RefusalWatch } from '../module/refusal.ts';
import { openClocks } from './clocks.ts';
import type { Edition, WasiContext } from './context.ts';
import { answering } from './context.ts';
import {
  Descriptors,
  inputDescriptor,
  outputDescriptor,
  preopenedDirectory,
} from './descriptors.ts';
import { directoryOperations } from './directories.ts';
import { statusOperations } from './file-status.ts';
import { fileOperations } from './files.ts';
import { entryOperations } from './path-entries.ts';
import { linkOperations } from './path-links.ts';
import { openOperations } from './path-open.ts';
import { pollOneoff } from './polling.ts';
import { processOperations } from './process.ts';
import type { WasmerBinding } from './wasmer.ts';
import { wasmerFunctions } from './wasmer.ts';

export const wasiModules: { readonly [module: string]: Edition } = {
  wasi_snapshot_preview1: 'preview1',
  wasi_unstable: 'unstable',
};

/** Every function of the interface: `i` and `I` are i32 and i64 parameters; all but one return i32. */
const parameters: { readonly [name: string]: string } = {
  args_get: 'ii',
  args_sizes_get: 'ii',
  clock_res_get: 'ii',
  clock_time_get: 'iIi',
  environ_get: 'ii',
  environ_sizes_get: 'ii',
  fd_advise: 'iIIi',
  fd_allocate: 'iII',
  fd_close: 'i',
  fd_datasync: 'i',
  fd_fdstat_get: 'ii',
  fd_fdstat_set_flags: 'ii',
  fd_fdstat_set_rights: 'iII',
  fd_filestat_get: 'ii',
  fd_filestat_set_size: 'iI',
  fd_filestat_set_times: 'iIIi',
  fd_pread: 'iiiIi',
  fd_prestat_dir_name: 'iii',
  fd_prestat_get: 'ii',
  fd_pwrite: 'iiiIi',
  fd_read: 'iiii',
  fd_readdir: 'iiiIi',
  fd_renumber: 'ii',
  fd_seek: 'iIii',
  fd_sync: 'i',
  fd_tell: 'ii',
  fd_write: 'iiii',
  path_create_directory: 'iii',
  path_filestat_get: 'iiiii',
  path_filestat_set_times: 'iiiiIIi',
  path_link: 'iiiiiii',
  path_open: 'iiiiiIIii',
  path_readlink: 'iiiiii',
  path_remove_directory: 'iii',
  path_rename: 'iiiiii',
  path_symlink: 'iiiii',
  path_unlink_file: 'iii',
  poll_oneoff: 'iiii',
  proc_exit: 'i',
  proc_raise: 'i',
  random_get: 'ii',
  sched_yield: '',
  sock_accept: 'iii',
  sock_recv: 'iiiiii',
  sock_send: 'iiiii',
  sock_shutdown: 'ii',
};

interface WasiOptions {
  readonly run: Pick<RunMessage, 'stdin' | 'inputJson' | 'files' | 'outputs' | 'limits'>;
  readonly host: Pick<RunHost, 'write' | 'timeLeftMs'>;
  /** The memory of the instance; called while the guest runs. */
  readonly memory: () => GuestMemory;
  /** Arguments and environment; made when a module asks for them. */
  readonly wasmer: () => WasmerBinding;
  /** Names of the preopened directories, which get numbers from 3 on. */
  readonly preopens: readonly string[];
  /** Follows what the guest does after it was refused memory. */
  readonly watch: Pick<RefusalWatch, 'goesOn'> | null;
}

export interface Wasi {
  /** What the module may import under a WASI module name. */
  functions(edition: Edition): ReadonlyMap<string, HostFunction>;
  readonly files: FileSystem;
}

/** @throws {WasiFailure} where the request's files do not fit */
export function openWasi(options: WasiOptions): Wasi {
  const clocks = openClocks();
  const files = openFiles(options.run, () => clocks.now(0));
  const descriptors = new Descriptors(files);
  descriptors.add(inputDescriptor(Buffer.from(options.run.stdin ?? options.run.inputJson ?? '')));
  descriptors.add(outputDescriptor('stdout'));
  descriptors.add(outputDescriptor('stderr'));
  for (const name of options.preopens) {
    descriptors.add(preopenedDirectory(files.directory(name), name));
  }
  const context: WasiContext = {
    host: options.host,
    memory: options.memory,
    files,
    descriptors,
    clocks,
  };
  return { files, functions: (edition) => functionsOf(context, edition, options) };
}

/** Who opens or reads files goes on with the work. */
const isWork = (name: string): boolean => /^(path_|fd_p?read)/.test(name);

function working<Parameters extends unknown[]>(
  operation: (...parameters: Parameters) => number,
  watch: Pick<RefusalWatch, 'goesOn'>,
): (...parameters: Parameters) => number {
  return (...parameters) => {
    watch.goesOn();
    return operation(...parameters);
  };
}

function functionsOf(
  context: WasiContext,
  edition: Edition,
  { wasmer, watch }: Pick<WasiOptions, 'wasmer' | 'watch'>,
): ReadonlyMap<string, HostFunction> {
  const operations: Record<string, (...parameters: never[]) => void> = {
    ...fileOperations(context, edition),
    ...statusOperations(context, edition),
    ...directoryOperations(context),
    ...openOperations(context),
    ...entryOperations(context),
    ...linkOperations(context),
    ...processOperations(context),
  };
  const functions = new Map<string, HostFunction>();
  const define = (name: string, value: () => WebAssembly.ImportValue, results = ['i32']): void => {
    const params = [...(parameters[name] ?? '')].map((code) => (code === 'I' ? 'i64' : 'i32'));
    functions.set(name, { signatures: [{ params, results }], value });
  };
  for (const [name, operation] of Object.entries(operations)) {
    const answer = answering(operation as (...parameters: (number | bigint)[]) => void);
    define(name, () => (watch && isWork(name) ? working(answer, watch) : answer));
  }
  for (const name of wasmerFunctions) define(name, () => wasmer().functions[name]);
  define(
    'poll_oneoff',
    () =>
      new WebAssembly.Suspending((from: number, to: number, count: number, result: number) =>
        pollOneoff(context, edition, from, to, count, result),
      ) as unknown as WebAssembly.ImportValue,
  );
  define('proc_exit', () => (code: number) => halt({ kind: 'exit', code: code >>> 0 }), []);
  return functions;
}
