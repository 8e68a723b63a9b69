/**
 * Takes the sandboxes along when the host dies without a word. An idle sandbox sees its stdin end;
 * a guest that computes without end sees nothing, and no one else would stop it.
 */

import { spawn } from 'node:child_process';

export interface Keeper {
  /** Names the processes that are not to outlive this one. */
  watch(pids: readonly number[]): void;
  close(): void;
}

/** Reads lists of process ids until the writer is gone; kills those of the last one. */
const script = 'while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -9 $pids';

/** Starts a shell that holds the other end of a pipe. Where there is none, nobody keeps watch. */
export function startKeeper(): Keeper {
  const shell = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of reach of a terminal's Ctrl-C, which the host may take its time over.
    detached: true,
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return {
    watch(pids) {
      shell.stdin.write(`${pids.join(' ')}\n`);
    },
    close() {
      shell.stdin.end();
    },
  };
}
