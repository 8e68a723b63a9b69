/** The engine as a process of its own: what `npm start` runs, on a free port. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface EngineProcess {
  readonly origin: string;
  readonly pid: number;
  /** Sends a body to `POST /execute`; a text goes as it is. */
  execute(body: object | string, signal?: AbortSignal): Promise<Answer>;
  health(): Promise<{ readonly status: string; readonly sandboxes: SandboxCounts }>;
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

export interface SandboxCounts {
  readonly size: number;
  readonly idle: number;
  readonly busy: number;
  readonly starting: number;
  readonly queued: number;
  readonly failedStarts: number;
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

/** The processes below one, as Linux's `/proc` tells; see proc(5). */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(Number(name), parent);
  }
  const found: number[] = [];
  const visit = (ancestor: number): void => {
    for (const [child, parent] of parents) {
      if (parent !== ancestor) continue;
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

/** The sandbox processes of an engine. */
export function sandboxesOf(pid: number): number[] {
  return descendants(pid).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('guest.mjs');
    } catch {
      return false;
    }
  });
}

export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null;
}

/** Waits for what is to happen soon. @throws {Error} it has not within ten seconds */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
