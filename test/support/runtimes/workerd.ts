/** Cloudflare's workerd, where test/support/runtimes/install-workerd.sh has put it, and a worker in it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe } from '@jest/globals';

const standardPath = join(
  process.env.TMPDIR ?? tmpdir(),
  'script-engine-workerd-1.20261117.1/workerd',
);

/** `WORKERD_PATH` says that it must be there. */
function workerdPath(): string | null {
  const named = process.env.WORKERD_PATH;
  if (named !== undefined && !existsSync(named)) throw new Error(`There is no ${named}`);
  return named ?? (existsSync(standardPath) ? standardPath : null);
}

/** Tests that need workerd, left out where there is none. */
export function describeInWorkerd(name: string, tests: () => void): void {
  if (workerdPath() !== null) {
    describe(name, tests);
    return;
  }
  process.stdout.write(
    `Left out, as there is no ${standardPath} and no WORKERD_PATH: ${name}, in workerd\n`,
  );
  describe.skip(name, tests);
}

export interface Worker {
  readonly origin: string;
  /** Settles when the process is gone. */
  stop(): Promise<void>;
}

/** Before a worker that starts has said where it listens. */
const MAX_START_MS = 30_000;

/**
 * Starts workerd with one worker, on a free port; it may call servers on loopback.
 * @param modules their texts, by name; the first is the worker
 */
export async function startWorker(modules: Readonly<Record<string, string>>): Promise<Worker> {
  const folder = await mkdtemp(join(tmpdir(), 'worker-'));
  const names = Object.keys(modules);
  for (const name of names) await writeFile(join(folder, name), modules[name] ?? '');
  const embedded = names.map((name) => `(name = "${name}", esModule = embed "${name}")`);
  await writeFile(
    join(folder, 'worker.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = (modules = [${embedded}], compatibilityDate = "2026-11-01")),
        (name = "internet", network = (allow = ["private"])),
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );`,
  );
  const child = spawn(
    workerdPath() ?? standardPath,
    ['serve', join(folder, 'worker.capnp'), '--control-fd=3'],
    { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
  );
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  try {
    const said = child.stdio[3] as Readable;
    const [line] = await Promise.race([
      once(said, 'data', { signal: AbortSignal.timeout(MAX_START_MS) }),
      ended.then(() => Promise.reject(new Error('workerd has ended'))),
    ]);
    const { port } = JSON.parse(String(line));
    return { origin: `http://127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
