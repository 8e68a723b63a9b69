/** The `script-engine` command, as somebody types it. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Settles once stdout matches. */
  printed(pattern: RegExp): Promise<void>;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** From the sources, on the built `dist/`. */
export const command = fileURLToPath(new URL('../../lambda/cli/main.ts', import.meta.url));

export function start(args: readonly string[], options: CommandOptions = {}): Started {
  return follow(spawn(process.execPath, [command, ...args], spawnOptions(options)), options.stdin);
}

export function run(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

export function spawnOptions({ cwd, env }: CommandOptions) {
  const { PATH = '' } = process.env;
  return { cwd, env: { PATH, NO_COLOR: '1', ...env } };
}

/** @param stdin all that it reads; `null`: it stays open */
export function follow(child: ChildProcessWithoutNullStreams, stdin: string | null = ''): Started {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  if (stdin !== null) child.stdin.end(stdin);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(stdout)) resolve();
        };
        child.stdout.on('data', look);
        child.once('close', () => reject(new Error(`It ended without: ${stdout}${stderr}`)));
        look();
      }),
  };
}
