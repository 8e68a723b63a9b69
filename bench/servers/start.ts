/** The servers that are compared over HTTP, each a process of its own on a free loopback port. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Server {
  readonly origin: string;
  /** From starting the process to its word that it listens. */
  readonly startMs: number;
  /** Resident memory of the process and its children. */
  residentBytes(): number;
  stop(): Promise<void>;
}

/** @param file a module beside this one that sends `{ origin }` to its parent when it listens */
export async function startServer(file: string, env: Record<string, string> = {}): Promise<Server> {
  const start = performance.now();
  const child = forked(file, env);
  const { origin } = (await messageOf(child, file)) as { origin: string };
  return {
    origin,
    startMs: performance.now() - start,
    residentBytes: () => treeBytes(child.pid ?? 0),
    stop: () => stop(child),
  };
}

/** A process that answers each message with one. */
export interface Answering<Reply> {
  ask(message: object): Promise<Reply>;
  stop(): Promise<void>;
}

/** @param file a module beside this one that sends a message when it is ready */
export async function startProcess<Reply>(
  file: string,
  env: Record<string, string>,
): Promise<Answering<Reply>> {
  const child = forked(file, env);
  await messageOf(child, file);
  return {
    async ask(message) {
      child.send(message);
      // Both sides are of this folder.
      return (await messageOf(child, file)) as Reply;
    },
    stop: () => stop(child),
  };
}

function forked(file: string, env: Record<string, string>): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** The next message. @throws {Error} the process ends before it */
function messageOf(child: ChildProcess, file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`${file} ended.`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** From Linux's `/proc`. */
function treeBytes(root: number): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Ended in the meantime.
    }
  }
  const belongs = (pid: number): boolean =>
    pid === root || (pid > 1 && belongs(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(belongs).reduce((sum, pid) => sum + residentOf(pid), 0);
}

function residentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096;
  } catch {
    return 0;
  }
}
