/**
 * QuickJS's binary as the build prepares it, kept by a hash of all that it is made of: preparing it takes
 * seconds, and half a minute where it must be optimised, of what hardly ever changes.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { keepFile, keptFile } from './kept-files.ts';

const require = createRequire(import.meta.url);
const rooms = ['javascript/build', 'javascript/bridge', 'javascript/machine', 'wasm-binary'].map(
  (path) => new URL(`../lambda/guest/${path}/`, import.meta.url),
);

/** The same as `prepareQuickJs`, of the binary that quickjs-emscripten ships. */
export async function preparedQuickJs(): Promise<Uint8Array<ArrayBuffer>> {
  const { resolve } = createRequire(import.meta.resolve('quickjs-emscripten'));
  const shipped = readFileSync(resolve('@jitl/quickjs-wasmfile-release-sync/wasm'));
  const hash = createHash('sha256').update(shipped);
  hash.update(readFileSync(require.resolve('binaryen/package.json')));
  for (const room of rooms) {
    const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      hash.update(file).update(readFileSync(new URL(file, room)));
    }
  }
  const name = `prepared-${hash.digest('hex').slice(0, 32)}.wasm`;
  const kept = keptFile(name);
  if (kept !== null) return kept;
  // Loaded only now: the optimiser is large.
  const { prepareQuickJs } = await import('../lambda/guest/javascript/build/quickjs-wasm.ts');
  const { optimisedBefore } = await import('./optimised-binaries.ts');
  return keepFile(name, prepareQuickJs(shipped, optimisedBefore));
}
