/**
 * What the processes of a function with one sandbox take together: idle, after a thousand small runs,
 * after a module as large as a function accepts, and after a mixture of runs.
 */

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf } from '../../test/support/lambda/answer.ts';
import {
  createImage,
  type Environment,
  startEnvironment,
} from '../../test/support/lambda/environment.ts';
import { executeEvent } from '../../test/support/lambda/event.ts';
import { listenOnLoopback } from '../../test/support/servers/loopback.ts';
import { proportionalBytesOf } from '../../test/support/usage.ts';
import { helloScript, largeModule, mixture } from '../programs.ts';

const MIB = 1024 * 1024;
/** A process that has been ready for a while does what can wait. */
const IDLE_MS = 3000;
const HELLOS = 1000;
const MIXED_ROUNDS = 20;
/** What the stack sets, besides settings of the engine. */
const deployedVariables = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
};

/** Proportional set sizes, by state, in the order in which they were measured. */
export interface MemoryRow {
  readonly name: string;
  readonly bytes: Readonly<Record<string, number>>;
}

interface MemoryOptions {
  /** Folders of built functions, by name. */
  readonly functions: Readonly<Record<string, string>>;
  /** `stream.handler`, or `handler.handler`: what Lambda calls. */
  readonly handler: string;
  /** What Lambda has in `/var/runtime`, when it is not to be the bootstrap of the tests. */
  readonly runtimeFiles?: readonly string[] | undefined;
}

export async function measureMemory(options: MemoryOptions): Promise<MemoryRow[]> {
  const { functions, handler, runtimeFiles } = options;
  const codes: Readonly<Record<string, string | Uint8Array>> = {
    'hello.js': helloScript,
    'large.wasm': largeModule(60 * MIB),
    ...mixture,
  };
  const server = createServer((incoming, outgoing) => {
    const name = incoming.url?.slice(1) ?? '';
    outgoing.setHeader(
      'content-type',
      name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript',
    );
    outgoing.end(codes[name]);
  });
  const { port, close } = await listenOnLoopback(server);
  const origin = `http://127.0.0.1:${port}`;
  const rows: MemoryRow[] = [];
  for (const [name, folder] of Object.entries(functions)) {
    // Of their own, so that nobody else has a part in the files that the processes have mapped.
    const image = await createImage(folder, runtimeFiles);
    const settings = { ...deployedVariables, _HANDLER: handler, ENGINE_TRUSTED_ORIGINS: origin };
    const environment = await startEnvironment(image, settings);
    rows.push({ name, bytes: await measureStates(environment, origin) });
    await environment.kill();
    await image.remove();
  }
  await close();
  return rows;
}

async function measureStates(
  environment: Environment,
  origin: string,
): Promise<Record<string, number>> {
  const run = async (name: string): Promise<void> => {
    const event = executeEvent({ url: `${origin}/${name}`, limits: { timeoutMs: 20_000 } });
    const { statusCode, body } = await answerOf(await environment.invoke(event));
    if (statusCode !== 200) throw new Error(body);
  };
  const measure = async (): Promise<number> => {
    await sleep(IDLE_MS);
    return proportionalBytesOf(environment.processes());
  };
  const bytes: Record<string, number> = {};
  bytes.idle = await measure();
  for (let count = 0; count < HELLOS; count++) await run('hello.js');
  bytes[`${HELLOS} hellos`] = await measure();
  await run('large.wasm');
  bytes['60 MB module'] = await measure();
  for (let round = 0; round < MIXED_ROUNDS; round++) {
    for (const name of Object.keys(mixture)) await run(name);
  }
  bytes.mixture = await measure();
  return bytes;
}

export function printMemory(rows: readonly MemoryRow[]): void {
  const states = Object.keys(rows[0]?.bytes ?? {});
  console.log('\nmemory of all processes, one sandbox: proportional set size in MB');
  console.log(''.padEnd(24) + states.map((state) => state.padStart(14)).join(''));
  for (const { name, bytes } of rows) {
    const cells = states.map((state) => ((bytes[state] ?? 0) / MIB).toFixed(0).padStart(14));
    console.log(name.padEnd(24) + cells.join(''));
  }
}
