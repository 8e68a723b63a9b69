/**
 * `node bench/wasm.ts` after `npm run build`: a second of computing in WebAssembly against plain
 * Node.js, and what a module of 20 MB costs until it runs, at first and later.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { compileString } from 'assemblyscript/asc';
import { inspect } from '../lambda/guest/wasm-binary/inspect.ts';
import { bound } from '../lambda/guest/webassembly/module/limits.ts';
import { job, noServices } from '../test/support/run-message.ts';
import { quantile } from './measure.ts';
import { createBuiltPool } from './pool.ts';
import { sha256Of } from './programs.ts';
import { startServer } from './servers/start.ts';

const MIB = 1024 * 1024;
const rounds = 9;
const kernels = ['sieve', 'matrices', 'fibonacci'] as const;

const ms = (value: number): string => value.toFixed(1).padStart(9);
const percent = (value: number): string => `${(value * 100).toFixed(1).padStart(6)} %`;

await compute();
await largeModule();

/** Both run in a process of their own kind that has run the module before. */
async function compute(): Promise<void> {
  const source = readFileSync(new URL('compute.as', import.meta.url), 'utf8');
  const { binary, stderr } = await compileString(source, { optimizeLevel: 3, runtime: 'stub' });
  if (binary === null) throw new Error(stderr.toString());
  const code = Uint8Array.from(binary);
  const module = new WebAssembly.Module(code);
  const pool = createBuiltPool();
  const limits = { timeoutMs: 60_000, cpuMs: 60_000 };
  const imports = { env: { abort: () => {} } };
  console.log('computing           plain ms engine ms     more, in CPU time');
  for (const kernel of kernels) {
    const times: { plain: number; engine: number }[] = [];
    for (let round = 0; round < 2 + rounds; round++) {
      const plain = cpuMs(() => {
        const run = new WebAssembly.Instance(module, imports).exports[kernel];
        if (typeof run !== 'function') throw new Error('The module failed.');
        run();
      });
      const run = job('wasm', { sha256: sha256Of(code), entrypoint: kernel, limits });
      const result = await pool.run(run, code, noServices, 5000);
      if (result?.outcome.status !== 'success') throw new Error('The run failed.');
      // The first rounds are V8's, which compiles once more what is run often.
      if (round >= 2) times.push({ plain, engine: result.cpuTimeMs ?? Number.NaN });
    }
    const [plain, engine, ratio] = [
      times.map((time) => time.plain),
      times.map((time) => time.engine),
      times.map((time) => time.engine / time.plain),
    ].map((values) => quantile(values, 0.5));
    if (plain === undefined || engine === undefined || ratio === undefined) continue;
    console.log(`${kernel.padEnd(18)}${ms(plain)} ${ms(engine)} ${percent(ratio - 1)}`);
  }
  await pool.close();
}

async function largeModule(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('@esbuild/wasi-preview1/esbuild.wasm');
  const code = readFileSync(file);
  console.log(`\nesbuild, a module of ${(code.length / MIB).toFixed(1)} MiB          ms`);
  const steps: Readonly<Record<string, () => unknown>> = {
    'reading its declarations': () => inspect(code),
    'reading and rewriting it': () => bound(code, inspect(code)),
  };
  for (const [name, step] of Object.entries(steps)) {
    const times = Array.from({ length: 5 }, () => elapsed(step));
    console.log(`${name.padEnd(36)}${ms(quantile(times, 0.5))}`);
  }
  // V8 shares what it has compiled of the same bytes: each is compiled once in a process.
  const { bytes } = bound(code, inspect(code));
  const plainMs = elapsed(() => new WebAssembly.Module(code));
  const boundMs = elapsed(() => new WebAssembly.Module(bytes));
  console.log(`${'V8 compiles it as it is'.padEnd(36)}${ms(plainMs)}`);
  console.log(`${'V8 compiles it rewritten'.padEnd(36)}${ms(boundMs)}`);

  const origin = createServer((_, response) => {
    response.writeHead(200, {
      'cache-control': 'max-age=3600',
      'content-type': 'application/wasm',
    });
    response.end(code);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => origin.once('listening', resolve));
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/`;
  const first: number[] = [];
  const second: number[] = [];
  const later: number[] = [];
  for (let round = 0; round < 5; round++) {
    const engine = await startServer('engine.ts', {
      ENGINE_TRUSTED_ORIGINS: new URL(url).origin,
      ENGINE_MEMORY_MB: '512',
      ENGINE_TIMEOUT_MS: '25000',
      ENGINE_SANDBOXES: '1',
    });
    try {
      first.push(await minify(engine.origin, url));
      second.push(await minify(engine.origin, url));
      for (let run = 0; run < 3; run++) later.push(await minify(engine.origin, url));
    } finally {
      await engine.stop();
    }
  }
  origin.close();
  const median = quantile(first, 0.5);
  console.log(`${'POST /execute, first run'.padEnd(36)}${ms(median)}`);
  for (const [name, times] of Object.entries({ 'second run': second, 'third to fifth': later })) {
    const time = quantile(times, 0.5);
    console.log(`${`POST /execute, ${name}`.padEnd(36)}${ms(time)} ${percent(time / median)}`);
  }
}

/** CPU time rather than wall time: what else runs on the machine does not count. */
function cpuMs(step: () => void): number {
  const before = process.cpuUsage();
  step();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function elapsed(step: () => unknown): number {
  const start = performance.now();
  step();
  return performance.now() - start;
}

/** A whole request, download included where there is one. */
async function minify(engine: string, url: string): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${engine}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      url,
      args: ['--loader=ts', '--minify'],
      stdin: 'const answer: number = 6 * 7;\nconsole.log(answer as any)\n',
    }),
  });
  const text = await response.text();
  if (!text.includes('const answer=42;console.log(42);')) throw new Error(text);
  return performance.now() - start;
}
