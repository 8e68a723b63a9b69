/** A real program of 20 MB: esbuild, compiled by Go for WASI. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { startServedEngine } from '../support/served-engine.ts';

const { engine, fixtures } = await startServedEngine({
  ENGINE_TIMEOUT_MS: '25000',
  ENGINE_MEMORY_MB: '512',
  ENGINE_SANDBOXES: '1',
});

const file = createRequire(import.meta.url).resolve('@esbuild/wasi-preview1/esbuild.wasm');
const url = fixtures.serve(readFileSync(file), {
  headers: { 'cache-control': 'max-age=600', 'content-type': 'application/wasm' },
});

test('minifies TypeScript from stdin, and is compiled only once', async () => {
  const run = async (): Promise<number> => {
    const { text } = await engine.execute({
      url,
      args: ['--loader=ts', '--minify'],
      stdin: 'const answer: number = 6 * 7;\nconsole.log(answer as any)\n',
    });
    const { error, stdout, metadata } = JSON.parse(text);
    expect(error).toBeNull();
    expect(stdout).toBe('const answer=42;console.log(42);\n');
    return metadata.executionTimeMs;
  };
  const first = await run();
  const later = Math.min(await run(), await run(), await run());
  expect(later).toBeLessThan(first / 2);
});

test('that runs out of memory, which Go tells by exit code 2, has hit the limit', async () => {
  const { text } = await engine.execute({
    url,
    args: ['--loader=ts', '--minify'],
    stdin: `export default [${'"text",'.repeat(300_000)}]`,
    limits: { memoryMb: 64 },
  });
  expect(JSON.parse(text)).toMatchObject({
    stderr: expect.stringContaining('out of memory'),
    error: { code: 'MEMORY_LIMIT', details: { limit: 'memoryMb', value: 64 } },
    metadata: { exitCode: 2 },
  });
});
