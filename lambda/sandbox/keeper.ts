/**
 * Kills the sandboxes when the host itself is killed. An idle sandbox sees its stdin end and exits;
 * a guest that computes without end sees nothing, and no one else would stop it.
 */

import { spawn } from 'node:child_process';

export interface Keeper {
  /** Sets the processes that must not outlive this one, in place of those before. */
  watch(pids: readonly number[]): void;
  close(): void;
}

/** Where the platform ends what a host that is killed leaves behind. */
export const noKeeper: Keeper = { watch() {}, close() {} };

/** Reads lists of process ids until the pipe closes, then kills the processes of the last list. */
const script = 'while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -9 $pids';

/** Starts a shell that reads from a pipe of this process. Without a shell, nobody keeps watch. */
export function startKeeper(): Keeper {
  const shell = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: a terminal's Ctrl-C must not end it before the host has ended.
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
