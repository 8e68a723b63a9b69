/**
 * A function of 512 MB with the largest limits that the stack lets it have: whatever runs ask for, its
 * processes stay within its memory, as Lambda ends an environment that does not.
 */

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { largeModule } from '../../bench/programs.ts';
import { wat } from '../support/guest/wat.ts';
import { synthesizeArtefact } from '../support/lambda/artefact.ts';
import {
  createImage,
  type Environment,
  type Image,
  startEnvironment,
} from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import { type Loopback, listenOnLoopback } from '../support/servers/loopback.ts';
import { proportionalBytesOf } from '../support/usage.ts';

const MIB = 1024 * 1024;
const FUNCTION_MB = 512;
const MEMORY_MB = 64;
const MODULE_BYTES = 12 * MIB;
const SAMPLE_MS = 40;
/** More than fit into the cache of code. */
const KEPT_PROGRAMS = 17;

const { code, variables } = synthesizeArtefact({
  functionMemoryMb: FUNCTION_MB,
  engineMemoryMb: MEMORY_MB,
  engineMaxMemoryMb: MEMORY_MB,
  engineMaxWasmBytes: MODULE_BYTES,
});

const filled = 'new Uint8Array(1 << 20).fill(7)';
const programs: Readonly<Record<string, string | Uint8Array>> = {
  ...Object.fromEntries(
    Array.from({ length: KEPT_PROGRAMS }, (_, index) => [
      `kept${index}.js`,
      `const text = ${JSON.stringify(String(index % 10).repeat(4 * MIB))}; text.length`,
    ]),
  ),
  'memory.js': `const kept = []; for (;;) kept.push(${filled});`,
  'text.js': 'let text = "x"; for (;;) text += text + "é";',
  'output.js': 'for (;;) console.log("x".repeat(10_000));',
  'log.js': 'for (;;) app_log("info", "x".repeat(10_000));',
  'result.js': '"x".repeat(20_000_000)',
  'fetch.js': `const all = await Promise.all([1, 2, 3, 4].map(async () =>
    new Uint8Array(await (await fetch(env.ORIGIN + "/body")).arrayBuffer()).length)); all`,
  'files.js': `for (let i = 0; i < 100; i++) files.write("file" + i, ${filled});`,
  'batch.js': '"x".repeat(100_000)',
  'memory.wasm': wat(`(module (memory 1)
    (func (export "run")
      (loop $more
        (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      (memory.fill (i32.const 0) (i32.const 7) (i32.mul (memory.size) (i32.const 65536)))))`),
  'large.wasm': largeModule(MODULE_BYTES - 64 * 1024),
};

/** Code of the error of each, or `success`. */
const expectedEnds: Readonly<Record<string, string>> = {
  'memory.js': 'MEMORY_LIMIT',
  'text.js': 'RUNTIME_ERROR',
  'output.js': 'TIMEOUT',
  'log.js': 'TIMEOUT',
  'result.js': 'MEMORY_LIMIT',
  'fetch.js': 'success',
  'files.js': 'RUNTIME_ERROR',
  'batch.js': 'BATCH_FAILED',
  'memory.wasm': 'success',
  'large.wasm': 'success',
};
const keptEnds = Object.fromEntries(
  Object.keys(programs)
    .filter((name) => name.startsWith('kept'))
    .map((name) => [name, 'success']),
);

let server: Loopback;
let image: Image;
let environment: Environment;
let peakBytes = 0;
const watching = new AbortController();

beforeAll(async () => {
  server = await listenOnLoopback(
    createServer((incoming, outgoing) => {
      const name = incoming.url?.slice(1) ?? '';
      if (name === 'body') return outgoing.end(Buffer.alloc(5 * MIB - 1, 'x'));
      const isModule = name.endsWith('.wasm');
      outgoing.setHeader('content-type', isModule ? 'application/wasm' : 'text/javascript');
      outgoing.setHeader('cache-control', 'max-age=600');
      return outgoing.end(programs[name]);
    }),
  );
  image = await createImage(code);
  environment = await startEnvironment(image, {
    ...variables,
    ENGINE_TRUSTED_ORIGINS: origin(),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(FUNCTION_MB),
  });
  void watch();
});
afterAll(async () => {
  watching.abort();
  await environment.shutDown();
  await image.remove();
  await server.close();
});

async function watch(): Promise<void> {
  while (!watching.signal.aborted) {
    peakBytes = Math.max(peakBytes, proportionalBytesOf(environment.processes()));
    await sleep(SAMPLE_MS);
  }
}

/** @returns the code of its error, `success` where there is none */
async function run(name: string): Promise<string> {
  const request = {
    ...(name === 'batch.js' ? { inputs: Array.from({ length: 1000 }, (_, index) => index) } : {}),
    env: { ORIGIN: origin() },
    limits: { timeoutMs: expectedEnds[name] === 'TIMEOUT' ? 3000 : 20_000 },
  };
  const reply = await environment.invoke(executeEvent({ url: `${origin()}/${name}`, ...request }));
  if (reply.kind !== 'response') throw new Error(JSON.stringify(reply));
  const { status, error } = JSON.parse((reply.payload as { readonly body: string }).body);
  return error?.code ?? status;
}

const origin = (): string => `http://127.0.0.1:${server.port}`;

test('stays within its memory whatever runs ask for, one after the other', async () => {
  const ends: Record<string, string> = {};
  for (const name of Object.keys(programs)) ends[name] = await run(name);
  expect(ends).toEqual({ ...keptEnds, ...expectedEnds });
  expect(peakBytes / MIB).toBeGreaterThan(MEMORY_MB);
  expect(peakBytes / MIB).toBeLessThan(FUNCTION_MB);
}, 300_000);
