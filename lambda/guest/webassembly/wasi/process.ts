/** Clocks, randomness, the program's end, and the sockets that this host does not have. */

import { halt } from '../module/halt.ts';
import { fail } from './abi.ts';
import type { WasiContext } from './context.ts';
import { bytesAt, putU64 } from './context.ts';

/** What `crypto.getRandomValues` fills at once. */
const MAX_RANDOM_BYTES = 65_536;

/** Signals by number, as preview 1 lists them. */
const signals = [
  'NONE HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP',
  'TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS',
].flatMap((line) => line.split(' '));

/** Those that a process survives by default. */
const harmless = new Set(['NONE', 'CHLD', 'CONT', 'URG', 'WINCH']);

export function processOperations(context: WasiContext) {
  const socket = (fd: number): never => {
    context.descriptors.get(fd);
    return fail('notsock');
  };

  return {
    clock_res_get(id: number, result: number): void {
      putU64(context, result, context.clocks.resolution(id));
    },

    clock_time_get(id: number, _precision: bigint, result: number): void {
      putU64(context, result, context.clocks.now(id));
    },

    random_get(pointer: number, length: number): void {
      const bytes = bytesAt(context, pointer, length);
      for (let start = 0; start < bytes.length; start += MAX_RANDOM_BYTES) {
        crypto.getRandomValues(bytes.subarray(start, start + MAX_RANDOM_BYTES));
      }
    },

    /** As a shell reports it: 128 and the number of the signal. */
    proc_raise(signal: number): void {
      const name = signals[signal];
      if (name === undefined) fail('inval');
      if (!harmless.has(name)) halt({ kind: 'signal', name: `SIG${name}`, code: 128 + signal });
    },

    sock_accept: (fd: number, _flags: number, _result: number): void => socket(fd),

    sock_recv: (
      fd: number,
      _list: number,
      _count: number,
      _flags: number,
      _size: number,
      _resultFlags: number,
    ): void => socket(fd),

    sock_send: (fd: number, _list: number, _count: number, _flags: number, _size: number): void =>
      socket(fd),

    sock_shutdown: (fd: number, _how: number): void => socket(fd),
  };
}
