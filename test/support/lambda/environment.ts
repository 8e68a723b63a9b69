/** An execution environment as Lambda makes it: read-only code, an unprivileged user, freezes. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type InvocationOptions,
  type Reply,
  type RuntimeApi,
  startRuntimeApi,
} from './runtime-api.ts';

/** A user of no name and no home, who may write to nothing but `/tmp`. */
const nobody = process.getuid?.() === 0 ? { uid: 64_321, gid: 64_321 } : {};

/** Lambda gives the init phase 10 s; this machine may be slower. */
const maxInitMs = 20_000;
/** Lambda's shutdown phase takes 2 s at most; this machine may be slower. */
const shutdownMs = 10_000;

/** A file system as Lambda lays it out, outside of the project: code, Node.js and bootstrap. */
export interface Image {
  readonly root: string;
  readonly taskRoot: string;
  /** The module that Node.js starts with. */
  readonly bootstrap: string;
  remove(): Promise<void>;
}

const ownRuntime = join(import.meta.dirname, 'bootstrap.mjs');

/**
 * @param code folder of the function's code, such as an asset of `cdk.out`
 * @param runtimeFiles what Lambda has in `/var/runtime`; the first is started
 */
export async function createImage(
  code: string,
  runtimeFiles: readonly string[] = [ownRuntime],
): Promise<Image> {
  const root = await mkdtemp(join(tmpdir(), 'lambda-'));
  const taskRoot = join(root, 'var/task');
  for (const folder of ['var/lang/bin', 'var/runtime']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  cpSync(code, taskRoot, { recursive: true });
  copyFileSync(process.execPath, join(root, 'var/lang/bin/node'), constants.COPYFILE_FICLONE);
  const runtime = runtimeFiles.map((file) => join(root, 'var/runtime', basename(file)));
  for (const [index, file] of runtimeFiles.entries()) copyFileSync(file, runtime[index] ?? '');
  forbidWrites(root);
  return {
    root,
    taskRoot,
    bootstrap: runtime[0] ?? '',
    async remove() {
      allowWrites(root);
      await rm(root, { recursive: true });
    },
  };
}

function forbidWrites(path: string): void {
  const isFolder = statSync(path).isDirectory();
  if (isFolder) for (const name of readdirSync(path)) forbidWrites(join(path, name));
  chmodSync(path, isFolder || path.endsWith('/node') ? 0o555 : 0o444);
}

function allowWrites(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) allowWrites(join(folder, entry.name));
  }
}

/** One execution environment: a process group that Lambda starts, invokes, freezes and ends. */
export interface Environment {
  /** From the start of the process to its first request for an invocation. */
  readonly initMs: number;
  /** `ready`, or why the function did not start. */
  readonly started: 'ready' | Reply;
  invoke(event: unknown, options?: InvocationOptions): Promise<Reply>;
  /** Stops every process for a while, as Lambda does between invocations. */
  freeze(ms: number): Promise<void>;
  /** Ids of the processes that there are now; the runtime's own comes first. */
  processes(): readonly number[];
  /** What was written to stdout and stderr so far, by lines. */
  readonly log: readonly string[];
  /**
   * Asks for an end as Lambda does, and waits for it.
   * @returns ids of the processes that had to be killed
   */
  shutDown(): Promise<readonly number[]>;
  /** Ends all processes without asking. */
  kill(): Promise<void>;
}

/**
 * @param settings environment variables, besides those that Lambda itself sets
 * @param cpus the processors to be used, as taskset(1) takes them; all by default
 */
export async function startEnvironment(
  image: Image,
  settings: Readonly<Record<string, string>>,
  cpus?: string,
): Promise<Environment> {
  const api = await startRuntimeApi();
  const begin = performance.now();
  const node = [join(image.root, 'var/lang/bin/node'), image.bootstrap];
  const [file = '', ...args] = cpus === undefined ? node : ['taskset', '-c', cpus, ...node];
  const runtime = spawn(file, args, {
    ...nobody,
    // A process group of its own, so that all of it can be frozen.
    detached: true,
    cwd: image.taskRoot,
    env: { ...lambdaVariables(image, api), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = collectLines(runtime);
  const ended = once(runtime, 'exit').then(() => fail('the runtime ended', log));
  ended.catch(() => {});

  const group = runtime.pid ?? fail('there is no process', log);

  const initialized = new AbortController();
  const started = await Promise.race([
    api.started,
    ended,
    sleep(maxInitMs, null, initialized).then(() => fail('the init phase takes too long', log)),
  ]).catch((error: unknown) => {
    runtime.kill('SIGKILL');
    void api.close();
    throw error;
  });
  const initMs = performance.now() - begin;
  initialized.abort();

  return {
    initMs,
    started,
    log,
    invoke: (event, options) => Promise.race([api.invoke(event, options), ended]),
    processes: () => processesOfGroup(group),
    async freeze(ms) {
      await api.idle();
      process.kill(-group, 'SIGSTOP');
      await sleep(ms);
      process.kill(-group, 'SIGCONT');
    },
    async shutDown() {
      if (runtime.exitCode === null && runtime.signalCode === null) runtime.kill('SIGTERM');
      const deadline = Date.now() + shutdownMs;
      while (processesOfGroup(group).length > 0 && Date.now() < deadline) await sleep(20);
      const left = processesOfGroup(group);
      if (left.length > 0) process.kill(-group, 'SIGKILL');
      await api.close();
      return left;
    },
    async kill() {
      ended.catch(() => {});
      process.kill(-group, 'SIGKILL');
      await api.close();
    },
  };
}

function lambdaVariables({ root, taskRoot }: Image, api: RuntimeApi): Record<string, string> {
  return {
    _HANDLER: 'handler.handler',
    AWS_LAMBDA_RUNTIME_API: api.address,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: join(root, 'var/runtime'),
    PATH: `${join(root, 'var/lang/bin')}:/usr/bin:/bin`,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'AQoDYXdzEPTexampletoken',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: 'engine',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_LEVEL: 'INFO',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/engine',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef',
  };
}

function collectLines({ stdout, stderr }: ChildProcess): string[] {
  const lines: string[] = [];
  for (const input of [stdout, stderr]) {
    if (input !== null) createInterface({ input }).on('line', (line) => lines.push(line));
  }
  return lines;
}

/** Reads Linux's `/proc`: field 5 of `stat` is the process group, zombies (Z) have ended. */
function processesOfGroup(group: number): number[] {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [, state, , pgrp] = statOf(pid);
      return Number(pgrp) === group && state !== 'Z';
    })
    .map(Number)
    .sort((left, right) => left - right);
  // Ids begin anew behind the largest one: those of the sandboxes may be smaller than the runtime's.
  const others = found.filter((pid) => pid !== group);
  return found.length > others.length ? [group, ...others] : others;
}

function statOf(pid: string): readonly string[] {
  try {
    // The name, in parentheses, may have spaces of its own.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return ['', ...stat.slice(stat.lastIndexOf(')') + 2).split(' ')];
  } catch {
    return [];
  }
}

function fail(reason: string, log: readonly string[]): never {
  throw new Error([reason, ...log.slice(-20)].join('\n'));
}
