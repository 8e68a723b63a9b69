/** The engine as `npm start` runs it, in a process of its own on a free port. */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SandboxHealth } from '../../lambda/contract/execution.ts';

export interface EngineProcess {
  readonly origin: string;
  readonly pid: number;
  /** Sends a body to `POST /execute`; a text goes as it is. */
  execute(body: object | string, signal?: AbortSignal): Promise<Answer>;
  health(): Promise<{ readonly status: string; readonly sandboxes: SandboxHealth }>;
  /** What the process has said on stderr. */
  complaints(): string;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly durationMs: number;
}

const main = fileURLToPath(new URL('../../lambda/local/main.ts', import.meta.url));

/** @param settings `ENGINE_…` variables */
export async function startEngine(settings: {
  readonly [name: string]: string;
}): Promise<EngineProcess> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints = (complaints + chunk).slice(-100_000);
  });
  const origin = await announced(child, () => complaints);
  // Node.js has started it, as it has spoken.
  const pid = child.pid as number;

  return {
    origin,
    pid,
    async execute(body, signal) {
      const startMs = performance.now();
      const response = await fetch(`${origin}/execute`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        signal: signal ?? null,
      });
      const text = await response.text();
      const durationMs = performance.now() - startMs;
      return { status: response.status, headers: response.headers, text, durationMs };
    },
    async health() {
      const response = await fetch(`${origin}/health`);
      return (await response.json()) as Awaited<ReturnType<EngineProcess['health']>>;
    },
    complaints: () => complaints,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve();
        else child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function announced(child: ChildProcess, complaints: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      // The request log that follows is of no interest.
      if (text.length < 1000) text += chunk;
      const origin = /listens on (\S+)/.exec(text)?.[1];
      if (origin !== undefined) resolve(origin);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`The engine did not start: ${complaints()}`)));
  });
}
